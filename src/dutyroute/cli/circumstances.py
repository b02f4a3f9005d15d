"""When and how a command was called, for the papers that it leaves, and whether its control totals match."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from datetime import UTC, date, datetime

import click

from dutyroute.cli.command import ARGUMENTS
from dutyroute.cli.output import Exit, complain
from dutyroute.control import RunRecord, SourceTotal
from dutyroute.messages import Phrasebook
from dutyroute.messages.outside import masked
from dutyroute.version import __version__


def run_record(
    as_known: date | datetime | None = None, as_stated: date | datetime | None = None
) -> RunRecord:
    """Say when and how this command was called."""
    words: list[str] = click.get_current_context().meta[ARGUMENTS]
    times = (None if each is None else each.isoformat() for each in (as_known, as_stated))
    return RunRecord(datetime.now(UTC), __version__, masked(shlex.join(["dutyroute", *words])), *times)


def tell_mismatches(totals: Iterable[SourceTotal], say: Phrasebook) -> bool:
    """Tell each source whose rows do not match a second count; return whether there is one."""
    wrong = [each for each in totals if not each.matches]
    for each in wrong:
        complain(each.warning(say.lang), Exit.USAGE)
    return bool(wrong)
