"""Delimited text, such as CSV, in any encoding and with any delimiter."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.csv

from dutyroute.errors import ReplayError
from dutyroute.formats.encoding import detect_file
from dutyroute.replay.sources.batch import ROWS, BadRow, SourceBatch, counted, distinct

_BLOCK: Final = 1 << 22
_NO_ROWS = ("Empty CSV", "Could not skip initial")
"""How pyarrow says that nothing follows the headings."""
_DELIMITERS = ",\t;|"
_NAMED = {",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe"}


class Delimited:
    """A file of lines, each split by a delimiter; encoding and delimiter are detected and reported."""

    def __init__(
        self, path: Path, *, encoding: str | None = None, delimiter: str | None = None, header: int = 1
    ) -> None:
        self.path = path
        self.name: str = str(path)
        self.size: int = path.stat().st_size
        self.encoding: str = _named(encoding, self.name) if encoding else "utf-8"
        self._is_sound = False
        if self.encoding == "utf-8":
            found = detect_file(path)
            name = found.name.removesuffix("-sig")
            self._is_sound = found.is_sound and name == "utf-8"
            self.encoding = "utf-8" if encoding else name
        self._header = max(header, 1) - 1
        with open(path, encoding=self.encoding, errors="replace", newline="") as stream:
            for _ in range(self._header):
                stream.readline()
            line = stream.readline().removeprefix("\ufeff").rstrip("\r\n")
        self.delimiter: str = delimiter or _delimiter(line)
        self.columns: tuple[str, ...] = distinct(next(csv.reader([line], delimiter=self.delimiter), []))
        self.notes: dict[str, dict[str, str]] = {
            "note-encoding": {"encoding": self.encoding.upper()},
            f"note-{_NAMED.get(self.delimiter, 'comma')}": {},
        }

    def batches(self, start: int = 0) -> Iterator[SourceBatch]:
        """Yield the chunks from number `start` on."""
        if not self.columns:
            return
        with open(self.path, "rb") as stream:
            torn: list[BadRow] = []
            first, index = 1, 0
            # INVARIANT: the same file gives the same chunks, or an unfinished run could not go on.
            for block in self._blocks(stream, torn):
                for at in range(0, block.num_rows, ROWS) or (0,):
                    part = block.slice(at, ROWS)
                    bad = _among(torn, first, part.num_rows)
                    rows = _numbers(first, part.num_rows, [each.row for each in bad])
                    first += part.num_rows + len(bad)
                    if index >= start:
                        yield SourceBatch(rows, part, bad, min(stream.tell(), self.size))
                    index += 1
            if torn and index >= start:
                schema = pa.schema([(name, pa.string()) for name in self.columns])
                empty = pa.RecordBatch.from_pylist([], schema)
                yield SourceBatch(pa.array([], pa.int64()), empty, tuple(torn), self.size)

    def _blocks(self, stream: BinaryIO, torn: list[BadRow]) -> Iterator[Any]:
        """Split into columns of texts; note the lines that have too many cells or too few."""
        if self._is_sound:
            yield from self._split(stream, pa.string(), torn)
            return
        given = 0
        # Bytes are split as they are, and only distinct values decoded: less than half the time of
        # decoding first. No multibyte character of GB18030 holds a byte that separates cells or
        # lines, except `|`. A torn line stops it, as its text could not be shown; what is left is
        # then decoded first.
        if self.encoding == "utf-8" or (self.encoding == "gb18030" and self.delimiter != "|"):
            try:
                for block in self._split(stream, pa.binary(), None):
                    yield _decoded(block, self.encoding)
                    given += block.num_rows
            except pa.ArrowInvalid:
                stream.seek(0)
            else:
                return
        for block in self._split(_as_utf8(stream, self.encoding), pa.string(), torn):
            rest = block.slice(min(given, block.num_rows))
            given -= block.num_rows - rest.num_rows
            if rest.num_rows or torn:
                yield rest

    def _split(self, source: Any, kind: Any, torn: list[BadRow] | None) -> Iterator[Any]:
        def note(row: Any) -> str:
            number = row.number - 1 - self._header
            counted = {"expected": row.expected_columns, "found": row.actual_columns}
            assert torn is not None
            torn.append(BadRow(number, "", row.text or "", "row-torn", counted))
            return "skip"

        names, handler = list(self.columns), None if torn is None else note
        reading = pyarrow.csv.ReadOptions(
            use_threads=False, block_size=_BLOCK, column_names=names, skip_rows=self._header + 1
        )
        splitting = pyarrow.csv.ParseOptions(
            delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=handler
        )
        # Not checked again: the bytes are known to be sound, or replaced by `LOST`.
        types = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, kind), check_utf8=False)
        try:
            yield from pyarrow.csv.open_csv(source, reading, splitting, types)
        except pa.ArrowInvalid as error:
            if any(said in str(error) for said in _NO_ROWS):
                return
            if torn is None:
                raise
            raise ReplayError("source-unreadable", {"source": self.name, "reason": str(error)}) from None


def _decoded(block: Any, encoding: str) -> Any:
    """Decode each distinct value once; bytes that are no text show as `LOST`."""
    columns = []
    for values in block.columns:
        held = values.buffers()[2]
        if held is None or held.to_pybytes().isascii():
            columns.append(values.cast(pa.string()))
            continue
        coded = values.dictionary_encode()
        words = [raw.decode(encoding, "replace") for raw in coded.dictionary.to_pylist()]
        columns.append(pa.DictionaryArray.from_arrays(coded.indices, pa.array(words, pa.string())))
    return pa.RecordBatch.from_arrays(columns, names=block.schema.names)


def _among(torn: list[BadRow], first: int, count: int) -> tuple[BadRow, ...]:
    """Take the torn lines among some rows or right after them; leave the others for later."""
    found = 0
    while found < len(torn) and torn[found].row <= first + count + found:
        found += 1
    taken, torn[:found] = tuple(torn[:found]), []
    return taken


def _numbers(first: int, count: int, bad: list[int]) -> Any:
    """Number the rows of a chunk; torn lines have the numbers in between."""
    if not bad:
        return counted(first, count)
    taken = set(bad)
    numbers = (number for number in range(first, first + count + len(bad)) if number not in taken)
    return pa.array(list(numbers)[:count], pa.int64())


def _named(encoding: str, source: str) -> str:
    """Name an encoding as Python does; GBK and its kin are all GB18030."""
    try:
        found = codecs.lookup(encoding).name
    except LookupError:
        raise ReplayError("source-unknown-encoding", {"source": source, "encoding": encoding}) from None
    return {"gbk": "gb18030", "gb2312": "gb18030", "utf-8-sig": "utf-8"}.get(found, found)


def _as_utf8(stream: BinaryIO, encoding: str) -> Any:
    """Read a stream as UTF-8; bytes that are no text show as `LOST`, and cost their row alone."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")

    def transformed(raw: Any) -> bytes:
        return decoder.decode(raw, final=not len(raw)).removeprefix("\ufeff").encode()

    return pa.TransformInputStream(pa.PythonFile(stream), transformed)


def _delimiter(line: str) -> str:
    """Detect the delimiter by the headings: the one that splits them most."""
    # By the CSV reader: a comma within quotation marks separates nothing.
    counts = {mark: len(next(csv.reader(io.StringIO(line), delimiter=mark), [])) for mark in _DELIMITERS}
    return max(counts, key=lambda mark: counts[mark])
