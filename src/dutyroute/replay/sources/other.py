"""Other sources of one file: Parquet, JSON a line, workbooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from dutyroute.errors import ReplayError, needs
from dutyroute.formats.encoding import detect_file
from dutyroute.formats.json import parse
from dutyroute.replay.sources.batch import ROWS, BadRow, Batch, Note, counted, distinct, texts, unused

_ROOM: Final = 6
"""From how many bytes a value on the texts of a Parquet column are taken to differ."""

__all__ = ["Lines", "Parquet", "Workbook", "written"]


class Parquet:
    """A Parquet file; its columns keep their types."""

    def __init__(self, path: Path, **settings: Any) -> None:
        self.path = path
        self.name = str(path)
        unused(self.name, settings)
        try:
            with pq.ParquetFile(path) as file:
                self.columns = tuple(file.schema_arrow.names)
                self.size: int = file.metadata.num_rows
        except pa.ArrowInvalid as error:
            raise ReplayError("source-unreadable", {"source": self.name, "reason": str(error)}) from None
        self.notes: tuple[Note, ...] = ()

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yield the chunks from one on."""
        done = 0
        with pq.ParquetFile(self.path) as file:
            words = list(_repeating(file))
        with pq.ParquetFile(self.path, read_dictionary=words) as file:
            for index, table in enumerate(file.iter_batches(ROWS)):
                done += table.num_rows
                if index >= start:
                    rows = counted(done - table.num_rows + 1, table.num_rows)
                    yield Batch(index, rows, table, (), done)


def _repeating(file: Any) -> Iterator[str]:
    """Name the columns of texts that are worth a dictionary: a value takes less room than a text."""
    for place, field in enumerate(file.schema_arrow):
        if pa.types.is_string(field.type) and file.metadata.num_row_groups:
            stored = file.metadata.row_group(0).column(place)
            if stored.total_uncompressed_size < _ROOM * stored.num_values:
                yield field.name


class Lines:
    """A file of JSON objects, one a line; what they hold becomes text."""

    def __init__(self, path: Path, *, encoding: str | None = None, **settings: Any) -> None:
        self.path = path
        self.name = str(path)
        unused(self.name, settings)
        self.size = path.stat().st_size
        found = detect_file(path)
        self._encoding = encoding or found.name
        # JSON is UTF-8 by its own standard, so only another encoding is worth a word.
        is_usual = encoding is not None or found.label == "UTF-8"
        self.notes: tuple[Note, ...] = () if is_usual else (Note("note-encoding", {"encoding": found.label}),)
        self.columns = self._columns()

    def _columns(self) -> tuple[str, ...]:
        """Name every key of the first rows, in the order in which they come."""
        found: dict[str, None] = {}
        with open(self.path, "rb") as stream:
            for raw in islice(stream, 1_000):
                found.update(dict.fromkeys(self._object(raw) or ()))
        return tuple(found)

    def _object(self, raw: bytes) -> dict[str, Any] | None:
        try:
            read = parse(raw.decode(self._encoding))
        except ValueError:
            return None
        return read if isinstance(read, dict) else None

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yield the chunks from one on."""
        with open(self.path, "rb") as stream:
            numbered = enumerate(iter(stream.readline, b""), 1)
            index = 0
            while listed := list(islice(numbered, ROWS)):
                if index >= start:
                    yield self._batch(index, listed, stream.tell())
                index += 1

    def _batch(self, index: int, listed: list[tuple[int, bytes]], done: int) -> Batch:
        rows, kept, bad = [], [], []
        for number, raw in listed:
            if not raw.strip():
                continue
            read = self._object(raw)
            if read is None:
                bad.append(BadRow(number, "", raw[:200].decode("utf-8", "replace").strip(), "row-not-json"))
            else:
                rows.append(number)
                kept.append([written(read.get(name)) for name in self.columns])
        return Batch(index, pa.array(rows, pa.int64()), texts(kept, self.columns), tuple(bad), done)


def written(value: Any) -> str | None:
    """Write a value as a text that a map reads back."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "；".join(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < 10**15 else repr(value)
    return json.dumps(value, ensure_ascii=False, default=str)


class Workbook:
    """A sheet of an Excel workbook; dates and numbers become text as a person reads them."""

    def __init__(
        self, path: Path, *, sheet: str | int | None = None, header: int | None = None, **settings: Any
    ) -> None:
        with needs("xlsx"):
            import python_calamine
        self.path = path
        self.name = str(path)
        unused(self.name, settings)
        try:
            self._book = python_calamine.CalamineWorkbook.from_path(str(path))
        except (python_calamine.CalamineError, OSError) as error:
            raise ReplayError("source-unreadable", {"source": self.name, "reason": str(error)}) from None
        self._sheet = self._named(sheet)
        self._header = (header or 1) - 1
        cells = self._book.get_sheet_by_name(self._sheet)
        self.size: int = max(cells.total_height - self._header - 1, 0)
        headings = next(islice(cells.iter_rows(), self._header, None), [])
        self.columns = distinct([written(cell) or "" for cell in headings])
        self.notes = (Note("note-sheet", {"sheet": self._sheet}),)

    def _named(self, sheet: str | int | None) -> str:
        names: list[str] = self._book.sheet_names
        if sheet is None:
            return names[0]
        if str(sheet) in names:
            return str(sheet)
        if str(sheet).isdigit() and 1 <= int(sheet) <= len(names):
            return names[int(sheet) - 1]
        raise ReplayError("source-no-sheet", {"source": self.name, "sheet": sheet, "known": "、".join(names)})

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yield the chunks from one on."""
        rows = self._book.get_sheet_by_name(self._sheet).iter_rows()
        numbered = enumerate(islice(rows, self._header + 1, None), 1)
        width, index, done = len(self.columns), 0, 0
        while listed := list(islice(numbered, ROWS)):
            done = listed[-1][0]
            if index >= start:
                kept = [(n, [written(cell) or None for cell in row[:width]]) for n, row in listed]
                kept = [(n, row) for n, row in kept if any(row)]
                table = texts([row for _, row in kept], self.columns)
                yield Batch(index, pa.array([n for n, _ in kept], pa.int64()), table, (), done)
            index += 1
