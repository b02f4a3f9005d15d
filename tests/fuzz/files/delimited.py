"""Delimited text of every dialect, written byte by byte."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fuzz.content import Record
from fuzz.trial import Row

__all__ = ["BREAK", "CODECS", "Draft", "Line", "drafted", "placed"]

BREAK = re.compile("\r\n|\r|\n")
_MARKS = {
    "utf-8-sig": b"\xef\xbb\xbf",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
    "utf-32-le": b"\xff\xfe\0\0",
}
CODECS = {"utf-8-sig": "utf-8"}


@dataclass(slots=True)
class Line:
    """A row, or something between rows, before it is written."""

    cells: list[str]
    known: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    raw: bytes | None = None
    end: str | None = None
    is_row: bool = True
    may_be_bad: bool = False

    def spoil(self, *lost: str) -> None:
        """Note that the row may be told as bad, and that some of it, or all, is not as it was."""
        self.may_be_bad = True
        self.known = {key: value for key, value in self.known.items() if lost and key not in lost}


@dataclass(slots=True)
class Draft:
    """A delimited text before it is written."""

    headings: list[str]
    lines: list[Line]
    named: dict[str, str]
    """The column that holds what a record calls so: `id`, `date` and the like."""
    delimiter: str = ","
    end: str = "\n"
    quotes: str = "some"
    encoding: str = "utf-8"
    suffix: str = ".csv"
    titles: list[str] = field(default_factory=list)
    heading_text: str | None = None
    ends_whole: bool = True
    may_refuse: bool = False
    may_span: bool = False
    is_open: bool = False
    settings: dict[str, object] = field(default_factory=dict)
    more: set[int] = field(default_factory=set)
    change: Callable[[bytes], bytes] | None = None

    def a_line(self, chance: random.Random) -> Line:
        """Choose a row."""
        return chance.choice([line for line in self.lines if line.is_row])

    def column(self, name: str) -> int:
        """Return the place of a column."""
        return self.headings.index(self.named.get(name, name))

    def written(self, cells: Sequence[str], chance: random.Random) -> str:
        """Write cells as one row."""
        return self.delimiter.join(self._cell(cell, chance) for cell in cells)

    def _cell(self, cell: str, chance: random.Random) -> str:
        needs = any(mark in cell for mark in (self.delimiter, '"', "\r", "\n")) or cell[:1] == " "
        if needs or self.quotes == "all" or (self.quotes == "some" and chance.random() < 0.2):
            return '"' + cell.replace('"', '""') + '"'
        return cell


def drafted(records: Sequence[Record], named: dict[str, str], chance: random.Random) -> Draft:
    """Draft a text of some dialect."""
    headings = list(records[0].cells)
    chance.shuffle(headings)
    lines = [Line([each.cells[name] for name in headings], dict(each.known)) for each in records]
    return Draft(
        headings,
        lines,
        named,
        delimiter=chance.choice(",,,\t;|"),
        end=chance.choice(("\n", "\r\n", "\r\n", "\r")),
        quotes=chance.choice(("few", "some", "all")),
        encoding=chance.choice(("utf-8", "utf-8", "utf-8-sig", "gb18030", "gb18030", *list(_MARKS)[1:])),
        suffix=chance.choice((".csv", ".csv", ".tsv", ".txt")),
        ends_whole=chance.random() < 0.8,
    )


def placed(draft: Draft, chance: random.Random) -> tuple[bytes, tuple[Row, ...]]:
    """Write a draft, and tell for each row the line on which it begins."""
    codec = CODECS.get(draft.encoding, draft.encoding)
    head = draft.written(draft.headings, chance) if draft.heading_text is None else draft.heading_text
    raws = [_MARKS.get(draft.encoding, b"")]
    line, rows = 1, []
    above = [*draft.titles, head] if draft.headings or draft.titles else []
    for text in above:
        raws.append((text + draft.end).encode(codec, "replace"))
        line += len(BREAK.findall(text)) + 1
    for number, each in enumerate(draft.lines, 1):
        text = draft.written(each.cells, chance) if each.text is None else each.text
        is_last = number == len(draft.lines) and not draft.ends_whole
        end = "" if is_last else draft.end if each.end is None else each.end
        raw = (text + end).encode(codec, "replace") if each.raw is None else each.raw + end.encode(codec)
        raws.append(raw)
        if each.is_row:
            rows.append(Row(line, each.known, each.may_be_bad))
        line += len(BREAK.findall(text + end))
    content = b"".join(raws)
    return (draft.change(content) if draft.change else content), tuple(rows)
