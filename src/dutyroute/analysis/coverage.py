"""How well cases try the rules out: rules, conditions both ways, leaves, periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any

from dutyroute.conditions import ALWAYS, NEVER, AnyOf, Condition, Test, join
from dutyroute.diagram import Diagram, Leaf, Node
from dutyroute.explanation import verdict
from dutyroute.incident import Incident
from dutyroute.rules import Rulebook
from dutyroute.supervaluation import Reach
from dutyroute.vocabulary import MATTER, Plain

__all__ = ["Branch", "Coverage", "Share", "measure", "whole"]

LEAF_BUDGET = 20_000
"""How many places of one matter's diagram are visited when its leaves are counted."""


@dataclass(frozen=True, slots=True, order=True)
class Branch:
    """
    One test of one rule, one way: that it decides the rule when it holds, or fails.

    A case covers a branch where the test comes out that way and, all else as it
    is, the other way would turn the rule around (masking MC/DC). `number` counts
    the rule's tests in the order written.
    """

    rule: str
    number: int
    fact: str
    held: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many; `missing` lists the rest."""

    covered: int
    of: int
    missing: tuple[Any, ...] = ()

    @property
    def rate(self) -> float:
        """Between 0 and 1; 1 where there was nothing to cover."""
        return self.covered / self.of if self.of else 1.0


@dataclass(frozen=True)
class Coverage:
    """
    What cases reached.

    `rules` counts the rules that count in some decision, `branches` each test of
    each rule both ways, `leaves` those of each matter's diagram (a matter whose
    diagram is too large to count is named in `uncounted`), `periods` the rules'
    periods on whose days some case falls.
    """

    rules: Share
    branches: Share
    leaves: Share
    periods: Share
    uncounted: tuple[str, ...] = field(default=())


def measure(rulebook: Rulebook, incidents: Iterable[Incident]) -> Coverage:
    """Measure what incidents reach of a rulebook; unknown facts reach nothing by themselves."""
    return _Measure(rulebook).over(list(incidents))


class _Measure:
    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.diagram = Diagram(rulebook)
        self.tests = {rule: tuple(_tests(whole(rulebook, rule))) for rule in rulebook.rules}

    def over(self, incidents: list[Incident]) -> Coverage:
        counted: set[str] = set()
        branches: set[Branch] = set()
        leaves: set[int] = set()
        for incident in incidents:
            for matter in incident.matters:
                reach = Reach(self.diagram, matter, incident.facts)
                leaves |= {id(leaf) for leaf in reach.leaves}
                counted |= set(_counting(reach.leaves))
                branches |= set(self.decided({**incident.facts, MATTER: matter}))
        all_leaves, uncounted = self.leaves()
        return Coverage(
            rules=_share(set(self.rulebook.rules), counted),
            branches=_share(self.possible(), branches),
            leaves=Share(len(leaves & all_leaves), len(all_leaves)),
            periods=self.periods(incidents),
            uncounted=uncounted,
        )

    def possible(self) -> set[Branch]:
        """List every branch that some incident could cover."""
        return {b for rule in self.rulebook.rules for b in self.branches(rule) if self.witness(b) is not None}

    def branches(self, rule: str) -> Iterator[Branch]:
        for number, test in enumerate(self.tests[rule]):
            yield Branch(rule, number, test.fact, held=True)
            yield Branch(rule, number, test.fact, held=False)

    def decided(self, values: Mapping[str, Plain]) -> Iterator[Branch]:
        """Yield the branches that an incident covers."""
        for rule in self.rulebook.rules:
            yield from (b for b in self.branches(rule) if self.covers(b, values))

    def covers(self, branch: Branch, values: Mapping[str, Plain]) -> bool:
        """Tell whether the test comes out that way, and decides the rule."""
        test = self.tests[branch.rule][branch.number]
        if verdict(test, values) is not branch.held:
            return False
        condition = whole(self.rulebook, branch.rule)
        as_is, turned = (_forced(condition, branch.number, held) for held in (branch.held, not branch.held))
        return {verdict(as_is, values), verdict(turned, values)} == {True, False}

    def witness(self, branch: Branch) -> dict[str, Plain] | None:
        """Find an incident that covers a branch: values for the facts that the rule tests."""
        tests = self.tests[branch.rule]
        domains = {test.fact: self.values(test.fact, tests) for test in tests}
        for combination in product(*domains.values()):
            values = dict(zip(domains, combination, strict=True))
            if self.covers(branch, values) and self.is_possible(values):
                return values
        return None

    def values(self, fact: str, tests: tuple[Test, ...]) -> list[Plain]:
        """List values of a fact that the rule's tests tell apart."""
        found = self.diagram.facts[fact]
        if found.type not in {"int", "date"}:
            domain = self.diagram.domain(found)
            about = [test.accepts for test in tests if test.fact == fact]
            signature = {tuple(value in choice for choice in about): value for value in reversed(domain)}
            return list(signature.values())
        cuts: set[Any] = {cut for t in tests if t.fact == fact for cut in getattr(t.accepts, "cuts", ())}
        return list(self.diagram.stretches(found, sorted(cuts)))

    def is_possible(self, values: Mapping[str, Plain]) -> bool:
        facts = {fact: value for fact, value in values.items() if fact != MATTER}
        matter = str(values.get(MATTER) or next(iter(self.rulebook.vocabulary.matters)))
        return bool(Reach(self.diagram, matter, facts).leaves)

    def leaves(self) -> tuple[set[int], tuple[str, ...]]:
        found: set[int] = set()
        uncounted: list[str] = []
        for matter in self.rulebook.vocabulary.matters:
            below = self.below(matter)
            if below is None:
                uncounted.append(matter)
            else:
                found |= below
        return found, tuple(uncounted)

    def below(self, matter: str) -> set[int] | None:
        waiting: list[Node | Leaf] = [self.diagram.root(matter)]
        seen: set[int] = set()
        leaves: set[int] = set()
        while waiting:
            place = waiting.pop()
            if id(place) in seen:
                continue
            seen.add(id(place))
            if len(seen) > LEAF_BUDGET:
                return None
            if isinstance(place, Node):
                waiting += (child for _, child in self.diagram.classes(place))
            elif place.settlement is not None:
                leaves.add(id(place))
        return leaves

    def periods(self, incidents: list[Incident]) -> Share:
        """Count the distinct periods of rules that some case's date falls in."""
        dated = self.rulebook.header.date
        periods = {self.rulebook.period(rule) for rule in self.rulebook.rules.values()}
        bounded = {p for p in periods if p.since or p.until}
        days = {incident.facts.get(dated or "") for incident in incidents}
        hit = {p for p in bounded if any(isinstance(day, date) and day in p for day in days)}
        return _share(bounded, hit)


