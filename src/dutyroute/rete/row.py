"""Row: what an author wrote as one condition, taken apart into flat ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Plain, Vocabulary

__all__ = ["MOST", "Accepted", "Item", "Misfit", "Row", "Stretch", "Tests", "contains", "number", "rows"]

MOST = 64
"""Into how many flat conditions one written condition may be taken apart."""

Item = tuple[str, Any]
"""What a row belongs to: ("rule", id), ("obligation", id), ("impossible", index), ("recusal", …)."""

Stretch = tuple[int | None, int | None]
"""Whole numbers, or days by their ordinals, from the first up to the second, that one excluded."""

Accepted = frozenset[Plain] | Stretch
Tests = Mapping[str, Accepted]


class Misfit(Exception):
    """Something that the second engine does not carry; `reason` is the code of the words for it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Row:
    """A conjunction: each fact named lies in its set of values."""

    item: Item
    tests: Tests


def number(value: Any) -> int:
    """
    Return a whole number, or the ordinal of a day.

    >>> number(date(1, 1, 2)), number(7)
    (2, 7)
    """
    return value.toordinal() if isinstance(value, date) else int(value)


def contains(accepted: Accepted, value: Plain) -> bool:
    """Tell whether a value lies in a set of values."""
    if isinstance(accepted, frozenset):
        return value in accepted
    low, high = accepted
    at = number(value)
    return (low is None or low <= at) and (high is None or at < high)


def rows(rulebook: Rulebook) -> Iterator[tuple[Item, list[Row] | Misfit]]:
    """
    Take every rule, obligation, recusal and impossibility of a rulebook apart.

    From the words of the author, not from what the diagram compiles: the two
    engines share no reading of a condition.
    """
    reader = _Reader(rulebook.vocabulary)
    for item, read in _readings(rulebook, reader):
        try:
            yield item, [Row(item, tests) for tests in read()]
        except Misfit as misfit:
            yield item, misfit


def _readings(rulebook: Rulebook, reader: _Reader) -> Iterator[tuple[Item, Callable[[], Iterable[Tests]]]]:
    for name, rule in rulebook.rules.items():
        period = _period(rulebook, name)
        yield ("rule", name), lambda when=rule.when, period=period: reader.read(when, period)  # type: ignore[misc]
    for name, owed in rulebook.obligations.items():
        yield ("obligation", name), lambda when=owed.applies: reader.read(when)  # type: ignore[misc]
    for index, when in enumerate(rulebook.impossible):
        yield ("impossible", index), lambda when=when: reader.read(when)  # type: ignore[misc]
    for fact, party in _concerned(rulebook):
        tests: Tests = {fact: frozenset({party})}
        yield ("recusal", (fact, party)), lambda tests=tests: [tests]  # type: ignore[misc]


def _period(rulebook: Rulebook, name: str) -> Tests:
    """Say as a test of the date fact when a rule is in force."""
    period, fact = rulebook.period(rulebook.rules[name]), rulebook.header.date
    if fact is None or (period.since is None and period.until is None):
        return {}
    ends = (None if day is None else number(day) for day in (period.since, period.until))
    low, high = ends
    return {fact: (low, high)}


