"""
Every incident about a matter, leaf by leaf.

Checks are proofs: they visit each leaf of a matter's diagram once and keep the
way by which it was first reached, so that a finding has an incident to show.

The diagram of a whole rulebook may explode where the diagrams of its topics
stay small: who holds one role depends on few of the rules. Checks therefore
survey one role or flag at a time, which is exact all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import prod
from typing import Any, Literal

from dutyroute.analysis.deciding import GivingRules
from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.leaves import Visit, visit
from dutyroute.diagram.places import Leaf, Node
from dutyroute.diagram.resolution import Settlement
from dutyroute.rulebook.conditions import Between, Condition, OneOf, tests
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Rule
from dutyroute.rulebook.vocabulary import MATTER, Plain

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
        domain = self.rulebook.vocabulary.domain
        unknown = [(ends, domain(self.facts[f])) for f, ends in cuts.items() if f not in known]
        return 2 * prod(max(len(ends) + 1, len(values)) for ends, values in unknown) <= most

    def survey(self, matter: str, budget: int = _SMALL_BUDGET) -> Survey:
        """Visit every incident about a matter that the router would answer; done once, then kept."""
        # A kept diagram may come to belong to another whole, with other days: those are in the key.
        key = matter, budget, self.days
        if key not in self._surveys:
            found = visit(self, matter, budget=budget, values=self.options)
            self._surveys[key] = Survey(self, matter, found)
        return self._surveys[key]

    def options(self, node: Node) -> Iterator[Plain]:
        """Yield a value of each class of a node's fact, the default first, what must be said last."""
        fact = self.facts[node.fact]
        values = self.values(node)
        if node.fact == self.rulebook.header.date:
            # A stretch without a beginning is shown by its last day: 0001-01-01 would puzzle a reader.
            seasons = self.seasons(node.cuts or [])
            values = (last if first == date.min else first for first, last in seasons)
        last = self.rulebook.vocabulary.excluded(node.fact, {})
        rank = (
            (lambda value: value in last) if fact.default is None else (lambda value: value != fact.default)
        )
        yield from sorted(values, key=rank)

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
    empty: dict[str, object] = {
        **{"assign": {}, "flag": (), "overrides": (), "default": None, "beside": None, "vacated": None},
        **{"joint": False, "draft": False},
    }
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


Key = tuple[str, str | int]


class Exclusions:
    """
    The `impossible` of a rulebook, in groups that share no fact but the matter.

    A group does not restrict facts that it does not test, as long as on every
    matter some incident avoids it. So it can be left out of the diagrams of
    other facts.
    """

    def __init__(self, rulebook: Rulebook, whole: SurveyedDiagram) -> None:
        self.rulebook = rulebook
        self.whole = whole

    def about(self, facts: Collection[str]) -> Conditions:
        """Return the conditions that could make a difference where only some facts are known."""
        # Always in the same order, whatever the sets: an unchanged part is recognised by equality.
        keys = [
            key
            for group, tested, is_avoidable in self._groups
            if not (is_avoidable and tested.isdisjoint(facts))
            for key in group
        ]
        return {key: self.rulebook.conditions[key] for key in sorted(keys)}

    @cached_property
    def _groups(self) -> list[tuple[list[Key], set[str], bool]]:
        """The keys of each group, the facts that it tests, and whether some incident avoids it."""
        groups: list[tuple[list[Key], set[str]]] = []
        for key, condition in self.rulebook.only_impossible().conditions.items():
            keys, facts = [key], {test.fact for test in tests(condition)} - {MATTER}
            separate = [group for group in groups if group[1].isdisjoint(facts)]
            for group in (group for group in groups if group not in separate):
                keys, facts = [*group[0], *keys], group[1] | facts
            groups = [*separate, (keys, facts)]
        found = []
        for keys, facts in groups:
            conditions = {key: self.rulebook.conditions[key] for key in keys}
            only_these = replace(self.rulebook.only_impossible(), conditions=conditions)
            diagram = SurveyedDiagram(only_these, None, self.whole)
            matters = self.rulebook.vocabulary.matters
            found.append((keys, facts, all(diagram.survey(matter).visit.leaves for matter in matters)))
        return found


class Topics:
    """The roles and flags of a rulebook, and the part of it that decides each."""

    def __init__(self, rulebook: Rulebook, exclusions: Exclusions) -> None:
        self.rulebook = rulebook
        self.exclusions = exclusions
        self._rules = GivingRules(rulebook.deciding)
        owed = {obligation.role for obligation in rulebook.obligations.values()}
        roles = [r for r in rulebook.vocabulary.roles if r in owed or r in self._rules.assigning]
        flags = [flag for flag in rulebook.vocabulary.flags if flag in self._rules.flagging]
        self.all: tuple[Topic, ...] = (
            *(Topic("roles", role) for role in roles),
            *(Topic("flags", flag) for flag in flags),
        )

    def part(self, topic: Topic) -> Rulebook:
        """Return the part of the rulebook that decides a topic."""
        owed = self.rulebook.obligations if topic.kind == "roles" else {}
        obligations = {name: each for name, each in owed.items() if each.role == topic.name}
        awaited = {role for each in obligations.values() for role in each.awaited}
        topics = ([topic.name], []) if topic.kind == "roles" else ([], [topic.name])
        found, roles = self._rules.deciding(*topics, awaited)
        names = sorted(found)
        keys = [*(("rules", name) for name in names), *(("obligations", name) for name in obligations)]
        conditions: Conditions = {key: self.rulebook.conditions[key] for key in keys}
        facts = {test.fact for condition in conditions.values() for test in tests(condition)}
        # What these rules say besides has nothing to do with the topic, and is left out.
        rules = {}
        for name in names:
            rule = self.rulebook.rules[name]
            assign = {role: given for role, given in rule.assign.items() if role in roles}
            flag = tuple({topic.name}.intersection(rule.flag)) if topic.kind == "flags" else ()
            rules[name] = rule.model_copy(update={"assign": assign, "flag": flag})
        narrowed = replace(self.rulebook, rules=rules)
        facts |= {barred.fact for name in names for barred in narrowed.barred(name)}
        facts.add(self.rulebook.header.date or "")
        return replace(
            narrowed,
            obligations=obligations,
            conditions={**conditions, **self.exclusions.about(facts)},
        )


class Parts:
    """
    The diagrams of a rulebook's topics, kept from one check to the next.

    An edit touches few of the roles and flags; what decides the others is the
    same as before, and so are their diagrams and surveys.
    """

    def __init__(self) -> None:
        self._kept: dict[Topic, SurveyedDiagram] = {}

    def of(self, topics: Topics, whole: SurveyedDiagram) -> list[SurveyedDiagram]:
        """Return the diagram of each topic, an earlier one where nothing about it changed."""
        before, self._kept = self._kept, {}
        # That the files moved does not count, so spans are not compared.
        names = ("vocabulary", "header", "recusals", "rules", "obligations", "conditions")
        for topic in topics.all:
            part, kept = topics.part(topic), before.get(topic)
            if kept and all(getattr(kept.rulebook, name) == getattr(part, name) for name in names):
                kept.whole = whole
            else:
                kept = SurveyedDiagram(part, topic, whole)
            self._kept[topic] = kept
        return list(self._kept.values())
