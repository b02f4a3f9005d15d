"""Wording: records in the words of the people who read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from dutyroute.messages import Lang, Phrasebook, codes
from dutyroute.replay.rows import JOIN
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import Entry

__all__ = ["Wording"]

_AS_WRITTEN = ("source", "area", "recorded")
"""Columns that hold what the file says, not words of the rulebook."""


class Wording:
    """Names parties, matters, rules, outcomes in one language."""

    def __init__(self, rulebook: Rulebook, lang: Lang) -> None:
        self.rulebook = rulebook
        self.lang = lang
        self.say = Phrasebook(lang)
        words = rulebook.vocabulary
        self._kinds: dict[str, Any] = {
            "matter": words.matters,
            "handler": words.parties,
            "lead": words.parties,
            "before": words.parties,
            "after": words.parties,
            "roles": words.roles,
            "flags": words.flags,
            "ask": words.facts,
        }

    def listed(self, words: tuple[str, ...], kind: str) -> str:
        """Name several, one after the other."""
        return self.say("semicolon").join(self.named(kind, word) for word in words)

    def leads(self, parties: tuple[str, ...]) -> str:
        """Name those who lead, or say that nobody does."""
        return self.listed(parties, "lead") or self.say("no-lead")

    def party(self, name: str) -> str:
        """Name a party."""
        return self.named("lead", name)

    def matter(self, name: str) -> str:
        """Name a matter."""
        return self.named("matter", name)

    def rule(self, name: str) -> str:
        """Say what a rule says."""
        return self.rulebook.rules[name].called(self.lang)

    def clause(self, reference: str) -> str:
        """Cite a clause."""
        return self.rulebook.vocabulary.label(reference) if self.lang == "zh" else reference.partition("/")[2]

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
        found: Entry | None = self._kinds.get(kind, {}).get(word)
        return found.called(self.lang) if found else word

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
