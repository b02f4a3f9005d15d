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
    A year whose calendar was `gained` or `lost`, or days of it.

    These are `off` now and were worked on before, or are `working` now and were off.
    """

    year: int
    kind: Literal["gained", "lost", "off", "working"]
    days: tuple[date, ...] = ()


def calendar_changes(old: Rulebook, new: Rulebook) -> Iterator[CalendarChange]:
    """Yield what changes of each year; a calendar that only lists its days otherwise says the same."""
    for name in sorted({*old.calendars, *new.calendars}, key=int):
        was, now = old.calendars.get(name), new.calendars.get(name)
        if was is None or now is None:
            yield CalendarChange(int(name), "gained" if was is None else "lost")
            continue
        listed = sorted({*was.off, *was.working, *now.off, *now.working})
        moved = [day for day in listed if was.is_working(day) is not now.is_working(day)]
        for kind, days in (
            ("off", tuple(day for day in moved if was.is_working(day))),
            ("working", tuple(day for day in moved if now.is_working(day))),
        ):
            if days:
                yield CalendarChange(was.year, kind, days)  # type: ignore[arg-type]
