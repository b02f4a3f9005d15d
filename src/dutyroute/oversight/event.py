"""One thing that happened to a company, a community or a street office: how it is read, and where it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, tzinfo
from functools import cache, partial
from typing import Any, Protocol

from dutyroute.diagnostics import nearest
from dutyroute.errors import EventError
from dutyroute.formats.timestamp import ZonelessError, day_of
from dutyroute.ledger import Ledger
from dutyroute.messages import both
from dutyroute.rulebook.oversight import KINDS, SUBJECTS
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Lookup, Term, Value, Vocabulary, numbered, spellings

Subject = tuple[str, str]
"""A kind of subject and the subject's name: `("community", "东苑")`."""

# Events are kept for years and shown in lists; longer texts belong into the case file.
_LONGEST = 200
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which JSON can escape but no file and no database can hold."""
_NOW = partial(datetime.now, UTC)
_SUBJECT_KEYS = {kind.replace("-", "_"): kind for kind in SUBJECTS}
UNFOUNDED = "unfounded"
OUTCOMES = ("confirmed", UNFOUNDED, "settled", "unsettled", "accepted", "rejected")
"""The outcomes of events, besides those that a rulebook's own counters and rating changes name."""

_NEEDED = {"measure": ("measure-taken", "measure-lifted"), "of": ("dispute", "repair", "reported")}
"""Keys that events of some kinds cannot do without."""


