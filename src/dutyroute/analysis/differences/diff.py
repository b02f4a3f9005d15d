"""What an edit changes, told region by region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from dutyroute.analysis.differences.difference import Difference
from dutyroute.analysis.differences.domain import Domains
from dutyroute.analysis.differences.merge import Area, merged
from dutyroute.analysis.differences.one_sided import unshared
from dutyroute.analysis.differences.region import Cube, Unsaid, Value, meets
from dutyroute.analysis.differences.slice import sliced
from dutyroute.analysis.differences.traced import Traced, shared_order
from dutyroute.analysis.differences.walk import BUDGET, Sides, TooLarge
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Plain

__all__ = ["Region", "changes_in", "find_regions"]


@dataclass(frozen=True, slots=True)
class Region:
    """
    All incidents of some matters whose decision an edit changes in the same way.

    `where` bounds the facts that matter to it; facts without a bound may have
    any value. Regions are disjoint, and together hold every incident that
    changes. `witness` is one of them. `old_rules` and `new_rules` stand behind
    what is lost and what is gained. A region that is not `proven` names matters
    that are too large to compare: there, any decision may have changed.
    """

    matters: tuple[str, ...]
    where: Cube
    change: Difference
    old_rules: tuple[str, ...]
    new_rules: tuple[str, ...]
    witness: Mapping[str, Plain]
    proven: bool = True

    def holds(self, matter: str, facts: Mapping[str, Value]) -> bool | None:
        """
        Tell whether an incident lies in the region; None where an unknown fact decides.

        A fact that the incident does not mention is `UNSAID`, one that is known
        to be unknown is absent. The two differ only where a default was edited.
        """
        if matter not in self.matters:
            return False
        if not self.proven:
            return None
        verdicts = {meets(bound, facts.get(fact)) for fact, bound in self.where}
        return False if False in verdicts else None if None in verdicts else True


def find_regions(old: Rulebook, new: Rulebook, *, budget: int = BUDGET) -> tuple[Region, ...]:
    """Partition the incidents whose decision an edit changes; `comparison.diff` has the contract."""
    return _Comparing(old, new, budget).regions()


def changes_in(old: Rulebook, new: Rulebook, matters: Iterable[str]) -> tuple[Region, ...]:
    """
    Compare the duties decided about some matters only, as `find_regions` does, but leave parts apart.

    What they rest on is not compared. Both rulebooks must have the same vocabulary.
    """
    comparing = _Comparing(old, new, BUDGET, grounded=False)
    areas, unproven = comparing.areas(matters)
    open_ends = (Region((matter,), (), Difference(), (), (), {}, proven=False) for matter in unproven)
    return (*map(_region, areas), *open_ends)


def sides(
    old: Rulebook, new: Rulebook, domains: Domains, budget: int = BUDGET, *, grounded: bool = True
) -> Sides:
    """Compile two rulebooks with one order of facts, to walk them side by side."""
    after = Traced(new, grounded=grounded)
    before = Traced(old, shared_order(after.order, old.vocabulary.facts), grounded=grounded)
    return Sides(before, after, domains, budget, grounded=grounded)


class _Comparing:
    def __init__(self, old: Rulebook, new: Rulebook, budget: int, *, grounded: bool = True) -> None:
        self.old, self.new = old, new
        self.domains = Domains(old, new)
        self.budget = budget
        self.grounded = grounded
        self.sides = sides(*sliced(old, new, grounded=grounded), self.domains, budget, grounded=grounded)
        self.matters = tuple(dict.fromkeys((*new.vocabulary.matters, *old.vocabulary.matters)))
        self.both = tuple(
            m for m in self.matters if m in old.vocabulary.matters and m in new.vocabulary.matters
        )
        self._rank = {matter: i for i, matter in enumerate(self.matters)}

    def regions(self) -> tuple[Region, ...]:
        proven, unproven = self.areas(self.matters)
        apart = list(unshared(self.old, self.new, self.domains, self.both))
        kept = [self._inside(area) for area in merged(proven, self.domains)]
        listed = sorted((*kept, *apart), key=self._width)
        found = [_region(area) for area in listed]
        if unproven:
            found.append(Region(tuple(unproven), (), Difference(), (), (), {}, proven=False))
        return tuple(found)

    @cached_property
    def whole(self) -> Sides:
        """The whole rulebooks, for matters that only one of them has."""
        return sides(self.old, self.new, self.domains, self.budget, grounded=self.grounded)

    def areas(self, matters: Iterable[str]) -> tuple[list[Area], list[str]]:
        """Compare matter by matter; name those that are too large."""
        areas: list[Area] = []
        unproven: list[str] = []
        for matter in matters:
            try:
                parts = (self.sides if matter in self.both else self.whole).parts(matter)
            except TooLarge:
                unproven.append(matter)
            else:
                areas += (
                    Area((matter,), p.cube, p.change, p.behind, ((MATTER, matter), *p.witness)) for p in parts
                )
        return areas, unproven

    def _inside(self, area: Area) -> Area:
        """Keep an area clear of the values that only one rulebook has."""
        bounded = {fact for fact, _ in area.cube}
        extra = tuple(
            (f, self.domains.both[f].whole()) for f, _, _ in self.domains.apart() if f not in bounded
        )
        shared = area.change.before != "absent" and area.change.after != "absent"
        return (
            Area(area.matters, (*area.cube, *extra), area.change, area.behind, area.witness)
            if shared
            else area
        )

    def _width(self, area: Area) -> tuple[object, ...]:
        """Order regions: wide ones first, then as the vocabulary has their matters."""
        return (
            len(area.cube),
            -len(area.matters),
            self._rank[area.matters[0]],
            repr(area.cube),
            repr(area.change),
        )


def _region(area: Area) -> Region:
    witness = {fact: value for fact, value in area.witness if not isinstance(value, Unsaid)}
    old, new = sorted(area.behind.old), sorted(area.behind.new)
    return Region(area.matters, area.cube, area.change, tuple(old), tuple(new), witness)
