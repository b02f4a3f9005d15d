"""Sources that are not delimited text: Parquet, JSON lines, workbooks."""

from __future__ import annotations

import io
import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from dutyroute.errors import ReplayError, needs
from dutyroute.formats.digest import file_digest
from dutyroute.formats.encoding import detect_file
from dutyroute.formats.json import JsonError, parse
from dutyroute.formats.lines import count_text
from dutyroute.formats.process import python
from dutyroute.messages.outside import encodable
from dutyroute.messages.reason import reason
from dutyroute.replay.sources import sheet
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
from dutyroute.replay.sources.sheet import as_text

_BYTES: Final = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
_BLANK: Final = b" \t\r\n\xef\xbb\xbf"
"""What a line without anything may hold: a mark at the start of the file, too."""
_FIRST: Final = 4_096
"""How many rows of a Parquet file are looked at for columns of few texts."""


class Parquet(Chunked):
    """A Parquet file; its columns keep their types."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name: str = encodable(str(path))
        with self._open() as file:
            self.columns: tuple[str, ...] = distinct(file.schema_arrow.names)
            self.notes: dict[str, dict[str, object]] = repeated(file.schema_arrow.names)
            self.size: int = file.metadata.num_rows

    @contextmanager
    def _open(self, **options: Any) -> Iterator[Any]:
        """Open the file; say what is wrong with one that is damaged anywhere."""
        try:
            # By bytes, since Arrow takes no name in another encoding as text.
            with pa.OSFile(os.fsencode(self.path)) as stream, pq.ParquetFile(stream, **options) as file:
                yield file
        except (pa.ArrowException, OSError) as error:
            raise ReplayError("source-unreadable", {"source": self.name, "reason": reason(error)}) from None

    def _chunks(self) -> Iterator[SourceBatch]:
        done = 0
        with self._open() as file:
            # Columns of few distinct texts are read by those: each is then decoded and mapped once.
            words = list(_repeating(file))
        with self._open(read_dictionary=words) as file:
            for table in file.iter_batches(ROWS):
                done += table.num_rows
                # Named again: Parquet allows two columns of one name.
                columns = [_sound(values) for values in table.columns]
                named = pa.RecordBatch.from_arrays(columns, names=list(self.columns))
                yield SourceBatch(counted(done - table.num_rows + 1, table.num_rows), named, (), done)
        if done != self.size:  # a damaged file may end early, and the library says nothing
            raise ReplayError("source-rows-differ", {"source": self.name, "line": done})

    def recount(self) -> Recount:
        """Take the number of rows that the file's metadata states."""
        with self._open() as file:
            return Recount(file.metadata.num_rows, "metadata", digest=file_digest(self.path))


def _sound(values: Any) -> Any:
    """Mark bytes that are no text, which Parquet does not forbid in a column of texts."""
    texts = values.dictionary if isinstance(values, pa.DictionaryArray) else values
    if not any(holds(texts.type) for holds in _BYTES):
        return values
    try:
        texts.cast(pa.large_string()).validate(full=True)
    except pa.ArrowInvalid:
        raws = texts.cast(pa.large_binary()).to_pylist()
        words = [None if raw is None else raw.decode("utf-8", "replace") for raw in raws]
        texts = pa.array(words, pa.string())
        if isinstance(values, pa.DictionaryArray):
            return pa.DictionaryArray.from_arrays(values.indices, texts)
        return texts
    return values


def _repeating(file: Any) -> Iterator[str]:
    """Name the columns of texts that are worth a dictionary, for the first rows have few different ones."""
    # Not by the sizes that the file tells of its columns: to ask for them ends the process if they are wrong.
    first = next(file.iter_batches(_FIRST), None)
    for name, values in () if first is None else zip(first.schema.names, first.columns, strict=True):
        if pa.types.is_string(values.type) and len(values.unique()) * 4 < len(values):
            yield name


class JsonLinesFile(Chunked):
    """A file of JSON objects, one a line; what they hold becomes text."""

    plain: frozenset[str] = frozenset()
    """The keys whose values cannot be lists or objects."""

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        self.path = path
        self.name: str = encodable(str(path))
        self.size: int = path.stat().st_size
        found = detect_file(path)
        self.encoding: str = encoding or found.name
        # JSON is UTF-8 by its own standard, so only another encoding is worth a note.
        is_usual = encoding is not None or found.label == "UTF-8"
        self.notes: dict[str, dict[str, object]] = (
            {} if is_usual else {"note-encoding": {"encoding": found.label}}
        )
        # Of the first thousand rows, which is enough for most files.
        self.columns: tuple[str, ...] = self._keys(1_000)

    def look_further(self, named: Iterable[str]) -> None:
        """
        Take the keys of all rows for columns: some may be in late rows alone.

        Where no row can be read the columns are those `named`, so that each row is told by itself.
        """
        self.columns = self._keys(None) or tuple(dict.fromkeys(named))

    def _keys(self, lines: int | None) -> tuple[str, ...]:
        read = (each for _, each, _ in islice(self.lines(), lines) if isinstance(each, dict))
        return tuple({key: None for each in read for key in each})

    def lines(self) -> Iterator[tuple[int, Any, int]]:
        """Yield for each line its number, what it holds or why it holds nothing, and where it ends."""
        with open(self.path, "rb") as stream:
            raws, encoding = iter(stream.readline, b""), self.encoding
            if encoding.startswith(("utf-16", "utf-32")):  # whose line ends have more than one byte
                decoded = io.TextIOWrapper(stream, encoding, "replace", newline="\n")
                raws, encoding = (line.encode() for line in decoded), "utf-8"
            for number, raw in enumerate(raws, 1):
                yield number, _object(raw, encoding, number) if raw.strip(_BLANK) else None, stream.tell()

    def _chunks(self) -> Iterator[SourceBatch]:
        lines = self.lines()
        while listed := list(islice(lines, ROWS)):
            kept, bad = [], []
            for number, read, _ in listed:
                if isinstance(read, BadRow):
                    bad.append(read)
                elif nested := [key for key in self.plain if isinstance(read and read.get(key), list | dict)]:
                    bad.append(BadRow(number, nested[0], as_text(read[nested[0]]) or "", "value-nested"))
                elif read is not None:
                    kept.append((number, [as_text(read.get(name)) for name in self.columns]))
            yield text_batch(kept, self.columns, listed[-1][2], bad)

    def recount(self) -> Recount:
        """Count the lines that are not blank."""
        found = count_text(self.path, self.encoding, is_quoted=False)
        return Recount(found.ends - found.blank, "lines", found.lines, found.digest)


