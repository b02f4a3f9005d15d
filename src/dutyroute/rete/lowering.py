"""Lowering: rows become rules of durable-rules, in the part of its language that can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

from dutyroute.rete.row import MOST, Accepted, Item, Misfit, Row, number, rows
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Plain, Vocabulary

__all__ = ["PER_SHARD", "Lowered", "Shard", "Term", "lower"]

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
"""How many values are shut out one by one before it is better to list those that will do."""

UNKNOWN = "?"
NONE = "-"
FAR = 2**53
"""Beyond every number that a rule may name; an unknown number lies between both ends."""


@dataclass(frozen=True, slots=True)
class _Lean:
    """One rule for durable-rules: the number of its row, and all terms that must hold."""

    row: int
    terms: tuple[Term, ...]
    anchor: str | None


@dataclass(slots=True)
class Shard:
    """Rules that make one ruleset; only incidents about one of `anchors` concern them."""

    rules: list[_Lean] = field(default_factory=list)
    anchors: set[str | None] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)

    def takes(self, rule: _Lean) -> bool:
        """Tell whether there is room for one more rule, of the same kind as the others."""
        attributes = self.attributes.union(name for name, _, _ in rule.terms)
        is_alike = (rule.anchor is None) is (None in self.anchors)
        return is_alike and len(self.rules) < PER_SHARD and len(attributes) <= ATTRIBUTES

    def add(self, rule: _Lean) -> None:
        """Take one more rule in."""
        self.rules.append(rule)
        self.anchors.add(rule.anchor)
        self.attributes.update(name for name, _, _ in rule.terms)

    def as_list(self) -> list[Any]:
        """Write the rules as plain data: rows and terms."""
        return [[lean.row, [list(term) for term in lean.terms]] for lean in self.rules]


@dataclass(frozen=True)
class Lowered:
    """
    A rulebook as durable-rules takes it.

    `rows` says what a number that fires stands for. `refused` names what does
    not fit, with the code of the reason.
    """

    words: Vocabulary
    rows: tuple[Row, ...]
    shards: tuple[Shard, ...]
    refused: tuple[tuple[Item, str], ...]

    @cached_property
    def _tested(self) -> tuple[Fact, ...]:
        names = {fact for row in self.rows for fact in row.tests} - {MATTER}
        return tuple(self.words.facts[name] for name in sorted(names))

    @cached_property
    def _paths(self) -> dict[str, dict[str, str]]:
        """Write each matter as attributes: itself, and what it lies under, level by level."""
        depth = max((len(_path(self.words, matter)) for matter in self.words.matters), default=0)
        return {matter: _levels(_path(self.words, matter), depth) for matter in self.words.matters}

    @cached_property
    def _concerned(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, shard in enumerate(self.shards):
            for anchor in shard.anchors:
                found.setdefault(anchor or "", []).append(place)
        return found

    @property
    def mixed(self) -> Iterator[str]:
        """Yield the facts that durable-rules would take for others: it knows an attribute by 32 bits."""
        taken = set(map(_hash, ("t", "fid", *next(iter(self._paths.values()), ()))))
        for fact in self._tested:
            own = {_hash(name) for name, _ in _attributes(fact, None)}
            if not taken.isdisjoint(own):
                yield fact.id
            taken |= own

    def concerned(self, matter: str) -> list[int]:
        """List the shards whose rules may be about a matter."""
        anchors = ("", matter, *self.words.above(matter))
        return sorted({place for anchor in anchors for place in self._concerned.get(anchor, ())})

    def attributes(self, matter: str, known: Mapping[str, Plain]) -> dict[str, str | int]:
        """Write an incident as durable-rules takes it; what is unknown is said to be so."""
        written: dict[str, str | int] = dict(self._paths[matter])
        for fact in self._tested:
            written.update(_attributes(fact, known.get(fact.id)))
        return written


def lower(rulebook: Rulebook) -> Lowered:
    """Lower a whole rulebook; what does not fit is named, and left out."""
    kept: list[Row] = []
    lean: list[_Lean] = []
    refused: list[tuple[Item, str]] = []
    for item, found in rows(rulebook):
        try:
            if isinstance(found, Misfit):
                raise found
            fitting = [_lean(rulebook.vocabulary, row, len(kept) + at) for at, row in enumerate(found)]
        except Misfit as misfit:
            refused.append((item, misfit.reason))
        else:
            kept += found
            lean += [rule for rules in fitting for rule in rules]
    lowered = Lowered(rulebook.vocabulary, tuple(kept), _shards(rulebook.vocabulary, lean), tuple(refused))
    return replace(
        lowered, refused=(*refused, *((("fact", name), "rete-same-hash") for name in lowered.mixed))
    )


def _shards(words: Vocabulary, lean: list[_Lean]) -> tuple[Shard, ...]:
    """Put rules about the same part of the tree of matters together."""
    ranks = {anchor: _path(words, anchor)[::-1] for anchor in {rule.anchor for rule in lean} if anchor}
    ranked = sorted(lean, key=lambda rule: (rule.anchor is not None, ranks.get(rule.anchor or "", [])))
    shards: list[Shard] = []
    for rule in ranked:
        if not shards or not shards[-1].takes(rule):
            shards.append(Shard())
        shards[-1].add(rule)
    return tuple(shards)


# -- terms


def _lean(words: Vocabulary, row: Row, place: int) -> list[_Lean]:
    """
    Write one row as rules, each a plain conjunction.

    A fact that is unknown passes every test of it: what fires is all that can
    still match.
    """
    ways = [_ways(words, words.facts[fact], accepted) for fact, accepted in row.tests.items()]
    found = [_joined(place, each) for each in product(*ways)]
    if len(found) > MOST:
        raise Misfit("rete-many-alternatives")
    if any(len(lean.terms) > LONGEST for lean in found):
        raise Misfit("rete-many-terms")
    return found


_Way = tuple[str | None, tuple[Term, ...]]
"""Where in the tree of matters an alternative lies, None where anywhere, and its terms."""


def _joined(place: int, ways: tuple[_Way, ...]) -> _Lean:
    anchor = next((anchor for anchor, _ in ways if anchor is not None), None)
    terms = sorted({term for _, some in ways for term in some}, key=_selective)
    return _Lean(place, tuple(terms), anchor)


def _selective(term: Term) -> tuple[bool, str, str, str]:
    """Let equations come first: they are what durable-rules looks up."""
    attribute, comparison, literal = term
    return comparison != "eq", attribute, comparison, str(literal)


def _ways(words: Vocabulary, fact: Fact, accepted: Accepted) -> list[_Way]:
    if not isinstance(accepted, frozenset):
        return [(None, tuple(_bounds(fact, *accepted)))]
    if fact.id == MATTER:
        return _branches(words, accepted)
    name, domain = _name(fact), (True, False) if fact.type == "bool" else words.domain(fact)
    shut = [value for value in domain if value not in accepted]
    if len(shut) <= EXCLUDED:
        return [(None, tuple((name, "ne", _word(value)) for value in shut))]
    listed = [*(_word(value) for value in domain if value in accepted), UNKNOWN]
    return [(None, ((name, "eq", word),)) for word in listed]


def _bounds(fact: Fact, low: int | None, high: int | None) -> Iterator[Term]:
    if any(end is not None and abs(end) >= FAR - 1 for end in (low, high)):
        raise Misfit("rete-large-number")
    if low is not None:
        yield f"{_name(fact)}_most", "ge", low
    if high is not None:
        yield f"{_name(fact)}_least", "lt", high


def _branches(words: Vocabulary, matters: frozenset[Plain]) -> list[_Way]:
    """Say a set of matters by whole branches of the tree, or by those that are shut out."""
    held = list(_cut(words, matters))
    shut = list(_cut(words, frozenset(words.matters) - matters)) if len(held) > 4 else held
    if len(held) > 4 and len(shut) <= EXCLUDED:
        return [(None, tuple(_at(words, *cut, comparison="ne") for cut in shut))]
    return [(cut[0], (_at(words, *cut, comparison="eq"),)) for cut in held]


def _cut(words: Vocabulary, matters: frozenset[Plain]) -> Iterator[tuple[str, bool]]:
    """Yield the whole branches in a set of matters, and the single ones that are left of it."""
    listed = sorted(map(str, matters))
    whole = {matter for matter in listed if words.below(matter) <= matters}
    for matter in listed:
        if matter not in whole:
            yield matter, False
        elif words.matters[matter].parent not in whole:
            yield matter, len(words.below(matter)) > 1


def _at(words: Vocabulary, matter: str, is_branch: bool, *, comparison: str) -> Term:
    if not is_branch:
        return "matter", comparison, matter
    return f"level{len(_path(words, matter)) - 1}", comparison, matter


def _path(words: Vocabulary, matter: str) -> list[str]:
    """List a matter and what it lies under, from the root down."""
    return [matter, *words.above(matter)][::-1]


def _levels(path: list[str], depth: int) -> dict[str, str]:
    padded = [*path, *[NONE] * (depth - len(path))]
    return {"matter": path[-1], **{f"level{level}": name for level, name in enumerate(padded)}}


# -- attributes


def _hash(name: str) -> int:
    """Number a name as durable-rules does (FNV-1a)."""
    found = 0x811C9DC5
    for byte in name.encode():
        found = (found ^ byte) * 0x01000193 & 0xFFFFFFFF
    return found


def _name(fact: Fact) -> str:
    return f"fact_{fact.id}"


def _word(value: Plain) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _attributes(fact: Fact, value: Plain | None) -> Iterator[tuple[str, str | int]]:
    name = _name(fact)
    if fact.type not in ("int", "date"):
        yield name, UNKNOWN if value is None else _word(value)
        return
    at = None if value is None else max(1 - FAR, min(FAR - 1, number(value)))
    yield f"{name}_least", -FAR if at is None else at
    yield f"{name}_most", FAR if at is None else at
