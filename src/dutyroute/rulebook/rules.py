"""Rules, obligations, recusal and the header of a rulebook, as their author wrote them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, tzinfo
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

from dutyroute.formats.timestamp import read_zone
from dutyroute.messages import chosen
from dutyroute.rulebook.types import (
    Basis,
    ClauseId,
    FactId,
    FactName,
    FlagId,
    Grade,
    MatterId,
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
from dutyroute.rulebook.vocabulary import folded

LEAD = "lead"
"""The role of whoever is in charge of an incident; in `to`, whoever holds it."""

_IN_A_WEEK = {"h": 168, "d": 7, "w": 1, "wd": 5}


def parts(within: str) -> tuple[int, str]:
    """Take a time limit apart: `5wd` is 5 and `wd`."""
    number = within.rstrip("dhw")
    return int(number), within[len(number) :]


def hours(within: str) -> float:
    """
    Turn a time limit into hours, so that limits compare: five working days are a week.

    On which day a limit ends depends on the day on which it begins; which of two is
    the shorter one must not, as one ruling is for many days.

    >>> hours("36h") < hours("2d") < hours("2wd") < hours("5wd") == hours("1w")
    True
    """
    number, unit = parts(within)
    return number * 168 / _IN_A_WEEK[unit]


class Period(Model):
    """
    The days on which a rule is in force, the last one excluded.

    Excluding the last day lets one rule end on the very date its successor
    begins, with no day belonging to both and no day belonging to neither.
    """

    since: date | None = Field(default=None, alias="from")
    until: date | None = None

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


Within = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,4}(h|d|w|wd)$")]


def assignees(value: Any) -> Any:
    """Read every way to write the holders of a role as one."""
    return tuple({"party": v} if isinstance(v, str) else v for v in listed(value))


class Assignment(Model):
    """Parties that a rule gives a role, whom they tell, and how soon."""

    party: Several[PartyId]
    to: Some[Annotated[Name, Ref("parties", also=(LEAD,))]] = ()
    within: Within | None = None


Assignments = Annotated[tuple[Assignment, ...], BeforeValidator(assignees), Field(min_length=1)]


RuleId = Annotated[Name, Ref("rules")]


class Beside(Model):
    """
    Roles that other rules have to name, or must not, for a rule or an obligation to count.

    Written as a list of roles, of which one is enough, or as `{not: [roles]}`.
    """

    some: Some[RoleId] = Field(default=(), alias="any")
    none: Some[RoleId] = Field(default=(), alias="not")

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
# One is written as a text, not as a list: the digest of a rulebook is that of its first day.
Quotes = Annotated[
    Some[Quote], PlainSerializer(lambda quotes: quotes[0] if len(quotes) == 1 else list(quotes))
]
# A line of a sheet; what needs more than that is the rule's title.
Does = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Rule(Titled):
    """One statement of the policy: when something holds, who has which duty."""

    when: When
    assign: dict[RoleId, Assignments] = Field(default={})
    cite: Several[ClauseId]
    basis: Basis
    default: Annotated[Name, Ref("roles", is_checked=False)] | None = None
    beside: BesideRoles | None = None
    vacated: RoleId | None = None
    overrides: Some[RuleId] = ()
    flag: Some[FlagId] = ()
    joint: bool = False
    in_force: Period | None = None
    draft: bool = False
    note: Words | None = None
    quote: Quotes = ()
    does: Does | None = None
    does_english: Does | None = None

    @model_validator(mode="after")
    def _vacated_stands_alone(self) -> Rule:
        if self.vacated is not None and (self.default, self.beside) != (None, None):
            raise ValueError("vacated-not-alone")
        return self

    def carries(self, clause: str, phrase: str) -> bool:
        """Tell whether the rule puts a phrase of a clause into effect: it cites the one and quotes the other."""
        return clause in self.cite and any(folded(phrase) in folded(quote) for quote in self.quote)

    @property
    def waits(self) -> bool:
        """Whether other rules decide if it counts: it is of the second or the third step."""
        return (self.default, self.beside, self.vacated) != (None, None, None)

    @property
    def awaited(self) -> frozenset[str]:
        """The roles by whose holders it is decided whether the rule counts."""
        beside = self.beside.roles if self.beside else ()
        return frozenset(role for role in (self.default, self.vacated, *beside) if role is not None)

    def done(self, lang: str) -> str:
        """Say what the holders of the roles do, and to whom; the title failing that."""
        return chosen(lang, self.does, self.does_english) or self.called(lang)

    def duties(self) -> Iterator[tuple[str, str, Assignment]]:
        """List (party, role, assignment) for each duty that the rule gives."""
        for role, assignments in self.assign.items():
            for assignment in assignments:
                for party in assignment.party:
                    yield party, role, assignment


class Holders(Model):
    """How many holders a role must have."""

    exactly: int | None = Field(default=None, ge=0)
    at_least: int | None = Field(default=None, ge=0)
    at_most: int | None = Field(default=None, ge=0)

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


class Obligation(Titled):
    """What every decision must satisfy, e.g. exactly one lead."""

    applies: When = Field(alias="for")
    role: RoleId
    holders: Holders
    beside: BesideRoles | None = None
    note: Words | None = None

    @property
    def awaited(self) -> frozenset[str]:
        """The roles whose holders decide whether the obligation applies."""
        return frozenset(self.beside.roles if self.beside else ())


class Recusal(Model):
    """Which roles a party cannot hold where it is itself concerned."""

    fact: FactId
    roles: Several[RoleId]
    basis: Basis
    cite: Some[ClauseId] = ()
    note: Words | None = None


def _zone_name(name: str) -> str:
    try:
        read_zone(name)
    except ValueError:
        raise ValueError("unknown-timezone") from None
    return name


class Header(Titled):
    """What a rulebook says of itself."""

    english: Words
    edition: Words
    date: Annotated[FactName, Ref("facts", of="date")] | None = None
    timezone: Annotated[str, AfterValidator(_zone_name)] | None = None
    in_force: Period | None = None
    checks: dict[Name, Grade] = Field(default={})
    keywords: tuple[Words, ...] = ()
    otherwise: Some[MatterId] = ()
    note: Words | None = None

    @property
    def zone(self) -> tzinfo | None:
        """The time zone in which days begin; None where none is written."""
        return None if self.timezone is None else read_zone(self.timezone)
