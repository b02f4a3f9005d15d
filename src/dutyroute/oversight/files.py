"""Files for oversight: events, and settings that are laid over those of a rulebook."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any, TextIO

from dutyroute.diagnostics import Diagnostic, nearest
from dutyroute.errors import EventError, RulebookError
from dutyroute.formats.encoding import Encoding, detect_file
from dutyroute.formats.json import JsonError, parse
from dutyroute.messages import LANGUAGES
from dutyroute.oversight.event import Event, read_event
from dutyroute.rulebook.loader import read_document
from dutyroute.rulebook.loader.files import name_of
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.validation.oversight import check_setting

_UNDECODED = re.compile("[\udc80-\udcff]")
"""What Python reads in place of bytes that are not text, with `surrogateescape`."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """A line of a file: the event there, or why it is not one."""

    path: str
    line: int
    event: Event | EventError


def read_events(path: Path, zone: tzinfo | None = None) -> Iterator[EventLine]:
    """
    Yield an event or an error for each line of a file; blank lines are skipped.

    Moments with an offset are of the day that they are of in `zone`.

    CSV and JSON lines may be in UTF-8, UTF-16, UTF-32 or GB18030 (GBK).

    Raises:
        OSError: if the file cannot be read.
        EventError: if it is no `.jsonl`, `.csv`, `.yaml` or `.yml`, or it is not a regular file.
    """
    name = name_of(str(path))
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise EventError("event-format", {"path": name, "known": " ".join(_READERS)})
    if path.exists() and not path.is_file():  # reading from a device may never end
        raise EventError("event-not-a-file", {"path": name})
    for number, given in reader(path):
        try:
            event = given if isinstance(given, EventError) else read_event(given, zone)
            yield EventLine(name, number, event)
        except EventError as error:
            yield EventLine(name, number, error)


def encoding_of(path: Path) -> Encoding | None:
    """Tell the encoding of a file whose format does not fix one; None for the others."""
    return detect_file(path) if path.suffix.lower() in (".jsonl", ".csv") and path.is_file() else None


def _opened(path: Path, newline: str) -> TextIO:
    name = detect_file(path).name
    encoding = "utf-8-sig" if name == "utf-8" else name
    # A strict decoder would stop at the first bad byte, and hide all lines after it.
    return path.open(encoding=encoding, errors="surrogateescape", newline=newline)


def _jsonl(path: Path) -> Iterator[tuple[int, Any]]:
    with _opened(path, "\n") as file:
        for number, line in enumerate(file, 1):
            if _UNDECODED.search(line):
                yield number, EventError("event-not-json", {"detail": f"not {file.encoding}"})
            elif line.strip():
                try:
                    yield number, parse(line)
                except JsonError as error:
                    detail = {lang: error.message(lang) for lang in LANGUAGES}
                    yield number, EventError("event-not-json", {"detail": detail})


def _csv(path: Path) -> Iterator[tuple[int, Any]]:
    with _opened(path, "") as file:
        rows = csv.reader(file, strict=True)
        header: list[str] | None = None
        while True:
            line = rows.line_num + 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:  # the reader goes on with the next row
                yield line, EventError("event-not-csv", {"detail": str(error)})
                continue
            if header is None:
                header = row
                for key, times in Counter(header).items():
                    if times > 1:  # one of the two columns would be lost
                        yield line, EventError("event-column-twice", {"key": key})
            elif len(row) not in (0, len(header)):
                yield line, EventError("event-columns")
            elif any(map(_UNDECODED.search, row)):
                yield line, EventError("event-not-csv", {"detail": f"not {file.encoding}"})
            elif row:
                yield line, dict(zip(header, row, strict=True))


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


_READERS = {".jsonl": _jsonl, ".csv": _csv, ".yaml": _yaml, ".yml": _yaml}


def overlaid(rulebook: Rulebook, path: Path) -> Rulebook:
    """
    Return the rulebook with the settings of a file, `settings:` with an id and a value each.

    Raises:
        RulebookError: if the file cannot be read, or names a setting that the rulebook does not have.
    """
    document, faults = read_document(path)
    data = document.data
    written = data["settings"] if isinstance(data, dict) and set(data) == {"settings"} else None
    if not faults and not isinstance(written, tuple):
        faults = [Diagnostic("settings-only", span=document.page.span(0, 0))]
    settings = dict(rulebook.oversight.settings)
    told: set[str] = set()

    def report(fault: Diagnostic, *place: str | int) -> None:
        faults.append(replace(fault, span=document.span(("settings", *place))))

    for index, each in enumerate(written if isinstance(written, tuple) and not faults else ()):
        if not isinstance(each, dict) or set(each) != {"id", "value"}:
            report(Diagnostic("settings-only"), index)
            continue
        name = str(each["id"])
        if name in told:
            report(Diagnostic("duplicate-id", {"word": name}), index, "id")
        told.add(name)
        if name not in settings:
            values = {"word": name, "suggestion": nearest(name, settings)}
            report(Diagnostic("unknown-setting", values), index, "id")
            continue
        settings[name] = settings[name].model_copy(update={"value": each["value"]})
        for fault in check_setting(settings[name], rulebook.oversight, rulebook.vocabulary):
            report(fault, index, *fault.at)
    if faults:
        raise RulebookError(tuple(faults))
    return replace(rulebook, oversight=replace(rulebook.oversight, settings=settings))
