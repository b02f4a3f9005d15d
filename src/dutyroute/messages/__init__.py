"""The words of every message, in Chinese and in English, keyed by code."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal

__all__ = ["LANGUAGES", "TOPICS", "Lang", "Text", "language", "text", "word"]

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
TOPICS = (
    "files",
    "rules",
    "incidents",
    "cases",
    "findings",
    "analysis",
    "extras",
    "replay",
    "sources",
    "ledger",
    "engines",
    "oversight",
)


@dataclass(frozen=True, slots=True)
class Text:
    """
    One message: what is wrong, and the way out.

    `help` may name values that are not always known (a suggestion, say);
    where one of them is missing or empty, `otherwise` is said instead.
    """

    message: str
    help: str = ""
    otherwise: str = ""

    def way_out(self, values: Mapping[str, object]) -> str:
        """Say the way out with the values at hand, or as far as they go."""
        return _fill(self.help, values) or _fill(self.otherwise, values) or ""

    def said(self, values: Mapping[str, object]) -> str:
        """Say the message; a missing value shows as its name."""
        return self.message.format_map(_Named(values))


class _Named(dict[str, object]):
    """Values for a template; a missing one shows as its own name."""

    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def _fill(template: str, values: Mapping[str, object]) -> str | None:
    try:
        return template.format_map(_Known(values))
    except KeyError:
        return None


class _Known(dict[str, object]):
    """Values for a template; an empty one counts as missing."""

    def __getitem__(self, key: str) -> object:
        value = super().__getitem__(key)
        if value is None or value == "":
            raise KeyError(key)
        return value


def language() -> Lang:
    """
    Tell the reader's language: `DUTYROUTE_LANG`, else the locale, else English.

    Read at each call, so that a service can answer in two languages.
    """
    for name in ("DUTYROUTE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def text(code: str, lang: Lang | None = None) -> Text:
    """Return the message filed under a code; an unknown code is a programming error."""
    return _catalogue()[code][lang or language()]


def word(key: str, lang: Lang | None = None) -> str:
    """Return one fixed word or heading of the interface."""
    from dutyroute.messages.words import WORDS

    return WORDS[key][lang or language()]


@cache
def _catalogue() -> dict[str, dict[Lang, Text]]:
    """Gather the topics; one code stands in one topic only."""
    topics = (import_module(f"{__name__}.{topic}").MESSAGES for topic in TOPICS)
    return {code: texts for topic in topics for code, texts in topic.items()}
