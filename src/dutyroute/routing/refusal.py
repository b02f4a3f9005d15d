"""Refusal: why an incident that could be read is not answered, in the words of an error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from dutyroute.errors import IncidentError
from dutyroute.messages import both
from dutyroute.routing.incident import Incident
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["check_day", "contradiction", "too_open"]


def contradiction(rulebook: Rulebook, incident: Incident, index: int | None) -> IncidentError:
    """Say which impossible condition an incident meets."""
    written = rulebook.impossible[index or 0]
    shown = _yaml(written)[1:-1]
    return IncidentError("incident-impossible", next(iter(written), None), shown, incident=incident.id)


def too_open(incident: Incident) -> IncidentError:
    """Say that the possible answers cannot be listed."""
    return IncidentError("incident-too-open", None, None, incident=incident.id)


def check_day(rulebook: Rulebook, incident: Incident) -> None:
    """
    Refuse a day before every rule begins, or after every rule has ended.

    Raises:
        IncidentError: if the incident lies on such a day.
    """
    day = incident.facts.get(rulebook.header.date or "")
    first, last = rulebook.days
    if isinstance(day, date) and not first <= day <= last:
        raise IncidentError(
            "incident-no-rules-then",
            rulebook.header.date,
            day.isoformat(),
            _span_of(first, last),
            incident=incident.id,
        )


def _span_of(first: date, last: date) -> dict[str, str]:
    """Word a period that ends on at least one side: no day lies outside one without ends."""
    if last == date.max:
        return both("rules-from", since=first)
    until = last + timedelta(days=1)
    return (
        both("rules-until", until=until)
        if first == date.min
        else both("rules-between", since=first, until=until)
    )


def _yaml(value: Any) -> str:
    """Show a condition as an author writes it on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
