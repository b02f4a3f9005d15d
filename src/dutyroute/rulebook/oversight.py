"""What the author wrote on oversight: settings, counters, measures and ratings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from dutyroute.rulebook.conditions import BRANCHES
from dutyroute.rulebook.types import (
    Basis,
    ClauseId,
    FactName,
    MatterId,
    Model,
    Name,
    PartyId,
    Ref,
    Several,
    Some,
    Titled,
    Words,
)
from dutyroute.rulebook.vocabulary import MATTER, Fact, Matter

EventKind = Literal[
    "incident-decided",
    "complaint",
    "rectification-ordered",
    "rectified",
    "measure-taken",
    "measure-lifted",
    "rating-set",
    "dispute",
    "repair",
    "violation-found",
    "reported",
    "patrol",
    "survey",
]
Subject = Literal["property-company", "community", "street-office"]
MeasureKind = Literal["inspection", "meeting", "escalation", "talk", "deduction", "ban"]

KINDS: tuple[EventKind, ...] = get_args(EventKind)
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
SANCTIONS: frozenset[str] = frozenset({"talk", "deduction", "ban"})
"""The kinds of measure that the policy names as sanctions: on property companies only."""

MeasureId = Annotated[Name, Ref("measures")]
Window = Annotated[Any, Ref("settings", of="number")]
Amount = Annotated[Any, Ref("settings", of="number", under="setting")]
"""A whole number, or `{setting: NAME}`."""


class _Noted(Titled):
    """An entry that has a note for people besides its titles."""

    note: Words | None = None


class Setting(_Noted):
    """A parameter that the text leaves open; without a value nothing is triggered by it."""

    type: Literal["number", "names", "limit"] = "number"
    value: Any = None
    cite: Several[ClauseId]
    quote: Words | None = None


class Counts(Model):
    """Which events count: all that is named must fit, what is not named does not matter."""

    kinds: Several[EventKind]
    matters: Some[MatterId] = ()
    channels: Some[Annotated[Name, Ref("channels")]] = ()
    channels_of: Annotated[Name, Ref("settings", of="names")] | None = None
    outcomes: Some[Name] = ()
    measures: Some[MeasureId] = ()
    unfounded_of: Annotated[Name, Ref("settings", of="number")] | None = None


class Counter(_Noted):
    """A number of events about a subject, in a window of event time."""

    id: FactName
    counts: Counts
    window: Window = None


class Measure(_Noted):
    """Something that is proposed to a party when a subject's record calls for it."""

    kind: MeasureKind
    subject: Several[Subject]
    when: dict[str, Any]
    propose_to: PartyId
    again: Literal["once", "renewed"] = "renewed"
    cite: Several[ClauseId]
    basis: Basis

    @property
    def is_sanction(self) -> bool:
        """Whether it is one of the policy's sanctions."""
        return self.kind in SANCTIONS

    @property
    def is_candidate(self) -> bool:
        """Whether it needs another legal ground besides: a market ban."""
        return self.kind == "ban"


class Change(_Noted):
    """Points that an event adds or takes."""

    counts: Counts
    points: Amount
    deduct: bool = False


class Level(Model):
    """A number of stars, and the points that it takes."""

    stars: int = Field(ge=0)
    at_least: Amount


class Rating(_Noted):
    """How points and stars of a subject follow from events."""

    subject: Subject
    base: Amount
    changes: tuple[Change, ...] = ()
    levels: tuple[Level, ...] = ()
    cite: Several[ClauseId]
    basis: Basis


class Deadline(_Noted):
    """
    How soon after an event of one kind another one has to answer it.

    Without `after`, how soon after one `until` the next is due, for each subject.
    """

    after: Counts | None = None
    until: Counts
    subject: Several[Subject] = SUBJECTS
    within: Annotated[Name, Ref("settings", of="limit")]
    cite: Several[ClauseId]
    basis: Basis

    @property
    def needs(self) -> frozenset[str]:
        """The settings that it cannot do without."""
        channels = (counts.channels_of for counts in (self.after, self.until) if counts is not None)
        return frozenset(name for name in (self.within, *channels) if name is not None)


