"""A diagram whose nodes tell what is still possible there, for comparing with another."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from functools import cached_property
from typing import Any

from dutyroute.diagram.diagram import Diagram, Node
from dutyroute.diagram.items import Item
from dutyroute.rulebook.conditions import Condition
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["Traced"]

Left = frozenset[tuple[Hashable, Condition]]
"""Each item that is still possible, by what it says, with what is left of its condition."""


class Traced(Diagram):
    """
    A diagram that says what is left at each node.

    Two nodes of two rulebooks at which the same is left lead to the same
    answers, so that nothing below them need be built, let alone compared. Where
    it is `grounded`, a rule also says what it rests on.
    """

    def __init__(
        self, rulebook: Rulebook, order: Mapping[str, int] | None = None, *, grounded: bool = False
    ) -> None:
        super().__init__(rulebook, order)
        self.grounded = grounded

    def left(self, node: Node) -> Left:
        """Return what is still possible at a node."""
        return frozenset((self._said[item], rest) for item, rest in self.remaining(node))

    def tested(self, node: Node) -> Iterator[str]:
        """Yield the facts that something below a node tests."""
        return (test.fact for test in self.remaining_tests(node))

    @cached_property
    def _said(self) -> dict[Item, Hashable]:
        """What each item says besides its condition; equal for items that do the same."""
        return {
            (kind, name): (_content(self.rulebook, kind, name), self._grounds(kind, name))
            for kind, name in self.items
        }

    def _grounds(self, kind: str, name: Any) -> Hashable:
        rule = self.rulebook.rules[name] if kind == "rules" and self.grounded else None
        return rule and (rule.basis, frozenset(rule.cite))


def _content(rulebook: Rulebook, kind: str, name: Any) -> Hashable:
    if kind == "rules":
        rule = rulebook.rules[name]
        duties = frozenset((p, role, a.to, a.within) for p, role, a in rule.duties())
        return kind, name, duties, rule.default, frozenset(rule.overrides), frozenset(rule.flag), rule.joint
    if kind == "obligations":
        owed = rulebook.obligations[name]
        return kind, name, owed.role, owed.holders.least, owed.holders.most
    if kind == "guard":
        rule_id, party, recusal = name
        return kind, rule_id, party, frozenset(rulebook.recusals[recusal].roles)
    return kind


def shared_order(new: Mapping[str, int], facts: Mapping[str, Any]) -> dict[str, int]:
    """Rank the facts of two rulebooks: as the new one does, then those that it lacks."""
    missing = sorted(set(facts) - set(new))
    return {**new, **{fact: len(new) + i for i, fact in enumerate(missing)}}
