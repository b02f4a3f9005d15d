"""Sources that are not delimited text: Parquet, JSON lines, workbooks, databases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from dutyroute.errors import ReplayError, needs
from dutyroute.formats.encoding import detect_file
from dutyroute.formats.json import parse
from dutyroute.replay.sources.batch import ROWS, BadRow, SourceBatch, counted, distinct, text_batch

_ROOM: Final = 6
"""From how many bytes a value on the texts of a Parquet column are taken to differ."""


class Parquet:
    """A Parquet file; its columns keep their types."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name: str = str(path)
        try:
            with pq.ParquetFile(path) as file:
                self.columns: tuple[Any, ...] = tuple(file.schema_arrow.names)
                self.size: int = file.metadata.num_rows
        except pa.ArrowInvalid as error:
            raise ReplayError("source-unreadable", {"source": self.name, "reason": str(error)}) from None
        self.notes: dict[str, dict[str, str]] = {}

    def batches(self, start: int = 0) -> Iterator[SourceBatch]:
        """Yield the chunks from number `start` on."""
        done = 0
        with pq.ParquetFile(self.path) as file:
            # Columns of few distinct texts are read by those: each is then decoded and mapped once.
            words = list(_repeating(file))
        with pq.ParquetFile(self.path, read_dictionary=words) as file:
            for index, table in enumerate(file.iter_batches(ROWS)):
                done += table.num_rows
                if index >= start:
                    yield SourceBatch(counted(done - table.num_rows + 1, table.num_rows), table, (), done)


def _repeating(file: Any) -> Iterator[str]:
    """Name the columns of texts that are worth a dictionary: a value takes less room than a text."""
    for place, field in enumerate(file.schema_arrow):
        if pa.types.is_string(field.type) and file.metadata.num_row_groups:
            # The first row group is taken as typical: the file is not read for this.
            stored = file.metadata.row_group(0).column(place)
            if stored.total_uncompressed_size < _ROOM * stored.num_values:
                yield field.name


class JsonLinesFile:
    """A file of JSON objects, one a line; what they hold becomes text."""

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        self.path = path
        self.name: str = str(path)
        self.size: int = path.stat().st_size
        found = detect_file(path)
        self._encoding = encoding or found.name
        # JSON is UTF-8 by its own standard, so only another encoding is worth a note.
        is_usual = encoding is not None or found.label == "UTF-8"
        self.notes: dict[str, dict[str, str]] = (
            {} if is_usual else {"note-encoding": {"encoding": found.label}}
        )
        # Of the first thousand rows: a key that appears later than that is not seen.
        names: dict[str, None] = {}
        with open(path, "rb") as stream:
            for raw in islice(stream, 1_000):
                names.update(dict.fromkeys(self._object(raw) or ()))
        self.columns: tuple[str, ...] = tuple(names)

    def _object(self, raw: bytes) -> dict[str, Any] | None:
        try:
            read = parse(raw.decode(self._encoding))
        except ValueError:
            return None
        return read if isinstance(read, dict) else None

    def batches(self, start: int = 0) -> Iterator[SourceBatch]:
        """Yield the chunks from number `start` on."""
        with open(self.path, "rb") as stream:
            # Not the file's own iterator, which reads ahead and forbids `tell`.
            for listed in _chunks(enumerate(iter(stream.readline, b""), 1), start):
                kept, bad = [], []
                for number, raw in listed:
                    read = self._object(raw)
                    if read is not None:
                        kept.append((number, [as_text(read.get(name)) for name in self.columns]))
                    elif raw.strip():
                        shown = raw[:200].decode("utf-8", "replace").strip()
                        bad.append(BadRow(number, "", shown, "row-not-json"))
                yield text_batch(kept, self.columns, stream.tell(), bad)


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


