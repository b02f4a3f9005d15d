"""What a map and the vocabulary do not understand, ranked, and the piece of a map that would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dutyroute.messages import Lang, word
from dutyroute.record import JsonRecord
from dutyroute.replay.mapping.suggestion import remark_on
from dutyroute.replay.summary import OTHERS, Tally
from dutyroute.rulebook.vocabulary import HANDLER, Vocabulary

_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class UnreadText(JsonRecord):
    """A text of a fact that means nothing known, and how many rows have it."""

    fact: str
    value: str
    rows: int


def unread_texts(tally: Tally) -> tuple[UnreadText, ...]:
    """List the texts that mean nothing known, those of most rows first."""
    listed = (
        UnreadText(fact, text, rows)
        for fact, counts in (tally.unread or {}).items()
        for text, rows in counts.most_common(_LISTED)
    )
    return tuple(sorted(listed, key=lambda each: (-each.rows, each.fact, each.value)))


def map_piece(tally: Tally, words: Vocabulary, lang: Lang) -> str:
    """Write the piece of a map.yaml in which a person says what those texts mean; of matters, what they may mean."""
    by_fact: dict[str, list[UnreadText]] = {}
    for each in unread_texts(tally):
        if each.value != OTHERS:
            by_fact.setdefault(each.fact, []).append(each)
    handlers = by_fact.pop(HANDLER, [])
    lines = ["map:"]
    if by_fact:
        lines.append("  facts:")
        for fact, texts in by_fact.items():
            lines += [f"    {fact}:", "      values:", *_values(texts, "        ", words, lang)]
    if handlers:
        lines += ["  handler:", "    values:", *_values(handlers, "      ", words, lang)]
    return "\n".join(lines) if by_fact or handlers else ""


def _values(texts: list[UnreadText], indent: str, words: Vocabulary, lang: Lang) -> Iterator[str]:
    # Not left empty: that would be null, which means that the text says nothing.
    for each in texts:
        text = json.dumps(each.value, ensure_ascii=False)
        remark = remark_on(each.fact, each.value, each.rows, words, lang)
        yield f"{indent}{text}: {word('draft-to-fill', lang)}   # {remark}"
