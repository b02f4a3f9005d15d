"""The values of facts: bounds that make up a region, and all that a fact can be in two rulebooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any, Final

from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Plain


class Unsaid(Enum):
    """What stands for a fact that an incident does not mention."""

    UNSAID = "unsaid"


UNSAID: Final = Unsaid.UNSAID
"""The fact is not mentioned, so that its default is taken, where it has one."""

Value = Plain | Unsaid


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole numbers or days from `low` to before `high`; None is no end."""

    low: Any
    high: Any

    def __contains__(self, value: Any) -> bool:
        return (self.low is None or self.low <= value) and (self.high is None or value < self.high)

    def __and__(self, other: Stretch) -> Stretch:
        # None is no end, so it never is the narrower one.
        lows = [low for low in (self.low, other.low) if low is not None]
        highs = [high for high in (self.high, other.high) if high is not None]
        return Stretch(max(lows, default=None), min(highs, default=None))

    def hull(self, other: Stretch) -> Stretch:
        """Return the shortest stretch that holds both."""
        lows, highs = [self.low, other.low], [self.high, other.high]
        return Stretch(None if None in lows else min(lows), None if None in highs else max(highs))

    def covers(self, other: Stretch) -> bool:
        """Tell whether every value of another stretch lies in this one."""
        return self.hull(other) == self

    @property
    def is_empty(self) -> bool:
        """Whether no number or day lies in it; no day is before the calendar's first."""
        if self.low is None:
            return bool(self.high == date.min)
        return self.high is not None and bool(self.low >= self.high)

    def sample(self) -> Any:
        """Return a value: the first, or where there is none the last."""
        if self.low is not None:
            return self.low
        return 0 if self.high is None else self.high - _step(self.high)

    @property
    def last(self) -> Any:
        """The last number or day, which people say instead of the first beyond; None without an end."""
        return None if self.high is None else self.high - _step(self.high)

    def between(self, cuts: list[Any], edge: Stretch) -> Iterator[tuple[Stretch, Any]]:
        """
        Yield the parts between cuts, with one value of each.

        An end that is also an end of `edge` is left open: it need not be said.
        """
        for low, high in zip([None, *cuts], [*cuts, None], strict=True):
            part = Stretch(low, high) & self
            if not part.is_empty:
                shown_low = None if part.low == edge.low else part.low
                yield Stretch(shown_low, None if part.high == edge.high else part.high), part.sample()


@dataclass(frozen=True, slots=True)
class Bound:
    """The values of one fact that belong to a region: single ones, and stretches."""

    values: tuple[Value, ...] = ()
    stretches: tuple[Stretch, ...] = ()

    @classmethod
    def of(cls, classes: Iterable[Stretch | Value]) -> Bound:
        """Gather classes of values; stretches that touch become one."""
        listed = set(classes)
        # Values of one fact may be of several types where its type was edited: sorted by repr.
        values = sorted((c for c in listed if not isinstance(c, Stretch)), key=repr)
        stretches = [c for c in listed if isinstance(c, Stretch)]
        joined: list[Stretch] = []
        for stretch in sorted(stretches, key=lambda s: (s.low is not None, s.low)):
            if joined and joined[-1].high == stretch.low:
                joined[-1] = Stretch(joined[-1].low, stretch.high)
            else:
                joined.append(stretch)
        return cls(tuple(values), tuple(joined))

    def __or__(self, other: Bound) -> Bound:
        return Bound.of((*self.values, *self.stretches, *other.values, *other.stretches))


Cube = tuple[tuple[str, Bound], ...]
"""A bound for each of some facts, in the diagram's order."""


def meets(bound: Bound, value: Value | None) -> bool | None:
    """Tell whether a value lies within a bound; None where it is unknown."""
    if value is None:
        return None
    if value in bound.values:
        return True
    return not isinstance(value, Unsaid) and any(value in stretch for stretch in bound.stretches)


