"""
Matters that only one of two rulebooks has, each compared with the matter above it.

Listed case by case such a matter is hundreds of regions, of which most say what
is known of the matter above. So the walk goes through the diagram of its own
rulebook twice, from the root of either matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any, Final

from dutyroute.analysis.differences.difference import Difference
from dutyroute.analysis.differences.merging import merged
from dutyroute.analysis.differences.region import Cube, Domains
from dutyroute.analysis.differences.walk import Area, ProductWalk, TooLarge
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER


@dataclass(frozen=True, slots=True)
class LoneMatter:
    """
    A matter of one rulebook, and where it is decided otherwise than the matter above it.

    Without one above, the areas tell all its duties. They overlap: each has all
    that differs in the same incidents. None where there are too many to compare.
    """

    matter: str
    is_new: bool
    areas: tuple[Area, ...] | None


def lone_matters(old: Rulebook, new: Rulebook, budget: int) -> Iterator[LoneMatter]:
    """Yield the matters that only the new, then those that only the old rulebook has."""
    for book, other in ((new, old), (old, new)):
        known = other.vocabulary.matters
        lone = [matter for matter in book.vocabulary.matters.values() if matter.id not in known]
        domains = Domains(book, book)
        if not lone:
            continue
        # Only duties are compared: that one rests on another clause is no difference here.
        walk = ProductWalk(book, book, domains, budget, grounded=False)
        for matter in lone:
            try:
                found = walk.areas(matter.parent, matter.id)
            except TooLarge:
                yield LoneMatter(matter.id, book is new, None)
            else:
                yield LoneMatter(matter.id, book is new, tuple(_by_duty(matter.id, found, domains)))


def _by_duty(matter: str, areas: tuple[Area, ...], domains: Domains) -> Iterator[Area]:
    """Join areas duty by duty, and put together again what then differs in the same incidents."""
    parts = [replace(area, change=part, matters=(matter,)) for area in areas for part in _parts(area.change)]
    found: dict[Difference, list[Area]] = {}
    for area in merged(parts, domains):
        found.setdefault(area.change, []).append(area)
    alike: dict[frozenset[Cube], list[Area]] = {}
    for listed in found.values():
        alike.setdefault(frozenset(area.cube for area in listed), []).extend(listed)
    for listed in sorted(alike.values(), key=lambda each: (len({a.cube for a in each}), len(each[0].cube))):
        change = _joined([area.change for area in listed])
        here: dict[Cube, list[Area]] = {}
        for area in listed:
            here.setdefault(area.cube, []).append(area)
        for first, *others in here.values():
            rules = reduce(or_, (area.rules for area in others), first.rules)
            yield replace(first, change=change, rules=rules, witness=((MATTER, matter), *first.witness))


_LISTS: Final = ("gained", "lost", "flags_gained", "flags_lost", "breaches_gained", "breaches_lost")


def _parts(change: Difference) -> Iterator[Difference]:
    """Yield each duty, flag and breach that differs by itself; a duty that is given otherwise is one."""
    gained, lost = ({held[:2]: (held,) for held in side} for side in (change.gained, change.lost))
    for held in {**gained, **lost}:
        yield Difference(gained=gained.get(held, ()), lost=lost.get(held, ()))
    for name in _LISTS[2:]:
        alone: list[dict[str, Any]] = [{name: (each,)} for each in getattr(change, name)]
        yield from (Difference(**each) for each in alone)
    # Without a matter above, `absent` says nothing of the incidents.
    before = "ruled" if change.before == "absent" else change.before
    if (before, change.after) != ("ruled", "ruled"):
        yield Difference(before=before, after=change.after)


def _joined(parts: Sequence[Difference]) -> Difference:
    lists: dict[str, Any] = {
        name: tuple(dict.fromkeys(each for part in parts for each in getattr(part, name))) for name in _LISTS
    }
    # A part that tells how either side answers lists nothing.
    answer = next((part for part in parts if (part.before, part.after) != ("ruled", "ruled")), Difference())
    return replace(answer, **lists)
