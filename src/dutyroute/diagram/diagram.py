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
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from math import inf
from threading import RLock
from typing import Any, TypeVar, overload

from dutyroute.diagram.items import Item, by_matter, items_of, order_of
from dutyroute.diagram.parts import Ties, grouped
from dutyroute.diagram.places import NONE, UNSAID, Below, Leaf, Node, Place, Remainder, State
from dutyroute.diagram.resolution import Settler
from dutyroute.rulebook.conditions import ALWAYS, NEVER, Between, Condition, Test, restrict, tests
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Facts, Plain

T = TypeVar("T")

FULL = 100_000
"""How many places may be built before a diagram says that it is full: some 110 MB where rules explode."""

SEEN = 200_000
"""For how many numbers and dates a diagram remembers in which stretch they lie: some 20 MB."""


class OutsideDomain(LookupError):
    """A matter or value that the rulebook's vocabulary does not have."""


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
        self._open: list[frozenset[str]] = []
        self._tied: dict[int, Ties] = {}
        self._rests: dict[tuple[int, str, Plain], int | None] = {}
        self._roots: dict[str, Node | Leaf] = {}
        self._nodes: dict[tuple[str, State, frozenset[str], frozenset[str]], Place] = {}
        self.kept: dict[Hashable, Any] = {}
        self._kept_size = 0
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
                found = self._roots.setdefault(matter, self._below(matter, left))
        return found

    def walk(self, matter: str, values: Facts) -> Leaf | Remainder:
        """
        Walk to where an incident ends: at a leaf, or at what its unknown facts leave open.

        Raises:
            OutsideDomain: if a value is none of its fact's.
        """
        place: Any = self._roots.get(matter) or self.root(matter)
        # The hot loop of routing: two lookups for each fact. What was not walked before is a KeyError, and built.
        value = values.get
        while place.fact is not None:
            try:
                while (fact := place.fact) is not None:
                    place = place.seen[value(fact, UNSAID)]
            except KeyError:
                place = self.child(place, value(place.fact, UNSAID))
        return place  # type: ignore[no-any-return]

    @overload
    def child(self, node: Node, value: Plain) -> Below: ...

    @overload
    def child(self, node: Node, value: Plain | None) -> Place: ...

    def child(self, node: Node, value: Plain | None) -> Any:
        """
        Return what follows a node for one value of its fact; None or `UNSAID` where it is unknown.

        Raises:
            OutsideDomain: if the value is none of the fact's.
        """
        key = value if node.cuts is None or value in (None, UNSAID) else bisect_right(node.cuts, value)
        found = node.edges.get(key)
        if found is None:
            # Only building takes the lock: an edge, once there, never changes, so that walks need none.
            with self._building:
                found = node.edges.setdefault(key, self._after(node, value))
        if node.cuts is not None and self._room > 0 and value not in node.seen:
            self._room -= 1
            node.seen[value] = found
        return found

    def _after(self, node: Node, value: Plain | None) -> Place:
        """Find or build what follows a node."""
        if value is None or value == UNSAID:
            lacks = value == UNSAID and node.fact in self.rulebook.vocabulary.unless_said
            unsaid = node.unsaid | {node.fact} if lacks else node.unsaid
            return self._place(node.matter, node.state, node.later | {node.fact}, unsaid)
        fact = self.facts[node.fact]
        if node.cuts is None and value not in self.rulebook.vocabulary.domain(fact):
            raise OutsideDomain(node.fact, value)
        return self._place(node.matter, self._left(node, node.fact, value), node.later, node.unsaid)

    def given(self, node: Node, fact: str, value: Plain) -> Below:
        """Return what is left at a node once a fact is known, whichever fact the node tests."""
        with self._building:
            return self._below(node.matter, self._left(node, fact, value))

    def _left(self, node: Node, fact: str, value: Plain) -> Iterator[int | None]:
        return (self._rest(token, fact, value) for token in node.state)

    def parts(self, node: Node) -> list[Below]:
        """Split what is left at a node into parts that have nothing to do with each other but their answers."""
        items = [(token, self._meaning[token][0], self._open[token]) for token in node.state]
        # What is impossible says which answers can be there at all.
        by_answer = any(self._items[index][0][0] == "impossible" for _, index, _ in items)
        ties = ((token, facts, self._ties(index)) for token, index, facts in items)
        groups = grouped(ties, by_answer=by_answer)
        if len(groups) == 1:
            return [node]
        with self._building:
            return [self._below(node.matter, group) for group in groups]

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
        """How many places are built so far, with what is kept of them."""
        return len(self._nodes) + self._kept_size

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

    def _below(self, matter: str, left: Iterable[int | None]) -> Below:
        """Find or build a place with nothing put off."""
        return self._place(matter, left)  # type: ignore[return-value]

    def _place(
        self,
        matter: str,
        left: Iterable[int | None],
        later: frozenset[str] = NONE,
        unsaid: frozenset[str] = NONE,
    ) -> Place:
        """Find or build the place where this is left of the items, None where nothing is."""
        state = tuple(sorted(token for token in left if token is not None))
        facts = NONE.union(*map(self._open.__getitem__, state))
        # The matter is part of the key although the state says it all: a ruling names its matter.
        key = matter, state, later & facts, unsaid & facts
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = self._build(*key, facts)
            self.is_full = self.size > FULL
        return found

    def keep(self, key: Hashable, worked_out: T, size: int) -> T:
        """Keep what was worked out of some places, until the diagram begins anew; it counts as so many more."""
        with self._building:
            if key not in self.kept:
                self._kept_size += size
            return self.kept.setdefault(key, worked_out)  # type: ignore[no-any-return]

    def _ties(self, index: int) -> Ties:
        """Tell what ties an item to others; worked out once."""
        found = self._tied.get(index)
        if found is None:
            found = self._tied[index] = Ties.of(self._items[index][0], self.rulebook)
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
            self._open.append(frozenset(test.fact for test in self._tests[token]))
        return token

    def _build(
        self,
        matter: str,
        state: State,
        later: frozenset[str],
        unsaid: frozenset[str],
        facts: frozenset[str],
    ) -> Place:
        """Make the node that tests the first fact still open, or what is there where none is."""
        live = [self._meaning[token] for token in state]
        # As soon as a condition is met that is impossible, nothing below can change that.
        impossible = [i for i, rest in live if rest is ALWAYS and self._items[i][0][0] == "impossible"]
        if impossible:
            return Leaf(None, self._items[min(impossible)][0][1])
        # An item without remaining tests holds: items that cannot hold any more were dropped from the state.
        if not facts:
            return self._leaf(matter, [self._items[i][0] for i, _ in live])
        if facts == later:
            return Remainder(self._below(matter, state), unsaid)
        fact = min(facts - later, key=self.order.__getitem__)
        choices = [test.accepts for token in state for test in self._tests[token] if test.fact == fact]
        # All tests of a fact are of one kind: those of a number or a date say where they change their verdict.
        cuts = {cut for choice in choices if isinstance(choice, Between) for cut in choice.cuts}
        return Node(
            matter, fact, sorted(cuts) if isinstance(choices[0], Between) else None, state, later, unsaid
        )

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
