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
    """What has a remark for people behind its titles."""

    note: Words | None = Field(default=None, title="说明", description="给人看的说明。")


class Setting(_Noted, title="参数"):
    """A parameter that the text leaves open; without a value nothing is triggered by it."""

    type: Literal["number", "names"] = Field(default="number", title="类型", description="number 或 names。")
    value: Any = Field(default=None, title="值", description="不填即不触发，提示由人决定。")
    cite: Several[ClauseId] = Field(title="依据", description="文件/条款。")
    quote: Words | None = Field(default=None, title="原文用词", description="原文的用词。")


class Counts(Model, title="计数范围"):
    """Which events count: all that is named must fit, what is not named does not matter."""

    kinds: Several[EventKind] = Field(title="事件", description="计数的事件种类。")
    matters: Some[MatterId] = Field(default=(), title="事项", description="事项及其下级。")
    channels: Some[Annotated[Name, Ref("channels")]] = Field(
        default=(), title="渠道", description="来源渠道。"
    )
    channels_of: Annotated[Name, Ref("settings", of="names")] | None = Field(
        default=None, title="渠道参数", description="给出渠道的参数。"
    )
    outcomes: Some[Name] = Field(default=(), title="结果", description="办理结果。")
    measures: Some[MeasureId] = Field(default=(), title="措施", description="采取、解除的措施。")
    unfounded_of: Annotated[Name, Ref("settings", of="number")] | None = Field(
        default=None,
        title="不属实的",
        description="参数：填 1 则不属实的也计；不填、不写，或者填 0，则不计。",
    )


class Counter(_Noted, title="计数"):
    """A number of events about a subject, in a window of event time."""

    id: FactName = Field(title="标识", description="英文小写，用下划线连接；在条件中作为事实。")
    counts: Counts = Field(title="计数", description="哪些事件计数。")
    window: Window = Field(default=None, title="期间", description="天数，或者参数名；不填为不限。")


class Measure(_Noted, title="措施"):
    """Something that is proposed to a party when a subject's record calls for it."""

    kind: MeasureKind = Field(title="种类", description="talk、deduction、ban 是惩戒，只对物业服务企业。")
    subject: Several[Subject] = Field(title="对象", description="对谁采取。")
    when: dict[str, Any] = Field(title="条件", description="计数、事实、其他措施；可引用参数。")
    propose_to: PartyId = Field(title="建议给", description="向哪个主体建议。")
    again: Literal["once", "renewed"] = Field(
        default="renewed", title="再次", description="renewed 条件中断后再次成立时重新建议，once 只建议一次。"
    )
    cite: Several[ClauseId] = Field(title="依据", description="文件/条款。")
    basis: Basis = Field(title="依据性质", description="explicit 明文，inferred 推定，assumed 本地设定。")

    @property
    def is_sanction(self) -> bool:
        """Whether it is one of the policy's sanctions."""
        return self.kind in SANCTIONS

    @property
    def is_candidate(self) -> bool:
        """Whether it needs another legal ground besides: a market ban."""
        return self.kind == "ban"


class Change(_Noted, title="加减分"):
    """Points that an event adds or takes."""

    counts: Counts = Field(title="计数", description="哪些事件改变分值。")
    points: Amount = Field(title="分值", description="整数，可为负；或者 {setting: 参数名}。")
    deduct: bool = Field(default=False, title="扣分", description="true 则减去这些分。")


class Level(Model, title="星级"):
    """A number of stars, and the points that it takes."""

    stars: int = Field(title="星级", description="星级。", ge=0)
    at_least: Amount = Field(title="不低于", description="整数，或者 {setting: 参数名}。")


class Rating(_Noted, title="信用评价"):
    """How points and stars of a subject follow from events."""

    subject: Subject = Field(title="对象", description="评价谁。")
    base: Amount = Field(title="基础分", description="整数，或者 {setting: 参数名}。")
    changes: tuple[Change, ...] = Field(default=(), title="加减分", description="哪些事件加减多少分。")
    levels: tuple[Level, ...] = Field(default=(), title="星级", description="各星级的最低分。")
    cite: Several[ClauseId] = Field(title="依据", description="文件/条款。")
    basis: Basis = Field(title="依据性质", description="explicit 明文，inferred 推定，assumed 本地设定。")


@dataclass(frozen=True, slots=True)
class OversightRules:
    """Everything on oversight that a rulebook says."""

    settings: Mapping[str, Setting] = field(default_factory=dict)
    counters: Mapping[str, Counter] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    ratings: Mapping[str, Rating] = field(default_factory=dict)

    def tables(self) -> dict[str, Mapping[str, Any]]:
        """Return the settings, counters, measures and ratings, by kind and identifier."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def values(self) -> dict[str, Any]:
        """Return the settings that have a value."""
        return {name: each.value for name, each in self.settings.items() if each.value is not None}

    def empty(self) -> tuple[Setting, ...]:
        """List the settings that nobody has decided on."""
        return tuple(each for each in self.settings.values() if each.value is None)

    def counted(self) -> Iterator[Counts]:
        """Yield what each counter and each change of a rating counts."""
        yield from (counter.counts for counter in self.counters.values())
        yield from (change.counts for rating in self.ratings.values() for change in rating.changes)

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
    """Return whether a value stands for a setting's: `{setting: name}`."""
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
