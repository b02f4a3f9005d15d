"""Places of a diagram: where a fact is tested, where a walk ends."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from dutyroute.diagram.resolution import Guard, Settlement
from dutyroute.diagram.ruling import Ruling

State = tuple[int, ...]
"""
The items that are still possible, each with what is left of its condition.

Each pair of an item and a rest has a number, given once: states are compared and
hashed at every new node, and a condition may be large.
"""

UNSAID = ""
"""Stands for the value of a fact that an incident does not give."""

NONE: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Leaf:
    """
    All incidents that no rule can tell apart, and what the rules say of them.

    `settlement` is None where the incidents are impossible; `impossible` then
    names the condition, by its index in the rulebook, that they contradict.
    `ruling` is the settlement's, at hand for the router. `guards` and `owed` are
    what was settled besides the matching rules, so that a leaf can be settled
    again without one of these. Leaves are disjoint and together cover the domain.
    """

    fact: ClassVar[None] = None

    settlement: Settlement | None
    impossible: int | None = None
    guards: Collection[Guard] = ()
    owed: Collection[str] = ()
    ruling: Ruling | None = field(init=False)
    outcome: Hashable = field(init=False)

    def __post_init__(self) -> None:
        self.ruling = self.settlement.ruling if self.settlement else None
        self.outcome = self.settlement.outcome if self.settlement else None


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """
    A test of one fact; its edges are the classes of values that rules tell apart.

    `edges` maps a value (enumerations, yes-no) or the index of a stretch between
    `cuts` (numbers, dates) to what follows, and None (the fact is said to be unknown)
    and `UNSAID` to the same items with the fact put off: `later` are the facts that
    were, `unsaid` those of them that lack the values they have only if they are said.
    Edges are built when first walked. `seen` maps single values to what follows them,
    so that a walk needs one lookup and no bisection; where edges go by value it is the
    edges themselves.
    """

    matter: str
    fact: str
    cuts: list[Any] | None
    state: State
    later: frozenset[str] = NONE
    unsaid: frozenset[str] = NONE
    edges: dict[Any, Place] = field(default_factory=dict)
    seen: dict[Any, Place] = field(init=False)

    def __post_init__(self) -> None:
        self.seen = self.edges if self.cuts is None else {}


@dataclass(slots=True, eq=False, repr=False)
class Remainder:
    """
    What is left where every fact that is known has been walked by.

    `root` is the diagram below, over unknown facts only; `unsaid` are those that lack
    the values that they have only if they are said. `ruling` is what holds over all of
    it, worked out when first asked for. There is none where all of it is impossible,
    or too much to be looked at.
    """

    fact: ClassVar[None] = None

    root: Below
    unsaid: frozenset[str]
    ruling: Ruling | None = None
    impossible: int | None = None
    is_too_open: bool = False


Below = Node | Leaf
Place = Below | Remainder
