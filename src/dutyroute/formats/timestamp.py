"""Days and moments as text, and the day that it is somewhere."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""A day as JSON and YAML have it."""
LOOSE_DAY = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
"""A pattern of a day as people write it, the year first: 2026/3/1, 2026.3.1, 2026年3月1日."""
_MOMENT = re.compile(
    DAY.pattern + r"[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)? ?(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)?"
)
# Names of places only: `localtime` is another zone on each machine.
_ZONE = re.compile(r"[A-Z][A-Za-z_]*(/[A-Za-z0-9_+-]+)*")


class ZonelessError(ValueError):
    """A moment with an offset, of which nobody has said where its day is to be counted."""


def read_zone(name: str) -> ZoneInfo:
    """
    Find a time zone by its name in the IANA list, such as `Asia/Shanghai`.

    Raises:
        ValueError: if there is none.
    """
    try:
        if _ZONE.fullmatch(name):
            return ZoneInfo(name)
    except (LookupError, OSError):
        pass
    raise ValueError(f"no time zone: {name[:40]!r}")


def read_day(text: str) -> date:
    """
    Read a day that is written as `2026-03-01`, and in no other way.

    Python alone would read `20260301` and `2026-W09-7`, too.

    Raises:
        ValueError: if it is written otherwise, or there is no such day.
    """
    if not DAY.fullmatch(text):
        raise ValueError(f"not a day: {text[:40]!r}")
    return date.fromisoformat(text)


def stamp(at: datetime) -> str:
    """
    Write a moment in the one way that a ledger has: UTC, microseconds.

    >>> stamp(datetime(2026, 3, 1, 8, tzinfo=UTC))
    '2026-03-01T08:00:00.000000Z'

    Raises:
        ValueError: for a moment without a time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    # INVARIANT: digests of ledgers are over this text; `+00:00` would be another digest.
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def read_time(text: str) -> date | datetime:
    """
    Read a day such as `2026-03-01`, or a moment such as `2026-03-01T08:00:00Z`.

    A moment may be without an offset.

    Raises:
        ValueError: if it is neither.
    """
    if not _MOMENT.fullmatch(text):
        return read_day(text)
    # A blank may stand for the T, and before the offset.
    return datetime.fromisoformat(text.upper().replace(" ", "T", 1).replace(" ", ""))


def day_of(value: date | datetime | str, zone: tzinfo | None) -> date:
    """
    Return the day of a moment in a time zone; a day, or a moment without an offset, is taken as it is.

    >>> day_of("2026-06-30T17:00:00Z", read_zone("Asia/Shanghai")).isoformat()
    '2026-07-01'

    Raises:
        ZonelessError: for a moment with an offset where there is no zone.
        ValueError: if a text is neither day nor moment.
    """
    found = read_time(value) if isinstance(value, str) else value
    if not isinstance(found, datetime):
        return found
    if found.tzinfo is None:
        return found.date()
    if zone is None:
        raise ZonelessError(str(value))
    try:
        return found.astimezone(zone).date()
    except OverflowError:  # within a day of the calendar's ends
        raise ValueError(str(value)) from None


def moment_of(value: date | datetime, zone: tzinfo | None) -> datetime:
    """
    Return a moment in UTC: a day is its last moment, so that all of it counts.

    Without an offset it is of the zone; where there is none, a day is one of UTC and
    a moment of the machine.
    """
    if not isinstance(value, datetime):
        value = datetime.combine(value, time.max, zone or UTC)
    elif value.tzinfo is None and zone is not None:
        value = value.replace(tzinfo=zone)
    try:
        return value.astimezone(UTC)
    except (OverflowError, OSError, ValueError):
        return value.replace(tzinfo=UTC)  # at the ends of the calendar hours make no difference


def today(zone: tzinfo | None) -> date:
    """Return the day that it is now in a zone; without one, where this machine is."""
    return datetime.now(zone).date()


def shown_moment(at: datetime, zone: tzinfo | None) -> str:
    """
    Write a moment for people, to the second: in a zone, in UTC if there is none.

    >>> at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    >>> shown_moment(at, read_zone("Asia/Shanghai")), shown_moment(at, None)
    ('2026-03-01 16:00:00+08:00', '2026-03-01 08:00:00Z')
    """
    try:
        shown = at.astimezone(zone or UTC)
    except OverflowError:  # at the ends of the calendar
        shown = at.astimezone(UTC)
    return shown.isoformat(" ", "seconds").replace("+00:00", "Z")
