"""`dutyroute check`: faults in a rulebook's files, then what its diagram knows."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import click

from dutyroute.cli import exits
from dutyroute.cli.options import Command, option, refused, rules_option, unusable
from dutyroute.cli.output import echo, echo_json
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.cli.rulebooks import folder
from dutyroute.cli.view.names import ScreenNames
from dutyroute.diagnostics import Diagnostic, Severity, draw
from dutyroute.errors import RulebookError
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.shipped import shipped
from dutyroute.rulebook.written import plain

if TYPE_CHECKING:
    from dutyroute.analysis import Findings

__all__ = ["command", "counted"]

_FORMATS = ("text", "json", "sarif")
_LEVELS = ("error", "warning", "note")


def command(say: Phrasebook) -> click.Command:
    """Build the command in the reader's language."""
    levels = (*_LEVELS, "never")
    return Command(
        "check",
        say,
        partial(_run, say),
        [
            click.Argument(["path"], required=False, metavar="[DIR]"),
            option(say, "--explain", "CHECK", key="check-explain"),
            option(say, "--format", "|".join(_FORMATS), type=click.Choice(_FORMATS), default="text"),
            option(say, "--json", is_flag=True, key="as-json"),
            option(say, "--fail-on", "|".join(levels), type=click.Choice(levels), default="error"),
            option(say, "--watch", is_flag=True),
            rules_option(say),
        ],
    )


def _run(
    say: Phrasebook,
    *,
    path: str | None,
    explain: str | None,
    format: str,
    json: bool,
    fail_on: str,
    watch: bool,
    rules: str | None,
) -> int:
    if path is not None and rules is not None:
        raise refused(say, "one-of", options="DIR, --rules")
    path = rules if path is None else path
    if explain is not None:
        return _explain(explain, say)
    form = "json" if json else format
    if watch:
        return _watch(path, form, say)
    try:
        rulebook = _load(path, say)
    except RulebookError as error:
        _faulty(error, form, say)
        return exits.RULEBOOK
    return _found(rulebook, form, fail_on, say)


def _load(path: str | None, say: Phrasebook) -> Rulebook:
    from dutyroute.rulebook import loader

    return loader.load(shipped("rules") if path is None else folder(path, say))


def _watch(path: str | None, form: str, say: Phrasebook) -> int:
    from dutyroute.cli.commands.check_watch import watch

    if form != "text":
        raise unusable(say, "watch-text-only", format=form)
    return watch(shipped("rules") if path is None else folder(path, say), say)


def _explain(check: str, say: Phrasebook) -> int:
    """Print what a check is about."""
    from dutyroute.analysis import UnknownCheck, explain

    try:
        echo(explain(check, say.lang).rstrip("\n"))
    except UnknownCheck as unknown:
        near = unknown.suggestion
        key = "no-such-check-near" if near else "no-such-check"
        raise unusable(say, key, check=check, suggestion=near) from None
    return exits.FINE


def _faulty(error: RulebookError, form: str, say: Phrasebook) -> None:
    """Print every fault of the files, in the form asked for."""
    if form == "json":
        echo_json({"diagnostics": [_fault(each, say) for each in error.diagnostics]})
    elif form == "sarif":
        from dutyroute.formats.sarif import log, result_of

        rules = [{"id": code} for code in sorted({each.code for each in error.diagnostics})]
        echo_json(log([result_of(each, say.lang) for each in error.diagnostics], rules, say.lang))
    else:
        echo("\n\n".join(draw(each, say.lang) for each in error.diagnostics))
        counts = Counter(each.severity for each in error.diagnostics)
        echo("\n" + say("check-faulty", counts=_counted(counts, say)))


def _fault(each: Diagnostic, say: Phrasebook) -> dict[str, Any]:
    span = each.span
    return {
        "code": each.code,
        "severity": each.severity,
        "message": each.message(say.lang),
        "help": each.help(say.lang) or None,
        "path": span.path if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "at": plain(each.at),
    }


def _found(rulebook: Rulebook, form: str, fail_on: str, say: Phrasebook) -> int:
    """Print what the diagram finds; the status tells whether it is bad enough."""
    from dutyroute.analysis import check

    found = check(rulebook)
    if form == "text":
        _text(found, rulebook, say)
    else:
        echo_json(found.to_dict(say.lang) if form == "json" else found.to_sarif(say.lang))
    level = cast(Severity, fail_on)
    return exits.FOUND if fail_on != "never" and found.at_least(level) else exits.FINE


def _text(found: Findings, rulebook: Rulebook, say: Phrasebook) -> None:
    for finding in found:
        echo(finding.to_text(say.lang) + "\n")
    words = rulebook.vocabulary
    echo(
        say(
            "check-counts",
            rules=len(rulebook.rules),
            matters=len(words.matters),
            parties=len(words.parties),
            clauses=sum(len(i.clauses) for i in words.instruments.values()),
        )
    )
    echo(ScreenNames(rulebook, say).stamp())
    echo(counted(found, say))


def counted(found: Findings, say: Phrasebook) -> str:
    """Say in a line how many findings there are."""
    counts = Counter(finding.severity for finding in found)
    return say("check-found", counts=_counted(counts, say)) if counts else say("check-nothing")


def _counted(counts: Counter[Any], say: Phrasebook) -> str:
    """Say how many there are of each severity, the gravest first."""
    found = (level for level in _LEVELS if counts[level])
    return say.listed(say(f"counted-{level}", count=counts[level]) for level in found)
