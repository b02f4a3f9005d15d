"""
What an author wrote as one condition, as alternatives that test each fact once.

It is read from the author's words and not from what the diagram compiles, so
that the two engines share no reading of a condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Plain, Vocabulary

MOST = 64
"""
Into how many alternatives one condition may be taken apart.

Each becomes at least one rule of durable-rules, and alternatives multiply: two
lists of ten excluded numbers are 121. A condition beyond this is refused by name.
"""

Item = tuple[str, Any]
"""("rule", id), ("obligation", id), ("impossible", index) or ("recusal", (fact, party))."""

Stretch = tuple[int | None, int | None]
"""Whole numbers, or days by their ordinals, from the first up to the second, that one excluded."""

Accepted = frozenset[Plain] | Stretch
Tests = Mapping[str, Accepted]


class Unsupported(Exception):
    """Something that the second engine does not carry; `reason` is the code of the words for it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Conjunction:
    """One alternative of an item's condition: each fact named lies in its set of values."""

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
    return (low is None or low <= number(value)) and (high is None or number(value) < high)


def conjunctions(rulebook: Rulebook) -> Iterator[tuple[Item, Iterator[Conjunction]]]:
    """
    Take every rule, obligation, impossible condition and recusal of a rulebook apart.

    Listing what an item was taken apart into raises `Unsupported` where it is too much.
    """
    words, dated = rulebook.vocabulary, rulebook.header.date
    written: list[tuple[Item, Mapping[str, Any], Tests]] = []
    for name, rule in rulebook.deciding.items():
        period = rulebook.period(rule)
        ends = tuple(None if day is None else number(day) for day in (period.since, period.until))
        in_force: Tests = {dated: (ends[0], ends[1])} if dated and ends != (None, None) else {}
        written.append((("rule", name), rule.when, in_force))
    written += [(("obligation", name), owed.applies, {}) for name, owed in rulebook.obligations.items()]
    written += [(("impossible", index), when, {}) for index, when in enumerate(rulebook.impossible)]
    for fact in dict.fromkeys(recusal.fact for recusal in rulebook.recusals):
        parties = [value.id for value in words.facts[fact].values if value.id in words.parties]
        written += [(("recusal", (fact, party)), {}, {fact: frozenset({party})}) for party in parties]
    return ((item, _apart(words, item, when, beside)) for item, when, beside in written)


def _apart(words: Vocabulary, item: Item, when: Mapping[str, Any], beside: Tests) -> Iterator[Conjunction]:
    """Take one condition apart, together with what its item asks besides."""
    for tests in _all_of([_conjunction(words, when, negated=False), [beside]]):
        yield Conjunction(item, tests)


def _conjunction(words: Vocabulary, when: Mapping[str, Any], *, negated: bool) -> list[Tests]:
    parts: list[list[Tests]] = []
    for key, value in when.items():
        if key == "not":
            parts.append(_conjunction(words, value, negated=not negated))
        elif key in ("any", "all"):
            several = [_conjunction(words, each, negated=negated) for each in value]
            parts.append(_any_of(several) if (key == "any") is not negated else _all_of(several))
        else:
            parts.append([{key: each} for each in _accepted(words, words.facts[key], value, negated)])
    return _any_of(parts) if negated else _all_of(parts)


def _accepted(words: Vocabulary, fact: Fact, value: Any, negated: bool) -> list[Accepted]:
    """Say which values will do: one set of words, or several stretches of numbers."""
    if isinstance(value, Mapping) and "not" in value:
        return _accepted(words, fact, value["not"], not negated)
    if isinstance(value, Mapping):
        # Of two ends on one side the tighter counts.
        ends = {key: number(end) for key, end in value.items()}
        lows = [ends[key] + step for key, step in (("at_least", 0), ("more_than", 1)) if key in ends]
        highs = [ends[key] + step for key, step in (("less_than", 0), ("at_most", 1)) if key in ends]
        stretch = max(lows, default=None), min(highs, default=None)
        return list(_outside([stretch])) if negated else [stretch]
    listed = value if isinstance(value, tuple) else (value,)
    if fact.type in ("int", "date"):
        points: list[Stretch] = [(at, at + 1) for at in sorted({number(each) for each in listed})]
        return list(_outside(points)) if negated else [*points]
    if fact.id == MATTER:
        listed = tuple(below for matter in listed for below in words.below(matter))
    return [frozenset(words.domain(fact)).difference(listed) if negated else frozenset(listed)]


def _outside(stretches: list[Stretch]) -> Iterator[Stretch]:
    """Yield what lies between and beyond stretches that are in order and apart."""
    low: int | None = None
    for first, end in stretches:
        if first is not None and first != low:
            yield low, first
        low = end
        if end is None:
            return
    yield low, None


def _any_of(parts: Iterable[list[Tests]]) -> list[Tests]:
    """List all alternatives once; raise `Unsupported` where they are too many."""
    alternatives = (tests for part in parts for tests in part)
    distinct = list({frozenset(tests.items()): tests for tests in alternatives}.values())
    if len(distinct) > MOST:
        raise Unsupported("rete-many-alternatives")
    return distinct


def _all_of(parts: Iterable[list[Tests]]) -> list[Tests]:
    """Combine each alternative of each part with each of the others; drop what cannot hold."""
    found: list[Tests] = [{}]
    for part in parts:
        both = (_both(one, other) for one in found for other in part)
        found = _any_of([[tests for tests in both if tests is not None]])
    return found


def _both(one: Tests, other: Tests) -> Tests | None:
    """Lay two conjunctions over each other; None where a fact is left without a value."""
    joined = dict(one)
    for fact, accepted in other.items():
        # What only one of them names meets itself: an author may write a set that holds nothing.
        found = meet(joined.get(fact, accepted), accepted)
        if found is None:
            return None
        joined[fact] = found
    return joined


def meet(one: Accepted, other: Accepted) -> Accepted | None:
    """
    Return what lies in both of two sets of values of one fact; None where nothing does.

    >>> meet((1, 5), (3, None)), meet((1, 3), (3, 5))
    ((3, 5), None)
    """
    if isinstance(one, frozenset):
        return one.intersection(other) or None
    assert not isinstance(other, frozenset)  # the values of one fact are all of one kind
    low = max((at for at in (one[0], other[0]) if at is not None), default=None)
    high = min((at for at in (one[1], other[1]) if at is not None), default=None)
    return None if low is not None and high is not None and low >= high else (low, high)
