"""Editions: a rulebook as it was published, brought back from its canonical text bit for bit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Literal, Protocol

from dutyroute.errors import LedgerError
from dutyroute.formats.timestamp import moment_of, read_zone, shown_moment
from dutyroute.rulebook.build import link
from dutyroute.rulebook.conditions import BRANCHES
from dutyroute.rulebook.rulebook import Rulebook

_ORDERED = ("parties", "roles", "matters", "facts", "flags", "instruments")


State = Literal["added", "changed", "same", "removed"]


class PublishedEdition(Protocol):
    """A published rulebook, as a log keeps it; the ledger's `Edition` is one."""

    @property
    def digest(self) -> str:
        """The rulebook's digest, `sha256:…`."""

    @property
    def author(self) -> str:
        """Who published it."""

    @property
    def note(self) -> str:
        """Why it was published."""

    @property
    def published(self) -> datetime:
        """Since when it is known: when it was written."""

    @property
    def stated(self) -> datetime:
        """When the publisher says that it was published."""

    @property
    def is_stated(self) -> bool:
        """Whether that was recorded besides; it was not in earlier versions of this program."""

    @property
    def content(self) -> bytes:
        """The rulebook's canonical text."""

    @property
    def order(self) -> Mapping[str, Sequence[str]]:
        """In which order its lists are read; the canonical text knows none."""


class DecisionLog(Protocol):
    """Where decisions and editions are kept; a `Ledger` is one."""

    @property
    def path(self) -> str:
        """The place as messages name it."""

    def append(
        self,
        incident: Mapping[str, Any],
        decision: Mapping[str, Any],
        *,
        edition: str,
        at: datetime,
        redact: Sequence[str] = (),
    ) -> object:
        """Record a decision; return when it is durable."""

    def editions(self) -> Sequence[PublishedEdition]:
        """List what was published, the newest last."""

    def edition(self, digest: str) -> PublishedEdition:
        """Find an edition by the beginning of its digest."""


def zone_of(log: DecisionLog) -> tzinfo | None:
    """Return the time zone that the newest edition of a log names, in which its times are shown."""
    editions = log.editions()
    try:
        return read_zone(json.loads(editions[-1].content)["rulebook"]["timezone"])
    except (LookupError, TypeError, ValueError):  # there is none, or it is not a rulebook's
        return None


def known_at(log: DecisionLog, at: date | datetime, *, as_stated: bool = False) -> PublishedEdition:
    """
    Return the edition that was the newest one at a moment, or at the end of a day.

    What counts is when an edition was written or, `as_stated`, when its publisher
    says that it was published, which rests on that person's word.

    Raises:
        LedgerError: if none had been published by then.
    """
    is_moment = isinstance(at, datetime) and at.tzinfo is not None
    moment = moment_of(at, None if is_moment else zone_of(log))
    editions = log.editions()
    known = [each for each in editions if (each.stated if as_stated else each.published) <= moment]
    if not known:
        raise LedgerError(log.path, "ledger-nothing-known", {"at": shown_moment(moment, zone_of(log))})
    # The newest is the last in the chain, here as everywhere: times can be wrong, its order cannot.
    return known[-1]


@dataclass(frozen=True, slots=True)
class Version:
    """
    A rule as one edition has it.

    `written` is what the edition says of the rule, None where it does not have
    it. `in_force` is the rule's period, or the rulebook's. `changes` lists the
    keys that the edition before wrote differently, with both values.
    """

    edition: PublishedEdition
    written: Mapping[str, Any] | None
    in_force: Mapping[str, str]
    changes: tuple[tuple[str, Any, Any], ...] = ()
    state: State = "same"

    def to_dict(self) -> dict[str, Any]:
        """Return the version as plain data, ready for JSON."""
        edition = self.edition
        return {
            "published": edition.published.isoformat(),
            "stated": edition.stated.isoformat() if edition.is_stated else None,
            "digest": edition.digest,
            "author": edition.author,
            "note": edition.note,
            "state": self.state,
            "in_force": dict(self.in_force),
            "changes": [{"key": key, "old": old, "new": new} for key, old, new in self.changes],
            "written": self.written,
        }


