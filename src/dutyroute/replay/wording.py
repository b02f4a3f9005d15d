"""Records of a replay in the words of the people who read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.messages import Lang, Phrasebook, codes
from dutyroute.messages.outside import ORDERS
from dutyroute.replay.rows import JOIN
from dutyroute.rulebook.names import Names
from dutyroute.rulebook.rulebook import Rulebook

_AS_WRITTEN = ("source", "area", "recorded")
"""Columns that hold words of the file, not of the rulebook."""


class Wording(Names):
    """Names outcomes, reasons and the cells of records, beside what a rulebook holds."""

    def __init__(self, rulebook: Rulebook, lang: Lang) -> None:
        super().__init__(rulebook, lang)
        self.say: Phrasebook = Phrasebook(lang)
        self._kinds: dict[str, Callable[[str], str]] = {
            "matter": self.matter,
            **dict.fromkeys(("handler", "lead", "before", "after"), self.party),
            "roles": self.role,
            "flags": self.flag,
            "ask": self.fact,
            "outcome": self.outcome,
            "reason": self.reason,
            "clauses": self.clause,
        }

    def several(self, words: Iterable[str], kind: str) -> str:
        """Name words of one column, one after the other."""
        return self.say("semicolon").join(map(self._kinds.get(kind, str), words))

    def leads(self, parties: tuple[str, ...]) -> str:
        """Name those who lead, or say that nobody does."""
        return self.several(parties, "lead") or self.say("no-lead")

    def outcome(self, name: str) -> str:
        """Name an outcome."""
        return self.say(f"outcome-{name}")

    def reason(self, code: str) -> str:
        """Say why; an incident that cannot be routed has the code of its error."""
        key = f"reason-{code}"
        return self.say(key) if key in codes() else code

    def cell(self, kind: str, joined: str) -> str:
        """Name every word of a cell of one column; a cell may hold several."""
        words = joined.split(JOIN) if joined else []
        # What is no matter of the rulebook is listed as the source has it.
        if kind == "matter" and not all(each in self.rulebook.vocabulary.matters for each in words):
            return joined
        return self.several(words, kind)

    def headings(self, names: Iterable[str]) -> list[str]:
        """Name columns."""
        return [self.say(f"column-{name}") for name in names]

    def table(self, records: Any) -> Any:
        """Put records in words; each distinct cell is worded once."""
        columns = [_harmless(self._column(name, records.column(name))) for name in records.column_names]
        return pa.table(columns, names=self.headings(records.column_names))

    def _column(self, name: str, values: Any) -> Any:
        if not pa.types.is_dictionary(values.type):
            return values
        # Combined chunks share one dictionary, so that no cell is worded twice.
        coded = values.combine_chunks()
        chunks = coded.chunks if isinstance(coded, pa.ChunkedArray) else [coded]
        return pa.chunked_array([self._worded(name, chunk) for chunk in chunks], pa.string())

    def _worded(self, name: str, chunk: Any) -> Any:
        if name in _AS_WRITTEN:
            return chunk.dictionary.cast(pa.string()).take(chunk.indices)
        words = [None if word is None else self.cell(name, word) for word in chunk.dictionary.to_pylist()]
        return pa.array(words, pa.string()).take(chunk.indices)


def _harmless(values: Any) -> Any:
    """Do to a column what `harmless` does to a text: people read it."""
    if not pa.types.is_string(values.type):
        return values
    return pc.replace_substring_regex(pc.replace_substring(values, "\r\n", "\n"), ORDERS, "?")
