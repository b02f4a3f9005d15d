"""Whether the outcome at a leaf would be the same without a rule."""

from __future__ import annotations

from collections.abc import Iterable

from dutyroute.analysis.checks.survey import Surveyed
from dutyroute.diagram.diagram import Leaf
from dutyroute.diagram.ruling import Duty, shortest
from dutyroute.rulebook.rules import LEAD, Assignment, Rule

__all__ = ["needed_at", "stand_ins"]

Pair = tuple[str, str]
"""A party and a role."""


def needed_at(diagram: Surveyed, matter: str, leaf: Leaf, rules: Iterable[str]) -> set[str]:
    """
    Name those of some matching rules without which the outcome would be another.

    Most rules are told at a glance: one that alone gives a duty is needed, one
    whose every word others say too is not. Only the rest is settled again.
    """
    glance = _Glance(diagram, leaf)
    needed = set()
    for name in rules:
        verdict = glance.verdict(name)
        if verdict is None:
            verdict = diagram.view(diagram.without(matter, leaf, name)) != glance.view
        if verdict:
            needed.add(name)
    return needed


def stand_ins(diagram: Surveyed, matter: str, leaf: Leaf, rule: str) -> list[str]:
    """Name the rules that would give, without a rule, the duties and flags that it gives."""
    own, rules, topic = diagram.rulebook.rules[rule], diagram.rulebook.rules, diagram.topic
    pairs = {(party, role) for party, role, _ in own.duties() if topic is None or role == topic.name}
    left = diagram.without(matter, leaf, rule)
    giving = {r for d in left.ruling.duties if (d.party, d.role) in pairs for r in d.rules}
    counting = set(left.matched) - left.struck.keys() - set(left.idle)
    return sorted(giving | {r for r in counting if not set(own.flag).isdisjoint(rules[r].flag)})


class _Glance:
    """What can be told of rules at one leaf without settling it again."""

    def __init__(self, diagram: Surveyed, leaf: Leaf) -> None:
        assert leaf.settlement is not None, "only possible leaves are looked at"
        self.rules = diagram.rulebook.rules
        self.settlement = leaf.settlement
        self.idle = [self.rules[name] for name in leaf.settlement.idle]
        self.view = diagram.view(leaf.settlement)
        self.topic = diagram.topic
        self.told = (self.topic.name, LEAD) if self.topic else tuple(diagram.rulebook.vocabulary.roles)
        self.spare = {(party, role) for rule in self.idle for party, role, _ in rule.duties()}
        self.duties = {(d.party, d.role): d for d in leaf.settlement.ruling.duties}
        self.sole = {d.rules[0]: pair for pair, d in self._alone() if pair not in self.spare}

    def _alone(self) -> Iterable[tuple[Pair, Duty]]:
        """List the duties that one rule alone gives, and that are to be told."""
        role = self.topic.name if self.topic else None
        return ((p, d) for p, d in self.duties.items() if len(d.rules) == 1 and role in (None, d.role))

    def verdict(self, name: str) -> bool | None:
        """Tell whether a rule is needed here; None where only settling again tells."""
        rule, struck = self.rules[name], self.settlement.struck
        if name in struck:
            return False  # a struck rule strikes nothing and gives nothing
        if any(other in struck for other in rule.overrides):
            return None
        if name in self.settlement.idle:
            return False
        if name in self.sole:
            return True
        return None if rule.joint or rule.flag or self._calls_in(rule) or not self._is_said(rule) else False

    def _calls_in(self, rule: Rule) -> bool:
        """Tell whether a fallback might count if a rule did not hold its role."""
        waiting = {idle.default for idle in self.idle}
        return rule.default is None and any(role in waiting for role in rule.assign)

    def _is_said(self, rule: Rule) -> bool:
        """Tell whether others give every duty of a rule, to the same and as soon."""
        return all(
            self._covers(rule, duty, assignment)
            for party, role, assignment in rule.duties()
            if role in self.told
            if (duty := self.duties.get((party, role))) is not None and rule.id in duty.rules
        )

    def _covers(self, rule: Rule, duty: Duty, assignment: Assignment) -> bool:
        others = [
            a
            for name in duty.rules
            if name != rule.id
            for party, role, a in self.rules[name].duties()
            if (party, role) == (duty.party, duty.role)
        ]
        told = {party for other in others for party in other.to}
        limits = [other.within for other in others]
        in_time = shortest((*limits, assignment.within)) == shortest(limits)
        return bool(others) and told.issuperset(assignment.to) and in_time
