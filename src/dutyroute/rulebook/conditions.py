"""The language of `when`: from what the author wrote to tests on facts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import permutations
from typing import Any, cast

from dutyroute.diagnostics import Diagnostic, Place, nearest, several
from dutyroute.formats.timestamp import LOOSE_DAY
from dutyroute.messages import both
from dutyroute.rulebook.search import likely
from dutyroute.rulebook.vocabulary import MATTER, Fact, Facts, Plain, Term, Vocabulary


@dataclass(frozen=True, slots=True)
class OneOf:
    """A set of values of an enumerated, tree or yes-no fact."""

    values: frozenset[Plain]

    def __contains__(self, value: object) -> bool:
        return value in self.values


@dataclass(frozen=True, slots=True)
class Between:
    """
    Stretches of whole numbers or days: membership flips at each cut.

    `first` tells whether values below the first cut belong.

    >>> bidders = Between(cuts=(3,), first=True)
    >>> 2 in bidders, 3 in bidders
    (True, False)
    """

    cuts: tuple[int, ...] | tuple[date, ...]
    first: bool

    def __contains__(self, value: Any) -> bool:
        # Whole numbers and days are discrete, so that one sorted list of cuts is any union of stretches.
        return bool(bisect_right(self.cuts, value) & 1) is not self.first


Choice = OneOf | Between


@dataclass(frozen=True, slots=True)
class Test:
    """One fact, and the values of it that will do."""

    fact: str
    accepts: Choice


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; of no parts, always."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; of no parts, never."""

    parts: tuple[Condition, ...]


Condition = Test | AllOf | AnyOf

ALWAYS = AllOf(())
NEVER = AnyOf(())

_RANGE = ("at_least", "more_than", "at_most", "less_than")
BRANCHES = ("any", "all", "not")
"""The keys of a condition that hold conditions; every other key is a fact."""


def read(when: Mapping[str, Any], words: Vocabulary, at: Place) -> tuple[Condition, list[Diagnostic]]:
    """
    Turn a written condition into tests, with every fault found on the way.

    Negation is pushed down to the tests, so that what comes out knows only
    tests, `AllOf` and `AnyOf`. `at` is the condition's place in the rulebook.
    """
    reader = _Reader(words)
    return reader.conjunction(when, at, negated=False), reader.faults


