"""Fewer and wider regions: parts that differ in one bound alone become one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from dutyroute.analysis.differences.difference import Behind, Difference
from dutyroute.analysis.differences.domain import Domains
from dutyroute.analysis.differences.region import Bound, Cube, Value

__all__ = ["Area", "merged"]


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the incidents of some matters; `witness` is one about the first of them."""

    matters: tuple[str, ...]
    cube: Cube
    change: Difference
    behind: Behind
    witness: tuple[tuple[str, Value], ...]


def merged(areas: Iterable[Area], domains: Domains) -> list[Area]:
    """Join areas of the same change until no two can be; what they hold stays the same."""
    listed = list(areas)
    while True:
        before = len(listed)
        for fact in dict.fromkeys(fact for area in listed for fact, _ in area.cube):
            listed = _joined(listed, partial(_but, fact), _along(fact, domains))
        listed = _joined(listed, _but_matters, _with_matters)
        if len(listed) == before:
            return listed


def _joined(
    areas: list[Area], key: Callable[[Area], object], join: Callable[[Area, Area], Area]
) -> list[Area]:
    found: dict[object, Area] = {}
    for area in areas:
        alike = key(area)
        found[alike] = join(found[alike], area) if alike in found else area
    return list(found.values())


def _but_matters(area: Area) -> object:
    """Describe an area but for its matters."""
    return area.change, area.cube


def _but(fact: str, area: Area) -> object:
    """Describe an area but for its bound on one fact; itself where it has none."""
    bounds = dict(area.cube)
    if fact not in bounds:
        return area
    del bounds[fact]
    return area.matters, tuple(bounds.items()), area.change, fact


def _along(fact: str, domains: Domains) -> Callable[[Area, Area], Area]:
    def join(one: Area, other: Area) -> Area:
        bound = dict(one.cube)[fact] | dict(other.cube)[fact]
        return replace(one, cube=_bounded(one.cube, fact, bound, domains), behind=one.behind | other.behind)

    return join


def _bounded(cube: Cube, fact: str, bound: Bound, domains: Domains) -> Cube:
    """Put a bound in its place; leave it out where it shuts nothing out."""
    if domains.both[fact].is_whole(bound):
        return tuple(pair for pair in cube if pair[0] != fact)
    return tuple((f, bound if f == fact else b) for f, b in cube)


def _with_matters(one: Area, other: Area) -> Area:
    return replace(one, matters=(*one.matters, *other.matters), behind=one.behind | other.behind)
