"""How well cases try the rules out: rules, conditions both ways, leaves, periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Generic, TypeVar

from dutyroute.analysis.coverage.branches import Branch, Branches, TooManyCombinations
from dutyroute.analysis.coverage.leaves import Ground, counting_in, survey
from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.unknowns import Reach, TooOpen
from dutyroute.routing.incident import Incident
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Period
from dutyroute.rulebook.vocabulary import MATTER, Plain

__all__ = ["Branch", "Coverage", "Measure", "Season", "Share", "measure"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Share(Generic[T]):
    """How many of how many; `missing` lists the rest."""

    covered: int
    of: int
    missing: tuple[T, ...] = ()

    @property
    def rate(self) -> float:
        """Between 0 and 1; 1 where there was nothing to cover."""
        return self.covered / self.of if self.of else 1.0


@dataclass(frozen=True, slots=True)
class Season:
    """The days before, within or after a period of rules; `day` is one of them."""

    since: date | None
    until: date | None
    part: str
    day: date


@dataclass(frozen=True)
class Coverage:
    """
    What cases reached.

    `rules` counts the rules that count in some decision, `branches` each test of
    each rule both ways, `leaves` the leaves of the diagram, `seasons` the days
    before, within and after each period. What no incident can reach is left out:
    `unreachable` lists those branches, `idle` the rules that never count.
    `uncounted` names what is too large to tell: matters, rules by `rule:` before
    their name, and incidents that leave so much open that they were not counted.
    """

    rules: Share[str]
    branches: Share[Branch]
    leaves: Share[int]
    seasons: Share[Season]
    idle: tuple[str, ...] = ()
    unreachable: tuple[Branch, ...] = ()
    uncounted: tuple[str, ...] = ()

    @property
    def rate(self) -> float:
        """The least of the rates of rules, conditions and periods; leaves are too many to ask for."""
        return min(self.rules.rate, self.branches.rate, self.seasons.rate)


def measure(rulebook: Rulebook, incidents: Iterable[Incident]) -> Coverage:
    """Measure what incidents reach of a rulebook; a rule that an open fact decides counts as reached."""
    return Measure(rulebook).over(incidents)


class Measure:
    """What there is to cover in a rulebook, found once."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.diagram = Diagram(rulebook)
        self.branches = Branches(rulebook)

    @cached_property
    def ground(self) -> Ground:
        """Every leaf, and every rule that counts somewhere."""
        return survey(self.diagram)

    @cached_property
    def witnesses(self) -> dict[Branch, dict[str, Plain]]:
        """An incident for each branch that can be covered."""
        found: dict[Branch, dict[str, Plain]] = {}
        for rule in self.rulebook.rules:
            if rule not in self.crowded:
                found.update(self.branches.witnesses(rule))
        return found

    @cached_property
    def crowded(self) -> frozenset[str]:
        """The rules that test too much for their branches to be tried."""
        return frozenset(rule for rule in self.rulebook.rules if self._is_crowded(rule))

    def _is_crowded(self, rule: str) -> bool:
        try:
            self.branches.witnesses(rule)
        except TooManyCombinations:
            return True
        return False

    @cached_property
    def seasons(self) -> tuple[Season, ...]:
        """The days before, within and after each period of rules, as far as any rule is in force then."""
        if self.rulebook.header.date is None:
            return ()
        periods = dict.fromkeys(self.rulebook.period(rule) for rule in self.rulebook.rules.values())
        first, last = self.rulebook.days
        every = (season for period in periods for season in _seasons(period))
        return tuple(season for season in every if first <= season.day <= last)

    def over(self, incidents: Iterable[Incident]) -> Coverage:
        """Measure what incidents reach."""
        reached: Reached = Reached()
        too_open: list[str] = []
        for incident in incidents:
            try:
                for matter in incident.matters:
                    reached |= self.by({**incident.facts, MATTER: matter})
            except TooOpen:
                too_open.append(f"incident:{incident.id or ','.join(incident.matters)}")
        branches = frozenset(self.witnesses)
        every = {b for rule in self.branches.tests if rule not in self.crowded for b in self._both_ways(rule)}
        return Coverage(
            rules=_share(frozenset(self.ground.counting), reached.rules),
            branches=_share(branches, reached.branches),
            leaves=_share(frozenset(self.ground.leaves), reached.leaves),
            seasons=_share(frozenset(self.seasons), self._passed(reached.days)),
            idle=tuple(sorted(set(self.rulebook.rules) - set(self.ground.counting))),
            unreachable=tuple(sorted(every - branches)),
            uncounted=(
                *self.ground.uncounted,
                *(f"rule:{rule}" for rule in sorted(self.crowded)),
                *dict.fromkeys(too_open),
            ),
        )

    def by(self, values: Mapping[str, Plain]) -> Reached:
        """Tell what one incident about one matter reaches."""
        reach = Reach(self.diagram, str(values[MATTER]), values)
        days = {values.get(self.rulebook.header.date or "")}
        return Reached(
            frozenset(rule for leaf in reach.leaves for rule in counting_in(leaf)),
            frozenset(self.branches.covered(values)),
            frozenset(map(id, reach.leaves)),
            frozenset(day for day in days if isinstance(day, date)),
        )

    def _both_ways(self, rule: str) -> Iterable[Branch]:
        for number, test in enumerate(self.branches.tests[rule]):
            yield Branch(rule, number, test.fact, held=True)
            yield Branch(rule, number, test.fact, held=False)

    def _passed(self, days: frozenset[date]) -> frozenset[Season]:
        return frozenset(
            s for s in self.seasons if any(_part(s.since, s.until, day) == s.part for day in days)
        )


@dataclass(frozen=True, slots=True)
class Reached:
    """What incidents reach: rules that count, branches, leaves, days."""

    rules: frozenset[str] = frozenset()
    branches: frozenset[Branch] = frozenset()
    leaves: frozenset[int] = frozenset()
    days: frozenset[date] = frozenset()

    def __or__(self, other: Reached) -> Reached:
        return Reached(
            self.rules | other.rules,
            self.branches | other.branches,
            self.leaves | other.leaves,
            self.days | other.days,
        )


def _seasons(period: Period) -> Iterable[Season]:
    since, until = period.since, period.until
    if since and since > date.min:
        yield Season(since, until, "before", since - timedelta(days=1))
    if since or until:
        within = since or (until or date.max) - timedelta(days=1)
        yield Season(since, until, "within", within)
    if until:
        yield Season(since, until, "after", until)


def _part(since: date | None, until: date | None, day: date) -> str:
    if since and day < since:
        return "before"
    return "after" if until and day >= until else "within"


def _share(everything: frozenset[T], covered: frozenset[T]) -> Share[T]:
    missing = tuple(sorted(everything - covered, key=repr))
    return Share(len(everything & covered), len(everything), missing)
