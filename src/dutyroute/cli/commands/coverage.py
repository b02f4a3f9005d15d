"""`dutyroute coverage`: how much of the rules the cases try out."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dutyroute.cases.cases import Case, load_cases
from dutyroute.cli import exits
from dutyroute.cli.commands.diff import deliver
from dutyroute.cli.options import Command, option, rules_option
from dutyroute.cli.output import complain, echo
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.cli.rulebooks import folder, opened
from dutyroute.messages import Lang
from dutyroute.routing.router import Router
from dutyroute.rulebook.shipped import shipped

if TYPE_CHECKING:
    from dutyroute.analysis import Coverage

__all__ = ["command", "known_cases", "threshold"]

FORMATS = ("text", "json", "yaml")


class Percent(click.FloatRange):
    """A number from 0 to 100; `nan` is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the number; what is no number compares with nothing, and would never be reached."""
        found = super().convert(value, param, ctx)
        return self.fail(f"{value!r} is not a valid float range.", param, ctx) if found != found else found


def command(say: Phrasebook) -> click.Command:
    """Build the command in the reader's language."""
    return Command(
        "coverage",
        say,
        partial(_run, say),
        [
            click.Argument(["cases"], nargs=-1, metavar="[CASES]..."),
            rules_option(say),
            option(say, "--suggest", "N", type=click.IntRange(0), default=0),
            option(say, "--format", "|".join(FORMATS), type=click.Choice(FORMATS), default="text"),
            option(say, "--html", "FILE"),
            threshold(say),
        ],
    )


def threshold(say: Phrasebook) -> click.Option:
    """Make `--fail-under`."""
    return option(say, "--fail-under", "PERCENT", type=Percent(0, 100), default=0)


def known_cases(paths: tuple[str, ...], router: Router, say: Phrasebook) -> tuple[Case, ...]:
    """Load the cases named, or the shipped ones."""
    found: list[Path] = [folder(path, say) for path in paths] or [shipped("cases")]
    return load_cases(found, router.rulebook)


def _run(
    say: Phrasebook,
    *,
    cases: tuple[str, ...],
    rules: str | None,
    suggest: int,
    format: str,
    html: str | None,
    fail_under: float,
) -> int:
    from dutyroute.analysis import measure_coverage

    router = opened(rules, say)
    loaded = known_cases(cases, router, say)
    coverage = measure_coverage(router.rulebook, (case.incident for case in loaded), suggest=suggest)
    echo(_said(coverage, format, say.lang))
    if html is not None:
        from dutyroute.report.coverage import render_coverage

        deliver(render_coverage(coverage, say.lang), html, say)
    if coverage.rate * 100 >= fail_under:
        return exits.FINE
    return complain(coverage.shortfall(fail_under, say.lang), exits.FOUND)


def _said(coverage: Coverage, form: str, lang: Lang) -> str:
    if form == "yaml":
        return coverage.to_yaml(lang)
    if form == "json":
        return json.dumps(coverage.to_dict(lang), ensure_ascii=False, indent=2)
    return coverage.to_text(lang)
