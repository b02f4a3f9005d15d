"""Agreement: the same incidents through two engines, and the least that sets them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from dutyroute.errors import IncidentError
from dutyroute.routing.decision import Decision
from dutyroute.routing.incident import Incident
from dutyroute.routing.router import Router

__all__ = ["Agreement", "Answer", "Disagreement"]

Answer = Decision | IncidentError

KEPT = 20
"""How many disagreements are shown; all are counted."""

_OPEN = frozenset({"incident-too-open", "incident-too-open-for-rete"})
"""Where an engine says that it cannot list the answers, there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """
    The smallest incident that shows it, and what each engine says.

    `incident` has no matter or fact that could be left out; what it does not
    mention is unknown. `met` is the id of the incident on which it was met.
    """

    incident: Incident
    first: Answer
    second: Answer
    met: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, ready for JSON."""
        words = self.incident.words
        day = words.date_fact if words else None
        unknown = {} if day is None or day in self.incident.facts else {day: None}
        return {
            "met": self.met,
            "incident": {**self.incident.to_dict(), **unknown},
            "first": told(self.first),
            "second": told(self.second),
        }


@dataclass(slots=True)
class Count:
    """How many incidents were held against each other, and what came of it."""

    agreed: int = 0
    open: int = 0
    disagreed: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)


class Agreement:
    """
    Holds two routers against each other, incident by incident.

    They should be of one rulebook and different engines, and not record: they
    are asked again and again. Decisions agree where they are equal, whole;
    refusals where they name the same fault.
    """

    def __init__(self, first: Router, second: Router, written: Mapping[str, Any] | None = None) -> None:
        """Begin; `written` is what `as_dict` said of a run that is taken up again."""
        self.first = first
        self.second = second
        self.count: Count = Count(**(written or {}))
        self._seen: set[tuple[int, int]] = set()
        self._kept: list[Any] = []

    def as_dict(self) -> dict[str, Any]:
        """Return the counts and the disagreements as plain data."""
        return {name: getattr(self.count, name) for name in Count.__slots__}

    @property
    def holds(self) -> bool:
        """Whether both engines gave the same answer to all that they were asked."""
        return not (self.count.disagreed or self.count.open)

    def hold(self, incident: Incident, answer: Answer, as_of: date | None = None) -> None:
        """Hold what the first router has answered against what the second one does."""
        find = partial(self.smallest, incident, as_of)
        self._take(1, answer, _answered(self.second, incident, as_of), find)

    def read(self, facts: Any, routed: Any, as_of: date | None = None) -> None:
        """Hold a whole table that the first router has decided against the second one's decisions."""
        other = self.second.route_table(facts, as_of=as_of)
        pairs = list(zip(routed.index.to_pylist(), other.index.to_pylist(), strict=True))
        for pair, rows in Counter(pairs).items():
            find = partial(self._row, facts, pairs.index(pair), as_of)
            self._take(rows, routed.decisions[pair[0]], other.decisions[pair[1]], find)

    def _row(self, facts: Any, place: int, as_of: date | None) -> Disagreement:
        """Look into one row."""
        row: Mapping[str, Any] = facts.slice(place, 1).to_pylist()[0]
        known = self.first.rulebook.vocabulary.facts
        given = {fact: value for fact, value in row.items() if fact in known}
        return self.smallest(self.first.incident(given), as_of)

    def _take(self, rows: int, first: Answer, second: Answer, find: Callable[[], Disagreement]) -> None:
        """Count, and look into what was not seen before."""
        if _open(first) or _open(second):
            self.count.open += rows
        elif said(first) == said(second):
            self.count.agreed += rows
        else:
            self.count.disagreed += rows
            if len(self.count.shown) < KEPT and not self._is_shown(first, second):
                self.count.shown.append(find().as_dict())

    def _is_shown(self, first: Answer, second: Answer) -> bool:
        """Tell whether these very answers were shown before; they are kept, so an id stands for one."""
        key = id(first), id(second)
        self._kept += [] if key in self._seen else [first, second]
        is_seen = key in self._seen
        self._seen.add(key)
        return is_seen

    def smallest(self, incident: Incident, as_of: date | None = None) -> Disagreement:
        """
        Drop matters and facts from an incident as long as the engines still disagree.

        What is dropped of the facts is unknown from then on.
        """
        fact = self.first.rulebook.header.date
        if as_of is not None and fact is not None:
            incident = replace(incident, facts={**incident.facts, fact: as_of})
        least = replace(incident, id=None, text=None, assumed=())
        while smaller := next(filter(self._differs, _smaller(least)), None):
            least = smaller
        return Disagreement(least, _answered(self.first, least), _answered(self.second, least), incident.id)

    def _differs(self, incident: Incident) -> bool:
        first, second = _answered(self.first, incident), _answered(self.second, incident)
        return not (_open(first) or _open(second)) and said(first) != said(second)


def said(answer: Answer) -> object:
    """Return what two answers are compared by."""
    return answer.code if isinstance(answer, IncidentError) else answer.rulings


def told(answer: Answer) -> dict[str, Any]:
    """Write an answer as plain data."""
    return {"error": answer.code} if isinstance(answer, IncidentError) else answer.to_dict()


def _open(answer: Answer) -> bool:
    return isinstance(answer, IncidentError) and answer.code in _OPEN


def _answered(router: Router, incident: Incident, as_of: date | None = None) -> Answer:
    try:
        return router.route(incident, as_of=as_of)
    except IncidentError as error:
        return error


def _smaller(incident: Incident) -> Iterator[Incident]:
    """Yield the incident without one of its matters, or one of its facts."""
    if len(incident.matters) > 1:
        for matter in incident.matters:
            yield replace(incident, matters=tuple(each for each in incident.matters if each != matter))
    for fact in incident.facts:
        yield replace(incident, facts={name: v for name, v in incident.facts.items() if name != fact})
