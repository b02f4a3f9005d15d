"""What is counted of the rows as they stream by, and what a whole replay came to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from dutyroute.control import RunRecord, SourceTotal
from dutyroute.diagram.ruling import OMITTED_IF_EMPTY, OMITTED_IF_NONE
from dutyroute.formats.atomic import write_whole_text
from dutyroute.record import JsonRecord
from dutyroute.replay.outcome import Judgement, Outcome
from dutyroute.routing.decision import Stamp
from dutyroute.rulebook.rulebook import Rulebook

COMPARED = (Outcome.AGREE, Outcome.IN_CHAIN, Outcome.DIVERGE)
"""The outcomes of rows whose handler could be compared with a lead."""

_Z = 1.959964
"""How many standard deviations hold 95% of a normal distribution."""

EXAMPLES = 5
"""How many rows are kept to show for each judgement."""

AREAS = 2_000
OTHERS = "…"
"""What areas are counted under from the two-thousandth on, so that memory stays flat."""

_LONGEST_TEXT = 200

Split = Mapping[str, Mapping[Outcome, int]]
"""Rows by some word and outcome."""

_Counts = dict[str, Counter[Outcome]]


@dataclass(frozen=True, slots=True)
class Example(JsonRecord):
    """One row, as a person looks it up in the source."""

    source: str
    row: int
    id: str
    day: str = ""
    recorded: str = ""
    area: str = ""


@dataclass(slots=True)
class Tally:
    """
    How many rows have which judgement, by month and by area.

    The number of judgements is bounded by the rulebook, not by the rows.
    """

    judgements: Counter[Judgement] = field(default_factory=Counter)
    examples: dict[Judgement, list[Example]] = field(default_factory=dict)
    months: _Counts = field(default_factory=dict)
    """By months as in `2018-02`."""
    areas: _Counts = field(default_factory=dict)
    repeated: int = 0
    repeats: Counter[Outcome] | None = field(default_factory=Counter)
    """The outcomes of rows that repeat an earlier one; None if an older version began to count."""
    unread: dict[str, Counter[str]] | None = field(default_factory=dict)
    """By fact, and by `handler`, the texts that mean nothing known; None if an older version began to count."""

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return self.judgements.total()

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many rows came to each of the six outcomes."""
        counted: Counter[Outcome] = Counter()
        for judgement, rows in self.judgements.items():
            counted[judgement.outcome] += rows
        return {outcome: counted[outcome] for outcome in Outcome}

    def count(self, judgement: Judgement, rows: int) -> None:
        """Count rows with one judgement."""
        if rows:
            self.judgements[judgement] += rows

    def wants(self, judgement: Judgement) -> int:
        """Return how many more examples of a judgement are wanted."""
        return EXAMPLES - len(self.examples.get(judgement, ()))

    def show(self, judgement: Judgement, example: Example) -> None:
        """Keep a row as an example."""
        self.examples.setdefault(judgement, []).append(example)

    def count_area(self, area: str, outcome: Outcome, rows: int) -> None:
        """Count rows of an area; under `OTHERS` where there are too many."""
        # Areas come from the file: a column of addresses by mistake must not fill the memory.
        known = area if area in self.areas or len(self.areas) < AREAS else OTHERS
        self.areas.setdefault(known, Counter())[outcome] += rows

    def count_unread(self, unread: Mapping[str, Mapping[str, int]]) -> None:
        """Count texts that mean nothing known; under `OTHERS` where there are too many, or where one is long."""
        if self.unread is None:
            return
        for name, counts in unread.items():
            found = self.unread.setdefault(name, Counter())
            for text, rows in counts.items():
                is_kept = text in found or (len(found) < AREAS and len(text) <= _LONGEST_TEXT)
                found[text if is_kept else OTHERS] += rows

    def add(self, other: Tally) -> None:
        """Count what another tally counted of later rows."""
        for judgement, rows in other.judgements.items():
            self.count(judgement, rows)
            for example in other.examples.get(judgement, ())[: max(self.wants(judgement), 0)]:
                self.show(judgement, example)
        for month, counts in other.months.items():
            self.months.setdefault(month, Counter()).update(counts)
        for area, counts in other.areas.items():
            for outcome, rows in counts.items():
                self.count_area(area, outcome, rows)
        self.repeated += other.repeated
        if self.repeats is not None:
            self.repeats.update(other.repeats or {})
        self.count_unread(other.unread or {})

    def to_dict(self) -> dict[str, Any]:
        """Return the tally as plain data that `from_dict` reads."""
        # JSON has no mappings by records, so a judgement and its rows become one entry. Unfinished
        # runs keep this form: whatever changes in it makes them unreadable.
        listed = [
            {
                **judgement.to_dict(),
                "rows": rows,
                "examples": [each.to_dict() for each in self.examples.get(judgement, ())],
            }
            for judgement, rows in self.judgements.items()
        ]
        counted = {name: getattr(self, name) for name in ("months", "areas", "repeated", "repeats", "unread")}
        return {"verdicts": listed, **counted}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Tally:
        """
        Read what `to_dict` wrote.

        Raises:
            ValueError, KeyError, TypeError: if it is something else.
        """
        read = cls(repeated=data["repeated"])
        repeats, unread = data.get("repeats"), data.get("unread")
        read.repeats = None if repeats is None else Counter({Outcome(name): n for name, n in repeats.items()})
        read.unread = None if unread is None else {name: Counter(rows) for name, rows in unread.items()}
        for split, written in ((read.months, data["months"]), (read.areas, data["areas"])):
            for word, counts in written.items():
                split[word] = Counter({Outcome(name): rows for name, rows in counts.items()})
        for entry in data["verdicts"]:
            judgement = Judgement.from_dict(entry)
            read.judgements[judgement] = entry["rows"]
            if entry["examples"]:
                read.examples[judgement] = [Example.from_dict(each) for each in entry["examples"]]
        return read


