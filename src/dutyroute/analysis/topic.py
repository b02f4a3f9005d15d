"""One role or flag at a time: as much of a rulebook as decides it, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from dutyroute.rules import LEAD, Rule, Rulebook

__all__ = ["Topic", "Topics"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A role that somebody may hold, or a flag that may be raised."""

    kind: Literal["roles", "flags"]
    name: str


class Topics:
    """
    A rulebook, taken apart by what a decision consists of.

    Who holds a role, and whether a flag is raised, hangs on few of the rules:
    those that say so, those that strike them out, and, where one of these is a
    fallback, those that hold the role that it waits for. Their diagram is small
    where the whole rulebook's would explode, and exact all the same.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
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
        shut_out = [("impossible", i) for i in range(len(self.rulebook.impossible))]
        keys = [*(("rules", n) for n in names), *(("obligations", n) for n in obligations), *shut_out]
        return replace(
            self.rulebook,
            rules={name: _narrowed(self.rulebook.rules[name], topic, roles) for name in names},
            obligations=obligations,
            conditions={key: self.rulebook.conditions[key] for key in keys},
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

    @cached_property
    def _assigning(self) -> dict[str, list[Rule]]:
        return _by((role, rule) for rule in self.rulebook.rules.values() for role in rule.assign)

    @cached_property
    def _flagging(self) -> dict[str, list[Rule]]:
        return _by((flag, rule) for rule in self.rulebook.rules.values() for flag in rule.flag)

    @cached_property
    def _overriding(self) -> dict[str, list[Rule]]:
        return _by((other, rule) for rule in self.rulebook.rules.values() for other in rule.overrides)


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
