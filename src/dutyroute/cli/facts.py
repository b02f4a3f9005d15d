"""Facts given as `KEY=VALUE` on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dutyroute.errors import IncidentError
from dutyroute.rulebook.loader.scalar import Unreadable, plain
from dutyroute.rulebook.vocabulary import MATTER, Fact, Vocabulary

__all__ = ["given", "names_of", "spelled"]


def spelled(words: Vocabulary, key: str) -> str:
    """Return a fact's id, given by id, name or alias; an unknown key as it is."""
    return next((fact.id for fact in words.facts.values() if key in names_of(fact)), key)


def names_of(fact: Fact) -> tuple[str, ...]:
    """List all that a fact is called."""
    return fact.id, fact.name, fact.english, *fact.aliases


def given(words: Vocabulary, pairs: Iterable[tuple[str, str]], matters: Iterable[str] = ()) -> dict[str, Any]:
    """
    Read flags as one incident.

    Values are read as YAML reads them without quotes: true and false, whole
    numbers, dates, else text; an empty one stands for unknown.

    Raises:
        IncidentError: if a fact is given twice.
    """
    found: dict[str, Any] = {}
    listed = list(matters)
    if listed:
        found[MATTER] = listed[0] if len(listed) == 1 else listed
    for key, value in pairs:
        fact = spelled(words, key)
        if fact in found:
            raise IncidentError("incident-fact-twice", key, value, incident=_id(found))
        found[fact] = _read(value)
    return found


def _id(found: Mapping[str, Any]) -> str | None:
    name = found.get("id")
    return name if isinstance(name, str) else None


def _read(value: str) -> Any:
    try:
        return plain(value)
    except Unreadable:  # no such day, an endless number: the vocabulary says what is expected
        return value