class _Reader:
    """Reads one condition and collects its faults, so that all are reported at once."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self.faults: list[Diagnostic] = []

    def conjunction(self, when: Any, at: Place, *, negated: bool) -> Condition:
        if not isinstance(when, Mapping):
            self.fault("wrong-type", at, value=when, expected=both("expected-conditions"))
            return NEVER
        # De Morgan: a negated "all of these" is "any of these, negated".
        parts = tuple(self.part(key, value, (*at, key), negated) for key, value in when.items())
        return join(parts, any_of=negated)

    def part(self, key: str, value: Any, at: Place, negated: bool) -> Condition:
        if key == "not":
            return self.conjunction(value, at, negated=not negated)
        if key in BRANCHES:
            if not isinstance(value, tuple) or not value:
                self.fault("wrong-type", at, value=value, expected=both("expected-condition-list"))
                return NEVER
            parts = tuple(self.conjunction(v, (*at, i), negated=negated) for i, v in enumerate(value))
            return join(parts, any_of=(key == "any") is not negated)
        fact = self.words.facts.get(key)
        if fact is None:
            nearby = nearest(key, self.words.facts) or nearest(key, BRANCHES)
            self.fault("unknown-fact", at, on="key", word=key, suggestion=nearby)
            return NEVER
        return Test(key, self.choice(fact, value, at, negated))

    def choice(self, fact: Fact, value: Any, at: Place, negated: bool) -> Choice:
        if isinstance(value, Mapping):
            if set(value) == {"not"}:
                return self.choice(fact, value["not"], (*at, "not"), not negated)
            return self.stretch(fact, value, at, negated)
        listed = value if isinstance(value, tuple) else (value,)
        places = [(*at, i) for i in range(len(listed))] if isinstance(value, tuple) else [at]
        if not listed:
            self.fault("empty-list", at)
        checked = [self.member(fact, v, place) for v, place in zip(listed, places, strict=True)]
        members = [member for member in checked if member is not None]
        if fact.type in {"int", "date"}:
            return _points(members, negated)
        values = frozenset(members)
        if fact.type == "tree":
            # A matter stands for its whole branch of the tree.
            values = frozenset(m for top in members for m in self.words.below(str(top)))
        if negated:
            # The complement within the domain: a negation must not accept values that do not exist.
            values = frozenset(self.words.domain(fact)) - values
        return OneOf(values)

    def stretch(self, fact: Fact, value: Mapping[str, Any], at: Place, negated: bool) -> Choice:
        nothing = Between((), False) if fact.type in {"int", "date"} else OneOf(frozenset())
        for key in value:
            if key not in _RANGE:
                near = nearest(key, ("not", *_RANGE))
                self.fault("unknown-range", (*at, key), on="key", word=key, suggestion=near)
                return nothing
        if fact.type not in {"int", "date"} or not value:
            self.fault("range-not-allowed", at, fact=fact.id, expected=expected(fact, self.words))
            return nothing
        ends: dict[str, Any] = {key: self.member(fact, end, (*at, key)) for key, end in value.items()}
        if any(end is None for end in ends.values()):
            return nothing
        # The four ways to write an end, as half-open bounds.
        lows = [_after(end) if key == "more_than" else end for key, end in ends.items() if key in _RANGE[:2]]
        highs = [_after(end) if key == "at_most" else end for key, end in ends.items() if key in _RANGE[2:]]
        low, high = max(lows, default=None), min(highs, default=None)
        if low is not None and high is not None and low >= high:
            self.fault("empty-range", at, fact=fact.id)
            return nothing
        return Between(tuple(c for c in (low, high) if c is not None), (low is None) is not negated)

    def member(self, fact: Fact, value: Any, at: Place) -> Plain | None:
        """Check one value against its fact; None where it cannot be."""
        if self.words.takes(fact, value) and value != date.max:  # the day after it has no name
            return cast(Plain, value)
        is_text, entries = isinstance(value, str), self.words.entries(fact)
        if is_text and fact.type in {"tree", "enum"}:
            code = "unknown-matter" if fact.id == MATTER else "unknown-value"
            if parts := several(value, entries):
                self.fault("list-without-brackets", at, word=value, listed=", ".join(parts))
                return None
            known = "、".join(list(entries)[:12])
            near = likely(value, fact, self.words)
            self.fault(code, at, fact=fact.id, word=value, suggestion=near, known=known)
        else:
            code = "bad-date" if is_text and fact.type == "date" else "wrong-value"
            wanted, near = expected(fact, self.words), as_date(value)
            self.fault(code, at, fact=fact.id, value=value, expected=wanted, suggestion=near)
        return None

    def fault(self, code: str, at: Place, *, on: Any = "value", **values: object) -> None:
        self.faults.append(Diagnostic(code, values, at, on))


def join(parts: tuple[Condition, ...], *, any_of: bool) -> Condition:
    """Combine conditions; a single one stays as it is, none is `ALWAYS` or `NEVER`."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return NEVER if any_of else ALWAYS
    return AnyOf(parts) if any_of else AllOf(parts)


def tests(condition: Condition) -> Iterator[Test]:
    """Yield every test in a condition, in order."""
    if isinstance(condition, Test):
        yield condition
    else:
        for part in condition.parts:
            yield from tests(part)


def verdict(condition: Condition, values: Facts) -> bool | None:
    """Return whether a condition holds of known values; None where an unknown one decides."""
    if isinstance(condition, Test):
        value = values.get(condition.fact)
        return None if value is None else value in condition.accepts
    decisive = not isinstance(condition, AllOf)
    found = {verdict(part, values) for part in condition.parts}
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def foreseen(condition: Condition, values: Facts, words: Vocabulary) -> bool | None:
    """Tell whether a condition holds; of a fact that is not given, only the values that it can have count."""
    for fact in words.unless_said.keys() - values.keys():
        excluded = words.excluded(fact, values)
        left = [value for value in words.entries(words.facts[fact]) if value not in excluded]
        found = {foreseen(condition, {**values, fact: value}, words) for value in left}
        return found.pop() if len(found) == 1 else None
    return verdict(condition, values)


def left_open(when: Mapping[str, Any], words: Vocabulary, values: Facts) -> dict[str, Any]:
    """Return what of a `when` hangs on unknown values, as its author wrote it."""
    found: dict[str, Any] = {}
    for fact, written in when.items():
        if _decided({fact: written}, words, values):
            continue
        if fact == "not":
            found[fact] = left_open(written, words, values)
        elif fact in BRANCHES:
            branches = (branch for branch in written if not _decided(branch, words, values))
            found[fact] = tuple(left_open(branch, words, values) for branch in branches)
        else:
            found[fact] = written
    return found