@dataclass(frozen=True, slots=True)
class OversightRules:
    """Everything on oversight that a rulebook says."""

    settings: Mapping[str, Setting] = field(default_factory=dict)
    counters: Mapping[str, Counter] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    ratings: Mapping[str, Rating] = field(default_factory=dict)
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)

    def tables(self) -> dict[str, Mapping[str, Any]]:
        """Return each list of what is said on oversight, by kind and identifier."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def values(self) -> dict[str, Any]:
        """Return the settings that have a value."""
        return {name: each.value for name, each in self.settings.items() if each.value is not None}

    def empty(self) -> tuple[Setting, ...]:
        """List the settings that nobody has decided on."""
        return tuple(each for each in self.settings.values() if each.value is None)

    def counted(self) -> Iterator[Counts]:
        """Yield what counters, changes of ratings and deadlines count."""
        yield from (counter.counts for counter in self.counters.values())
        yield from (change.counts for rating in self.ratings.values() for change in rating.changes)
        timed = (counts for each in self.deadlines.values() for counts in (each.after, each.until))
        yield from filter(None, timed)

    def facts(self) -> dict[str, Fact]:
        """Return the facts that a measure's condition may use."""
        found = {MATTER: Fact(id=MATTER, name="对象", english="subject", type="tree")}
        # Not validated: names made of two titles may be longer than an author may write them.
        for counter in self.counters.values():
            named: dict[str, Any] = {"id": counter.id, "name": counter.title, "english": counter.called("en")}
            found[counter.id] = Fact.model_construct(**named, type="int", at_least=0)
        for measure in self.measures.values():
            for state, chinese in (("proposed", "已建议"), ("taken", "已采取")):
                name, english = fact_of(measure.id, state), f"{measure.called('en')} {state}"
                named = {"id": name, "name": f"{chinese}{measure.title}", "english": english}
                found[name] = Fact.model_construct(**named, type="bool")
        return {**found, **_STANDING}

    def needs(self, measure: Measure) -> frozenset[str]:
        """Name the settings that a measure cannot do without, its counters' among them."""
        own = {name for _, name in settings_in(measure.when)}
        for fact in facts_in(measure.when):
            if (counter := self.counters.get(fact)) is not None:
                own |= {n for n in (counter.window, counter.counts.channels_of) if isinstance(n, str)}
        return frozenset(own)

    def idle_without(self, setting: str) -> tuple[str, ...]:
        """Name the measures and deadlines that do nothing as long as a setting has no value."""
        measures = [each.id for each in self.measures.values() if setting in self.needs(each)]
        return (*measures, *(each.id for each in self.deadlines.values() if setting in each.needs))

    def running(self) -> tuple[Deadline, ...]:
        """List the deadlines whose settings all have a value."""
        return tuple(each for each in self.deadlines.values() if each.needs <= self.values().keys())


_STANDING = {
    name: Fact(id=name, name=chinese, english=name.replace("_", " "), type=type_)  # type: ignore[arg-type]
    for name, chinese, type_ in (
        ("rectification_ordered", "有未办结的整改要求", "bool"),
        ("rectification_overdue", "整改逾期未完成", "bool"),
        ("in_dispute", "评分有异议未了", "bool"),
        ("points", "信用分", "int"),
        ("stars", "星级", "int"),
    )
}


def subjects() -> dict[str, Matter]:
    """Return the kinds of subject, as matters of the lowered rulebook."""
    names = (("property-company", "物业服务企业"), ("community", "小区"), ("street-office", "街道（镇）"))
    return {i: Matter(id=i, name=name, english=i.replace("-", " ")) for i, name in names}


def fact_of(measure: str, state: str) -> str:
    """
    Name the fact that says how a measure stands.

    >>> fact_of("key-inspection", "taken")
    'key_inspection_taken'
    """
    return f"{measure.replace('-', '_')}_{state}"


def is_reference(value: Any) -> bool:
    """Return whether a value refers to a setting: `{setting: name}`."""
    return isinstance(value, Mapping) and set(value) == {"setting"}


def settings_in(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield each setting that a condition names, with its place."""
    if is_reference(value):
        yield (*at, "setting"), value["setting"]
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from settings_in(each, (*at, key))
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from settings_in(each, (*at, index))


def facts_in(when: Any) -> Iterator[str]:
    """Yield each fact that a condition names."""
    if isinstance(when, tuple):
        for each in when:
            yield from facts_in(each)
    elif isinstance(when, Mapping):
        for key, each in when.items():
            if key in BRANCHES:
                yield from facts_in(each)
            else:
                yield key


def filled(value: Any, values: Mapping[str, Any], stand_in: Any = None) -> Any:
    """Put the settings' values where a condition names them."""
    if is_reference(value):
        # An author may have written anything there; only a text can name a setting.
        name = value["setting"]
        return values.get(name, stand_in) if isinstance(name, str) else stand_in
    if isinstance(value, Mapping):
        return {key: filled(each, values, stand_in) for key, each in value.items()}
    return tuple(filled(each, values, stand_in) for each in value) if isinstance(value, tuple) else value
