"""Everything that a rulebook's diagram leads to: leaves, and incidents that reach them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dutyroute.diagram.diagram import Diagram, Leaf, Node
from dutyroute.rulebook.vocabulary import MATTER, Plain

__all__ = ["Ground", "survey"]

BUDGET = 50_000
"""How many places of one matter's diagram are visited when its leaves are counted."""


@dataclass(frozen=True)
class Ground:
    """
    The leaves of a diagram, by identity, each with the shortest incident found.

    `counting` gives for each rule that counts somewhere such an incident;
    `uncounted` names the matters whose diagram is too large to visit.
    """

    leaves: dict[int, dict[str, Plain]]
    counting: dict[str, dict[str, Plain]]
    uncounted: tuple[str, ...]


def survey(diagram: Diagram) -> Ground:
    """Visit every leaf of every matter."""
    leaves: dict[int, dict[str, Plain]] = {}
    counting: dict[str, dict[str, Plain]] = {}
    uncounted: list[str] = []
    for matter in diagram.rulebook.vocabulary.matters:
        for leaf, facts in _leaves(diagram, matter):
            if leaf is None:
                uncounted.append(matter)
                continue
            leaves[id(leaf)] = facts
            for rule in counting_in(leaf):
                if rule not in counting or len(facts) < len(counting[rule]):
                    counting[rule] = facts
    return Ground(leaves, counting, tuple(uncounted))


def _leaves(diagram: Diagram, matter: str) -> Iterator[tuple[Leaf | None, dict[str, Plain]]]:
    """Yield the possible leaves of a matter, fewest facts first; None where they are too many."""
    waiting: list[tuple[Node | Leaf, dict[str, Plain]]] = [(diagram.root(matter), {MATTER: matter})]
    seen: set[int] = set()
    for place, facts in waiting:
        if id(place) in seen:
            continue
        seen.add(id(place))
        if len(seen) > BUDGET:
            yield None, {}
            return
        if isinstance(place, Node):
            waiting += ((child, {**facts, place.fact: values[0]}) for values, child in diagram.classes(place))
        elif place.settlement is not None:
            yield place, facts


def counting_in(leaf: Leaf) -> Iterator[str]:
    """Yield the rules that count at a leaf."""
    settled = leaf.settlement
    for rule in settled.matched if settled else ():
        if settled and rule not in settled.struck and rule not in settled.idle:
            yield rule
