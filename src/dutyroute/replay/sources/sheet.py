"""
A sheet of a workbook, read in a process of its own.

A workbook of one kilobyte can ask for more memory than there is, and then the
library that reads it ends the whole process. Here that is a child with a limit;
what it reads it writes to its standard output, one JSON text a line.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import islice
from posixpath import join, normpath
from typing import Any, Final
from xml.sax.saxutils import unescape

ROWS: Final = 65_536
"""How many rows a line of the output has at most."""

_MEMORY: Final = 4 << 30
_BLOCK: Final = 1 << 20
_LONGEST_CELL: Final = 1 << 18
_COLUMNS: Final = 16_384
_GRANTED: Final = 100_000
"""For how many bytes of a workbook a second of work is granted beyond the first minute."""

# A cell without content ends in itself.
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)(?<!/)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_VALUE = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]+)<")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)<)")
# Where a row begins, its number, and a text or number that some cell of it holds.
_PREFIXED_ROW = re.compile(rb"<\w+:row\b")
_NUMBER = re.compile(rb'[^>]*?\sr="([0-9]{1,7})"')
_OWN = re.compile(rb"<(?:\w+:)?[vt]\b[^>/]*>[^<]")
_STRING = re.compile(rb"<(?:\w+:)?si\b[^>]*(?:/>|>(.*?)</(?:\w+:)?si>)", re.DOTALL)
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_LINK = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")


def as_text(value: Any) -> str | None:
    """Write a value as a text that a map reads back."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "；".join(value)
    if isinstance(value, datetime):
        is_day = value.tzinfo is None and value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    # A whole number of up to fifteen digits is what was meant; above that, digits are lost, and
    # the form `1e+16` shows it.
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < 10**15 else repr(value)
    return json.dumps(value, ensure_ascii=False, default=str)


class TooWide(Exception):
    """A cell is beyond the last column that a sheet can have."""


