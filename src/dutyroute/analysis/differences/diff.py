"""
What an edit changes, region by region.

The walk over both diagrams follows the values that both rulebooks know. A value
that only one of them knows (a new kind of respondent, days after the other has
ended) makes a region of its own: there, nothing is compared, one side just has
no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dutyroute.analysis.differences.difference import AnswerKind, CausingRules, Difference
from dutyroute.analysis.differences.matters import LoneMatter, lone_matters
from dutyroute.analysis.differences.merging import merged
from dutyroute.analysis.differences.region import Bound, Cube, Domain, Domains, Unsaid, Value, meets
from dutyroute.analysis.differences.slice import sliced
from dutyroute.analysis.differences.walk import BUDGET, Area, ProductWalk, TooLarge
from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.places import Leaf, Node
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Plain


@dataclass(frozen=True, slots=True)
class Region:
    """
    All incidents of some matters whose decision an edit changes in the same way.

    `where` bounds the facts that matter to it; facts without a bound may have
    any value. Regions are disjoint, and together hold every incident that
    changes. `witness` is one of them. `old_rules` and `new_rules` cause what is
    lost and what is gained. A region that is not `proven` names matters that are
    too large to compare: there, any decision may have changed.

    A matter that only one rulebook has is one region. Its `apart` tell where, and
    how, it is decided otherwise than the matter above it in the same rulebook, or
    all its duties where there is none; they overlap. None for other regions.
    """

    matters: tuple[str, ...]
    where: Cube
    change: Difference
    old_rules: tuple[str, ...]
    new_rules: tuple[str, ...]
    witness: Mapping[str, Plain]
    proven: bool = True
    apart: tuple[Region, ...] | None = None

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
    return _Comparing(old, new, budget, grounded=True).regions()


def changes_in(old: Rulebook, new: Rulebook, matters: Iterable[str]) -> tuple[Region, ...]:
    """
    Compare the duties decided about some matters only, without merging regions.

    What they rest on is not compared. Both rulebooks must have the same vocabulary.
    """
    areas, unproven = _Comparing(old, new, BUDGET, grounded=False).areas(matters)
    return (*map(_region, areas), *(_not_proven([matter]) for matter in unproven))


class _Comparing:
    """One comparison: the walk of the slices, and what is put together from it."""

    def __init__(self, old: Rulebook, new: Rulebook, budget: int, *, grounded: bool) -> None:
        self.old, self.new = old, new
        self.domains = Domains(old, new)
        self.budget = budget
        self.grounded = grounded
        self.walk = ProductWalk(*sliced(old, new, grounded=grounded), self.domains, budget, grounded=grounded)
        was, now = old.vocabulary.matters, new.vocabulary.matters
        self.rank = {matter: rank for rank, matter in enumerate(dict.fromkeys((*now, *was)))}
        self.both = tuple(matter for matter in self.rank if matter in was and matter in now)

    def regions(self) -> tuple[Region, ...]:
        """Return all regions: wide ones first, then as the vocabulary has their matters."""
        # One-sided areas are not merged with the others: they differ in kind, not in a bound.
        areas, unproven = self.areas(self.both)
        kept = [self._without_one_sided(area) for area in merged(areas, self.domains)]
        kept += _one_sided_areas(self.old, self.new, self.domains, self.both)
        kept.sort(
            key=lambda area: (
                len(area.cube),
                -len(area.matters),
                self.rank[area.matters[0]],
                repr(area.cube),
                repr(area.change),
            )
        )
        lone = filter(None, map(self._lone, lone_matters(self.old, self.new, self.budget)))
        return (*lone, *map(_region, kept), *([_not_proven(unproven)] if unproven else ()))

    def areas(self, matters: Iterable[str]) -> tuple[list[Area], list[str]]:
        """Compare matter by matter; name those that are too large."""
        areas: list[Area] = []
        unproven: list[str] = []
        for matter in matters:
            try:
                found = self.walk.areas(matter, matter)
            except TooLarge:
                unproven.append(matter)
            else:
                areas += (
                    replace(area, matters=(matter,), witness=((MATTER, matter), *area.witness))
                    for area in found
                )
        return areas, unproven

    def _lone(self, lone: LoneMatter) -> Region | None:
        """Make a region of a matter that only one rulebook has; None where every incident is impossible."""
        book, domains = (self.new, self.domains.new) if lone.is_new else (self.old, self.domains.old)
        witness = _witness(book, domains, [lone.matter], {})
        if witness is None:
            return None
        change = Difference(before="absent") if lone.is_new else Difference(after="absent")
        unproven = [_not_proven([lone.matter])] if lone.areas is None else []
        apart = (*map(_region, lone.areas or ()), *unproven)
        return Region((lone.matter,), (), change, (), (), witness, apart=apart)

    def _without_one_sided(self, area: Area) -> Area:
        """Keep an area clear of the values that only one rulebook has; these have their own."""
        if "absent" in (area.change.before, area.change.after):
            return area
        bounded = {fact for fact, _ in area.cube}
        facts = [fact for fact, _, _ in self.domains.one_sided() if fact not in bounded]
        return replace(area, cube=(*area.cube, *((fact, self.domains.both[fact].whole()) for fact in facts)))


def _region(area: Area) -> Region:
    witness = {fact: value for fact, value in area.witness if not isinstance(value, Unsaid)}
    old, new = tuple(sorted(area.rules.old)), tuple(sorted(area.rules.new))
    return Region(area.matters, area.cube, area.change, old, new, witness)


def _not_proven(matters: Iterable[str]) -> Region:
    return Region(tuple(matters), (), Difference(), (), (), {}, proven=False)


Facts = dict[str, Plain]


def _one_sided_areas(
    old: Rulebook, new: Rulebook, domains: Domains, matters: Sequence[str]
) -> Iterator[Area]:
    """
    Yield an area for the values, or days, of each fact that only one rulebook has.

    The areas are disjoint: each keeps clear of the values that an earlier one is
    about. What the rulebook that has the value holds to be impossible is left out.
    """
    dated = {old.header.date, new.header.date}
    others: Cube = ()
    for fact, lost, gained in domains.one_sided():
        gone: AnswerKind = "lapsed" if fact in dated else "absent"
        for book, own, bound, change in (
            (old, domains.old, lost, Difference(before="ruled", after=gone)),
            (new, domains.new, gained, Difference(before=gone, after="ruled")),
        ):
            if bound is None:
                continue
            cube: Cube = ((fact, bound), *others)
            witness = _witness(book, own, matters, {**dict(others), fact: bound})
            if witness is not None:
                yield Area(change, cube, CausingRules(), tuple(witness.items()), tuple(matters))
        # INVARIANT: the next areas lie within what both rulebooks know of the facts so far.
        others = (*others, (fact, domains.both[fact].whole()))


def _witness(
    book: Rulebook, domains: Mapping[str, Domain], matters: Sequence[str], bounds: Mapping[str, Bound]
) -> Facts | None:
    """Find an incident within bounds, about one of some matters, that a rulebook holds to be possible."""
    diagram = Diagram(book.only_impossible())

    def possible(place: Node | Leaf, facts: Facts) -> Facts | None:
        if isinstance(place, Leaf):
            return facts if place.settlement is not None else None
        values = _values(bounds.get(place.fact) or domains[place.fact].whole(), place.cuts or [])
        below = (possible(diagram.child(place, each), {**facts, place.fact: each}) for each in values)
        return next((found for found in below if found is not None), None)

    for matter in matters:
        found = possible(diagram.root(matter), {MATTER: matter})
        if found is not None:
            return _with_day(
                {**{fact: _values(bound, [])[0] for fact, bound in bounds.items()}, **found}, book
            )
    return None


def _values(bound: Bound, cuts: Sequence[object]) -> list[Plain]:
    """List a value of each class that cuts tell apart, within a bound."""
    listed = [value for value in bound.values if not isinstance(value, Unsaid)]
    for stretch in bound.stretches:
        listed += [value for _, value in stretch.between(list(cuts), stretch)]
    return listed


def _with_day(witness: Facts, book: Rulebook) -> Facts:
    """Give an incident a day where its default is one on which no rule is in force."""
    fact = book.vocabulary.facts.get(book.header.date or "")
    first, last = book.days
    if fact is None or fact.id in witness or not isinstance(fact.default, date):
        return witness
    return witness if first <= fact.default <= last else {**witness, fact.id: last}
