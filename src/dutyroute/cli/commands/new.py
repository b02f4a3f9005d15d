"""`dutyroute new`: a draft rule, matter, party or case in the right file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from dutyroute.authoring.scaffold import ENTRIES, CannotAddError, add
from dutyroute.cli import exits
from dutyroute.cli.options import Command, option, unusable
from dutyroute.cli.output import echo
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.cli.rulebooks import folder
from dutyroute.rulebook.loader.file import name_of

__all__ = ["command"]


def command(say: Phrasebook) -> click.Command:
    """Build the command in the reader's language."""
    arguments = [
        click.Argument(["kind"], type=click.Choice(tuple(ENTRIES)), metavar="|".join(ENTRIES)),
        click.Argument(["new-id"], metavar="ID"),
    ]
    options = [option(say, "--matter", "M", key="new-matter"), option(say, "--cases", "DIR", key="new-cases")]
    rules = option(say, "--rules", "DIR", key="new-rules")
    return Command("new", say, partial(_run, say), [*arguments, *options, rules])


def _run(
    say: Phrasebook, *, kind: str, new_id: str, matter: str | None, cases: str | None, rules: str | None
) -> int:
    if rules is None:
        raise unusable(say, "new-where")
    where = folder(cases, say) if cases is not None else Path("cases")
    try:
        path = add(kind, new_id, folder(rules, say), cases=where, matter=matter)
    except CannotAddError as error:
        raise unusable(say, error.reason, **error.values) from None
    echo(say("written", path=name_of(path)))
    return exits.FINE
