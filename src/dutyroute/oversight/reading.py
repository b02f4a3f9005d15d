"""Reading: a file of events, each line an event or a reason why it is none."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dutyroute.errors import EventError
from dutyroute.loader import read_document
from dutyroute.loader.file import name_of
from dutyroute.oversight.event import Event, read_event

__all__ = ["FORMATS", "Line", "read_events"]

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
    for number, given in reader(path):
        yield Line(name, number, given if isinstance(given, EventError) else _read(given))


def _read(given: Any) -> Event | EventError:
    try:
        return read_event(given)
    except EventError as error:
        return error


def _jsonl(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if raw.strip():
                yield number, _decoded(raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw)


def _decoded(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        return EventError("event-not-json", {"detail": str(error)[:80]})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice: one of the two would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _csv(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open(encoding="utf-8-sig", errors="strict", newline="") as file:
        rows = csv.DictReader(file)
        try:
            for row in rows:
                whole = None not in row and None not in row.values()
                yield rows.line_num, row if whole else EventError("event-columns")
        except (csv.Error, UnicodeDecodeError) as error:
            yield rows.line_num, EventError("event-not-json", {"detail": str(error)[:80]})


def _yaml(path: Path) -> Iterator[tuple[int, Any]]:
    document, faults = read_document(path)
    for fault in faults:
        line = fault.span.line if fault.span else 1
        yield line, EventError("event-not-json", {"detail": fault.message()})
    data = document.data
    written = data.get("events") if isinstance(data, dict) else data
    at = ("events",) if isinstance(data, dict) else ()
    for index, each in enumerate(written if isinstance(written, tuple) else ()):
        span = document.span((*at, index))
        yield span.line if span else 1, each
    if not faults and not isinstance(written, tuple):
        yield 1, EventError("event-not-a-mapping", {"value": type(written).__name__})
