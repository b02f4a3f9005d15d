"""Incidents that only one of two rulebooks can be asked about, by a value of a fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dutyroute.analysis.differences.difference import Behind, Difference, Standing
from dutyroute.analysis.differences.domain import Domain, Domains
from dutyroute.analysis.differences.merge import Area
from dutyroute.analysis.differences.region import Bound, Cube, Stretch, Unsaid
from dutyroute.diagram.diagram import Diagram, Leaf, Node
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Plain

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
        for book, own, bound, change in (
            (old, domains.old, lost, Difference(before="ruled", after=gone)),
            (new, domains.new, gained, Difference(before=gone, after="ruled")),
        ):
            search = _PossibleIncidents(Diagram(bare(book)), own, dict(others))
            witness = None if bound is None else search.witness(matters, fact, bound)
            if bound is not None and witness is not None:
                yield Area(tuple(matters), ((fact, bound), *others), change, Behind(), _dated(witness, book))
        others = (*others, (fact, domains.both[fact].whole()))


def _dated(witness: Witness, book: Rulebook) -> Witness:
    """Give an incident a day where it would be taken to lie on one on which no rule is in force."""
    fact = book.vocabulary.facts.get(book.header.date or "")
    first, last = book.days
    if fact is None or fact.id in dict(witness) or not isinstance(fact.default, date):
        return witness
    return witness if first <= fact.default <= last else (*witness, (fact.id, last))


def bare(rulebook: Rulebook) -> Rulebook:
    """Leave of a rulebook only what cannot be."""
    impossible = {key: condition for key, condition in rulebook.conditions.items() if key[0] == "impossible"}
    return replace(rulebook, rules={}, obligations={}, conditions=impossible)


@dataclass(frozen=True, slots=True)
class _PossibleIncidents:
    """Looks for an incident that a rulebook does not hold to be impossible."""

    diagram: Diagram
    domains: Mapping[str, Domain]
    bounds: dict[str, Bound]

    def witness(self, matters: Sequence[str], fact: str, bound: Bound) -> Witness | None:
        """Find an incident about one of some matters, within the bounds."""
        bounds = {**self.bounds, fact: bound}
        for matter in matters:
            found = self._possible(self.diagram.root(matter), bounds, {MATTER: matter})
            if found is not None:
                return tuple({**{f: _values(b, [])[0] for f, b in bounds.items()}, **found}.items())
        return None

    def _possible(
        self, place: Node | Leaf, bounds: dict[str, Bound], facts: dict[str, Plain]
    ) -> dict[str, Plain] | None:
        if isinstance(place, Leaf):
            return facts if place.settlement is not None else None
        bound = bounds.get(place.fact) or self.domains[place.fact].whole()
        for value in _values(bound, place.cuts or []):
            after = self.diagram.child(place, value)
            found = self._possible(after, bounds, {**facts, place.fact: value})
            if found is not None:
                return found
        return None


def _values(bound: Bound, cuts: Sequence[object]) -> list[Plain]:
    """List a value of each class that cuts tell apart, within a bound."""
    listed = [value for value in bound.values if not isinstance(value, Unsaid)]
    for stretch in bound.stretches:
        span = Stretch(stretch.low, stretch.high)
        listed += [v for _, v in Domain(span=span).classes(list(cuts)) if not isinstance(v, Unsaid)]
    return listed
