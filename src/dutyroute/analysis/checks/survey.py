"""Every incident about a matter, looked at leaf by leaf, each node once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from dutyroute.analysis.differences.traced import tests_of
from dutyroute.diagram.diagram import Diagram, Item, Leaf, Node
from dutyroute.diagram.resolution import Settlement, Settler
from dutyroute.rulebook.conditions import Between
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import Plain

__all__ = ["Survey", "Surveyed", "Topic"]

Arrivals = Mapping[int, tuple[Node, Plain] | None]
"""Over which node, by which value, each place was first reached."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A role that somebody may hold, or a flag that may be raised."""

    kind: Literal["roles", "flags"]
    name: str


class Surveyed(Diagram):
    """
    A diagram to be looked at as a whole.

    It keeps what met at each leaf, so that a leaf can be settled again without
    one of its rules, and it knows on which days anything can be asked. Where
    `topic` is given, the rulebook is the part that decides it, and `whole` is
    the diagram of all of it, which the router walks. `days` are those of the
    whole rulebook, where there is no such diagram.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        topic: Topic | None = None,
        whole: Surveyed | None = None,
        *,
        days: tuple[date, date] | None = None,
    ) -> None:
        super().__init__(rulebook)
        self.topic = topic
        self.whole: Surveyed = whole or self
        self._asked = days
        self._met: dict[int, list[Item]] = {}
        self._again = Settler(rulebook)
        self._surveys: dict[Any, Survey] = {}

    def says_something_of(self, matter: str) -> bool:
        """Tell whether any rule or obligation may be about a matter."""
        items = (*self._by_matter[matter], *self._everywhere)
        return any(self._tracked[index].item[0] != "impossible" for index in items)

    def is_narrow(self, matter: str, known: Collection[str], most: int) -> bool:
        """Tell whether, some facts being known, at most so many places can be reached at all."""
        root = self.root(matter)
        if isinstance(root, Leaf):
            return True
        ways = 1
        for fact, classes in self._classes(root).items():
            ways *= 1 if fact in known else classes
        return 2 * ways <= most

    def _classes(self, root: Node) -> dict[str, int]:
        """Count at most how many classes of values the rules about a matter tell apart."""
        cuts: dict[str, set[Any]] = {}
        for test in (test for token in root.state for test in tests_of(self._meaning[token][1])):
            ends = test.accepts.cuts if isinstance(test.accepts, Between) else ()
            cuts.setdefault(test.fact, set()).update(ends)
        return {fact: max(len(found) + 1, len(self.domain(self.facts[fact]))) for fact, found in cuts.items()}

    def survey(self, matter: str, budget: int) -> Survey:
        """Look at every incident about a matter that the router would answer, once."""
        key = matter, budget, self.days
        if key not in self._surveys:
            self._surveys[key] = self._survey(matter, budget)
        return self._surveys[key]

    def _survey(self, matter: str, budget: int) -> Survey:
        root = self.root(matter)
        arrivals: dict[int, tuple[Node, Plain] | None] = {id(root): None}
        leaves: list[Leaf] = []
        waiting = [root]
        while waiting:
            place = waiting.pop()
            if isinstance(place, Leaf):
                leaves += [place] if place.settlement else []
                continue
            for value in reversed(tuple(self.options(place))):
                child = self.child(place, value)
                if id(child) not in arrivals:
                    if len(arrivals) >= budget:
                        return Survey(self, matter, tuple(leaves), arrivals, is_complete=False)
                    arrivals[id(child)] = place, value
                    waiting.append(child)
        return Survey(self, matter, tuple(leaves), arrivals)

    def without(self, matter: str, leaf: Leaf, rule: str) -> Settlement:
        """Settle a leaf again as if one of its rules were not in the rulebook."""
        met = self._met[id(leaf)]
        matched = [name for kind, name in met if kind == "rules" and name != rule]
        owed = [name for kind, name in met if kind == "obligations"]
        guards = [g for kind, name in met if kind == "guard" for g in self._guards(*name)]
        return self._again.settle(matter, matched, guards, owed)

    def view(self, settlement: Settlement) -> object:
        """Return what a settlement says of the topic; all that it says where there is none."""
        ruling, topic = settlement.ruling, self.topic
        if topic is None:
            return settlement.outcome
        if topic.kind == "flags":
            return topic.name in ruling.flags
        duties = frozenset((d.party, d.to, d.within) for d in ruling.duties if d.role == topic.name)
        return duties, frozenset((b.obligation, b.kind, b.holders) for b in ruling.breaches)

    def options(self, node: Node) -> Iterator[Plain]:
        """Yield a value of each class of a node's fact that can be asked about, the default first."""
        fact = self.facts[node.fact]
        is_day = node.fact == self.rulebook.header.date
        values = self._days(node.cuts or []) if is_day else self.values(node)
        yield from values if fact.default is None else sorted(values, key=lambda v: v != fact.default)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day that can be asked about, by the rules of the whole."""
        return self._asked or self.whole.rulebook.days

    def _days(self, cuts: list[Any]) -> Iterator[date]:
        """Yield a day of each stretch between cuts: its first, or where it has no beginning its last."""
        for first, last in self.seasons(cuts):
            yield last if first == date.min else first

    def _leaf(self, matter: str, items: list[Item]) -> Leaf:
        leaf = super()._leaf(matter, items)
        self._met[id(leaf)] = items  # INVARIANT: the diagram keeps its leaves, so an id stands for one
        return leaf


@dataclass(frozen=True, slots=True)
class Survey:
    """
    The leaves of one matter, and a way to each.

    Impossible incidents are left out, and so are days on which no rule is in
    force: the router does not answer either. `is_complete` is False where the
    budget ran out first.
    """

    diagram: Surveyed
    matter: str
    leaves: tuple[Leaf, ...]
    _arrivals: Arrivals
    is_complete: bool = True

    def path(self, leaf: Leaf) -> dict[str, Plain]:
        """Give the facts of one incident that ends in a leaf, in the order tested."""
        steps: list[tuple[str, Plain]] = []
        arrival = self._arrivals[id(leaf)]
        while arrival is not None:
            node, value = arrival
            steps.append((node.fact, value))
            arrival = self._arrivals[id(node)]
        return dict(reversed(steps))

    def settled(self) -> Iterator[tuple[Leaf, Settlement]]:
        """Yield the leaves with what they come to."""
        return ((leaf, leaf.settlement) for leaf in self.leaves if leaf.settlement is not None)
