"""Which days are worked on, year by year as they were announced, and when a time limit ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated

from pydantic import PlainSerializer

from dutyroute.diagnostics import Diagnostic, Place
from dutyroute.rulebook.rules import parts
from dutyroute.rulebook.types import Model, Several, Some, Words

_SATURDAY = 5
_IN_ORDER = PlainSerializer(lambda days: tuple(sorted(set(days))))
"""A calendar says the same whatever the order of its days."""


class Calendar(Model):
    """
    The days of one year that are off, and the weekend days that are worked on, as announced.

    A weekend day is off unless it is `working`; naming it under `off` as well, as
    the announcements do, says nothing new.
    """

    year: int
    off: Annotated[Several[date], _IN_ORDER]
    working: Annotated[Some[date], _IN_ORDER] = ()
    source: Words
    note: Words | None = None

    @property
    def id(self) -> str:
        """The year, as a text."""
        return str(self.year)

    def is_working(self, day: date) -> bool:
        """Return whether a day of the year is worked on."""
        return day in self.working or (day.weekday() < _SATURDAY and day not in self.off)


def check_calendar(calendar: Calendar, at: Place) -> Iterator[Diagnostic]:
    """Yield each day that is of another year, both off and worked on, or no weekend though listed as one."""
    for key, days in (("off", calendar.off), ("working", calendar.working)):
        for index, day in enumerate(days):
            place = (*at, key, index)
            if day.year != calendar.year:
                yield Diagnostic("calendar-other-year", {"day": day, "year": calendar.year}, place)
            elif key == "working" and day in calendar.off:
                yield Diagnostic("calendar-both", {"day": day}, place)
            elif key == "working" and day.weekday() < _SATURDAY:
                yield Diagnostic("calendar-no-weekend", {"day": day}, place)


def last_day(within: str, since: date, calendars: Mapping[str, Calendar]) -> date | None:
    """
    Return the last day of a time limit that begins with something on a day, which does not count.

    None where a year that has to be known has no calendar, and for a limit in
    hours, which ends at an hour and not on a day.

    >>> year = Calendar(year=2026, off=(date(2026, 10, 1),), source="…")
    >>> last_day("1wd", date(2026, 9, 30), {"2026": year}), last_day("3d", date(2026, 9, 30), {"2026": year})
    (datetime.date(2026, 10, 2), datetime.date(2026, 10, 5))
    """
    number, unit = parts(within)
    if unit == "h":
        return None
    # Of working days so many are counted from the next day on. Calendar days pass at once, and
    # then one working day is counted from the last of them on: a day off ends no limit.
    left = number if unit == "wd" else 1
    place = since.toordinal() + {"wd": 1, "d": number, "w": 7 * number}[unit]
    while place <= date.max.toordinal():
        day = date.fromordinal(place)
        calendar = calendars.get(str(day.year))
        if calendar is None:
            return None
        left -= calendar.is_working(day)
        if not left:
            return day
        place += 1
    return None