def _object(raw: bytes, encoding: str, number: int) -> Any:
    """Read one JSON object; what is none, or could be read in two ways, is a bad row."""
    shown = raw[:200].decode(encoding, "replace").strip()
    try:
        read = parse(raw.decode(encoding).removeprefix("\ufeff"))
    except UnicodeDecodeError:
        return BadRow(number, "", shown, "value-not-text")
    except JsonError as error:
        return BadRow(number, "", shown, error.code, {**error.values, "column": error.column})
    return read if isinstance(read, dict) else BadRow(number, "", shown, "row-not-json")


class Workbook(Chunked):
    """A sheet of an Excel workbook; dates and numbers become text as a person reads them."""

    def __init__(self, path: Path, *, sheet: str | int | None = None, header: int = 1) -> None:
        with needs("xlsx"):
            import python_calamine  # noqa: F401
        self.path = path
        self.name: str = encodable(str(path))
        # People count rows from 1, and often put a title above the headings.
        self._header = max(header, 1) - 1
        self._chosen = "" if sheet is None else str(sheet)
        told = next(self._read())
        names = told["sheets"]
        if told["sheet"] is None:
            values = {"source": self.name, "sheet": self._chosen, "known": "、".join(names)}
            raise ReplayError("source-no-sheet", values)
        self._header = told["header"]
        self.size: int = max(told["rows"] - self._header - 1, 0)
        self.columns: tuple[str, ...] = distinct(told["headings"])
        self.notes: dict[str, dict[str, object]] = {
            "note-sheet": {"sheet": told["sheet"]},
            **repeated(told["headings"]),
        }
        others = [name for name in names if name != told["sheet"]]
        if others:
            self.notes["note-other-sheets"] = {"sheets": "、".join(others)}
        if told["merged"]:
            self.notes["note-merged"] = {"count": told["merged"]}
        for kind in ("across", "errors", "formulas", "rounded"):
            if told[kind]:
                self.notes[f"note-{kind}"] = {"count": len(told[kind]), "cell": told[kind][0]}
        if not told["is_xml"]:
            # Its library tells neither from a blank cell.
            self.notes["note-old-workbook"] = {}
        self._row_elements: int | None = told["row_elements"]
        self.cells: Mapping[str, Any] = {
            "sheet": told["sheet"],
            "sheets_not_read": tuple(others),
            "merged_cells": told["ranges"],
            "error_cells": len(told["errors"]) if told["is_xml"] else None,
            "formulas_without_value": len(told["formulas"]) if told["is_xml"] else None,
        }
        self.told: Mapping[str, Any] = told

    def _read(self) -> Iterator[Any]:
        """
        Yield what the process that reads the sheet says: what it is, and then its rows.

        Raises:
            ReplayError: if it cannot read the sheet, or was ended while reading it.
        """
        command, env = python(sheet.__file__, str(self.path), self._chosen, str(self._header))
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, env=env) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    said = json.loads(line)
                    if said is None:
                        return
                    if isinstance(said, dict) and "failed" in said:
                        values = {"source": self.name, "reason": reason(said.get("reason", ""))}
                        raise ReplayError(said["failed"], values)
                    yield said
            finally:
                process.kill()
        raise ReplayError("source-reader-died", {"source": self.name})

    def _chunks(self) -> Iterator[SourceBatch]:
        width, done = len(self.columns), 0
        above = self._header + 1 if self.is_numbered_by_line else 0
        for listed in islice(self._read(), 1, None):
            kept = []
            for number, cells in enumerate(listed, done + 1 + above):
                row = (cells + [None] * width)[:width]
                if any(row):
                    kept.append((number, row))
            done += len(listed)
            yield text_batch(kept, self.columns, done)

    def recount(self) -> Recount:
        """Take the number of row elements with a value; what an old workbook stores has none."""
        by = None if self._row_elements is None else "row-elements"
        return Recount(self._row_elements, by, digest=file_digest(self.path))
