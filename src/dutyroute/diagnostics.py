"""Faults in a file: the place, what is wrong, and a fix; and how they are shown in a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from dutyroute.messages import Lang, language, text, word, worded
from dutyroute.messages.outside import one_line

Severity = Literal["error", "warning", "note"]
Place = tuple[str | int, ...]
On = Literal["key", "value"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """
    A stretch of one line of one file.

    `line` and `column` count from 1, columns in characters; `end` is the column
    after the last character. `excerpt` is the line itself, for drawing.
    """

    path: str
    line: int
    column: int
    end: int
    excerpt: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to a fault, with the word that says how."""

    word: str
    at: Place = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """
    A fault in what an author wrote.

    `code` names the check in kebab-case and never changes meaning. `values` fill
    the message. `at` is the path of keys and indexes inside the assembled
    rulebook, and `on` tells whether the key or its value is meant; `span` is
    the place in a file, where there is a file.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    at: Place = ()
    on: On = "value"
    span: Span | None = None
    related: tuple[Related, ...] = ()
    severity: Severity = "error"

    def message(self, lang: Lang | None = None) -> str:
        """Say what is wrong, in one sentence."""
        return text(self.code, lang).said(worded(self.values, lang or language()))

    def help(self, lang: Lang | None = None) -> str:
        """Return the suggested fix; empty if there is none."""
        return text(self.code, lang).way_out(worded(self.values, lang or language()))

    def to_dict(self, lang: Lang | None = None) -> dict[str, object]:
        """Return the fault as plain data, its message in a language; without a file, no place."""
        span = self.span
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message(lang),
            "help": self.help(lang) or None,
            "path": span.path if span else None,
            "line": span.line if span else None,
            "column": span.column if span else None,
            "at": list(self.at),
        }

    def __str__(self) -> str:
        return draw(self)


def draw(diagnostic: Diagnostic, lang: Lang | None = None) -> str:
    """
    Draw a diagnostic for a terminal: place, line, underline, fix.

    Underlines count terminal cells, since a Chinese character is two wide.
    """
    chosen = lang or language()
    place = f"{diagnostic.span}: " if diagnostic.span else _path(diagnostic.at)
    severity = word(diagnostic.severity, chosen)
    lines = [f"{place}{severity}[{diagnostic.code}]: {diagnostic.message(chosen)}"]
    lines += _excerpt(diagnostic.span)
    for other in diagnostic.related:
        where = str(other.span) if other.span else _path(other.at).removesuffix(": ")
        lines.append(f"   = {word(other.word, chosen)}: {where}")
    if way_out := diagnostic.help(chosen):
        lines.append(f"   = {word('help', chosen)}: {way_out}")
    return "\n".join(lines)


def _path(at: Place) -> str:
    return one_line(".".join(str(part) for part in at)) + ": " if at else ""


_EXCERPT_CELLS = 160


def _excerpt(span: Span | None) -> list[str]:
    if span is None or not span.excerpt:
        return []
    gutter = " " * len(str(span.line))
    start, end = span.column - 1, max(span.end - 1, span.column)
    shown = span.excerpt
    if len(shown) > _EXCERPT_CELLS:  # a line of a megabyte must not fill the terminal
        cut = max(0, start - 40)
        shown = shown[cut : cut + _EXCERPT_CELLS]
        start, end = start - cut, min(end - cut, len(shown))
    # Blanks, since odd blanks are what many faults are about, and an underline must fit them.
    shown = "".join(c if c.isprintable() else " " for c in shown)
    under = " " * width(shown[:start]) + "^" * max(1, width(shown[start:end]))
    return [f"{gutter} |", f"{span.line} | {shown}", f"{gutter} | {under}"]


def width(shown: str) -> int:
    """
    Count the terminal cells that a text takes.

    >>> width("street"), width("街道办事处")
    (6, 10)
    """
    cells = 0
    for char in shown:
        if not unicodedata.combining(char) and unicodedata.category(char) not in {"Cf", "Mn", "Me"}:
            cells += 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
    return cells


def nearest(word: object, known: Iterable[str]) -> str | None:
    """
    Return the known word that a mistyped one most likely meant.

    Where `known` maps identifiers to entries with names and aliases, these count
    as well, and the identifier is returned with the entry's name behind it.

    >>> nearest("street-ofice", ["street-office", "housing"])
    'street-office'
    """
    if not isinstance(word, str):
        return None
    shown: dict[str, str] = {}
    if isinstance(known, Mapping):
        for id_, entry in known.items():
            if hasattr(entry, "spellings"):
                shown |= dict.fromkeys(entry.spellings(), f"{id_} {entry.called('zh')}")
    if word in shown:
        return shown[word]
    wanted = unicodedata.normalize("NFKC", word[:100]).lower()
    found = next(iter(get_close_matches(wanted, _alike(wanted, shown or known), n=1, cutoff=0.6)), None)
    return None if found is None else shown.get(found, found)


def several(word: object, known: Container[str]) -> list[str]:
    """
    Split a text into the known words that were meant as a list; nothing where it is no list.

    >>> several("fire noise", {"fire", "noise"}), several("fire lane", {"fire", "noise"})
    (['fire', 'noise'], [])
    """
    parts = re.split(r"[\s,，、;；]+", str(word))
    return parts if len(parts) > 1 and all(part in known for part in parts) else []


_MOST_COMPARED = 300
"""How many words are compared letter by letter: a rulebook may hold thousands."""


def _alike(wanted: str, known: Iterable[str]) -> list[str]:
    """Narrow the known words down to those of about the same length and letters."""
    letters = set(wanted)
    slack = max(2, len(wanted) // 2)
    alike = [
        w for w in known if abs(len(w) - len(wanted)) <= slack and len(letters & set(w)) * 2 >= len(letters)
    ]
    if len(alike) > _MOST_COMPARED:
        alike.sort(key=lambda w: (-len(letters & set(w)), abs(len(w) - len(wanted)), w))
    return sorted(alike[:_MOST_COMPARED])
