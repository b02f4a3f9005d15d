"""Rows of a history as columns, and the tables of rows that are listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.replay.outcome import Judgement
from dutyroute.routing.arrow import coded_texts, spread, texts, whole

JOIN = "; "
"""What separates several parties, roles or rules in one cell."""

# Texts that repeat are held once, and each row has their number.
_WORD = pa.dictionary(pa.int32(), pa.string())

_PLACE = [
    ("source", _WORD),
    ("row", pa.int64()),
    ("id", pa.string()),
    ("date", pa.date32()),
    ("area", _WORD),
]

_WORDS = ("matter", "recorded", "handler", "lead", "outcome", "reason", "roles", "flags", "ask", "rules")

RECORDS = pa.schema([*_PLACE, *((name, _WORD) for name in (*_WORDS, "clauses"))])
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
    matter: Any
    """The matter as it is recorded."""

    def take(self, at: Any) -> Rows:
        """Keep the rows at some places."""
        columns = (self.row, self.id, self.date, self.area, self.recorded, self.matter)
        return Rows(self.source, *(whole(values).take(at) for values in columns))


def records(rows: Rows, judgements: Sequence[Judgement], index: Any) -> Any:
    """Return rows as a table of `RECORDS`; `index` says for each row which judgement it has."""
    cells = {}
    for name in set(RECORDS.names) - set(CHANGES.names):
        field = {"matter": "matters", "lead": "leads"}.get(name, name)
        found = [getattr(each, field) for each in judgements]
        words = [JOIN.join(value) if isinstance(value, tuple) else value for value in found]
        cells[name] = spread(words, index)
    # A matter that could not be decided is listed as it is recorded.
    is_decided = [bool(each.matters) for each in judgements]
    if not all(is_decided):
        known, recorded = (whole(each).cast(pa.string()) for each in (cells["matter"], rows.matter))
        cells["matter"] = pc.if_else(pa.array(is_decided, pa.bool_()).take(index), known, recorded)
        cells["matter"] = cells["matter"].dictionary_encode()
    return _table(RECORDS, rows, cells)


def changes(rows: Rows, before: Any, after: Any, regions: Any) -> Any:
    """Return rows as a table of `CHANGES`, with who led before and who leads now."""
    return _table(CHANGES, rows, {"before": before, "after": after, "regions": regions})


def _table(schema: Any, rows: Rows, columns: dict[str, Any]) -> Any:
    """Set columns beside those that say which rows they are."""
    # One word for all rows.
    zeros = pa.repeat(pa.scalar(0, pa.int32()), len(rows.row))
    known = {
        "source": pa.DictionaryArray.from_arrays(zeros, pa.array([rows.source])),
        "row": rows.row,
        "date": rows.date,
        "id": texts(rows.id),
        "area": coded_texts(rows.area),
        "recorded": coded_texts(rows.recorded),
        **columns,
    }
    return pa.table([known[name].cast(schema.field(name).type) for name in schema.names], schema=schema)
