"""
Where the rows of a delimited text begin and end, told by its quotes and line ends alone.

One quotation mark too many makes a reader take all that follows for one cell.
So the rows are counted here before they are read, and the reader has to find as many.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from dutyroute.errors import ReplayError

# INVARIANT: chunks of unfinished runs are cut where blocks of this size end.
BLOCK: Final = 1 << 22
"""How many bytes are looked at together; no row may be longer than two blocks."""

_QUOTE: Final = b'"'
_NO_QUOTE: Final = b"'"
"""Replaces a quotation mark that is part of a text while rows are counted; it is as long as one."""
_INNER: Final = b"\0"
_BREAK = re.compile(rb"\r\n?|\n")
_ROUNDED = re.compile(rb"""(?:\A|[\r\n,;\t|"])(\d(?:\.\d+)?E\+[1-9]\d)(?=[\r\n,;\t|"]|\Z)""")
"""How a spreadsheet writes a number of many digits into a text."""
_FEW: Final = 3
"""From how many lines and columns on lines that have as many cells as rows are taken for rows."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole rows of a text: its bytes from `start` to `end`, whose first line is `line`."""

    start: int
    end: int
    line: int
    rows: int


@dataclass(slots=True)
class Layout:
    """A text in pieces, and what is unusual in it."""

    pieces: list[Piece] = field(default_factory=list)
    strays: dict[int, int] = field(default_factory=dict)
    """Where a quotation mark opens no cell, and the line of each."""
    broken: int = 0
    """How many rows have a line break in a cell."""
    longest: tuple[int, int] = (0, 0)
    """How many lines the longest of them has, and its first line."""
    no_rows: int = 0
    """How many lines begin no row: blank ones, and those within a cell."""
    is_regular: bool = True
    """Whether all quotation marks stand in pairs, around cells."""
    rounded: tuple[int, str] | None = None
    """The line and text of a number whose last digits a spreadsheet has lost."""

    def add(self, rows: Lines, text: bytes, start: int, line: int, strays: Iterable[int]) -> None:
        """Add whole rows, whose text begins at the byte `start` and on a line; `strays` are places in it."""
        self.pieces.append(Piece(start, start + len(text), line, len(rows.lines)))
        self.strays.update((start + each, line + len(_BREAK.findall(text, 0, each))) for each in strays)
        self.broken += rows.broken
        self.no_rows += rows.count - len(rows.lines)
        if rows.longest[0] > self.longest[0]:
            self.longest = rows.longest[0], line + rows.longest[1]
        if self.rounded is None and b"E+" in text and (number := _ROUNDED.search(text)):
            self.rounded = line + len(_BREAK.findall(text, 0, number.start(1))), number[1].decode()


@dataclass(frozen=True, slots=True)
class Quotes:
    """How a file's quotation marks are told apart; `name` is the file's, for messages."""

    name: str
    delimiter: bytes
    width: int

    def first_row(self, text: bytes, line: int) -> int:
        """Return where the first row of a text ends, its line end not included."""
        marked, strays = self.marked(text, is_whole=True)
        place = 0
        for index, part in enumerate(marked.split(_QUOTE)):
            found = _BREAK.search(part) if index % 2 == 0 else None
            place += len(part) + 1 if found is None else found.start()
            if found is not None:
                break
        end = min(place, len(text))
        if any(stray < end for stray in strays) or marked[:end].count(_QUOTE) % 2:
            raise ReplayError("source-open-quote", {"source": self.name, "line": line})
        return end

    def marked(self, text: bytes, *, is_whole: bool) -> tuple[bytes, list[int]]:
        """
        Return a text in which only quotation marks of cells are left, and where one opens no cell.

        A mark opens a cell at the cell's start alone. It is a stray one if the cell
        would go over a line end and then not end at the next mark, or if each of its
        lines has by itself the cells of a row. Not `is_whole`, more may follow.
        """
        if self._is_regular(text.split(_QUOTE)):
            return text, []
        mark = re.escape(self.delimiter)
        opening = re.compile(rb"(?:\A|(?<=[\r\n" + mark + rb']))"')
        left, at = bytearray(text), 0
        strays: list[int] = []
        while found := opening.search(text, at):
            start = found.end() - 1
            left[at:start] = left[at:start].replace(_QUOTE, _NO_QUOTE)
            end = _closing(text, start + 1)
            cell_lines = len(_BREAK.findall(text, start, max(end, start)))
            is_cut = not is_whole and (end == len(text) - 1 or (cell_lines and not _BREAK.search(text, end)))
            if end < 0 or is_cut:
                # Where this cell ends is not known yet.
                left[start + 1 :] = left[start + 1 :].replace(_QUOTE, _NO_QUOTE)
                return bytes(left), strays
            if not cell_lines or (
                self._ends(text[end + 1 : end + 80]) and not self._are_rows(text, start, end)
            ):
                at = end + 1
                continue
            left[start] = _NO_QUOTE[0]
            strays.append(start)
            at = start + 1
        left[at:] = left[at:].replace(_QUOTE, _NO_QUOTE)
        return bytes(left), strays

    def _is_regular(self, parts: list[bytes]) -> bool:
        """Tell whether every second mark closes a cell, and no cell looks like rows; most texts do."""
        before = self.delimiter + b"\r\n"
        if any(part and part[-1] not in before for part in parts[:-1:2]):
            return False
        for place in range(1, len(parts), 2):
            inside = parts[place]
            if b"\n" in inside or b"\r" in inside:
                if not self._ends(b"".join(parts[place + 1 : place + 2])[:80]):
                    return False
                between = inside.splitlines()[1:-1]
                if between and all(self._is_row(line) for line in between):
                    return False
        return True

    def _ends(self, after: bytes) -> bool:
        """Tell whether a cell ends where this follows."""
        rest = after.lstrip(b" ")
        return not rest or rest[:1] in (self.delimiter, b"\r", b"\n")

    def _are_rows(self, text: bytes, start: int, end: int) -> bool:
        first = max(text.rfind(b"\n", 0, start), text.rfind(b"\r", 0, start)) + 1
        after = _BREAK.search(text, end)
        lines = text[first : after.start() if after else len(text)].splitlines()
        return len(lines) >= _FEW and all(map(self._is_row, lines))

    def _is_row(self, line: bytes) -> bool:
        return self.width >= _FEW and line.count(self.delimiter) == self.width - 1


