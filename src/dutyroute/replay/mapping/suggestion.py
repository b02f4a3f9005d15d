"""A draft of a map, from the vocabulary's names and what the columns hold."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from itertools import islice
from typing import Any

from dutyroute.messages import Lang, word
from dutyroute.replay.mapping.reading import Fault, Reading, fact_reading, handler_reading, texts_of
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.search import likely
from dutyroute.rulebook.vocabulary import MATTER, Vocabulary, folded

_LEAST = 0.2
"""What share of a column's rows has to translate for the column to be a fact's."""
_SHOWN = 30
"""How many values that could not be placed are listed."""
_OFFICE = ("agency", "dispose_unit", "department", "handler")
# In the order in which they are looked for: `单位` alone is the weakest.
_HINTS = {
    "id": ("工单编号", "编号", "工单号", "案件号", "案号", "流水号", "uniquekey", "rec_id", "caseid", "id"),
    "handler": ("承办", "处置", "责任单位", "主办", "办理单位", "处理单位", "单位", *_OFFICE),
    "area": ("街道", "镇", "区域", "辖区", "社区", "street", "borough", "area", "district", "community"),
    "day": ("时间", "日期", "date", "time", "created"),
}


@dataclass(frozen=True, slots=True)
class _Guess:
    """A column that may hold a fact, the share of its values that it explains, and the others."""

    column: str
    share: float
    unplaced: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class MapDraft:
    """A draft of a map: which column may be what, and the values that no word matches."""

    id: str | None
    facts: Mapping[str, _Guess]
    handler: _Guess | None
    area: str | None
    unused: tuple[str, ...]
    words: Vocabulary = field(repr=False)

    def text(self, lang: Lang) -> str:
        """Write the draft as YAML; what has to be filled in is a comment."""
        lines = [f"# {word('draft-head', lang)}", "map:"]
        if self.id is not None:
            lines.append(f"  id: {_quoted(self.id)}")
        lines.append("  facts:")
        if MATTER not in self.facts:
            lines.append(f"    # {word('draft-no-matter', lang)}")
        for fact, guess in self.facts.items():
            lines += [f"    {fact}:", *self._guess(fact, guess, "      ", lang)]
        if self.handler is not None:
            lines += ["  handler:", *self._guess("handler", self.handler, "    ", lang)]
        if self.area is not None:
            lines.append(f"  area: {_quoted(self.area)}")
        return "\n".join(lines) + "\n"

    def _guess(self, fact: str, guess: _Guess, indent: str, lang: Lang) -> Iterator[str]:
        yield f"{indent}column: {_quoted(guess.column)}"
        if guess.unplaced:
            yield f"{indent}# {word('draft-values', lang)}"
            yield f"{indent}# values:"
            for value, rows in guess.unplaced[:_SHOWN]:
                yield f"{indent}#   {_quoted(value)}:   # {remark_on(fact, value, rows, self.words, lang)}"

    def left(self, lang: Lang) -> list[str]:
        """List what is left to a person: columns without a fact, and values that no word matches."""
        lines = []
        if MATTER not in self.facts:
            lines.append(word("draft-no-matter", lang))
        for fact, guess in (*self.facts.items(), ("handler", self.handler)):
            if guess is not None and guess.unplaced:
                values = {"column": guess.column, "fact": fact, "count": len(guess.unplaced)}
                lines.append(word("draft-left", lang, **values))
        if self.unused:
            lines.append(word("draft-unused", lang, columns="、".join(self.unused)))
        return lines


def remark_on(fact: str, value: str, rows: int, words: Vocabulary, lang: Lang) -> str:
    """Say of a value that means nothing known how many rows have it, and of a matter what it may mean."""
    near = likely(value, words.facts[MATTER], words) if fact == MATTER else None
    return word("draft-rows-near" if near else "draft-rows", lang, rows=rows, near=near)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def suggest_map(source: Any, rulebook: Rulebook) -> MapDraft:
    """
    Draft a map of a source from its headings and its first rows.

    What the draft leaves open has to be filled in by a person: `MapDraft.left` says it.
    """
    words = rulebook.vocabulary
    counts: dict[str, Counter[str]] = {name: Counter() for name in source.columns}
    # The first chunk is enough: up to 65,536 rows.
    for batch in islice(source.batches(), 1):
        for name, values in zip(source.columns, batch.table.columns, strict=True):
            counted = texts_of(values).value_counts().to_pylist()
            said = (each for each in counted if each["values"] is not None)
            counts[name] = Counter({each["values"]: each["counts"] for each in said})
    free = dict.fromkeys(source.columns)
    # The columns that a heading gives away are taken first, so that no fact gets them by its values.
    identity, handling = _hinted("id", free), _hinted("handler", free)
    by_name = handler_reading(words, {}, {}, {})
    handler = None if handling is None else _tried(handling, counts[handling], by_name)
    facts = {}
    for fact in sorted(words.facts.values(), key=lambda fact: fact.id != MATTER):
        guess = _fact(fact, words, counts, free)
        if guess is not None:
            facts[fact.id] = guess
            free.pop(guess.column, None)
    area = _hinted("area", free)
    return MapDraft(identity, facts, handler, area, tuple(free), words)


def _hinted(kind: str, free: dict[str, None]) -> str | None:
    """Take the first free column whose heading says so."""
    for hint in _HINTS[kind]:
        for column in free:
            # A word of two letters is in many others: an incident is no id.
            is_whole = re.search(rf"(?<![a-z]){hint}(?![a-z])", column, re.IGNORECASE) is not None
            if is_whole if hint == "id" else hint in folded(column):
                free.pop(column)
                return column
    return None


def _fact(fact: Any, words: Any, counts: dict[str, Counter[str]], free: dict[str, None]) -> _Guess | None:
    """Find the column that is a fact: by its heading, else by its values."""
    # A heading that is the name of a fact beats any values: a column may be empty for months.
    reading = fact_reading(fact, words, {}, (), UTC)
    names = {folded(name) for name in (fact.id, fact.name, fact.english, *fact.aliases)}
    tried = [_tried(column, counts[column], reading) for column in free]
    by_name = [each for each in tried if folded(each.column) in names]
    if fact.type == "date":
        dated = (each for each in tried if any(hint in folded(each.column) for hint in _HINTS["day"]))
        by_name += [each for each in dated if each.share > _LEAST]
    if by_name:
        return by_name[0]
    # Numbers and yes or no are in too many columns to be recognised by their values.
    if fact.type not in ("tree", "enum"):
        return None
    best = max(tried, key=lambda each: each.share, default=None)
    return best if best is not None and best.share >= _LEAST else None


def _tried(column: str, counts: Counter[str], reading: Reading) -> _Guess:
    """Measure what share of a column's rows a reading understands, and list the rest."""
    read = {text: reading(text) for text in counts}
    said = {text: rows for text, rows in counts.items() if read[text] is not None}
    unplaced = Counter({text: rows for text, rows in said.items() if isinstance(read[text], Fault)})
    total = sum(said.values())
    share = 1 - unplaced.total() / total if total else 0.0
    return _Guess(column, share, tuple(unplaced.most_common()))
