"""Incidents that only one of two rulebooks can be asked about, by a value of a fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dutyroute.analysis.change import Behind, Change, Standing
from dutyroute.analysis.domain import Domain, Domains
from dutyroute.analysis.merge import Area
from dutyroute.analysis.region import Bound, Cube, Stretch, Unsaid
from dutyroute.diagram import Diagram, Leaf, Node
from dutyroute.rules import Rulebook
from dutyroute.vocabulary import MATTER, Plain

__all__ = ["bare", "unshared"]

Witness = tuple[tuple[str, Plain], ...]


def unshared(old: Rulebook, new: Rulebook, domains: Domains, matters: Sequence[str]) -> Iterator[Area]:
    """
    Yield an area for the values, or days, of each fact that only one rulebook has.

    The areas are disjoint: each keeps clear of the values that an earlier one is
    about. What the rulebook that has the value holds to be impossible is left out.
    """
    dated = {old.header.date, new.header.date}
    others: Cube = ()
    for fact, lost, gained in domains.apart():
        gone: Standing = "lapsed" if fact in dated else "absent"
        for book, bound, change in (
            (old, lost, Change(before="ruled", after=gone)),
            (new, gained, Change(before=gone, after="ruled")),
        ):
            witness = None if bound is None else _witness(book, matters, ((fact, bound), *others))
            if bound is not None and witness is not None:
                yield Area(tuple(matters), ((fact, bound), *others), change, Behind(), witness)
        others = (*others, (fact, domains.both[fact].whole()))


def bare(rulebook: Rulebook) -> Rulebook:
    """Leave of a rulebook only what cannot be."""
    impossible = {key: condition for key, condition in rulebook.conditions.items() if key[0] == "impossible"}
    return replace(rulebook, rules={}, obligations={}, conditions=impossible)


def _witness(book: Rulebook, matters: Sequence[str], cube: Cube) -> Witness | None:
    """Find an incident within bounds that a rulebook does not hold to be impossible."""
    diagram = Diagram(bare(book))
    bounds = dict(cube)
    for matter in matters:
        found = _possible(diagram, diagram.root(matter), bounds, {MATTER: matter})
        if found is not None:
            return tuple({**{fact: _values(bound, [])[0] for fact, bound in cube}, **found}.items())
    return None


def _possible(
    diagram: Diagram, place: Node | Leaf, bounds: dict[str, Bound], facts: dict[str, Plain]
) -> dict[str, Plain] | None:
    if isinstance(place, Leaf):
        return facts if place.settlement is not None else None
    for value in _choices(diagram, place, bounds):
        found = _possible(diagram, diagram.child(place, value), bounds, {**facts, place.fact: value})
        if found is not None:
            return found
    return None


def _choices(diagram: Diagram, node: Node, bounds: dict[str, Bound]) -> Sequence[Plain]:
    if node.fact in bounds:
        return _values(bounds[node.fact], node.cuts or [])
    return list(diagram.values(node))


def _values(bound: Bound, cuts: Sequence[object]) -> list[Plain]:
    """List a value of each class that cuts tell apart, within a bound."""
    listed = [value for value in bound.values if not isinstance(value, Unsaid)]
    for stretch in bound.stretches:
        span = Stretch(stretch.low, stretch.high)
        listed += [v for _, v in Domain(span=span).classes(list(cuts)) if not isinstance(v, Unsaid)]
    return listed
