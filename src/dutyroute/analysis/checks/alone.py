"""A few conditions compiled by themselves, whatever else the rulebook says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dutyroute.analysis.checks.impossible import Conditions, excluded
from dutyroute.analysis.checks.survey import Survey, Surveyed
from dutyroute.analysis.differences.traced import tests_of
from dutyroute.rulebook.conditions import Condition, OneOf
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Rule
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["BUDGET", "Alone", "RuleContradiction"]

BUDGET = 20_000
"""How many places of a few conditions' own diagram are looked at."""


class Alone:
    """
    Some conditions under one rule's period: which of them hold together?

    Everything else is left out but what `shut_out` declares impossible. Matters
    that none of this tells apart are looked at once.
    """

    def __init__(
        self, rulebook: Rulebook, rule: Rule, conditions: Mapping[str, Condition], shut_out: Conditions
    ) -> None:
        told: Conditions = {("rules", name): condition for name, condition in conditions.items()}
        kept: Conditions = {**shut_out, **told}
        rules = {name: rule.model_copy(update={**_NOTHING, "id": name}) for name in conditions}
        self.matters = tuple(_told_apart(rulebook, kept))
        little = replace(rulebook, rules=rules, obligations={}, recusals=(), conditions=kept)
        self.diagram = Surveyed(little, days=rulebook.days)

    def surveys(self) -> Iterator[Survey]:
        """Look at each matter that could make a difference."""
        return (self.diagram.survey(matter, BUDGET) for matter in self.matters)


_NOTHING: dict[str, object] = {"assign": {}, "flag": (), "overrides": (), "default": None, "joint": False}


def _told_apart(rulebook: Rulebook, conditions: Conditions) -> Iterator[str]:
    """Yield one matter for each way in which the conditions' tests of it come out."""
    choices = {test.accepts for c in conditions.values() for test in tests_of(c) if test.fact == MATTER}
    sets = [choice.values for choice in choices if isinstance(choice, OneOf)]
    seen = set()
    for matter in rulebook.vocabulary.matters:
        signature = tuple(matter in values for values in sets)
        if signature not in seen:
            seen.add(signature)
            yield matter


class RuleContradiction:
    """Why no incident fulfils a rule, by its own condition and period alone."""

    def __init__(self, rulebook: Rulebook, rule: str) -> None:
        self.rulebook = rulebook
        self.rule = rulebook.rules[rule]
        self.condition = rulebook.conditions["rules", rule]

    def reason(self, *, is_sure: bool) -> str | None:
        """
        Name the reason, by its key in the messages; None where some incident does fulfil it.

        `is_sure` tells that no incident does, so that only the reason is open.
        """
        if not is_sure and self._matches(self.rulebook, self.rule, excluded(self.rulebook)) is not False:
            return None
        if self._matches(self.rulebook, self.rule, {}):
            return "impossible"
        timeless = self.rulebook.header.model_copy(update={"in_force": None})
        always = self.rule.model_copy(update={"in_force": None})
        if self._matches(replace(self.rulebook, header=timeless), always, {}):
            return "period"
        return "contradiction"

    def _matches(self, rulebook: Rulebook, rule: Rule, shut_out: Conditions) -> bool | None:
        """Tell whether some incident fulfils the rule; None where there are too many to look at."""
        name = rule.id
        surveys = list(Alone(rulebook, rule, {name: self.condition}, shut_out).surveys())
        if any(name in s.matched for survey in surveys for _, s in survey.settled()):
            return True
        return False if all(survey.is_complete for survey in surveys) else None
