"""The report of a replay as a page, and what its tables and charts show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path

from dutyroute.control import LOOKED_AT
from dutyroute.messages import Lang, Phrasebook, chosen
from dutyroute.oversight import OversightReport
from dutyroute.replay.outcome import Judgement, Outcome
from dutyroute.replay.rows import JOIN
from dutyroute.replay.summary import Example, Split, Summary, comparable, interval, rate
from dutyroute.replay.unread import UnreadText, map_piece, unread_texts
from dutyroute.replay.wording import Wording
from dutyroute.report.html import page
from dutyroute.report.oversight import panels
from dutyroute.rulebook.loader.files import name_of

_LINES = 25
"""How many lines a table shows before the rest is folded away."""
_CELLS = 40
"""How many pairs of handler and lead are drilled into."""
_SIDE = 12
"""How many handlers and leads the confusion table sets against each other."""
_MONTHS = 36
"""Above so many months the years are shown instead."""
_LEAST = 10
"""With fewer divergences nothing is said to concentrate."""
_TIMES = 1.5
"""How many times the overall share of divergences is a concentration."""
_GAP = 0.25
"""What part of a column's place stays free."""
_LABELS = 12
"""How many columns of a chart can have a label."""


@dataclass(frozen=True, slots=True)
class Stripe:
    """One outcome's part of a bar, from `start` on; all in hundredths of its length."""

    outcome: str
    start: float
    size: float
    rows: int


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """One column of a chart: its place, its stripes from the bottom up, and whether its label is shown."""

    label: str
    at: float
    width: float
    stripes: tuple[Stripe, ...]
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: rows by outcome, and the rate of agreement where there is one."""

    name: str
    rows: int
    rate: float | None
    stripes: tuple[Stripe, ...]
    counts: Mapping[Outcome, int]
    compared: int
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule, with the comparable rows whose lead rests on it; marked where divergences concentrate."""

    id: str
    place: str
    compared: int
    diverging: int
    share: float
    is_concentrated: bool


@dataclass(frozen=True, slots=True)
class ConfusionCell:
    """A recorded handler against a lead: how many rows, which matters, examples."""

    handler: str
    lead: str
    rows: int
    outcome: str
    matters: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]
    clauses: tuple[str, ...]
    rules: tuple[str, ...]
    examples: tuple[Example, ...]


