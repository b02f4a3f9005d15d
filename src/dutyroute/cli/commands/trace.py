"""`dutyroute trace`: from each clause to its rules and their matters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from dutyroute.analysis.citations import Trace, topmost, trace
from dutyroute.cli import exits
from dutyroute.cli.options import Command, option, refused, rules_option
from dutyroute.cli.output import echo_json
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.cli.rulebooks import opened
from dutyroute.cli.view.grid import FORMATS, Grid, echo_csv, echo_markdown, echo_remarks, format_of
from dutyroute.cli.view.names import ScreenNames

if TYPE_CHECKING:
    from dutyroute.cli.view.terminal import Cell

__all__ = ["command"]


def command(say: Phrasebook) -> click.Command:
    """Build the command in the reader's language."""
    return Command(
        "trace",
        say,
        partial(_run, say),
        [
            option(say, "--unmapped", is_flag=True),
            rules_option(say),
            option(say, "--format", "|".join(FORMATS), type=click.Choice(FORMATS), default="table"),
            option(say, "--json", is_flag=True, key="as-json"),
            option(say, "--bom", is_flag=True),
            option(say, "--text", "FILE"),
            option(say, "--instrument", "ID"),
            option(say, "--digests", is_flag=True),
        ],
    )


def _run(
    say: Phrasebook,
    *,
    unmapped: bool,
    rules: str | None,
    format: str,
    json: bool,
    bom: bool,
    text: str | None,
    instrument: str | None,
    digests: bool,
) -> int:
    router = opened(rules, say)
    if text is not None and (unmapped or bom or format not in ("table", "json")):
        raise refused(
            say, "text-not-with", option="--unmapped" if unmapped else "--bom" if bom else "--format"
        )
    if text is not None:
        from dutyroute.cli.commands.trace_text import compare

        return compare(
            text,
            instrument,
            router.rulebook,
            say,
            digests=digests,
            is_json=format_of(format, is_json=json) == "json",
        )
    if instrument is not None or digests:
        raise refused(say, "text-needs-file", option="--digests" if digests else "--instrument")
    names = ScreenNames(router.rulebook, say)
    every = trace(router.rulebook, router.diagram)
    shown = [each for each in every if each.is_unmapped] if unmapped else list(every)
    chosen = format_of(format, is_json=json)
    if chosen == "json":
        echo_json(_as_dict(every, shown, names))
    elif chosen == "csv":
        echo_csv(_grid(shown, names), has_mark=bom)
    elif chosen == "markdown":
        echo_markdown(_grid(shown, names))
        echo_remarks(_legend(every, names))
    else:
        _draw(shown, names, _legend(every, names))
    return exits.FINE


def _as_dict(every: Sequence[Trace], shown: Sequence[Trace], names: ScreenNames) -> dict[str, Any]:
    return {
        "clauses": [_clause(each, names) for each in shown],
        "unmapped": [each.clause for each in every if each.is_unmapped],
        "rulebook": names.stamped(),
    }


def _clause(each: Trace, names: ScreenNames) -> dict[str, Any]:
    clause = names.words.clause(each.clause)
    return {
        "clause": each.clause,
        "label": clause.label if clause else each.clause,
        "heading": names.heading(each.clause),
        "duty": each.duty,
        "unmapped": each.is_unmapped,
        "rules": [
            {"rule": c.rule, "title": names.rule(c.rule), "matters": list(c.matters)} for c in each.rules
        ],
        "matters": list(each.matters),
    }


def _grid(shown: Sequence[Trace], names: ScreenNames) -> Grid:
    """Write a row for each clause and rule; a clause without rules has one too."""
    say = names.say
    headings = [say(key) for key in ("clause", "heading", "bears-duty", "rule", "rule-title", "matters")]
    return Grid(headings, [row for each in shown for row in _rows(each, names)])


def _rows(each: Trace, names: ScreenNames) -> Iterator[list[str]]:
    say = names.say
    clause = [
        names.clause(each.clause),
        names.heading(each.clause),
        say("value-yes" if each.duty else "value-no"),
    ]
    for citing in each.rules:
        yield [*clause, citing.rule, names.rule(citing.rule), matters_of(citing.matters, names)]
    if not each.rules:
        yield [*clause, "", say("unmapped") if each.is_unmapped else "", ""]


def matters_of(matters: Sequence[str], names: ScreenNames) -> str:
    """Name the matters of a rule by as few as possible."""
    say = names.say
    named = (
        say("all-of", matter=names.matter(matter)) if is_whole else names.matter(matter)
        for matter, is_whole in topmost(names.words, matters)
    )
    return say("semicolon").join(named) or say("never-counts")


def _legend(every: Sequence[Trace], names: ScreenNames) -> Iterator[str]:
    duties = [each for each in every if each.duty]
    unmapped = [names.clause(each.clause) for each in duties if each.is_unmapped]
    yield names.say(
        "trace-counts", clauses=len(every), duties=len(duties), mapped=len(duties) - len(unmapped)
    )
    if unmapped:
        yield names.say("trace-unmapped", clauses=names.say.listed(unmapped))
    yield names.stamp()


def _draw(shown: Sequence[Trace], names: ScreenNames, legend: Iterator[str]) -> None:
    from dutyroute.cli.view.terminal import Column, Screen

    screen, say = Screen(), names.say
    columns = [Column(say(key), breaks=key != "clause") for key in ("clause", "heading", "rule", "matters")]
    if shown:
        screen.table(columns, (row for each in shown for row in _cells(each, names)))
        screen.line()
    for text in legend:
        screen.line(text)


def _cells(each: Trace, names: ScreenNames) -> Iterator[list[Cell]]:
    """Yield a row for each rule of a clause; the clause is named in the first."""
    from dutyroute.cli.view.terminal import Cell

    clause = [Cell.of(names.clause(each.clause)), Cell.of(names.heading(each.clause))]
    if not each.rules:
        said, style = ("unmapped", "red") if each.is_unmapped else ("no-duty", "dim")
        yield [*clause, Cell.of(names.say(said), style=style), Cell.of("")]
    for citing in each.rules:
        yield [*clause, Cell.of(names.rule(citing.rule)), Cell.of(matters_of(citing.matters, names))]
        clause = [Cell.of(""), Cell.of("")]
