"""The compiler: a rulebook becomes an ordered, shared decision diagram per matter."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from threading import RLock
from typing import Any

from dutyroute.diagram.resolution import Guard, Settlement, Settler
from dutyroute.rulebook.conditions import (
    ALWAYS,
    NEVER,
    AllOf,
    Between,
    Condition,
    OneOf,
    Test,
    join,
    restrict,
    tests,
)
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Plain

__all__ = ["Diagram", "Leaf", "Node", "OutsideDomain"]

Item = tuple[str, Any]
"""What a diagram follows to its leaves: ("rules", id), ("obligations", id), …"""

State = tuple[int, ...]
"""The items that are still possible, each with what is left of its condition."""

FULL = 200_000
"""How many places may be built before a diagram says that it is full: some 350 MB where rules explode."""

MET = 200_000
"""For how many numbers and dates a diagram remembers in which stretch they lie: some 20 MB."""


class OutsideDomain(LookupError):
    """A matter or value that the rulebook's vocabulary does not have."""

    def __init__(self, fact: str, value: object) -> None:
        self.fact = fact
        self.value = value
        super().__init__(fact, value)


class Leaf:
    """
    All incidents that no rule can tell apart, and what the rules say of them.

    `settlement` is None where the incidents are impossible; `impossible` then
    names the condition, by its index in the rulebook, that they contradict.
    `ruling` is the settlement's, at hand for the router. `guards` and `owed` are
    what was settled besides the matching rules, so that a leaf can be settled
    again without one of these. Leaves are disjoint and together cover the domain.
    """

    __slots__ = ("guards", "impossible", "outcome", "owed", "ruling", "settlement")

    def __init__(
        self,
        settlement: Settlement | None,
        impossible: int | None = None,
        guards: Collection[Guard] = (),
        owed: Collection[str] = (),
    ) -> None:
        self.settlement = settlement
        self.ruling = settlement.ruling if settlement else None
        self.impossible = impossible
        self.guards = guards
        self.owed = owed
        self.outcome: Hashable = settlement.outcome if settlement else None


class Node:
    """
    A test of one fact; its edges are the classes of values that rules tell apart.

    `edges` maps a value (enumerations, yes-no) or the index of a stretch between
    `cuts` (numbers, dates) to what follows. Edges are built when first walked.
    `met` maps values that were met to what follows them; it is no second copy
    of the edges where these go by value.
    """

    __slots__ = ("cuts", "edges", "fact", "matter", "met", "state")

    def __init__(self, matter: str, fact: str, cuts: list[Any] | None, state: State) -> None:
        self.matter = matter
        self.fact = fact
        self.cuts = cuts
        self.edges: dict[Any, Node | Leaf] = {}
        self.met = self.edges if cuts is None else {}
        self.state = state


@dataclass(frozen=True, slots=True)
class _Tracked:
    """An item with its whole condition."""

    item: Item
    condition: Condition


