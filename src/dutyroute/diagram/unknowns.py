"""
Unknown facts: what is certain, what is possible, and what to ask.

This is supervaluation: an answer is certain where every way to fill in the
unknown facts gives it, and possible where some do. Rules are not asked one by
one whether they "may" match, because of two rules for a yes and for a no, one
always does: the duty that both give is certain although neither rule is. The
diagram makes it cheap. All ways to fill in the facts end in the leaves that can
be reached, and each of its nodes is looked at once, not once for each way. What
has nothing to do with each other is looked at part by part, and does not multiply.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import combinations
from operator import attrgetter

from dutyroute.diagram.combining import combine, join, level
from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.places import Below, Leaf, Node, Remainder
from dutyroute.diagram.ruling import Ruling, shortest
from dutyroute.rulebook.vocabulary import Facts, Plain

BUDGET = 10_000
"""How many places one incident may reach before it must give more facts."""


class TooOpen(Exception):
    """So many facts are unknown that the possible answers cannot be counted."""


class ImpossibleIncident(Exception):
    """The facts meet an impossible condition; `index` is its place in the rulebook's list."""

    def __init__(self, index: int | None) -> None:
        self.index = index
        super().__init__(index)


class Component:
    """
    What rules can come to that have nothing to do with the others: the leaves below one place.

    `unsaid` are the facts that lack the values that they have only if they are said.
    Each node is visited once, and impossible leaves are left out; `impossible` tells
    which condition is met, where all are.
    """

    def __init__(self, diagram: Diagram, root: Below, unsaid: frozenset[str], budget: int) -> None:
        self.diagram = diagram
        self.root = root
        self.unsaid = unsaid
        found: dict[Below, None] = {root: None}
        waiting = [root]
        while waiting:
            place = waiting.pop()
            if isinstance(place, Node):
                fresh = [each for each in self.following(place) if each not in found]
                found.update(dict.fromkeys(fresh))
                waiting += fresh
                if len(found) > budget:
                    raise TooOpen
        self.size: int = len(found)
        self.nodes: list[Node] = [place for place in found if isinstance(place, Node)]
        leaves = [place for place in found if isinstance(place, Leaf)]
        self.leaves: list[Leaf] = [leaf for leaf in leaves if leaf.settlement is not None]
        self.impossible: int | None = min(
            (leaf.impossible for leaf in leaves if leaf.impossible is not None), default=None
        )

    @cached_property
    def ruling(self) -> Ruling:
        """What holds over its leaves, as though there were no other part."""
        return combine(self.leaves, (), self.diagram.settler.rank)

    @cached_property
    def said(self) -> dict[Hashable, set[Said | None]]:
        """What it can say of each duty and flag; None where a leaf says nothing of it."""
        told = [_told(leaf) for leaf in self.leaves]
        return {key: {each.get(key) for each in told} for each in told for key in each}

    @cached_property
    def levels(self) -> set[int]:
        """What its leaves can be about the whole, see `level`."""
        return set(map(level, self.leaves))

    @cached_property
    def alone(self) -> Outlook:
        """How it looks where no other part gives any of its duties and flags."""
        return Outlook(self, {leaf: leaf.outcome for leaf in self.leaves})

    def values(self, node: Node) -> Iterator[Plain]:
        """Yield one value of each class that a node's fact can have."""
        excluded = (
            self.diagram.rulebook.vocabulary.unless_said[node.fact].values if node.fact in self.unsaid else ()
        )
        return (value for value in self.diagram.values(node) if value not in excluded)

    def following(self, node: Node) -> Iterable[Below]:
        """List what can follow a node, each once."""
        return dict.fromkeys(self.diagram.child(node, value) for value in self.values(node))


