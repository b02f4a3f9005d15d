"""Events for oversight, from sources of every kind: read like histories, by a map of the same form."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from operator import attrgetter
from pathlib import Path
from typing import Any, ClassVar

import pyarrow.compute as pc

from dutyroute.control import Intake, SourceTotal
from dutyroute.diagnostics import nearest
from dutyroute.errors import EventError
from dutyroute.formats.lines import count_text
from dutyroute.messages import LANGUAGES
from dutyroute.oversight.event import KEYS, Event, EventLine, event_words, read_event
from dutyroute.replay.control import mapped_of, read_of
from dutyroute.replay.inputs import Source, open_mapped, open_source
from dutyroute.replay.mapping.map import Map, load_kind
from dutyroute.replay.mapping.reading import Fault
from dutyroute.replay.mapping.written import MapReader
from dutyroute.replay.sources.batch import BadRow
from dutyroute.replay.sources.other import JsonLinesFile
from dutyroute.rulebook.loader import read_document
from dutyroute.rulebook.loader.files import name_of
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import spellings

_YAML = (".yaml", ".yml")
_SKIPPED = Fault.SKIPPED.value


class _EventMapReader(MapReader):
    """A map for events has the keys of events in place of facts; handlers and areas are not among them."""

    keys = ("format", "facts", "skip", "timezone")
    needed = ("id", "kind", "at")


class EventMap(Map):
    """Which column of a source is which key of an event."""

    # What an event lacks is reported by `read_event`.
    needed: ClassVar[tuple[str, ...]] = ()
    reader: ClassVar[type[MapReader]] = _EventMapReader

    def known(self, column: str) -> Mapping[str, str]:
        """Return the words that a column may contain, each with what it means."""
        keys = (key for key, part in self._facts.items() if " / ".join(part.get("column", ())) == column)
        return spellings(value for key in keys for value in self._types[key].values)


@dataclass(frozen=True, slots=True)
class EventSource:
    """The events of a file or a query, each with its line; of a list in YAML, `source` is the path."""

    name: str
    source: Source | JsonLinesFile | Path
    lines: Iterator[EventLine]
    mapping: EventMap | None = None
    skipped: list[int] = field(default_factory=list)
    """How many rows of each chunk that was read the map skips; they have no line."""

    def total(self, lines: Iterable[EventLine], rulebook: Rulebook) -> SourceTotal:
        """
        Return the control total, given all `lines`; a list in YAML, read as a whole, has no second count.

        Raises:
            OSError: if the source is a file that cannot be read any more.
        """
        intake = Intake(lines, _id_and_content)
        given = {key for line in intake if isinstance(line.event, Event) for key in line.event.to_dict()}
        if not isinstance(self.source, Path):
            read = read_of(self.source)
        else:
            text = count_text(self.source, is_quoted=False)
            read = {"bytes": text.bytes, "digest": text.digest, "lines": text.lines}
        if self.mapping is not None and not isinstance(self.source, Path):
            read |= mapped_of(self.mapping, self.source.columns)
        else:
            read["columns_read"] = tuple(key for key in KEYS if key in given)
            read["columns_missing"] = tuple(key for key in KEYS if key not in given)
            read["timezone"] = rulebook.header.timezone
        read |= intake.counts
        read["looked_at"] += sum(self.skipped)
        return SourceTotal(self.name, intake.rows + sum(self.skipped), **read)


def _id_and_content(line: EventLine) -> tuple[Hashable, Hashable]:
    return (line.event.id, replace(line.event, id="")) if isinstance(line.event, Event) else (None, None)


def read_events(
    path: str | Path,
    rulebook: Rulebook,
    map_path: str | Path | None = None,
    reading: Mapping[str, Any] | None = None,
) -> EventSource:
    """
    Read events from any source of histories, or from a list in YAML.

    The map is the one of `map_path`, else `events.map.yaml` beside `events.csv`.
    Without any the columns are called as the keys of events, by id or name.
    `reading` overrules what the map says of the form: `encoding`, `delimiter`, `sheet`, `header`, `query`.

    Raises:
        OSError: if the file cannot be read.
        ReplayError: if there is no such source, or it cannot be opened as what it is.
        EventError: if a column is no key of an event, and there is no map.
        RulebookError: with every fault of the map.
    """
    place, zone = str(path), rulebook.header.zone
    beside = Path(place).with_suffix(".map.yaml")
    at = map_path or (beside if "://" not in place and beside.is_file() else None)
    if at is None and Path(place).suffix.lower() in _YAML and Path(place).is_file():
        name = name_of(place)
        return EventSource(name, Path(place), _read(name, _listed(Path(place)), zone))
    said = {key: value for key, value in (reading or {}).items() if value is not None}
    source, mapping = _opened(place, at, said, replace(rulebook, vocabulary=event_words(rulebook)))
    name, skipped = name_of(source.name), list[int]()
    if mapping is not None:
        lines = _mapped(name, source, mapping, zone, skipped)
    else:
        objects = ((number, each) for number, each, _ in source.lines() if each is not None)
        lines = _read(name, objects, zone)
    return EventSource(name, source, lines, mapping, skipped)


def _opened(
    place: str, at: str | Path | None, said: Mapping[str, Any], words: Rulebook
) -> tuple[Any, EventMap | None]:
    """Open a source, with the map that its rows are read by; lines of JSON need none."""
    if at is None:
        source = open_source(place, **said)
        return source, None if isinstance(source, JsonLinesFile) else _by_headings(source, words)
    mapping = load_kind(EventMap, at, words)
    source = open_mapped(place, mapping, said)
    if isinstance(source, JsonLinesFile):  # joined, two communities would be a third one
        source.plain = frozenset(mapping.columns())
    return source, mapping


def _by_headings(source: Source, words: Rulebook) -> EventMap:
    """Make the map of a source whose headings are the keys of events, or their names."""
    if twice := source.notes.get("note-columns-twice"):  # one of the two would be lost
        raise EventError("event-column-twice", {"key": twice["columns"]})
    known = words.vocabulary.facts
    keys = spellings(known.values())
    found: dict[str, str] = {}
    for column in source.columns:
        key = keys[column]
        if key is None:
            near, listed = nearest(column, keys), ", ".join(known)
            values = {"source": source.name, "column": column, "suggestion": near, "known": listed}
            raise EventError("event-unknown-column", values)
        if key in found:
            raise EventError("event-column-twice", {"key": f"{found[key]} / {column}"})
        found[key] = column
    facts = {key: {"column": (column,)} for key, column in found.items()}
    return EventMap({"format": {}, "id": (), "facts": facts, "handler": {}, "area": {}, "skip": {}}, words)


def _mapped(
    name: str, source: Source, mapping: EventMap, zone: tzinfo | None, skipped: list[int]
) -> Iterator[EventLine]:
    """Read rows by a map; of a row with several faults the first is reported."""
    for batch in source.batches():
        found = mapping.apply(batch)
        faults: dict[int, BadRow] = {}
        for bad in (*batch.bad, *found.rejects):
            faults.setdefault(bad.row, bad)
        skipped.append(sum(bad.reason == _SKIPPED for bad in faults.values()))
        told = ((row, _error(bad, mapping)) for row, bad in faults.items() if bad.reason != _SKIPPED)
        kept = pc.invert(found.rejected)
        rows = zip(batch.rows.filter(kept).to_pylist(), found.facts.filter(kept).to_pylist(), strict=True)
        yield from sorted(_read(name, (*told, *rows), zone), key=attrgetter("line"))


def _error(bad: BadRow, mapping: EventMap) -> EventError:
    """Report a row that cannot be read in the way that events are reported."""
    detail = {lang: bad.describe(lang) for lang in LANGUAGES}
    if not bad.column:
        return EventError("event-unreadable", {"detail": detail})
    if bad.reason == Fault.UNKNOWN.value:
        near = nearest(bad.value, mapping.known(bad.column))
        return EventError("event-unknown-word", {"key": bad.column, "value": bad.value, "suggestion": near})
    return EventError("event-wrong-value", {"key": bad.column, "value": bad.value, "detail": detail})


def _read(name: str, rows: Iterable[tuple[int, Any]], zone: tzinfo | None) -> Iterator[EventLine]:
    for number, given in rows:
        try:
            if isinstance(given, BadRow):
                detail = {lang: given.describe(lang) for lang in LANGUAGES}
                raise EventError("event-unreadable", {"detail": detail})
            if isinstance(given, EventError):
                raise given
            yield EventLine(name, number, read_event(given, zone))
        except EventError as error:
            yield EventLine(name, number, error)


def _listed(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the events of a list in YAML, each with its line."""
    document, faults = read_document(path)
    for fault in faults:
        detail = {lang: fault.message(lang) for lang in LANGUAGES}
        yield fault.span.line if fault.span else 1, EventError("event-unreadable", {"detail": detail})
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
