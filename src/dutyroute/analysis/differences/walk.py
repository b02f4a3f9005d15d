"""Two diagrams walked side by side: where, and how, their answers differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from dutyroute.analysis.differences.difference import Behind, Difference, Side, compare
from dutyroute.analysis.differences.domain import Domain, Domains
from dutyroute.analysis.differences.region import UNSAID, Bound, Cube, Value
from dutyroute.analysis.differences.traced import Traced
from dutyroute.diagram.diagram import Leaf, Node

__all__ = ["BUDGET", "Part", "Sides", "TooLarge"]

BUDGET = 100_000
"""How many steps the comparison of one matter may take before it is given up as not proven."""

Places = tuple[Node | Leaf, ...]
"""Where one side's walk is: several places where a fact is open, none where it cannot be asked."""


class TooLarge(Exception):
    """The decisions about a matter are too many, or too unlike, to be compared."""


@dataclass(frozen=True, slots=True)
class Part:
    """Incidents whose decision differs in one way; `witness` gives the facts of one."""

    change: Difference
    cube: Cube
    behind: Behind
    witness: tuple[tuple[str, Value], ...] = ()


Parts = tuple[Part, ...] | None
"""What differs below a pair of places; None where neither side has an answer to anything."""


class Sides:
    """
    Two diagrams of the same fact order, walked side by side.

    Each pair of places is visited once, and where the same is left on both
    sides nothing is visited at all.
    """

    def __init__(
        self, old: Traced, new: Traced, domains: Domains, budget: int = BUDGET, *, grounded: bool
    ) -> None:
        self.old = old
        self.new = new
        self.domains = domains
        self.budget = budget
        self.grounded = grounded
        self._order = {**new.order, **old.order}
        self._spent = 0
        self._done: dict[tuple[tuple[int, ...], tuple[int, ...]], Parts] = {}

    def parts(self, matter: str) -> tuple[Part, ...]:
        """
        Return where, and how, the decisions about a matter differ.

        Raises:
            TooLarge: if the budget does not suffice, or a fact has changed its type.
        """
        self._spent = 0
        return self._parts(_root(self.old, matter), _root(self.new, matter)) or ()

    def _parts(self, one: Places, other: Places) -> Parts:
        key = tuple(map(id, one)), tuple(map(id, other))  # diagrams keep what they build, so ids last
        if key not in self._done:
            self._done[key] = self._compared(one, other)
            self._spend(1 + len(self._done[key] or ()))
        return self._done[key]

    def _spend(self, steps: int) -> None:
        self._spent += steps
        if self._spent > self.budget:
            raise TooLarge

    def _compared(self, one: Places, other: Places) -> Parts:
        tested = {place.fact for place in chain(one, other) if isinstance(place, Node)}
        if not tested:
            return self._at_leaves(one, other)
        if self._is_same(one, other):
            return ()
        return self._below(min(tested, key=self._order.__getitem__), one, other)

    def _at_leaves(self, one: Places, other: Places) -> Parts:
        compared = compare(_side(self.old, one), _side(self.new, other), grounded=self.grounded)
        if compared is None:
            return None
        change, behind = compared
        return () if change is None else (Part(change, (), behind),)

    def _is_same(self, one: Places, other: Places) -> bool:
        """Tell whether the same is left on both sides, so that nothing below can differ."""
        if len(one) != 1 or len(other) != 1:
            return False
        (was,), (now,) = one, other
        if not isinstance(was, Node) or not isinstance(now, Node) or was.fact != now.fact:
            return False
        if self.domains.unsaid and not self.domains.unsaid.isdisjoint(self.old.tested(was)):
            return False
        return self.old.left(was) == self.new.left(now)

    def _below(self, fact: str, one: Places, other: Places) -> Parts:
        found: dict[tuple[Difference, Cube], _Gathered] = {}
        classes = 0
        for shown, value in self._classes(fact, one, other):
            parts = self._parts(
                self._step(self.old, one, fact, value), self._step(self.new, other, fact, value)
            )
            if parts is None:
                continue
            classes += 1
            for part in parts:
                found.setdefault((part.change, part.cube), _Gathered(part, value)).add(shown, part.behind)
        if not classes:
            return None
        return tuple(gathered.part(fact, classes) for gathered in found.values())

    def _classes(self, fact: str, one: Places, other: Places) -> Iterator[tuple[Any, Value]]:
        if fact in self.domains.clashing:
            raise TooLarge
        nodes = [place for place in chain(one, other) if isinstance(place, Node) and place.fact == fact]
        cuts = sorted({cut for node in nodes for cut in node.cuts or ()})
        yield from self._domain(fact, one, other).classes(cuts)

    def _domain(self, fact: str, one: Places, other: Places) -> Domain:
        """Tell what the fact can be: what both sides know, or the only one that is asked."""
        asked = self.domains.both if one and other else self.domains.old if one else self.domains.new
        return asked[fact]

    def _step(self, diagram: Traced, places: Places, fact: str, value: Value) -> Places:
        followed = dict.fromkeys(
            after
            for place in places
            for after in (
                self._after(diagram, place, value)
                if isinstance(place, Node) and place.fact == fact
                else (place,)
            )
        )
        return tuple(followed)

    def _after(self, diagram: Traced, node: Node, value: Value) -> Sequence[Node | Leaf]:
        """Follow a value; where the fact is not given its default, failing that every value."""
        if value is not UNSAID:
            return (diagram.child(node, value),)
        default = diagram.facts[node.fact].default
        if default is not None:
            return (diagram.child(node, default),)
        return [child for _, child in diagram.classes(node)]


class _Gathered:
    """The classes of one fact below which the same differs."""

    def __init__(self, part: Part, value: Value) -> None:
        self.first = part
        self.value = value
        self.classes: list[Any] = []
        self.behind = Behind()

    def add(self, shown: Any, behind: Behind) -> None:
        self.classes.append(shown)
        self.behind |= behind

    def part(self, fact: str, everything: int) -> Part:
        """Bound the fact by the classes; no bound where they are all there are."""
        cube = self.first.cube
        if len(self.classes) < everything:
            cube = ((fact, Bound.of(self.classes)), *cube)
        return Part(self.first.change, cube, self.behind, ((fact, self.value), *self.first.witness))


def _root(diagram: Traced, matter: str) -> Places:
    return (diagram.root(matter),) if matter in diagram.rulebook.vocabulary.matters else ()


def _side(diagram: Traced, places: Places) -> Side:
    return Side(tuple(place for place in places if isinstance(place, Leaf)), diagram.rulebook.rules)
