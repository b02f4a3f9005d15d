"""
Measures become an ordinary rulebook, which the ordinary diagram decides.

A measure "when these counters are so high, propose this to that party" is a rule: its
counters are facts, its measure is a role. So there is no second evaluator of conditions
for oversight, and explanations and the second engine work for measures, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from dutyroute.diagram.ruling import Duty
from dutyroute.errors import RulebookError
from dutyroute.oversight.event import UNFOUNDED, Event
from dutyroute.routing.agreement import Agreement
from dutyroute.routing.explanation import Explanation
from dutyroute.routing.router import Router
from dutyroute.rulebook.build import link
from dutyroute.rulebook.oversight import (
    SUBJECTS,
    Counts,
    Measure,
    OversightRules,
    Rating,
    fact_of,
    facts_in,
    filled,
    subjects,
)
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.types import Model
from dutyroute.rulebook.vocabulary import MATTER, Fact, Vocabulary

Facts = tuple[tuple[str, Any], ...]
"""Facts about a subject, as pairs: equal facts are decided once."""

_MOST_KEPT = 10_000
"""Answers kept; forgetting one costs time only."""

_RULE_KEYS = ("id", "title", "english", "cite", "basis")
"""What a measure and a rule have in common."""


class EventFilter:
    """Tells which events a counter counts; `event in filter`."""

    def __init__(self, counts: Counts, words: Vocabulary, values: Mapping[str, Any]) -> None:
        self.kinds: frozenset[str] = frozenset(counts.kinds)
        self.matters: frozenset[str] = frozenset(m for top in counts.matters for m in words.below(top))
        # Which channels count may itself be a setting; while that is empty, the counter is left out.
        channels = (*counts.channels, *values.get(counts.channels_of or "", ()))
        self.channels: frozenset[str] | None = frozenset(channels) or None
        self.outcomes: frozenset[str] = frozenset(counts.outcomes)
        self.measures: frozenset[str] = frozenset(counts.measures)
        # What was found not to be so counts only if somebody has decided that it does.
        by_setting = bool(values.get(counts.unfounded_of or ""))
        self.counts_unfounded: bool = by_setting or UNFOUNDED in self.outcomes

    def __contains__(self, event: Event) -> bool:
        return (
            event.kind in self.kinds
            and (not self.matters or event.matter in self.matters)
            and (self.channels is None or event.channel in self.channels)
            and (not self.outcomes or event.outcome in self.outcomes)
            and (self.counts_unfounded or event.outcome != UNFOUNDED)
            and (not self.measures or event.measure in self.measures)
        )


@dataclass(frozen=True, slots=True)
class RatingScale:
    """A rating with its settings filled in: the base, the least points for each level, the changes."""

    base: int | None = None
    levels: tuple[tuple[int, int], ...] = ()
    changes: tuple[tuple[EventFilter, str, int], ...] = ()

    def stars(self, points: int) -> int | None:
        """Return the stars for a number of points; None below the lowest level."""
        return max((stars for least, stars in self.levels if points >= least), default=None)


class Lowered:
    """
    The oversight part of a rulebook, ready to run: counters, scales and a rulebook of measures.

    `off` names each measure that lacks a setting, with the settings that are
    empty. No rule is made for it, so that it can never be proposed. `used` are
    the facts that an active measure's condition names, and `thresholds` its
    counters with the least count asked for; `about` are the facts that
    conditions about a kind of subject name. `states` are the facts that say that
    a measure was taken, each with its measure.
    """

    def __init__(self, book: Rulebook) -> None:
        oversight, values = book.oversight, book.oversight.values()
        self.oversight: OversightRules = oversight
        self.values: Mapping[str, Any] = values
        self._words = book.vocabulary
        measures = oversight.measures
        missing = {m.id: tuple(sorted(oversight.needs(m) - values.keys())) for m in measures.values()}
        self.off: dict[str, tuple[str, ...]] = {name: empty for name, empty in missing.items() if empty}
        self.active: tuple[Measure, ...] = tuple(m for m in measures.values() if not missing[m.id])
        self.filters: dict[str, tuple[EventFilter, int | None]] = {}
        for counter in oversight.counters.values():
            settings = (n for n in (counter.window, counter.counts.channels_of) if isinstance(n, str))
            if all(name in values for name in settings):
                counts = EventFilter(counter.counts, self._words, values)
                window = values[counter.window] if isinstance(counter.window, str) else counter.window
                self.filters[counter.id] = counts, window if isinstance(window, int) else None
        when = {m.id: _when(m, values) for m in self.active}
        self.rulebook: Rulebook | None = _linked(book, self.active, when) if when else None
        self.used: dict[str, tuple[str, ...]] = {m: tuple(dict.fromkeys(facts_in(when[m]))) for m in when}
        self.thresholds: dict[str, tuple[tuple[str, int], ...]] = {
            name: tuple(_thresholds(condition, self.filters)) for name, condition in when.items()
        }
        self.about: dict[str, tuple[str, ...]] = {
            kind: tuple(dict.fromkeys(f for m in self.active if kind in m.subject for f in self.used[m.id]))
            for kind in SUBJECTS
        }
        self.states: dict[str, str] = {fact_of(name, "taken"): name for name in measures}
        # A kind of subject that is not rated has an empty scale.
        self.scales: dict[str, RatingScale] = dict.fromkeys(SUBJECTS, RatingScale())
        self.scales |= {rating.subject: self._scale(rating) for rating in oversight.ratings.values()}

    def _scale(self, rating: Rating) -> RatingScale:
        levels = ((self._amount(level.at_least), level.stars) for level in rating.levels)
        changes = ((c, self._amount(c.points)) for c in rating.changes)
        return RatingScale(
            self._amount(rating.base),
            tuple((least, stars) for least, stars in levels if least is not None),
            tuple(
                (EventFilter(c.counts, self._words, self.values), c.id, -points if c.deduct else points)
                for c, points in changes
                if points is not None
            ),
        )

    def _amount(self, value: Any) -> int | None:
        """Return a number, or the value of the setting that stands for it; None where that is empty."""
        found = filled(value, self.values)
        return found if isinstance(found, int) else None


def _when(measure: Measure, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a measure's condition with its settings filled in."""
    # INVARIANT: no sanction without an order to rectify on record that was not met in time. It is
    # added here, to every sanction, so that no configuration can leave it out.
    when: dict[str, Any] = filled(measure.when, values)
    return {"all": (when, {"rectification_overdue": True})} if measure.is_sanction else when


