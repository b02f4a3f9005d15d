"""The first engine: rules on a matter's incidents by walking the diagram."""

from __future__ import annotations

from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.places import Leaf, Remainder
from dutyroute.diagram.ruling import Ruling
from dutyroute.diagram.unknowns import ImpossibleIncident, Reach, TooOpen
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import Facts


class DiagramEngine:
    """
    Rules on single matters by one rulebook's diagram.

    The second engine, `dutyroute.rete`, has the same `rule`, so that whatever
    compares the two compares like with like. Safe to share between threads.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.diagram: Diagram = Diagram(rulebook)

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
        place = diagram.walk(matter, facts)
        return place.ruling or self._ruling(diagram, place, matter, facts)

    def _ruling(self, diagram: Diagram, place: Leaf | Remainder, matter: str, facts: Facts) -> Ruling:
        """Work out what holds over a remainder, once; raise what stands in the way."""
        if place.impossible is not None:
            raise ImpossibleIncident(place.impossible)
        if isinstance(place, Leaf) or place.is_too_open:
            raise TooOpen
        try:
            reach = Reach(diagram, matter, facts)
            place.impossible = reach.impossible
            # Where another thread was first, its ruling is taken: incidents of one kind share one.
            place.ruling = diagram.keep(place, reach.ruling, 1)
        except TooOpen:
            place.is_too_open = True
            raise
        return place.ruling

    def reach(self, matter: str, facts: Facts) -> Reach:
        """
        Find every answer that an incident can come to, and what to ask.

        Raises:
            ImpossibleIncident: if the facts contradict each other.
            TooOpen: if so much is unknown that the answers cannot be listed.
        """
        reach = Reach(self.diagram, matter, facts)
        if reach.impossible is not None:
            raise ImpossibleIncident(reach.impossible)
        _ = reach.ask  # worked out here, so that TooOpen is raised here
        return reach

    def close(self) -> None:
        """Do nothing: a diagram holds nothing open."""

    def renewed(self) -> Diagram:
        """Return the diagram; build it anew if it has become so large that it would fill the memory."""
        if self.diagram.is_full:
            self.diagram = Diagram(self.rulebook)
        return self.diagram
