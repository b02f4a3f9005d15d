"""One role or flag at a time: as much of a rulebook as decides it, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from dutyroute.analysis.checks.impossible import Exclusions, facts_of
from dutyroute.analysis.checks.survey import Surveyed, Topic
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Rule

__all__ = ["Parts", "Topics"]


class Topics:
    """
    A rulebook, taken apart by what a decision consists of.

    Who holds a role, and whether a flag is raised, hangs on few of the rules:
    those that say so, those that strike them out, and, where one of these is a
    fallback, those that hold the role that it waits for. Their diagram is small
    where the whole rulebook's would explode, and exact all the same.
    """

    def __init__(self, rulebook: Rulebook, exclusions: Exclusions) -> None:
        self.rulebook = rulebook
        self.exclusions = exclusions
        owed = {obligation.role for obligation in rulebook.obligations.values()}
        roles = [r for r in rulebook.vocabulary.roles if r in owed or r in self._assigning]
        flags = [flag for flag in rulebook.vocabulary.flags if flag in self._flagging]
        self.all = (*(Topic("roles", role) for role in roles), *(Topic("flags", flag) for flag in flags))

    def part(self, topic: Topic) -> Rulebook:
        """Return the part of the rulebook that decides a topic."""
        names, roles = self._closure(topic)
        obligations = {
            name: owed
            for name, owed in self.rulebook.obligations.items()
            if topic.kind == "roles" and owed.role == topic.name
        }
        keys: list[tuple[str, str | int]] = [
            *(("rules", name) for name in names),
            *(("obligations", name) for name in obligations),
        ]
        conditions = {key: self.rulebook.conditions[key] for key in keys}
        facts = {fact for condition in conditions.values() for fact in facts_of(condition)}
        rules = {name: _narrowed(self.rulebook.rules[name], topic, roles) for name in names}
        facts |= {self.rulebook.header.date or "", *self._guarding(rules)}
        return replace(
            self.rulebook,
            rules=rules,
            obligations=obligations,
            conditions={**conditions, **self.exclusions.about(facts)},
        )

    def _closure(self, topic: Topic) -> tuple[list[str], set[str]]:
        """Gather the rules that decide a topic, and the roles of theirs that matter to it."""
        found: dict[str, None] = {}
        roles = {topic.name} if topic.kind == "roles" else set()
        waiting = list((self._assigning if roles else self._flagging).get(topic.name, ()))
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

    def _guarding(self, rules: Mapping[str, Rule]) -> Iterator[str]:
        """Yield the facts by which recusal may bar a holder."""
        for recusal in self.rulebook.recusals:
            values = {value.id for value in self.rulebook.vocabulary.facts[recusal.fact].values}
            given = (duty for rule in rules.values() for duty in rule.duties())
            if any(role in recusal.roles and party in values for party, role, _ in given):
                yield recusal.fact

    @cached_property
    def _assigning(self) -> dict[str, list[Rule]]:
        return _by((role, rule) for rule in self.rulebook.rules.values() for role in rule.assign)

    @cached_property
    def _flagging(self) -> dict[str, list[Rule]]:
        return _by((flag, rule) for rule in self.rulebook.rules.values() for flag in rule.flag)

    @cached_property
    def _overriding(self) -> dict[str, list[Rule]]:
        return _by((other, rule) for rule in self.rulebook.rules.values() for other in rule.overrides)


class Parts:
    """
    The diagrams of a rulebook's topics, kept from one check to the next.

    An edit touches few of the roles and flags; what decides the others is the
    same as before, and so is all that was built and looked at of it.
    """

    def __init__(self) -> None:
        self._kept: dict[Topic, Surveyed] = {}

    def of(self, topics: Topics, whole: Surveyed) -> list[Surveyed]:
        """Return the diagram of each topic, an earlier one where nothing about it changed."""
        self._kept = {topic: self._part(topic, topics.part(topic), whole) for topic in topics.all}
        return list(self._kept.values())

    def _part(self, topic: Topic, part: Rulebook, whole: Surveyed) -> Surveyed:
        earlier = self._kept.get(topic)
        if earlier is None or not _is_same(earlier.rulebook, part):
            return Surveyed(part, topic, whole)
        earlier.whole = whole
        return earlier


def _is_same(earlier: Rulebook, part: Rulebook) -> bool:
    """Tell whether two parts decide alike; that the files moved does not count."""
    names = ("vocabulary", "header", "recusals", "rules", "obligations", "conditions")
    return all(getattr(earlier, name) == getattr(part, name) for name in names)


def _by(pairs: Iterable[tuple[str, Rule]]) -> dict[str, list[Rule]]:
    grouped: dict[str, list[Rule]] = {}
    for name, rule in pairs:
        grouped.setdefault(name, []).append(rule)
    return grouped


def _narrowed(rule: Rule, topic: Topic, roles: set[str]) -> Rule:
    """Leave out of a rule what has nothing to do with a topic."""
    assign = {role: given for role, given in rule.assign.items() if role in roles}
    flag = tuple(_only(rule.flag, topic.name)) if topic.kind == "flags" else ()
    return rule.model_copy(update={"assign": assign, "flag": flag})


def _only(names: Iterable[str], wanted: str) -> Iterator[str]:
    return (name for name in dict.fromkeys(names) if name == wanted)
