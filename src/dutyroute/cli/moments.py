"""The moment at which a command does its work."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import click

from dutyroute.cli.options import option
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.formats import timestamp

__all__ = ["at_option", "day_option", "known_option", "moment_of", "read_moment"]


def at_option(say: Phrasebook) -> click.Option:
    """Make `--at`, the moment that is recorded."""

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
        return None if value is None else read_moment(say, value, ctx, param)

    return option(say, "--at", "TIME", callback=read)


def read_moment(say: Phrasebook, value: str, ctx: click.Context, param: click.Parameter) -> datetime:
    """
    Read a day or a moment; one without a time zone is of the machine's own.

    Raises:
        BadParameter: if it is neither.
    """
    try:
        return timestamp.read_moment(value)
    except (ValueError, OverflowError, OSError):
        raise click.BadParameter(say("not-a-moment", value=value), ctx, param) from None


def known_option(say: Phrasebook) -> click.Option:
    """Make `--as-known`, a moment, or a day up to its end."""

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
        if value is None:
            return None
        try:
            return datetime.combine(date.fromisoformat(value), time.max).astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            return read_moment(say, value, ctx, param)

    return option(say, "--as-known", "TIME", callback=read)


def day_option(say: Phrasebook, key: str = "as-of") -> click.Option:
    """Make `--as-of`, the day whose rules are asked for, or whatever its help says."""

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
        try:
            return None if value is None else date.fromisoformat(value)
        except ValueError:
            raise click.BadParameter(say("not-a-day", value=value), ctx, param) from None

    return option(say, "--as-of", "DATE", key=key, callback=read)


def moment_of(at: datetime | None) -> datetime:
    """Return the moment that was given, or now."""
    return datetime.now(UTC) if at is None else at
