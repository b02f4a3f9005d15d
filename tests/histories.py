"""
Histories written by hand: rows of plain values, a source of them, and a map that reads them.

They stand for what sources and maps do, so that a run can be tried out with
whatever rows a test needs, faults included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from dutyroute import IncidentError, Router
from dutyroute.messages import Lang
from dutyroute.replay import Judgement, judge
from dutyroute.replay.sources.batch import Recount

__all__ = ["BADLY", "Batch", "Fault", "HandMap", "Row", "Rows", "verdict"]

BADLY = "无法读取"
"""What a row says that no map can read."""


@dataclass(frozen=True)
class Row:
    """A row: its facts, who handled it as written, and where."""

    facts: Mapping[str, Any]
    recorded: str | None = None
    area: str = "东街"
    is_torn: bool = False


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row."""

    row: int
    column: str
    value: str

    def describe(self, lang: Lang) -> str:
        return "读不懂" if lang == "zh" else "cannot be read"


@dataclass(frozen=True)
class Batch:
    """Some rows of a source; torn ones are no part of the table."""

    rows: Any
    table: Any
    bad: tuple[Fault, ...]
    done: int


@dataclass
class Rows:
    """A source of rows, a few to a chunk; it may stop somebody who reads on."""

    rows: Sequence[Row]
    name: str = "历史.csv"
    each: int = 3
    path: Path | None = None
    stops_at: int | None = None
    read: list[int] = field(default_factory=list)
    columns: tuple[str, ...] = ("id", "at", "said")
    notes: dict[str, dict[str, object]] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    cells: Mapping[str, Any] = field(default_factory=dict)
    counted: int | None = None
    """What a second count finds; as many rows as there are unless a test says otherwise."""

    @property
    def size(self) -> int:
        return len(self.rows)

    def recount(self) -> Recount:
        return Recount(len(self.rows) if self.counted is None else self.counted, "lines")

    def unchanged(self) -> AbstractContextManager[None]:
        return nullcontext()  # rows in memory do not change

    def batches(self, start: int = 0) -> Iterator[Batch]:
        for index in range(start, -(-len(self.rows) // self.each)):
            if index == self.stops_at:
                raise KeyboardInterrupt
            self.read.append(index)
            first = index * self.each
            chosen = list(enumerate(self.rows[first : first + self.each], first + 1))
            torn = tuple(Fault(number, "", "torn") for number, row in chosen if row.is_torn)
            kept = [(number, row) for number, row in chosen if not row.is_torn]
            table = pa.record_batch(
                {
                    "id": pa.array([f"N{number}" for number, _ in kept], pa.string()),
                    "at": pa.array([number - 1 for number, _ in kept], pa.int64()),
                    "said": pa.array([repr(row) for _, row in kept], pa.string()),
                }
            )
            yield Batch(
                pa.array([number for number, _ in kept], pa.int64()), table, torn, first + len(chosen)
            )


@dataclass
class HandMap:
    """Reads those rows: a handler that is a party's id is known, any other is not."""

    router: Router
    rows: Sequence[Row]
    digest: str = "sha256:map"
    id_columns: tuple[str, ...] = ("id", "at")
    path: str = "map.yaml"
    timezone: str | None = None

    @dataclass(frozen=True)
    class Mapped:
        """A batch, column by column."""

        facts: Any
        handler: Any
        handler_raw: Any
        area: Any
        id: Any
        rejects: tuple[Fault, ...]
        rejected: Any
        matter_raw: Any
        unread: Mapping[str, Any]

    def columns(self) -> Iterator[str]:
        yield from self.id_columns

    def apply(self, batch: Batch) -> Mapped:
        rows = [self.rows[at] for at in batch.table.column("at").to_pylist()]
        bad = [BADLY in row.facts.values() for row in rows]
        parties = self.router.rulebook.vocabulary.parties
        handlers = [row.recorded if row.recorded in parties else None for row in rows]
        return self.Mapped(
            self._facts([{} if is_bad else row.facts for row, is_bad in zip(rows, bad, strict=True)]),
            pa.array(handlers, pa.string()).dictionary_encode(),
            pa.array([row.recorded for row in rows], pa.string()),
            pa.array([row.area for row in rows], pa.string()),
            batch.table.column("id"),
            tuple(
                Fault(n, "事项", BADLY)
                for n, is_bad in zip(batch.rows.to_pylist(), bad, strict=True)
                if is_bad
            ),
            pa.array(bad, pa.bool_()),
            pa.nulls(len(rows), pa.string()),
            {},
        )

    def _facts(self, rows: list[Mapping[str, Any]]) -> Any:
        names = dict.fromkeys(name for row in self.rows for name in row.facts)
        kinds = {"bool": pa.bool_(), "int": pa.int64(), "date": pa.date32()}
        facts = self.router.rulebook.vocabulary.facts
        has_several = any(isinstance(row.facts.get("matter"), list) for row in self.rows)
        columns = {}
        for name in names:
            values = [row.get(name) for row in rows]
            if name == "matter" and has_several:
                listed = [value if isinstance(value, list) or value is None else [value] for value in values]
                columns[name] = pa.array(listed, pa.list_(pa.string()))
            else:
                columns[name] = pa.array(values, kinds.get(facts[name].type, pa.string()))
        return pa.table(columns)


def verdict(router: Router, row: Row, as_of: date | None = None) -> Judgement | None:
    """Judge one row by itself, through the router's own front door; None where it cannot be read."""
    if row.is_torn or BADLY in row.facts.values():
        return None
    facts = dict(row.facts)
    if as_of is not None:
        facts["reported_at"] = as_of
    handler = row.recorded if row.recorded in router.rulebook.vocabulary.parties else None
    try:
        found: Any = router.route(facts)
    except IncidentError as error:
        found = error
    return judge(found, handler, is_recorded=bool((row.recorded or "").strip()))