class Workbook:
    """A sheet of an Excel workbook; dates and numbers become text as a person reads them."""

    def __init__(self, path: Path, *, sheet: str | int | None = None, header: int = 1) -> None:
        with needs("xlsx"):
            import python_calamine
        self.path = path
        self.name: str = str(path)
        try:
            self._book = python_calamine.CalamineWorkbook.from_path(str(path))
        except (python_calamine.CalamineError, OSError) as error:
            raise ReplayError("source-unreadable", {"source": self.name, "reason": str(error)}) from None
        self._sheet = self._named(sheet)
        # People count rows from 1, and often put a title above the headings.
        self._header = max(header, 1) - 1
        cells = self._book.get_sheet_by_name(self._sheet)
        self.size: int = max(cells.total_height - self._header - 1, 0)
        headings = next(islice(cells.iter_rows(), self._header, None), [])
        self.columns: tuple[str, ...] = distinct([as_text(cell) or "" for cell in headings])
        self.notes: dict[str, dict[str, str]] = {"note-sheet": {"sheet": self._sheet}}

    def _named(self, sheet: str | int | None) -> str:
        names: list[str] = self._book.sheet_names
        if sheet is None:
            return names[0]
        if str(sheet) in names:
            return str(sheet)
        if str(sheet).isdigit() and 1 <= int(sheet) <= len(names):
            return names[int(sheet) - 1]
        raise ReplayError("source-no-sheet", {"source": self.name, "sheet": sheet, "known": "、".join(names)})

    def batches(self, start: int = 0) -> Iterator[SourceBatch]:
        """Yield the chunks from number `start` on."""
        rows = self._book.get_sheet_by_name(self._sheet).iter_rows()
        width = len(self.columns)
        for listed in _chunks(enumerate(islice(rows, self._header + 1, None), 1), start):
            kept = [(n, [as_text(cell) or None for cell in row[:width]]) for n, row in listed]
            yield text_batch([(n, row) for n, row in kept if any(row)], self.columns, listed[-1][0])


class Query:
    """
    The rows that a query of a database yields, by any URL that SQLAlchemy takes.

    A run can be resumed only if the query yields the same rows in the same order each time.
    """

    size = None
    notes: Mapping[str, Mapping[str, str]] = {}

    def __init__(self, place: str | Path, *, query: str | None = None) -> None:
        with needs("sql"):
            import sqlalchemy
        self._engine = sqlalchemy.create_engine(
            f"sqlite:///{place}" if isinstance(place, Path) else place, poolclass=sqlalchemy.NullPool
        )
        self.path: Path | None = place if isinstance(place, Path) else None
        self.name: str | Any = (
            str(place) if self.path else self._engine.url.render_as_string(hide_password=True)
        )
        if not query:
            raise ReplayError("source-no-query", {"source": self.name})
        self._query = sqlalchemy.text(query)
        self._error = sqlalchemy.exc.SQLAlchemyError
        with self._failures(), self._engine.connect() as connection:
            self.columns: tuple[str, ...] = distinct(list(connection.execute(self._query).keys()))

    def batches(self, start: int = 0) -> Iterator[SourceBatch]:
        """Yield the chunks from number `start` on."""
        options = {"stream_results": True}
        with self._failures(), self._engine.connect().execution_options(**options) as connection:
            found = connection.execute(self._query)
            chunks = enumerate(iter(lambda: found.fetchmany(ROWS), []))
            for index, listed in islice(chunks, start, None):
                texts = ([as_text(cell) for cell in row] for row in listed)
                rows = list(enumerate(texts, index * ROWS + 1))
                yield text_batch(rows, self.columns, rows[-1][0])

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except self._error as error:
            reason = str(error).splitlines()[0]
            raise ReplayError("source-unreadable", {"source": self.name, "reason": reason}) from None


def _chunks(items: Iterator[Any], start: int) -> Iterator[list[Any]]:
    """Yield chunks of items from number `start` on."""
    return islice(iter(lambda: list(islice(items, ROWS)), []), start, None)