class Diagram:
    """
    A rulebook, compiled.

    Nothing is built before it is walked, and whatever is built is kept, so a
    rulebook with an exploding matter still routes; `is_full` tells whoever walks
    on and on to begin anew. Safe to share between threads: walking takes no
    lock, building a node that is not there yet does.
    """

    def __init__(self, rulebook: Rulebook, order: Mapping[str, int] | None = None) -> None:
        """
        Prepare to compile a rulebook.

        `order` ranks the facts by when they are tested; two diagrams that are
        walked side by side need the same.
        """
        self.rulebook = rulebook
        self.facts = rulebook.vocabulary.facts
        self.settler = Settler(rulebook)
        self._tracked = tuple(_tracked(rulebook))
        self._by_matter, self._everywhere = _index(self._tracked, rulebook.vocabulary.matters)
        self.order = order or _order(self._tracked, self.facts)
        self.reading_order = self.settler.reading_order
        self._tokens: dict[tuple[int, Condition], int] = {}
        self._meaning: list[tuple[int, Condition]] = []
        self._tests: list[tuple[Test, ...]] = []
        self._rests: dict[tuple[int, str, Plain], int | None] = {}
        self._roots: dict[str, Node | Leaf] = {}
        self._nodes: dict[tuple[str, State], Node | Leaf] = {}
        self._building = RLock()
        self._room = MET
        self.is_full = False

    def root(self, matter: str) -> Node | Leaf:
        """
        Return where the walk for a matter begins.

        Raises:
            OutsideDomain: if the vocabulary has no such matter.
        """
        found = self._roots.get(matter)
        if found is None:
            if matter not in self._by_matter:
                raise OutsideDomain(MATTER, matter)
            start = [*self._by_matter[matter], *self._everywhere]
            with self._building:
                left = (self._known(index, self._tracked[index].condition, MATTER, matter) for index in start)
                found = self._roots.setdefault(matter, self._after(matter, left))
        return found

    def walk(self, matter: str, values: Mapping[str, Plain]) -> Leaf | None:
        """
        Walk to the one leaf of an incident; None where an unknown fact stands in the way.

        Raises:
            OutsideDomain: if a value is none of its fact's.
        """
        try:
            node = self._roots[matter]
            while node.__class__ is Node:
                node = node.met[values[node.fact]]
        except KeyError:  # unknown, or not walked before
            return self._explore(matter, values)
        return node  # type: ignore[return-value]

    def _explore(self, matter: str, values: Mapping[str, Plain]) -> Leaf | None:
        node = self.root(matter)
        while isinstance(node, Node):
            value = values.get(node.fact)
            if value is None:
                return None
            node = self.child(node, value)
        return node

    def child(self, node: Node, value: Plain) -> Node | Leaf:
        """
        Return what follows a node for one value of its fact.

        Raises:
            OutsideDomain: if the value is none of the fact's.
        """
        key = value if node.cuts is None else bisect_right(node.cuts, value)
        found = node.edges.get(key)
        if found is None:
            fact = self.facts[node.fact]
            if node.cuts is None and value not in self.domain(fact):
                raise OutsideDomain(node.fact, value)
            with self._building:
                left = (self._rest(token, node.fact, value) for token in node.state)
                found = node.edges.setdefault(key, self._after(node.matter, left))
        if node.cuts is not None and self._room > 0 and value not in node.met:
            self._room -= 1
            node.met[value] = found
        return found

    def is_about(self, matter: str) -> bool:
        """Tell whether any rule or obligation may be about a matter."""
        items = (*self._by_matter[matter], *self._everywhere)
        return any(self._tracked[index].item[0] != "impossible" for index in items)

    def remaining(self, node: Node) -> Iterator[tuple[Item, Condition]]:
        """Yield the items that are still possible at a node, each with what is left of its condition."""
        for token in node.state:
            index, rest = self._meaning[token]
            yield self._tracked[index].item, rest

    def remaining_tests(self, node: Node) -> Iterator[Test]:
        """Yield the tests that are left at a node, its own and those below it."""
        for token in node.state:
            yield from self._tests[token]

    @property
    def size(self) -> int:
        """How many places are built so far."""
        return len(self._nodes)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day that an incident can be about: some rule is in force."""
        return self.rulebook.days

    def values(self, node: Node) -> Iterator[Plain]:
        """
        Yield one value of each class of a node's fact, in order.

        Days on which no rule is in force are left out: no incident about them is answered.
        """
        fact = self.facts[node.fact]
        if node.cuts is None:
            yield from self.domain(fact)
        elif fact.id == self.rulebook.header.date:
            yield from (first for first, _ in self.seasons(node.cuts))
        else:
            yield from self.stretches(fact, node.cuts)

    @staticmethod
    def stretches(fact: Fact, cuts: list[Any]) -> Iterator[Plain]:
        """Yield the first value of each stretch between cuts that the fact's bounds leave room for."""
        return _representatives(fact, cuts)

    def seasons(self, cuts: list[Any]) -> Iterator[tuple[date, date]]:
        """Yield the first and the last day of each stretch between cuts, within `days`."""
        lows = [date.min, *cuts]
        highs = [*(cut - timedelta(days=1) for cut in cuts if cut > date.min), date.max]
        for low, high in zip(lows[-len(highs) :], highs, strict=True):
            first, last = max(low, self.days[0]), min(high, self.days[1])
            if first <= last:
                yield first, last

    def classes(self, node: Node) -> Iterator[tuple[tuple[Plain, ...], Node | Leaf]]:
        """
        Yield a node's edges: the values of each class, and what follows.

        Values of numbers and dates are given by the first of each stretch.
        """
        grouped: dict[int, tuple[list[Plain], Node | Leaf]] = {}
        for value in self.values(node):
            child = self.child(node, value)
            grouped.setdefault(id(child), ([], child))[0].append(value)
        for values, child in grouped.values():
            yield tuple(values), child

    def domain(self, fact: Fact) -> tuple[Plain, ...]:
        """List every value of a yes-no, enumerated or tree fact."""
        return (True, False) if fact.type == "bool" else self.rulebook.vocabulary.domain(fact)

    def contradicted(self, values: Mapping[str, Plain]) -> Iterator[int]:
        """Yield the impossible conditions that facts meet, whatever the other facts are."""
        for kind, name in (each.item for each in self._tracked):
            if kind == "impossible":
                rest = self.rulebook.conditions["impossible", name]
                for fact, value in values.items():
                    rest = restrict(rest, fact, value)
                if rest is ALWAYS:
                    yield name

    def _after(self, matter: str, left: Iterable[int | None]) -> Node | Leaf:
        """Go on with what is left of each item once a fact is known."""
        state = tuple(sorted(token for token in left if token is not None))
        found = self._nodes.get((matter, state))
        if found is None:
            found = self._nodes[matter, state] = self._build(matter, state)
            self.is_full = len(self._nodes) > FULL
        return found

    def _rest(self, token: int, fact: str, value: Plain) -> int | None:
        """Go on with one item once a fact is known; worked out once, whatever else is possible."""
        key = token, fact, value
        if key not in self._rests:
            self._rests[key] = self._known(*self._meaning[token], fact, value)
        return self._rests[key]

    def _known(self, index: int, condition: Condition, fact: str, value: Plain) -> int | None:
        """Number what is left of an item's condition; None where it cannot hold any more."""
        rest = restrict(condition, fact, value)
        return None if rest is NEVER else self._token(index, rest)

    def _token(self, index: int, rest: Condition) -> int:
        """Number an item with what is left of its condition."""
        token = self._tokens.get((index, rest))
        if token is None:
            token = self._tokens[index, rest] = len(self._meaning)
            self._meaning.append((index, rest))
            self._tests.append(tuple(tests(rest)))
        return token

    def _build(self, matter: str, state: State) -> Node | Leaf:
        """Make the node that tests the first fact still open, or the leaf where none is."""
        live = [self._meaning[token] for token in state]
        impossible = [i for i, rest in live if rest is ALWAYS and self._tracked[i].item[0] == "impossible"]
        if impossible:
            return Leaf(None, self._tracked[min(impossible)].item[1])
        left = [test for token in state for test in self._tests[token]]
        if not left:
            return self._leaf(matter, [self._tracked[i].item for i, _ in live])
        fact = min({test.fact for test in left}, key=self.order.__getitem__)
        return Node(matter, fact, _cuts(left, fact), state)

    def _leaf(self, matter: str, items: list[Item]) -> Leaf:
        """Settle the rules that match at a leaf."""
        matched = [name for kind, name in items if kind == "rules"]
        owed = [name for kind, name in items if kind == "obligations"]
        guards = [guard for kind, name in items if kind == "guard" for guard in self._guards(*name)]
        return Leaf(self.settler.settle(matter, matched, guards, owed), None, guards, owed)

    def _guards(self, rule: str, party: str, recusal: int) -> Iterator[Guard]:
        for role in self.rulebook.recusals[recusal].roles:
            yield rule, party, role


