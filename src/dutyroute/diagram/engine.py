"""The first engine: rules on a matter's incidents by walking the diagram."""

from __future__ import annotations

from dutyroute.diagram.diagram import Diagram, Leaf
from dutyroute.diagram.ruling import Ruling
from dutyroute.diagram.unknowns import ImpossibleIncident, Reach, combine
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import Facts

_HELD = 1_000_000
"""
How many leaves the remembered rulings on open incidents may rest on.

Incidents that leave many facts open hardly ever meet again: without a limit they fill the memory.
"""


class DiagramEngine:
    """
    Rules on single matters by one rulebook's diagram.

    The second engine, `dutyroute.rete`, has the same `rule`, so that whatever
    compares the two compares like with like. Safe to share between threads.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.diagram: Diagram = Diagram(rulebook)
        self._combined: dict[tuple[frozenset[Leaf], tuple[str, ...]], Ruling] = {}
        self._held = 0

    def rule(self, matter: str, facts: Facts) -> Ruling:
        """
        Rule on one matter of an incident.

        Raises:
            ImpossibleIncident: if the facts contradict each other.
            TooOpen: if so much is unknown that the answers cannot be listed.
        """
        diagram = self.diagram
        if diagram.is_full:
            diagram = self.renewed()
        leaf = diagram.walk(matter, facts)
        if leaf is None:
            reach = self.reach(matter, facts)
            # The key holds the leaves themselves: their ids could come back after a new start.
            key = frozenset(reach.leaves), reach.ask
            found = self._combined.get(key)
            if found is None:
                ruling = combine(reach.leaves, reach.ask, diagram.settler.rank)
                self._held += len(reach.leaves)
                if self._held > _HELD:
                    self._combined, self._held = {}, len(reach.leaves)
                # Where another thread was first, its ruling is taken: incidents of one kind share one.
                found = self._combined.setdefault(key, ruling)
            return found
        if leaf.ruling is None:
            raise ImpossibleIncident(leaf.impossible)
        return leaf.ruling

    def reach(self, matter: str, facts: Facts) -> Reach:
        """
        Find every answer that an incident can come to, and what to ask.

        Raises:
            ImpossibleIncident: if the facts contradict each other.
            TooOpen: if so much is unknown that the answers cannot be listed.
        """
        reach = Reach(self.diagram, matter, facts)
        _ = reach.ask  # worked out here, so that TooOpen is raised here
        if not reach.leaves:
            raise ImpossibleIncident(reach.impossible)
        return reach

    def close(self) -> None:
        """Do nothing: a diagram holds nothing open."""

    def renewed(self) -> Diagram:
        """Return the diagram; build it anew if it has become so large that it would fill the memory."""
        if self.diagram.is_full:
            self.diagram = Diagram(self.rulebook)
            self._combined = {}
        return self.diagram
