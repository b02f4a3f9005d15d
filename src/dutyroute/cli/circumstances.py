"""When and how a command was called, for the papers that it leaves."""

from __future__ import annotations

import shlex
from datetime import UTC, date, datetime

import click

from dutyroute.cli.command import ARGUMENTS
from dutyroute.control import RunRecord
from dutyroute.messages.outside import masked_word
from dutyroute.version import __version__


def run_record(
    as_known: date | datetime | None = None, as_stated: date | datetime | None = None
) -> RunRecord:
    """Say when and how this command was called."""
    words: list[str] = click.get_current_context().meta[ARGUMENTS]
    times = (None if each is None else each.isoformat() for each in (as_known, as_stated))
    return RunRecord(
        datetime.now(UTC), __version__, shlex.join(["dutyroute", *map(masked_word, words)]), *times
    )
