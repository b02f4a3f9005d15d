"""
Conjunctions become rules of durable-rules, in the part of its language that can be trusted.

Only equations and comparisons of one attribute with a literal are used, joined
by `and`. With `or`, `not` or conditions over two facts, durable-rules was found
to miss matches or to crash. What does not fit is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, product, zip_longest
from typing import Any

from dutyroute.rete.conjunctions import MOST, Accepted, Conjunction, Item, Unsupported, conjunctions, number
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Plain, Vocabulary

Term = tuple[str, str, str | int]
"""An attribute, `eq`, `ne`, `ge` or `lt`, and a literal. Attributes hold either texts or whole numbers."""

PER_SHARD = 60
"""
Rules in one ruleset of durable-rules.

It keeps at most 64 alternatives while it matches one fact, and no rule has two
of them at a time: with fewer rules than that, none is ever lost.
"""

ATTRIBUTES = 200
"""Attributes in one ruleset: a fact of durable-rules has at most 252."""

LONGEST = 24
"""Terms in one rule."""

EXCLUDED = 12
"""How many values are excluded one by one before it is better to list those that will do."""

UNKNOWN = "?"
NONE = "-"
FAR = 2**53
"""Beyond every number that a rule may name; an unknown number lies between both ends."""


@dataclass(frozen=True, slots=True)
class _ReteRule:
    """One rule for durable-rules: the number of its conjunction, and all terms that must hold."""

    number: int
    terms: tuple[Term, ...]
    branch: str | None
    """The matter at the top of the branch that the rule is about; None for every matter."""


@dataclass(slots=True)
class Shard:
    """Rules that make one ruleset; only incidents about one of `branches` concern them."""

    rules: list[_ReteRule] = field(default_factory=list)
    branches: set[str | None] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)

    def add(self, rule: _ReteRule) -> bool:
        """Take one more rule in, where there is room for it and the others are of its kind."""
        attributes = self.attributes.union(name for name, _, _ in rule.terms)
        # Rules about every matter stay apart, so that the other shards need be asked about their own only.
        is_alike = not self.rules or (rule.branch is None) is (None in self.branches)
        if not is_alike or len(self.rules) == PER_SHARD or len(attributes) > ATTRIBUTES:
            return False
        self.rules.append(rule)
        self.branches.add(rule.branch)
        self.attributes = attributes
        return True


class ReteProgram:
    """
    A rulebook as durable-rules takes it.

    `conjunctions` says what a number that fires stands for. `refused` names what
    does not fit and is left out, with the code of the reason.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        """Lower a whole rulebook."""
        words = self._words = rulebook.vocabulary
        self.conjunctions: list[Conjunction] = []
        self.refused: list[tuple[Item, str]] = []
        rules: list[_ReteRule] = []
        for item, alternatives in conjunctions(rulebook):
            try:
                found = list(alternatives)
                lowered = [_rules(words, each, len(self.conjunctions) + at) for at, each in enumerate(found)]
            except Unsupported as unsupported:
                self.refused.append((item, unsupported.reason))
            else:
                self.conjunctions += found
                rules += chain.from_iterable(lowered)
        self.shards: list[Shard] = _shards(words, rules)
        tested = {fact for each in self.conjunctions for fact in each.tests} - {MATTER}
        self._tested = [words.facts[name] for name in sorted(tested)]
        # Each matter as attributes: itself, and what it lies under, level by level. So a rule about
        # a whole branch of the tree is one equation.
        paths = {matter: _path(words, matter) for matter in words.matters}
        levels = [f"level{level}" for level in range(max(map(len, paths.values()), default=0))]
        self._levels = {
            matter: {"matter": matter, **dict(zip_longest(levels, path, fillvalue=NONE))}
            for matter, path in paths.items()
        }
        # durable-rules knows an attribute by 32 bits, and would take one fact for another.
        taken = set(map(_hash, ("t", "fid", "matter", *levels)))
        for fact in self._tested:
            own = {_hash(name) for name, _ in _attributes(fact, None)}
            if not taken.isdisjoint(own):
                self.refused.append((("fact", fact.id), "rete-same-hash"))
            taken |= own

    def shards_about(self, matter: str) -> list[int]:
        """List the shards whose rules may be about a matter."""
        branches = {None, matter, *self._words.above(matter)}
        return [place for place, shard in enumerate(self.shards) if not branches.isdisjoint(shard.branches)]

    def attributes(self, matter: str, known: Mapping[str, Plain]) -> dict[str, str | int]:
        """Write an incident as durable-rules takes it; what is unknown is said to be so."""
        written: dict[str, str | int] = dict(self._levels[matter])
        for fact in self._tested:
            written.update(_attributes(fact, known.get(fact.id)))
        return written


