"""
Two diagrams walked side by side: where, and how, their answers differ.

Both diagrams are compiled with one order of facts. The walk goes through pairs
of places, one of each diagram, and follows every class of values that either of
them tells apart (their product). Where both have come to a leaf the answers are
compared. On the way back, the classes below which the same differs become one
bound on the fact; a fact whose every class shows the same difference needs no
bound. So the walk finds areas that are disjoint and complete: together they hold
each incident that is decided differently, and no other.

Two things keep the product small. A pair is walked once, however many ways lead
to it. And where the same conditions of the same rules are left on both sides,
nothing below can differ, so that nothing below is built.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from dutyroute.analysis.differences.difference import CausingRules, Difference, compare
from dutyroute.analysis.differences.region import UNSAID, Bound, Cube, Domains, Stretch, Value
from dutyroute.analysis.differences.slice import obligation_content, rule_content
from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.items import Item
from dutyroute.diagram.places import Leaf, Node
from dutyroute.rulebook.conditions import Condition
from dutyroute.rulebook.rulebook import Rulebook

BUDGET = 100_000
"""How many steps the comparison of one matter may take before it is given up as not proven."""

Places = tuple[Node | Leaf, ...]
"""Where one side's walk is: several places where a fact is open, none where it cannot be asked."""


class TooLarge(Exception):
    """The decisions about a matter are too many, or too unlike, to be compared."""


@dataclass(frozen=True, slots=True)
class Area:
    """Incidents whose decision differs in one way; `witness` gives the facts of one."""

    change: Difference
    cube: Cube
    rules: CausingRules
    witness: tuple[tuple[str, Value], ...] = ()
    matters: tuple[str, ...] = ()


Areas = tuple[Area, ...] | None
"""What differs below a pair of places; None where neither side has an answer to anything."""


class ProductWalk:
    """
    The walk over two diagrams of the same fact order.

    `grounded` tells whether a duty that rests on other words, and is otherwise
    the same, is a difference.
    """

    def __init__(
        self, old: Rulebook, new: Rulebook, domains: Domains, budget: int = BUDGET, *, grounded: bool
    ) -> None:
        # Facts that only the old rulebook has are tested last, so that shared ones stay in step.
        self.new: _ComparableDiagram = _ComparableDiagram(new, None, grounded=grounded)
        only_old = sorted(old.vocabulary.facts.keys() - self.new.order)
        ranks = {fact: len(self.new.order) + i for i, fact in enumerate(only_old)}
        self._order = {**self.new.order, **ranks}
        self.old: _ComparableDiagram = _ComparableDiagram(old, self._order, grounded=grounded)
        self.domains = domains
        self.budget = budget
        self.grounded = grounded
        self._spent = 0
        self._done: dict[tuple[Places, Places], Areas] = {}

    def areas(self, old: str | None, new: str | None) -> tuple[Area, ...]:
        """
        Return where, and how, decisions about a matter of the new rulebook differ from those of the old.

        None stands for a matter that there is not.

        Raises:
            TooLarge: if the budget does not suffice, or a fact has changed its type.
        """
        # The budget is for each matter: what one matter spends leaves the others provable.
        self._spent = 0
        before, after = (
            () if matter is None else (side.root(matter),)
            for side, matter in ((self.old, old), (self.new, new))
        )
        return self._areas(before, after) or ()

    def _areas(self, one: Places, other: Places) -> Areas:
        # INVARIANT: a diagram keeps its places and compares them by identity, so a pair is a key.
        key = one, other
        if key not in self._done:
            self._done[key] = self._compared(one, other)
            # Areas count too: an answer of thousands of areas is as useless as one never found.
            self._spent += 1 + len(self._done[key] or ())
            if self._spent > self.budget:
                raise TooLarge
        return self._done[key]

    def _compared(self, one: Places, other: Places) -> Areas:
        tested = {place.fact for place in chain(one, other) if isinstance(place, Node)}
        if not tested:
            sides = [
                (tuple(place for place in places if isinstance(place, Leaf)), diagram.rulebook.rules)
                for places, diagram in ((one, self.old), (other, self.new))
            ]
            compared = compare(sides[0], sides[1], grounded=self.grounded)
            if compared is None:
                return None
            change, rules = compared
            return () if change is None else (Area(change, (), rules),)
        if self._is_same(one, other):
            return ()
        return self._below(min(tested, key=self._order.__getitem__), one, other)

    def _is_same(self, one: Places, other: Places) -> bool:
        """Tell whether the same is left on both sides, so that nothing below can differ."""
        if len(one) != 1 or len(other) != 1:
            return False
        (was,), (now,) = one, other
        if not isinstance(was, Node) or not isinstance(now, Node) or was.fact != now.fact:
            return False
        # The same rules answer otherwise where a fact is not mentioned and its default was edited.
        below = (test.fact for test in self.old.remaining_tests(was))
        if self.domains.unsaid and not self.domains.unsaid.isdisjoint(below):
            return False
        return self.old.left(was) == self.new.left(now)

    def _below(self, fact: str, one: Places, other: Places) -> Areas:
        """Compare below each class of a fact; put together the classes that show the same."""
        if fact in self.domains.clashing:
            raise TooLarge  # a number and a text have no class of values in common
        nodes = [place for place in chain(one, other) if isinstance(place, Node) and place.fact == fact]
        cuts = sorted({cut for node in nodes for cut in node.cuts or ()})
        # Where only one side can still be asked, all its own values count.
        asked = self.domains.both if one and other else self.domains.old if one else self.domains.new
        found: dict[tuple[Difference, Cube], tuple[Area, list[Stretch | Value]]] = {}
        # Classes without an answer on either side (impossible, or no rule in force) are
        # neutral: they neither need a bound nor prevent that a bound is left out.
        answered = 0
        for shown, value in asked[fact].classes(cuts):
            areas = self._areas(_step(self.old, one, fact, value), _step(self.new, other, fact, value))
            answered += areas is not None
            for area in areas or ():
                key = area.change, area.cube
                if key in found:
                    first, classes = found[key]
                    found[key] = replace(first, rules=first.rules | area.rules), [*classes, shown]
                else:
                    found[key] = replace(area, witness=((fact, value), *area.witness)), [shown]
        if not answered:
            return None
        return tuple(
            area if len(classes) == answered else replace(area, cube=((fact, Bound.of(classes)), *area.cube))
            for area, classes in found.values()
        )


