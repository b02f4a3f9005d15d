"""What a replay came to, as tables in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dutyroute.cli.output import harmless
from dutyroute.cli.view.terminal import Cell, Column, Screen
from dutyroute.formats.percent import percent
from dutyroute.messages import Phrasebook
from dutyroute.replay import COMPARED, Outcome, Summary, Wording, rate
from dutyroute.rulebook.loader.files import name_of

__all__ = ["tell"]

_WORST = 5
"""How many pairs of handler and lead are shown; the report has them all."""


def tell(say: Phrasebook, summary: Summary, out: Path) -> None:
    """Print the outcomes, the largest divergences, and where everything stands."""
    screen, wording = Screen(), Wording(summary.rulebook, say.lang)
    _outcomes(screen, say, summary, wording)
    counts = summary.counts
    compared = sum(counts[outcome] for outcome in COMPARED)
    share = rate(counts)
    screen.line()
    if share is None:
        screen.line(say("replay-nothing-compared"))
    else:
        screen.line(say("replay-rate", compared=f"{compared:,}", rate=percent(share)))
    _worst(screen, say, summary, wording)
    if summary.comparison:
        _compared(screen, say, summary.comparison, wording)
    screen.line()
    for path in (*summary.written, out / "report.html"):
        screen.line(say("written", path=name_of(str(path))))


def _outcomes(screen: Screen, say: Phrasebook, summary: Summary, wording: Wording) -> None:
    rows = [
        (
            Cell.of(wording.outcome(outcome)),
            Cell.of(f"{count:,}"),
            Cell.of(percent(count / summary.rows if summary.rows else None)),
            Cell.of(wording.say(f"means-{outcome}")),
        )
        for outcome, count in summary.counts.items()
    ]
    total = (Cell.of(say("replay-total")), Cell.of(f"{summary.rows:,}"), Cell.of(""), Cell.of(""))
    headings = ("replay-outcome", "replay-rows", "replay-share")
    screen.table(
        [*(Column(say(key)) for key in headings), Column(say("replay-meaning"), True)], [*rows, total]
    )


def _worst(screen: Screen, say: Phrasebook, summary: Summary, wording: Wording) -> None:
    """Show who handled most of what somebody else leads."""
    pairs: dict[tuple[str, str], int] = {}
    for judgement, rows in summary.tally.judgements.items():
        if judgement.outcome is Outcome.DIVERGE and judgement.handler:
            key = judgement.handler, wording.leads(judgement.leads)
            pairs[key] = pairs.get(key, 0) + rows
    if not pairs:
        return
    largest = sorted(pairs.items(), key=lambda each: (-each[1], each[0]))[:_WORST]
    screen.line()
    screen.table(
        [Column(say("replay-rows")), Column(say("replay-handler"), True), Column(say("replay-lead"), True)],
        [
            (Cell.of(f"{rows:,}"), Cell.of(harmless(wording.party(handler))), Cell.of(harmless(lead)))
            for (handler, lead), rows in largest
        ],
    )


def _compared(screen: Screen, say: Phrasebook, told: Mapping[str, Any], wording: Wording) -> None:
    """Show how many rows change hands, and what that means for each party's work."""
    screen.line()
    screen.line(say("compare-changed", changed=f"{told['changed']:,}", rows=f"{told['rows']:,}"))
    parties = [entry for entry in told["parties"] if entry["gained"] or entry["lost"]]
    if not parties:
        return
    headings = ("compare-before", "compare-after", "compare-gained", "compare-lost")
    screen.line()
    screen.table(
        [Column(say("compare-party"), True), *(Column(say(key)) for key in headings)],
        [
            (
                Cell.of(entry["name"]),
                *(Cell.of(f"{entry[k]:,}") for k in ("before", "after", "gained", "lost")),
            )
            for entry in parties
        ],
    )
    screen.line()
    for region in told["regions"]:
        if region["certain"] or region["possible"]:
            screen.line(
                say(
                    "compare-region",
                    certain=f"{region['certain']:,}",
                    possible=f"{region['possible']:,}",
                    said=region["said"],
                    changes=say("semicolon").join(region["changes"]),
                )
            )
