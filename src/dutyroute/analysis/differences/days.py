"""Days that an edit of the calendars turns into days off or working days: limits end otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dutyroute.rulebook.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """
    A year of which a calendar was `gained`, `lost` or `changed`.

    In the last case `off` are the days that are off now and were worked on before,
    `working` those that are worked on now and were off.
    """

    year: int
    kind: Literal["gained", "lost", "changed"]
    off: tuple[date, ...] = ()
    working: tuple[date, ...] = ()


def calendar_changes(old: Rulebook, new: Rulebook) -> Iterator[CalendarChange]:
    """Yield what changes of each year; a calendar that only lists its days otherwise says the same."""
    for name in sorted({*old.calendars, *new.calendars}, key=int):
        was, now = old.calendars.get(name), new.calendars.get(name)
        if was is None or now is None:
            yield CalendarChange(int(name), "gained" if was is None else "lost")
            continue
        days = sorted({*was.off, *was.working, *now.off, *now.working})
        off = tuple(day for day in days if was.is_working(day) and not now.is_working(day))
        working = tuple(day for day in days if now.is_working(day) and not was.is_working(day))
        if off or working:
            yield CalendarChange(was.year, "changed", off, working)