@dataclass(frozen=True, slots=True)
class Domain:
    """
    What a fact can be: listed values, or everything in a stretch.

    `edge` is the stretch that either rulebook knows; an end shared with it need
    not be said. `unsaid` means that not giving the fact is a case of its own.
    """

    values: tuple[Plain, ...] = ()
    span: Stretch | None = None
    edge: Stretch | None = None
    unsaid: bool = False

    @classmethod
    def of(cls, book: Rulebook, fact: Fact) -> Domain:
        """Return what a fact can be in one rulebook: of its date, the days on which a rule is in force."""
        if fact.type == "int":
            return cls(span=Stretch(fact.at_least, None if fact.at_most is None else fact.at_most + 1))
        if fact.type != "date":
            return cls(book.vocabulary.domain(fact))
        if fact.id != book.header.date:
            return cls(span=Stretch(None, None))
        first, last = book.days
        high = None if last == date.max else last + timedelta(days=1)
        return cls(span=Stretch(None if first == date.min else first, high))

    def shared(self, other: Domain, *, unsaid: bool) -> Domain:
        """Return what two rulebooks both know of a fact."""
        if self.span is None or other.span is None:
            return Domain(tuple(v for v in self.values if v in other.values), unsaid=unsaid)
        return Domain(span=self.span & other.span, edge=self.span.hull(other.span), unsaid=unsaid)

    def beyond(self, other: Domain) -> Bound | None:
        """Bound what this domain has and another lacks; None where there is nothing."""
        if self.span is None or other.span is None:
            values = [value for value in self.values if value not in other.values]
            return Bound.of(values) if values else None
        cuts = sorted(end for end in (other.span.low, other.span.high) if end is not None)
        # Ends of numbers need not be said; days outside of both have no rules, so an end must be.
        is_dated = any(isinstance(end, date) for end in cuts)
        edge = Stretch(None, None) if is_dated else self.span.hull(other.span)
        parts = self.span.between(cuts, edge) if cuts else ()
        found = [stretch for stretch, value in parts if value not in other.span]
        return Bound.of(found) if found else None

    def classes(self, cuts: list[Any]) -> Iterator[tuple[Stretch | Value, Value]]:
        """Yield each class of values that cuts tell apart, with one of its values."""
        if self.span is None:
            yield from ((value, value) for value in self.values)
        else:
            yield from self.span.between(cuts, self.edge or self.span)
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
        return any(stretch.covers(self.edge or self.span) for stretch in bound.stretches)


class Domains:
    """
    The values of each fact: those of the old rulebook, of the new one, and of both.

    `clashing` are the facts whose type was edited; `unsaid` those whose default
    was, so that an incident that does not mention them is a case of its own.
    """

    def __init__(self, old: Rulebook, new: Rulebook) -> None:
        was, now = old.vocabulary.facts, new.vocabulary.facts
        self.old: dict[str, Domain] = {
            name: Domain.of(old, fact) for name, fact in was.items() if name != MATTER
        }
        self.new: dict[str, Domain] = {
            name: Domain.of(new, fact) for name, fact in now.items() if name != MATTER
        }
        shared = [name for name in self.old if name in self.new]
        self.clashing: frozenset[str] = frozenset(name for name in shared if was[name].type != now[name].type)
        self._alike = [name for name in shared if name not in self.clashing]
        self.unsaid: frozenset[str] = frozenset(
            name for name in self._alike if was[name].default != now[name].default
        )
        self.both: dict[str, Domain] = {**self.old, **self.new}
        for name in self._alike:
            self.both[name] = self.old[name].shared(self.new[name], unsaid=name in self.unsaid)

    def one_sided(self) -> Iterator[tuple[str, Bound | None, Bound | None]]:
        """Yield each fact whose values differ, with those that only the old, only the new rulebook has."""
        for name in self.both:
            if name in self._alike:
                lost = self.old[name].beyond(self.new[name])
                gained = self.new[name].beyond(self.old[name])
                if lost or gained:
                    yield name, lost, gained


def _step(value: Any) -> Any:
    """Return the distance to the next number or day."""
    return timedelta(days=1) if isinstance(value, date) else 1


def beside(value: Any) -> list[Any]:
    """List the numbers or days next to one; the calendar ends somewhere."""
    if not isinstance(value, date):
        return [value - 1, value + 1]
    days = [value.toordinal() - 1, value.toordinal() + 1]
    return [date.fromordinal(day) for day in days if 1 <= day <= date.max.toordinal()]