def _tracked(rulebook: Rulebook) -> Iterator[_Tracked]:
    """List what the diagram follows: rules, their recusals, obligations, impossibilities."""
    conditions = rulebook.conditions
    for name in rulebook.rules:
        condition = _in_force(rulebook, name)
        yield _Tracked(("rules", name), condition)
        for index, recusal in enumerate(rulebook.recusals):
            barred = {p for p, role, _ in rulebook.rules[name].duties() if role in recusal.roles}
            values = {v.id for v in rulebook.vocabulary.facts[recusal.fact].values}
            for party in sorted(barred & values):
                concerned = Test(recusal.fact, OneOf(frozenset({party})))
                yield _Tracked(("guard", (name, party, index)), _both(condition, concerned))
    for kind in ("obligations", "impossible"):
        yield from (_Tracked(key, found) for key, found in conditions.items() if key[0] == kind)


def _in_force(rulebook: Rulebook, name: str) -> Condition:
    """Add to a rule's condition that the date lies in its period."""
    condition = rulebook.conditions["rules", name]
    period = rulebook.period(rulebook.rules[name])
    cuts: tuple[date, ...] = tuple(day for day in (period.since, period.until) if day is not None)
    if not cuts or rulebook.header.date is None:
        return condition
    return _both(condition, Test(rulebook.header.date, Between(cuts, first=period.since is None)))


