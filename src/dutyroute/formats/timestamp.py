"""Days and moments as text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_day(text: str) -> date:
    """
    Read a day that is written as `2026-03-01`, and in no other way.

    Python alone would read `20260301` and `2026-W09-7`, too.

    Raises:
        ValueError: if it is written otherwise, or there is no such day.
    """
    if not _DAY.fullmatch(text):
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


def read_moment(text: str) -> datetime:
    """
    Read a day or a moment that a person wrote; without a time zone it is in the machine's own.

    Raises:
        ValueError: if it is neither.
        OverflowError, OSError: if it is out of the system's range.
    """
    return datetime.fromisoformat(text).astimezone(UTC)


def shown_moment(at: datetime) -> str:
    """Write a moment for people: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
