"""Event: one thing that happened, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from dutyroute.diagnostics import nearest
from dutyroute.errors import EventError
from dutyroute.formats.timestamp import read_day
from dutyroute.rulebook.oversight import KINDS, SUBJECTS

__all__ = ["KEYS", "Event", "Subject", "read_event"]

Subject = tuple[str, str]
"""A kind of subject and the subject's own name."""

_LONGEST = 200
_LONE = re.compile("[\ud800-\udfff]")
"""Half a character: no file can hold it."""
_HOLDERS = {kind.replace("-", "_"): kind for kind in SUBJECTS}
_TEXTS = ("matter", "channel", "outcome", "measure", "of", "note")
_NUMBERS = ("points", "stars")
KEYS = ("id", "kind", "at", *_HOLDERS, *_TEXTS, "due", *_NUMBERS)
"""What an event may say."""

_NEEDED = {
    "measure-taken": ("measure",),
    "measure-lifted": ("measure",),
    "dispute": ("of",),
    "repair": ("of",),
}


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

    def as_dict(self) -> dict[str, Any]:
        """Return plain data ready for JSON, which reads as this event again."""
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "subjects"}
        told = {key: value for key, value in own.items() if value is not None}
        days = {key: value.isoformat() for key, value in told.items() if isinstance(value, date)}
        return {**told, **days, **{kind.replace("-", "_"): name for kind, name in self.subjects}}


def read_event(given: Any) -> Event:
    """
    Read a mapping as an event; None and empty text count as not given.

    Raises:
        EventError: naming the key, the value, and what would be right.
    """
    if not isinstance(given, Mapping):
        raise EventError("event-not-a-mapping", {"value": given})
    told = {key: value for key, value in given.items() if value is not None and value != ""}
    for key in told:
        if key not in KEYS:
            near = nearest(str(key), KEYS)
            raise EventError("event-unknown-key", {"key": key, "suggestion": near, "known": ", ".join(KEYS)})
    kind = _kind(told)
    for key in ("id", "at", *_NEEDED.get(kind, ())):
        if key not in told:
            raise EventError("event-without", {"key": key, "kind": kind})
    subjects = tuple((held, _text(told, key)) for key, held in _HOLDERS.items() if key in told)
    if not subjects:
        raise EventError("event-without-subject", {"known": ", ".join(_HOLDERS)})
    return Event(
        id=_text(told, "id"),
        kind=kind,
        at=_day(told, "at"),
        subjects=subjects,
        due=_day(told, "due") if "due" in told else None,
        **{key: _text(told, key) for key in _TEXTS if key in told},  # type: ignore[arg-type]
        **{key: _number(told, key) for key in _NUMBERS if key in told},  # type: ignore[arg-type]
    )


def _kind(told: Mapping[str, Any]) -> str:
    kind = told.get("kind")
    if kind not in KINDS:
        near = nearest(str(kind), KINDS) if kind is not None else None
        raise EventError("event-unknown-kind", {"value": kind, "suggestion": near, "known": ", ".join(KINDS)})
    return str(kind)


def _text(told: Mapping[str, Any], key: str) -> str:
    value = told[key]
    if key == "id" and type(value) is int and value.bit_length() < 200:
        return str(value)
    if not isinstance(value, str) or len(value) > _LONGEST or _LONE.search(value):
        raise EventError("event-wrong-text", {"key": key, "value": value, "limit": _LONGEST})
    return value


def _day(told: Mapping[str, Any], key: str) -> date:
    value = told[key]
    if type(value) is date:
        return value
    try:
        return read_day(value)
    except (TypeError, ValueError):
        raise EventError("event-wrong-day", {"key": key, "value": value}) from None


def _number(told: Mapping[str, Any], key: str) -> int:
    value = told[key]
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,6}", value):
        value = int(value)
    if type(value) is not int or abs(value) > 999_999:
        raise EventError("event-wrong-number", {"key": key, "value": value})
    return value
