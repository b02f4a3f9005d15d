"""Refusals: why an incident that can be read is not decided."""

from __future__ import annotations

from datetime import date, timedelta

from dutyroute.diagram.unknowns import ImpossibleIncident, TooOpen
from dutyroute.errors import IncidentError
from dutyroute.messages import both
from dutyroute.routing.incident import Incident
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.written import written as as_written


def refusal(
    refused: ImpossibleIncident | TooOpen, rulebook: Rulebook, incident: Incident, engine: str
) -> IncidentError:
    """Say why an engine cannot rule on an incident."""
    if isinstance(refused, TooOpen):
        code = "incident-too-open" if engine == "diagram" else "incident-too-open-for-rete"
        return IncidentError(code, incident=incident.id)
    written = rulebook.impossible[refused.index or 0]
    fact, said = next(iter(written), None), as_written(written)[1:-1]
    return IncidentError("incident-impossible", fact, said, incident=incident.id)


def check_day(rulebook: Rulebook, incident: Incident) -> None:
    """
    Refuse a day before every rule begins, or after every rule has ended.

    Raises:
        IncidentError: saying on which days there are rules.
    """
    fact, (first, last) = rulebook.header.date, rulebook.days
    day = incident.facts.get(fact or "")
    if isinstance(day, date) and not first <= day <= last:
        since = None if first == date.min else first
        until = None if last == date.max else last + timedelta(days=1)
        key = "rules-between" if since and until else "rules-until" if until else "rules-from"
        expected = both(key, since=since, until=until)
        raise IncidentError("incident-no-rules-then", fact, day.isoformat(), expected, None, incident.id)
