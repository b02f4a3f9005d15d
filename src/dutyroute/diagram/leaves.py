"""Visit: every leaf that an incident about a matter can reach, with a way to each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.places import Leaf, Node
from dutyroute.rulebook.vocabulary import Plain


@dataclass(frozen=True, slots=True)
class Visit:
    """
    The possible leaves of one matter, in the order in which they were found.

    `nodes` are the tests on the way to them. `is_complete` is False where the
    budget ran out first.
    """

    leaves: tuple[Leaf, ...]
    nodes: tuple[Node, ...]
    is_complete: bool
    _arrivals: Mapping[Node | Leaf, tuple[Node, Plain] | None]

    def facts(self, place: Node | Leaf) -> dict[str, Plain]:
        """Give the facts of one incident that comes to a place, in the order tested."""
        steps: list[tuple[str, Plain]] = []
        arrival = self._arrivals[place]
        while arrival is not None:
            node, value = arrival
            steps.append((node.fact, value))
            arrival = self._arrivals[node]
        return dict(reversed(steps))


def visit(
    diagram: Diagram,
    matter: str,
    *,
    budget: int,
    values: Callable[[Node], Iterable[Plain]] | None = None,
    breadth_first: bool = False,
) -> Visit:
    """
    Visit each place of a matter's diagram once.

    At most `budget` places are visited. `values` says which values of a node's
    fact are followed: one of each class, unless told otherwise. `breadth_first`
    comes to every leaf by as few facts as possible; depth first, a leaf is found
    by the first value of each fact that leads to it.
    """
    root = diagram.root(matter)
    values = values or diagram.values
    arrivals: dict[Node | Leaf, tuple[Node, Plain] | None] = {root: None}
    leaves, nodes = list[Leaf](), list[Node]()
    waiting = deque([root])
    while waiting:
        place = waiting.popleft() if breadth_first else waiting.pop()
        if isinstance(place, Leaf):
            if place.settlement is not None:
                leaves.append(place)
            continue
        nodes.append(place)
        # Depth first, the last one put on the stack is the first to be taken.
        for value in values(place) if breadth_first else reversed(tuple(values(place))):
            child = diagram.child(place, value)
            if child not in arrivals:
                if len(arrivals) >= budget:
                    return Visit(tuple(leaves), tuple(nodes), False, arrivals)
                arrivals[child] = place, value
                waiting.append(child)
    return Visit(tuple(leaves), tuple(nodes), True, arrivals)