class Sheet:
    """One sheet: its headings, its rows, and what a reader of it has to know."""

    def __init__(self, path: str, chosen: str, header: int) -> None:
        import python_calamine

        # Opened as a stream, so that the content and not the ending tells which kind it is.
        self._stream = open(path, "rb")  # noqa: SIM115
        book = python_calamine.CalamineWorkbook.from_filelike(self._stream)
        names: list[str] = book.sheet_names
        named = _named(names, chosen)
        self.told: dict[str, Any] = {"sheets": names, "sheet": named}
        if named is None:
            return
        self._sheet = book.get_sheet_by_name(named)
        if self._sheet.total_width > _COLUMNS:  # each would be a column of every row
            raise TooWide
        # Blank rows may be above the headings, as blank lines in a text; a row that somebody names is that row.
        filled = (row for row, cells in enumerate(self._sheet.iter_rows()) if any(map(as_text, cells)))
        self._header = header or next(filled, 0)
        self._marked: dict[int, dict[int, str]] = {}
        scan = SheetScan(path, named, self._header) if zipfile.is_zipfile(path) else None
        marks = scan.marks if scan else []
        for row, column, text in marks:
            self._marked.setdefault(row, {})[column] = text
        # By the row where it begins: the column, the last row.
        self._merged: dict[int, list[tuple[int, int]]] = {}
        headings, across = self._headings()
        self._filled = 0
        self.told |= {
            "header": self._header,
            "rows": self._sheet.total_height,
            "headings": [as_text(cell) or "" for cell in headings],
            "merged": sum(map(len, self._merged.values())),
            "ranges": len(getattr(self._sheet, "merged_cell_ranges", None) or ()),
            "across": [_address(*place) for place in across],
            "is_xml": scan is not None,
            "errors": _places(marks, "#"),
            "formulas": _places(marks, "="),
            "rounded": self._rounded(),
            "row_elements": self._row_elements(scan),
        }

    def _headings(self) -> tuple[list[Any], list[tuple[int, int]]]:
        """Take in the merged cells; return the headings, and where cells are merged across columns."""
        above = list(islice(self._sheet.iter_rows(), self._header + 1))
        headings = list(above[self._header]) if self._header < len(above) else []
        across = []
        for (top, left), (bottom, right) in getattr(self._sheet, "merged_cell_ranges", None) or ():
            if right > left and bottom >= self._header:
                # Which columns are meant nobody can tell: its value stays where the file has it.
                across.append((top, left))
            if top > self._header and bottom > top:
                self._merged.setdefault(top, []).append((left, bottom))
            elif top < self._header <= bottom and left < len(headings):
                headings[left] = above[top][left]
        return headings, sorted(across)

    def _row_elements(self, scan: SheetScan | None) -> int | None:
        """Count the row elements with a value, and the rows that have only one merged downwards."""
        if scan is None or scan.rows is None:
            return None
        if self._merged:
            for _ in self.rows():  # which counts what it fills
                pass
        return scan.rows + self._filled

    def _rounded(self) -> list[str]:
        """List the places of numbers whose last digits a spreadsheet has lost."""
        return [
            _address(row, column)
            for row, cells in enumerate(self._sheet.iter_rows())
            for column, cell in enumerate(cells)
            if type(cell) is float and abs(cell) >= 10**15
        ]

    def rows(self) -> Iterator[list[str | None]]:
        """Yield the rows below the headings; a merged cell counts for each row that it covers."""
        held: dict[int, tuple[int, str | None]] = {}
        for row, cells in enumerate(self._sheet.iter_rows()):
            if row <= self._header:
                continue
            texts = [as_text(cell) or None for cell in cells]
            for column, mark in self._marked.get(row, {}).items():
                texts += [None] * (column + 1 - len(texts))
                texts[column] = mark
            is_blank = not any(texts)
            for column, (last, text) in list(held.items()):
                if row > last:
                    del held[column]
                elif column < len(texts) and texts[column] is None:
                    texts[column] = text
            for column, last in self._merged.get(row, ()):
                held[column] = last, texts[column] if column < len(texts) else None
            self._filled += is_blank and any(texts)
            yield texts


def _named(names: list[str], chosen: str) -> str | None:
    """Find a sheet by its name or its number; the first one where nothing is chosen."""
    if not chosen:
        return names[0] if names else None
    if chosen in names:
        return chosen
    return names[int(chosen) - 1] if chosen.isdecimal() and 1 <= int(chosen) <= len(names) else None


class SheetScan:
    """
    What the XML of a sheet tells, without the library that reads it.

    `marks` are the cells that are errors or formulas without a value, which the library
    takes for blank; `rows` is how many row elements below the headings have a value,
    None if the sheet is not stored as XML.
    """

    def __init__(self, path: str, sheet: str, header: int) -> None:
        self.marks: list[tuple[int, int, str]] = []
        self.rows: int | None = None
        with zipfile.ZipFile(path) as archive:
            member = _member(archive, sheet)
            if member is None or not member.endswith(".xml"):
                return
            self._empty = _empty_strings(archive)
            self.rows, row, is_counted = 0, 0, True
            for whole in _blocks(archive, member):
                if _has_mark(whole):
                    self.marks += filter(None, map(_unstored_cell, _CELL.finditer(whole)))
                parts = whole.split(b"<row") if b"<row" in whole else _PREFIXED_ROW.split(whole)
                for place, part in enumerate(parts):
                    if place:
                        # Below the headings no more numbers are needed.
                        number = _NUMBER.match(part) if row <= header + 1 else None
                        row = int(number[1]) if number else row + 1
                        is_counted = row <= header + 1
                    if not is_counted and self._has_value(part):
                        self.rows, is_counted = self.rows + 1, True

    def _has_value(self, row: bytes) -> bool:
        if _OWN.search(row) and not (self._empty and self._empty.issuperset(_VALUE.findall(row))):
            return True
        return (bool(self._empty) or _has_mark(row)) and any(map(self._is_value, _CELL.finditer(row)))

    def _is_value(self, cell: re.Match[bytes]) -> bool:
        is_empty = b't="s"' in cell[1] and bool(self._empty.issuperset(_VALUE.findall(cell[2])))
        return _unstored_cell(cell) is not None or (not is_empty and _OWN.search(cell[2]) is not None)


