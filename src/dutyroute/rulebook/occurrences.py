"""Where words occur in a text; with pyahocorasick where it is installed, with equal answers without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any


class Occurrences:
    """Finds words in texts; both are compared letter by letter."""

    def __init__(self, words: Iterable[str], *, is_plain: bool = find_spec("ahocorasick") is None) -> None:
        """Prepare to find words, none of them empty; plainly, or with the package."""
        self._lengths: dict[str, list[int]] = {}
        self._words = frozenset(words)
        self._automaton: Any = None
        if is_plain:
            for word in self._words:
                known = self._lengths.setdefault(word[0], [])
                if len(word) not in known:
                    known.append(len(word))
        elif self._words:
            import ahocorasick  # loaded where a text is searched: nothing else needs it

            self._automaton = ahocorasick.Automaton(ahocorasick.STORE_LENGTH)
            for word in sorted(self._words):
                self._automaton.add_word(word)
            self._automaton.make_automaton()

    def all(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where each word occurs, as (first, last + 1), in no order."""
        if self._automaton is not None:
            yield from ((end + 1 - length, end + 1) for end, length in self._automaton.iter(text))
            return
        for start, letter in enumerate(text):
            for length in self._lengths.get(letter, ()):
                end = start + length
                if end <= len(text) and text[start:end] in self._words:
                    yield start, end

    def longest(self, text: str) -> list[tuple[int, int]]:
        """List where words occur; of those that overlap the longest, the first of equal ones."""
        kept = []
        taken = bytearray(len(text))
        for start, end in sorted(self.all(text), key=lambda span: (span[0] - span[1], span[0])):
            # One that overlaps is no longer than the one kept, so it takes in one of its ends.
            if not taken[start] and not taken[end - 1]:
                taken[start:end] = b"\1" * (end - start)
                kept.append((start, end))
        return sorted(kept)
