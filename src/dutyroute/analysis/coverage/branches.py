"""The tests of rules, each one way: which incidents let it decide the rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.unknowns import Reach
from dutyroute.rulebook.conditions import AnyOf, Condition, Test, tests
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Plain

__all__ = ["Branch", "Branches", "TooManyCombinations"]

BUDGET = 200_000
"""How many combinations of values of one rule's facts are tried."""


class TooManyCombinations(Exception):
    """A rule tests so much that its branches cannot be tried one by one."""


@dataclass(frozen=True, slots=True, order=True)
class Branch:
    """
    One test of one rule, one way: that it decides the rule when it holds, or fails.

    An incident covers a branch where the test comes out that way and, all else as
    it is, the other way would turn the rule around (masking MC/DC). `number`
    counts the rule's tests in the order written.
    """

    rule: str
    number: int
    fact: str
    held: bool


class Branches:
    """The branches of every rule of a rulebook, without the rules' periods."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.conditions: dict[str, Condition] = {
            rule: rulebook.conditions["rules", rule] for rule in rulebook.rules
        }
        self.tests: dict[str, tuple[Test, ...]] = {
            rule: tuple(tests(condition)) for rule, condition in self.conditions.items()
        }
        self._contradictions = Diagram(rulebook.only_impossible())

    def covered(self, values: Mapping[str, Plain]) -> Iterator[Branch]:
        """Yield the branches that an incident covers."""
        for rule in self.conditions:
            yield from self.decided(rule, values)

    def decided(self, rule: str, values: Mapping[str, Plain]) -> Iterator[Branch]:
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

    def witnesses(self, rule: str) -> dict[Branch, dict[str, Plain]]:
        """
        Find an incident for each branch of a rule that some incident can cover.

        A branch without one is unreachable, which is proved: all combinations
        that the rule's tests tell apart are tried.

        Raises:
            TooManyCombinations: if they are too many.
        """
        tests = self.tests[rule]
        domains = {test.fact: self._values(test.fact, tests) for test in tests}
        if prod(map(len, domains.values())) > BUDGET:
            raise TooManyCombinations
        found: dict[Branch, dict[str, Plain]] = {}
        for combination in product(*domains.values()):
            values = dict(zip(domains, combination, strict=True))
            fresh = [branch for branch in self.decided(rule, values) if branch not in found]
            matter = str(values.get(MATTER) or next(iter(self.rulebook.vocabulary.matters)))
            if fresh and Reach(self._contradictions, matter, values).leaves:
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
        for value in self._contradictions.domain(found):
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
