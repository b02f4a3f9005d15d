"""Reading: a file of events, each line an event or a reason why it is none."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dutyroute.errors import EventError
from dutyroute.formats.encoding import Encoding, detect_file
from dutyroute.formats.json import JsonError, parse
from dutyroute.messages import LANGUAGES
from dutyroute.oversight.event import Event, read_event
from dutyroute.rulebook.loader import read_document
from dutyroute.rulebook.loader.file import name_of

__all__ = ["FORMATS", "Line", "encoding_of", "read_events"]

_ESCAPED = re.compile("[\udc80-\udcff]")
"""What stands in for bytes that are not UTF-8."""

FORMATS = (".jsonl", ".csv", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Line:
    """A place of a file, and the event that stands there or the reason why none does."""

    path: str
    line: int
    event: Event | EventError


def read_events(path: Path) -> Iterator[Line]:
    """
    Yield what a file holds, line by line; nothing is dropped in silence.

    Raises:
        OSError: if the file cannot be read.
        EventError: if its ending is none of `FORMATS`.
    """
    name = name_of(str(path))
    readers = {".jsonl": _jsonl, ".csv": _csv, ".yaml": _yaml, ".yml": _yaml}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise EventError("event-format", {"path": name, "known": " ".join(FORMATS)})
    if path.exists() and not path.is_file():  # opening a device can do things
        raise EventError("event-not-a-file", {"path": name})
    for number, given in reader(path):
        yield Line(name, number, given if isinstance(given, EventError) else _read(given))


def _read(given: Any) -> Event | EventError:
    try:
        return read_event(given)
    except EventError as error:
        return error


def encoding_of(path: Path) -> Encoding | None:
    """Tell the encoding of a file whose format does not fix one; None for the others."""
    return detect_file(path) if path.suffix.lower() in (".jsonl", ".csv") and path.is_file() else None


def _jsonl(path: Path) -> Iterator[tuple[int, Any]]:
    encoding = detect_file(path).name
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if raw.strip():
                yield number, _decoded(raw, encoding)


def _decoded(raw: bytes, encoding: str) -> Any:
    try:
        return parse(raw.decode(encoding))
    except UnicodeDecodeError as error:
        return EventError("event-not-json", {"detail": str(error)[:80]})
    except JsonError as error:
        return EventError("event-not-json", {"detail": {lang: error.message(lang) for lang in LANGUAGES}})


def _csv(path: Path) -> Iterator[tuple[int, Any]]:
    name = detect_file(path).name
    encoding = "utf-8-sig" if name == "utf-8" else name
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        rows = csv.reader(file, strict=True)
        header: list[str] | None = None
        while True:
            line = rows.line_num + 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:  # the next row may be read again
                yield line, EventError("event-not-csv", {"detail": str(error)})
                continue
            if header is None:
                header = row
                yield from ((line, EventError("event-column-twice", {"key": key})) for key in _twice(header))
            elif row:
                yield line, _row(header, row)


def _row(header: list[str], row: list[str]) -> Any:
    if len(row) != len(header):
        return EventError("event-columns")
    if any(_ESCAPED.search(cell) for cell in row):
        return EventError("event-not-csv", {"detail": "not UTF-8"})
    return dict(zip(header, row, strict=True))


def _twice(header: list[str]) -> list[str]:
    return [key for key, times in Counter(header).items() if times > 1]


def _yaml(path: Path) -> Iterator[tuple[int, Any]]:
    document, faults = read_document(path)
    for fault in faults:
        line = fault.span.line if fault.span else 1
        yield line, EventError("event-not-json", {"detail": fault.message()})
    data = document.data
    for key in data if isinstance(data, dict) else ():
        if key != "events":
            yield 1, EventError("event-unknown-key", {"key": key, "suggestion": "events", "known": "events"})
    written = data.get("events") if isinstance(data, dict) else data
    at = ("events",) if isinstance(data, dict) else ()
    for index, each in enumerate(written if isinstance(written, tuple) else ()):
        span = document.span((*at, index))
        yield span.line if span else 1, each
    if not faults and not isinstance(written, tuple):
        yield 1, EventError("event-not-a-mapping", {"value": type(written).__name__})
