"""Regions of incidents: a bound for each fact that matters, written for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dutyroute.vocabulary import Plain

__all__ = ["Bound", "Cube", "Stretch", "meets"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole numbers or days from `low` to before `high`; None is no end."""

    low: Any
    high: Any

    def __contains__(self, value: Any) -> bool:
        return (self.low is None or self.low <= value) and (self.high is None or value < self.high)


@dataclass(frozen=True, slots=True)
class Bound:
    """The values of one fact that belong to a region: single ones, or stretches."""

    values: tuple[Plain, ...] = ()
    stretches: tuple[Stretch, ...] = ()

    @classmethod
    def of(cls, classes: Iterable[Stretch | Plain]) -> Bound:
        """Gather classes of values; stretches that touch become one."""
        listed = list(classes)
        stretches = sorted((c for c in listed if isinstance(c, Stretch)), key=_from)
        values = sorted((c for c in listed if not isinstance(c, Stretch)), key=repr)
        return cls(tuple(values), tuple(_joined(stretches)))


Cube = tuple[tuple[str, Bound], ...]
"""A bound for each of some facts, in the diagram's order."""


def meets(bound: Bound, value: Plain | None) -> bool | None:
    """Tell whether a value lies within a bound; None where it is unknown."""
    if value is None:
        return None
    return value in bound.values if bound.values else any(value in s for s in bound.stretches)


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
