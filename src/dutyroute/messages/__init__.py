"""
Every text that people read, in Chinese and in English, kept in YAML files beside this module.

A file holds entries of one shape, which this module reads itself: importing a
YAML library would double the time that `--help` takes. Of YAML it knows only

    code:
      zh: "text, with {placeholders}; \\" and \\\\ stand for \" and \\"
      en: "the same in English"
      zh-help: "what to do about it (help and otherwise may be left out)"
      en-help: |-
        a text of several lines,
        indented by four spaces

and comments on lines of their own. A test reads the files with PyYAML and
compares. A code stands in one file only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

__all__ = [
    "LANGUAGES",
    "Lang",
    "Phrasebook",
    "Text",
    "both",
    "codes",
    "joined",
    "language",
    "sentence",
    "text",
    "word",
]

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")

_ENTRY = re.compile(r"^([a-z][a-z0-9_-]*):\n((?:  .+\n)+)", re.MULTILINE)
_FIELD = re.compile(r'^  ([a-z-]+): (?:"((?:[^"\\\n]|\\["\\])*)"|\|-\n((?:    .+\n)+))', re.MULTILINE)
_ESCAPED = re.compile(r'\\(["\\])')


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


class Phrasebook:
    """
    Says words of one language.

    With an `area`, keys are those of the area: `say("title")` of the area
    `report` is the entry `report-title`.
    """

    def __init__(self, lang: Lang, area: str = "") -> None:
        self.lang = lang
        self._prefix = f"{area}-" if area else ""

    def __call__(self, key: str, **values: object) -> str:
        """Return one phrase, its placeholders filled."""
        return word(self._prefix + key, self.lang, **values)

    def listed(self, words: Iterable[str]) -> str:
        """Write words one after the other, as the language does."""
        return word("comma", self.lang).join(words)


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
    """Return the text with a code; an unknown code is a programming error."""
    return _texts(code)[lang or language()]


def word(key: str, lang: Lang | None = None, **values: object) -> str:
    """Return a word, heading or phrase, its placeholders filled."""
    return text(key, lang).message.format(**values)


def both(key: str, **values: object) -> dict[str, str]:
    """Return a phrase in both languages; a value may itself be such a pair."""
    return {
        lang: word(key, lang, **{k: v[lang] if isinstance(v, Mapping) else v for k, v in values.items()})
        for lang in LANGUAGES
    }


def joined(words: Sequence[str | Mapping[str, str]]) -> dict[str, str]:
    """List words or pairs of words in both languages."""
    return {
        lang: word("comma", lang).join(w if isinstance(w, str) else w[lang] for w in words)
        for lang in LANGUAGES
    }


def sentence(code: str, values: Mapping[str, object], lang: Lang | None = None) -> str:
    """Say a message and, where there is one, the way out, on one line."""
    said = text(code, lang)
    way_out = said.way_out(values)
    return said.said(values) + (word("semicolon", lang) + way_out if way_out else "")


def codes() -> frozenset[str]:
    """Return the codes of all texts."""
    return frozenset(_entries())


@cache
def _entries() -> dict[str, str]:
    """
    Index the entries of all files, each still as it is written.

    A command says a few dozen of the thousand texts: finding where each stands
    takes two milliseconds, reading all would take ten.
    """
    files = sorted(Path(__file__).parent.glob("*.yaml"))
    return dict(pair for file in files for pair in _ENTRY.findall(file.read_text("utf-8")))


@cache
def _texts(code: str) -> dict[Lang, Text]:
    fields = {
        name: "\n".join(line[4:] for line in block.splitlines()) if block else _ESCAPED.sub(r"\1", quoted)
        for name, quoted, block in _FIELD.findall(_entries()[code])
    }
    return {
        lang: Text(fields[lang], fields.get(f"{lang}-help", ""), fields.get(f"{lang}-otherwise", ""))
        for lang in LANGUAGES
    }
