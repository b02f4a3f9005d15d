"""`dutyroute test`: run written cases; measure how much of the rules they try out."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dutyroute.cases.cases import Case, load_cases
from dutyroute.cases.run import Trial, run
from dutyroute.cli import exits
from dutyroute.cli.command import refused, unusable
from dutyroute.cli.output import complain, echo, echo_json, harmless
from dutyroute.cli.rulebooks import folder, opened
from dutyroute.messages import Phrasebook
from dutyroute.routing.router import Router
from dutyroute.rulebook.shipped import shipped

if TYPE_CHECKING:
    from dutyroute.analysis import Mutant

__all__ = ["test"]


def test(
    say: Phrasebook,
    *,
    cases: tuple[str, ...],
    rules: str | None,
    verbose: bool,
    coverage: bool,
    mutants: bool,
    suggest: int,
    rule: tuple[str, ...],
    fail_under: float,
    format: str,
) -> int:
    """Run the cases, or measure what they try out; the status tells whether they pass and reach enough."""
    if format != "text" and (mutants or (format != "json" and not coverage)):
        raise refused(say, "format-not-with", format=format, option="--mutants" if mutants else "test")
    router = opened(rules, say)
    for name in rule:
        if name not in router.rulebook.rules:
            raise unusable(say, "no-such-rule", rule=name)
    paths: list[Path] = [folder(path, say) for path in cases] or [shipped("cases")]
    loaded = load_cases(paths, router.rulebook)
    status = exits.FINE
    if coverage:
        status = _coverage(loaded, router, say, suggest=suggest, format=format, fail_under=fail_under)
    if coverage and not mutants:
        return status
    trials = [run(case, router) for case in loaded]
    if mutants:
        return max(status, _mutants(trials, router, say, only=rule, fail_under=fail_under))
    if format == "json":
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


def _report(trials: Sequence[Trial], say: Phrasebook, *, is_verbose: bool) -> None:
    """Write each case that differs, on request the others too, and the counts."""
    for trial in trials:
        if trial.passed and not is_verbose:
            continue
        case = trial.case
        place = f"{case.span}: " if case.span else ""
        verdict = say("passed" if trial.passed else "failed")
        echo(say("test-case", place=place, verdict=verdict, id=case.id, title=case.called(say.lang)))
        for difference in trial.differences:
            echo(f"  - {difference.message(say.lang)}")
        if trial.differences:
            echo("  " + say("because", because=case.because) + "\n")
    passed = sum(trial.passed for trial in trials)
    echo(say("test-counts", total=len(trials), passed=passed, failed=len(trials) - passed))


def _coverage(
    cases: Sequence[Case], router: Router, say: Phrasebook, *, suggest: int, format: str, fail_under: float
) -> int:
    from dutyroute.analysis import measure_coverage

    coverage = measure_coverage(router.rulebook, (case.incident for case in cases), suggest=suggest)
    if format == "json":
        echo(json.dumps(coverage.to_dict(say.lang), ensure_ascii=False, indent=2))
    elif format == "yaml":
        echo(coverage.to_yaml(say.lang))
    elif format == "html":
        from dutyroute.report.coverage import render_coverage

        echo(render_coverage(coverage, say.lang))
    else:
        echo(coverage.to_text(say.lang))
    if coverage.rate * 100 >= fail_under:
        return exits.FINE
    return complain(coverage.shortfall(fail_under, say.lang), exits.FOUND)


def _mutants(
    trials: Sequence[Trial], router: Router, say: Phrasebook, *, only: Sequence[str], fail_under: float
) -> int:
    from dutyroute.analysis import mutants, mutate

    failing = [trial.case.id for trial in trials if not trial.passed]
    if failing:
        complain(say("failing-cases", count=len(failing), cases=say.listed(failing)), exits.FINE)
    made = (mutant for mutant in mutants(router.rulebook) if not only or mutant.rule.id in only)
    tried: set[str] = set()

    def show(mutant: Mutant) -> None:
        """Tell on a terminal which rule is being tried; elsewhere nothing."""
        if sys.stderr.isatty() and mutant.rule.id not in tried:
            tried.add(mutant.rule.id)
            sys.stderr.write("\r\033[K" + harmless(say("mutants-progress", rule=mutant.rule.id)))
            sys.stderr.flush()

    score = mutate(router.rulebook, [trial.case for trial in trials], made, show)
    echo(score.to_text(say.lang))
    if score.rate * 100 >= fail_under:
        return exits.FINE
    return complain(score.shortfall(fail_under, say.lang), exits.FOUND)