def _thresholds(when: Any, filters: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the counters of a condition with the count that each asks for at least."""
    if isinstance(when, tuple):
        for each in when:
            yield from _thresholds(each, filters)
    elif isinstance(when, Mapping):
        for key, each in when.items():
            if key in ("any", "all"):
                yield from _thresholds(each, filters)
            elif key in filters and isinstance(each, Mapping):
                asked = (("at_least", 0), ("more_than", 1))
                yield from ((key, each[word] + beyond) for word, beyond in asked if word in each)


def _linked(book: Rulebook, active: tuple[Measure, ...], when: Mapping[str, Any]) -> Rulebook:
    """
    Write the measures as the data of a rulebook and build that.

    The kinds of subject are its matters, the counters its facts, the measures
    its roles; each measure is a rule. Ids are added to the names of facts and
    roles, since titles may repeat and the names in a rulebook may not.
    """
    words, plain = book.vocabulary, Model.written

    def distinct(fact: Fact) -> dict[str, Any]:
        names = {"name": f"{fact.name} {fact.id}", "english": f"{fact.english} ({fact.id})"}
        return plain(fact) if fact.id == MATTER else {**plain(fact), **names}

    def rule(measure: Measure) -> dict[str, Any]:
        condition = {MATTER: measure.subject, "all": (when[measure.id],)}
        own = {key: value for key, value in plain(measure).items() if key in _RULE_KEYS}
        return {**own, "when": condition, "assign": {measure.id: measure.propose_to}}

    data = {
        "rulebook": {"id": book.id, "title": "监督", "english": "oversight", "edition": book.edition},
        "parties": tuple(map(plain, words.parties.values())),
        "instruments": tuple(map(plain, words.instruments.values())),
        "matters": tuple(map(plain, subjects().values())),
        "facts": tuple(map(distinct, book.oversight.facts().values())),
        "roles": tuple(
            {"id": m.id, "name": f"{m.title} {m.id}", "english": f"{m.called('en')} ({m.id})"} for m in active
        ),
        "rules": tuple(map(rule, active)),
    }
    found, faults = link(data)
    if found is None:
        raise RulebookError(tuple(faults))
    return found


class Decider:
    """Decides which measures facts call for, by the router of the lowered rulebook."""

    def __init__(self, lowered: Lowered, engine: Literal["diagram", "rete", "both"]) -> None:
        """
        Prepare to decide; with `both`, `agreement` counts how often the engines agree.

        Raises:
            KeyError: if there is no such engine.
            EngineError: if durable-rules cannot carry the measures.
            MissingExtraError: if durable-rules is not installed.
        """
        self._lowered = lowered
        self._routers: list[Router] = []
        self.agreement: Agreement | None = None
        if lowered.rulebook is not None:
            self._routers.append(Router(lowered.rulebook, engine="diagram" if engine == "both" else engine))
            if engine == "both":
                self._routers.append(Router(lowered.rulebook, engine="rete"))
                self.agreement = Agreement(self._routers[0], self._routers[1])
        # Most events change nothing that a condition asks, so most questions have been asked before.
        self._decided = lru_cache(_MOST_KEPT)(self._decide)

    def close(self) -> None:
        """End the process of the second engine, where there is one."""
        for router in self._routers:
            router.close()

    def explain(self, kind: str, facts: Facts) -> Explanation:
        """
        Tell how each condition stood, given the facts about a subject.

        Raises:
            ValueError: if the rulebook has no active measures.
        """
        if not self._routers:
            raise ValueError("nothing is proposed by a rulebook without active measures")
        (found,) = self._routers[0].explain(self._incident(kind, facts))
        return found

    def __call__(self, kind: str, facts: Facts) -> tuple[Duty, ...]:
        """Return the duties that facts call for; the role of each is the measure that is proposed."""
        return self._decided(kind, facts)

    def _decide(self, kind: str, facts: Facts) -> tuple[Duty, ...]:
        # A condition may name that another measure is proposed. So decide in rounds, with what the
        # round before proposed as facts, until nothing new is proposed. This ends: each round adds
        # a measure, and a rulebook whose measures depend on each other in a circle is refused.
        proposed: dict[str, Duty] = {}
        while self._routers:
            more = tuple((fact_of(measure, "proposed"), True) for measure in proposed)
            incident = self._routers[0].incident(self._incident(kind, (*facts, *more)))
            decision = self._routers[0].route(incident)
            if self.agreement is not None:
                self.agreement.hold(incident, decision)
            new = {duty.role: duty for duty in decision.duties if duty.certain and duty.role not in proposed}
            if not new:
                break
            proposed |= new
        return tuple(proposed.values())

    def _incident(self, kind: str, facts: Facts) -> dict[str, object]:
        """Write facts as an incident; a measure that they do not call proposed is not proposed."""
        # False, not unknown: otherwise every measure that depends on another would stay possible,
        # and nothing would be certain in the first round.
        silent = {fact_of(m.id, "proposed"): False for m in self._lowered.active}
        return {MATTER: kind, **silent, **dict(facts)}
