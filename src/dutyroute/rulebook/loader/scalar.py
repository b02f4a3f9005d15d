"""What a plain scalar means, and when it only looks as if it meant something."""

from __future__ import annotations

import re
from datetime import date

from dutyroute.formats.timestamp import DAY

Scalar = str | bool | int | date | None

ODD_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""Blanks that YAML takes for letters; the last, the ideographic one, is what Chinese keyboards give."""

_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DIGITS = 18  # fits 64 bits; longer ones are numbers of papers and phones, hence text


class Unreadable(ValueError):
    """A plain scalar that must not be guessed at; its argument is the fault's code."""


def plain(text: str) -> Scalar:
    """
    Read a scalar that stands without quotes.

    Far fewer words mean something than in YAML 1.1, where `no` is false and
    `12:30` is 750; here whatever is not listed is text.

    >>> plain("true"), plain("7"), plain("2026-03-01"), plain("no"), plain("12:30")
    (True, 7, datetime.date(2026, 3, 1), 'no', '12:30')

    Raises:
        Unreadable: for a day that no calendar has, and for an endless number.
    """
    if text in _WORDS:
        return _WORDS[text]
    # Two scalars in three are words: one look at the first character spares two patterns.
    if text[0] not in "-0123456789":
        return text
    if _INTEGER.fullmatch(text):
        if len(text.lstrip("-")) > _DIGITS:
            raise Unreadable("long-number")
        return int(text)
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else text
    except ValueError:
        raise Unreadable("impossible-date") from None


_EDGE = re.compile(f"^[{ODD_SPACES}]+|[{ODD_SPACES}]+$")
_AFTER_COLON = re.compile(f"[A-Za-z_][A-Za-z0-9_-]*:([{ODD_SPACES}]+)")
_ODD = re.compile(f"[{ODD_SPACES}]+")
_TIGHT_DASH = re.compile("-[A-Za-z_]")
_WIDE_COLON = re.compile(r"^[A-Za-z_][\w.-]*[ \u3000]*(：)")
_TIGHT_COLON = re.compile(r"^[A-Za-z_][A-Za-z0-9_-]*(:)(?!//)[^\s:]", re.ASCII)
_WIDE_COMMA = re.compile(r"[a-z][a-z0-9_/.-]+\s*([，、；]\s*[a-z][a-z0-9_/.-]+\s*)+")
COMPARISON = re.compile(r"(?:[<>]=?|[≤≥≦≧＜＞]) *[0-9][0-9-]*")
_CURLY = re.compile(r"[“”‘’＂＇「」『』]([A-Za-z0-9_/.-]+)[“”‘’＂＇「」『』]")

Doubt = tuple[str, int, int]
"""The code of a fault and the stretch of the scalar that it is about."""


def doubt(text: str, *, opens_line: bool) -> Doubt | None:
    """
    Tell why a plain text is likely not what its author meant; None if it is.

    A colon of the wrong kind turns `matter：fire` into a text. Inside a title
    the same colon is right, so it counts only where a key could begin.

    >>> doubt("matter：fire", opens_line=True)
    ('full-width-colon', 6, 7)
    >>> doubt("街道：消防查处", opens_line=True)
    """
    if found := _EDGE.search(text):
        return "odd-space", *found.span()
    if found := _AFTER_COLON.match(text):
        return "odd-space", *found.span(1)
    if found := _WIDE_COMMA.fullmatch(text):
        return "full-width-comma", found.start(1), found.start(1) + 1
    for code, pattern in (("curly-quotes", _CURLY), ("comparison-sign", COMPARISON)):
        if pattern.fullmatch(text):
            return code, 0, len(text)
    return _colon(text) if opens_line else None


def key_doubt(key: str) -> Doubt | None:
    """Return why a key is likely not the key its author meant; None if it is."""
    if found := _ODD.search(key):
        return "odd-space", *found.span()
    if _TIGHT_DASH.match(key):
        return "missing-dash-space", 0, 1
    return _colon(key)


def _colon(text: str) -> Doubt | None:
    for code, pattern in (("full-width-colon", _WIDE_COLON), ("missing-space", _TIGHT_COLON)):
        if found := pattern.match(text):
            return code, *found.span(1)
    return None


SUSPECT = re.compile(f"[?<>≤≥≦≧＜＞：:，、；“”‘’＂＇「」『』{ODD_SPACES}]")
"""What a text has to hold for `doubt` to be worth a closer look."""
