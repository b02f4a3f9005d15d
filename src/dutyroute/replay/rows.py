"""Record: the rows that are not simply agreed with, as columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.replay.judging import Judged, coded_column, column, text_column
from dutyroute.replay.outcome import Outcome, Verdict

__all__ = ["CHANGES", "JOIN", "RECORDS", "Rows", "changes", "records"]

JOIN = "; "
"""What stands between several parties, roles or rules in one cell."""

_WORD = pa.dictionary(pa.int32(), pa.string())

_PLACE = [
    ("source", _WORD),
    ("row", pa.int64()),
    ("id", pa.string()),
    ("date", pa.date32()),
    ("area", _WORD),
]

RECORDS = pa.schema(
    [
        *_PLACE,
        ("matter", _WORD),
        ("recorded", _WORD),
        ("handler", _WORD),
        ("lead", _WORD),
        ("outcome", _WORD),
        ("reason", _WORD),
        ("roles", _WORD),
        ("flags", _WORD),
        ("ask", _WORD),
        ("rules", _WORD),
        ("clauses", _WORD),
    ]
)
"""The columns of `divergences`, whatever the format; identifiers, several joined."""

CHANGES = pa.schema([*_PLACE, ("recorded", _WORD), ("before", _WORD), ("after", _WORD), ("regions", _WORD)])
"""The columns of `changes`: rows that change hands, and the regions they lie in."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What is known of some rows of a source beside their decision, column by column."""

    source: str
    row: Any
    id: Any
    date: Any
    area: Any
    recorded: Any

    def __len__(self) -> int:
        return len(self.row)

    def take(self, at: Any) -> Rows:
        """Keep the rows at some places."""
        return Rows(
            self.source,
            self.row.take(at),
            column(self.id).take(at),
            column(self.date).take(at),
            column(self.area).take(at),
            column(self.recorded).take(at),
        )


_WORDS: dict[str, Callable[[Verdict], str | None]] = {
    "matter": lambda v: JOIN.join(v.matters),
    "handler": lambda v: v.handler,
    "lead": lambda v: JOIN.join(v.leads),
    "outcome": lambda v: str(v.outcome),
    "reason": lambda v: v.reason,
    "roles": lambda v: JOIN.join(v.roles),
    "flags": lambda v: JOIN.join(v.flags),
    "ask": lambda v: JOIN.join(v.ask),
    "rules": lambda v: JOIN.join(v.rules),
    "clauses": lambda v: JOIN.join(v.clauses),
}


def records(rows: Rows, judged: Judged) -> Any:
    """Return the rows to look at: all whose outcome is not `agree`."""
    agrees = [verdict.outcome is Outcome.AGREE for verdict in judged.verdicts]
    if all(agrees):
        return RECORDS.empty_table()
    index = judged.index
    if any(agrees):
        at = pc.indices_nonzero(pc.invert(pa.array(agrees, pa.bool_()).take(index)))
        index, rows = index.take(at), rows.take(at)
    kept = Judged(judged.verdicts, index)
    columns = {name: kept.spread([word(v) for v in judged.verdicts]) for name, word in _WORDS.items()}
    return _table(RECORDS, rows, columns)


def changes(rows: Rows, before: Any, after: Any, regions: Any, at: Any) -> Any:
    """Return the rows at some places with who led before and who leads now."""
    columns = {"before": before.take(at), "after": after.take(at), "regions": regions.take(at)}
    return _table(CHANGES, rows.take(at), columns)


def _table(schema: Any, rows: Rows, columns: dict[str, Any]) -> Any:
    """Set columns beside those that say which rows they are."""
    known = {
        "source": _constant(rows.source, len(rows)),
        "row": rows.row,
        "date": rows.date,
        "id": text_column(rows.id),
        "area": coded_column(rows.area),
        "recorded": coded_column(rows.recorded),
        **columns,
    }
    return pa.table([known[name].cast(schema.field(name).type) for name in schema.names], schema=schema)


def _constant(word: str, count: int) -> Any:
    zeros = pa.repeat(pa.scalar(0, pa.int32()), count)
    return pa.DictionaryArray.from_arrays(zeros, pa.array([word]))
