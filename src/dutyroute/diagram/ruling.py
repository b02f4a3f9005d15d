"""Ruling, Duty, Recused, Breach: what a leaf of the diagram says about one matter."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from dutyroute.record import JsonRecord
from dutyroute.rulebook.rules import hours
from dutyroute.rulebook.types import Basis

Status = Literal["routed", "incomplete", "unrouted", "conflict"]

# From the least sure on: a rule may say what a clause says, what follows from it, or what is taken to be so.
STRENGTH: tuple[Basis, ...] = ("assumed", "inferred", "explicit")


def weakest(bases: Iterable[Basis]) -> Basis:
    """Return the least sure of several bases: assumed, then inferred, then explicit."""
    return min(bases, key=STRENGTH.index)


def strongest(bases: Iterable[Basis]) -> Basis:
    """Return the surest of several bases."""
    return max(bases, key=STRENGTH.index)


def shortest(limits: Iterable[str | None]) -> str | None:
    """Return the time limit that binds: the shortest; None where there is none."""
    return min((w for w in limits if w), key=lambda w: (hours(w), w), default=None)


OMITTED_IF_EMPTY = Field(exclude_if=operator.not_)
"""Leaves a field out of JSON where it says nothing: ledgers hold decisions in this form."""
OMITTED_IF_NONE = Field(exclude_if=lambda value: value is None)


@dataclass(frozen=True, slots=True)
class Duty(JsonRecord):
    """
    One party's role in one matter, and the rules and clauses that give it.

    `to` lists whom the party tells for certain, `to_possible` whom it may also
    have to tell; `within` is a time limit such as `24h` or None. `rules` and
    `clauses` list all that give the duty. `basis` is the strongest of its rules
    and, where unknown facts leave several answers open, the weakest over them.
    `certain` is False where an unknown fact could take the duty away; `default`
    is True where only fallback rules give it.
    """

    party: str
    role: str
    to: tuple[str, ...] = ()
    within: Annotated[str | None, OMITTED_IF_EMPTY] = None
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    basis: Basis = "explicit"
    certain: bool = True
    default: bool = False
    to_possible: Annotated[tuple[str, ...], OMITTED_IF_EMPTY] = ()


@dataclass(frozen=True, slots=True)
class Recused(JsonRecord):
    """A duty that falls away because the party is itself concerned."""

    party: str
    role: str
    rules: tuple[str, ...] = ()
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Breach(JsonRecord):
    """
    An obligation that the duties do not meet.

    `gap` where too few hold the role, `conflict` where too many do; `holders`
    are those who do, `rules` those that made them so.
    """

    obligation: str
    role: str
    kind: Literal["gap", "conflict"]
    holders: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Ruling(JsonRecord):
    """
    The answer for one matter.

    `status` is `routed`, `incomplete` (an unknown fact can change the duties or
    flags), `unrouted` (no duty, or an obligation lacks a holder) or `conflict`.
    `lead` holds the certain leads. `ask` names the facts that can still change
    the answer, in the vocabulary's order.
    """

    matter: str
    status: Status
    lead: tuple[str, ...]
    duties: tuple[Duty, ...]
    flags: tuple[str, ...] = ()
    possible_flags: tuple[str, ...] = ()
    recused: tuple[Recused, ...] = ()
    breaches: tuple[Breach, ...] = ()
    ask: tuple[str, ...] = ()