class View:
    """What the page shows of a summary, in one language."""

    def __init__(self, summary: Summary, wording: Wording) -> None:
        self.summary = summary
        self.wording = wording
        self.counts: dict[Outcome, int] = summary.counts
        self.rate: float | None = rate(self.counts)
        self.compared: int = comparable(self.counts)
        self.interval: tuple[float, float] | None = interval(self.counts)
        self.rate_without_repeats: float | None = rate(summary.without_repeats)
        self.unread: tuple[UnreadText, ...] = unread_texts(summary.tally)
        self.map_piece: str = map_piece(summary.tally, wording.rulebook.vocabulary, wording.lang)
        self.stripes: tuple[Stripe, ...] = stripes(self.counts)

    def agreement(self, kind: str) -> list[Line]:
        """Agreement by `matters`, `handler`, `leads` or `flags`."""
        named = {"matters": self.wording.matter, "flags": self.wording.flag}
        return self._lines(self.summary.split(kind), named.get(kind, self.wording.party))

    def areas(self) -> list[Line]:
        """Agreement by area, the largest first."""
        areas = sorted(self.summary.tally.areas.items(), key=lambda each: (-each[1].total(), each[0]))
        return self._lines(dict(areas), str)

    def periods(self) -> list[Line]:
        """Agreement by month, by year where there are many; rows without a date last."""
        months = self.summary.tally.months
        if len(months) > _MONTHS:
            years: dict[str, Counter[Outcome]] = {}
            for month, counts in months.items():
                years.setdefault(month[:4], Counter()).update(counts)
            months = years
        # The empty word of rows without a date would come first.
        ordered = sorted(months.items(), key=lambda each: (not each[0], each[0]))
        return self._lines(dict(ordered), lambda word: word or self.wording.say("no-date"))

    def chart(self, lines: Sequence[Line]) -> list[ChartColumn]:
        """Draw lines as columns side by side, the highest as high as the chart."""
        highest = max((line.rows for line in lines), default=0)
        place, every = 100 / max(len(lines), 1), -(-len(lines) // _LABELS)
        width = round(place * (1 - _GAP), 3)
        columns = []
        for at, line in enumerate(lines):
            start, drawn = round(place * (at + _GAP / 2), 3), stripes(line.counts, highest)
            columns.append(ChartColumn(line.name, start, width, drawn, at % every == 0))
        return columns

    def _lines(self, split: Split, named: Callable[[str], str]) -> list[Line]:
        return [
            Line(
                named(word),
                sum(counts.values()),
                rate(counts),
                stripes(counts),
                counts,
                comparable(counts),
                interval(counts),
            )
            for word, counts in split.items()
        ]

    def shown(self, lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
        """Part lines into those that are shown and those that are folded away."""
        return lines[:_LINES], lines[_LINES:]

    def reasons(self) -> list[tuple[str, str, int, tuple[Example, ...]]]:
        """List why rows came to their outcome, with examples."""
        found: dict[tuple[Outcome, str], list[Judgement]] = {}
        for judgement, _ in self.summary.tally.judgements.most_common():
            found.setdefault((judgement.outcome, judgement.reason), []).append(judgement)
        rows = self.summary.by_reason()
        return [
            (str(key[0]), self._why(judgements[0]), rows[key], self._examples(judgements))
            for key, judgements in sorted(found.items(), key=lambda each: -rows[each[0]])
        ]

    def _why(self, judgement: Judgement) -> str:
        if judgement.fault:
            return chosen(self.wording.lang, *judgement.fault)
        return self.wording.reason(judgement.reason)

    def _examples(self, judgements: Iterable[Judgement], most: int = 8) -> tuple[Example, ...]:
        # Of each judgement a few are kept, so that a rare one is not crowded out.
        kept = (self.summary.tally.examples.get(judgement, []) for judgement in judgements)
        return tuple(example for examples in kept for example in examples)[:most]

    def rules(self) -> list[RuleLine]:
        """List the rules with the most divergences behind them."""
        lines = []
        for rule, counts in self.summary.split("rules").items():
            compared, diverging = comparable(counts), counts[Outcome.DIVERGE]
            if diverging:
                share = diverging / compared
                # Both: one row of two that diverges is no concentration.
                is_concentrated = diverging >= _LEAST and share >= _TIMES * self.diverging_share()
                lines.append(RuleLine(rule, self._place(rule), compared, diverging, share, is_concentrated))
        return sorted(lines, key=lambda line: -line.diverging)[:_LINES]

    def _place(self, rule: str) -> str:
        """Return the place of a rule relative to its rulebook: a report is read on other machines, too."""
        spans = self.wording.rulebook.spans
        span = spans.get(("rules", rule))
        if span is None:
            return ""
        folder = Path(commonpath([str(Path(each.path).parent) for each in spans.values()]))
        return f"{name_of(Path(span.path).relative_to(folder).as_posix())}:{span.line}"

    def diverging_share(self) -> float:
        """Return the share of the comparable rows that diverge."""
        return self.counts[Outcome.DIVERGE] / self.compared if self.compared else 0.0

    def clauses(self) -> list[Line]:
        """List the clauses with the most divergences behind them."""
        # Only clauses behind divergences: one that always agrees needs no look.
        split = self.summary.split("clauses")
        worst = sorted(split.items(), key=lambda each: -each[1][Outcome.DIVERGE])[:_LINES]
        return self._lines(
            {clause: counts for clause, counts in worst if counts[Outcome.DIVERGE]},
            lambda clause: f"{self.wording.clause(clause)} {self.wording.heading(clause)}",
        )

    def confusion(self) -> tuple[list[str], list[tuple[str, list[tuple[int, str, int]], int]]]:
        """
        Set recorded handlers against leads: the leads, then a line for each handler.

        Each cell holds its rows, whether it is `agree`, and how dark it is, 0 to 4. The last
        cell and the total of a line count the leads that have no column, too.
        """
        pairs = self.summary.confusion()
        handlers, leads = _largest(pairs, 0), _largest(pairs, 1)
        highest = max(pairs.values(), default=1)
        are_more = len({lead for _, lead in pairs}) > len(leads)
        lines = []
        for handler in handlers:
            cells = []
            for lead in leads:
                rows = pairs[handler, lead]
                # By the root, or all cells but the largest few would look empty.
                shade = min(4, 1 + int(3.999 * (rows / highest) ** 0.5)) if rows else 0
                cells.append((rows, "same" if handler in lead.split(JOIN) else "other", shade))
            total = sum(rows for (other, _), rows in pairs.items() if other == handler)
            if are_more:
                cells.append((total - sum(rows for rows, _, _ in cells), "other", 0))
            lines.append((self.wording.party(handler), cells, total))
        more = [self.wording.say("report-other-leads")] if are_more else []
        return [*(self._lead(lead) for lead in leads), *more], lines

    def _lead(self, lead: str) -> str:
        return self.wording.leads(tuple(lead.split(JOIN)) if lead else ())

    def cells(self) -> Iterator[ConfusionCell]:
        """Yield the pairs of handler and lead with the most rows that are not agreed with."""
        found: dict[tuple[str, str], dict[Judgement, int]] = {}
        for judgement, rows in self.summary.tally.judgements.most_common():
            if judgement.handler is not None and judgement.outcome not in (Outcome.AGREE, Outcome.UNROUTABLE):
                key = judgement.handler, JOIN.join(sorted(judgement.leads))
                found.setdefault(key, {})[judgement] = rows
        largest = sorted(found.items(), key=lambda each: -sum(each[1].values()))[:_CELLS]
        for (handler, lead), judgements in largest:
            yield self._cell(handler, lead, judgements)

    def _cell(self, handler: str, lead: str, judgements: Mapping[Judgement, int]) -> ConfusionCell:
        matters: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        # Rows of one handler and one lead can differ in outcome: a role may be certain or possible.
        outcomes: Counter[str] = Counter()
        for judgement, rows in judgements.items():
            matters[self.wording.several(judgement.matters, "matter")] += rows
            reasons[self._why(judgement)] += rows
            outcomes[str(judgement.outcome)] += rows
        clauses = dict.fromkeys(c for judgement in judgements for c in judgement.clauses)
        rules = dict.fromkeys(r for judgement in judgements for r in judgement.rules)
        return ConfusionCell(
            self.wording.party(handler),
            self._lead(lead),
            sum(judgements.values()),
            outcomes.most_common(1)[0][0],
            tuple(matters.most_common(6)),
            tuple(reasons.most_common(4)),
            tuple(map(self.wording.clause, clauses))[:8],
            tuple(map(self.wording.rule, rules))[:6],
            self._examples(judgements, 10),
        )


def _largest(pairs: Mapping[tuple[str, str], int], side: int) -> list[str]:
    """List the words on one side of the pairs that have the most rows."""
    found: Counter[str] = Counter()
    for pair, rows in pairs.items():
        found[pair[side]] += rows
    return [word for word, _ in found.most_common(_SIDE)]


def stripes(counts: Mapping[Outcome, int], whole: int | None = None) -> tuple[Stripe, ...]:
    """
    Share a bar out among the outcomes; `whole` rows fill it.

    >>> [(s.outcome, s.start, s.size) for s in stripes({Outcome.AGREE: 1, Outcome.DIVERGE: 3})]
    [('agree', 0.0, 25.0), ('diverge', 25.0, 75.0)]
    """
    total = whole or sum(counts.values())
    found, start = [], 0.0
    for outcome in Outcome:
        rows = counts.get(outcome, 0)
        if rows:
            size = round(100 * rows / total, 3)
            found.append(Stripe(str(outcome), round(start, 3), size, rows))
            start += size
    return tuple(found)


def render_replay(summary: Summary, lang: Lang, account: OversightReport | None = None) -> str:
    """
    Write the report of a replay as one HTML page.

    With an `account` of oversight, its last section is about each subject.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    say = Phrasebook(lang, "report")
    # The template asks the view for each table when it draws it.
    view = View(summary, Wording(summary.rulebook, lang))
    shown: dict[str, object] = {
        "view": view,
        "summary": summary,
        "say": say,
        "wording": view.wording,
        "looked": LOOKED_AT,
    }
    overseen = {"account": account, "panels": tuple(panels(account)) if account else ()}
    return page("replay.html.j2", lang, title=say("title"), style="report.css", **shown, **overseen)
