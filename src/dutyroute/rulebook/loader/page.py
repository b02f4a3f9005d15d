"""A file's text, where its lines are, and the faults found in it."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from functools import cached_property

from dutyroute.diagnostics import Diagnostic, Related, Span

__all__ = ["MAX_FAULTS", "Page", "TooManyFaults", "file_span", "shown"]

MAX_FAULTS = 100
"""How many faults of one file are told; a file of garbage must not fill the memory."""

_BREAK = re.compile(r"\r\n|\n|\r")


class TooManyFaults(Exception):
    """A page has more faults than anyone would read; nothing is lost by stopping."""


class Page:
    """
    The text of one file under the name by which its reader knows it.

    Offsets count characters. Lines end as editors end them (LF, CR LF, CR) and
    nowhere else, so that a place leads to where the editor shows it.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._lines: dict[int, str] = {}
        self._faults: dict[tuple[str, int], Diagnostic] = {}

    @cached_property
    def starts(self) -> array[int]:
        """The offset at which each line begins."""
        return array("I", (0, *(found.end() for found in _BREAK.finditer(self.text))))

    def line_at(self, offset: int) -> int:
        """Tell which line an offset is on, counted from 0."""
        return bisect_right(self.starts, offset) - 1

    def line(self, number: int) -> str:
        """Return one line, counted from 0, without its line break."""
        if number not in self._lines:  # one object however many faults show it
            end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
            self._lines[number] = self.text[self.starts[number] : end].rstrip("\r\n")
        return self._lines[number]

    def span(self, start: int, end: int) -> Span:
        """Turn two offsets into a span; what goes on below its first line is left out."""
        number = self.line_at(start)
        line, first = self.line(number), self.starts[number]
        last = min(end - first, len(line.rstrip()))
        column = start - first + 1
        return Span(self.name, number + 1, column, max(last + 1, column), line)

    def fault(
        self, code: str, start: int, end: int, related: tuple[Related, ...] = (), **values: object
    ) -> None:
        """
        Note a fault at a stretch of the text; one of the same kind and place counts once.

        Raises:
            TooManyFaults: where so many were noted that no more need be looked for.
        """
        if (code, start) in self._faults:
            return
        if len(self._faults) >= MAX_FAULTS:
            self.enough(start)
            raise TooManyFaults
        span = self.span(start, end)
        self._faults[code, start] = Diagnostic(code, values, span=span, related=related)

    def enough(self, start: int) -> None:
        """Note that there may be more faults from an offset on than are told."""
        self._faults["too-many-faults", start] = Diagnostic("too-many-faults", span=self.span(start, start))

    def has(self, code: str) -> bool:
        """Tell whether a fault of this kind was noted."""
        return any(fault.code == code for fault in self._faults.values())

    def is_faulty_at(self, offset: int) -> bool:
        """Tell whether a fault was noted on the line of an offset."""
        line = self.line_at(offset)
        return any(self.line_at(start) == line for _, start in self._faults)

    @property
    def faults(self) -> list[Diagnostic]:
        """All faults noted so far."""
        return list(self._faults.values())


def file_span(name: str) -> Span:
    """Point at a file or folder as a whole, at its very first place."""
    return Span(name, 1, 1, 1)


def shown(words: object, limit: int = 60) -> str:
    """
    Show an author's words within a message: short, on one line, printable.

    >>> shown("street-office")
    'street-office'
    >>> shown("a" * 100, limit=8)
    'aaaaaaa…'
    """
    text = words if isinstance(words, str) else repr(words)
    cut = text[: limit - 1] + "…" if len(text) > limit else text
    return "".join(_visible(char) for char in cut)


def _visible(char: str) -> str:
    if char.isprintable() or char == "\u3000":
        return char
    return " " if char.isspace() else "�"
