"""Chunk: one batch of a source through map, diagram and judge, into counts and records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.replay.judging import Judge, Judged, column, text_column
from dutyroute.replay.mapping.map import Mapped
from dutyroute.replay.outcome import Outcome
from dutyroute.replay.rows import Rows, records
from dutyroute.replay.tally import Example, Tally
from dutyroute.routing.router import Router

__all__ = ["Chunk", "Reader"]

_OUTCOMES = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class Chunk:
    """The rows of one batch that could be read: their facts, what else is known, their verdicts."""

    facts: Any
    rows: Rows
    judged: Judged
    routed: Any
    rejected: int

    @property
    def records(self) -> Any:
        """The rows that are not simply agreed with, as a table."""
        return records(self.rows, self.judged)

    def count(self, tally: Tally) -> None:
        """Add the rows to a tally."""
        for verdict, rows in self.judged.counts():
            tally.count(verdict, rows)
        outcomes = self.judged.outcomes()
        for month, outcome, rows in _split(_months(self.rows.date), outcomes):
            tally.count_month(_month(month), outcome, rows)
        for area, outcome, rows in _split(column(self.rows.area), outcomes):
            if area is not None:
                tally.count_area(area, outcome, rows)
        self._show(tally)

    def _show(self, tally: Tally) -> None:
        """Keep the first rows of each verdict as examples."""
        for place, verdict in enumerate(self.judged.verdicts):
            wanted = tally.wants(verdict)
            if wanted > 0:
                at = pc.indices_nonzero(pc.equal(self.judged.index, place))[:wanted]
                for example in _examples(self.rows.take(at)):
                    tally.show(verdict, example)


class Reader:
    """Takes batches through the map, the diagram and the judge."""

    def __init__(self, router: Router, as_of: date | None = None) -> None:
        self.router = router
        self.as_of = as_of
        self._judge = Judge()

    def read(self, source: str, numbers: Any, mapped: Mapped) -> Chunk:
        """Route and judge the rows that the map could read; `numbers` says where each stands."""
        kept = pc.indices_nonzero(pc.invert(column(mapped.rejected)))
        count = len(column(mapped.rejected))
        area = pa.nulls(count, pa.string()) if mapped.area is None else mapped.area
        facts = mapped.facts
        rows = Rows(source, numbers, column(mapped.id), self._days(facts), column(area), mapped.handler_raw)
        handler = column(mapped.handler)
        if len(kept) < count:
            facts, rows, handler = facts.take(kept), rows.take(kept), handler.take(kept)
        routed = self.router.route_table(facts, as_of=self.as_of)
        judged = self._judge.judge(routed, handler, rows.recorded)
        return Chunk(facts, rows, judged, routed, count - len(kept))

    def _days(self, facts: Any) -> Any:
        """Return the day of each row, whatever day the rules are asked for."""
        name = self.router.rulebook.header.date
        if name is None or name not in facts.column_names:
            return pa.nulls(facts.num_rows, pa.date32())
        days = column(facts.column(name))
        if isinstance(days, pa.DictionaryArray):
            return days.dictionary.cast(pa.date32()).take(days.indices)
        return days.cast(pa.date32())


def _months(days: Any) -> Any:
    """Number the month of each day: 201802."""
    return pc.add(pc.multiply(pc.year(days), 100), pc.month(days))


def _month(number: int | None) -> str:
    return "" if number is None else f"{number // 100:04}-{number % 100:02}"


def _split(keys: Any, outcomes: Any) -> Iterator[tuple[Any, Outcome, int]]:
    """Count rows by a key and their outcome."""
    coded = keys if isinstance(keys, pa.DictionaryArray) else keys.dictionary_encode()
    words = [*coded.dictionary.to_pylist(), None]
    places = pc.fill_null(coded.indices.cast(pa.int64()), len(words) - 1)
    pairs = pc.add(pc.multiply(places, len(_OUTCOMES)), outcomes.cast(pa.int64()))
    for entry in pairs.value_counts().to_pylist():
        place, outcome = divmod(entry["values"], len(_OUTCOMES))
        yield words[place], _OUTCOMES[outcome], entry["counts"]


def _examples(rows: Rows) -> Iterator[Example]:
    texts = [text_column(values).to_pylist() for values in (rows.id, rows.recorded, rows.area)]
    for number, day, name, recorded, area in zip(
        rows.row.to_pylist(), rows.date.to_pylist(), *texts, strict=True
    ):
        yield Example(rows.source, number, name or "", str(day or ""), recorded or "", area or "")
