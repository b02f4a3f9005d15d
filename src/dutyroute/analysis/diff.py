"""What an edit changes: two diagrams walked side by side, told region by region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

from dutyroute.analysis.region import Bound, Cube, Stretch, meets
from dutyroute.decision import Ruling
from dutyroute.diagram import Diagram, Leaf, Node
from dutyroute.rules import Rulebook
from dutyroute.vocabulary import MATTER, Plain

__all__ = ["Change", "Held", "Region", "Sides", "diff"]

Held = tuple[str, str, tuple[str, ...], str | None]
"""Party, role, to whom, and within what time."""

Standing = Literal["ruled", "impossible", "absent"]


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """
    What an edit does to a decision.

    `gained` and `lost` list duties as (party, role, to, within); a duty whose
    `to` or `within` changes stands in both. `before` and `after` tell whether
    the incident is ruled on, impossible, or absent (the rulebook lacks the
    matter or value).
    """

    gained: tuple[Held, ...] = ()
    lost: tuple[Held, ...] = ()
    flags_gained: tuple[str, ...] = ()
    flags_lost: tuple[str, ...] = ()
    breaches_gained: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    breaches_lost: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    before: Standing = "ruled"
    after: Standing = "ruled"


@dataclass(frozen=True, slots=True)
class Region:
    """
    All incidents of some matters whose decision an edit changes in the same way.

    `where` bounds the facts that matter to it; facts without a bound may have
    any value. Regions are disjoint, and together hold every incident that
    changes. `witness` is one of them. `old_rules` and `new_rules` stand behind
    what is lost and what is gained.
    """

    matters: tuple[str, ...]
    where: Cube
    change: Change
    old_rules: tuple[str, ...]
    new_rules: tuple[str, ...]
    witness: Mapping[str, Plain]

    def holds(self, matter: str, facts: Mapping[str, Plain]) -> bool | None:
        """Tell whether an incident lies in the region; None where an unknown fact decides."""
        if matter not in self.matters:
            return False
        verdicts = {meets(bound, facts.get(fact)) for fact, bound in self.where}
        return False if False in verdicts else None if None in verdicts else True


def diff(old: Rulebook, new: Rulebook) -> tuple[Region, ...]:
    """
    Compare two rulebooks by the decisions that they lead to.

    Returns a complete partition of the incidents whose duties, flags or breaches
    differ: nothing outside the regions changes, and everything inside does. An
    edit of words, order or layout gives no region.
    """
    order = _common_order(old, new)
    sides = Sides(Diagram(old, order), Diagram(new, order))
    found: dict[tuple[Change, Cube], list[tuple[str, _Behind]]] = {}
    for matter in dict.fromkeys((*new.vocabulary.matters, *old.vocabulary.matters)):
        for change, cube, behind in sides.parts(matter):
            found.setdefault((change, cube), []).append((matter, behind))
    return tuple(_region(change, cube, where, sides) for (change, cube), where in found.items())


@dataclass(frozen=True, slots=True)
class _Behind:
    """The rules on both sides of a change, in one region."""

    old: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()

    def __or__(self, other: _Behind) -> _Behind:
        return _Behind(self.old | other.old, self.new | other.new)


Place = Node | Leaf | None
"""Where one side's walk is; None where its rulebook has no such matter or value."""

Part = tuple[Change, Cube, _Behind]


def _region(change: Change, cube: Cube, where: list[tuple[str, _Behind]], sides: Sides) -> Region:
    behind = reduce(_Behind.__or__, (b for _, b in where))
    matters = tuple(matter for matter, _ in where)
    witness = sides.witness(matters[0], change, cube)
    return Region(matters, cube, change, tuple(sorted(behind.old)), tuple(sorted(behind.new)), witness)


class Sides:
    """Two diagrams of the same fact order, walked side by side; pairs are visited once."""

    def __init__(self, old: Diagram, new: Diagram) -> None:
        self.old = old
        self.new = new
        self._done: dict[tuple[int, int], tuple[Part, ...]] = {}
        self._keep: list[Place] = []

    def parts(self, matter: str) -> tuple[Part, ...]:
        """Return where, and how, the decisions about a matter differ."""
        return self._parts(_root(self.old, matter), _root(self.new, matter))

    def first(self, matters: Iterable[str]) -> Region | None:
        """Return a region in which the decisions about some of the matters differ, if any."""
        for matter in sorted(matters):
            for change, cube, behind in self.parts(matter):
                return _region(change, cube, [(matter, behind)], self)
        return None

    def _parts(self, one: Place, other: Place) -> tuple[Part, ...]:
        if not isinstance(one, Node) and not isinstance(other, Node):
            change, behind = _compare(one, other)
            return () if change is None else ((change, (), behind),)
        key = id(one), id(other)
        if key not in self._done:
            self._keep += (one, other)  # INVARIANT: an id stands for one place as long as the walk lives
            self._done[key] = self._below(one, other)
        return self._done[key]

    def _below(self, one: Place, other: Place) -> tuple[Part, ...]:
        fact = self._first(one, other)
        grouped: dict[tuple[Part, ...], list[Stretch | Plain]] = {}
        for shown, value in self._classes(fact, one, other):
            parts = self._parts(_step(self.old, one, fact, value), _step(self.new, other, fact, value))
            grouped.setdefault(parts, []).append(shown)
        return _merged(fact, grouped)

    def _first(self, one: Place, other: Place) -> str:
        tested = [place.fact for place in (one, other) if isinstance(place, Node)]
        return min(tested, key=self.old.order.__getitem__)

    def _classes(self, fact: str, *places: Place) -> Iterator[tuple[Stretch | Plain, Plain]]:
        """Yield each class of values that either side tells apart, with one of its values."""
        nodes = [place for place in places if isinstance(place, Node) and place.fact == fact]
        if nodes[0].cuts is None:
            values = [v for d in (self.old, self.new) if fact in d.facts for v in d.domain(d.facts[fact])]
            yield from ((value, value) for value in dict.fromkeys(values))
            return
        values = sorted(
            {v for d in (self.old, self.new) for n in nodes if fact in d.facts for v in d.values(n)}
        )
        cuts: list[Any] = sorted({cut for node in nodes for cut in node.cuts or ()})
        yield from _stretches(values, cuts)

    def witness(self, matter: str, change: Change, cube: Cube) -> dict[str, Plain]:
        """Find an incident in a region, with every fact that its walk tests."""
        bounds = dict(cube)
        one, other = _root(self.old, matter), _root(self.new, matter)
        found: dict[str, Plain] = {MATTER: matter}
        while isinstance(one, Node) or isinstance(other, Node):
            fact = self._first(one, other)
            for _, value in self._classes(fact, one, other):
                if fact in bounds and not meets(bounds[fact], value):
                    continue
                ahead = _step(self.old, one, fact, value), _step(self.new, other, fact, value)
                if any(part[0] == change and _within(part[1], bounds) for part in self._parts(*ahead)):
                    one, other = ahead
                    found[fact] = value
                    break
        return found


