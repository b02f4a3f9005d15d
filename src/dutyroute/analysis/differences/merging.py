"""Areas put together until no two of them can be described as one."""

from __future__ import annotations

from dataclasses import replace

from dutyroute.analysis.differences.region import Domains
from dutyroute.analysis.differences.walk import Area
from dutyroute.rulebook.vocabulary import MATTER

# The walk finds an area for each matter, and for each way through the diagram a
# cube of its own. An edit of one rule may so fall apart into hundreds of areas that
# a reader would describe in one sentence. Areas of the same difference whose cubes
# are equal but for one bound are joined, fact by fact and then over matters, until
# no two can be.


def merged(areas: list[Area], domains: Domains) -> list[Area]:
    """Join areas as far as possible; what they hold together stays the same."""
    while True:
        before = len(areas)
        for fact in (*dict.fromkeys(fact for area in areas for fact, _ in area.cube), MATTER):
            areas = _joined(areas, fact, domains)
        if len(areas) == before:
            return areas


def _joined(areas: list[Area], fact: str, domains: Domains) -> list[Area]:
    """Join the areas that are equal but for their bound on one fact, or for their matters."""
    found: dict[object, Area] = {}
    for area in areas:
        rest = tuple(pair for pair in area.cube if pair[0] != fact)
        alike: object = rest, area.change
        if fact != MATTER:
            # An area without a bound on the fact stands alone.
            alike = area if rest == area.cube else (area.matters, rest, area.change)
        one = found.setdefault(alike, area)
        if one is area:
            continue
        if fact == MATTER:
            joined = replace(one, matters=(*one.matters, *area.matters))
        else:
            bound = dict(one.cube)[fact] | dict(area.cube)[fact]
            # The bound is dropped where it shuts nothing out.
            is_whole = domains.both[fact].is_whole(bound)
            kept = (pair for pair in one.cube if pair[0] != fact or not is_whole)
            joined = replace(one, cube=tuple((f, bound if f == fact else b) for f, b in kept))
        found[alike] = replace(joined, rules=one.rules | area.rules)
    return list(found.values())
