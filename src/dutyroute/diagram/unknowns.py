"""Unknown facts: what is certain, what is possible, and what to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import combinations

from dutyroute.diagram.diagram import Diagram, Leaf, Node
from dutyroute.diagram.ruling import Breach, Duty, Recused, Ruling, Status, weakest
from dutyroute.rulebook.rules import LEAD, hours
from dutyroute.rulebook.vocabulary import MATTER, Plain

__all__ = ["BUDGET", "ImpossibleIncident", "Reach", "TooOpen", "combine"]

BUDGET = 50_000
"""How many nodes one incident may reach before it must give more facts."""

Place = Node | Leaf


class TooOpen(Exception):
    """So many facts are unknown that the possible answers cannot be counted."""


class ImpossibleIncident(Exception):
    """The facts meet an impossible condition; `index` is its place in the rulebook's list."""

    def __init__(self, index: int | None) -> None:
        self.index = index
        super().__init__(index)


class Reach:
    """
    All leaves that an incident can reach, whatever its unknown facts turn out to be.

    Each node is visited once. Impossible leaves are left out; `leaves` is empty
    where the incident contradicts itself, and `impossible` then tells which condition it meets.
    """

    def __init__(self, diagram: Diagram, matter: str, values: Mapping[str, Plain]) -> None:
        self.diagram = diagram
        self.matter = matter
        self.values = values
        self.start: Place = self._skip(diagram.root(matter))
        self._nodes: dict[int, Node] = {}
        found = self._collect(self.start)
        self.leaves: list[Leaf] = [leaf for leaf in found if leaf.settlement is not None]
        self.impossible: int | None = None if self.leaves else self._contradiction(found)
        self._conflicts: dict[tuple[int, int, bool], bool] = {}

    def _skip(self, place: Place) -> Place:
        """Follow known facts to the next unknown one, or to a leaf."""
        while isinstance(place, Node):
            value = self.values.get(place.fact)
            if value is None:
                break
            place = self.diagram.child(place, value)
        return place

    def _next(self, node: Node) -> Iterator[Place]:
        """Yield what can follow an unknown fact, each once."""
        places = (self._skip(child) for _, child in self.diagram.classes(node))
        yield from {id(place): place for place in places}.values()

    def _collect(self, start: Place) -> list[Leaf]:
        leaves: dict[int, Leaf] = {}
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if isinstance(place, Leaf):
                leaves[id(place)] = place
            elif id(place) not in self._nodes:
                self._nodes[id(place)] = place
                self._check_budget(len(self._nodes))
                waiting += self._next(place)
        return list(leaves.values())

    def _contradiction(self, found: list[Leaf]) -> int | None:
        """Name what the known facts contradict by themselves; failing that, what some leaf names."""
        known = self.diagram.contradicted({**self.values, MATTER: self.matter})
        return next(known, min(leaf.impossible for leaf in found if leaf.impossible is not None))

    @staticmethod
    def _check_budget(spent: int) -> None:
        if spent > BUDGET:
            raise TooOpen

    @cached_property
    def ask(self) -> tuple[str, ...]:
        """
        Name exactly the facts that can still change the answer.

        A fact is asked where, all others fixed, two of its possible values give
        different answers. Where impossible combinations leave no such fact, those
        are asked whose value alone rules an answer out; failing these, those of
        which two values differ, if not in the answer, then in being possible.
        """
        if len({leaf.outcome for leaf in self.leaves}) < 2:
            return ()
        tested = {node.fact for node in self._nodes.values()}
        asked = {fact for fact in tested if self._essential(fact)}
        asked = asked or {fact for fact in tested if self._telling(fact)}
        asked = asked or {fact for fact in tested if self._essential(fact, or_impossible=True)}
        return tuple(fact for fact in self.diagram.facts if fact in asked)

    def choices(self, fact: str) -> set[Plain]:
        """Gather one value of each class of a fact that the incident can still meet."""
        return self._values([node for node in self._nodes.values() if node.fact == fact])

    def _essential(self, fact: str, *, or_impossible: bool = False) -> bool:
        nodes = (node for node in self._nodes.values() if node.fact == fact)
        pairs = (pair for node in nodes for pair in combinations(self._next(node), 2))
        return any(self._differ(one, other, or_impossible) for one, other in pairs)

    def _differ(self, one: Place, other: Place, or_impossible: bool) -> bool:
        """
        Tell whether some completion of the later facts gives two different answers.

        `or_impossible` lets being impossible count as an answer of its own.
        """
        if one is other:
            return False
        key = (min(id(one), id(other)), max(id(one), id(other)), or_impossible)
        if key not in self._conflicts:
            self._check_budget(len(self._conflicts))
            self._conflicts[key] = self._differ_below(one, other, or_impossible)
        return self._conflicts[key]

    def _differ_below(self, one: Place, other: Place, or_impossible: bool) -> bool:
        if isinstance(one, Leaf) and isinstance(other, Leaf):
            comparable = or_impossible or (one.settlement is not None and other.settlement is not None)
            return comparable and one.outcome != other.outcome
        return any(self._differ(a, b, or_impossible) for a, b in self._together(one, other))

    def _together(self, one: Place, other: Place) -> Iterable[tuple[Place, Place]]:
        """Step two places on together, along the first fact that either tests."""
        first, second = self._rank(one), self._rank(other)
        step_one, step_other = first <= second, second <= first
        values = self._values([p for p, moves in ((one, step_one), (other, step_other)) if moves])
        for value in values:
            yield self._step(one, value, step_one), self._step(other, value, step_other)

    def _rank(self, place: Place) -> int:
        return self.diagram.order[place.fact] if isinstance(place, Node) else len(self.diagram.order)

    def _step(self, place: Place, value: Plain, moves: bool) -> Place:
        return self._skip(self.diagram.child(place, value)) if moves and isinstance(place, Node) else place

    def _values(self, places: Iterable[Place]) -> set[Plain]:
        """Gather a value of each class that any of the nodes tells apart."""
        return {value for place in places if isinstance(place, Node) for value in self.diagram.values(place)}

    def _telling(self, fact: str) -> bool:
        everything = {leaf.outcome for leaf in self.leaves}
        for value in self.choices(fact):
            narrowed = Reach(self.diagram, self.matter, {**self.values, fact: value})
            if narrowed.leaves and {leaf.outcome for leaf in narrowed.leaves} != everything:
                return True
        return False


