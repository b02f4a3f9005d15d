"""Histories as workbooks, written by another library and then damaged within."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import xlsxwriter

from fuzz.content import HOSTILE, NOTHING, SAME, history
from fuzz.files.histories import NAMED, map_text
from fuzz.trial import Made, Row

__all__ = ["WAYS", "make"]

_SHEET = "xl/worksheets/sheet1.xml"
_ENTITIES = '<!DOCTYPE a [<!ENTITY a0 "ha">{}]>'.format(
    "".join('<!ENTITY a{} "{}">'.format(n, f"&a{n - 1};" * 20) for n in range(1, 9))
)


class _Draft:
    """A workbook before it is written: rows below each other, from the first one on."""

    def __init__(self, size: int, chance: random.Random) -> None:
        records = history(chance, size)
        self.headings = list(records[0].cells)
        self.cells: list[list[Any]] = [[each.cells[name] for name in self.headings] for each in records]
        self.known: list[dict[str, str] | None] = [dict(each.known) for each in records]
        self.bad: set[int] = set()
        self.titles: list[str] = []
        self.settings: dict[str, object] = {}
        self.columns: dict[str, str] = {}
        self.options: dict[str, Any] = {}
        self.before: list[str] = []
        self.after: list[str] = []
        self.merged: list[tuple[int, int, int]] = []
        self.changes: list[tuple[str, Callable[[bytes], bytes]]] = []
        self.whole: Callable[[bytes], bytes] = lambda content: content
        self.suffix, self.may_refuse, self.is_open = ".xlsx", False, False
        self.more: set[int] = set()

    def column(self, name: str) -> int:
        return self.headings.index(NAMED[name])

    def at(self, chance: random.Random) -> int:
        return chance.choice([at for at, known in enumerate(self.known) if known is not None])

    def row(self, at: int) -> int:
        """Return the number that a spreadsheet shows beside a row."""
        return len(self.titles) + at + 2

    def spoil(self, at: int, *lost: str) -> None:
        known = self.known[at] or {}
        self.bad.add(at)
        self.known[at] = {key: value for key, value in known.items() if lost and key not in lost}

    def spoil_all(self, *lost: str) -> None:
        for at, known in enumerate(self.known):
            if known is not None:
                self.spoil(at, *lost)

    def change(self, change: Callable[[bytes], bytes], member: str = _SHEET) -> None:
        self.changes.append((member, change))


def make(way: str, chance: random.Random, size: int) -> Made:
    """Make a history as a workbook."""
    draft = _Draft(size, chance)
    _DAMAGE[way](draft, chance)
    content = draft.whole(_edited(_written(draft), draft.changes))
    rows = tuple(
        Row(draft.row(at), known, at in draft.bad)
        for at, known in enumerate(draft.known)
        if known is not None
    )
    if draft.titles:
        draft.settings["header"] = len(draft.titles) + 1
    text = map_text(draft.settings, **draft.columns)
    name, how = f"cases{draft.suffix}", "command" if chance.random() < 0.05 else ""
    more = tuple(sorted(draft.more))
    return Made(
        "xlsx",
        way,
        name,
        content,
        rows,
        text,
        may_refuse=draft.may_refuse,
        is_open=draft.is_open,
        more=more,
        how=how,
    )


def _written(draft: _Draft) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **draft.options}) as book:
        for name in draft.before:
            book.add_worksheet(name).write_string(0, 0, "说明")
        sheet = book.add_worksheet("明细")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, title in enumerate(draft.titles):
            sheet.write_string(number, 0, title)
        table = [draft.headings, *draft.cells]
        for number, cells in enumerate(table, len(draft.titles)):
            for place, cell in enumerate(cells):
                if isinstance(cell, tuple):
                    sheet.write_formula(number, place, *cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                elif cell not in ("", None):
                    write = sheet.write_string if isinstance(cell, str) else sheet.write
                    write(number, place, cell)
        for column, first, last in draft.merged:
            top = draft.row(first) - 1
            sheet.merge_range(top, column, top + last - first, column, draft.cells[first][column])
        for name in draft.after:
            book.add_worksheet(name).write_string(0, 0, "附表")
    return stream.getvalue()


def _edited(content: bytes, changes: list[tuple[str, Callable[[bytes], bytes]]]) -> bytes:
    """Change some parts of a workbook, which is an archive."""
    if not changes:
        return content
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            held = old.read(name)
            for member, change in changes:
                held = change(held) if name == member else held
            new.writestr(name, held)
    return stream.getvalue()


def _sound(draft: _Draft, chance: random.Random) -> None:
    draft.options["constant_memory"] = chance.random() < 0.3  # texts within the sheet
    draft.suffix = chance.choice((".xlsx", ".xlsx", ".xlsm", ".xls", ".csv"))


def _sheets(draft: _Draft, chance: random.Random) -> None:
    draft.before = ["封面", "说明"][: chance.randrange(3)]
    draft.after = ["附表"] * chance.randrange(2)
    if draft.before:
        draft.settings["sheet"] = chance.choice(("明细", len(draft.before) + 1))


def _wrong_sheet(draft: _Draft, chance: random.Random) -> None:
    draft.settings["sheet"] = chance.choice(("明 细", "没有", 7, 0, -1, 1.5, []))
    draft.may_refuse = True
    draft.known = [None] * len(draft.known)


def _titles(draft: _Draft, chance: random.Random) -> None:
    draft.titles = chance.choices(("2024年台账", "", "制表：信访科"), k=chance.randint(1, 4))


def _merged(draft: _Draft, chance: random.Random) -> None:
    if len(draft.cells) < 2:
        return
    first = chance.randrange(len(draft.cells) - 1)
    last = chance.randrange(first + 1, len(draft.cells))
    name = chance.choice(("handler", "matter", "date", "area"))
    at = draft.column(name)
    draft.merged = [(at, first, last)]
    kept = draft.known[first] or {}
    for place in range(first + 1, last + 1):
        draft.cells[place][at] = ""
        known = draft.known[place]
        if known is not None and name in known:
            known[name] = kept[name]


def _error_cells(draft: _Draft, chance: random.Random) -> None:
    at, name = draft.at(chance), chance.choice(("matter", "handler", "date"))
    error = chance.choice(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?"))
    draft.cells[at][draft.column(name)] = ("=1/0", None, error)
    draft.spoil(at, name)
    known = draft.known[at]
    if known is not None and name == "handler":
        known["recorded"] = error  # never a blank


def _formulas(draft: _Draft, chance: random.Random) -> None:
    """Leave out the stored value of a formula, as programs do that write workbooks."""
    at, name = draft.at(chance), chance.choice(("matter", "handler", "date"))
    draft.cells[at][draft.column(name)] = ("=CONCATENATE(B2,C2)", None, 0)
    draft.spoil(at, name)
    known = draft.known[at]
    if known is not None and name == "handler":
        known["recorded"] = "=CONCATENATE(B2,C2)"
    draft.change(lambda held: re.sub(rb"(</f>)<v>0</v>", rb"\1", held))


def _stored_formulas(draft: _Draft, chance: random.Random) -> None:
    for name in ("matter", "handler"):
        at = draft.at(chance)
        cell = draft.cells[at][draft.column(name)]
        if isinstance(cell, str):
            draft.cells[at][draft.column(name)] = ('=""&Z1', None, cell)


def _far_cell(draft: _Draft, chance: random.Random) -> None:
    # To read a million blank rows takes seconds, so that one is rare.
    usual = ((1_048_576, "XFD"), (900_000, "XFD"), (2, "XFD"), (2_999, "ZZ"), (99_999, "A"))
    row, place = chance.choice(usual) if chance.random() < 0.97 else (1_048_576, "A")
    if row == 2:
        cell = '<c r="XFD2" t="inlineStr"><is><t>远</t></is></c></row>'
        draft.change(lambda held: re.sub(rb'(<row r="2".*?)</row>', rb"\1" + cell.encode(), held, count=1))
    else:
        far = f'<row r="{row}"><c r="{place}{row}" t="inlineStr"><is><t>远</t></is></c></row></sheetData>'
        draft.change(lambda held: held.replace(b"</sheetData>", far.encode()))
        draft.more = {row}
    draft.may_refuse = True


def _no_such_place(draft: _Draft, chance: random.Random) -> None:
    usual = ("XFE1", "A0", "ZZZZ1", "A99999999999", "", "1A", "甲1", "A-1")
    place = chance.choice(usual) if chance.random() < 0.97 else "A1048577"
    cell = f'<row r="9999"><c r="{place}"><v>1</v></c></row></sheetData>'
    draft.change(lambda held: held.replace(b"</sheetData>", cell.encode()))
    draft.may_refuse, draft.more = True, {9999, 1_048_577}
    draft.spoil_all()


def _entities(draft: _Draft, chance: random.Random) -> None:
    member = chance.choice((_SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"))

    def change(held: bytes) -> bytes:
        head, _, rest = held.partition(b"?>")
        rest = rest.replace(b"<t>", b"<t>&a8;", 1).replace(b"<v>", b"<v>&a8;", 1)
        return head + b"?>" + _ENTITIES.encode() + rest

    draft.change(change, member)
    draft.may_refuse = True
    draft.spoil_all()


def _column_twice(draft: _Draft, chance: random.Random) -> None:
    name = chance.choice(draft.headings)
    draft.headings.append(name)
    for cells in draft.cells:
        cells.append(chance.choice(("", "另一个")))


def _blank_rows(draft: _Draft, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(draft.cells) + 1)
        draft.cells.insert(at, [""] * len(draft.headings))
        draft.known.insert(at, None)


def _heading_with_break(draft: _Draft, chance: random.Random) -> None:
    name = chance.choice(("handler", "matter", "id"))
    written = NAMED[name][:1] + chance.choice(("\n", "\r\n")) + NAMED[name][1:]
    draft.headings[draft.column(name)] = written
    draft.columns[name] = written.replace("\r\n", "\n")


def _rounded(draft: _Draft, chance: random.Random) -> None:
    at = draft.at(chance)
    draft.cells[at][draft.column("id")] = chance.choice((1.23456789012345e17, 3.2e16, 123456789012345678))
    draft.spoil(at, "id")


def _types(draft: _Draft, chance: random.Random) -> None:
    is_moment, is_number = chance.random() < 0.5, chance.random() < 0.5
    draft.options["date_1904"] = chance.random() < 0.3
    for at, (cells, known) in enumerate(zip(draft.cells, draft.known, strict=True)):
        day = date.fromisoformat(cells[draft.column("date")])
        moment = datetime(day.year, day.month, day.day, chance.randrange(24), chance.randrange(60))
        cells[draft.column("date")] = moment if is_moment else day
        if is_number and known is not None:
            cells[draft.column("id")] = at + 1
            known["id"] = str(at + 1)


def _odd_values(draft: _Draft, chance: random.Random) -> None:
    at, name = draft.at(chance), chance.choice(tuple(NAMED))
    draft.cells[at][draft.column(name)] = chance.choice(
        (True, False, 0, -1.5, 1e300, 45352, 45352.7, 60, 2_958_466)
    )
    draft.spoil(at, name)


def _hostile_text(draft: _Draft, chance: random.Random) -> None:
    at, name = draft.at(chance), chance.choice(("note", "handler", "area"))
    draft.cells[at][draft.column(name)] = chance.choice(HOSTILE)
    draft.spoil(at, name)


def _handler_words(draft: _Draft, chance: random.Random) -> None:
    for cells, known in zip(draft.cells, draft.known, strict=True):
        cells[draft.column("handler")] = chance.choice(NOTHING)
        if known is not None:
            known["handler"] = ""


def _other_width(draft: _Draft, chance: random.Random) -> None:
    for cells in draft.cells:
        cells[:] = [chance.choice((cell, *SAME.get(cell, ()))) for cell in cells]


def _cut_off(draft: _Draft, chance: random.Random) -> None:
    draft.whole = lambda content: content[: chance.randrange(1, len(content))]
    draft.may_refuse = True
    draft.known = [None] * len(draft.known)
    draft.more = set(range(1, 40))


def _changed_bytes(draft: _Draft, chance: random.Random) -> None:
    def change(content: bytes) -> bytes:
        raw = bytearray(content)
        for _ in range(chance.randint(1, 3)):
            raw[chance.randrange(4, len(raw))] ^= 1 << chance.randrange(8)
        return bytes(raw)

    # Without the archive's checksums a change would be a change of the author's.
    draft.whole, draft.may_refuse = change, True


def _changed_markup(draft: _Draft, chance: random.Random) -> None:
    def change(held: bytes) -> bytes:
        at = chance.randrange(len(held))
        return held[:at] + chance.choice((b"", b"<", b">", b'"', b"&", b"\0", b"</row>")) + held[at + 1 :]

    draft.change(change, chance.choice((_SHEET, "xl/sharedStrings.xml", "xl/workbook.xml")))
    draft.may_refuse = draft.is_open = True


def _bomb(draft: _Draft, chance: random.Random) -> None:
    """Hide sixty megabytes in a few kilobytes."""
    member = chance.choice((_SHEET, "xl/sharedStrings.xml"))
    draft.change(lambda held: held.replace(b"<t>", b"<t>" + b" " * 60_000_000, 1), member)
    draft.may_refuse = True
    draft.spoil_all()


def _prefixed(draft: _Draft, chance: random.Random) -> None:
    """Write every tag of the sheet with a prefix, as some programs do."""

    def change(held: bytes) -> bytes:
        named = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", held)
        return named.replace(b' xmlns="', b' xmlns:x="')

    draft.change(change)
    _formulas(draft, chance)
    draft.changes.reverse()
    draft.may_refuse = False


def _no_addresses(draft: _Draft, chance: random.Random) -> None:
    """Leave out the addresses of cells, which the format allows: each is right of the one before."""
    for cells in draft.cells:
        cells[:] = [cell or "空" for cell in cells]
    if chance.random() < 0.5:
        _formulas(draft, chance)
        draft.may_refuse = True
    draft.change(lambda held: re.sub(rb'(<c) r="[A-Z]+\d+"', rb"\1", held))


_DAMAGE: dict[str, Callable[[_Draft, random.Random], None]] = {
    "sound": _sound,
    "sheets": _sheets,
    "wrong-sheet": _wrong_sheet,
    "titles": _titles,
    "merged-cells": _merged,
    "error-cells": _error_cells,
    "formulas-without-value": _formulas,
    "formulas-with-value": _stored_formulas,
    "far-cell": _far_cell,
    "no-such-place": _no_such_place,
    "entities": _entities,
    "column-twice": _column_twice,
    "blank-lines": _blank_rows,
    "heading-with-break": _heading_with_break,
    "rounded-number": _rounded,
    "day-types": _types,
    "odd-value": _odd_values,
    "hostile-text": _hostile_text,
    "handler-words": _handler_words,
    "other-width": _other_width,
    "cut-off": _cut_off,
    "changed-bytes": _changed_bytes,
    "changed-markup": _changed_markup,
    "bomb": _bomb,
    "prefixed-tags": _prefixed,
    "no-addresses": _no_addresses,
}
WAYS = tuple(_DAMAGE)
