"""`dutyroute version`: which program, and which rulebook."""

from __future__ import annotations

from functools import partial
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as metadata_version

import click

from dutyroute.cli import exits
from dutyroute.cli.options import Command, option, rules_option
from dutyroute.cli.output import echo, echo_json
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.cli.rulebooks import opened
from dutyroute.cli.view.names import ScreenNames

__all__ = ["command", "installed"]


def installed() -> str:
    """Return the version that is installed; a bare source tree has none."""
    try:
        return metadata_version("dutyroute")
    except PackageNotFoundError:
        return "0+source"


def command(say: Phrasebook) -> click.Command:
    """Build the command in the reader's language."""
    return Command(
        "version", say, partial(_run, say), [rules_option(say), option(say, "--json", is_flag=True)]
    )


def _run(say: Phrasebook, *, rules: str | None, json: bool) -> int:
    rulebook = opened(rules, say).rulebook
    if json:
        echo_json({"dutyroute": installed(), "rulebook": ScreenNames(rulebook, say).stamped()})
    else:
        echo(f"dutyroute {installed()}\n{ScreenNames(rulebook, say).stamp()}\n{rulebook.digest}")
    return exits.FINE
