"""Compare two engines on the same incidents; shrink a difference to a minimal incident."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from dutyroute.errors import IncidentError
from dutyroute.record import JsonRecord
from dutyroute.routing.decision import DecisionOrError
from dutyroute.routing.incident import Incident
from dutyroute.routing.router import Router

KEPT = 20
"""How many disagreements are shown; all are counted."""

_OPEN = frozenset({"incident-too-open", "incident-too-open-for-rete"})
"""The errors by which an engine says that it cannot list the answers: there is nothing to compare."""


@dataclass(slots=True)
class AgreementCount(JsonRecord):
    """
    On how many incidents two engines were compared, and how the comparisons ended.

    `shown` holds, of the first disagreements, the smallest incident on which the
    engines differ and what each answers. That incident has no matter or fact that
    could be left out; what it does not mention is unknown. `met` is the id of the
    incident on which they were seen to differ.
    """

    agreed: int = 0
    open: int = 0
    disagreed: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)


class Agreement:
    """
    Compares two routers, incident by incident.

    They should be of one rulebook and different engines, and not record: they
    are asked again and again. Decisions agree where all their rulings are equal;
    errors where they name the same fault.
    """

    def __init__(self, first: Router, second: Router, written: Mapping[str, Any] | None = None) -> None:
        """Begin; `written` is the count of a run that is taken up again."""
        self.first = first
        self.second = second
        self.count: AgreementCount = AgreementCount(**(written or {}))
        self._seen: dict[tuple[int, int], tuple[DecisionOrError, DecisionOrError]] = {}

    @property
    def holds(self) -> bool:
        """Whether both engines gave the same answer to all that they were asked."""
        return not (self.count.disagreed or self.count.open)

    def hold(self, incident: Incident, answer: DecisionOrError, as_of: date | None = None) -> None:
        """Compare what the first router has answered with what the second one answers."""
        find = partial(self._smallest, incident, as_of)
        self._take(1, answer, _answered(self.second, incident, as_of), find)

    def read(self, facts: Any, routed: Any, as_of: date | None = None) -> None:
        """Compare a whole table that the first router has decided with the second one's decisions."""
        other = self.second.route_table(facts, as_of=as_of)
        pairs = list(zip(routed.index.to_pylist(), other.index.to_pylist(), strict=True))
        for pair, rows in Counter(pairs).items():
            find = partial(self._row, facts, pairs.index(pair), as_of)
            self._take(rows, routed.decisions[pair[0]], other.decisions[pair[1]], find)

    def _row(self, facts: Any, place: int, as_of: date | None) -> dict[str, Any]:
        row: Mapping[str, Any] = facts.slice(place, 1).to_pylist()[0]
        known = self.first.rulebook.vocabulary.facts
        given = {fact: value for fact, value in row.items() if fact in known}
        return self._smallest(self.first.incident(self.first.rulebook.vocabulary.in_cells(given)), as_of)

    def _take(self, rows: int, first: DecisionOrError, second: DecisionOrError, find: partial[Any]) -> None:
        """Count, and look into what was not seen before."""
        if _is_open(first, second):
            self.count.open += rows
        elif _said(first) == _said(second):
            self.count.agreed += rows
        else:
            self.count.disagreed += rows
            pair = id(first), id(second)
            if len(self.count.shown) < KEPT and pair not in self._seen:
                self._seen[pair] = first, second  # kept, so that no other answer gets the same id
                self.count.shown.append(find())

    def _smallest(self, incident: Incident, as_of: date | None) -> dict[str, Any]:
        """
        Drop matters and facts from an incident as long as the engines still disagree.

        What is dropped of the facts is unknown from then on.
        """
        fact = self.first.rulebook.header.date
        if as_of is not None and fact is not None:
            incident = replace(incident, facts={**incident.facts, fact: as_of})
        # What was assumed is a fact like the others here: it is dropped if the difference does not need it.
        least = replace(incident, id=None, text=None, assumed=())
        while smaller := next(filter(self._differs, _smaller(least)), None):
            least = smaller
        first, second = (
            {"error": answer.code} if isinstance(answer, IncidentError) else answer.to_dict()
            for answer in (_answered(self.first, least), _answered(self.second, least))
        )
        # Said to be unknown: if it were left out, a reader of the incident would assume a day again.
        unknown = {} if fact is None or fact in least.facts else {fact: None}
        shown = {**least.to_dict(), **unknown}
        return {"met": incident.id, "incident": shown, "first": first, "second": second}

    def _differs(self, incident: Incident) -> bool:
        first, second = _answered(self.first, incident), _answered(self.second, incident)
        return not _is_open(first, second) and _said(first) != _said(second)


def _said(answer: DecisionOrError) -> object:
    """Return what two answers are compared by."""
    return answer.code if isinstance(answer, IncidentError) else answer.rulings


def _is_open(*answers: DecisionOrError) -> bool:
    return any(isinstance(answer, IncidentError) and answer.code in _OPEN for answer in answers)


def _answered(router: Router, incident: Incident, as_of: date | None = None) -> DecisionOrError:
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
