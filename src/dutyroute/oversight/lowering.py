"""Lowering: measures become an ordinary rulebook, which the ordinary diagram decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dutyroute.errors import RulebookError
from dutyroute.oversight.event import Event
from dutyroute.rulebook.build import link
from dutyroute.rulebook.oversight import (
    Charter,
    Counter,
    Counts,
    Measure,
    Rating,
    fact_of,
    facts_in,
    filled,
    is_reference,
    subjects,
)
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.types import Model
from dutyroute.rulebook.vocabulary import MATTER, Vocabulary

__all__ = ["Lowered", "Scale", "Sieve", "lower"]


class Sieve:
    """Tells which events a counter counts, by the settings of one charter."""

    def __init__(self, counts: Counts, words: Vocabulary, values: Mapping[str, Any]) -> None:
        self.kinds = frozenset(counts.kinds)
        self.matters = frozenset(m for top in counts.matters for m in words.below(top))
        channels = (*counts.channels, *values.get(counts.channels_of or "", ()))
        self.channels = frozenset(channels) or None
        self.outcomes = frozenset(counts.outcomes)
        self.measures = frozenset(counts.measures)

    def __contains__(self, event: Event) -> bool:
        return (
            event.kind in self.kinds
            and (not self.matters or event.matter in self.matters)
            and (self.channels is None or event.channel in self.channels)
            and (not self.outcomes or event.outcome in self.outcomes)
            and (not self.measures or event.measure in self.measures)
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """A rating with its numbers: what it begins with, the least of each level, what changes it."""

    base: int | None = None
    levels: tuple[tuple[int, int], ...] = ()
    changes: tuple[tuple[Sieve, str, int], ...] = ()

    def stars(self, points: int) -> int | None:
        """Return the stars that points are good for; None below the lowest level."""
        return max((stars for least, stars in self.levels if points >= least), default=None)


@dataclass(frozen=True)
class Lowered:
    """
    A charter ready to run: its rulebook, its counters, and what is off for want of settings.

    `off` holds each measure that no rule was made for, with the empty settings
    that it cannot do without.
    """

    charter: Charter
    rulebook: Rulebook | None
    active: tuple[Measure, ...]
    off: tuple[tuple[Measure, tuple[str, ...]], ...]
    sieves: Mapping[str, tuple[Sieve, int | None]]
    values: Mapping[str, Any]
    words: Vocabulary

    @cached_property
    def used(self) -> dict[str, tuple[str, ...]]:
        """The facts that each active measure's condition names, by measure."""
        return {m.id: tuple(dict.fromkeys(facts_in(_when(m, self.values)))) for m in self.active}

    @cached_property
    def about(self) -> dict[str, tuple[str, ...]]:
        """The facts that matter to each kind of subject."""
        return {
            kind: tuple(dict.fromkeys(f for m in self.active if kind in m.subject for f in self.used[m.id]))
            for kind in subjects()
        }

    @cached_property
    def thresholds(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """The counts from which each active measure can come into question."""
        return {m.id: tuple(_thresholds(_when(m, self.values), self.sieves)) for m in self.active}

    @cached_property
    def scales(self) -> dict[str, Scale]:
        """How each kind of subject is rated, its settings filled in."""
        return {rating.subject: self._scale(rating) for rating in self.charter.ratings.values()}

    @cached_property
    def states(self) -> dict[str, str]:
        """The facts that say that a measure is taken, with the measure."""
        return {fact_of(name, "taken"): name for name in self.charter.measures}

    def _scale(self, rating: Rating) -> Scale:
        levels = ((self._amount(level.at_least), level.stars) for level in rating.levels)
        changes = ((c, self._amount(c.points)) for c in rating.changes)
        return Scale(
            self._amount(rating.base),
            tuple((least, stars) for least, stars in levels if least is not None),
            tuple(
                (Sieve(c.counts, self.words, self.values), c.id, -points if c.deduct else points)
                for c, points in changes
                if points is not None
            ),
        )

    def _amount(self, value: Any) -> int | None:
        """Return a number or a setting's; None where that is empty."""
        found = self.values.get(value["setting"]) if is_reference(value) else value
        return found if isinstance(found, int) else None


def lower(book: Rulebook) -> Lowered:
    """Make an ordinary rulebook of a rulebook's measures; those whose settings are empty are left out."""
    charter, values = book.charter, book.charter.values()
    needs = {
        m.id: tuple(sorted(n for n in charter.needs(m) if n not in values)) for m in charter.measures.values()
    }
    active = tuple(m for m in charter.measures.values() if not needs[m.id])
    off = tuple((charter.measures[name], empty) for name, empty in needs.items() if empty)
    sieves = {
        c.id: (Sieve(c.counts, book.vocabulary, values), _days(c, values))
        for c in charter.counters.values()
        if all(n in values for n in _needed(c))
    }
    made = _linked(book, active, values) if active else None
    return Lowered(charter, made, active, off, sieves, values, book.vocabulary)


def _needed(counter: Counter) -> Iterator[str]:
    yield from (n for n in (counter.window, counter.counts.channels_of) if isinstance(n, str))


def _days(counter: Counter, values: Mapping[str, Any]) -> int | None:
    found = values.get(counter.window) if isinstance(counter.window, str) else counter.window
    return found if isinstance(found, int) else None


def _when(measure: Measure, values: Mapping[str, Any]) -> dict[str, Any]:
    """
    Write a measure's condition with its settings filled in.

    INVARIANT: no sanction without an order to rectify on record that was not met in time.
    """
    when: dict[str, Any] = filled(measure.when, values)
    return {"all": (when, {"rectification_overdue": True})} if measure.is_sanction else when


def _thresholds(when: Any, sieves: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    if isinstance(when, tuple):
        for each in when:
            yield from _thresholds(each, sieves)
    elif isinstance(when, Mapping):
        for key, each in when.items():
            if key in ("any", "all"):
                yield from _thresholds(each, sieves)
            elif key in sieves and isinstance(each, Mapping):
                yield from ((key, each[e] + extra) for e, extra in _LOW if e in each)


_LOW = (("at_least", 0), ("more_than", 1))


def _linked(book: Rulebook, active: tuple[Measure, ...], values: Mapping[str, Any]) -> Rulebook:
    words = book.vocabulary
    data = {
        "rulebook": {"id": book.id, "title": "监督", "english": "oversight", "edition": book.edition},
        "parties": tuple(map(_plain, words.parties.values())),
        "instruments": tuple(map(_plain, words.instruments.values())),
        "matters": tuple(map(_plain, subjects().values())),
        "facts": tuple(_told(_plain(f)) for f in book.charter.facts().values()),
        "roles": tuple(
            {"id": m.id, "name": f"{m.title} {m.id}", "english": f"{m.called('en')} ({m.id})"} for m in active
        ),
        "rules": tuple(_rule(measure, values) for measure in active),
    }
    found, faults = link(data)
    if found is None:
        raise RulebookError(tuple(faults))
    return found


def _rule(measure: Measure, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": measure.id,
        "title": measure.title,
        **({"english": measure.english} if measure.english else {}),
        "when": {MATTER: measure.subject, "all": (_when(measure, values),)},
        "assign": {measure.id: measure.propose_to},
        "cite": measure.cite,
        "basis": measure.basis,
    }


def _plain(model: Model) -> dict[str, Any]:
    return model.model_dump(by_alias=True, exclude_defaults=True)


def _told(fact: dict[str, Any]) -> dict[str, Any]:
    """Tell facts apart that have the same title."""
    if fact["id"] == MATTER:
        return fact
    return {**fact, "name": f"{fact['name']} {fact['id']}", "english": f"{fact['english']} ({fact['id']})"}