def _within(cube: Cube, bounds: Mapping[str, Bound]) -> bool:
    """Tell whether what is left of a region's bounds agrees with the region."""
    return all(bounds.get(fact) == bound for fact, bound in cube)


def _merged(fact: str, grouped: Mapping[tuple[Part, ...], list[Any]]) -> tuple[Part, ...]:
    """Bound the fact by the classes that change alike; no bound where all do."""
    if len(grouped) == 1:
        return next(iter(grouped))
    found: dict[tuple[Change, Cube], tuple[list[Any], _Behind]] = {}
    for parts, classes in grouped.items():
        for change, cube, behind in parts:
            before, also = found.get((change, cube), ([], _Behind()))
            found[change, cube] = [*before, *classes], also | behind
    everything = sum(len(classes) for classes in grouped.values())
    return tuple(
        (change, cube if len(classes) == everything else ((fact, Bound.of(classes)), *cube), behind)
        for (change, cube), (classes, behind) in found.items()
    )


def _stretches(values: list[Any], cuts: list[Any]) -> Iterator[tuple[Stretch, Any]]:
    """Pair each value with the stretch between the cuts around it."""
    for value in values:
        low = max((cut for cut in cuts if cut <= value), default=None)
        high = min((cut for cut in cuts if cut > value), default=None)
        yield Stretch(low, high), value


def _root(diagram: Diagram, matter: str) -> Place:
    return diagram.root(matter) if matter in diagram.rulebook.vocabulary.matters else None


def _step(diagram: Diagram, place: Place, fact: str, value: Plain) -> Place:
    if not isinstance(place, Node) or place.fact != fact:
        return place
    if place.cuts is None and value not in diagram.domain(diagram.facts[fact]):
        return None
    return diagram.child(place, value)


def _compare(one: Place, other: Place) -> tuple[Change | None, _Behind]:
    """Tell what differs between two leaves, and the rules behind it."""
    before, after = _standing(one), _standing(other)
    if before == after and (before != "ruled" or _outcome(one) == _outcome(other)):
        return None, _Behind()
    was, now = _facets(one), _facets(other)
    change = Change(
        *_two_ways(was.duties, now.duties),
        *_two_ways(was.flags, now.flags),
        *_two_ways(was.breaches, now.breaches),
        before,
        after,
    )
    return change, _Behind(_rules(one, change.lost), _rules(other, change.gained))


@dataclass(frozen=True, slots=True)
class _Facets:
    """The duties, flags and breaches of one leaf, as sets."""

    duties: frozenset[Held] = frozenset()
    flags: frozenset[str] = frozenset()
    breaches: frozenset[tuple[str, str, tuple[str, ...]]] = frozenset()


def _facets(place: Place) -> _Facets:
    ruling = _ruling(place)
    if ruling is None:
        return _Facets()
    return _Facets(
        frozenset((d.party, d.role, d.to, d.within) for d in ruling.duties),
        frozenset(ruling.flags),
        frozenset((b.obligation, b.kind, b.holders) for b in ruling.breaches),
    )


def _two_ways(was: Iterable[Any], now: Iterable[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    before, after = set(was), set(now)
    return tuple(sorted(after - before, key=repr)), tuple(sorted(before - after, key=repr))


def _ruling(place: Place) -> Ruling | None:
    return place.settlement.ruling if isinstance(place, Leaf) and place.settlement else None


def _outcome(place: Place) -> object:
    return place.outcome if isinstance(place, Leaf) else None


def _standing(place: Place) -> Standing:
    if place is None:
        return "absent"
    return "ruled" if _ruling(place) is not None else "impossible"


def _rules(place: Place, duties: tuple[Held, ...]) -> frozenset[str]:
    ruling = _ruling(place)
    touched = {(party, role) for party, role, _, _ in duties}
    found = ruling.duties if ruling is not None else ()
    return frozenset(rule for d in found if (d.party, d.role) in touched for rule in d.rules)


def _common_order(old: Rulebook, new: Rulebook) -> dict[str, int]:
    """Rank the facts of both rulebooks as the new one's diagram would."""
    ranks = Diagram(new).order
    missing = sorted(set(old.vocabulary.facts) - set(ranks))
    return {**ranks, **{fact: len(ranks) + i for i, fact in enumerate(missing)}}
