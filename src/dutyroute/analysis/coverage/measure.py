"""How well cases try the rules out: rules, conditions both ways, leaves, periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import chain, islice
from typing import TypeVar

from dutyroute.analysis.coverage.branches import Branch, Branches, TooManyCombinations
from dutyroute.analysis.coverage.report import Coverage, MissingCase, Season, Share
from dutyroute.diagram.diagram import Diagram, Leaf
from dutyroute.diagram.leaves import visit
from dutyroute.diagram.unknowns import Reach, TooOpen
from dutyroute.errors import IncidentError
from dutyroute.routing.incident import Incident
from dutyroute.routing.router import Router
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Period
from dutyroute.rulebook.vocabulary import MATTER, Plain

__all__ = ["CoverageGoals", "measure_coverage"]

BUDGET = 50_000
"""How many places of one matter's diagram are visited when its leaves are counted."""

T = TypeVar("T")


def measure_coverage(rulebook: Rulebook, incidents: Iterable[Incident], *, suggest: int = 0) -> Coverage:
    """
    Measure what incidents reach of a rulebook.

    A rule that an unknown fact decides counts as reached. `suggest` is the
    largest number of missing cases to be found.

    >>> from dutyroute import Router
    >>> router = Router.shipped()
    >>> coverage = measure_coverage(router.rulebook, [router.incident({"matter": "illegal-construction"})])
    >>> coverage.cases, coverage.rules.covered < coverage.rules.of
    (1, True)
    """
    goals = CoverageGoals(rulebook)
    coverage = goals.measure(incidents)
    return replace(coverage, missing_cases=tuple(islice(goals.missing_cases(coverage), suggest)))


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


