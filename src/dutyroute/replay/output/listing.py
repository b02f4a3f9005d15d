"""Listing: rows to look at, as Parquet, CSV or XLSX."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from dutyroute.errors import needs
from dutyroute.replay.output.safe import BOM, csv_lines, safe_column
from dutyroute.replay.state import written_whole
from dutyroute.replay.wording import Wording

__all__ = ["FORMATS", "write_listing", "write_part"]

ROWS_PER_SHEET: Final = 1_048_575
"""How many rows a sheet holds beside its headings."""

_LONGEST_CELL = 32_767


def write_part(tables: Sequence[Any], path: Path, schema: Any) -> None:
    """Write some rows as a part of the whole, in Arrow's own form: it is read once more and dropped."""
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with written_whole(path) as stream, pa.ipc.new_stream(stream, schema, options=options) as writer:
        for table in tables:
            writer.write_table(table)


def write_listing(parts: Sequence[Path], schema: Any, path: Path, wording: Wording) -> Path:
    """Join the parts into one file, in the format that its ending names; return its path."""
    FORMATS[path.suffix.removeprefix(".")](_Parts(tuple(parts), schema), path, wording)
    return path


@dataclass(frozen=True, slots=True)
class _Parts:
    paths: tuple[Path, ...]
    schema: Any

    def __iter__(self) -> Iterator[Any]:
        """Read the parts batch by batch, so that memory stays flat."""
        for path in self.paths:
            with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as stream:
                for batch in stream:
                    yield pa.Table.from_batches([batch])

    def headings(self, wording: Wording) -> list[str]:
        """Head the columns in the reader's language."""
        return [wording.say(f"column-{name}") for name in self.schema.names]


def _parquet(parts: _Parts, path: Path, _: Wording) -> None:
    """Write identifiers, for programs."""
    words = [field.name for field in parts.schema if pa.types.is_dictionary(field.type)]
    with (
        written_whole(path) as stream,
        pq.ParquetWriter(stream, parts.schema, use_dictionary=words) as writer,
    ):
        for table in parts:
            writer.write_table(table)


def _csv(parts: _Parts, path: Path, wording: Wording) -> None:
    """Write words, for people: with a UTF-8 mark, and no cell that a spreadsheet computes."""
    options = pyarrow.csv.WriteOptions(include_header=False)
    with written_whole(path) as stream:
        stream.write(BOM + csv_lines([parts.headings(wording)]))
        for table in parts:
            pyarrow.csv.write_csv(_harmless(wording.table(table)), stream, options)


def _harmless(table: Any) -> Any:
    columns = [safe_column(values) if pa.types.is_string(values.type) else values for values in table.columns]
    return pa.table(columns, names=table.column_names)


def _xlsx(parts: _Parts, path: Path, wording: Wording) -> None:
    """Write words into a workbook, every text as a text; from a million rows on, several sheets."""
    with needs("xlsx"):
        import xlsxwriter
    with written_whole(path) as stream, _workbook(xlsxwriter, stream) as book:
        style = book.add_format({"num_format": "yyyy-mm-dd"})
        rows = (row for table in parts for row in _rows(wording.table(table)))
        name, headings = path.stem, parts.headings(wording)
        sheet, at = _sheet(book, name, headings), 0
        for row in rows:
            if at == ROWS_PER_SHEET:
                sheet, at = _sheet(book, f"{name}-{len(book.worksheets()) + 1}", headings), 0
            at += 1
            for place, cell in enumerate(row):
                _write(sheet, at, place, cell, style)


def _workbook(xlsxwriter: Any, stream: Any) -> AbstractContextManager[Any]:
    return closing(xlsxwriter.Workbook(stream, {"constant_memory": True}))


def _rows(table: Any) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _sheet(book: Any, name: str, headings: Sequence[str]) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, bold)
    return sheet


def _write(sheet: Any, row: int, place: int, cell: Any, style: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        sheet.write_string(row, place, cell[:_LONGEST_CELL])
    elif isinstance(cell, int):
        sheet.write_number(row, place, cell)
    else:
        sheet.write_datetime(row, place, cell, style)


FORMATS: dict[str, Callable[[_Parts, Path, Wording], None]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
}
"""How the rows to look at can be written."""