def _shards(words: Vocabulary, rules: list[_ReteRule]) -> list[Shard]:
    """Put rules about the same part of the tree of matters together."""
    paths = {branch: _path(words, branch) for branch in {rule.branch for rule in rules} if branch}
    shards: list[Shard] = []
    for rule in sorted(rules, key=lambda rule: (rule.branch is not None, paths.get(rule.branch or "", []))):
        if not shards or not shards[-1].add(rule):
            shards.append(Shard())
            shards[-1].add(rule)
    return shards


def _rules(words: Vocabulary, conjunction: Conjunction, number: int) -> list[_ReteRule]:
    """
    Write one conjunction as rules of durable-rules.

    A fact that is unknown passes every test of it: what fires is all that can
    still match.
    """
    ways = [_ways(words, words.facts[fact], accepted) for fact, accepted in conjunction.tests.items()]
    found = []
    for way in product(*ways):
        branch = next((branch for branch, _ in way if branch is not None), None)
        # Equations come first: they are what durable-rules looks up.
        terms = sorted(
            {term for _, some in way for term in some}, key=lambda t: (t[1] != "eq", t[0], t[1], str(t[2]))
        )
        found.append(_ReteRule(number, tuple(terms), branch))
    if len(found) > MOST:
        raise Unsupported("rete-many-alternatives")
    if any(len(rule.terms) > LONGEST for rule in found):
        raise Unsupported("rete-many-terms")
    return found


_Way = tuple[str | None, tuple[Term, ...]]
"""The branch of matters in which an alternative lies, None where anywhere, and its terms."""


def _ways(words: Vocabulary, fact: Fact, accepted: Accepted) -> list[_Way]:
    name = f"fact_{fact.id}"
    if not isinstance(accepted, frozenset):
        low, high = accepted
        if any(end is not None and abs(end) >= FAR - 1 for end in accepted):
            raise Unsupported("rete-large-number")
        ends = ((f"{name}_most", "ge", low), (f"{name}_least", "lt", high))
        return [(None, tuple((attribute, test, end) for attribute, test, end in ends if end is not None))]
    if fact.id == MATTER:
        return _branches(words, accepted)
    domain = words.domain(fact)
    excluded = [value for value in domain if value not in accepted]
    if len(excluded) <= EXCLUDED:
        return [(None, tuple((name, "ne", _word(value)) for value in excluded))]
    listed = [*(_word(value) for value in domain if value in accepted), UNKNOWN]
    return [(None, ((name, "eq", word),)) for word in listed]


def _branches(words: Vocabulary, matters: frozenset[Plain]) -> list[_Way]:
    """Say a set of matters by whole branches of the tree, or by those that are excluded."""
    held = list(_cut(words, matters))
    if len(held) > 4:
        excluded = list(_cut(words, frozenset(words.matters) - matters))
        if len(excluded) <= EXCLUDED:
            return [(None, tuple((name, "ne", matter) for name, matter in excluded))]
    return [(matter, ((name, "eq", matter),)) for name, matter in held]


def _cut(words: Vocabulary, matters: frozenset[Plain]) -> Iterator[tuple[str, str]]:
    """Yield the whole branches in a set of matters, and the single ones left, each with its attribute."""
    listed = sorted(map(str, matters))
    whole = {matter for matter in listed if words.below(matter) <= matters}
    for matter in listed:
        if matter not in whole:
            yield "matter", matter
        elif words.matters[matter].parent not in whole:
            is_single = len(words.below(matter)) == 1
            yield "matter" if is_single else f"level{len(_path(words, matter)) - 1}", matter


def _path(words: Vocabulary, matter: str) -> list[str]:
    """List a matter and what it lies under, from the root down."""
    return [matter, *words.above(matter)][::-1]


def _hash(name: str) -> int:
    """Number a name as durable-rules does (FNV-1a)."""
    found = 0x811C9DC5
    for byte in name.encode():
        found = (found ^ byte) * 0x01000193 & 0xFFFFFFFF
    return found


def _word(value: Plain) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _attributes(fact: Fact, value: Plain | None) -> Iterator[tuple[str, Any]]:
    """Write one fact; a number as the least and the most that it can be."""
    name = f"fact_{fact.id}"
    if fact.type not in ("int", "date"):
        yield name, UNKNOWN if value is None else _word(value)
        return
    at = None if value is None else max(1 - FAR, min(FAR - 1, number(value)))
    yield f"{name}_least", -FAR if at is None else at
    yield f"{name}_most", FAR if at is None else at
