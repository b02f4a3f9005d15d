"""How well cases try the rules out: rules, conditions both ways, leaves, periods."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from itertools import chain, islice, product
from math import prod
from typing import Any, TypeVar

from dutyroute.analysis.coverage.report import Branch, Coverage, MissingCase, Season, Share
from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.leaves import visit
from dutyroute.diagram.places import Leaf
from dutyroute.diagram.unknowns import Reach, TooOpen
from dutyroute.errors import IncidentError
from dutyroute.routing.incident import Incident
from dutyroute.routing.router import Router
from dutyroute.rulebook.conditions import AnyOf, Condition, Test, tests
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Period
from dutyroute.rulebook.vocabulary import MATTER, Facts, Plain

COMBINATIONS = 200_000
"""How many combinations of values of one rule's facts are tried."""


class Branches:
    """The branches of every rule of a rulebook, without the rules' periods."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.conditions: dict[str, Condition] = {
            rule: rulebook.conditions["rules", rule] for rule in rulebook.deciding
        }
        self.tests: dict[str, tuple[Test, ...]] = {
            rule: tuple(tests(condition)) for rule, condition in self.conditions.items()
        }
        self._contradictions = Diagram(rulebook.only_impossible())

    def covered(self, values: Facts) -> Iterator[Branch]:
        """Yield the branches that an incident covers."""
        for rule in self.conditions:
            yield from self.decided(rule, values)

    def decided(self, rule: str, values: Facts) -> Iterator[Branch]:
        """Yield the branches of one rule that an incident covers."""
        # Masking MC/DC: all other tests as they are, this one alone turns the rule around. A
        # test that happens to hold while another decides tells nothing about a mistake in it.
        condition, tests = self.conditions[rule], self.tests[rule]
        values_of = (values.get(test.fact) for test in tests)
        outcomes = [None if v is None else v in t.accepts for t, v in zip(tests, values_of, strict=True)]
        for number, (test, held) in enumerate(zip(tests, outcomes, strict=True)):
            if held is None:
                continue
            turned = (*outcomes[:number], not held, *outcomes[number + 1 :])
            verdicts = {_verdict(condition, iter(outcomes)), _verdict(condition, iter(turned))}
            if verdicts == {True, False}:
                yield Branch(rule, number, test.fact, held)

    def witnesses(self, rule: str) -> dict[Branch, dict[str, Plain]] | None:
        """
        Find an incident for each branch of a rule that some incident can cover.

        A branch without one is unreachable, which is proved: all combinations
        that the rule's tests tell apart are tried. None where they are too many.
        """
        tests = self.tests[rule]
        domains = {test.fact: self._values(test.fact, tests) for test in tests}
        if prod(map(len, domains.values())) > COMBINATIONS:
            return None
        found: dict[Branch, dict[str, Plain]] = {}
        for combination in product(*domains.values()):
            values = dict(zip(domains, combination, strict=True))
            fresh = [branch for branch in self.decided(rule, values) if branch not in found]
            matter = str(values.get(MATTER) or next(iter(self.rulebook.vocabulary.matters)))
            everything = self.rulebook.vocabulary.unassuming(values)
            if fresh and Reach(self._contradictions, matter, everything).leaves:
                found.update(dict.fromkeys(fresh, values))
            if len(found) == 2 * len(tests):
                break  # each test both ways: there is nothing more to find
        return found

    def _values(self, fact: str, tests: Sequence[Test]) -> list[Plain]:
        """List values of a fact that the rule's tests tell apart, those that most accept first."""
        found = self.rulebook.vocabulary.facts[fact]
        about = [test.accepts for test in tests if test.fact == fact]
        if found.type in {"int", "date"}:
            cuts: list[Any] = sorted({cut for choice in about for cut in getattr(choice, "cuts", ())})
            return list(Diagram.stretches(found, cuts)) if cuts else []
        # One value for each way in which the rule's tests of the fact come out.
        classes: dict[tuple[bool, ...], Plain] = {}
        for value in self.rulebook.vocabulary.domain(found):
            classes.setdefault(tuple(value in choice for choice in about), value)
        return [classes[accepted] for accepted in sorted(classes, key=lambda each: -sum(each))]


def _verdict(condition: Condition, outcomes: Iterator[bool | None]) -> bool | None:
    """Put the outcomes of its tests, in order, into a condition."""
    if isinstance(condition, Test):
        return next(outcomes)
    decisive = isinstance(condition, AnyOf)
    found = {_verdict(part, outcomes) for part in condition.parts}
    if decisive in found:
        return decisive
    return None if None in found else not decisive


BUDGET = 50_000
"""How many places of one matter's diagram are visited when its leaves are counted."""

T = TypeVar("T", bound=Hashable)

Goal = tuple[str, Hashable]
"""What an incident may reach: a rule, branch, leaf, season or day, with its kind before it."""


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