class CoverageGoals:
    """
    What there is to cover in a rulebook, found once.

    `leaves` holds the shortest incident found for each leaf of the diagram, in
    the order of the visit; `counting` one for each rule that counts somewhere;
    `uncounted` the matters whose diagram is too large to visit.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.diagram = Diagram(rulebook)
        self.branches = Branches(rulebook)
        self.leaves: list[dict[str, Plain]] = []
        self._numbers: dict[Leaf, int] = {}
        self.counting: dict[str, dict[str, Plain]] = {}
        self.uncounted: list[str] = []
        for matter in rulebook.vocabulary.matters:
            found = visit(self.diagram, matter, budget=BUDGET, breadth_first=True)
            for leaf in found.leaves:
                facts = {MATTER: matter, **found.facts(leaf)}
                self._numbers[leaf] = len(self.leaves)
                self.leaves.append(facts)
                for rule in leaf.settlement.counting if leaf.settlement else ():
                    if rule not in self.counting or len(facts) < len(self.counting[rule]):
                        self.counting[rule] = facts
            if not found.is_complete:
                self.uncounted.append(matter)

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
        found = set()
        for rule in self.rulebook.rules:
            try:
                self.branches.witnesses(rule)
            except TooManyCombinations:
                found.add(rule)
        return frozenset(found)

    @cached_property
    def seasons(self) -> tuple[Season, ...]:
        """The days before, within and after each period of rules, as far as any rule is in force then."""
        if self.rulebook.header.date is None:
            return ()
        periods = dict.fromkeys(self.rulebook.period(rule) for rule in self.rulebook.rules.values())
        first, last = self.rulebook.days
        every = (season for period in periods for season in _seasons(period))
        return tuple(season for season in every if first <= season.day <= last)

    def measure(self, incidents: Iterable[Incident]) -> Coverage:
        """Measure what incidents reach."""
        count, reached = 0, Reached()
        too_open: list[str] = []
        for incident in incidents:
            count += 1
            try:
                for matter in incident.matters:
                    reached |= self.reached_by({**incident.facts, MATTER: matter})
            except TooOpen:
                too_open.append(f"incident:{incident.id or ','.join(incident.matters)}")
        both_ways = {
            Branch(rule, number, test.fact, held)
            for rule, tested in self.branches.tests.items()
            if rule not in self.crowded
            for number, test in enumerate(tested)
            for held in (True, False)
        }
        passed = {
            s for s in self.seasons if any(_part(s.since, s.until, day) == s.part for day in reached.days)
        }
        return Coverage(
            rulebook=self.rulebook,
            cases=count,
            rules=_share(frozenset(self.counting), reached.rules),
            branches=_share(frozenset(self.witnesses), reached.branches),
            leaves=_share(frozenset(range(len(self.leaves))), reached.leaves),
            seasons=_share(frozenset(self.seasons), frozenset(passed)),
            idle=tuple(sorted(self.rulebook.rules.keys() - self.counting.keys())),
            unreachable=tuple(sorted(both_ways - self.witnesses.keys())),
            uncounted=(
                *self.uncounted,
                *(f"rule:{rule}" for rule in sorted(self.crowded)),
                *dict.fromkeys(too_open),
            ),
        )

    def reached_by(self, values: Mapping[str, Plain]) -> Reached:
        """Tell what one incident about one matter reaches."""
        reach = Reach(self.diagram, str(values[MATTER]), values)
        day = values.get(self.rulebook.header.date or "")
        return Reached(
            frozenset(r for leaf in reach.leaves if leaf.settlement for r in leaf.settlement.counting),
            frozenset(self.branches.covered(values)),
            frozenset(self._numbers[leaf] for leaf in reach.leaves if leaf in self._numbers),
            frozenset([day] if isinstance(day, date) else ()),
        )

    def missing_cases(self, coverage: Coverage) -> Iterator[MissingCase]:
        """
        Yield incidents that cover what is missing.

        Each is the one that covers most of what is still missing, the shortest of
        these first. Rules, conditions and periods come before leaves.
        """
        router = Router(self.rulebook)
        yield from self._covering_most(coverage, router)
        for leaf in sorted(coverage.leaves.missing, key=lambda leaf: len(self.leaves[leaf])):
            if _is_routed(router, self.leaves[leaf]):
                yield MissingCase(dict(self.leaves[leaf]), (("leaf", leaf),))

    def _covering_most(self, coverage: Coverage, router: Router) -> Iterator[MissingCase]:
        anything = {MATTER: next(iter(self.rulebook.vocabulary.matters))}
        dated = self.rulebook.header.date or ""
        incidents: Iterable[dict[str, Plain]] = chain(
            (self.counting[rule] for rule in coverage.rules.missing),
            ({**anything, **self.witnesses[branch]} for branch in coverage.branches.missing),
            ({**anything, dated: season.day} for season in coverage.seasons.missing),
        )
        distinct = {tuple(sorted(each.items())): each for each in incidents}.values()
        candidates = [dict(each) for each in distinct if _is_routed(router, each)]
        reached = [self._goals(candidate) for candidate in candidates]
        missing = {
            *(("rule", rule) for rule in coverage.rules.missing),
            *(("branch", branch) for branch in coverage.branches.missing),
            *(("season", season) for season in coverage.seasons.missing),
        }
        while missing and reached:
            best = max(range(len(reached)), key=lambda i: (len(reached[i] & missing), -len(candidates[i])))
            covered = reached[best] & missing
            if not covered:
                return
            yield MissingCase(candidates[best], tuple(sorted(covered, key=repr)))
            missing -= covered

    def _goals(self, incident: dict[str, Plain]) -> frozenset[tuple[str, object]]:
        """Gather all that an incident reaches, its facts with a default included."""
        facts = self.rulebook.vocabulary.facts.values()
        reached = self.reached_by({**{f.id: f.default for f in facts if f.default is not None}, **incident})
        return frozenset(
            (
                *(("rule", rule) for rule in reached.rules),
                *(("branch", branch) for branch in reached.branches),
                *(("season", season) for season in self.seasons if season.day in reached.days),
            )
        )


def _is_routed(router: Router, incident: Mapping[str, Plain]) -> bool:
    try:
        router.route(incident)
    except IncidentError:
        return False
    return True


def _seasons(period: Period) -> Iterator[Season]:
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
