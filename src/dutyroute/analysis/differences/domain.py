"""The values that facts can take in two rulebooks, and those that only one of them knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dutyroute.analysis.differences.region import UNSAID, Bound, Stretch, Value
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Plain

__all__ = ["Domain", "Domains", "beside", "step"]


@dataclass(frozen=True, slots=True)
class Domain:
    """
    What a fact can be: listed values, or everything in a stretch.

    `edge` is the stretch that either rulebook knows; an end shared with it need
    not be said. `unsaid` tells that not giving the fact is a case of its own.
    """

    values: tuple[Plain, ...] = ()
    span: Stretch | None = None
    edge: Stretch | None = None
    unsaid: bool = False

    def classes(self, cuts: list[Any]) -> Iterator[tuple[Stretch | Value, Value]]:
        """Yield each class of values that cuts tell apart, with one of its values."""
        if self.span is None:
            yield from ((value, value) for value in self.values)
        else:
            yield from _stretches(self.span, self.edge or self.span, cuts)
        if self.unsaid:
            yield UNSAID, UNSAID

    def whole(self) -> Bound:
        """Bound the fact by everything that it can be."""
        said = self.values if self.span is None else (self.span,)
        return Bound.of((*said, *((UNSAID,) if self.unsaid else ())))

    def is_whole(self, bound: Bound) -> bool:
        """Tell whether a bound shuts nothing out."""
        if self.unsaid and UNSAID not in bound.values:
            return False
        if self.span is None:
            return set(self.values) <= set(bound.values)
        return any(_covers(stretch, self.edge or self.span) for stretch in bound.stretches)


class Domains:
    """The values of each fact: those that both rulebooks know, or one of them."""

    def __init__(self, old: Rulebook, new: Rulebook) -> None:
        self.old = {f: _own(old, fact) for f, fact in old.vocabulary.facts.items() if f != MATTER}
        self.new = {f: _own(new, fact) for f, fact in new.vocabulary.facts.items() if f != MATTER}
        facts, others = old.vocabulary.facts, new.vocabulary.facts
        shared = [fact for fact in self.old if fact in self.new]
        self.clashing = frozenset(f for f in shared if facts[f].type != others[f].type)
        self.unsaid = frozenset(
            f for f in shared if f not in self.clashing and facts[f].default != others[f].default
        )
        self.both = {**self.old, **self.new}
        for fact in (f for f in shared if f not in self.clashing):
            self.both[fact] = _shared(self.old[fact], self.new[fact], unsaid=fact in self.unsaid)

    def apart(self) -> Iterator[tuple[str, Bound | None, Bound | None]]:
        """Yield each fact whose values differ, with those that only the old, only the new has."""
        for fact in self.both:
            if fact in self.old and fact in self.new and fact not in self.clashing:
                lost = _only(self.old[fact], self.new[fact])
                gained = _only(self.new[fact], self.old[fact])
                if lost or gained:
                    yield fact, lost, gained


def step(value: Any) -> Any:
    """Return the distance to the next number or day."""
    return timedelta(days=1) if isinstance(value, date) else 1


def beside(value: Any) -> list[Any]:
    """List the numbers or days next to one; the calendar ends somewhere."""
    if not isinstance(value, date):
        return [value - 1, value + 1]
    days = [value.toordinal() - 1, value.toordinal() + 1]
    return [date.fromordinal(day) for day in days if 1 <= day <= date.max.toordinal()]


def _own(book: Rulebook, fact: Fact) -> Domain:
    if fact.type == "bool":
        return Domain((True, False))
    if fact.type == "int":
        high = None if fact.at_most is None else fact.at_most + 1
        return Domain(span=Stretch(fact.at_least, high))
    if fact.type == "date":
        return Domain(span=_days(book) if fact.id == book.header.date else Stretch(None, None))
    return Domain(book.vocabulary.domain(fact))


def _days(book: Rulebook) -> Stretch:
    """Return the days on which some rule is in force."""
    first, last = book.days
    low, high = (None if first == date.min else first), (None if last == date.max else last + step(last))
    return Stretch(low, high)


def _shared(one: Domain, other: Domain, *, unsaid: bool) -> Domain:
    if one.span is None or other.span is None:
        return Domain(tuple(v for v in one.values if v in other.values), unsaid=unsaid)
    low = max(_said([one.span.low, other.span.low]), default=None)
    high = min(_said([one.span.high, other.span.high]), default=None)
    return Domain(span=Stretch(low, high), edge=_edge(one.span, other.span), unsaid=unsaid)


def _edge(one: Stretch, other: Stretch) -> Stretch:
    """Return the least stretch that holds both."""
    lows, highs = [one.low, other.low], [one.high, other.high]
    low = None if None in lows else min(lows)
    return Stretch(low, None if None in highs else max(highs))


def _said(ends: list[Any]) -> list[Any]:
    return [end for end in ends if end is not None]


def _only(one: Domain, other: Domain) -> Bound | None:
    """Bound what one domain has and the other lacks; None where there is nothing."""
    if one.span is None or other.span is None:
        values = [value for value in one.values if value not in other.values]
        return Bound.of(values) if values else None
    cuts = sorted(_said([other.span.low, other.span.high]))
    dated = any(isinstance(end, date) for end in cuts)  # the days outside of both have no rules: say so
    edge = Stretch(None, None) if dated else _edge(one.span, other.span)
    classes = _stretches(one.span, edge, cuts) if cuts else ()
    found = [stretch for stretch, value in classes if value not in other.span]
    return Bound.of(found) if found else None


def _stretches(span: Stretch, edge: Stretch, cuts: list[Any]) -> Iterator[tuple[Stretch, Any]]:
    """Yield the stretches between cuts that lie in a span, with one value of each."""
    for low, high in zip([None, *cuts], [*cuts, None], strict=True):
        inner = Stretch(
            max(_said([low, span.low]), default=None), min(_said([high, span.high]), default=None)
        )
        if _is_empty(inner):
            continue
        shown = Stretch(
            None if inner.low == edge.low else inner.low, None if inner.high == edge.high else inner.high
        )
        yield shown, _inside(inner)


def _is_empty(stretch: Stretch) -> bool:
    if stretch.low is None:
        return bool(stretch.high == date.min)
    return stretch.high is not None and bool(stretch.low >= stretch.high)


def _inside(stretch: Stretch) -> Any:
    if stretch.low is not None:
        return stretch.low
    return 0 if stretch.high is None else stretch.high - step(stretch.high)


def _covers(stretch: Stretch, edge: Stretch) -> bool:
    low = stretch.low is None or (edge.low is not None and stretch.low <= edge.low)
    return low and (stretch.high is None or (edge.high is not None and stretch.high >= edge.high))
