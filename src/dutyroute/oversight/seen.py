"""Imprints: which events have been seen, in sixteen bytes each."""

from __future__ import annotations

from array import array
from hashlib import blake2b

__all__ = ["Imprints"]


class Imprints:
    """A table of ids and contents by their digests; flat however long the ids are."""

    def __init__(self) -> None:
        self._size = 0
        self._keys = array("Q", bytes(8 * 1024))
        self._contents = array("Q", bytes(8 * 1024))

    def add(self, name: str, content: str) -> bool | None:
        """Note an id; True where it is new, False where it said the same, None where it said otherwise."""
        key, said = _digest(name), _digest(content)
        place = self._find(key)
        if self._keys[place] == key:
            return False if self._contents[place] == said else None
        self._keys[place], self._contents[place] = key, said
        self._size += 1
        if self._size * 2 > len(self._keys):
            self._grow()
        return True

    def knows(self, name: str, content: str) -> bool | None:
        """Tell what `add` would, and note nothing."""
        key = _digest(name)
        place = self._find(key)
        if self._keys[place] != key:
            return True
        return False if self._contents[place] == _digest(content) else None

    def _find(self, key: int) -> int:
        keys, mask = self._keys, len(self._keys) - 1
        place = key & mask
        while keys[place] and keys[place] != key:
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        old = self._keys, self._contents
        self._keys = array("Q", bytes(16 * len(old[0])))
        self._contents = array("Q", bytes(16 * len(old[0])))
        for key, said in zip(*old, strict=True):
            if key:
                place = self._find(key)
                self._keys[place], self._contents[place] = key, said


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) or 1