def versions(log: DecisionLog, rule: str) -> tuple[Version, ...]:
    """
    List a rule edition by edition, from the first that has it on; nothing where none has.

    Raises:
        LedgerError: if an edition holds no rulebook.
    """
    found: list[Version] = []
    before: Mapping[str, Any] | None = None
    for edition in log.editions():
        try:
            book = json.loads(edition.content)
            written = next((each for each in book["rules"] if each["id"] == rule), None)
            period = (written or {}).get("in_force") or book["rulebook"].get("in_force") or {}
        except (ValueError, LookupError, TypeError, AttributeError):
            raise LedgerError(log.path, "ledger-not-this-rulebook", {"digest": edition.digest}) from None
        if written is None and before is None:
            continue
        changes: tuple[tuple[str, Any, Any], ...] = ()
        if before is None or written is None:
            state: State = "added" if before is None else "removed"
        else:
            pairs = ((key, before.get(key), written.get(key)) for key in dict.fromkeys((*before, *written)))
            changes = tuple((key, old, new) for key, old, new in pairs if old != new)
            state = "changed" if changes else "same"
        found.append(Version(edition, written, period, changes, state))
        before = written
    return tuple(found)


def order_of(rulebook: Rulebook) -> dict[str, list[str]]:
    """Return the order in which people read the vocabulary: duties and questions come in it."""
    words = rulebook.vocabulary
    return {kind: list(getattr(words, kind)) for kind in _ORDERED}


def restore(edition: PublishedEdition, path: str = "") -> Rulebook:
    """
    Bring a published rulebook back, with the digest that it was published with.

    Raises:
        LedgerError: if its text does not make the rulebook that it names.
    """
    data = _read(edition.content, edition.order)
    rulebook = link(data, is_published=True)[0] if data is not None else None
    if rulebook is None or rulebook.digest != edition.digest:
        raise LedgerError(path, "ledger-not-this-rulebook", {"digest": edition.digest})
    return rulebook


def _read(content: bytes, order: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """Turn canonical text into what the linker takes: tuples for lists, days where days stand."""
    try:
        data: dict[str, Any] = _tupled(json.loads(content))
        dated = frozenset(fact["id"] for fact in data["facts"] if fact["type"] == "date")
        for fact in data["facts"]:
            if fact["type"] == "date" and "default" in fact:
                fact["default"] = date.fromisoformat(fact["default"])
        for entry in (data["rulebook"], *data["rules"]):
            if "in_force" in entry:
                entry["in_force"] = _days(entry["in_force"])
        for calendar in data.get("calendars", ()):
            calendar |= {key: _days(calendar[key]) for key in ("off", "working") if key in calendar}
        for kind, key in (("rules", "when"), ("obligations", "for")):
            for entry in data[kind]:
                entry[key] = _condition(entry[key], dated)
        data["impossible"] = tuple(_condition(each, dated) for each in data["impossible"])
        for kind, names in order.items():
            rank = {name: place for place, name in enumerate(names)}
            data[kind] = tuple(sorted(data[kind], key=lambda entry: rank[entry["id"]]))
    # The text comes from a ledger that anyone may have written: whatever is wrong, it is not this rulebook.
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return data


def _tupled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tupled(each) for key, each in value.items()}
    return tuple(map(_tupled, value)) if isinstance(value, list) else value


def _condition(when: Any, dated: frozenset[str]) -> Any:
    if isinstance(when, tuple):
        return tuple(_condition(each, dated) for each in when)
    read = dict(when)
    for key, value in when.items():
        if key in BRANCHES:
            read[key] = _condition(value, dated)
        elif key in dated:
            read[key] = _days(value)
    return read


def _days(value: Any) -> Any:
    """Read the days that a period or a condition on a date names, however it is written."""
    if isinstance(value, Mapping):
        return {key: _days(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_days, value))
    return date.fromisoformat(value)
