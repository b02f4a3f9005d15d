"""
Every incident about a matter, leaf by leaf.

Checks are proofs: they visit each leaf of a matter's diagram once and keep the
way by which it was first reached, so that a finding has an incident to show.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from dutyroute.diagram.diagram import Diagram, Leaf, Node
from dutyroute.diagram.leaves import Visit, visit
from dutyroute.diagram.resolution import Settlement
from dutyroute.rulebook.conditions import Between, Condition, OneOf, tests
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Rule
from dutyroute.rulebook.vocabulary import MATTER, Plain

__all__ = ["Conditions", "Survey", "SurveyedDiagram", "Topic", "survey_conditions"]

Conditions = Mapping[tuple[str, str | int], Condition]
"""Compiled conditions, each by the kind and name of what it belongs to."""

_SMALL_BUDGET = 20_000
"""How many places of a few conditions' own diagram are visited."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A role that somebody may hold, or a flag that may be raised."""

    kind: Literal["roles", "flags"]
    name: str


class SurveyedDiagram(Diagram):
    """
    A diagram whose leaves are all visited.

    Where `topic` is given, the rulebook is the part that decides it, and `whole`
    is the diagram of the whole rulebook, which the router walks. `days` are the
    days of the whole rulebook, where there is no `whole`.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        topic: Topic | None = None,
        whole: SurveyedDiagram | None = None,
        *,
        days: tuple[date, date] | None = None,
    ) -> None:
        super().__init__(rulebook)
        self.topic = topic
        self.whole: SurveyedDiagram = whole or self
        self._given_days = days
        self._surveys: dict[Any, Survey] = {}

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day that can be asked about, by the rules of the whole."""
        return self._given_days or self.whole.rulebook.days

    def is_narrow(self, matter: str, known: Collection[str], most: int) -> bool:
        """Tell whether it is certain, without a walk, that at most so many places can be reached."""
        root = self.root(matter)
        if isinstance(root, Leaf):
            return True
        cuts: dict[str, set[Any]] = {}
        for test in self.remaining_tests(root):
            ends = test.accepts.cuts if isinstance(test.accepts, Between) else ()
            cuts.setdefault(test.fact, set()).update(ends)
        ways = 1
        for fact, found in cuts.items():
            if fact not in known:
                ways *= max(len(found) + 1, len(self.domain(self.facts[fact])))
        return 2 * ways <= most

    def survey(self, matter: str, budget: int = _SMALL_BUDGET) -> Survey:
        """Visit every incident about a matter that the router would answer; done once, then kept."""
        # A kept diagram may come to belong to another whole, with other days: those are in the key.
        key = matter, budget, self.days
        if key not in self._surveys:
            found = visit(self, matter, budget=budget, values=self._options)
            self._surveys[key] = Survey(self, matter, found)
        return self._surveys[key]

    def _options(self, node: Node) -> Iterator[Plain]:
        """Yield a value of each class of a node's fact, the default first."""
        fact = self.facts[node.fact]
        values = self.values(node)
        if node.fact == self.rulebook.header.date:
            # A stretch without a beginning is shown by its last day: 0001-01-01 would puzzle a reader.
            seasons = self.seasons(node.cuts or [])
            values = (last if first == date.min else first for first, last in seasons)
        yield from values if fact.default is None else sorted(values, key=lambda v: v != fact.default)

    def without(self, matter: str, leaf: Leaf, rule: str) -> Settlement:
        """Settle a leaf again as if one of its rules were not in the rulebook."""
        matched = leaf.settlement.matched if leaf.settlement else ()
        return self.settler.settle(matter, [name for name in matched if name != rule], leaf.guards, leaf.owed)

    def view(self, settlement: Settlement) -> object:
        """Return what a settlement says of the topic; all that it says where there is none."""
        ruling, topic = settlement.ruling, self.topic
        if topic is None:
            return settlement.outcome
        if topic.kind == "flags":
            return topic.name in ruling.flags
        duties = frozenset((d.party, d.to, d.within) for d in ruling.duties if d.role == topic.name)
        return duties, frozenset((b.obligation, b.kind, b.holders) for b in ruling.breaches)


@dataclass(frozen=True, slots=True)
class Survey:
    """
    The leaves of one matter, and a way to each.

    Impossible incidents are left out, and so are days on which no rule is in
    force: the router does not answer either.
    """

    diagram: SurveyedDiagram
    matter: str
    visit: Visit

    @property
    def is_complete(self) -> bool:
        """Whether every leaf was visited; False where the budget ran out first."""
        return self.visit.is_complete

    def settled(self) -> Iterator[tuple[Leaf, Settlement]]:
        """Yield the leaves with what they come to."""
        return ((leaf, leaf.settlement) for leaf in self.visit.leaves if leaf.settlement is not None)


def survey_conditions(
    rulebook: Rulebook, rule: Rule, conditions: Mapping[str, Condition], impossible: Conditions
) -> Iterator[Survey]:
    """
    Survey some conditions under one rule's period: which of them hold together?

    Each condition becomes a rule of its own; everything else in the rulebook is
    left out but `impossible`. Of the matters that none of this tells apart, one
    is surveyed.
    """
    kept: Conditions = {**impossible, **{("rules", name): each for name, each in conditions.items()}}
    empty: dict[str, object] = {"assign": {}, "flag": (), "overrides": (), "default": None, "joint": False}
    rules = {name: rule.model_copy(update={**empty, "id": name}) for name in conditions}
    little = replace(rulebook, rules=rules, obligations={}, recusals=(), conditions=kept)
    diagram = SurveyedDiagram(little, days=rulebook.days)
    # A set, and values in it, so that thousands of matters are told apart by a few look-ups each.
    choices = {test.accepts for each in kept.values() for test in tests(each) if test.fact == MATTER}
    sets = [choice.values for choice in choices if isinstance(choice, OneOf)]
    seen = set()
    for matter in rulebook.vocabulary.matters:
        signature = tuple(matter in values for values in sets)
        if signature not in seen:
            seen.add(signature)
            yield diagram.survey(matter)