def survey(read: Callable[[int], bytes], quotes: Quotes, skipped: int) -> Layout:
    """
    Find the rows of a text, of which some first lines are skipped.

    Raises:
        ReplayError: if the text ends within a cell, or a row is too long.
    """
    layout, held, start, line, over = Layout(), b"", 0, 1, 0
    is_whole = False
    while not is_whole:
        fresh = read(BLOCK - over)
        is_whole = not fresh
        # A line end of two bytes is not cut, and the next block ends where it would have.
        extra = read(1) if fresh.endswith(b"\r") else b""
        over = len(extra)
        held += fresh + extra
        while skipped and (found := _BREAK.search(held)):
            held, start = held[found.end() :], start + found.end()
            skipped, line = skipped - 1, line + 1
        if skipped:  # a line that goes on
            held, start = b"", start + len(held)
            continue
        marked, strays = quotes.marked(held, is_whole=is_whole)
        cut = len(held) if is_whole else _last_end(marked)
        if marked.count(_QUOTE) % 2 and (is_whole or (not cut and len(held) > 2 * BLOCK)):
            opened = line + len(_BREAK.findall(marked, 0, marked.rfind(_QUOTE)))
            raise ReplayError("source-open-quote", {"source": quotes.name, "line": opened})
        if not is_whole and not cut and len(held) > 2 * BLOCK:
            raise ReplayError("source-long-line", {"source": quotes.name, "line": line})
        rows = row_lines(marked[:cut])
        layout.is_regular &= marked is held
        layout.add(rows, held[:cut], start, line, [each for each in strays if each < cut])
        held, start, line = held[cut:], start + cut, line + rows.count
    return layout


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of whole rows: how many, and on which each row begins, from 0; blank ones are no rows."""

    count: int
    lines: Sequence[int]
    broken: int = 0
    longest: tuple[int, int] = (0, 0)


def row_lines(marked: bytes) -> Lines:
    """Count the lines of whole rows, in which only quotation marks of cells are left."""
    parts = marked.split(_QUOTE)
    has_breaks = any(b"\n" in part or b"\r" in part for part in parts[1::2])
    if has_breaks:
        # A line break in a cell becomes a zero, which no text has.
        cells = [_BREAK.sub(_INNER, part.replace(_INNER, b" ")) for part in parts[1::2]]
        parts[1::2] = cells
        marked = _QUOTE.join(parts)
    written = marked.splitlines()
    if not has_breaks and b"" not in written:
        return Lines(len(written), range(len(written)))
    lines, line, broken, longest = [], 0, 0, (0, 0)
    for text in written:
        inner = text.count(_INNER) if has_breaks else 0
        if text:
            lines.append(line)
        if inner:
            broken += 1
            longest = max(longest, (inner + 1, line))
        line += 1 + inner
    return Lines(line, lines, broken, longest)


def _closing(text: bytes, at: int) -> int:
    """Find the mark that closes a cell: the next one that is not doubled; -1 if there is none."""
    while (at := text.find(_QUOTE, at)) >= 0 and text[at + 1 : at + 2] == _QUOTE:
        at += 2
    return at


def _last_end(marked: bytes) -> int:
    """Find where the last whole row ends, its line end included; 0 if none does."""
    parts, end = marked.split(_QUOTE), len(marked)
    for place in reversed(range(len(parts))):
        begin = end - len(parts[place])
        if place % 2 == 0:
            at = max(marked.rfind(b"\n", begin, end), marked.rfind(b"\r", begin, end))
            if at >= 0:
                return at + 1
        end = begin - 1
    return 0
