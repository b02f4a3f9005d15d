"""`dutyroute test`: run written cases and name each difference."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from dutyroute.cases.cases import load_cases
from dutyroute.cases.run import Trial, run
from dutyroute.cli import exits
from dutyroute.cli.options import Command, option, rules_option
from dutyroute.cli.output import echo, echo_json
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.cli.rulebooks import folder, opened
from dutyroute.rulebook.shipped import shipped

__all__ = ["command"]


def command(say: Phrasebook) -> click.Command:
    """Build the command in the reader's language."""
    return Command(
        "test",
        say,
        partial(_run, say),
        [
            click.Argument(["cases"], nargs=-1, metavar="[CASES]..."),
            rules_option(say),
            option(say, "--verbose", is_flag=True),
            option(say, "--json", is_flag=True),
        ],
    )


def _run(say: Phrasebook, *, cases: tuple[str, ...], rules: str | None, verbose: bool, json: bool) -> int:
    paths: list[Path] = [folder(case, say) for case in cases] or [shipped("cases")]
    router = opened(rules, say)
    trials = [run(case, router) for case in load_cases(paths, router.rulebook)]
    if json:
        for trial in trials:
            echo_json(_as_dict(trial, say))
    else:
        _report(trials, say, is_verbose=verbose)
    return exits.FINE if all(trial.passed for trial in trials) else exits.FOUND


def _as_dict(trial: Trial, say: Phrasebook) -> dict[str, Any]:
    case = trial.case
    return {
        "case": case.id,
        "title": case.called(say.lang),
        "passed": trial.passed,
        "differences": [
            {"code": each.code, "message": each.message(say.lang), "rules": list(each.rules)}
            for each in trial.differences
        ],
        "path": case.span.path if case.span else None,
        "line": case.span.line if case.span else None,
    }


def _report(trials: list[Trial], say: Phrasebook, *, is_verbose: bool) -> None:
    """Write each case that differs, on request the others too, and the counts."""
    for trial in trials:
        if is_verbose or not trial.passed:
            _one(trial, say)
    passed = sum(trial.passed for trial in trials)
    echo(say("test-counts", total=len(trials), passed=passed, failed=len(trials) - passed))


def _one(trial: Trial, say: Phrasebook) -> None:
    case = trial.case
    place = f"{case.span}: " if case.span else ""
    verdict = say("passed" if trial.passed else "failed")
    echo(say("test-case", place=place, verdict=verdict, id=case.id, title=case.called(say.lang)))
    for difference in trial.differences:
        echo(f"  - {difference.message(say.lang)}")
    if trial.differences:
        echo("  " + say("because", because=case.because) + "\n")
