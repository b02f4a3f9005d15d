"""`dutyroute mutate`: whether the cases would notice small mistakes in the rules."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from dutyroute.cases.cases import Case
from dutyroute.cases.run import run
from dutyroute.cli import exits
from dutyroute.cli.commands.coverage import known_cases, threshold
from dutyroute.cli.options import Command, option, rules_option, unusable
from dutyroute.cli.output import complain, echo
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.cli.rulebooks import opened
from dutyroute.routing.router import Router

if TYPE_CHECKING:
    from dutyroute.analysis import Mutant

__all__ = ["command"]


def command(say: Phrasebook) -> click.Command:
    """Build the command in the reader's language."""
    return Command(
        "mutate",
        say,
        partial(_run, say),
        [
            click.Argument(["cases"], nargs=-1, metavar="[CASES]..."),
            rules_option(say),
            option(say, "--rule", "RULE", multiple=True, key="mutate-rule"),
            threshold(say),
        ],
    )


def _run(
    say: Phrasebook, *, cases: tuple[str, ...], rules: str | None, rule: tuple[str, ...], fail_under: float
) -> int:
    from dutyroute.analysis import mutants, mutate

    router = opened(rules, say)
    for name in rule:
        if name not in router.rulebook.rules:
            raise unusable(say, "no-such-rule", rule=name)
    loaded = known_cases(cases, router, say)
    _tell_failing(loaded, router, say)
    made = (mutant for mutant in mutants(router.rulebook) if not rule or mutant.rule.id in rule)
    score = mutate(router.rulebook, loaded, made, _progress(say))
    echo(score.to_text(say.lang))
    if score.rate * 100 >= fail_under:
        return exits.FINE
    return complain(score.shortfall(fail_under, say.lang), exits.FOUND)


def _tell_failing(cases: tuple[Case, ...], router: Router, say: Phrasebook) -> None:
    failing = [case.id for case in cases if not run(case, router).passed]
    if failing:
        complain(say("failing-cases", count=len(failing), cases=say.listed(failing)), exits.FINE)


def _progress(say: Phrasebook) -> Callable[[Mutant], None]:
    """Tell on a terminal which rule is being tried; elsewhere nothing."""
    seen: set[str] = set()

    def watch(mutant: Mutant) -> None:
        if sys.stderr.isatty() and mutant.rule.id not in seen:
            seen.add(mutant.rule.id)
            click.echo("\r\033[K" + say("mutate-progress", rule=mutant.rule.id), err=True, nl=False)

    return watch
