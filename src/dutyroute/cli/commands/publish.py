"""`dutyroute publish`: freeze a rulebook as an edition in a ledger."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import click

from dutyroute.cli import exits
from dutyroute.cli.moments import at_option, moment_of
from dutyroute.cli.options import Command, option
from dutyroute.cli.output import echo
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.cli.rulebooks import folder
from dutyroute.formats.timestamp import shown_moment
from dutyroute.rulebook.editions import order_of
from dutyroute.rulebook.shipped import shipped

__all__ = ["command"]


def command(say: Phrasebook) -> click.Command:
    """Build the command in the reader's language."""
    return Command(
        "publish",
        say,
        partial(_run, say),
        [
            click.Argument(["path"], required=False, metavar="[DIR]"),
            option(say, "--ledger", "LEDGER", required=True),
            option(say, "--author", "NAME", default=""),
            option(say, "--note", "TEXT", default=""),
            at_option(say),
        ],
    )


def _run(
    say: Phrasebook, *, path: str | None, ledger: str, author: str, note: str, at: datetime | None
) -> int:
    from dutyroute.ledger import Ledger
    from dutyroute.rulebook.loader import load

    rulebook = load(shipped("rules") if path is None else folder(path, say))
    with Ledger.open(ledger) as opened:
        newest = opened.editions()[-1:]
        if newest and newest[0].digest == rulebook.digest:
            shown = shown_moment(newest[0].published)
            echo(say("published-already", at=shown, digest=rulebook.digest))
            return exits.FINE
        edition = opened.publish(
            rulebook.canonical().encode(),
            digest=rulebook.digest,
            author=author,
            note=note,
            at=moment_of(at),
            order=order_of(rulebook),
        )
    shown = shown_moment(edition.published)
    echo(say("published", number=edition.number, at=shown, digest=edition.digest))
    return exits.FINE
