"""`dutyroute check`: faults in a rulebook's files, then what its diagram knows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

from dutyroute.cli import exits
from dutyroute.cli.command import refused, unusable
from dutyroute.cli.output import echo, echo_json
from dutyroute.cli.rulebooks import folder
from dutyroute.cli.view.names import ScreenNames
from dutyroute.diagnostics import Diagnostic, Severity, draw
from dutyroute.errors import RulebookError
from dutyroute.messages import Phrasebook
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.shipped import shipped
from dutyroute.rulebook.written import plain

if TYPE_CHECKING:
    from dutyroute.analysis import Findings

__all__ = ["check", "counted"]

_LEVELS = ("error", "warning", "note")


def check(
    say: Phrasebook,
    *,
    path: str | None,
    explain: str | None,
    format: str,
    fail_on: str,
    watch: bool,
    rules: str | None,
) -> int:
    """Check a rulebook; the status tells whether it can be used, and whether anything is found."""
    if path is not None and rules is not None:
        raise refused(say, "one-of", options="DIR, --rules")
    path = rules if path is None else path
    if explain is not None:
        return _explain(explain, say)
    place = shipped("rules") if path is None else folder(path, say)
    if watch:
        from dutyroute.cli.commands.check_watch import watch as watch_for_saves

        if format != "text":
            raise unusable(say, "watch-text-only", format=format)
        return watch_for_saves(place, say)
    from dutyroute.rulebook import loader

    try:
        rulebook = loader.load(place)
    except RulebookError as error:
        _print_faults(error, format, say)
        return exits.RULEBOOK
    return _print_findings(rulebook, format, fail_on, say)


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


def _print_faults(error: RulebookError, form: str, say: Phrasebook) -> None:
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


def _print_findings(rulebook: Rulebook, form: str, fail_on: str, say: Phrasebook) -> int:
    """Print what the diagram finds; the status tells whether it is bad enough."""
    from dutyroute.analysis import check as analyse

    found = analyse(rulebook)
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