class CoverageGoals:
    """
    What there is to cover in a rulebook, found once.

    `leaves` holds the shortest incident found for each leaf of the diagram, in
    the order of the visit, `counting` one for each rule that counts somewhere,
    `witnesses` one for each branch that can be covered, out of `both_ways`.
    `uncounted` names the matters and rules that are too large to try.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.diagram: Diagram = Diagram(rulebook)
        self.branches: Branches = Branches(rulebook)
        self.leaves: list[dict[str, Plain]] = []
        self._numbers: dict[Leaf, int] = {}
        self.counting: dict[str, dict[str, Plain]] = {}
        self.uncounted: list[str] = []
        for matter in rulebook.vocabulary.matters:
            # Breadth first, so that the incident found for a leaf has as few facts as possible.
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
        self.witnesses: dict[Branch, dict[str, Plain]] = {}
        self.both_ways: set[Branch] = set()
        for rule, tested in sorted(self.branches.tests.items()):
            witnesses = self.branches.witnesses(rule)
            if witnesses is None:
                self.uncounted.append(f"rule:{rule}")
            else:
                self.witnesses |= witnesses
                numbered = [(number, test.fact) for number, test in enumerate(tested)]
                self.both_ways |= {Branch(rule, n, fact, h) for n, fact in numbered for h in (True, False)}

    @cached_property
    def seasons(self) -> tuple[Season, ...]:
        """The days before, within and after each period of rules, as far as any rule is in force then."""
        if self.rulebook.header.date is None:
            return ()
        periods = dict.fromkeys(self.rulebook.period(rule) for rule in self.rulebook.deciding.values())
        first, last = self.rulebook.days
        every = (season for period in periods for season in _seasons(period))
        return tuple(season for season in every if first <= season.day <= last)

    def measure(self, incidents: Iterable[Incident]) -> Coverage:
        """Measure what incidents reach."""
        count, reached = 0, set[Goal]()
        too_open: dict[str, None] = {}
        for incident in incidents:
            count += 1
            try:
                for matter in incident.matters:
                    reached |= self.reached_by({**incident.facts, MATTER: matter})
            except TooOpen:
                too_open[f"incident:{incident.id or ','.join(incident.matters)}"] = None
        days = [day for kind, day in reached if kind == "day"]
        reached |= {("season", s) for s in self.seasons if any(_is_in(day, s) for day in days)}
        return Coverage(
            rulebook=self.rulebook,
            cases=count,
            rules=_share("rule", self.counting, reached),
            branches=_share("branch", self.witnesses, reached),
            leaves=_share("leaf", range(len(self.leaves)), reached),
            seasons=_share("season", self.seasons, reached),
            idle=tuple(sorted(self.rulebook.deciding.keys() - self.counting.keys())),
            drafts=tuple(sorted(self.rulebook.rules.keys() - self.rulebook.deciding.keys())),
            unreachable=tuple(sorted(self.both_ways - self.witnesses.keys())),
            uncounted=(*self.uncounted, *too_open),
        )

    def reached_by(self, values: Facts) -> frozenset[Goal]:
        """Return what one incident about one matter reaches, and the day that it is about."""
        reach = Reach(self.diagram, str(values[MATTER]), values)
        if not reach.leaves:
            reach = Reach(self.diagram, reach.matter, self.rulebook.vocabulary.unassuming(values))
        settled = [leaf.settlement for leaf in reach.leaves if leaf.settlement is not None]
        return frozenset(
            (
                *(("rule", rule) for settlement in settled for rule in settlement.counting),
                *(("branch", branch) for branch in self.branches.covered(values)),
                *(("leaf", self._numbers[leaf]) for leaf in reach.leaves if leaf in self._numbers),
                ("day", values.get(self.rulebook.header.date or "")),
            )
        )

    def missing_cases(self, coverage: Coverage) -> Iterator[MissingCase]:
        """
        Yield incidents that cover what is missing.

        Each is the one that covers most of what is still missing, the shortest of
        these first. Rules, conditions and periods come before leaves.
        """
        # What cannot be routed (too much is open) would be a case that always fails.
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
        defaults = self.rulebook.vocabulary.defaults
        goals = []
        for each in candidates:
            reached = self.reached_by({**defaults, **each})
            # Only the very day of a season counts here, so that each suggested case has a reason of its own.
            goals.append(reached | {("season", s) for s in self.seasons if ("day", s.day) in reached})
        shares = (("rule", coverage.rules), ("branch", coverage.branches), ("season", coverage.seasons))
        missing: set[Goal] = {(kind, each) for kind, share in shares for each in share.missing}
        # The smallest set of cases is too hard to find; taking the best each time comes close.
        while missing and goals:
            best = max(range(len(goals)), key=lambda i: (len(goals[i] & missing), -len(candidates[i])))
            covered = goals[best] & missing
            if not covered:
                return
            yield MissingCase(candidates[best], tuple(sorted(covered, key=repr)))
            missing -= covered


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


def _is_in(day: object, season: Season) -> bool:
    if not isinstance(day, date):
        return False
    is_before, is_after = season.since and day < season.since, season.until and day >= season.until
    return season.part == ("before" if is_before else "after" if is_after else "within")


def _share(kind: str, everything: Collection[T], reached: set[Goal]) -> Share[T]:
    missing = sorted((each for each in everything if (kind, each) not in reached), key=repr)
    return Share(len(everything) - len(missing), len(everything), tuple(missing))
