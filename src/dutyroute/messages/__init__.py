"""
Every text that people read, in Chinese and in English.

The texts are in YAML files beside this module, one for each area, so that
people who write no Python can correct them. An entry has this shape:

    code:
      zh: "a text with {placeholders}; write \\" for a quote and \\\\ for a backslash"
      en: "the same in English"
      zh-help: "what the reader can do (may be left out, as all that follows)"
      en-help: "the same in English"
      zh-otherwise: "what is said instead where a value of the help is not known"
      en-otherwise: |-
        a text of several lines
        is indented by four spaces

A code is defined once in all files. Tests compare this module's reader with
PyYAML, and the codes and placeholders with their use.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar

from dutyroute.messages.outside import one_line

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
_Chosen = TypeVar("_Chosen")

AREAS = (
    *("help", "common", "cli", "rulebook", "incidents", "cases", "check", "diff"),
    *(
        "coverage",
        "mutation",
        "replay",
        "report",
        "ledger",
        "oversight",
        "rete",
        "schema",
        "control",
        "duties",
        "sheet",
        "slip",
    ),
)
"""The files, in the order in which they are searched: what `--help` needs comes first."""

_LOADER: Any = __spec__.loader

# The files are read without a YAML library: importing one would double the time of `--help`.
_ENTRY = re.compile(r"^([a-z][a-z0-9_-]*):\n((?:  .+\n)+)", re.MULTILINE)
_FIELD = re.compile(r'^  ([a-z-]+): (?:"((?:[^"\\\n]|\\["\\])*)"|\|-\n((?:    .+\n)+))', re.MULTILINE)
_ESCAPED = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Text:
    """
    One message and its help, in one language.

    The help may name values that are not always known, such as a suggestion;
    where one of them is missing or empty, `otherwise` is used instead.
    """

    message: str
    help: str = ""
    otherwise: str = ""

    def said(self, values: Mapping[str, object]) -> str:
        """Return the message with its placeholders filled; a missing value shows as its name."""
        return self.message.format_map(_Named(_on_one_line(values)))

    def way_out(self, values: Mapping[str, object]) -> str:
        """Return the help, or what is said otherwise, or nothing."""
        return _filled(self.help, values) or _filled(self.otherwise, values) or ""


def _on_one_line(values: Mapping[str, object]) -> dict[str, object]:
    """Make every value fit to be shown: most come from outside, and none may pass for a line of ours."""
    return {key: one_line(value) if isinstance(value, str) else value for key, value in values.items()}


class _Named(dict[str, object]):
    """Values of a template; a missing one shows as its own name."""

    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def _filled(template: str, values: Mapping[str, object]) -> str | None:
    """Return a template with its placeholders filled; None where a value is missing or empty."""
    try:
        return template.format_map(
            {k: v for k, v in _on_one_line(values).items() if v is not None and v != ""}
        )
    except KeyError:
        return None


def worded(values: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """Pick a language's wording of each value that is worded in both."""
    return {k: v[lang] if isinstance(v, Mapping) and lang in v else v for k, v in values.items()}


class Phrasebook:
    """
    Looks up words in one language.

    With an area, the keys are those of the area: `say("title")` of the area
    `report` is the entry `report-title`.
    """

    def __init__(self, lang: Lang, area: str = "") -> None:
        self.lang = lang
        self._prefix = f"{area}-" if area else ""

    def __call__(self, key: str, **values: object) -> str:
        """Return one phrase with its placeholders filled."""
        return word(self._prefix + key, self.lang, **values)

    def listed(self, words: Iterable[str]) -> str:
        """Join words as the language does."""
        return word("comma", self.lang).join(map(one_line, words))


def language() -> Lang:
    """
    Return the reader's language: `DUTYROUTE_LANG`, else the locale, else English.

    It is read at each call, so that a service can answer in two languages.
    """
    for name in ("DUTYROUTE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def chosen(lang: str | None, chinese: _Chosen, english: _Chosen) -> _Chosen:
    """Return what is in the reader's language, of a pair that is no message."""
    return chinese if (lang or language()) == "zh" else english


def text(code: str, lang: Lang | None = None) -> Text:
    """Return the text with a code; an unknown code is an error of the program."""
    return _text(code, lang or language())


def word(key: str, lang: Lang | None = None, **values: object) -> str:
    """Return a word, heading or phrase with its placeholders filled."""
    return text(key, lang).message.format(**_on_one_line(values))


def both(key: str, **values: object) -> dict[str, str]:
    """Return a phrase in both languages; a value may itself be such a pair."""
    return {lang: word(key, lang, **worded(values, lang)) for lang in LANGUAGES}


def joined(words: Sequence[str | Mapping[str, str]]) -> dict[str, str]:
    """Join words, or words in both languages, as each language does."""
    return {
        lang: word("comma", lang).join(w if isinstance(w, str) else w[lang] for w in words)
        for lang in LANGUAGES
    }


def sentence(code: str, values: Mapping[str, object], lang: Lang | None = None) -> str:
    """Return a message and its help, if there is any, on one line."""
    found = text(code, lang)
    way_out = found.way_out(values)
    return found.said(values) + (word("semicolon", lang) + way_out if way_out else "")


def codes() -> frozenset[str]:
    """Return the codes of all texts."""
    return frozenset(code for area in AREAS for code in _entries(area))


@cache
def _text(code: str, lang: Lang) -> Text:
    entry = next((found[code] for found in map(_entries, AREAS) if code in found), None)
    if entry is None:
        raise KeyError(code)
    fields = {
        name: "\n".join(line[4:] for line in block.splitlines()) if block else _ESCAPED.sub(r"\1", quoted)
        for name, quoted, block in _FIELD.findall(entry)
    }
    return Text(fields[lang], fields.get(f"{lang}-help", ""), fields.get(f"{lang}-otherwise", ""))


@cache
def _entries(area: str) -> dict[str, str]:
    """
    Find the entries of one file by their codes, each still as it is written.

    A command needs a few dozen of the thousand texts. Reading an entry when it
    is asked for, and a file when one of its entries is, takes a millisecond
    at start-up; reading everything would take ten.
    """
    # Not pathlib and not importlib.resources: importing them takes longer than all of this. The loader
    # also reads from a zip.
    path = os.path.join(os.path.dirname(__file__), f"{area}.yaml")
    try:
        return dict(_ENTRY.findall(_LOADER.get_data(path).decode()))
    except OSError:
        # No text could be read that says this.
        raise RuntimeError(
            f"dutyroute 安装不完整，缺少 {path}：请安装完整的 wheel；PyInstaller 要加 --collect-all dutyroute。 "
            f"dutyroute is not installed completely, {path} is missing: install the whole wheel; "
            "PyInstaller needs --collect-all dutyroute"
        ) from None