class Outlook:
    """
    A part as it looks beside the others: what each of its leaves comes to.

    Each of `essential`, `telling` and `ruling_out` names facts that can change the answer.
    """

    def __init__(self, part: Component, outcomes: Mapping[Leaf, Hashable]) -> None:
        self.part: Component = part
        self.outcomes: Mapping[Leaf, Hashable] = outcomes
        self.is_open: bool = len(set(outcomes.values())) > 1
        self._conflicts: dict[tuple[int, int, bool], bool] = {}

    @cached_property
    def essential(self) -> frozenset[str]:
        """The facts of which two values, all others fixed, give two different answers."""
        return self._essential(or_impossible=False)

    @cached_property
    def telling(self) -> frozenset[str]:
        """The facts of which some value, whatever the others are, rules an answer out."""
        everything, part = set(self.outcomes.values()), self.part
        found: set[str] = set()
        for node in part.nodes:
            for value in part.values(node) if node.fact not in found else ():
                place = part.diagram.given(part.nodes[0], node.fact, value)
                left = {
                    self.outcomes[leaf] for leaf in Component(part.diagram, place, part.unsaid, BUDGET).leaves
                }
                if left and left != everything:
                    found.add(node.fact)
        return frozenset(found)

    @cached_property
    def ruling_out(self) -> frozenset[str]:
        """The facts of which two values differ, if not in the answer, then in being possible."""
        return self._essential(or_impossible=True)

    def _essential(self, or_impossible: bool) -> frozenset[str]:
        # Only neighbours of the nodes that test a fact need be compared: any two such ways part at one of them.
        found: set[str] = set()
        for node in self.part.nodes:
            pairs = combinations(self.part.following(node), 2) if node.fact not in found else ()
            if any(self._differ(one, other, or_impossible) for one, other in pairs):
                found.add(node.fact)
        return frozenset(found)

    def _differ(self, one: Below, other: Below, or_impossible: bool) -> bool:
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
                found = comparable and self.outcomes.get(one) != self.outcomes.get(other)
            else:
                # This ends, since the first fact that either place tests comes later at each step.
                found = any(self._differ(a, b, or_impossible) for a, b in self._together(one, other))
            self._conflicts[key] = found
        return self._conflicts[key]

    def _together(self, one: Below, other: Below) -> Iterable[tuple[Below, Below]]:
        """Step two places on together, along the first fact that either tests."""
        diagram = self.part.diagram
        nodes = [place for place in (one, other) if isinstance(place, Node)]
        fact = min((node.fact for node in nodes), key=diagram.order.__getitem__)
        testing = [node for node in nodes if node.fact == fact]
        for value in {value for node in testing for value in self.part.values(node)}:
            after: dict[Below, Below] = {node: diagram.child(node, value) for node in testing}
            # A place that tests a later fact, or none, gives the same answer for every value of this one.
            yield after.get(one, one), after.get(other, other)


