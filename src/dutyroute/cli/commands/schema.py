"""`dutyroute schema`: JSON Schemas for editors that complete and explain."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from dutyroute.authoring.schema import write_schemas
from dutyroute.cli import exits
from dutyroute.cli.options import Command, option, rules_option
from dutyroute.cli.output import echo
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.cli.rulebooks import opened
from dutyroute.rulebook.loader.file import name_of

__all__ = ["command"]


def command(say: Phrasebook) -> click.Command:
    """Build the command in the reader's language."""
    out = option(say, "--out", "DIR", required=True)
    return Command("schema", say, partial(_run, say), [out, rules_option(say)])


def _run(say: Phrasebook, *, out: str, rules: str | None) -> int:
    for path in write_schemas(Path(out), opened(rules, say).rulebook):
        echo(say("written", path=name_of(path)))
    return exits.FINE
