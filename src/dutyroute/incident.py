"""Incident: what comes in, read against a vocabulary."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dutyroute.conditions import as_date, expected
from dutyroute.diagnostics import nearest
from dutyroute.errors import IncidentError
from dutyroute.vocabulary import MATTER, Entry, Fact, Plain, Vocabulary, suggestion

__all__ = ["Incident", "Reader"]

LONGEST_ID = 200
LONGEST_TEXT = 100_000
"""How many characters an incident's own id and its free text may have."""


@dataclass(frozen=True, slots=True)
class Incident:
    """
    An incident whose every fact and value the vocabulary knows.

    Made by `Router.incident` from a mapping. `facts` holds the known facts only,
    values as the vocabulary spells them; a fact that is absent is unknown.
    `assumed` lists those that a default stood in for. `text` is the free text
    that came along; no rule reads it.
    """

    id: str | None
    matters: tuple[str, ...]
    facts: Mapping[str, Plain]
    assumed: tuple[tuple[str, Plain], ...] = ()
    text: str | None = field(default=None, repr=False)


class Reader:
    """Reads mappings as incidents; made once per vocabulary, shared by threads."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self._facts = {
            spelling: fact.id
            for fact in words.facts.values()
            for spelling in (*fact.aliases, fact.english, fact.name, fact.id)
        }
        self._values = {fact.id: _reader(fact, words) for fact in words.facts.values()}
        self._defaults = {f.id: f.default for f in words.facts.values() if f.default is not None}
        self._all_assumed = tuple(self._defaults.items())

    def read(self, given: Mapping[str, Any]) -> Incident:
        """
        Read facts by id, name or alias, and values likewise.

        None stands for unknown, also where the vocabulary has a default.

        Raises:
            IncidentError: naming fact and value, and what was expected.
        """
        if not isinstance(given, Mapping):
            raise IncidentError("incident-not-a-mapping", None, given)
        name = _text(given, "id", LONGEST_ID)
        facts = dict(self._defaults)
        asked: set[str] = set()
        for key, value in given.items():
            fact = self._facts.get(key) if isinstance(key, str) else None
            if fact is None:
                if key in ("id", "text"):
                    continue
                raise self._unknown_fact(key, value, name)
            if fact in asked:
                raise IncidentError("incident-fact-twice", str(key), value, incident=name)
            asked.add(fact)
            if value is None:
                facts.pop(fact, None)
            else:
                facts[fact] = self._value(fact, key, value, name)
        matters: Any = facts.pop(MATTER, None)
        if not matters:
            raise IncidentError("incident-without-matter", MATTER, expected=self._expected(MATTER), incident=name)
        assumed = self._assumed(asked)
        return Incident(name, matters, facts, assumed, _text(given, "text", LONGEST_TEXT))

    def _assumed(self, asked: set[str]) -> tuple[tuple[str, Plain], ...]:
        if asked.isdisjoint(self._defaults):
            return self._all_assumed
        return tuple(pair for pair in self._all_assumed if pair[0] not in asked)

    def _value(self, fact: str, key: str, value: object, name: str | None) -> Any:
        try:
            found = self._values[fact](value)
        except TypeError:  # something that no table can look up, such as a list
            found = None
        if found is None:
            raise self._wrong_value(fact, key, value, name)
        return found

    def _wrong_value(self, fact: str, key: str, value: object, name: str | None) -> IncidentError:
        if fact == MATTER and isinstance(value, list | tuple):
            return self._wrong_matter(value, name)
        near = as_date(value) if self.words.facts[fact].type == "date" else suggestion(value, self._entries(fact))
        return IncidentError("incident-wrong-value", key, value, self._expected(fact), near, name)

    def _wrong_matter(self, values: Any, name: str | None) -> IncidentError:
        read = self._values[MATTER]
        for value in values:
            if not isinstance(value, str) or read(value) is None:
                near = suggestion(value, self.words.matters)
                return IncidentError("incident-wrong-value", MATTER, value, self._expected(MATTER), near, name)
        if not values:
            return IncidentError("incident-without-matter", MATTER, expected=self._expected(MATTER), incident=name)
        return IncidentError("incident-matter-twice", MATTER, list(values), incident=name)

    def _unknown_fact(self, key: object, value: object, name: str | None) -> IncidentError:
        known = ", ".join(self.words.facts)
        near = suggestion(key, self.words.facts)
        if near is None and isinstance(key, str):
            near = nearest(key, ("id", "text"))
        return IncidentError("incident-unknown-fact", str(key), value, {"zh": f"{known} 之一", "en": f"one of {known}"}, near, name)

    def _entries(self, fact: str) -> Mapping[str, Entry]:
        return self.words.matters if fact == MATTER else {v.id: v for v in self.words.facts[fact].values}

    def _expected(self, fact: str) -> dict[str, str]:
        found = self.words.facts[fact]
        return expected(found, self.words.domain(found) if found.type in {"tree", "enum"} else ())


def _text(given: Mapping[str, Any], key: str, longest: int) -> str | None:
    value = given.get(key)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise IncidentError("incident-wrong-value", key, value, {"zh": "文字", "en": "text"})
    if len(value) > longest:
        raise IncidentError("incident-too-long", key, value, str(longest))
    return value


_YES_NO: dict[Any, bool] = {
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "是", "有"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "否", "无", "没有", "不是"), False),
}
_ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def _reader(fact: Fact, words: Vocabulary) -> Callable[[Any], Any]:
    """Make the function that reads one fact's values; it returns None for a wrong one."""
    if fact.type == "tree":
        return _matters(_spellings(words.matters.values()))
    if fact.type == "enum":
        return _spellings(fact.values).get
    if fact.type == "bool":
        return _yes_no
    return _day if fact.type == "date" else _number(fact)


def _spellings(entries: Any) -> dict[str, str]:
    return {spelling: e.id for e in entries for spelling in (*e.aliases, e.english, e.name, e.id)}


def _matters(spellings: Mapping[str, str]) -> Callable[[Any], tuple[str, ...] | None]:
    def read(value: Any) -> tuple[str, ...] | None:
        if value.__class__ is str:
            found = spellings.get(value)
            return None if found is None else (found,)
        if not isinstance(value, list | tuple):
            return None
        several = [spellings.get(each) for each in value]
        if not several or None in several or len(set(several)) < len(several):
            return None
        return tuple(several)  # type: ignore[arg-type]

    return read


def _yes_no(value: Any) -> bool | None:
    if value is True or value is False:
        return value  # type: ignore[no-any-return]
    return _YES_NO.get(value) if isinstance(value, str) else None


def _day(value: Any) -> date | None:
    if value.__class__ is date:
        return value  # type: ignore[no-any-return]
    if not isinstance(value, str) or not _ISO_DATE.match(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _number(fact: Fact) -> Callable[[Any], int | None]:
    def read(value: Any) -> int | None:
        return value if value.__class__ is int and fact.allows(value) else None

    return read
