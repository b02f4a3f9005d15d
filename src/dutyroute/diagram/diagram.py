"""
The compiler: a rulebook becomes an ordered, shared decision diagram per matter.

Each node tests one fact, in one order for all matters; what follows depends
only on which items (rules, recusals, obligations, impossible conditions) can
still hold and what is left of their conditions. That state is what nodes are
shared by: two ways that leave the same to be decided lead to one node, so that
a thousand rules about one matter do not become a tree of a thousand levels.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import inf
from threading import RLock
from typing import Any

from dutyroute.diagram.items import Item, by_matter, items_of, order_of
from dutyroute.diagram.resolution import Guard, Settlement, Settler
from dutyroute.diagram.ruling import Ruling
from dutyroute.rulebook.conditions import ALWAYS, NEVER, Between, Condition, Test, restrict, tests
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Facts, Plain

State = tuple[int, ...]
"""
The items that are still possible, each with what is left of its condition.

Each pair of an item and a rest has a number, given once: states are compared and
hashed at every new node, and a condition may be large.
"""

FULL = 200_000
"""How many places may be built before a diagram says that it is full: some 350 MB where rules explode."""

SEEN = 200_000
"""For how many numbers and dates a diagram remembers in which stretch they lie: some 20 MB."""


class OutsideDomain(LookupError):
    """A matter or value that the rulebook's vocabulary does not have."""