def whole(rulebook: Rulebook, rule: str) -> Condition:
    """Return a rule's condition as its author wrote it, without its period."""
    return rulebook.conditions["rules", rule]


def _counting(leaves: Iterable[Leaf]) -> Iterator[str]:
    for settlement in (leaf.settlement for leaf in leaves):
        if settlement is not None:
            yield from (r for r in settlement.matched if r not in settlement.struck and r not in settlement.idle)


def _share(everything: set[Any], covered: set[Any]) -> Share:
    missing = sorted(everything - covered, key=repr)
    return Share(len(everything & covered), len(everything), tuple(missing))


def _tests(condition: Condition) -> Iterator[Test]:
    if isinstance(condition, Test):
        yield condition
    else:
        for part in condition.parts:
            yield from _tests(part)


def _forced(condition: Condition, number: int, held: bool) -> Condition:
    """Return a condition with one of its tests, by number, taken as true or false."""
    if isinstance(condition, Test):
        return (ALWAYS if held else NEVER) if number == 0 else condition
    parts: list[Condition] = []
    for part in condition.parts:
        inside = sum(1 for _ in _tests(part))
        parts.append(_forced(part, number, held) if 0 <= number < inside else part)
        number -= inside
    return join(tuple(parts), any_of=isinstance(condition, AnyOf)) if parts else condition

