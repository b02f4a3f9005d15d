"""A replay in a terminal: how far it has come, and what it came to."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from dutyroute.cli.view.terminal import Screen, ScreenColumn
from dutyroute.control import described
from dutyroute.formats.percent import percent
from dutyroute.messages import Phrasebook
from dutyroute.messages.outside import one_line
from dutyroute.replay import Outcome, Step, Summary
from dutyroute.replay.summary import comparable, interval, rate
from dutyroute.replay.unread import unread_texts
from dutyroute.replay.wording import Wording
from dutyroute.rulebook.loader.files import name_of

# How many pairs of handler and lead are shown; the report has them all.
_WORST = 5


class ReplayWriter:
    """Prints the outcomes, the largest divergences, and where everything was written."""

    def __init__(self, say: Phrasebook, summary: Summary) -> None:
        self.say = say
        self.summary = summary
        self.screen: Screen = Screen()
        self.wording: Wording = Wording(summary.rulebook, say.lang)

    def write(self, out: Path) -> None:
        """Write everything; `out` is the folder of the report."""
        say, screen, counts = self.say, self.screen, self.summary.counts
        for line in described(self.summary.inputs, say.lang):
            screen.line(line, below="    ")
        screen.line()
        self._outcomes()
        compared, total, ends = comparable(counts), self.summary.rows, interval(counts)
        screen.line()
        key = "replay-nothing-compared" if ends is None else "replay-rate"
        low, high = map(percent, ends or (None, None))
        screen.line(say(key, compared=f"{compared:,}", rate=percent(rate(counts)), low=low, high=high))
        part = percent(compared / total if total else None)
        screen.line(say("report-lead-comparable", compared=f"{compared:,}", rows=f"{total:,}", share=part))
        if self.summary.tally.repeats:
            rates = percent(rate(counts)), percent(rate(self.summary.without_repeats))
            repeated = f"{self.summary.tally.repeated:,}"
            screen.line(say("replay-repeated", rows=repeated, rate=rates[0], without=rates[1]))
        self._unread()
        # The report has all of this and more; the terminal shows what to look at first.
        self._worst()
        if self.summary.comparison:
            self._compared(self.summary.comparison)
        screen.line()
        for path in (*self.summary.written, out / "report.html"):
            screen.line(say("written", path=name_of(str(path))))

    def _table(self, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], broken: set[str]) -> None:
        """Draw a table; the columns whose headings are `broken` may be broken into lines."""
        columns = [ScreenColumn(self.say(key), key in broken) for key in headings]
        self.screen.table(columns, rows)

    def _outcomes(self) -> None:
        total, wording = self.summary.rows, self.wording
        rows = []
        for outcome, count in self.summary.counts.items():
            share = percent(count / total if total else None)
            rows.append((wording.outcome(outcome), f"{count:,}", share, wording.say(f"means-{outcome}")))
        headings = ("report-outcome", "report-rows", "report-share", "replay-meaning")
        self._table(headings, [*rows, (self.say("replay-total"), f"{total:,}", "", "")], {"replay-meaning"})

    def _unread(self) -> None:
        """Show the values of most rows that were not understood; the report has the rest, and a map for them."""
        listed = unread_texts(self.summary.tally)
        if not listed:
            return
        self.screen.line()
        self.screen.line(self.say("replay-unread", count=f"{len(listed):,}"))
        rows = [(f"{each.rows:,}", each.fact, each.value) for each in listed[:_WORST]]
        self._table(("report-rows", "report-fact", "report-value"), rows, {"report-value"})

    def _worst(self) -> None:
        """Show who handled most of what somebody else leads."""
        pairs: Counter[tuple[str, str]] = Counter()
        for judgement, rows in self.summary.tally.judgements.items():
            if judgement.outcome is Outcome.DIVERGE and judgement.handler:
                pairs[judgement.handler, self.wording.leads(judgement.leads)] += rows
        if not pairs:
            return
        self.screen.line()
        self.screen.line(self.say("replay-worst"))
        largest = sorted(pairs.items(), key=lambda each: (-each[1], each[0]))[:_WORST]
        named = [(f"{rows:,}", self.wording.party(handler), lead) for (handler, lead), rows in largest]
        headings = ("report-rows", "replay-handler", "replay-lead")
        self._table(headings, named, {*headings[1:]})

    def _compared(self, told: Mapping[str, Any]) -> None:
        """Show how many rows change hands, and what that means for each party's work."""
        say, screen = self.say, self.screen
        screen.line()
        screen.line(say("compare-changed", changed=f"{told['changed']:,}", rows=f"{told['rows']:,}"))
        for change in told["words"]:
            screen.line(say("compare-word", rows=f"{change['rows']:,}", said=change["said"]))
        parties = [each for each in told["parties"] if each["gained"] or each["lost"]]
        if not parties:
            return
        counted = ("before", "after", "gained", "lost")
        screen.line()
        self._table(
            ("report-party", *(f"report-{key}" for key in counted)),
            [(each["name"], *(f"{each[key]:,}" for key in counted)) for each in parties],
            {"report-party"},
        )
        screen.line()
        for region in told["regions"]:
            if region["certain"] or region["possible"]:
                numbers = {key: f"{region[key]:,}" for key in ("certain", "possible")}
                changes = say("semicolon").join(region["changes"])
                screen.line(say("compare-region", **numbers, said=region["said"], changes=changes))


class Progress:
    """Shows rows, rate and time left on standard error, where that is a terminal."""

    def __init__(self, say: Phrasebook) -> None:
        self.say = say
        self._begun = time.monotonic()
        self._sources: dict[str, TaskID] = {}
        self._bar = Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[said]}", markup=False),
            TimeRemainingColumn(),
            console=Console(file=sys.stderr, emoji=False, markup=False, highlight=False),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._bar.start()

    def show(self, step: Step) -> None:
        """Show one more step."""
        speed = step.fresh / max(time.monotonic() - self._begun, 1e-9)
        said = self.say("progress-bar", rows=f"{step.rows:,}", rate=f"{speed:,.0f}")
        if step.source not in self._sources:
            self._sources[step.source] = self._bar.add_task("", total=step.size, said="")
        # The end of a long path tells more than its beginning.
        shown = one_line(step.source)[-40:]
        self._bar.update(self._sources[step.source], completed=step.done, description=shown, said=said)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.stop()
