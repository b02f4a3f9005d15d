"""`dutyroute trace`: from each clause to its rules and their matters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dutyroute.analysis import Trace
from dutyroute.analysis import trace as trace_clauses
from dutyroute.analysis.citations import topmost
from dutyroute.cli import exits
from dutyroute.cli.command import refused
from dutyroute.cli.output import echo_json
from dutyroute.cli.rulebooks import opened
from dutyroute.cli.view.grid import Grid, echo_csv, echo_markdown, echo_remarks
from dutyroute.cli.view.names import ScreenNames
from dutyroute.messages import Phrasebook

if TYPE_CHECKING:
    from dutyroute.cli.view.terminal import ScreenCell

__all__ = ["trace"]


def trace(
    say: Phrasebook,
    *,
    unmapped: bool,
    rules: str | None,
    format: str,
    bom: bool,
    text: str | None,
    instrument: str | None,
    digests: bool,
) -> int:
    """Print each clause with its rules, or what became of the clauses in a copy of the text."""
    router = opened(rules, say)
    if text is not None and (unmapped or bom or format not in ("text", "json")):
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
            is_json=format == "json",
        )
    if instrument is not None or digests:
        raise refused(say, "text-needs-file", option="--digests" if digests else "--instrument")
    names = ScreenNames(router.rulebook, say)
    every = trace_clauses(router.rulebook, router.diagram)
    shown = [each for each in every if each.is_unmapped] if unmapped else list(every)
    if format == "json":
        echo_json(_as_dict(every, shown, names))
    elif format == "csv":
        echo_csv(_grid(shown, names), has_mark=bom)
    elif format == "markdown":
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
    from dutyroute.cli.view.terminal import Screen, ScreenColumn

    screen, say = Screen(), names.say
    columns = [
        ScreenColumn(say(key), breaks=key != "clause") for key in ("clause", "heading", "rule", "matters")
    ]
    if shown:
        screen.table(columns, (row for each in shown for row in _cells(each, names)))
        screen.line()
    for text in legend:
        screen.line(text)


def _cells(each: Trace, names: ScreenNames) -> Iterator[list[ScreenCell]]:
    """Yield a row for each rule of a clause; the clause is named in the first."""
    from dutyroute.cli.view.terminal import ScreenCell

    clause = [ScreenCell.of(names.clause(each.clause)), ScreenCell.of(names.heading(each.clause))]
    if not each.rules:
        said, style = ("unmapped", "red") if each.is_unmapped else ("no-duty", "dim")
        yield [*clause, ScreenCell.of(names.say(said), style=style), ScreenCell.of("")]
    for citing in each.rules:
        yield [
            *clause,
            ScreenCell.of(names.rule(citing.rule)),
            ScreenCell.of(matters_of(citing.matters, names)),
        ]
        clause = [ScreenCell.of(""), ScreenCell.of("")]