def combine(leaves: list[Leaf], ask: tuple[str, ...], place: Callable[[Duty], tuple[int, int]]) -> Ruling:
    """
    Write one ruling over several leaves: certain is what stands in all of them.

    `place` ranks a duty in the chain, so that the display is stable.
    """
    rulings = [leaf.settlement.ruling for leaf in leaves if leaf.settlement is not None]
    if len(rulings) == 1:
        return replace(rulings[0], ask=ask)
    duties = sorted((_over(found, len(rulings)) for found in _grouped(rulings)), key=place)
    flags = [set(ruling.flags) for ruling in rulings]
    certain_flags = set.intersection(*flags)
    return Ruling(
        matter=rulings[0].matter,
        status=_status(leaves, rulings),
        lead=tuple(d.party for d in duties if d.role == LEAD and d.certain),
        duties=tuple(duties),
        flags=tuple(sorted(certain_flags)),
        recused=_recused(rulings),
        breaches=_breaches(rulings),
        ask=ask,
        possible_flags=tuple(sorted(set.union(*flags) - certain_flags)),
    )


def _grouped(rulings: list[Ruling]) -> Iterable[list[Duty]]:
    groups: dict[tuple[str, str], list[Duty]] = {}
    for duty in (d for ruling in rulings for d in ruling.duties):
        groups.setdefault((duty.party, duty.role), []).append(duty)
    return groups.values()


def _over(found: list[Duty], leaves: int) -> Duty:
    """Write one duty over the leaves that give it."""
    told = [set(duty.to) for duty in found]
    certain_to, every_to = set.intersection(*told), [p for duty in found for p in duty.to]
    limits = [duty.within for duty in found]
    loosest = None if None in limits else max((w for w in limits if w), key=lambda w: (hours(w), w))
    return replace(
        found[0],
        to=tuple(party for party in dict.fromkeys(found[0].to) if party in certain_to),
        to_possible=tuple(sorted(set(every_to) - certain_to)),
        within=loosest,
        rules=tuple(sorted({rule for duty in found for rule in duty.rules})),
        clauses=tuple(sorted({clause for duty in found for clause in duty.clauses})),
        basis=weakest(duty.basis for duty in found),
        certain=len(found) == leaves,
        default=any(duty.default for duty in found),
    )


def _status(leaves: list[Leaf], rulings: list[Ruling]) -> Status:
    statuses = {ruling.status for ruling in rulings}
    if len(statuses) == 1 and (
        len({leaf.outcome for leaf in leaves}) == 1 or statuses & {"conflict", "unrouted"}
    ):
        return statuses.pop()
    return "conflict" if statuses == {"conflict", "unrouted"} else "incomplete"


def _recused(rulings: list[Ruling]) -> tuple[Recused, ...]:
    groups: dict[tuple[str, str], list[Recused]] = {}
    for each in (r for ruling in rulings for r in ruling.recused):
        groups.setdefault((each.party, each.role), []).append(each)
    return tuple(
        Recused(*key, tuple(sorted({rule for r in found for rule in r.rules})), len(found) == len(rulings))
        for key, found in sorted(groups.items())
    )


def _breaches(rulings: list[Ruling]) -> tuple[Breach, ...]:
    """Put together what is the same breach, whatever rules it rests on."""
    groups: dict[Breach, list[Breach]] = {}
    for each in (b for ruling in rulings for b in ruling.breaches):
        groups.setdefault(replace(each, rules=()), []).append(each)
    ordered = sorted(groups, key=lambda b: (b.obligation, b.kind, b.holders))
    return tuple(
        replace(
            key,
            rules=tuple(sorted({rule for b in groups[key] for rule in b.rules})),
            certain=len(groups[key]) == len(rulings),
        )
        for key in ordered
    )