def _both(one: Condition, other: Condition) -> Condition:
    """Join two conditions, flat, so that the matter stays in sight at the top."""
    return join((*_parts(one), *_parts(other)), any_of=False)


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, AllOf) else (condition,)


def _index(
    tracked: tuple[_Tracked, ...], matters: Mapping[str, Any]
) -> tuple[dict[str, list[int]], list[int]]:
    """File items by the matters that they are about; the others are everywhere."""
    by_matter: dict[str, list[int]] = {matter: [] for matter in matters}
    everywhere: list[int] = []
    for index, each in enumerate(tracked):
        about = [p.accepts for p in _parts(each.condition) if isinstance(p, Test) and p.fact == MATTER]
        if not about:
            everywhere.append(index)
            continue
        for matter in frozenset.intersection(
            *(choice.values for choice in about if isinstance(choice, OneOf))
        ):
            by_matter[str(matter)].append(index)
    return by_matter, everywhere


def _order(tracked: tuple[_Tracked, ...], facts: Mapping[str, Fact]) -> dict[str, int]:
    """Test the facts that most items test first; the file's order plays no part."""
    counts = Counter(test.fact for each in tracked for test in tests(each.condition))
    ranked = sorted(facts, key=lambda fact: (-counts[fact], fact))
    return {fact: rank for rank, fact in enumerate(ranked)}


def _cuts(tests: list[Test], fact: str) -> list[Any] | None:
    """Gather where the tests of a number or a date change their verdict."""
    choices = [test.accepts for test in tests if test.fact == fact]
    if not isinstance(choices[0], Between):
        return None
    return sorted({cut for choice in choices if isinstance(choice, Between) for cut in choice.cuts})


def _representatives(fact: Fact, cuts: list[Any]) -> Iterator[Plain]:
    """Yield the first value of each stretch that the fact's bounds leave room for."""
    dated = fact.type == "date"
    low, high = (date.min, date.max) if dated else (fact.at_least, fact.at_most)
    first = cuts[0] - (timedelta(days=1) if dated else 1) if cuts[0] != low else None
    if first is not None and (low is None or first >= low):
        yield first
    for index, cut in enumerate(cuts):
        start = cut if low is None else max(cut, low)
        below_next = index + 1 == len(cuts) or start < cuts[index + 1]
        if below_next and (high is None or start <= high):
            yield start
