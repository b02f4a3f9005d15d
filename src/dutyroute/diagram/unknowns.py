"""
Unknown facts: what is certain, what is possible, and what to ask.

This is supervaluation: an answer is certain where every way to fill in the
unknown facts gives it, and possible where some do. Rules are not asked one by
one whether they "may" match, because of two rules for a yes and for a no, one
always does: the duty that both give is certain although neither rule is. The
diagram makes it cheap. All ways to fill in the facts end in the leaves that can
be reached, and each of its nodes is looked at once, not once for each way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain, combinations
from operator import attrgetter
from typing import Any, TypeVar

from dutyroute.diagram.diagram import Diagram, Leaf, Node
from dutyroute.diagram.ruling import Breach, Duty, Recused, Ruling, Status, weakest
from dutyroute.rulebook.conditions import AllOf, Test, restrict, tests, verdict
from dutyroute.rulebook.rules import LEAD, hours
from dutyroute.rulebook.vocabulary import MATTER, Facts, Plain

BUDGET = 50_000
"""How many nodes one incident may reach before it must give more facts."""

_FIRST_LOOK = 2_000
"""At how many nodes it is asked, once, whether the budget can be enough: most incidents never get there."""

Place = Node | Leaf
T = TypeVar("T")
R = TypeVar("R", Recused, Breach)


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

    def __init__(self, diagram: Diagram, matter: str, values: Facts) -> None:
        self.diagram = diagram
        self.matter = matter
        self.values = values
        self._nodes: dict[Node, None] = {}
        found = self._collect()
        self.leaves: list[Leaf] = [leaf for leaf in found if leaf.settlement is not None]
        self.impossible: int | None = None
        if not self.leaves:
            # What the known facts contradict by themselves; failing that, what some leaf names.
            known, rulebook = {**values, MATTER: matter}, diagram.rulebook
            indexes = range(len(rulebook.impossible))
            met = (i for i in indexes if verdict(rulebook.conditions["impossible", i], known))
            named = min(leaf.impossible for leaf in found if leaf.impossible is not None)
            self.impossible = next(met, named)
        self._conflicts: dict[tuple[int, int, bool], bool] = {}

    def _skip(self, place: Place) -> Place:
        """Follow known facts to the next unknown one, or to a leaf."""
        while isinstance(place, Node):
            value = self.values.get(place.fact)
            if value is None:
                break
            place = self.diagram.child(place, value)
        return place

    def _next(self, node: Node) -> Iterable[Place]:
        """List what can follow an unknown fact, each once."""
        return dict.fromkeys(self._skip(self.diagram.child(node, value)) for value in self._values(node))

    def _values(self, node: Node) -> Iterator[Plain]:
        """Yield a value of each class that an unknown fact can still have."""
        excluded = self.diagram.rulebook.vocabulary.excluded(node.fact, self.values)
        return (value for value in self.diagram.values(node) if value not in excluded)

    def _collect(self) -> Iterable[Leaf]:
        """Visit whatever can be reached, each place once; return the leaves."""
        # Not `leaves.visit`: here known facts are passed over, so that the budget counts unknown ones only.
        leaves: dict[Leaf, None] = {}
        waiting = [self._skip(self.diagram.root(self.matter))]
        while waiting:
            place = waiting.pop()
            if isinstance(place, Leaf):
                leaves[place] = None
            elif place not in self._nodes:
                self._nodes[place] = None
                count = len(self._nodes)
                if count > BUDGET or (count == _FIRST_LOOK and self._is_hopeless()):
                    raise TooOpen
                waiting += self._next(place)
        return leaves

    def _is_hopeless(self) -> bool:
        """
        Tell whether rules that have nothing to do with each other make too many nodes by themselves.

        Each such rule doubles them. Counted are rules of yes-no facts that no other
        counted rule and no impossible condition tests, apart from all overrides.
        """
        rulebook = self.diagram.rulebook
        known = {fact: value for fact, value in self.values.items() if value is not None}
        facts, free = rulebook.vocabulary.facts, 0
        apart = {
            name for rule in rulebook.rules.values() if rule.overrides for name in (rule.id, *rule.overrides)
        }
        taken = {
            test.fact
            for key, condition in rulebook.conditions.items()
            if key[0] == "impossible"
            for test in tests(condition)
        }
        for name in rulebook.rules.keys() - apart:
            left = rulebook.conditions["rules", name]
            for fact, value in (*known.items(), (MATTER, self.matter)):
                left = restrict(left, fact, value)
            # A plain conjunction can be met and missed; of other conditions that is not certain.
            parts = (left,) if isinstance(left, Test) else left.parts if isinstance(left, AllOf) else ()
            open_facts = [part.fact if isinstance(part, Test) else MATTER for part in parts]
            is_plain = len(set(open_facts)) == len(open_facts) and all(
                facts[f].type == "bool" for f in open_facts
            )
            if open_facts and is_plain and taken.isdisjoint(open_facts):
                taken |= set(open_facts)
                free += 1
        return (1 << free) - 1 > BUDGET

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
        # Each reason is tried only where the one before names no fact: they cost more and say less.
        tested = {node.fact for node in self._nodes}
        asked = {fact for fact in tested if self._essential(fact)}
        asked = asked or {fact for fact in tested if self._telling(fact)}
        asked = asked or {fact for fact in tested if self._essential(fact, or_impossible=True)}
        return tuple(fact for fact in self.diagram.facts if fact in asked)

    def choices(self, fact: str) -> set[Plain]:
        """Gather one value of each class of a fact, also of those that it has only if they are said."""
        return {v for node in self._nodes if node.fact == fact for v in self.diagram.values(node)}

    def _essential(self, fact: str, *, or_impossible: bool = False) -> bool:
        """
        Tell whether two values of a fact, all others fixed, give two different answers.

        Only neighbours of the nodes that test it need be compared: any two such
        ways part at one of them.
        """
        nodes = (node for node in self._nodes if node.fact == fact)
        pairs = (pair for node in nodes for pair in combinations(self._next(node), 2))
        return any(self._differ(one, other, or_impossible) for one, other in pairs)

    def _differ(self, one: Place, other: Place, or_impossible: bool) -> bool:
        """
        Tell whether some completion of the later facts gives two different answers.

        The two places are walked side by side, and each pair of places once.
        `or_impossible` lets being impossible count as an answer of its own.
        """
        if one is other:
            return False
        key = (min(id(one), id(other)), max(id(one), id(other)), or_impossible)
        if key not in self._conflicts:
            if len(self._conflicts) > BUDGET:
                raise TooOpen
            if isinstance(one, Leaf) and isinstance(other, Leaf):
                comparable = or_impossible or (one.settlement is not None and other.settlement is not None)
                found = comparable and one.outcome != other.outcome
            else:
                # This ends, since the first fact that either place tests comes later at each step.
                found = any(self._differ(a, b, or_impossible) for a, b in self._together(one, other))
            self._conflicts[key] = found
        return self._conflicts[key]

    def _together(self, one: Place, other: Place) -> Iterable[tuple[Place, Place]]:
        """Step two places on together, along the first fact that either tests."""
        nodes = [place for place in (one, other) if isinstance(place, Node)]
        fact = min((node.fact for node in nodes), key=self.diagram.order.__getitem__)
        testing = [node for node in nodes if node.fact == fact]
        for value in {value for node in testing for value in self._values(node)}:
            after: dict[Place, Place] = {n: self._skip(self.diagram.child(n, value)) for n in testing}
            # A place that tests a later fact, or none, gives the same answer for every value of this one.
            yield after.get(one, one), after.get(other, other)

    def _telling(self, fact: str) -> bool:
        """Tell whether some value of a fact, whatever the others are, rules an answer out."""
        everything = {leaf.outcome for leaf in self.leaves}
        values = {value for node in self._nodes if node.fact == fact for value in self._values(node)}
        narrowed = (Reach(self.diagram, self.matter, {**self.values, fact: value}) for value in values)
        left = ({leaf.outcome for leaf in each.leaves} for each in narrowed)
        return any(outcomes and outcomes != everything for outcomes in left)


def combine(leaves: list[Leaf], ask: tuple[str, ...], place: Callable[[Duty], tuple[int, int]]) -> Ruling:
    """
    Write one ruling over several leaves: certain is what all of them say.

    `place` ranks a duty in the chain, so that the display is stable.
    """
    rulings = [leaf.settlement.ruling for leaf in leaves if leaf.settlement is not None]
    if len(rulings) == 1:
        return replace(rulings[0], ask=ask)
    held = _grouped([ruling.duties for ruling in rulings], attrgetter("party", "role"))
    duties = sorted((_over(found, len(rulings)) for found in held.values()), key=place)
    flags = [set(ruling.flags) for ruling in rulings]
    certain_flags = set.intersection(*flags)
    return Ruling(
        matter=rulings[0].matter,
        status=_status(leaves, rulings),
        lead=tuple(d.party for d in duties if d.role == LEAD and d.certain),
        duties=tuple(duties),
        flags=tuple(sorted(certain_flags)),
        recused=_merged([ruling.recused for ruling in rulings], attrgetter("party", "role")),
        # The same breach, whatever rules it rests on.
        breaches=_merged([r.breaches for r in rulings], attrgetter("obligation", "kind", "holders")),
        ask=ask,
        possible_flags=tuple(sorted(set.union(*flags) - certain_flags)),
    )


def _over(found: list[Duty], leaves: int) -> Duty:
    """
    Write one duty over the leaves that give it.

    Where they differ the weaker statement is made: the loosest time limit, the
    weakest basis, and as certainly told only whom every leaf names.
    """
    told = [set(duty.to) for duty in found]
    certain_to, every_to = set.intersection(*told), [p for duty in found for p in duty.to]
    limits = [duty.within for duty in found]
    loosest = None if None in limits else max((w for w in limits if w), key=lambda w: (hours(w), w))
    return replace(
        found[0],
        to=tuple(party for party in dict.fromkeys(found[0].to) if party in certain_to),
        to_possible=tuple(sorted(set(every_to) - certain_to)),
        within=loosest,
        rules=_rules(found),
        clauses=tuple(sorted({clause for duty in found for clause in duty.clauses})),
        basis=weakest(duty.basis for duty in found),
        certain=len(found) == leaves,
        default=any(duty.default for duty in found),
    )


def _status(leaves: list[Leaf], rulings: list[Ruling]) -> Status:
    # That nobody can act is certain where every leaf says so, even if the leaves differ in why.
    statuses = {ruling.status for ruling in rulings}
    is_one_answer = len({leaf.outcome for leaf in leaves}) == 1
    if len(statuses) == 1 and (is_one_answer or statuses & {"conflict", "unrouted"}):
        return statuses.pop()
    return "conflict" if statuses == {"conflict", "unrouted"} else "incomplete"


def _merged(said: list[tuple[R, ...]], key: Callable[[R], Any]) -> tuple[R, ...]:
    """Write each recusal, or each breach, once: certain where every leaf names it."""
    return tuple(
        replace(found[0], rules=_rules(found), certain=len(found) == len(said))
        for _, found in sorted(_grouped(said, key).items())
    )


def _rules(found: Iterable[Recused | Breach | Duty]) -> tuple[str, ...]:
    return tuple(sorted({rule for each in found for rule in each.rules}))


def _grouped(said: list[tuple[T, ...]], key: Callable[[T], Any]) -> dict[Any, list[T]]:
    """Put together what several leaves say of the same thing."""
    groups: dict[Any, list[T]] = {}
    for each in chain.from_iterable(said):
        groups.setdefault(key(each), []).append(each)
    return groups