class Reach:
    """
    All that an incident can come to, whatever its unknown facts turn out to be.

    `impossible` tells which condition the incident meets, where it contradicts itself.
    """

    def __init__(self, diagram: Diagram, matter: str, values: Facts, budget: int | None = None) -> None:
        """
        Look at all that an incident about a matter can come to, at `budget` places at most.

        Raises:
            TooOpen: if there are more.
        """
        self._budget = BUDGET if budget is None else budget
        self.diagram = diagram
        self.matter = matter
        self.values = values
        place = diagram.walk(matter, values)
        self.root: Below = place.root if isinstance(place, Remainder) else place
        self._unsaid: frozenset[str] = place.unsaid if isinstance(place, Remainder) else frozenset()
        roots = diagram.parts(self.root) if isinstance(self.root, Node) else [self.root]
        self.parts: list[Component] = (
            [self._part(root) for root in roots] if len(roots) > 1 else [self._whole]
        )
        if sum(part.size for part in self.parts) > self._budget:
            raise TooOpen
        self.impossible: int | None = next((p.impossible for p in self.parts if not p.leaves), None)

    def _part(self, root: Below) -> Component:
        # A part comes up again with other incidents; the whole does so only as the same remainder.
        key = root, self._unsaid
        found: Component | None = self.diagram.kept.get(key)
        if found is None:
            part = Component(self.diagram, root, self._unsaid, self._budget)
            found = self.diagram.keep(key, part, part.size)
        return found

    @cached_property
    def _whole(self) -> Component:
        return Component(self.diagram, self.root, self._unsaid, self._budget)

    @property
    def leaves(self) -> list[Leaf]:
        """
        All possible leaves; those of several parts are combined, and may be many more.

        Raises:
            TooOpen: if there are too many to list.
        """
        return [] if self.impossible is not None else self._whole.leaves

    @cached_property
    def views(self) -> list[Outlook]:
        """Each part as it looks beside the others."""
        return [part.alone for part in self.parts] if len(self.parts) == 1 else _views(self.parts)

    @cached_property
    def ask(self) -> tuple[str, ...]:
        """
        Name exactly the facts that can still change the answer.

        A fact is asked where, all others fixed, two of its possible values give
        different answers. Where impossible combinations leave no such fact, those
        are asked whose value alone rules an answer out; failing these, those of
        which two values differ, if not in the answer, then in being possible.
        """
        views = [view for view in self.views if view.is_open]
        # Each reason is tried only where the one before names no fact: they cost more and say less.
        for named_by in (attrgetter("essential"), attrgetter("telling"), attrgetter("ruling_out")):
            asked = {fact for view in views for fact in named_by(view)}
            if asked:
                return tuple(fact for fact in self.diagram.facts if fact in asked)
        return ()

    def choices(self, fact: str) -> set[Plain]:
        """Gather one value of each class of a fact, also of those that it has only if they are said."""
        nodes = (node for part in self.parts for node in part.nodes if node.fact == fact)
        return {value for node in nodes for value in self.diagram.values(node)}

    @property
    def ruling(self) -> Ruling:
        """
        What holds over all of it.

        Raises:
            ImpossibleIncident: if the facts contradict each other.
            TooOpen: if so much is unknown that the answers cannot be listed.
        """
        if self.impossible is not None:
            raise ImpossibleIncident(self.impossible)
        if len(self.parts) == 1:
            return replace(self.parts[0].ruling, ask=self.ask)
        is_one_answer = not any(view.is_open for view in self.views)
        rulings, levels = [part.ruling for part in self.parts], (part.levels for part in self.parts)
        return join(rulings, levels, is_one_answer, self.ask, self.diagram.settler)


Said = tuple[frozenset[str], str | None]
"""Whom a duty tells, and within which time."""


def _told(leaf: Leaf) -> dict[Hashable, Said]:
    """List what one leaf says, duty by duty and flag by flag."""
    if leaf.ruling is None:
        return {}
    duties: dict[Hashable, Said] = {
        (d.party, d.role): (frozenset(d.to), d.within) for d in leaf.ruling.duties
    }
    return {**duties, **dict.fromkeys(leaf.ruling.flags, (frozenset(), None))}


def _views(parts: list[Component]) -> list[Outlook]:
    """
    Say of each part how it looks beside the others.

    They are independent, but may give the same duties and flags. What another part
    gives anyway, a leaf does not change by giving it, too.
    """
    givers = Counter(key for part in parts for key in part.said)
    if givers.total() == len(givers):
        return [part.alone for part in parts]
    views: list[Outlook] = []
    for part in parts:
        shared = [key for key in part.said if givers[key] > 1]
        others = [each for each in parts if each is not part]
        # Only what is said in any case can hide something; what else may be said hides no less with it.
        sure = {key: [p.said[key] for p in others if None not in p.said.get(key, {None})] for key in shared}
        beside = {key: _sums(sure[key]) for key in shared}
        views.append(
            Outlook(part, {leaf: _shown(leaf, beside) for leaf in part.leaves}) if shared else part.alone
        )
    return views


def _shown(leaf: Leaf, beside: Mapping[Hashable, list[Said | None]]) -> Hashable:
    """Say what a leaf comes to; of what others can say, too, what it makes of all that they can say."""
    told = _told(leaf)
    sums = {key: tuple(_sum(told.get(key), each) for each in others) for key, others in beside.items()}
    # Unmet obligations are no other part's.
    return frozenset({**told, **sums}.items()), leaf.settlement and leaf.settlement.outcome[2]


def _sums(said: Iterable[set[Said | None]]) -> list[Said | None]:
    """List what several parts can say together."""
    found: set[Said | None] = {None}
    for each in said:
        found = {_sum(one, other) for one in found for other in each}
        if len(found) > BUDGET:
            raise TooOpen
    return list(found)


def _sum(one: Said | None, other: Said | None) -> Said | None:
    if one is None or other is None:
        return one or other
    return one[0] | other[0], shortest((one[1], other[1]))
