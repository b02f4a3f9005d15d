"""Chart: how wide each stripe is, for drawings that a browser scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dutyroute.replay.outcome import Outcome

__all__ = ["Column", "Columns", "Stripe", "columns", "stripes"]

_GAP = 0.25
"""What part of a column's place stays free."""


@dataclass(frozen=True, slots=True)
class Stripe:
    """One outcome's part of a bar, from `start` on; all in hundredths of its length."""

    outcome: str
    start: float
    size: float
    rows: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a chart: where it stands, and its stripes from the bottom up."""

    label: str
    at: float
    width: float
    stripes: tuple[Stripe, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of columns side by side; `every` says which labels have room."""

    columns: tuple[Column, ...]
    highest: int
    every: int


def stripes(counts: Mapping[Outcome, int], whole: int | None = None) -> tuple[Stripe, ...]:
    """
    Share a bar out among the outcomes; `whole` rows fill it.

    >>> [(s.outcome, s.start, s.size) for s in stripes({Outcome.AGREE: 1, Outcome.DIVERGE: 3})]
    [('agree', 0.0, 25.0), ('diverge', 25.0, 75.0)]
    """
    total = whole or sum(counts.values())
    found, start = [], 0.0
    for outcome in Outcome:
        rows = counts.get(outcome, 0)
        if rows:
            size = round(100 * rows / total, 3)
            found.append(Stripe(str(outcome), round(start, 3), size, rows))
            start += size
    return tuple(found)


def columns(rows: Sequence[tuple[str, Mapping[Outcome, int]]], labels: int = 12) -> Columns:
    """Set columns side by side, the highest as high as the chart."""
    highest = max((sum(counts.values()) for _, counts in rows), default=0)
    place = 100 / max(len(rows), 1)
    drawn = tuple(
        Column(
            label,
            round(place * (at + _GAP / 2), 3),
            round(place * (1 - _GAP), 3),
            stripes(counts, highest),
        )
        for at, (label, counts) in enumerate(rows)
    )
    return Columns(drawn, highest, -(-len(rows) // labels) or 1)
