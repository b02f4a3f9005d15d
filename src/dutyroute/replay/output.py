"""What a replay writes: rows to look at as Parquet, CSV or XLSX, and rows that could not be read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from dutyroute.errors import needs
from dutyroute.formats.atomic import drop_drafts, put_in_place, write_whole
from dutyroute.formats.spreadsheet import BOM, FORMULA, csv_text
from dutyroute.messages import Lang
from dutyroute.messages.outside import encodable
from dutyroute.replay.sources.batch import BadRow
from dutyroute.replay.wording import Wording

ROWS_PER_SHEET: Final = 1_048_575
"""How many rows a sheet holds beside its headings."""

_REJECT_COLUMNS = ("source", "row", "column", "value", "why")
_LONGEST_VALUE = 1_000
"""How much of a rejected value is shown: it may be a megabyte long."""

REPORT: Final = "report.html"

Write = Callable[[Any], None]


def write_part(tables: Sequence[Any], path: Path, schema: Any) -> None:
    """Write some rows as a part of the whole, to be read once more and then deleted."""
    # Uncompressed: a part is read once, soon, from the same disk.
    options = pa.ipc.IpcWriteOptions(compression=None)
    with write_whole(path) as stream, pa.ipc.new_stream(stream, schema, options=options) as writer:
        for table in tables:
            writer.write_table(table)


@contextmanager
def open_listing(path: Path, draft: Path, schema: Any, wording: Wording) -> Iterator[Write]:
    """
    Open a file of rows, in the format that its ending names; yield what writes a table to it.

    It grows as a draft and takes its place when it is left without an error.

    Raises:
        MissingExtraError: if the format needs a package that is not installed.
    """
    form = _FORMATS[path.suffix.removeprefix(".")]
    with open(draft, "wb") as stream:
        with form(stream, schema, path.stem, wording) as write:
            yield write
        put_in_place(stream, draft, path)


def thread() -> ThreadPoolExecutor:
    """
    Start a thread for work that must have ended before what it uses is closed.

    A pool does not wait for a thread that a Ctrl-C hit while it was starting: so
    it is started here, before there is any work.
    """
    pool = ThreadPoolExecutor(1)
    pool.submit(int).result()
    return pool


class Listings:
    """The open files of a run; parts are written to them in a thread of their own."""

    # In a thread, because wording and formatting rows takes long, and Arrow does much of it
    # without the interpreter's lock: the next chunk is decided meanwhile.

    def __init__(self, files: Sequence[tuple[str, Write]]) -> None:
        self._files = files
        self._thread = thread()
        self._waiting: list[Future[None]] = []
        self._is_stopped = False

    def add(self, kind: str, part: Path) -> None:
        """Write the rows of a part, later, to each file of this kind; raise what went wrong before."""
        # The results hold nothing but an error; asking for them early stops a run whose disk is full.
        for future in [each for each in self._waiting if each.done()]:
            self._waiting.remove(future)
            future.result()
        writers = (write for its, write in self._files if its == kind)
        self._waiting += [self._thread.submit(self._write, write, part) for write in writers]

    def _write(self, write: Write, part: Path) -> None:
        # As bytes: Arrow takes no name in another encoding as text.
        with pa.OSFile(os.fsencode(part)) as file, pa.ipc.open_stream(file) as batches:
            for batch in batches:
                if self._is_stopped:
                    return
                write(pa.Table.from_batches([batch]))

    def wait(self) -> None:
        """Wait until all is written."""
        for future in self._waiting:
            future.result()

    def stop(self) -> None:
        """Write no more, so that a cancelled run ends soon."""
        self._is_stopped = True
        self._thread.shutdown(cancel_futures=True)


@contextmanager
def open_listings(files: Iterable[tuple[str, Path, Path, Any]], wording: Wording) -> Iterator[Listings]:
    """Open files, each with its kind, path, draft and schema; all take their places at the end."""
    with ExitStack() as stack:
        opened = [
            (kind, stack.enter_context(open_listing(path, draft, schema, wording)))
            for kind, path, draft, schema in files
        ]
        listings = Listings(opened)
        try:
            yield listings
            listings.wait()
        finally:
            listings.stop()


@contextmanager
def _parquet(stream: BinaryIO, schema: Any, _: str, __: Wording) -> Iterator[Write]:
    """Write identifiers, for programs."""
    # Identifiers, dates and numbers of rows differ from row to row, and a dictionary of them is waste.
    words = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    with pq.ParquetWriter(stream, schema, use_dictionary=words) as writer:
        yield writer.write_table


@contextmanager
def _csv(stream: BinaryIO, schema: Any, _: str, wording: Wording) -> Iterator[Write]:
    """Write words, for people: with a UTF-8 mark, and no cell that a spreadsheet computes."""
    options = pyarrow.csv.WriteOptions(include_header=False)
    stream.write((BOM + csv_text([wording.headings(schema.names)])).encode())

    def write(records: Any) -> None:
        table = wording.table(records)
        columns = [
            pc.replace_substring_regex(values, FORMULA, r"'\1") if pa.types.is_string(values.type) else values
            for values in table.columns
        ]
        pyarrow.csv.write_csv(pa.table(columns, names=table.column_names), stream, options)

    yield write


@contextmanager
def _xlsx(stream: BinaryIO, schema: Any, name: str, wording: Wording) -> Iterator[Write]:
    """Write words into a workbook, every text as a text; from a million rows on, several sheets."""
    with needs("xlsx"):
        import xlsxwriter
    # Rows go to a temporary file as they come: a sheet of a million rows takes gigabytes otherwise.
    with tempfile.TemporaryDirectory() as spool:
        options = {"constant_memory": True, "tmpdir": spool, "default_date_format": "yyyy-mm-dd"}
        book = xlsxwriter.Workbook(stream, options)
        yield _Sheets(book, name, wording.headings(schema.names), wording).write
        book.close()


class _Sheets:
    """The sheets of a workbook, one after the other."""

    def __init__(self, book: Any, name: str, headings: Sequence[str], wording: Wording) -> None:
        self._book = book
        self._name = name
        self._headings = headings
        self._wording = wording
        self._bold = book.add_format({"bold": True})
        self._add(name)

    def _add(self, name: str) -> None:
        self._sheet, self._at = self._book.add_worksheet(name), 0
        self._sheet.freeze_panes(1, 0)
        for place, heading in enumerate(self._headings):
            self._sheet.write_string(0, place, heading, self._bold)

    def write(self, records: Any) -> None:
        """Write some rows."""
        for batch in self._wording.table(records).to_batches():
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                if self._at == ROWS_PER_SHEET:
                    self._add(f"{self._name}-{len(self._book.worksheets()) + 1}")
                self._at += 1
                for place, cell in enumerate(row):
                    # A text never by `write`, which makes a formula of one that begins with `=`.
                    write = self._sheet.write_string if isinstance(cell, str) and cell else self._sheet.write
                    write(self._at, place, cell)


_FORMATS: dict[str, Callable[[BinaryIO, Any, str, Wording], AbstractContextManager[Write]]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
}
"""How the rows to look at can be written."""


def drop_earlier(out: Path) -> None:
    """Delete what an earlier run wrote into a folder: files of two runs side by side would pass for one."""
    listed = (f"{name}.{form}" for name in ("divergences", "changes") for form in _FORMATS)
    for name in (*listed, "rejects.csv", "summary.json", REPORT):
        (out / name).unlink(missing_ok=True)
    drop_drafts(out)


@contextmanager
def whole_set(out: Path) -> Iterator[None]:
    """Write all files of a run, or leave none of them: a part would pass for all."""
    drop_earlier(out)
    try:
        yield
    except BaseException:
        drop_earlier(out)
        raise


def reject_lines(source: str, bad: Iterable[BadRow], lang: Lang) -> bytes:
    """Write the faults of one chunk as CSV lines, in the order of their rows."""
    lines = []
    # Torn lines come from the source and the others from the map: sorted, they read as the file.
    for fault in sorted(bad, key=lambda each: each.row):
        # Half a character is shown by its number: it is what is wrong with the value.
        value = encodable(str(fault.value))
        shown = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
        lines.append((source, str(fault.row), fault.column or "", shown, fault.describe(lang)))
    return csv_text(lines).encode()


def write_rejects(lines: Iterable[bytes], path: Path, wording: Wording | None = None) -> None:
    """Write the lines of chunks to a file; with headings for people if a `wording` is given."""
    with write_whole(path) as stream:
        if wording is not None:
            stream.write((BOM + csv_text([wording.headings(_REJECT_COLUMNS)])).encode())
        for each in lines:
            stream.write(each)
