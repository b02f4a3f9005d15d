"""Divergences: the rows to look at, as Parquet, CSV or XLSX."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from dutyroute.errors import needs
from dutyroute.replay.output.safe import BOM, csv_lines, safe_column
from dutyroute.replay.record import SCHEMA
from dutyroute.replay.state import written_whole
from dutyroute.replay.wording import Wording

__all__ = ["FORMATS", "write_divergences", "write_part"]

ROWS_PER_SHEET: Final = 1_048_575
"""How many rows a sheet holds beside its headings."""

_LONGEST_CELL = 32_767


def write_part(tables: Sequence[Any], path: Path) -> None:
    """Write some records as a part of the whole."""
    with written_whole(path) as stream, pq.ParquetWriter(stream, SCHEMA, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)


def write_divergences(parts: Sequence[Path], out: Path, form: str, wording: Wording) -> Path:
    """Join the parts into one file of a format; return its path."""
    path = out / f"divergences.{form}"
    FORMATS[form](parts, path, wording)
    return path


def _batches(parts: Sequence[Path]) -> Iterator[Any]:
    """Read the parts group by group, so that memory stays flat."""
    for part in parts:
        with pq.ParquetFile(part, read_dictionary=_WORDS) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group)


_WORDS = [field.name for field in SCHEMA if pa.types.is_dictionary(field.type)]


def _parquet(parts: Sequence[Path], path: Path, _: Wording) -> None:
    """Write identifiers, for programs."""
    with written_whole(path) as stream, pq.ParquetWriter(stream, SCHEMA, compression="zstd") as writer:
        for table in _batches(parts):
            writer.write_table(table.cast(SCHEMA))


def _csv(parts: Sequence[Path], path: Path, wording: Wording) -> None:
    """Write words, for people: with a UTF-8 mark, and no cell that a spreadsheet computes."""
    options = pyarrow.csv.WriteOptions(include_header=False)
    with written_whole(path) as stream:
        stream.write(BOM + csv_lines([_headings(wording)]))
        for table in _batches(parts):
            pyarrow.csv.write_csv(_harmless(wording.table(table)), stream, options)


def _harmless(table: Any) -> Any:
    columns = [
        safe_column(values) if pa.types.is_string(values.type) else values for values in table.columns
    ]
    return pa.table(columns, names=table.column_names)


def _headings(wording: Wording) -> list[str]:
    return [wording.say(f"column-{name}") for name in SCHEMA.names]


def _xlsx(parts: Sequence[Path], path: Path, wording: Wording) -> None:
    """Write words into a workbook, every text as a text; from a million rows on, several sheets."""
    with needs("xlsx"):
        import xlsxwriter
    with written_whole(path) as stream, _workbook(xlsxwriter, stream) as book:
        style = book.add_format({"num_format": "yyyy-mm-dd"})
        rows = (row for table in _batches(parts) for row in _rows(wording.table(table)))
        sheet, at = _sheet(book, wording, 1), 0
        for row in rows:
            if at == ROWS_PER_SHEET:
                sheet, at = _sheet(book, wording, len(book.worksheets()) + 1), 0
            at += 1
            for place, cell in enumerate(row):
                _write(sheet, at, place, cell, style)


def _workbook(xlsxwriter: Any, stream: Any) -> AbstractContextManager[Any]:
    return closing(xlsxwriter.Workbook(stream, {"constant_memory": True}))


def _rows(table: Any) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _sheet(book: Any, wording: Wording, number: int) -> Any:
    sheet = book.add_worksheet(f"divergences-{number}" if number > 1 else "divergences")
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for place, heading in enumerate(_headings(wording)):
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


FORMATS: dict[str, Callable[[Sequence[Path], Path, Wording], None]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
}
"""How the rows to look at can be written."""
