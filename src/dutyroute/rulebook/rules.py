"""Rules, obligations, recusal and the header of a rulebook, as their author wrote them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, tzinfo
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from dutyroute.formats.timestamp import read_zone
from dutyroute.rulebook.types import (
    Basis,
    ClauseId,
    FactId,
    FactName,
    FlagId,
    Grade,
    Model,
    Name,
    PartyId,
    Ref,
    RoleId,
    Several,
    Some,
    Titled,
    When,
    Words,
    listed,
)

LEAD = "lead"
"""The role of whoever is in charge of an incident; in `to`, whoever holds it."""

# Limits are compared with each other only, never added to a day: no calendar is needed.
_HOURS = {"h": 1, "d": 24, "w": 168}


def hours(within: str) -> int:
    """
    Turn a time limit into hours, so that limits compare.

    >>> hours("36h") < hours("2d") < hours("1w")
    True
    """
    return int(within[:-1]) * _HOURS[within[-1]]


class Period(Model, title="有效期"):
    """
    The days on which a rule is in force, the last one excluded.

    Excluding the last day lets one rule end on the very date its successor
    begins, with no day belonging to both and no day belonging to neither.
    """

    since: date | None = Field(
        default=None, alias="from", title="自", description="自这一天起有效（含当日）。"
    )
    until: date | None = Field(default=None, title="至", description="到这一天失效（不含当日）。")

    # Before the fields are read: an empty period is one fault, not two of its ends.
    @model_validator(mode="before")
    @classmethod
    def _not_empty(cls, written: Any) -> Any:
        since, until = map(written.get, ("from", "until")) if isinstance(written, dict) else (None, None)
        if isinstance(until, date) and (since if isinstance(since, date) else date.min) >= until:
            raise ValueError("empty-period")
        return written

    def __contains__(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


Within = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,4}[hdw]$")]


def assignees(value: Any) -> Any:
    """Read every way to write the holders of a role as one."""
    return tuple({"party": v} if isinstance(v, str) else v for v in listed(value))


class Assignment(Model, title="职责"):
    """Parties that a rule gives a role, whom they tell, and how soon."""

    party: Several[PartyId] = Field(title="主体", description="承担职责的主体。")
    to: Some[Annotated[Name, Ref("parties", also=(LEAD,))]] = Field(
        default=(), title="对象", description="向谁报告等；lead 指主办单位。"
    )
    within: Within | None = Field(default=None, title="时限", description="如 24h、5d、1w（小时、天、周）。")


Assignments = Annotated[tuple[Assignment, ...], BeforeValidator(assignees), Field(min_length=1)]


RuleId = Annotated[Name, Ref("rules")]


class Beside(Model, title="另有职责"):
    """
    Roles that other rules have to name, or must not, for a rule or an obligation to count.

    Written as a list of roles, of which one is enough, or as `{not: [roles]}`.
    """

    some: Some[RoleId] = Field(
        default=(), alias="any", title="其一", description="其中之一已由别的规则指定。"
    )
    none: Some[RoleId] = Field(
        default=(), alias="not", title="都不", description="没有别的规则指定其中任何一个。"
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Beside:
        if bool(self.some) == bool(self.none):
            raise ValueError("bad-beside")
        return self

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that it asks about."""
        return self.some or self.none

    def is_met(self, named: Collection[str]) -> bool:
        """Tell whether it holds, given the roles that the rules of the first step name."""
        return any(role in named for role in self.roles) is bool(self.some)


def either(value: Any) -> Any:
    """Read a list of roles, of which one is enough, as what it is short for."""
    return {"any": value} if isinstance(value, str | tuple) else value


BesideRoles = Annotated[Beside, BeforeValidator(either)]

Quote = Annotated[str, StringConstraints(min_length=1, max_length=20)]


class Rule(Titled, title="规则"):
    """One statement of the policy: when something holds, who has which duty."""

    id: Name = Field(title="标识", description="说明规则做什么的英文小写标识，不要用序号。")
    title: Words = Field(title="标题", description="一句话说明规则。")
    english: Words | None = Field(default=None, title="英文标题", description="同一句话的英文。")
    when: When = Field(title="条件", description="各项同时成立时规则才适用；{} 表示总是适用。")
    assign: dict[RoleId, Assignments] = Field(default={}, title="职责", description="角色：主体。")
    cite: Several[ClauseId] = Field(title="依据", description="文件/条款，例如 opinion/3.2.1.5。")
    basis: Basis = Field(title="依据性质", description="explicit 明文，inferred 推定，assumed 本地设定。")
    default: Annotated[Name, Ref("roles", is_checked=False)] | None = Field(
        default=None, title="兜底角色", description="仅当没有别的规则指定该角色时适用。"
    )
    beside: BesideRoles | None = Field(
        default=None,
        title="另有职责时",
        description="仅当别的规则指定了其中一个角色时适用；{not: […]} 仅当没有指定其中任何一个时适用。",
    )
    overrides: Some[RuleId] = Field(default=(), title="优先于", description="适用时排除这些规则。")
    flag: Some[FlagId] = Field(default=(), title="标志", description="决定中要提示的标志。")
    joint: bool = Field(default=False, title="共同承担", description="同一角色的几个主体视为一个承担者。")
    in_force: Period | None = Field(default=None, title="有效期", description="不填则按规则库的默认有效期。")
    draft: bool = Field(default=False, title="草稿", description="true 表示尚未定稿：照常检查，但不作依据。")
    note: Words | None = Field(default=None, title="说明", description="给人看的说明。")
    quote: Quote | None = Field(
        default=None, title="原文短语", description="所引条款原文中的几个字，供核对，不超过 20 字。"
    )

    @property
    def awaited(self) -> frozenset[str]:
        """The roles by whose holders it is decided whether the rule counts."""
        beside = self.beside.roles if self.beside else ()
        return frozenset(beside if self.default is None else (self.default, *beside))

    def duties(self) -> Iterator[tuple[str, str, Assignment]]:
        """List (party, role, assignment) for each duty that the rule gives."""
        for role, assignments in self.assign.items():
            for assignment in assignments:
                for party in assignment.party:
                    yield party, role, assignment