def united(whens: Iterable[Mapping[str, Any]], words: Vocabulary) -> list[Mapping[str, Any]]:
    """
    Join alternatives that mean the same when taken together.

    One that another implies is left out. Two that differ in one fact only are one
    that accepts what either does, without that fact where this is every value.
    """
    found = list(whens)
    for one, other in permutations(found, 2):
        if all(key in one and _within(key, one[key], written, words) for key, written in other.items()):
            return united([when for when in found if when is not one], words)
        different = [key for key, written in one.items() if key not in other or other[key] != written]
        if len(one) == len(other) and len(different) == 1 and different[0] in other:
            (key,) = different
            sides = _accepted(key, one[key], words), _accepted(key, other[key], words)
            if all(sides):
                domain = words.domain(words.facts[key])
                values = tuple(value for value in domain if value in sides[0] | sides[1])
                joined = {**one, key: values}
                if len(values) == len(domain):
                    del joined[key]
                rest = (when for when in found if when is not other)
                return united([joined if when is one else when for when in rest], words)
    return found


def _within(key: str, inner: Any, outer: Any, words: Vocabulary) -> bool:
    """Tell whether what one entry of a `when` accepts is accepted by another of the same key."""
    accepted = _accepted(key, inner, words)
    return bool(inner == outer or (accepted and accepted <= _accepted(key, outer, words)))


def _accepted(key: str, written: Any, words: Vocabulary) -> frozenset[Plain]:
    """Return the listed values that an entry of a `when` accepts; none of numbers, days and branches."""
    test = ALWAYS if key in BRANCHES else read({key: written}, words, ())[0]
    return test.accepts.values if isinstance(test, Test) and isinstance(test.accepts, OneOf) else frozenset()


def _decided(when: Mapping[str, Any], words: Vocabulary, values: Facts) -> bool:
    return foreseen(read(when, words, ())[0], values, words) is not None


def restrict(condition: Condition, fact: str, value: Any) -> Condition:
    """Return what is left of a condition once a fact is known."""
    if isinstance(condition, Test):
        if condition.fact != fact:
            return condition
        return ALWAYS if value in condition.accepts else NEVER
    decided, dropped = (NEVER, ALWAYS) if isinstance(condition, AllOf) else (ALWAYS, NEVER)
    left: list[Condition] = []
    for part in condition.parts:
        rest = restrict(part, fact, value)
        if rest is decided:
            return decided
        if rest is not dropped:
            left.append(rest)
    return join(tuple(left), any_of=isinstance(condition, AnyOf))


def _points(members: list[Any], negated: bool) -> Between:
    """Cut out single numbers or days; touching ones merge."""
    cuts: list[Any] = []
    for point in sorted(set(members)):
        # The stretch before ends where this one begins: they are one.
        if cuts and cuts[-1] == point:
            cuts.pop()
        else:
            cuts.append(point)
        cuts.append(_after(point))
    return Between(tuple(cuts), negated)


def _after(point: Any) -> Any:
    return point + (timedelta(days=1) if isinstance(point, date) else 1)


def as_date(value: object) -> str | None:
    """Suggest the ISO form of a date that was written loosely."""
    # 2026/3/1 and 2026年3月1日 are only suggested, never taken: 3/1/2026 could be read in two ways.
    found = re.fullmatch(LOOSE_DAY, value.strip()) if isinstance(value, str) else None
    with suppress(ValueError):
        return date(*map(int, found.groups())).isoformat() if found else None
    return None


_LISTED = 12
"""How many words are listed where one of them is expected."""


def expected(fact: Fact, words: Vocabulary) -> dict[str, str]:
    """Say, in each language, what values a fact takes."""
    if fact.type == "bool":
        return both("expected-true-or-false")
    if fact.type in ("date", "text"):
        return both(f"expected-{fact.type}")
    if fact.type == "int":
        said = both("expected-whole-number")
        if fact.at_least is not None:
            said = both("expected-at-least", number=said, end=fact.at_least)
        if fact.at_most is not None:
            said = both("expected-at-most", number=said, end=fact.at_most)
        return said
    if fact.type == "tree" and len(words.matters) > _LISTED:
        return both("expected-matter")
    return one_of(words.entries(fact))


def one_of(entries: Mapping[str, Term], most: int = _LISTED) -> dict[str, str]:
    """Say, in each language, which words there are: the first ones, with the names that people know."""
    shown, more = list(entries.values())[:most], len(entries) > most
    named = {"zh": "，".join(f"{e.id} {e.name}" for e in shown), "en": ", ".join(e.id for e in shown)}
    return both("expected-one-of-many" if more else "expected-one-of", names=named)
