"""What is declared impossible, as far as it can make a difference to some facts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from dutyroute.analysis.checks.survey import Surveyed
from dutyroute.analysis.differences.traced import tests_of
from dutyroute.rulebook.conditions import Condition
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["Conditions", "Exclusions", "excluded", "facts_of"]

Conditions = Mapping[tuple[str, str | int], Condition]

_BUDGET = 20_000


class Exclusions:
    """
    The `impossible` of a rulebook, in groups that share no fact but the matter.

    Whether other facts can be what they are does not hang on a group that says
    nothing of them, as long as there is a way around the group on every matter.
    """

    def __init__(self, rulebook: Rulebook, whole: Surveyed) -> None:
        self.rulebook = rulebook
        self.whole = whole

    def about(self, facts: Collection[str]) -> Conditions:
        """Return the conditions that could make a difference where only some facts are known."""
        keys = [
            key
            for group, told, free in self._groups
            if not (free and told.isdisjoint(facts))
            for key in group
        ]
        return {key: self.rulebook.conditions[key] for key in sorted(keys)}

    @cached_property
    def _groups(self) -> list[tuple[list[tuple[str, str | int]], set[str], bool]]:
        """Group conditions that share a fact; tell the facts, and whether the group can be avoided."""
        groups: list[tuple[list[tuple[str, str | int]], set[str]]] = []
        for key, condition in excluded(self.rulebook).items():
            keys, facts = [key], facts_of(condition) - {MATTER}
            apart = [group for group in groups if group[1].isdisjoint(facts)]
            for group in (group for group in groups if group not in apart):
                keys, facts = [*group[0], *keys], group[1] | facts
            groups = [*apart, (keys, facts)]
        return [(keys, facts, self._is_avoidable(keys)) for keys, facts in groups]

    def _is_avoidable(self, keys: list[tuple[str, str | int]]) -> bool:
        conditions = {key: self.rulebook.conditions[key] for key in keys}
        bare = replace(self.rulebook, rules={}, obligations={}, recusals=(), conditions=conditions)
        diagram = Surveyed(bare, None, self.whole)
        return all(diagram.survey(matter, _BUDGET).leaves for matter in self.rulebook.vocabulary.matters)


def excluded(rulebook: Rulebook) -> Conditions:
    """Return everything that a rulebook declares impossible."""
    return {key: condition for key, condition in rulebook.conditions.items() if key[0] == "impossible"}


def facts_of(condition: Condition) -> set[str]:
    """Gather the facts that a condition tests."""
    return set(_facts(condition))


def _facts(condition: Condition) -> Iterator[str]:
    return (test.fact for test in tests_of(condition))