@dataclass(frozen=True, slots=True)
class Summary:
    """
    The counts of a replay, with which rulebook, of which files, by which map.

    `comparison` tells what a second rulebook would change, `engines` whether a
    second engine agrees; each is empty where there was none.
    """

    tally: Tally
    rulebook: Rulebook
    inputs: tuple[SourceTotal, ...]
    maps: tuple[str, ...] = ()
    as_of: date | None = None
    written: tuple[Path, ...] = ()
    comparison: Mapping[str, Any] = field(default_factory=dict)
    engines: Mapping[str, Any] = field(default_factory=dict)
    run: RunRecord | None = None

    @property
    def totals_match(self) -> bool:
        """Whether each source has as many rows as a second count found."""
        return all(each.matches for each in self.inputs)

    @property
    def rows(self) -> int:
        """How many rows came in."""
        return self.tally.rows

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many rows came to each outcome; together all rows."""
        return self.tally.counts

    @property
    def without_repeats(self) -> dict[Outcome, int]:
        """How many rows came to each outcome, those left out that repeat an earlier one."""
        repeats = self.tally.repeats or Counter()
        return {outcome: rows - repeats[outcome] for outcome, rows in self.counts.items()}

    @property
    def has_divergences(self) -> bool:
        """Whether any row is anything but agreed with."""
        return any(rows for outcome, rows in self.counts.items() if outcome is not Outcome.AGREE)

    @property
    def engines_agree(self) -> bool:
        """Whether both engines gave each row the same answer; true where only one was asked."""
        return not (self.engines.get("disagreed") or self.engines.get("open"))

    def by_reason(self) -> Counter[tuple[Outcome, str]]:
        """Count the rows by outcome and why."""
        found: Counter[tuple[Outcome, str]] = Counter()
        for judgement, rows in self.tally.judgements.items():
            found[judgement.outcome, judgement.reason] += rows
        return found

    def split(self, kind: str) -> dict[str, Counter[Outcome]]:
        """
        Split the rows by what their judgements hold, largest first.

        `kind` is `handler`, or a field that holds several, as `matters`: a row counts under each.
        """
        found: dict[str, Counter[Outcome]] = {}
        for judgement, rows in self.tally.judgements.items():
            # Once for each row, however often a word is in its judgement.
            held = getattr(judgement, kind)
            words = held if isinstance(held, tuple) else filter(None, [held])
            for word in dict.fromkeys(words):
                found.setdefault(word, Counter())[judgement.outcome] += rows
        return dict(sorted(found.items(), key=lambda each: (-each[1].total(), each[0])))

    def confusion(self) -> Counter[tuple[str, str]]:
        """Count the rows that were routed by recorded handler and the rulebook's leads, joined."""
        found: Counter[tuple[str, str]] = Counter()
        for judgement, rows in self.tally.judgements.items():
            if judgement.handler is not None and judgement.outcome is not Outcome.UNROUTABLE:
                found[judgement.handler, "; ".join(sorted(judgement.leads))] += rows
        return found

    def record(self) -> SummaryRecord:
        """Return what `summary.json` holds."""
        return SummaryRecord(
            rows=self.rows,
            counts=self.counts,
            rate=rate(self.counts),
            repeated=self.tally.repeated,
            rulebook=Stamp.of(self.rulebook),
            as_of=self.as_of,
            maps=self.maps,
            inputs=self.inputs,
            reasons=tuple(ReasonRows(*each, rows) for each, rows in self.by_reason().most_common()),
            matters=_with_rates(self.split("matters")),
            handlers=_with_rates(self.split("handler")),
            leads=_with_rates(self.split("leads")),
            months=_with_rates(dict(sorted(self.tally.months.items()))),
            areas=_with_rates(self.tally.areas),
            rules=_with_rates(self.split("rules")),
            flags=_with_rates(self.split("flags")),
            confusion=tuple(HandlerRows(*each, rows) for each, rows in self.confusion().most_common()),
            rate_without_repeated=rate(self.without_repeats) if self.tally.repeats else None,
            unread={name: dict(texts.most_common()) for name, texts in (self.tally.unread or {}).items()},
            comparison=self.comparison,
            engines=self.engines,
            run=self.run,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as plain data, ready for JSON."""
        return self.record().to_dict()

    def write(self, path: Path) -> None:
        """Write the summary as JSON."""
        # Not `to_json`, which writes small numbers in another form than files of earlier runs have.
        write_whole_text(path, json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n")


@dataclass(frozen=True, slots=True)
class ReasonRows:
    """How many rows have one outcome for one reason."""

    outcome: Outcome
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class HandlerRows:
    """How many rows have one recorded handler and the same leads, joined."""

    handler: str
    lead: str
    rows: int


Rates = Mapping[str, Mapping[str, int | float | None]]
"""By some word the rows of each outcome that occurs, and as `rate` the share of agreement."""


@dataclass(frozen=True, slots=True)
class SummaryRecord(JsonRecord):
    """What `summary.json` holds; programs rely on the names and the order of the fields."""

    rows: int
    counts: Mapping[Outcome, int]
    rate: float | None
    repeated: int
    rulebook: Stamp
    as_of: date | None
    maps: tuple[str, ...]
    inputs: tuple[SourceTotal, ...]
    reasons: tuple[ReasonRows, ...]
    matters: Rates
    handlers: Rates
    leads: Rates
    months: Rates
    areas: Rates
    rules: Rates
    flags: Rates
    confusion: tuple[HandlerRows, ...]
    # As `rate`, without the rows that repeat an earlier one; left out where no row does.
    rate_without_repeated: Annotated[float | None, OMITTED_IF_NONE] = None
    unread: Annotated[Mapping[str, Mapping[str, int]], OMITTED_IF_EMPTY] = field(default_factory=dict)
    comparison: Annotated[Mapping[str, Any], OMITTED_IF_EMPTY] = field(default_factory=dict)
    engines: Annotated[Mapping[str, Any], OMITTED_IF_EMPTY] = field(default_factory=dict)
    run: Annotated[RunRecord | None, OMITTED_IF_NONE] = None


def rate(counts: Mapping[Outcome, int]) -> float | None:
    """
    Return the share of agreement among rows that can be compared; None where none can.

    >>> rate({Outcome.AGREE: 3, Outcome.DIVERGE: 1, Outcome.BAD_ROW: 9})
    0.75
    """
    compared = comparable(counts)
    if not compared:
        return None
    share = counts.get(Outcome.AGREE, 0) / compared
    # Rounding alone makes neither 0 nor 1 of it.
    return min(max(round(share, 6), 1e-6), 1 - 1e-6) if 0 < share < 1 else share


def comparable(counts: Mapping[Outcome, int]) -> int:
    """Count the rows whose handler could be compared with a lead."""
    return sum(counts.get(outcome, 0) for outcome in COMPARED)


def interval(counts: Mapping[Outcome, int]) -> tuple[float, float] | None:
    """
    Return the 95% interval of a rate of agreement, by Wilson; None where nothing can be compared.

    >>> interval({Outcome.AGREE: 9, Outcome.DIVERGE: 1})
    (0.5958, 0.9821)
    """
    compared = comparable(counts)
    if not compared:
        return None
    share, widening = counts.get(Outcome.AGREE, 0) / compared, _Z * _Z / compared
    middle = share + widening / 2
    spread = _Z * (share * (1 - share) / compared + widening / compared / 4) ** 0.5
    low, high = ((middle + side * spread) / (1 + widening) for side in (-1, 1))
    return round(max(low, 0.0), 4), round(min(high, 1.0), 4)


def _with_rates(split: Split) -> Rates:
    return {
        word: {**{str(o): counts[o] for o in Outcome if counts.get(o)}, "rate": rate(counts)}
        for word, counts in split.items()
    }
