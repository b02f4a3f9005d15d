"""Where words occur in a text; with pyahocorasick where it is installed, with equal answers without."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any

Wanted = tuple[str, ...]
"""A word, or two of which the second has to stand soon behind the first, in the same part of a sentence."""
Span = tuple[int, int]
"""The first place of a word in a text, and the last + 1."""

_BETWEEN = 12
"""How many characters two words may be apart."""
_STOPS = re.compile("[,.;:!?。]")


class Occurrences:
    """Finds words in texts; both are compared letter by letter."""

    def __init__(self, words: Iterable[Wanted], *, is_plain: bool = find_spec("ahocorasick") is None) -> None:
        """Prepare to find words, none of them empty; plainly, or with the package."""
        listed = sorted(set(words))
        self._alone = frozenset(first for first, *rest in listed if not rest)
        self._behind: dict[str, list[str]] = {}
        for first, *rest in listed:
            self._behind.setdefault(first, []).extend(rest)
        self._words = frozenset(word for each in listed for word in each)
        self._lengths: dict[str, list[int]] = {}
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

    def all(self, text: str) -> Iterator[Span]:
        """Yield where each word occurs, alone or not, in no order."""
        if self._automaton is not None:
            yield from ((end + 1 - length, end + 1) for end, length in self._automaton.iter(text))
            return
        for start, letter in enumerate(text):
            for length in self._lengths.get(letter, ()):
                end = start + length
                if end <= len(text) and text[start:end] in self._words:
                    yield start, end

    def longest(self, text: str) -> list[tuple[Span, ...]]:
        """List where words occur; of those that overlap the ones with most letters, the first of equal ones."""
        every = sorted(self.all(text))
        found: list[tuple[Span, ...]] = [((s, e),) for s, e in every if text[s:e] in self._alone]
        found += self._apart(text, every)
        kept, taken = [], bytearray(len(text))
        for spans in sorted(found, key=lambda spans: (sum(s - e for s, e in spans), spans)):
            if not any(1 in taken[start:end] for start, end in spans):
                for start, end in spans:
                    taken[start:end] = b"\1" * (end - start)
                kept.append(spans)
        return sorted(kept)

    def _apart(self, text: str, every: list[Span]) -> Iterator[tuple[Span, Span]]:
        """Yield the places of two words that are near enough."""
        starts: dict[str, list[int]] = {}
        for start, end in every:
            starts.setdefault(text[start:end], []).append(start)
        for start, end in every:
            for second in self._behind.get(text[start:end], ()):
                places = starts.get(second, [])
                # A long text may hold either word ten thousand times: only those near are looked at.
                for at in places[bisect_left(places, end) : bisect_right(places, end + _BETWEEN)]:
                    if not _STOPS.search(text, end, at):
                        yield (start, end), (at, at + len(second))
