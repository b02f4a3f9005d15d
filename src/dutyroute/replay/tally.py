"""Tally: what is counted of the rows as they stream by, and kept between runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dutyroute.replay.outcome import BAD_ROW, Outcome, Verdict

__all__ = ["EXAMPLES", "OTHERS", "Example", "Tally"]

EXAMPLES = 5
"""How many rows are kept to show for each verdict."""

AREAS = 2_000
OTHERS = "…"
"""What areas are counted under from the two-thousandth on: memory stays flat."""

Split = dict[str, Counter[Outcome]]


@dataclass(frozen=True, slots=True)
class Example:
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
    How many rows came to what verdict, by month and by area.

    The number of verdicts is bounded by the rulebook, not by the rows.
    """

    verdicts: dict[Verdict, int] = field(default_factory=dict)
    examples: dict[Verdict, list[Example]] = field(default_factory=dict)
    months: Split = field(default_factory=dict)
    areas: Split = field(default_factory=dict)
    repeated: int = 0

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return sum(self.verdicts.values())

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many rows came to each of the six outcomes."""
        counted: Counter[Outcome] = Counter()
        for verdict, rows in self.verdicts.items():
            counted[verdict.outcome] += rows
        return {outcome: counted[outcome] for outcome in Outcome}

    def count(self, verdict: Verdict, rows: int) -> None:
        """Count rows with one verdict."""
        if rows:
            self.verdicts[verdict] = self.verdicts.get(verdict, 0) + rows

    def reject(self, rows: int) -> None:
        """Count rows that could not be read."""
        self.count(BAD_ROW, rows)

    def wants(self, verdict: Verdict) -> int:
        """Tell how many more examples of a verdict are wanted."""
        return EXAMPLES - len(self.examples.get(verdict, ()))

    def show(self, verdict: Verdict, example: Example) -> None:
        """Keep a row as an example."""
        self.examples.setdefault(verdict, []).append(example)

    def count_month(self, month: str, outcome: Outcome, rows: int) -> None:
        """Count rows of a month, written `2018-02`."""
        self.months.setdefault(month, Counter())[outcome] += rows

    def count_area(self, area: str, outcome: Outcome, rows: int) -> None:
        """Count rows of an area; under `OTHERS` where there are too many."""
        known = area if area in self.areas or len(self.areas) < AREAS else OTHERS
        self.areas.setdefault(known, Counter())[outcome] += rows

    def add(self, other: Tally) -> None:
        """Count what another tally counted of later rows."""
        for verdict, rows in other.verdicts.items():
            self.count(verdict, rows)
            for example in other.examples.get(verdict, ())[: max(self.wants(verdict), 0)]:
                self.show(verdict, example)
        for month, counts in other.months.items():
            self.months.setdefault(month, Counter()).update(counts)
        for area, counts in other.areas.items():
            for outcome, rows in counts.items():
                self.count_area(area, outcome, rows)
        self.repeated += other.repeated

    def as_dict(self) -> dict[str, Any]:
        """Write the tally as plain data that `Tally.of` reads."""
        return {
            "verdicts": [
                {**_verdict(verdict), "rows": rows, "examples": list(map(_example, self._shown(verdict)))}
                for verdict, rows in self.verdicts.items()
            ],
            "months": self.months,
            "areas": self.areas,
            "repeated": self.repeated,
        }

    def _shown(self, verdict: Verdict) -> list[Example]:
        return self.examples.get(verdict, [])

    @classmethod
    def of(cls, written: dict[str, Any]) -> Tally:
        """Read what `as_dict` wrote."""
        read = cls(
            months={month: _counter(counts) for month, counts in written["months"].items()},
            areas={area: _counter(counts) for area, counts in written["areas"].items()},
            repeated=written["repeated"],
        )
        for entry in written["verdicts"]:
            verdict = _read(entry)
            read.verdicts[verdict] = entry["rows"]
            if entry["examples"]:
                read.examples[verdict] = [Example(**each) for each in entry["examples"]]
        return read

    def by_rows(self) -> Iterator[tuple[Verdict, int]]:
        """Yield verdicts, those with the most rows first."""
        yield from sorted(self.verdicts.items(), key=lambda each: -each[1])


def _counter(written: dict[str, int]) -> Counter[Outcome]:
    return Counter({Outcome(name): rows for name, rows in written.items()})


def _example(example: Example) -> dict[str, Any]:
    return {name: getattr(example, name) for name in Example.__slots__}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {name: getattr(verdict, name) for name in Verdict.__slots__}


def _read(entry: dict[str, Any]) -> Verdict:
    values = {name: entry[name] for name in Verdict.__slots__}
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Verdict(**{**values, **lists, "outcome": Outcome(values["outcome"])})
