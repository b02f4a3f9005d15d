"""Regions of incidents: a bound for each fact that matters, written for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from dutyroute.rulebook.vocabulary import Plain

__all__ = ["UNSAID", "Bound", "Cube", "Stretch", "Unsaid", "Value", "meets"]


class Unsaid(Enum):
    """What stands for a fact that an incident does not mention."""

    UNSAID = "unsaid"


UNSAID: Final = Unsaid.UNSAID
"""The fact is not mentioned, so that its default is taken, where it has one."""

Value = Plain | Unsaid


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole numbers or days from `low` to before `high`; None is no end."""

    low: Any
    high: Any

    def __contains__(self, value: Any) -> bool:
        return (self.low is None or self.low <= value) and (self.high is None or value < self.high)


@dataclass(frozen=True, slots=True)
class Bound:
    """The values of one fact that belong to a region: single ones, and stretches."""

    values: tuple[Value, ...] = ()
    stretches: tuple[Stretch, ...] = ()

    @classmethod
    def of(cls, classes: Iterable[Stretch | Value]) -> Bound:
        """Gather classes of values; stretches that touch become one."""
        listed = set(classes)
        stretches = sorted((c for c in listed if isinstance(c, Stretch)), key=_from)
        values = sorted((c for c in listed if not isinstance(c, Stretch)), key=repr)
        return cls(tuple(values), tuple(_joined(stretches)))

    def __or__(self, other: Bound) -> Bound:
        return Bound.of((*self.values, *self.stretches, *other.values, *other.stretches))


Cube = tuple[tuple[str, Bound], ...]
"""A bound for each of some facts, in the diagram's order."""


def meets(bound: Bound, value: Value | None) -> bool | None:
    """Tell whether a value lies within a bound; None where it is unknown."""
    if value is None:
        return None
    if value in bound.values:
        return True
    return not isinstance(value, Unsaid) and any(value in stretch for stretch in bound.stretches)


def _from(stretch: Stretch) -> tuple[bool, Any]:
    return stretch.low is not None, stretch.low


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for stretch in stretches:
        if joined and joined[-1].high == stretch.low:
            joined[-1] = Stretch(joined[-1].low, stretch.high)
        else:
            joined.append(stretch)
    return joined
