"""Where an incident stands among the regions of a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dutyroute.analysis.diff.diff import Region
from dutyroute.analysis.diff.region import UNSAID, Value
from dutyroute.errors import IncidentError
from dutyroute.routing.incident import Incident, Reader
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import Fact

__all__ = ["Placed", "Placing", "Tally", "tallies"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases lie in a region, and how many may (an unknown fact decides)."""

    certain: int = 0
    possible: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """An incident as regions see it: its matters, its facts, what it does not mention."""

    matters: tuple[str, ...]
    facts: Mapping[str, Value]

    def within(self, region: Region) -> bool | None:
        """Tell whether a matter of the incident lies in a region; None where that is open."""
        verdicts = {region.holds(matter, self.facts) for matter in self.matters}
        return True if True in verdicts else None if None in verdicts else False


class Placing:
    """Reads incidents by two vocabularies at once; either will do."""

    def __init__(self, old: Rulebook, new: Rulebook) -> None:
        self._readers = [(Reader(book.vocabulary), _names(book)) for book in (new, old)]
        was, now = old.vocabulary.facts, new.vocabulary.facts
        self._unsaid = [f for f in was if f in now and was[f].default != now[f].default]

    def place(self, given: Mapping[str, Any]) -> Placed:
        """
        Read an incident as regions see it.

        Raises:
            IncidentError: if neither vocabulary can read it.
        """
        readings, fault = self._read(given)
        if fault is not None:
            raise fault
        matters = dict.fromkeys(m for reading in readings for m in reading.matters)
        facts: dict[str, Value] = {}
        for reading in reversed(readings):
            facts.update(reading.facts)
        for fact in self._unsaid:
            if not self._mentions(given, fact):
                facts[fact] = UNSAID
        return Placed(tuple(matters), facts)

    def _read(self, given: Mapping[str, Any]) -> tuple[list[Incident], IncidentError | None]:
        """Read by each vocabulary, without the facts that only the other has."""
        found: list[Incident] = []
        faults: list[IncidentError] = []
        for (reader, own), (_, others) in zip(self._readers, reversed(self._readers), strict=True):
            kept = {key: value for key, value in given.items() if key in own or key not in others}
            try:
                found.append(reader.read(kept))
            except IncidentError as error:
                faults.append(error)
        return found, None if found else faults[0]

    def _mentions(self, given: Mapping[str, Any], fact: str) -> bool:
        return any(names.get(key) == fact for _, names in self._readers for key in given)


def _names(book: Rulebook) -> dict[str, str]:
    facts: Iterable[Fact] = book.vocabulary.facts.values()
    return {name: f.id for f in facts for name in (*f.aliases, f.english, f.name, f.id)}


def tallies(regions: Sequence[Region], placed: Iterable[Placed]) -> tuple[Tally, ...]:
    """Count how many incidents lie in each region."""
    counts = [[0, 0] for _ in regions]
    for incident in placed:
        for count, verdict in zip(counts, _verdicts(regions, incident), strict=True):
            count[0] += verdict is True
            count[1] += verdict is None
    return tuple(Tally(*count) for count in counts)


def _verdicts(regions: Sequence[Region], incident: Placed) -> Iterator[bool | None]:
    return (incident.within(region) for region in regions)
