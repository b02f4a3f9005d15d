"""How many cases lie in each region of a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dutyroute.analysis.differences.diff import Region
from dutyroute.analysis.differences.region import UNSAID, Value
from dutyroute.errors import IncidentError
from dutyroute.routing.incident import Incident, IncidentReader
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["CaseCount", "CaseReader", "ReadCase", "count_cases"]


@dataclass(frozen=True, slots=True)
class CaseCount:
    """How many cases lie in a region, and how many may (an unknown fact decides)."""

    certain: int = 0
    possible: int = 0


@dataclass(frozen=True, slots=True)
class ReadCase:
    """An incident as regions test it; facts that it does not mention and whose default was edited are `UNSAID`."""

    matters: tuple[str, ...]
    facts: Mapping[str, Value]

    def is_in(self, region: Region) -> bool | None:
        """Tell whether a matter of the incident lies in a region; None where an unknown fact decides."""
        verdicts = {region.holds(matter, self.facts) for matter in self.matters}
        return True if True in verdicts else None if None in verdicts else False


class CaseReader:
    """Reads incidents by two vocabularies; it is enough that one of them can."""

    def __init__(self, old: Rulebook, new: Rulebook) -> None:
        self._readers = [(IncidentReader(book.vocabulary), _names(book)) for book in (new, old)]
        was, now = old.vocabulary.facts, new.vocabulary.facts
        self._edited_defaults = [f for f in was if f in now and was[f].default != now[f].default]

    def read(self, given: Mapping[str, Any]) -> ReadCase:
        """
        Read an incident.

        Each vocabulary reads it without the facts that only the other one has.

        Raises:
            IncidentError: if neither vocabulary can read it.
        """
        # A case may mention a fact that an edit adds or removes; refusing it would
        # leave uncounted just the cases that the edit is about.
        readings: list[Incident] = []
        faults: list[IncidentError] = []
        for (reader, own), (_, others) in zip(self._readers, reversed(self._readers), strict=True):
            kept = {key: value for key, value in given.items() if key in own or key not in others}
            try:
                readings.append(reader.read(kept))
            except IncidentError as error:
                faults.append(error)
        if not readings:
            raise faults[0]
        facts: dict[str, Value] = {}
        for reading in reversed(readings):  # where both can read a fact, the new rulebook's reading counts
            facts.update(reading.facts)
        mentioned = {names.get(key) for _, names in self._readers for key in given}
        facts |= {fact: UNSAID for fact in self._edited_defaults if fact not in mentioned}
        return ReadCase(tuple(dict.fromkeys(m for reading in readings for m in reading.matters)), facts)


def _names(book: Rulebook) -> dict[str, str]:
    """Map each name by which an incident may call a fact to the fact."""
    facts = book.vocabulary.facts.values()
    return {name: f.id for f in facts for name in (*f.aliases, f.english, f.name, f.id)}


def count_cases(regions: Sequence[Region], cases: Iterable[ReadCase]) -> tuple[CaseCount, ...]:
    """Count how many incidents lie in each region."""
    counts = [[0, 0] for _ in regions]
    for case in cases:
        for count, region in zip(counts, regions, strict=True):
            verdict = case.is_in(region)
            count[0] += verdict is True
            count[1] += verdict is None
    return tuple(CaseCount(*count) for count in counts)
