"""Rete: the second engine. durable-rules matches; unknown facts are tried one value after the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import combinations
from typing import Any

from dutyroute.diagram.combining import combine
from dutyroute.diagram.places import Leaf
from dutyroute.diagram.resolution import Guard, Settler
from dutyroute.diagram.ruling import Ruling
from dutyroute.diagram.unknowns import ImpossibleIncident, TooOpen
from dutyroute.errors import EngineError
from dutyroute.rete.conjunctions import Accepted, Conjunction, contains, meet, number
from dutyroute.rete.lowering import ReteProgram
from dutyroute.rete.process import LIMIT, Worker
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Facts, Plain

BUDGET = 2_000
"""
How many partly filled-in incidents may be put to durable-rules for one ruling.

Unlike the diagram it has no shared nodes: twelve unknown facts that each matter
are 4,096 questions. Beyond the limit the incident is refused as too open.
"""

_KEPT = 50_000
"""How many settled answers are remembered."""

_Barred = defaultdict[tuple[str, str], defaultdict[str, list[Guard]]]
"""For a fact and a party that is its value: by rule, the duties that the party cannot hold."""


@dataclass(frozen=True, slots=True)
class _Cube:
    """
    Ways to fill in unknown facts that all come to one answer; cubes never overlap.

    A fact that `facts` does not hold may be anything. The leaf is the answer; its
    outcome is None where none of the ways is possible.
    """

    facts: Mapping[str, Accepted]
    leaf: Leaf


class Rete:
    """
    Rules on single matters by durable-rules, in a process of its own.

    Which rules match, what the unknown facts can be and what to ask is worked
    out here, apart from the diagram. What a set of matching rules comes to is
    settled by the same code as there: overrides and defaults are not what
    durable-rules does, and the oracle in the tests checks that code by itself.
    Safe to share between threads.
    """

    def __init__(self, rulebook: Rulebook, *, limit: float = LIMIT) -> None:
        """
        Lower a rulebook; `limit` is how many seconds one answer may take.

        Raises:
            EngineError: naming every rule that durable-rules cannot carry.
            MissingExtraError: if durable-rules is not installed.
        """
        self.rulebook = rulebook
        self.program: ReteProgram = ReteProgram(rulebook)
        if self.program.refused:
            # A rule left out would be a wrong answer; so a rulebook is carried whole or not at all.
            refused = tuple((str(name), reason) for (_, name), reason in self.program.refused)
            raise EngineError("engine-refuses-rules", {"refused": refused})
        self.worker: Worker = Worker(self.program.shards, limit)
        self._settler = Settler(rulebook)
        self._settled: dict[Any, Leaf] = {}
        self._barred: _Barred = defaultdict(lambda: defaultdict(list))
        for name in rulebook.deciding:
            for each in rulebook.barred(name):
                self._barred[each.fact, each.party][name].append((name, each.party, each.role))

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), limit=self.worker.limit), (self.rulebook,)

    def close(self) -> None:
        """End the worker."""
        self.worker.close()

    def rule(self, matter: str, facts: Facts) -> Ruling:
        """
        Rule on one matter of an incident.

        Raises:
            ImpossibleIncident: if the facts contradict each other.
            TooOpen: if so much is unknown that the answers cannot be listed.
            EngineError: if the worker fails twice.
        """
        cubes = list(self._answers(matter, facts))
        found = {id(cube.leaf): cube.leaf for cube in cubes}.values()
        leaves = [leaf for leaf in found if leaf.settlement is not None]
        if not leaves:
            raise ImpossibleIncident(min(leaf.impossible for leaf in found if leaf.impossible is not None))
        ask = _asked(self.rulebook.vocabulary.facts, cubes)
        return combine(leaves, ask, self._settler.rank)

    def _answers(self, matter: str, given: Facts) -> Iterator[_Cube]:
        """Fill in unknown facts until each way comes to one answer."""
        words, shards, spent = self.rulebook.vocabulary, self.program.shards_about(matter), 0
        known = {fact: value for fact, value in given.items() if value is not None}
        # Each way says of the facts filled in what they can be, and holds one value of each beside the known.
        waiting: list[tuple[Mapping[str, Accepted], Mapping[str, Plain]]] = [({}, known)]
        while waiting:
            spent += len(waiting)
            if spent > BUDGET:
                raise TooOpen
            incidents = [self.program.attributes(matter, values) for _, values in waiting]
            ways, waiting = waiting, []
            for (facts, values), fired in zip(ways, self.worker.match(shards, incidents), strict=True):
                matches = [self.program.conjunctions[number] for number in set(fired)]
                live = _Live(matches, values, self._barred)
                if live.next is None:
                    yield _Cube(facts, self._leaf(matter, live))
                    continue
                fact = words.facts[live.next]
                tests = [each.tests[fact.id] for each in live.open if fact.id in each.tests]
                waiting += [
                    ({**facts, fact.id: accepted}, {**values, fact.id: value})
                    for accepted, value in self._classes(fact, tests, words.excluded(fact.id, given))
                ]

    def _classes(
        self, fact: Fact, tests: list[Accepted], excluded: Collection[Plain]
    ) -> Iterator[tuple[Accepted, Plain]]:
        """Yield each class of values that tests tell apart, without those excluded, and one value of it."""
        if fact.type not in ("int", "date"):
            classes: dict[tuple[bool, ...], list[Plain]] = {}
            for each in self.rulebook.vocabulary.domain(fact):
                if each in excluded:
                    continue
                classes.setdefault(tuple(contains(test, each) for test in tests), []).append(each)
            yield from ((frozenset(values), values[0]) for values in classes.values())
            return
        first, last = fact.at_least, fact.at_most
        if fact.type == "date":
            days = self.rulebook.days if fact.id == self.rulebook.header.date else (date.min, date.max)
            first, last = map(number, days)
        ends: set[Any] = {end for test in tests for end in test} - {None}
        cuts = [c for c in sorted(ends) if (first is None or first < c) and (last is None or c <= last)]
        for low, high in zip([first, *cuts], [*cuts, None], strict=True):
            value = low if low is not None else 0 if high is None else high - 1
            yield (low, high), date.fromordinal(value) if fact.type == "date" else value

    def _leaf(self, matter: str, live: _Live) -> Leaf:
        """Settle what matches; the same once only."""
        key = matter, live.impossible, live.matched, live.guards, live.owed
        found = self._settled.get(key)
        if found is None:
            if len(self._settled) >= _KEPT:
                self._settled = {}
            is_possible = live.impossible is None
            settle = self._settler.settle
            settled = settle(matter, live.matched, live.guards, live.owed) if is_possible else None
            found = self._settled.setdefault(key, Leaf(settled, live.impossible))
        return found


class _Live:
    """
    What durable-rules found of an incident: what matches for sure, and what is still open.

    A match is sure where all its facts are known. `open` leaves out what need
    not be known any more: other alternatives of an item that is sure, recusals
    that bar nobody. `next` is the unknown fact to be filled in, None where
    nothing can change any more.
    """

    def __init__(self, fired: list[Conjunction], known: Mapping[str, Plain], barred: _Barred) -> None:
        sure = {each.item for each in fired if all(f in known or f == MATTER for f in each.tests)}
        self.impossible = min((name for kind, name in sure if kind == "impossible"), default=None)
        self.matched = frozenset(name for kind, name in sure if kind == "rule")
        self.owed = frozenset(name for kind, name in sure if kind == "obligation")
        self.guards = frozenset(
            guard
            for kind, name in sure
            if kind == "recusal"
            for rule in self.matched & barred[name].keys()
            for guard in barred[name][rule]
        )
        rules = {name for kind, name in (each.item for each in fired) if kind == "rule"}
        self.open = [
            each
            for each in fired
            if each.item not in sure
            and (each.item[0] != "recusal" or not rules.isdisjoint(barred[each.item[1]]))
        ]
        tested = Counter(fact for each in self.open for fact in each.tests if fact not in known)
        del tested[MATTER]
        most = min(tested, key=lambda fact: (-tested[fact], fact), default=None)
        self.next = most if self.impossible is None else None


def _asked(facts: Iterable[str], cubes: Sequence[_Cube]) -> tuple[str, ...]:
    """Name the facts to ask for, by the first of three reasons that names any."""
    possible = [cube for cube in cubes if cube.leaf.outcome is not None]
    every = {cube.leaf.outcome for cube in possible}
    if len(every) < 2:
        return ()
    listed = [fact for fact in facts if any(fact in cube.facts for cube in cubes)]
    found = _changing(possible, listed)
    found = found or {fact for fact in listed if _rules_out(fact, cubes, every)}
    found = found or _changing(cubes, listed)
    return tuple(fact for fact in listed if fact in found)


def _changing(cubes: Sequence[_Cube], facts: Sequence[str]) -> set[str]:
    """List the facts by which alone two ways differ that come to different answers."""
    found: set[str] = set()
    for one, other in combinations(cubes, 2):
        if one.leaf.outcome != other.leaf.outcome:
            shared = ((f, values, other.facts[f]) for f, values in one.facts.items() if f in other.facts)
            apart = (fact for fact, values, others in shared if meet(values, others) is None)
            # Cubes never overlap: some fact keeps them apart. Where a second one does, too, none does alone.
            only = next(apart)
            if next(apart, None) is None:
                found.add(only)
            if len(found) == len(facts):
                break
    return found


def _rules_out(fact: str, cubes: Sequence[_Cube], every: set[Hashable]) -> bool:
    """Tell whether one value of a fact alone leaves fewer answers."""
    pieces = {cube.facts[fact] for cube in cubes if fact in cube.facts}
    left = (
        {c.leaf.outcome for c in cubes if fact not in c.facts or meet(c.facts[fact], atom)} - {None}
        for atom in _atoms(pieces)
    )
    return any(outcomes and outcomes != every for outcomes in left)


def _atoms(pieces: set[Accepted]) -> Iterator[Accepted]:
    """Yield sets of values so small that each lies in a piece or outside it."""
    for piece in pieces:
        if isinstance(piece, frozenset):
            yield from (frozenset({value}) for value in piece)
    stretches = [piece for piece in pieces if not isinstance(piece, frozenset)]
    cuts = sorted({end for stretch in stretches for end in stretch if end is not None})
    for atom in zip([None, *cuts], [*cuts, None], strict=True):
        if any(meet(atom, stretch) for stretch in stretches):
            yield atom