class Holders(Model, title="承担者数"):
    """How many holders a role must have."""

    exactly: int | None = Field(default=None, ge=0, title="恰好")
    at_least: int | None = Field(default=None, ge=0, title="至少")
    at_most: int | None = Field(default=None, ge=0, title="至多")

    @model_validator(mode="after")
    def _says_something(self) -> Holders:
        is_doubled = (self.exactly is None) == (self.at_least is None and self.at_most is None)
        if is_doubled or self.least > self.most:
            raise ValueError("bad-holders")
        return self

    @property
    def least(self) -> int:
        """The smallest number allowed."""
        return self.exactly if self.exactly is not None else self.at_least or 0

    @property
    def most(self) -> float:
        """The largest number allowed."""
        bound = self.exactly if self.exactly is not None else self.at_most
        return float("inf") if bound is None else bound


class Obligation(Titled, title="要求"):
    """What every decision must satisfy, e.g. exactly one lead."""

    id: Name = Field(title="标识", description="英文小写标识。")
    title: Words = Field(title="标题", description="一句话说明要求。")
    english: Words | None = Field(default=None, title="英文标题", description="同一句话的英文。")
    applies: When = Field(alias="for", title="适用条件", description="写法与规则的 when 相同。")
    role: RoleId = Field(title="角色", description="要求有承担者的角色。")
    holders: Holders = Field(title="承担者数", description="exactly 恰好、at_least 至少、at_most 至多。")
    beside: BesideRoles | None = Field(
        default=None, title="另有职责时", description="写法与规则的 beside 相同。"
    )
    note: Words | None = Field(default=None, title="说明", description="给人看的说明。")

    @property
    def awaited(self) -> frozenset[str]:
        """The roles by whose holders it is decided whether the obligation applies."""
        return frozenset(self.beside.roles if self.beside else ())


class Recusal(Model, title="回避"):
    """Which roles a party cannot hold where it is itself concerned."""

    fact: FactId = Field(title="事实", description="取值为主体的枚举事实，通常是 respondent。")
    roles: Several[RoleId] = Field(title="角色", description="需要回避的角色。")
    basis: Basis = Field(title="依据性质", description="explicit 明文，inferred 推定，assumed 本地设定。")
    cite: Some[ClauseId] = Field(default=(), title="依据", description="文件/条款。")
    note: Words | None = Field(default=None, title="说明", description="给人看的说明。")


def _zone_name(name: str) -> str:
    try:
        read_zone(name)
    except ValueError:
        raise ValueError("unknown-timezone") from None
    return name


class Header(Titled, title="规则库"):
    """What a rulebook says of itself."""

    id: Name = Field(title="标识", description="规则库的英文小写标识。")
    title: Words = Field(title="名称", description="规则库的中文名称。")
    english: Words = Field(title="英文名称", description="规则库的英文名称。")
    edition: Words = Field(title="版次", description="例如 draft-1、2027-01。")
    date: Annotated[FactName, Ref("facts", of="date")] | None = Field(
        default=None, title="日期事实", description="按哪个日期判断规则是否有效。"
    )
    timezone: Annotated[str, AfterValidator(_zone_name)] | None = Field(
        default=None, title="时区", description="日期和时间按哪个时区算，例如 Asia/Shanghai（北京时间）。"
    )
    in_force: Period | None = Field(default=None, title="默认有效期", description="规则没有写有效期时按此。")
    checks: dict[Name, Grade] = Field(
        default={}, title="检查级别", description="检查名：error 错误、warning 警告、note 提示、off 不检查。"
    )
    note: Words | None = Field(default=None, title="说明", description="给人看的说明。")

    @property
    def zone(self) -> tzinfo | None:
        """The time zone in which days begin; None where none is written."""
        return None if self.timezone is None else read_zone(self.timezone)
