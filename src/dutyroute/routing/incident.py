"""Incident: what comes in, read against a vocabulary."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, tzinfo
from decimal import Decimal
from functools import partial
from typing import Any

from dutyroute.diagnostics import nearest
from dutyroute.errors import IncidentError
from dutyroute.formats.timestamp import day_of
from dutyroute.messages import both
from dutyroute.rulebook.conditions import as_date, expected, one_of
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import (
    MATTER,
    YES_NO,
    Assumed,
    Fact,
    Facts,
    Lookup,
    Vocabulary,
    numbered,
    spellings,
)

LONGEST_ID = 200
LONGEST_TEXT = 100_000
"""How many characters an incident's own id and its free text may have."""


class _IncidentDraft:
    """An incident that is being read: the same fields, not yet frozen."""

    __slots__ = ("assumed", "facts", "id", "matters", "text", "words")


@dataclass(frozen=True, slots=True)
class Incident(_IncidentDraft):
    """
    An incident whose every fact and value the vocabulary knows.

    Made by `Router.incident` from a mapping. `facts` holds the known facts,
    values as the vocabulary spells them; a fact that is absent is unknown. Of a fact
    with `unless_said`, None says that it is unknown, which is more than not to give it.
    `assumed` lists the facts that a default stood in for, or that are taken not to
    have some values because they are not given. `text` is the free text
    that came along; no rule reads it. `words` is the vocabulary that it was read
    by; it does not travel to other processes.
    """

    id: str | None
    matters: tuple[str, ...]
    facts: Facts
    assumed: Assumed = ()
    text: str | None = field(default=None, repr=False)
    words: Vocabulary | None = field(default=None, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return what was given, as plain data ready for JSON, which reads as this incident again."""
        defaults = self.words.defaults if self.words else {}
        unknown = {fact: None for fact in defaults if fact not in self.facts}
        assumed = {fact for fact, value in self.assumed if defaults.get(fact) == value}
        told = {fact: value for fact, value in self.facts.items() if fact not in assumed}
        days = {fact: value.isoformat() for fact, value in told.items() if isinstance(value, date)}
        matter = self.matters[0] if len(self.matters) == 1 else list(self.matters)
        own = {"id": self.id, "matter": matter, "text": self.text}
        return {**{k: v for k, v in own.items() if v is not None}, **unknown, **told, **days}

    def __reduce__(self) -> tuple[Any, ...]:
        return Incident, (self.id, self.matters, self.facts, self.assumed, self.text)


class IncidentReader:
    """Reads mappings as incidents; made once per rulebook, shared by threads."""

    def __init__(self, rulebook: Rulebook, today: Callable[[], date] | None = None) -> None:
        """
        Prepare to read; moments with an offset are of the day that they are of in the rulebook's zone.

        `today` tells the day of an incident that does not mention the fact that
        says when it was. It is then an assumed fact.
        """
        words = rulebook.vocabulary
        self.words: Vocabulary = words
        self._rulebook = rulebook
        self._dated = rulebook.header.date
        self._today = today if self._dated is not None else None
        zone = rulebook.header.zone
        own: dict[str, _Field] = {
            "id": ("id", lambda value: _bounded(numbered(value), LONGEST_ID), None),
            "text": ("text", partial(_bounded, longest=LONGEST_TEXT), None),
        }
        fields = {fact.id: _field(fact, words, zone) for fact in words.facts.values()}
        named = {key: fields[fact] for key, fact in spellings(words.facts.values()).items()}
        self._fields: Lookup[_Field] = Lookup({**own, **named})
        self._defaults = tuple(words.defaults.items())
        self._exclusions = tuple(words.unless_said.items())
        self._assumes = bool(self._defaults or self._exclusions) or self._today is not None

    def read(self, given: Mapping[str, Any]) -> Incident:
        """
        Read facts by id, name or alias, and values likewise.

        None stands for unknown, also where the vocabulary has a default.

        Raises:
            IncidentError: naming fact and value, and what was expected.
        """
        # One pass that only detects that something is wrong; `_fault` then finds out what.
        facts: dict[str, Any] = {}
        fields: Any = self._fields  # an unknown key is None, and to unpack that is an error
        unknown = False
        try:
            for key, value in given.items():
                fact, read, plain = fields[key]
                if value.__class__ is plain:
                    facts[fact] = value
                else:
                    facts[fact] = found = read(value)
                    if found is None:
                        if value is not None:
                            raise _Unreadable
                        unknown = True
        except (KeyError, TypeError, AttributeError, _Unreadable):
            raise self._fault(given) from None
        if len(facts) != len(given):
            raise self._fault(given)
        name, text, matters = facts.pop("id", None), facts.pop("text", None), facts.pop(MATTER, None)
        if matters is None:
            raise self._no_matter(name)
        assumed = self._assume(facts) if self._assumes else ()
        if unknown:
            said = self.words.unless_said
            facts = {fact: value for fact, value in facts.items() if value is not None or fact in said}
        draft: Any = _IncidentDraft()  # see decision.decided
        draft.id = name
        draft.matters = matters
        draft.facts = facts
        draft.assumed = assumed
        draft.text = text
        draft.words = self.words
        draft.__class__ = Incident
        return draft  # type: ignore[no-any-return]

    def again(self, incident: Incident) -> Incident:
        """
        Read an incident that was read by another vocabulary.

        What was assumed there is assumed anew; what was said to be unknown stays so.

        Raises:
            IncidentError: if a fact, a value or a matter is not known here.
        """
        assumed = dict(incident.assumed)
        told = {fact: value for fact, value in incident.facts.items() if fact not in assumed}
        # A fact with a default that is not among the facts was said to be unknown; one that had no default
        # there was perhaps not mentioned. Without its vocabulary that cannot be told: then it was unknown.
        known = None if incident.words is None else incident.words.facts
        silent: dict[str, None] = {
            fact: None
            for fact, _ in (*self._defaults, *self._exclusions)
            if fact not in incident.facts
            and fact not in assumed
            and (known is None or (fact in known and known[fact].default is not None))
        }
        if self._today is not None and self._dated not in incident.facts:
            silent[self._dated or ""] = None
        mapping = {"id": incident.id, "text": incident.text, MATTER: list(incident.matters)}
        return self.read({**silent, **told, **mapping})

    def changed(self, incident: Incident, facts: Mapping[str, Any]) -> Incident:
        """
        Read changed facts and lay them over an incident; None makes a fact unknown.

        Raises:
            IncidentError: as `read` does.
        """
        changed = {self.named(key) for key in facts}
        own = {"id": incident.id, "text": incident.text, MATTER: list(incident.matters)}
        kept = {key: value for key, value in own.items() if key not in changed}
        over = self.read({**kept, **facts})
        # Only what was given counts of what was read: the reader also fills in defaults.
        told = {fact: value for fact, value in over.facts.items() if fact in changed}
        others = {fact: value for fact, value in incident.facts.items() if fact not in changed}
        assumed = tuple(pair for pair in incident.assumed if pair[0] not in changed)
        return replace(over, facts={**others, **told}, assumed=assumed)

    def unassuming(self, incident: Incident) -> Incident:
        """Return an incident of whose facts nothing is left out; the same one where nothing was."""
        facts = self.words.unassuming(incident.facts)
        if facts.keys() == incident.facts.keys():
            return incident
        return replace(
            incident, facts=facts, assumed=tuple(p for p in incident.assumed if p[0] in incident.facts)
        )

    def named(self, key: str) -> str:
        """Return the fact that an id, name or alias stands for; an unknown one as it is."""
        field = self._fields[key]
        return key if field is None else field[0]

    def _assume(self, facts: dict[str, Any]) -> Assumed:
        """Fill in the defaults of the facts that are not mentioned; say which, and which values are left out."""
        assumed: Assumed = tuple([pair for pair in self._defaults if pair[0] not in facts])
        excluded: Assumed = tuple([pair for pair in self._exclusions if pair[0] not in facts])
        if self._today is not None and self._dated not in facts:
            others = (pair for pair in assumed if pair[0] != self._dated)
            assumed = (*others, (self._dated or "", self._today()))
        facts.update(assumed)
        return (*assumed, *excluded)

    def _fault(self, given: Any) -> IncidentError:
        """Find what is wrong with an incident that could not be read: the slow way, once it is known."""
        if not isinstance(given, Mapping):
            return IncidentError("incident-not-a-mapping", None, given)
        name = given.get("id") if isinstance(given.get("id"), str) else None
        for key, value in given.items():
            field = self._fields[key] if isinstance(key, str) else None
            if field is None:
                return self._unknown_fact(key, value, name)
            fact, read, plain = field
            if value is not None and value.__class__ is not plain:
                with suppress(TypeError, _Unreadable):
                    if read(value) is not None:
                        continue
                return self._wrong_value(fact, key, value, name)
        first: dict[str, str] = {}
        for key, value in given.items():
            if first.setdefault(self.named(key), key) != key:
                return IncidentError("incident-fact-twice", key, value, incident=name)
        return IncidentError("incident-not-a-mapping", None, given, incident=name)

    def _no_matter(self, name: str | None) -> IncidentError:
        wanted = expected(self.words.facts[MATTER], self.words)
        # One of this rulebook's own, and a specific one.
        example = max(
            self.words.matters, key=lambda matter: len(tuple(self.words.above(matter))), default=None
        )
        return IncidentError("incident-without-matter", MATTER, None, wanted, example, name)

    def _wrong_value(self, fact: str, key: str, value: Any, name: str | None) -> IncidentError:
        if fact in ("id", "text"):
            longest = LONGEST_ID if fact == "id" else LONGEST_TEXT
            if isinstance(value, str):
                return IncidentError("incident-too-long", fact, value, str(longest))
            return IncidentError("incident-wrong-value", fact, value, both("expected-text"))
        found = self.words.facts[fact]
        if fact == MATTER and isinstance(value, list | tuple):
            known = spellings(self.words.matters.values())
            wrong = [each for each in value if not isinstance(each, str) or known[each] is None]
            if not value:
                return self._no_matter(name)
            if not wrong:
                again = next(v for i, v in enumerate(value) if known[v] in {known[w] for w in value[:i]})
                return IncidentError("incident-matter-twice", MATTER, again, incident=name)
            key, value = MATTER, wrong[0]
        candidates: tuple[str, ...] = ()
        if fact == MATTER and isinstance(value, str):
            search = self._rulebook.search
            matches = search.matters(value)
            near, candidates = search.named(matches), tuple(match.matter for match in matches)
        elif found.type == "date":
            # It could be read if only there were a zone.
            if self._rulebook.header.zone is None and _day(value, UTC) is not None:
                return IncidentError("incident-needs-timezone", key, value, incident=name)
            near = as_date(value) if isinstance(value, str) and len(value) <= LONGEST_ID else None
        else:
            near = nearest(value, self.words.entries(found))
        wanted = expected(found, self.words)
        return IncidentError("incident-wrong-value", key, value, wanted, near, name, candidates)

    def _unknown_fact(self, key: object, value: object, name: str | None) -> IncidentError:
        near = nearest(key, self.words.facts) or nearest(key, ("id", "text"))
        wanted = one_of(self.words.facts, most=len(self.words.facts))
        try:
            shown = str(key)
        except ValueError:  # a whole number of thousands of digits
            shown = type(key).__name__
        return IncidentError("incident-unknown-fact", shown, value, wanted, near, name)


_Field = tuple[str, Callable[[Any], Any], type | None]
"""A fact, what reads its values (None: not one of them), and the type taken as it is."""


class _Unreadable(Exception):
    """A value that is none of its fact's."""


def _bounded(value: Any, longest: int) -> str | None:
    if not isinstance(value, str):
        return None
    if len(value) > longest:
        raise _Unreadable
    return value


def _field(fact: Fact, words: Vocabulary, zone: tzinfo | None) -> _Field:
    """Make what reads one fact's values."""
    if fact.type == "tree":
        return fact.id, _matters(spellings(words.matters.values())), None
    if fact.type == "enum":
        return fact.id, spellings(fact.values).__getitem__, None
    if fact.type == "bool":
        return fact.id, Lookup(YES_NO).__getitem__, bool
    if fact.type == "date":
        return fact.id, partial(_day, zone=zone), date
    return fact.id, _number(fact), int if fact.at_least is fact.at_most is None else None


def _matters(known: Lookup[str]) -> Callable[[Any], tuple[str, ...] | None]:
    single = Lookup({spelling: (matter,) for spelling, matter in known.items()})

    def read(value: Any) -> tuple[str, ...] | None:
        if isinstance(value, str):
            return single[value]
        if not isinstance(value, list | tuple):
            return None
        several = [known[each] for each in value]
        if not several or None in several or len(set(several)) < len(several):
            return None
        return tuple(several)  # type: ignore[arg-type]

    return read


def _day(value: Any, zone: tzinfo | None) -> date | None:
    try:
        return day_of(value, zone) if isinstance(value, str | date) else None
    except ValueError:
        return None


def _number(fact: Fact) -> Callable[[Any], int | None]:
    low = -math.inf if fact.at_least is None else fact.at_least
    high = math.inf if fact.at_most is None else fact.at_most

    def read(value: Any) -> int | None:
        number = value if value.__class__ is int else whole_number(value)
        return number if number is not None and low <= number <= high else None

    return read


def whole_number(value: Any) -> int | None:
    """Return a whole number of whichever type: frames turn a column into floats where one is missing."""
    if isinstance(value, float | Decimal):
        return int(value) if math.isfinite(value) and value % 1 == 0 else None
    # As numpy's are; true and false are no numbers here.
    return operator.index(value) if hasattr(value, "__index__") and not isinstance(value, bool) else None
