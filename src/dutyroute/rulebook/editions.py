"""Editions: a rulebook as it was published, brought back from its canonical text bit for bit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from dutyroute.errors import LedgerError
from dutyroute.rulebook.build import link
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["DecisionLog", "PublishedEdition", "Version", "known_at", "order_of", "restore", "versions"]

_DATED = ("any", "all", "not")
_ENDS = ("from", "until")
_OVERSIGHT = ("settings", "counters", "measures", "ratings")
_ORDERED = ("parties", "roles", "matters", "facts", "flags", "instruments")


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
        """Since when it is known."""

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


def known_at(log: DecisionLog, moment: datetime) -> PublishedEdition:
    """
    Return the edition that was the newest one at a moment.

    Raises:
        LedgerError: if none had been published by then.
    """
    known = [edition for edition in log.editions() if edition.published <= moment]
    if not known:
        raise LedgerError(log.path, "ledger-nothing-known", {"at": f"{moment:%Y-%m-%d %H:%M:%S %Z}"})
    return max(enumerate(known), key=lambda pair: (pair[1].published, pair[0]))[1]


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
    state: Literal["added", "changed", "same", "removed"] = "same"


def versions(log: DecisionLog, rule: str) -> tuple[Version, ...]:
    """List a rule edition by edition, from the first that has it on; nothing where none has."""
    found: list[Version] = []
    before: Mapping[str, Any] | None = None
    for edition in log.editions():
        book = json.loads(edition.content)
        written = next((each for each in book["rules"] if each["id"] == rule), None)
        if written is None and before is None:
            continue
        period = (written or {}).get("in_force") or book["rulebook"].get("in_force") or {}
        found.append(Version(edition, written, period, *_since(before, written)))
        before = written
    return tuple(found)


def _since(
    before: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> tuple[tuple[tuple[str, Any, Any], ...], Literal["added", "changed", "same", "removed"]]:
    if before is None or now is None:
        return (), "added" if before is None else "removed"
    keys = dict.fromkeys((*before, *now))
    changes = tuple((key, before.get(key), now.get(key)) for key in keys if before.get(key) != now.get(key))
    return changes, "changed" if changes else "same"


def order_of(rulebook: Rulebook) -> dict[str, list[str]]:
    """Return the order in which people read the vocabulary: duties and questions come in it."""
    words = rulebook.vocabulary
    kinds = {kind: getattr(words, kind) for kind in _ORDERED}
    return {kind: list(entries) for kind, entries in kinds.items()}


def restore(edition: PublishedEdition, path: str = "") -> Rulebook:
    """
    Bring a published rulebook back, with the digest that it was published with.

    Raises:
        LedgerError: if its text does not make the rulebook that it names.
    """
    data = _read(edition.content, edition.order)
    rulebook = link(data)[0] if data is not None else None
    if rulebook is None or rulebook.digest != edition.digest:
        raise LedgerError(path, "ledger-not-this-rulebook", {"digest": edition.digest})
    return rulebook


def _read(content: bytes, order: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """Turn canonical text into what the linker takes: tuples for lists, days where days stand."""
    try:
        data: dict[str, Any] = _tupled(json.loads(content))
        dated = frozenset(fact["id"] for fact in data["facts"] if fact["type"] == "date")
        data["facts"] = tuple(_fact(fact) for fact in data["facts"])
        data["rules"] = tuple(_in_force(_when(rule, "when", dated)) for rule in data["rules"])
        data["obligations"] = tuple(_when(each, "for", dated) for each in data["obligations"])
        data["impossible"] = tuple(_condition(each, dated) for each in data["impossible"])
        data["rulebook"] = _in_force(data["rulebook"])
        for kind in _OVERSIGHT:
            data.setdefault(kind, ())
        for kind, names in order.items():
            rank = {name: place for place, name in enumerate(names)}
            data[kind] = tuple(sorted(data[kind], key=lambda entry: rank[entry["id"]]))
    # The text comes from a ledger that anyone may have written: whatever is wrong, it is not this rulebook.
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return data


def _tupled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tupled(each) for key, each in value.items()}
    return tuple(map(_tupled, value)) if isinstance(value, list) else value


def _fact(fact: Mapping[str, Any]) -> dict[str, Any]:
    is_dated = fact["type"] == "date" and "default" in fact
    return {**fact, "default": date.fromisoformat(fact["default"])} if is_dated else dict(fact)


def _in_force(entry: Mapping[str, Any]) -> dict[str, Any]:
    if "in_force" not in entry:
        return dict(entry)
    ends = {k: date.fromisoformat(v) if k in _ENDS else v for k, v in entry["in_force"].items()}
    return {**entry, "in_force": ends}


def _when(entry: Mapping[str, Any], key: str, dated: frozenset[str]) -> dict[str, Any]:
    return {**entry, key: _condition(entry[key], dated)}


def _condition(when: Mapping[str, Any], dated: frozenset[str]) -> dict[str, Any]:
    return {key: _part(key, value, dated) for key, value in when.items()}


def _part(key: str, value: Any, dated: frozenset[str]) -> Any:
    if key in _DATED:
        is_one = isinstance(value, Mapping)
        return _condition(value, dated) if is_one else tuple(_condition(each, dated) for each in value)
    return _days(value) if key in dated else value


def _days(value: Any) -> Any:
    """Read the days that a condition on a date names, however it is written."""
    if isinstance(value, Mapping):
        return {key: _days(each) for key, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(map(_days, value))
    return date.fromisoformat(value)
