"""Rete: the second engine. durable-rules matches; unknown facts are tried one value after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dutyroute.diagram.diagram import Leaf
from dutyroute.diagram.resolution import Guard, Settler
from dutyroute.diagram.ruling import Ruling
from dutyroute.diagram.unknowns import ImpossibleIncident, TooOpen, combine
from dutyroute.errors import EngineError
from dutyroute.rete.asking import Cube, asked
from dutyroute.rete.lowering import lower
from dutyroute.rete.process import LIMIT, Worker
from dutyroute.rete.row import Accepted, Item, Row, Stretch, contains, number
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Plain

__all__ = ["BUDGET", "Rete"]

BUDGET = 2_000
"""How many partly filled-in incidents may be put to durable-rules for one ruling."""

_KEPT = 50_000
"""How many settled answers are remembered."""

_Barred = Mapping[tuple[str, str], Mapping[str, tuple[Guard, ...]]]
"""For a fact and a party that is its value: by rule, the duties that the party cannot hold."""


@dataclass(frozen=True, slots=True)
class _Way:
    """An incident with some of its unknown facts filled in: what they were said to be, and one value each."""

    said: Mapping[str, Accepted]
    known: Mapping[str, Plain]


class Rete:
    """
    Rules on a matter's incidents by durable-rules, in a process of its own.

    Which rules match, what the unknown facts can be and what to ask is worked
    out here, apart from the diagram; what a set of matching rules comes to is
    settled by the same step. Safe to share between threads.
    """

    def __init__(self, rulebook: Rulebook, *, limit: float = LIMIT) -> None:
        """
        Lower a rulebook; `limit` is how many seconds one answer may take.

        Raises:
            EngineError: naming every rule that durable-rules cannot carry.
            MissingExtraError: if durable-rules is not installed.
        """
        self.rulebook = rulebook
        self.lowered = lower(rulebook)
        if self.lowered.refused:
            raise EngineError("engine-refuses-rules", {"refused": _named(self.lowered.refused)})
        self.worker = Worker(self.lowered.shards, limit)
        self._limit = limit
        self._settler = Settler(rulebook)
        self._settled: dict[Any, Leaf] = {}
        self._barred = {item[1]: dict(_barred(rulebook, *item[1])) for item in _recusals(self.lowered.rows)}

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.rulebook, self._limit)

    def close(self) -> None:
        """End the worker."""
        self.worker.close()

    def rule(self, matter: str, facts: Mapping[str, Plain]) -> Ruling:
        """
        Rule on one matter of an incident.

        Raises:
            ImpossibleIncident: if the facts contradict each other.
            TooOpen: if so much is unknown that the answers cannot be listed.
            EngineError: if the worker fails twice.
        """
        found = list(self._cubes(matter, facts))
        leaves = {id(leaf): leaf for _, leaf in found if leaf.settlement is not None}
        if not leaves:
            indices = (leaf.impossible for _, leaf in found if leaf.impossible is not None)
            raise ImpossibleIncident(min(indices))
        cubes = [Cube(way.said, leaf.outcome) for way, leaf in found]
        ask = asked(self.rulebook.vocabulary.facts, cubes)
        return combine(list(leaves.values()), ask, self._settler.rank)

    def _cubes(self, matter: str, known: Mapping[str, Plain]) -> Iterator[tuple[_Way, Leaf]]:
        """Fill in unknown facts until each way comes to one answer."""
        places, spent = self.lowered.concerned(matter), 0
        waiting = [_Way({}, known)]
        while waiting:
            spent += len(waiting)
            if spent > BUDGET:
                raise TooOpen
            facts = [self.lowered.attributes(matter, way.known) for way in waiting]
            fired = self.worker.match(places, facts)
            further: list[_Way] = []
            for way, rows in zip(waiting, fired, strict=True):
                live = _Live([self.lowered.rows[row] for row in set(rows)], way.known, self._barred)
                if live.open:
                    further += self._split(way, live)
                else:
                    yield way, self._leaf(matter, live)
            waiting = further

    def _split(self, way: _Way, live: _Live) -> Iterator[_Way]:
        """Say what one more fact may be, each class of values that the live rows tell apart."""
        fact = self.rulebook.vocabulary.facts[live.next]
        tests = [row.tests[fact.id] for row in live.rows if fact.id in row.tests]
        for accepted, value in self._classes(fact, tests):
            yield _Way({**way.said, fact.id: accepted}, {**way.known, fact.id: value})

    def _classes(self, fact: Fact, tests: list[Accepted]) -> Iterator[tuple[Accepted, Plain]]:
        if fact.type in ("int", "date"):
            yield from self._stretches(fact, tests)
            return
        domain: tuple[Plain, ...] = (
            (True, False) if fact.type == "bool" else self.rulebook.vocabulary.domain(fact)
        )
        classes: dict[tuple[bool, ...], list[Plain]] = {}
        for value in domain:
            classes.setdefault(tuple(contains(test, value) for test in tests), []).append(value)
        yield from ((frozenset(values), values[0]) for values in classes.values())

    def _stretches(self, fact: Fact, tests: list[Accepted]) -> Iterator[tuple[Stretch, Plain]]:
        """Yield the stretches between the numbers that the live rows name, and a number in each."""
        first, last = self._bounds(fact)
        ends: set[Any] = {end for test in tests for end in test}
        cuts = [
            end
            for end in sorted(ends - {None})
            if (first is None or first < end) and (last is None or end <= last)
        ]
        for low, high in zip([first, *cuts], [*cuts, None], strict=True):
            value = low if low is not None else 0 if high is None else high - 1
            yield (low, high), date.fromordinal(value) if fact.type == "date" else value

    def _bounds(self, fact: Fact) -> tuple[int | None, int | None]:
        if fact.type == "int":
            return fact.at_least, fact.at_most
        days = self.rulebook.days if fact.id == self.rulebook.header.date else (date.min, date.max)
        return number(days[0]), number(days[1])

    def _leaf(self, matter: str, live: _Live) -> Leaf:
        """Settle what matches; the same once only."""
        key = matter, live.impossible, live.matched, live.guards, live.owed
        found = self._settled.get(key)
        if found is None:
            if len(self._settled) >= _KEPT:
                self._settled = {}
            found = self._settled.setdefault(key, self._fresh(matter, live))
        return found

    def _fresh(self, matter: str, live: _Live) -> Leaf:
        if live.impossible is not None:
            return Leaf(None, live.impossible)
        return Leaf(self._settler.settle(matter, live.matched, live.guards, live.owed))


class _Live:
    """
    The rows that durable-rules fired for an incident, sure and open ones.

    A row is sure where all its facts are known. What need not be known any more
    is left out: other rows of an item that is sure, recusals that bar nobody.
    """

    def __init__(self, fired: list[Row], known: Mapping[str, Plain], barred: _Barred) -> None:
        sure = {row.item for row in fired if _is_known(row, known)}
        self.impossible = min((name for kind, name in sure if kind == "impossible"), default=None)
        self.matched = frozenset(name for kind, name in sure if kind == "rule")
        self.owed = frozenset(name for kind, name in sure if kind == "obligation")
        rules = {name for kind, name in (row.item for row in fired) if kind == "rule"}
        self.guards = frozenset(
            guard
            for kind, name in sure
            if kind == "recusal"
            for rule in self.matched & barred[name].keys()
            for guard in barred[name][rule]
        )
        self.rows = [
            row
            for row in fired
            if row.item not in sure
            and (row.item[0] != "recusal" or not rules.isdisjoint(barred[row.item[1]]))
        ]
        tested = Counter(fact for row in self.rows for fact in row.tests if fact not in known)
        del tested[MATTER]
        self.next = min(tested, key=lambda fact: (-tested[fact], fact), default="")

    @property
    def open(self) -> bool:
        """Whether an unknown fact can still change what is live."""
        return self.impossible is None and bool(self.next)


def _is_known(row: Row, known: Mapping[str, Plain]) -> bool:
    return all(fact in known or fact == MATTER for fact in row.tests)


def _recusals(rows: tuple[Row, ...]) -> Iterator[Item]:
    return (row.item for row in rows if row.item[0] == "recusal")


def _barred(rulebook: Rulebook, fact: str, party: str) -> Iterator[tuple[str, tuple[Guard, ...]]]:
    """List by rule the duties that a party cannot hold where it is the value of a fact."""
    roles = {role for recusal in rulebook.recusals if recusal.fact == fact for role in recusal.roles}
    for name, rule in rulebook.rules.items():
        held = [(holder, role) for holder, role, _ in rule.duties() if holder == party and role in roles]
        if held:
            yield name, tuple((name, *each) for each in held)


def _named(refused: tuple[tuple[tuple[str, Any], str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), reason) for (_, name), reason in refused)


def _again(rulebook: Rulebook, limit: float) -> Rete:
    return Rete(rulebook, limit=limit)