@dataclass(slots=True, eq=False)
class Leaf:
    """
    All incidents that no rule can tell apart, and what the rules say of them.

    `settlement` is None where the incidents are impossible; `impossible` then
    names the condition, by its index in the rulebook, that they contradict.
    `ruling` is the settlement's, at hand for the router. `guards` and `owed` are
    what was settled besides the matching rules, so that a leaf can be settled
    again without one of these. Leaves are disjoint and together cover the domain.
    """

    settlement: Settlement | None
    impossible: int | None = None
    guards: Collection[Guard] = ()
    owed: Collection[str] = ()
    ruling: Ruling | None = field(init=False)
    outcome: Hashable = field(init=False)

    def __post_init__(self) -> None:
        self.ruling = self.settlement.ruling if self.settlement else None
        self.outcome = self.settlement.outcome if self.settlement else None


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """
    A test of one fact; its edges are the classes of values that rules tell apart.

    `edges` maps a value (enumerations, yes-no) or the index of a stretch between
    `cuts` (numbers, dates) to what follows. Edges are built when first walked.
    `seen` maps single values to what follows them, so that a walk needs one
    lookup and no bisection; where edges go by value it is the edges themselves.
    """

    matter: str
    fact: str
    cuts: list[Any] | None
    state: State
    edges: dict[Any, Node | Leaf] = field(default_factory=dict)
    seen: dict[Any, Node | Leaf] = field(init=False)

    def __post_init__(self) -> None:
        self.seen = self.edges if self.cuts is None else {}


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
        self.facts: Mapping[str, Fact] = rulebook.vocabulary.facts
        self.settler: Settler = Settler(rulebook)
        self._items = tuple(items_of(rulebook))
        self._by_matter, self._everywhere = by_matter(self._items, rulebook.vocabulary.matters)
        self.order: Mapping[str, int] | dict[str, int] = order or order_of(self._items, self.facts)
        # A token is the number of an item with what is left of its condition; `_meaning` reads it back.
        self._tokens: dict[tuple[int, Condition], int] = {}
        self._meaning: list[tuple[int, Condition]] = []
        self._tests: list[tuple[Test, ...]] = []
        self._rests: dict[tuple[int, str, Plain], int | None] = {}
        self._roots: dict[str, Node | Leaf] = {}
        self._nodes: dict[tuple[str, State], Node | Leaf] = {}
        # Reentrant, since building a node asks for the numbers of what is left, which may be new, too.
        self._building = RLock()
        # Counted down over all nodes: dates and numbers that incidents bring are without end.
        self._room = SEEN
        self.is_full: bool = False

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
                left = (self._restricted(index, self._items[index][1], MATTER, matter) for index in start)
                found = self._roots.setdefault(matter, self._place(matter, left))
        return found

    def walk(self, matter: str, values: Facts) -> Leaf | None:
        """
        Walk to the one leaf of an incident; None where an unknown fact stands in the way.

        Raises:
            OutsideDomain: if a value is none of its fact's.
        """
        # The hot loop of routing: a lookup for each fact, and no call. Whatever is out of the
        # ordinary (unknown, not walked before, no such value) is a KeyError, and looked at below.
        try:
            node = self._roots[matter]
            while node.__class__ is Node:
                node = node.seen[values[node.fact]]
        except KeyError:  # unknown, or not walked before
            node = self.root(matter)
            while isinstance(node, Node):
                value = values.get(node.fact)
                if value is None:
                    return None
                node = self.child(node, value)
        return node  # type: ignore[return-value]

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
            if node.cuts is None and value not in self.rulebook.vocabulary.domain(fact):
                raise OutsideDomain(node.fact, value)
            # Only building takes the lock: an edge, once there, never changes, so that walks need none.
            with self._building:
                left = (self._rest(token, node.fact, value) for token in node.state)
                found = node.edges.setdefault(key, self._place(node.matter, left))
        if node.cuts is not None and self._room > 0 and value not in node.seen:
            self._room -= 1
            node.seen[value] = found
        return found

    def has_rules_about(self, matter: str) -> bool:
        """Tell whether any rule or obligation may be about a matter."""
        items = (*self._by_matter[matter], *self._everywhere)
        return any(self._items[index][0][0] != "impossible" for index in items)

    def remaining(self, node: Node) -> Iterator[tuple[Item, Condition]]:
        """Yield the items that are still possible at a node, each with what is left of its condition."""
        for token in node.state:
            index, rest = self._meaning[token]
            yield self._items[index][0], rest

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
            yield from self.rulebook.vocabulary.domain(fact)
        elif fact.id == self.rulebook.header.date:
            yield from (first for first, _ in self.seasons(node.cuts))
        else:
            yield from self.stretches(fact, node.cuts)

    @staticmethod
    def stretches(fact: Fact, cuts: list[Any]) -> Iterator[Plain]:
        """Yield the first value of each stretch between cuts that the fact's bounds leave room for."""
        dated = fact.type == "date"
        low: Any = date.min if dated else -inf if fact.at_least is None else fact.at_least
        high: Any = date.max if dated else inf if fact.at_most is None else fact.at_most
        # The range below the first cut may have no lower end: its last value represents it.
        if cuts[0] > low:
            yield cuts[0] - (timedelta(days=1) if dated else 1)
        for cut, following in zip(cuts, [*cuts[1:], None], strict=True):
            start = max(cut, low)
            if start <= high and (following is None or start < following):
                yield start

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
        Give a node's edges: the values of each class, and what follows.

        Values of numbers and dates are given by the first of each stretch.
        """
        grouped: dict[Node | Leaf, list[Plain]] = {}
        for value in self.values(node):
            grouped.setdefault(self.child(node, value), []).append(value)
        return ((tuple(values), child) for child, values in grouped.items())

    def _place(self, matter: str, left: Iterable[int | None]) -> Node | Leaf:
        """Find or build the place where this is left of the items, None where nothing is."""
        state = tuple(sorted(token for token in left if token is not None))
        # The matter is part of the key although the state says it all: a ruling names its matter.
        found = self._nodes.get((matter, state))
        if found is None:
            found = self._nodes[matter, state] = self._build(matter, state)
            self.is_full = len(self._nodes) > FULL
        return found

    def _rest(self, token: int, fact: str, value: Plain) -> int | None:
        """Return what is left of an item once a fact is known; worked out once for all nodes that have it."""
        key = token, fact, value
        if key not in self._rests:
            self._rests[key] = self._restricted(*self._meaning[token], fact, value)
        return self._rests[key]

    def _restricted(self, index: int, condition: Condition, fact: str, value: Plain) -> int | None:
        """Number what is left of an item's condition; None where it cannot hold any more."""
        rest = restrict(condition, fact, value)
        if rest is NEVER:
            return None
        token = self._tokens.get((index, rest))
        if token is None:
            token = self._tokens[index, rest] = len(self._meaning)
            self._meaning.append((index, rest))
            self._tests.append(tuple(tests(rest)))
        return token

    def _build(self, matter: str, state: State) -> Node | Leaf:
        """Make the node that tests the first fact still open, or the leaf where none is."""
        live = [self._meaning[token] for token in state]
        # As soon as a condition is met that is impossible, nothing below can change that.
        impossible = [i for i, rest in live if rest is ALWAYS and self._items[i][0][0] == "impossible"]
        if impossible:
            return Leaf(None, self._items[min(impossible)][0][1])
        # An item without remaining tests holds: items that cannot hold any more were dropped from the state.
        left = [test for token in state for test in self._tests[token]]
        if not left:
            return self._leaf(matter, [self._items[i][0] for i, _ in live])
        fact = min({test.fact for test in left}, key=self.order.__getitem__)
        choices = [test.accepts for test in left if test.fact == fact]
        # All tests of a fact are of one kind: those of a number or a date say where they change their verdict.
        cuts = {cut for choice in choices if isinstance(choice, Between) for cut in choice.cuts}
        return Node(matter, fact, sorted(cuts) if isinstance(choices[0], Between) else None, state)

    def _leaf(self, matter: str, items: list[Item]) -> Leaf:
        """Settle the rules that match at a leaf."""
        matched = [name for kind, name in items if kind == "rules"]
        owed = [name for kind, name in items if kind == "obligations"]
        guards = [
            (rule, party, role)
            for rule, party, recusal in (name for kind, name in items if kind == "guard")
            for role in self.rulebook.recusals[recusal].roles
        ]
        return Leaf(self.settler.settle(matter, matched, guards, owed), None, guards, owed)