def _step(diagram: Diagram, places: Places, fact: str, value: Value) -> Places:
    """
    Follow a value of a fact from the places that test it.

    A fact that is not mentioned has its default; without one it is open, and
    every class is followed.
    """
    after: dict[Node | Leaf, None] = {}
    for place in places:
        if not isinstance(place, Node) or place.fact != fact:
            after[place] = None
            continue
        known = diagram.facts[fact].default if value is UNSAID else value
        if known is not None:
            after[diagram.child(place, known)] = None
        else:
            # Of a fact that is not given, some values may be left out.
            excluded = diagram.rulebook.vocabulary.excluded(fact, {}) if value is UNSAID else ()
            kept = (each for each in diagram.values(place) if each not in excluded)
            after.update(dict.fromkeys(diagram.child(place, each) for each in kept))
    return tuple(after)


Left = frozenset[tuple[Hashable, Condition]]
"""Each item that is still possible, by what it says, with what is left of its condition."""


class _ComparableDiagram(Diagram):
    """A diagram that can tell what is left at a node, whatever rulebook it is compiled from."""

    def __init__(self, rulebook: Rulebook, order: Mapping[str, int] | None, *, grounded: bool) -> None:
        super().__init__(rulebook, order)
        self.grounded = grounded
        self._contents: dict[Item, Hashable] = {}

    def left(self, node: Node) -> Left:
        """Return what is still possible at a node."""
        # By content, not by position: the two rulebooks number their rules independently.
        return frozenset((self._content(item), rest) for item, rest in self.remaining(node))

    def _content(self, item: Item) -> Hashable:
        """Return what an item says besides its condition; equal for items that do the same."""
        if item not in self._contents:
            kind, name = item
            found: Hashable = kind
            if kind == "rules":
                found = kind, name, rule_content(self.rulebook.rules[name], grounded=self.grounded)
            elif kind == "obligations":
                found = kind, name, obligation_content(self.rulebook.obligations[name])
            elif kind == "guard":
                rule, party, recusal = name
                found = kind, rule, party, frozenset(self.rulebook.recusals[recusal].roles)
            self._contents[item] = found
        return self._contents[item]