def _has_mark(text: bytes) -> bool:
    return b't="e"' in text or b"<f" in text or b":f" in text


def _blocks(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """Yield the XML of a sheet in blocks that end behind a cell."""
    held = b""
    with archive.open(member) as stream:
        while block := stream.read(_BLOCK):
            held += block
            end = held.rfind(b"</c>") + 4 if b"</c>" in held else held.rfind(b":c>") + 3
            whole, held = (held[:end], held[end:]) if end > 3 else (b"", held[-_LONGEST_CELL:])
            yield whole


def _empty_strings(archive: zipfile.ZipFile) -> set[bytes]:
    """Find the numbers of shared texts that are empty: a row of them is a blank one."""
    found, number, held = set(), 0, b""
    with suppress(KeyError), archive.open("xl/sharedStrings.xml") as stream:
        while block := stream.read(_BLOCK):
            held += block
            end = 0
            for string in _STRING.finditer(held):
                if not string[1] or not _OWN.search(string[1]):
                    found.add(b"%d" % number)
                number, end = number + 1, string.end()
            held = held[end:] if end else held[-_LONGEST_CELL:]
    return found


def _unstored_cell(found: re.Match[bytes]) -> tuple[int, int, str] | None:
    about, content = found.groups()
    value, place = _VALUE.search(content), _PLACE.search(about)
    if b't="e"' in about:
        text = value[1].decode() if value else "#VALUE!"
    else:
        formula = _FORMULA.search(content)
        # An empty text is a value that was stored.
        if formula is None or value is not None or b't="str"' in about:
            return None
        text = "=" + unescape((formula[1] or b"?").decode("utf-8", "replace"))
    if place is None:  # the format allows it, and the library would read a blank
        raise ValueError(f"a cell that does not say where it is holds {text[:60]}")
    return int(place[2]) - 1, _column(place[1].decode()), text


def _member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Find the part of a workbook that holds a sheet."""
    with suppress(KeyError):
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        targets = {_attribute(each, "Id"): _attribute(each, "Target") for each in _LINK.findall(links)}
        for each in _SHEET.findall(book):
            if _attribute(each, "name") == sheet:
                target = targets.get(_attribute(each, r"\w+:id"), "")
                return target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
    return None


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    written = (found[1] or found[2] or "") if found else ""
    return unescape(written, {"&quot;": '"', "&apos;": "'"})


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _address(row: int, column: int) -> str:
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


def _places(marks: list[tuple[int, int, str]], sign: str) -> list[str]:
    return [_address(row, column) for row, column, text in sorted(marks) if text.startswith(sign)]


def _limit(path: str) -> None:
    """Bound what this process may use, where the system can."""
    with suppress(ImportError, ValueError, OSError):
        import os
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        seconds = 60 + os.path.getsize(path) // _GRANTED
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(path: str, chosen: str, header: str) -> None:
    """Write what the sheet is, and after that its rows."""
    _limit(path)
    try:
        sheet = Sheet(path, chosen, int(header))
        _write(sheet.told)
        if sheet.told["sheet"] is not None:
            rows = sheet.rows()
            while listed := list(islice(rows, ROWS)):
                _write(listed)
        _write(None)
    except BrokenPipeError:  # nobody wants more
        sys.exit(1)
    except TooWide:
        _write({"failed": "source-too-wide"})
    # Not only errors: a panic of the library is none.
    except BaseException as error:
        _write({"failed": "source-unreadable", "reason": f"{type(error).__name__}: {error}"[:300]})


def _write(value: Any) -> None:
    sys.stdout.buffer.write(json.dumps(value).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
