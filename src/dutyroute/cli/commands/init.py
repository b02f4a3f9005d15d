"""`dutyroute init`: a minimal rulebook of another city."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from dutyroute.authoring.scaffold import CannotAddError, start
from dutyroute.cli import exits
from dutyroute.cli.options import Command, unusable
from dutyroute.cli.output import echo
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.rulebook.loader.file import name_of

__all__ = ["command"]


def command(say: Phrasebook) -> click.Command:
    """Build the command in the reader's language."""
    return Command("init", say, partial(_run, say), [click.Argument(["init-dir"], metavar="DIR")])


def _run(say: Phrasebook, *, init_dir: str) -> int:
    try:
        written = start(Path(init_dir))
    except CannotAddError as error:
        raise unusable(say, error.reason, **error.values) from None
    for path in written:
        echo(say("written", path=name_of(path)))
    return exits.FINE
