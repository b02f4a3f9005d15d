"""
Incidents that only one of two rulebooks can be asked about, by a value of a fact.

The walk over both diagrams follows the values that both rulebooks know. A value
that only one of them knows (a new kind of respondent, days after the other has
ended) makes a region of its own: there, nothing is compared, one side just has
no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from dutyroute.analysis.differences.difference import AnswerKind, CausingRules, Difference
from dutyroute.analysis.differences.region import Bound, Cube, Domain, Domains, Unsaid
from dutyroute.analysis.differences.walk import Area
from dutyroute.diagram.diagram import Diagram, Leaf, Node
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Plain

__all__ = ["one_sided_areas"]

Facts = dict[str, Plain]


def one_sided_areas(old: Rulebook, new: Rulebook, domains: Domains, matters: Sequence[str]) -> Iterator[Area]:
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
    for matter in matters:
        found = _possible(diagram, diagram.root(matter), domains, bounds, {MATTER: matter})
        if found is not None:
            witness = {**{fact: _values(bound, [])[0] for fact, bound in bounds.items()}, **found}
            return _with_day(witness, book)
    return None


def _possible(
    diagram: Diagram,
    place: Node | Leaf,
    domains: Mapping[str, Domain],
    bounds: Mapping[str, Bound],
    facts: Facts,
) -> Facts | None:
    if isinstance(place, Leaf):
        return facts if place.settlement is not None else None
    bound = bounds.get(place.fact) or domains[place.fact].whole()
    for value in _values(bound, place.cuts or []):
        after = diagram.child(place, value)
        found = _possible(diagram, after, domains, bounds, {**facts, place.fact: value})
        if found is not None:
            return found
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