@dataclass(frozen=True, slots=True)
class Event:
    """
    One thing that happened to one or more subjects on a day.

    `of` names an earlier event: the order that was rectified, the change of a
    rating that is disputed or repaired. `due` is the day by which an order has
    to be met, that day included.
    """

    id: str
    kind: str
    at: date
    subjects: tuple[Subject, ...]
    matter: str | None = None
    channel: str | None = None
    outcome: str | None = None
    measure: str | None = None
    of: str | None = None
    due: date | None = None
    points: int | None = None
    stars: int | None = None
    note: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data ready for JSON, which `read_event` reads as this event again."""
        # Not by `record`: an event is written as it was read, a key for each kind of subject and no
        # key without a value, and ledgers hold these bytes.
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "subjects"}
        told = {key: value for key, value in own.items() if value is not None}
        days = {key: value.isoformat() for key, value in told.items() if isinstance(value, date)}
        return {**told, **days, **{kind.replace("-", "_"): name for kind, name in self.subjects}}


def read_event(given: Any, zone: tzinfo | None = None) -> Event:
    """
    Read a mapping as an event; None and the empty string count as not given.

    A moment with an offset is of the day that it is of in `zone`.

    Raises:
        EventError: naming the key, the value, and what would be right.
    """
    if not isinstance(given, Mapping):
        raise EventError("event-not-a-mapping", {"value": given})
    told: dict[str, Any] = {}
    for written, value in given.items():
        if value is None or value == "":
            continue
        key = _names(KEYS, "event-key")[written]
        if key is None:
            values = {"key": written, "suggestion": nearest(str(written), KEYS), "known": ", ".join(KEYS)}
            raise EventError("event-unknown-key", values)
        if key in told:
            raise EventError("event-column-twice", {"key": key})
        told[key] = value
    kind = _kind("kind", told.get("kind"))
    for key in ("id", "at", *(key for key, kinds in _NEEDED.items() if kind in kinds)):
        if key not in told:
            raise EventError("event-without", {"key": key, "kind": kind})
    if not told.keys() & _SUBJECT_KEYS.keys():
        raise EventError("event-without-subject", {"known": ", ".join(_SUBJECT_KEYS)})
    read: dict[str, Any] = {
        key: _day(key, value, zone) if _READERS[key] is _day else _READERS[key](key, value)
        for key, value in told.items()
    }
    subjects = tuple((kind, read.pop(key)) for key, kind in _SUBJECT_KEYS.items() if key in read)
    return Event(subjects=subjects, **read)


@cache
def _names(known: tuple[str, ...], area: str) -> Lookup[str]:
    """Return what is known by its id, or by its name in either language."""
    names = {each: _called(area, each).values() for each in known}
    return Lookup({name: each for each, called in names.items() for name in (each, *called)})


def _kind(key: str, value: Any) -> str:
    if value is None:
        raise EventError("event-without-kind", {"known": ", ".join(KINDS)})
    found = _names(KINDS, "event")[value] if isinstance(value, str) else None
    if found is None:
        values = {"value": value, "suggestion": nearest(str(value), KINDS), "known": ", ".join(KINDS)}
        raise EventError("event-unknown-kind", values)
    return found


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST or _SURROGATE.search(value):
        raise EventError("event-wrong-text", {"key": key, "value": value, "limit": _LONGEST})
    return value


def _day(key: str, value: Any, zone: tzinfo | None = None) -> date:
    try:
        # YAML has dates, JSON and CSV have text.
        if isinstance(value, str | date):
            return day_of(value, zone)
    except ZonelessError:
        raise EventError("event-needs-timezone", {"key": key, "value": value}) from None
    except ValueError:
        pass
    raise EventError("event-wrong-day", {"key": key, "value": value})


def _number(key: str, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,6}", value):  # a cell of a CSV file
        value = int(value)
    if type(value) is not int or abs(value) > 999_999:
        raise EventError("event-wrong-number", {"key": key, "value": value})
    return value


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "id": lambda key, value: _text(key, numbered(value)),
    "kind": _kind,
    "at": _day,
    **dict.fromkeys(_SUBJECT_KEYS, _text),
    **dict.fromkeys(("matter", "channel", "outcome", "measure", "of", "note"), _text),
    "due": _day,
    **dict.fromkeys(("points", "stars"), _number),
}
KEYS = tuple(_READERS)
"""The keys that an event may have."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """A line of a file: the event there, or why it is not one."""

    path: str
    line: int
    event: Event | EventError


class EventKey(Fact, title="事件的键"):
    """A key of events, described as a fact is; what has no type of a fact is `text`."""

    type: Any = "text"
    values: tuple[Any, ...] = ()


def event_words(rulebook: Rulebook) -> Vocabulary:
    """Return the words of a rulebook with the keys of events in place of its facts."""
    words, oversight = rulebook.vocabulary, rulebook.oversight
    channel = words.facts.get("channel")
    counted = {
        outcome: {"name": outcome, "english": outcome}
        for counts in oversight.counted()
        for outcome in counts.outcomes
    }
    outcomes = counted | {each: _called("event-outcome", each) for each in OUTCOMES}
    values: dict[str, Iterable[Term]] = {
        "kind": [Value(id=each, **_called("event", each)) for each in KINDS],
        "matter": words.matters.values(),
        "outcome": [Value(id=each, **called) for each, called in outcomes.items()],
        "measure": [
            Value(id=each.id, name=each.title, english=each.called("en"))
            for each in oversight.measures.values()
        ],
        # A rulebook without channels lets any pass.
        **({"channel": channel.values} if channel is not None and channel.values else {}),
    }
    types = {_day: "date", _number: "int"}
    keys = {}
    for key, read in _READERS.items():
        kind = "enum" if key in values else types.get(read, "text")
        listed = tuple(values.get(key, ()))
        keys[key] = EventKey(id=key, **_called("event-key", key), type=kind, values=listed)
    return replace(words, facts=keys)


def _called(area: str, name: str) -> dict[str, Any]:
    called = both(f"{area}-{name.replace('_', '-')}")
    return {"name": called["zh"], "english": called["en"]}


class EventWords:
    """
    Replaces names and aliases in an event by the identifiers of the rulebook.

    An unknown word is an error: no counter would count the event, and nobody
    would notice that it is missing.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._known = {
            key: spellings(fact.values)
            for key, fact in event_words(rulebook).facts.items()
            if fact.type == "enum" and key != "kind"
        }

    def normalized(self, event: Event) -> Event:
        """
        Return the event with the rulebook's identifiers.

        Raises:
            EventError: naming the key, the word, and the nearest one.
        """
        changed: dict[str, Any] = {}
        for key, known in self._known.items():
            word = getattr(event, key)
            changed[key] = known[word]
            if word is not None and changed[key] is None:
                search = self._rulebook.search if key == MATTER else None
                near = search.named(search.matters(word)) if search else nearest(word, known)
                values = {"key": key, "value": word, "suggestion": near}
                raise EventError("event-unknown-word", values)
        return replace(event, **changed)


class Store(Protocol):
    """A place that keeps events in the order in which they came."""

    def append(self, events: Sequence[Event]) -> None:
        """Keep events, all or none; return when they are durable."""

    def events(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield each event stored after a place, oldest first, with its own place; places are 1 or more."""


class MemoryStore:
    """Keeps events as long as the process lives."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def append(self, events: Sequence[Event]) -> None:
        """Keep events."""
        self._events += events

    def events(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield each event stored after a place, oldest first, with its own place."""
        return enumerate(self._events[after:], after + 1)


class LedgerStore:
    """Keeps events as entries of a ledger, sealed into its chain."""

    def __init__(self, ledger: Ledger, *, clock: Callable[[], datetime] = _NOW) -> None:
        self.ledger = ledger
        self._clock = clock

    def append(self, events: Sequence[Event]) -> None:
        """Keep events, all or none; return when they are durable."""
        if events:  # the ledger would start a transaction and wait for the disk
            self.ledger.note((event.to_dict() for event in events), at=self._clock())

    def events(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield each event recorded after an entry, oldest first, with the number of its entry."""
        found = self.ledger.events(after + 1)
        return ((entry.number, read_event(entry.content["event"])) for entry in found)
