"""Delimited text, such as CSV, in any encoding and with any delimiter."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from dutyroute.control import split_by
from dutyroute.errors import ReplayError
from dutyroute.formats.encoding import detect_file
from dutyroute.formats.lines import count_text
from dutyroute.messages.outside import encodable
from dutyroute.replay.sources.batch import (
    ROWS,
    BadRow,
    Chunked,
    Recount,
    SourceBatch,
    counted,
    distinct,
    repeated,
    text_batch,
)
from dutyroute.replay.sources.layout import Layout, Piece, Quotes, row_lines, survey

_HEAD: Final = 1 << 16
_SAMPLE: Final = 100
"""How many rows are looked at for cells beyond the headings."""
_DELIMITERS: Final = ",\t;|"
_FULL_QUOTE: Final = "＂"
"""What a reader gets for a quotation mark that opens no cell; it is compared like an ordinary one."""
_FORMULA_TEXT: Final = '^="(.*)"$'
"""How a file tells a spreadsheet that what looks like a number is a text."""


class Delimited(Chunked):
    """A file of lines, each split by a delimiter; encoding and delimiter are detected and reported."""

    def __init__(
        self, path: Path, *, encoding: str | None = None, delimiter: str | None = None, header: int = 1
    ) -> None:
        self.path = path
        self.name: str = encodable(str(path))
        self.size: int = path.stat().st_size
        self.encoding: str = _named(encoding, self.name) if encoding else "utf-8"
        self._is_sound = is_mixed = False
        if self.encoding == "utf-8":
            found = detect_file(path)
            name = found.name.removesuffix("-sig")
            is_mixed = not found.is_sound
            self._is_sound = found.is_sound and name == "utf-8"
            self.encoding = "utf-8" if encoding else name
        title, head = self._headings(max(header, 1) - 1)
        self.delimiter: str = delimiter or _delimiter(head, self.name)
        self._quotes = Quotes(self.name, self.delimiter.encode(), 0)
        rest, head = head, head[: self._quotes.first_row(head, title + 1)]
        line = head.decode().removeprefix("\ufeff")
        headings = next(csv.reader(io.StringIO(line, newline=""), delimiter=self.delimiter), [])
        headings = [re.sub(_FORMULA_TEXT, r"\1", each) for each in headings]
        self.columns: tuple[str, ...] = distinct(headings)
        # From the first column without a heading on, where no column with one comes after it.
        named = max((place for place, each in enumerate(headings, 1) if each.strip()), default=0)
        self._needed: int = named
        self._quotes = Quotes(self.name, self.delimiter.encode(), len(headings))
        self._skipped: int = title + len(head.splitlines())
        with open(path, "rb") as stream:
            self._layout: Layout = survey(self._text(stream).read, self._quotes, self._skipped)
        self.notes: dict[str, dict[str, object]] = {
            "note-encoding": {"encoding": self.encoding.upper()},
            split_by(self.delimiter): {"mark": self.delimiter},
            **repeated(headings),
        }
        if is_mixed:
            self.notes["note-mixed-encoding"] = {"encoding": self.encoding.upper()}
        sample = csv.reader(io.StringIO(rest.decode(), newline=""), delimiter=self.delimiter)
        self._note(islice(sample, 1, _SAMPLE))

    def _note(self, sample: Iterable[list[str]]) -> None:
        """Note what a person should look at; of cells beyond the headings only some rows tell."""
        widths = (len(row) for row in sample if self._mended(row) is not None)
        if any(width > len(self.columns) for width in widths):
            self.notes["note-mended"] = {}
        layout = self._layout
        if layout.broken:
            lines, first = layout.longest
            self.notes["note-broken-cells"] = {"count": layout.broken, "lines": lines, "line": first}
        if layout.rounded:
            at, number = layout.rounded
            self.notes["note-rounded-text"] = {"line": at, "value": number}
        if layout.strays:
            self.notes["note-stray-quotes"] = {
                "count": len(layout.strays),
                "line": min(layout.strays.values()),
            }

    def _headings(self, above: int) -> tuple[int, bytes]:
        """Return how many lines are above the headings, blank ones too, and what begins with them, as UTF-8."""
        with open(self.path, encoding=self.encoding, errors="replace", newline="") as stream:
            for number in range(above):
                if not stream.readline():
                    return number, b""
            head = stream.read(_HEAD)
            blank = re.match(rf"\ufeff?(?:[ {_DELIMITERS}]*(?:\r\n?|\n))+", head)
            if blank is None:
                return above, head.encode()
            return above + len(blank[0].splitlines()), head[blank.end() :].encode()

    def _text(self, stream: BinaryIO) -> Any:
        """Return what the rows are found in: the bytes, where no other character looks like a mark."""
        # No multibyte character of GB18030 holds a byte that separates cells or lines, except `|`.
        if self.encoding == "utf-8" or (self.encoding == "gb18030" and self.delimiter != "|"):
            return stream
        return _as_utf8(stream, self.encoding)

    def _chunks(self) -> Iterator[SourceBatch]:
        if not self.columns:
            return
        at = rows = 0
        with open(self.path, "rb") as stream:
            text = self._text(stream)
            # INVARIANT: the same file gives the same chunks, or an unfinished run could not go on.
            for piece in self._layout.pieces:
                text.read(piece.start - at)
                raw = text.read(piece.end - piece.start)
                at = piece.end
                if piece.rows:
                    yield from self._split_piece(piece, raw, rows, text is not stream)
                rows += piece.rows

    def recount(self) -> Recount:
        """Count the rows by line ends and quotation marks; irregular marks are taken as the reader takes them."""
        found = count_text(self.path, self.encoding, skipped=self._skipped)
        rows = found.ends - found.blank
        if not self._layout.is_regular:
            rows = max(found.lines - self._skipped, 0) - self._layout.no_rows
        return Recount(rows, "line-ends", found.lines, found.digest)

    def _split_piece(self, piece: Piece, raw: bytes, before: int, is_decoded: bool) -> Iterator[SourceBatch]:
        """Split some whole rows into cells, and number them."""
        lines = row_lines(self._quotes.marked(raw, is_whole=True)[0]).lines
        place, fixed = 0, []
        mark = _FULL_QUOTE.encode("utf-8" if is_decoded else self.encoding)
        for stray in sorted(each for each in self._layout.strays if piece.start <= each < piece.end):
            fixed += [raw[place : stray - piece.start], mark]
            place = stray - piece.start + 1
        table, torn = self._split(b"".join((*fixed, raw[place:])), is_decoded)
        if not table.num_rows + len(torn) == len(lines) == piece.rows:
            raise ReplayError("source-rows-differ", {"source": self.name, "line": piece.line})
        if b'="' in raw:
            table = _plain_texts(table)
        bad, mended, ordinals = [], [], []
        for ordinal, cells, text in torn:
            number = piece.line + lines[ordinal - 1] if self.is_numbered_by_line else before + ordinal
            whole = self._mended(cells)
            if whole is not None:
                mended.append((number, whole))
                continue
            found = {"expected": len(self.columns), "found": len(cells)}
            bad.append(BadRow(number, "", text, "row-torn", found))
        torn_at = [ordinal for ordinal, _, _ in torn]
        ordinals = _ordinals(table.num_rows, torn_at)
        numbers = pc.add(ordinals, before)
        if self.is_numbered_by_line:
            plain = isinstance(lines, range)
            starts = counted(0, len(lines)) if plain else pa.array(lines, pa.int64())
            numbers = pc.add(starts.take(pc.subtract(ordinals, 1)), piece.line)
        for at in range(0, table.num_rows, ROWS):
            part = numbers.slice(at, ROWS)
            is_last = at + ROWS >= table.num_rows
            end = part[-1].as_py()
            taken = [each for each in bad if is_last or each.row <= end + 1]
            bad = bad[len(taken) :]
            yield SourceBatch(part, table.slice(at, ROWS), tuple(taken), piece.end)
        if mended or bad:
            yield text_batch(mended, self.columns, piece.end, bad)

    def _mended(self, cells: list[str]) -> list[str] | None:
        """Return the cells of a row that has too many, or too few, of which none says anything."""
        width = len(self.columns)
        if any(each.strip() for each in cells[width:]) or len(cells) < self._needed:
            return None
        cells = [re.sub(_FORMULA_TEXT, r"\1", each) for each in cells[:width]]
        return cells + [""] * (width - len(cells))

    def _split(self, raw: bytes, is_decoded: bool) -> tuple[Any, list[tuple[int, list[str], str]]]:
        """Split into columns of texts; of rows of another width, tell the place, cells and text."""
        torn: list[tuple[int, list[str], str]] = []

        def note(row: Any) -> str:
            text = row.text or ""
            cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter), [])
            torn.append((row.number, cells, text))
            return "skip"

        if is_decoded or self._is_sound:
            return self._parsed(raw, pa.string(), note), torn
        # Bytes are split as they are, and only distinct values decoded: less than half the time of
        # decoding first. A torn line stops it, as its text could not be shown.
        try:
            return _decoded(self._parsed(raw, pa.binary(), None), self.encoding), torn
        except pa.ArrowInvalid:
            text = raw.decode(self.encoding, "replace").encode()
            return self._parsed(text, pa.string(), note), torn

    def _parsed(self, raw: bytes, kind: Any, handler: Any) -> Any:
        names = list(self.columns)
        reading = pyarrow.csv.ReadOptions(use_threads=False, block_size=len(raw) + 1, column_names=names)
        splitting = pyarrow.csv.ParseOptions(
            delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=handler
        )
        # Not checked again: the bytes are known to be sound, or replaced by `LOST`.
        types = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, kind), check_utf8=False)
        table = pyarrow.csv.read_csv(pa.BufferReader(raw), reading, splitting, types)
        return table.combine_chunks().to_batches()[0] if table.num_rows else _empty(table.schema)


def _empty(schema: Any) -> Any:
    return pa.RecordBatch.from_pylist([], schema)


def _plain_texts(table: Any) -> Any:
    """Take texts out of the formulas that keep them texts."""
    columns = []
    for values in table.columns:
        if isinstance(values, pa.DictionaryArray):
            values = values.dictionary_decode()
        columns.append(pc.replace_substring_regex(values, pattern=_FORMULA_TEXT, replacement=r"\1"))
    return pa.RecordBatch.from_arrays(columns, names=table.schema.names)


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


def _ordinals(count: int, torn: Sequence[int]) -> Any:
    """Number the rows of a table, from 1; torn ones have the numbers in between."""
    if not torn:
        return counted(1, count)
    taken = set(torn)
    return pa.array([each for each in range(1, count + len(torn) + 1) if each not in taken], pa.int64())


def _named(encoding: str, source: str) -> str:
    """Name an encoding as Python does; GBK and its relatives are all GB18030."""
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


def _delimiter(head: bytes, name: str) -> str:
    """Detect the delimiter by the headings: the one that splits them most."""
    counts = {}
    for mark in _DELIMITERS:
        line = head[: Quotes(name, mark.encode(), 0).first_row(head, 1)].decode()
        # By the CSV reader: a comma within quotation marks separates nothing.
        counts[mark] = len(next(csv.reader(io.StringIO(line, newline=""), delimiter=mark), []))
    return max(counts, key=lambda mark: counts[mark])
