"""
One role or flag at a time: as much of a rulebook as decides it, and no more.

The diagram of a whole rulebook may explode where the diagrams of its topics
stay small: who holds one role depends on few of the rules. Checks therefore
survey topic by topic, which is exact all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import cached_property

from dutyroute.analysis.checks.survey import Conditions, SurveyedDiagram, Topic
from dutyroute.rulebook.conditions import tests
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Rule
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["Exclusions", "Parts", "Topics"]

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
        return [(keys, facts, self._is_avoidable(keys)) for keys, facts in groups]

    def _is_avoidable(self, keys: list[Key]) -> bool:
        conditions = {key: self.rulebook.conditions[key] for key in keys}
        only_these = replace(self.rulebook.only_impossible(), conditions=conditions)
        diagram = SurveyedDiagram(only_these, None, self.whole)
        return all(diagram.survey(matter).visit.leaves for matter in self.rulebook.vocabulary.matters)


class Topics:
    """The roles and flags of a rulebook, and the part of it that decides each."""

    def __init__(self, rulebook: Rulebook, exclusions: Exclusions) -> None:
        self.rulebook = rulebook
        self.exclusions = exclusions
        rules = rulebook.rules.values()
        self._assigning = _by((role, rule) for rule in rules for role in rule.assign)
        self._flagging = _by((flag, rule) for rule in rules for flag in rule.flag)
        self._overriding = _by((other, rule) for rule in rules for other in rule.overrides)
        owed = {obligation.role for obligation in rulebook.obligations.values()}
        roles = [r for r in rulebook.vocabulary.roles if r in owed or r in self._assigning]
        flags = [flag for flag in rulebook.vocabulary.flags if flag in self._flagging]
        self.all: tuple[Topic, ...] = (
            *(Topic("roles", role) for role in roles),
            *(Topic("flags", flag) for flag in flags),
        )

    def part(self, topic: Topic) -> Rulebook:
        """Return the part of the rulebook that decides a topic."""
        names, roles = self._deciding(topic)
        obligations = {
            name: owed
            for name, owed in self.rulebook.obligations.items()
            if topic.kind == "roles" and owed.role == topic.name
        }
        keys: list[Key] = [
            *(("rules", name) for name in names),
            *(("obligations", name) for name in obligations),
        ]
        conditions = {key: self.rulebook.conditions[key] for key in keys}
        facts = {test.fact for condition in conditions.values() for test in tests(condition)}
        rules = {name: _narrowed(self.rulebook.rules[name], topic, roles) for name in names}
        narrowed = replace(self.rulebook, rules=rules)
        facts |= {barred.fact for name in names for barred in narrowed.barred(name)}
        facts.add(self.rulebook.header.date or "")
        return replace(
            narrowed,
            obligations=obligations,
            conditions={**conditions, **self.exclusions.about(facts)},
        )

    def _deciding(self, topic: Topic) -> tuple[list[str], set[str]]:
        """
        Gather the rules that decide a topic, and the roles of theirs that matter to it.

        They are the rules that give it, the rules that override these and,
        where one of these is a default, those that hold the role it waits for.
        """
        found: dict[str, None] = {}
        roles = {topic.name} if topic.kind == "roles" else set()
        waiting = list((self._assigning if roles else self._flagging).get(topic.name, ()))
        # A duty towards `lead` says another thing as soon as somebody else leads.
        if any(LEAD in a.to for rule in waiting for a in rule.assign.get(topic.name, ())):
            roles.add(LEAD)
            waiting += self._assigning.get(LEAD, ())
        while waiting:
            rule = waiting.pop()
            if rule.id in found:
                continue
            found[rule.id] = None
            waiting += self._overriding.get(rule.id, ())
            if rule.default is not None:
                roles.add(rule.default)
                waiting += self._assigning.get(rule.default, ())
        return sorted(found), roles


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
        self._kept = {topic: self._part(topic, topics.part(topic), whole) for topic in topics.all}
        return list(self._kept.values())

    def _part(self, topic: Topic, part: Rulebook, whole: SurveyedDiagram) -> SurveyedDiagram:
        earlier = self._kept.get(topic)
        # That the files moved does not count, so spans are not compared.
        names = ("vocabulary", "header", "recusals", "rules", "obligations", "conditions")
        if earlier and all(getattr(earlier.rulebook, name) == getattr(part, name) for name in names):
            earlier.whole = whole
            return earlier
        return SurveyedDiagram(part, topic, whole)


def _by(pairs: Iterable[tuple[str, Rule]]) -> dict[str, list[Rule]]:
    grouped: dict[str, list[Rule]] = {}
    for name, rule in pairs:
        grouped.setdefault(name, []).append(rule)
    return grouped


def _narrowed(rule: Rule, topic: Topic, roles: set[str]) -> Rule:
    """Leave out of a rule what has nothing to do with a topic."""
    assign = {role: given for role, given in rule.assign.items() if role in roles}
    is_raised = topic.kind == "flags" and topic.name in rule.flag
    return rule.model_copy(update={"assign": assign, "flag": (topic.name,) if is_raised else ()})
