"""`dutyroute test`: run written cases; measure how much of the rules they try out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dutyroute.cases import Case, CaseRun, load_cases, run
from dutyroute.cli.command import unusable
from dutyroute.cli.output import Exit, complain, echo, echo_json
from dutyroute.cli.rulebooks import folder, load_rules
from dutyroute.messages import Phrasebook
from dutyroute.routing.router import Router
from dutyroute.rulebook.shipped import shipped

if TYPE_CHECKING:
    from dutyroute.analysis import Coverage, Mutant, MutationScore


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
    here = Path("cases")
    paths = [folder(path, say) for path in cases] or ([here] if here.is_dir() else [])
    router = Router(load_rules(rules, say, paths))
    for name in rule:
        if name not in router.rulebook.rules:
            raise unusable(say, "no-such-rule", rule=name)
    loaded = load_cases(paths or [shipped("cases")], router.rulebook)
    # Coverage looks at incidents only, so the cases are not run for it.
    status: int = Exit.FINE
    if coverage:
        status = _coverage(loaded, router, say, suggest=suggest, format=format, fail_under=fail_under)
        if not mutants:
            return status
    runs = [run(case, router) for case in loaded]
    if mutants:
        return max(status, _mutants(runs, router, say, only=rule, fail_under=fail_under))
    if format == "json":
        for each in runs:
            echo_json(each.to_dict(say.lang))
    else:
        _report(runs, say, is_verbose=verbose)
    return Exit.FINE if all(each.passed for each in runs) else Exit.FOUND


def _report(runs: Sequence[CaseRun], say: Phrasebook, *, is_verbose: bool) -> None:
    """Write each case that differs, on request the others too, and the counts."""
    for each in runs:
        if each.passed and not is_verbose:
            continue
        case = each.case
        place = f"{case.span}: " if case.span else ""
        verdict = say("passed" if each.passed else "failed")
        echo(say("test-case", place=place, verdict=verdict, id=case.id, title=case.called(say.lang)))
        for difference in each.mismatches:
            echo(f"  - {difference.message(say.lang)}")
        if each.mismatches:
            echo("  " + say("because", because=case.because) + "\n")
    passed = sum(each.passed for each in runs)
    echo(say("test-counts", total=len(runs), passed=passed, failed=len(runs) - passed))


def _coverage(
    cases: Sequence[Case], router: Router, say: Phrasebook, *, suggest: int, format: str, fail_under: float
) -> int:
    from dutyroute.analysis import measure_coverage

    coverage = measure_coverage(router.rulebook, (case.incident for case in cases), suggest=suggest)
    if format == "json":
        echo_json(coverage.to_dict(say.lang), indent=2)
    elif format == "yaml":
        echo(coverage.to_yaml(say.lang))
    elif format == "html":
        from dutyroute.report.analysis import render_coverage

        echo(render_coverage(coverage, say.lang))
    else:
        echo(coverage.to_text(say.lang))
    return _enough(coverage, say, fail_under)


def _mutants(
    runs: Sequence[CaseRun], router: Router, say: Phrasebook, *, only: Sequence[str], fail_under: float
) -> int:
    from dutyroute.analysis import mutants, mutate

    failing = [each.case.id for each in runs if not each.passed]
    if failing:
        complain(say("failing-cases", count=len(failing), cases=say.listed(failing)), Exit.FINE)
    made = (mutant for mutant in mutants(router.rulebook) if not only or mutant.rule.id in only)
    tried: set[str] = set()

    def show(mutant: Mutant) -> None:
        """Tell on a terminal which rule is being tried; elsewhere nothing."""
        if sys.stderr.isatty() and mutant.rule.id not in tried:
            tried.add(mutant.rule.id)
            sys.stderr.write("\r\033[K" + say("mutants-progress", rule=mutant.rule.id))
            sys.stderr.flush()

    score = mutate(router.rulebook, [each.case for each in runs], made, show)
    echo(score.to_text(say.lang))
    return _enough(score, say, fail_under)


def _enough(measured: Coverage | MutationScore, say: Phrasebook, least: float) -> int:
    """Say what is short of the percentage asked for; the status tells whether anything is."""
    if measured.rate * 100 >= least:
        return Exit.FINE
    return complain(measured.shortfall(least, say.lang), Exit.FOUND)
