"""Wording: records in the words of the people who read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from dutyroute.messages import Lang, Phrasebook, codes
from dutyroute.replay.rows import JOIN
from dutyroute.rulebook.names import Names
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["Wording"]

_AS_WRITTEN = ("source", "area", "recorded")
"""Columns that hold what the file says, not words of the rulebook."""


_KINDS = {
    "matter": "matters",
    "handler": "parties",
    "lead": "parties",
    "before": "parties",
    "after": "parties",
    "roles": "roles",
    "flags": "flags",
    "ask": "facts",
}
"""Which list of the rulebook the words of a column come from."""


class Wording(Names):
    """Names parties, matters, rules, outcomes in one language."""

    def __init__(self, rulebook: Rulebook, lang: Lang) -> None:
        super().__init__(rulebook, lang)
        self.say = Phrasebook(lang)

    def several(self, words: tuple[str, ...], kind: str) -> str:
        """Name the words of one of the columns of a record, one after the other."""
        return self.say("semicolon").join(self.named(kind, word) for word in words)

    def leads(self, parties: tuple[str, ...]) -> str:
        """Name those who lead, or say that nobody does."""
        return self.several(parties, "lead") or self.say("no-lead")

    def outcome(self, name: str) -> str:
        """Name an outcome."""
        return self.say(f"outcome-{name}")

    def reason(self, code: str) -> str:
        """Say why; of an incident that cannot be routed its own code."""
        key = f"reason-{code}"
        return self.say(key) if key in codes() else code

    def named(self, kind: str, word: str) -> str:
        """Name a word of one of the columns of a record."""
        speakers: dict[str, Callable[[str], str]] = {
            "outcome": self.outcome,
            "reason": self.reason,
            "clauses": self.clause,
        }
        if kind in speakers:
            return speakers[kind](word)
        return self.called(_KINDS[kind], word) if kind in _KINDS else word

    def cell(self, kind: str, joined: str) -> str:
        """Name every word of a cell that holds several."""
        if not joined:
            return ""
        return self.say("semicolon").join(self.named(kind, word) for word in joined.split(JOIN))

    def table(self, records: Any) -> Any:
        """Put records in words; each distinct cell is worded once."""
        columns = [self._column(name, records.column(name)) for name in records.column_names]
        return pa.table(columns, names=[self.say(f"column-{name}") for name in records.column_names])

    def _column(self, name: str, values: Any) -> Any:
        if not pa.types.is_dictionary(values.type):
            return values
        coded = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        chunks = coded.chunks if isinstance(coded, pa.ChunkedArray) else [coded]
        return pa.chunked_array([self._worded(name, chunk) for chunk in chunks], pa.string())

    def _worded(self, name: str, chunk: Any) -> Any:
        if name in _AS_WRITTEN:
            return chunk.dictionary.cast(pa.string()).take(chunk.indices)
        words = [None if word is None else self.cell(name, word) for word in chunk.dictionary.to_pylist()]
        return pa.array(words, pa.string()).take(chunk.indices)