def _concerned(rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """List who can be the value of a fact that recusal asks for."""
    words = rulebook.vocabulary
    for fact in dict.fromkeys(recusal.fact for recusal in rulebook.recusals):
        yield from ((fact, value.id) for value in words.facts[fact].values if value.id in words.parties)


class _Reader:
    """Reads a written condition as alternatives, each of which tests a fact once."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words

    def read(self, when: Mapping[str, Any], beside: Tests | None = None) -> list[Tests]:
        found = self.conjunction(when, negated=False)
        return _all_of([found, [beside]]) if beside else found

    def conjunction(self, when: Mapping[str, Any], *, negated: bool) -> list[Tests]:
        parts = [self.entry(key, value, negated) for key, value in when.items()]
        return _any_of(parts) if negated else _all_of(parts)

    def entry(self, key: str, value: Any, negated: bool) -> list[Tests]:
        if key == "not":
            return self.conjunction(value, negated=not negated)
        if key in ("any", "all"):
            parts = [self.conjunction(each, negated=negated) for each in value]
            return _any_of(parts) if (key == "any") is not negated else _all_of(parts)
        fact = self.words.facts[key]
        return [{key: accepted} for accepted in self.accepted(fact, value, negated)]

    def accepted(self, fact: Fact, value: Any, negated: bool) -> list[Accepted]:
        """Say which values will do: one set of words, or several stretches of numbers."""
        if isinstance(value, Mapping) and "not" in value:
            return self.accepted(fact, value["not"], not negated)
        if isinstance(value, Mapping):
            stretch = _stretch(value)
            return list(_outside([stretch]) if negated else [stretch])
        listed = value if isinstance(value, tuple) else (value,)
        if fact.type in ("int", "date"):
            points = [(at, at + 1) for at in sorted({number(each) for each in listed})]
            return list(_outside(points) if negated else points)
        named = self.named(fact, listed)
        return [frozenset(self.domain(fact)) - named if negated else named]

    def named(self, fact: Fact, listed: tuple[Any, ...]) -> frozenset[Plain]:
        if fact.id != MATTER:
            return frozenset(listed)
        return frozenset(below for matter in listed for below in self.words.below(matter))

    def domain(self, fact: Fact) -> tuple[Plain, ...]:
        return (True, False) if fact.type == "bool" else self.words.domain(fact)


def _stretch(written: Mapping[str, Any]) -> Stretch:
    """Read the ends of a range; of two on one side the tighter counts."""
    ends = {key: number(value) for key, value in written.items()}
    lows = [ends[key] + step for key, step in (("at_least", 0), ("more_than", 1)) if key in ends]
    highs = [ends[key] + step for key, step in (("less_than", 0), ("at_most", 1)) if key in ends]
    return max(lows, default=None), min(highs, default=None)


def _outside(stretches: list[Stretch] | list[tuple[int, int]]) -> Iterator[Stretch]:
    """Yield what lies between and beyond stretches that are in order and apart."""
    low: int | None = None
    for first, end in stretches:
        if first is not None and first != low:
            yield low, first
        low = end
        if end is None:
            return
    yield low, None


def _any_of(parts: list[list[Tests]]) -> list[Tests]:
    return _few([tests for part in parts for tests in part])


def _all_of(parts: Iterable[list[Tests]]) -> list[Tests]:
    """Combine each alternative of each part with each of the others; drop what cannot hold."""
    found: list[Tests] = [{}]
    for part in parts:
        both = (_both(one, other) for one in found for other in part)
        found = _few([tests for tests in both if tests is not None])
    return found


def _few(found: list[Tests]) -> list[Tests]:
    """
    Leave out what is there twice.

    Raises:
        Misfit: if there are too many alternatives.
    """
    distinct = list({frozenset(tests.items()): tests for tests in found}.values())
    if len(distinct) > MOST:
        raise Misfit("rete-many-alternatives")
    return distinct


def _both(one: Tests, other: Tests) -> Tests | None:
    """Lay two conjunctions over each other; None where a fact is left without a value."""
    joined = dict(one)
    for fact, accepted in other.items():
        joined[fact] = _meet(joined[fact], accepted) if fact in joined else accepted
        if _is_empty(joined[fact]):
            return None
    return joined


def _meet(one: Accepted, other: Accepted) -> Accepted:
    if isinstance(one, frozenset):
        return one.intersection(other)
    if isinstance(other, frozenset):
        return other.intersection(one)
    lows = [at for at in (one[0], other[0]) if at is not None]
    highs = [at for at in (one[1], other[1]) if at is not None]
    return max(lows, default=None), min(highs, default=None)


def _is_empty(accepted: Accepted) -> bool:
    if isinstance(accepted, frozenset):
        return not accepted
    low, high = accepted
    return low is not None and high is not None and low >= high
