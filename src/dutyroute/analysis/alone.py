"""A few conditions compiled by themselves, whatever else the rulebook says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dutyroute.analysis.survey import Survey, Surveyed
from dutyroute.analysis.trace import tests_of
from dutyroute.conditions import Condition, OneOf
from dutyroute.rules import Rule, Rulebook
from dutyroute.vocabulary import MATTER

__all__ = ["BUDGET", "Alone", "Contradiction"]

BUDGET = 20_000
"""How many places of a few conditions' own diagram are looked at."""

Conditions = Mapping[tuple[str, str | int], Condition]


class Alone:
    """
    Some conditions under one rule's period: which of them hold together?

    Everything else is left out but what is declared impossible, and that too
    where `impossible` is False. Matters that none of this tells apart are looked
    at once.
    """

    def __init__(
        self, rulebook: Rulebook, rule: Rule, conditions: Mapping[str, Condition], *, impossible: bool = True
    ) -> None:
        nothing: dict[str, object] = {
            "assign": {},
            "flag": (),
            "overrides": (),
            "default": None,
            "joint": False,
        }
        shut_out = [("impossible", i) for i in range(len(rulebook.impossible)) if impossible]
        kept: Conditions = {
            **{key: rulebook.conditions[key] for key in shut_out},
            **{("rules", name): condition for name, condition in conditions.items()},
        }
        rules = {name: rule.model_copy(update={**nothing, "id": name}) for name in conditions}
        self.matters = tuple(_told_apart(rulebook, kept))
        self.diagram = Surveyed(replace(rulebook, rules=rules, obligations={}, recusals=(), conditions=kept))

    def surveys(self) -> Iterator[Survey]:
        """Look at each matter that could make a difference."""
        return (self.diagram.survey(matter, BUDGET) for matter in self.matters)


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


class Contradiction:
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
        if not is_sure and self._matches(self.rulebook, impossible=True) is not False:
            return None
        if self._matches(self.rulebook, impossible=False):
            return "impossible"
        timeless = self.rulebook.header.model_copy(update={"in_force": None})
        if self._matches(replace(self.rulebook, header=timeless), impossible=False, period=False):
            return "period"
        return "contradiction"

    def _matches(self, rulebook: Rulebook, *, impossible: bool, period: bool = True) -> bool | None:
        """Tell whether some incident fulfils the rule; None where there are too many to look at."""
        rule = self.rule if period else self.rule.model_copy(update={"in_force": None})
        name = rule.id
        surveys = list(Alone(rulebook, rule, {name: self.condition}, impossible=impossible).surveys())
        if any(name in s.matched for survey in surveys for _, s in survey.settled()):
            return True
        return False if all(survey.is_complete for survey in surveys) else None
