"""Errors of YAML syntax, described in plain words at the place to correct."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dutyroute.diagnostics import Related
from dutyroute.rulebook.loader.page import Page, bad_escape, shown
from dutyroute.rulebook.loader.scalar import COMPARISON, ODD_SPACES

__all__ = ["LINE_OPENING", "Broken", "explain"]

LINE_OPENING = re.compile(r" *(?:- +)*")
"""What may stand before a key that begins on its line."""


class Broken(Exception):
    """
    The text cannot be read on: what the parser said, and where.

    Two parsers word the same fault differently, so only a few words of theirs
    are looked at, and the text itself tells the rest.
    """

    def __init__(self, context: str, problem: str, begin: int, at: int, last: tuple[int, int]) -> None:
        self.context = context
        self.problem = problem
        self.begin = begin
        """Where the construct began that could not be finished."""
        self.at = at
        """Where reading stopped."""
        self.last = last
        """The last scalar, list or mapping that was understood."""
        super().__init__(context, problem, begin, at, last)

    @property
    def is_final(self) -> bool:
        """Return whether reading again without the fault would be no use."""
        return self.context == "events"

    @classmethod
    def told(cls, error: Any, last: tuple[int, int]) -> Broken:
        """Take over what a parser's error says."""
        at = error.problem_mark.index
        begin = error.context_mark.index if error.context_mark else at
        return cls(error.context or "", error.problem or "", begin, at, last)


Found = tuple[str, int, int, str]
"""The code of a fault, the stretch it is about, and the author's words."""


def explain(page: Page, text: str, broken: Broken) -> int:
    """Note the fault on the page, and return where the trouble began."""
    code, start, end, word = _found(text, page, broken)
    follows = code == "bad-indentation" and page.has("tab-indentation")
    if not (follows or page.is_faulty_at(start)):  # the parser stumbles over what was told before
        page.fault(
            code, start, end, _opening(page, broken) if code == "wrong-bracket" else (), word=shown(word)
        )
    return start


def _opening(page: Page, broken: Broken) -> tuple[Related, ...]:
    """Show the bracket that is open where another one closes."""
    return (Related("also-here", span=page.span(broken.begin, broken.begin + 1)),)


def _found(text: str, page: Page, broken: Broken) -> Found:
    for context, tell in _LIMITS.items():
        if broken.context == context:
            return tell(text, page, broken)
    inside = "quoted scalar" in broken.context  # there a colon is a letter like others
    return (None if inside else _culprit(text, page, broken)) or _by_context(text, page, broken)


# -- what is wrong on the line, whatever the parser makes of it

_WIDE_COLON = re.compile(r" *(?:- +)*([A-Za-z_][\w-]*) *(：)")
_TIGHT_COLON = re.compile(r" *(?:- +)*([A-Za-z_][A-Za-z0-9_-]*)(:)(?=[^\s:/])", re.ASCII)
_TIGHT_DASH = re.compile(r" *(-)(?=[A-Za-z_]+:)")
_ODD_INDENT = re.compile(f" *([{ODD_SPACES}]+)")
_CURLY = re.compile(r" *(?:- +)*[\w-]+: +([“‘＂＇「『])")
_WIDE_BRACKET = re.compile(r" *(?:- +)*[\w-]+: +([［｛【])")

_LINE_FAULTS = (
    ("odd-space", _ODD_INDENT),
    ("full-width-colon", _WIDE_COLON),
    ("missing-dash-space", _TIGHT_DASH),
    ("missing-space", _TIGHT_COLON),
    ("full-width-bracket", _WIDE_BRACKET),
)


def _culprit(text: str, page: Page, broken: Broken) -> Found | None:
    """Look on the line where reading stopped, and on those it stopped because of."""
    for number in _suspects(text, page, broken):
        for code, pattern in _LINE_FAULTS:
            if found := pattern.match(text, page.starts[number]):
                start, end = found.span(found.re.groups)
                return code, start, end, found[1]
    return None


def _suspects(text: str, page: Page, broken: Broken) -> list[int]:
    stop = page.line_at(min(broken.at, max(len(text) - 1, 0)))
    begin, end = (page.line_at(offset) for offset in broken.last)
    lines = {stop, _above(text, page, stop)}
    if "simple key" in broken.context:
        lines.add(page.line_at(broken.begin))
    if begin < end and end >= stop - 1:
        lines.add(begin)
    return sorted(lines)


_REACH = 200


def _above(text: str, page: Page, stop: int) -> int:
    """Return the nearest line above that says anything."""
    for number in range(stop - 1, max(stop - _REACH, -1), -1):
        start = page.starts[number]
        line = text[start : start + len(page.line(number))].strip(" ")
        if line and not line.startswith("#"):
            return number
    return stop


# -- what the parser was at when it stopped


def _by_context(text: str, page: Page, broken: Broken) -> Found:
    said = f"{broken.context} {broken.problem}"
    for words, tell in _TELLERS:
        if any(word in said for word in words):
            return tell(text, page, broken)
    return _unclear(text, page, broken)


def _unclear(text: str, page: Page, broken: Broken) -> Found:
    return _rest("bad-yaml", text, broken.at)


def _rest(code: str, text: str, start: int) -> Found:
    """Blame what stands from an offset to the end of its line."""
    words = text[start : start + 200].splitlines()
    rest = words[0].rstrip() if words else ""
    return code, start, start + max(len(rest), 1), rest


def _too_deep(text: str, page: Page, broken: Broken) -> Found:
    return "nested-too-deeply", broken.at, broken.at + 1, text[broken.at : broken.at + 1]


def _too_many(text: str, page: Page, broken: Broken) -> Found:
    return "too-many-values", broken.at, broken.at + 1, ""


def _escape(text: str, page: Page, broken: Broken) -> Found:
    begin = min(broken.begin, max(broken.at - 2, 0))  # behind `\\U` where its number is out of reach
    start, end = bad_escape(text, begin, len(text)) or (broken.at, broken.at + 1)
    return "bad-escape", start, end, text[start:end]


def _quote(text: str, page: Page, broken: Broken) -> Found:
    return "unclosed-quote", broken.begin, broken.begin + 1, text[broken.begin : broken.begin + 1]


def _bracket(text: str, page: Page, broken: Broken) -> Found:
    opening, stop = text[broken.begin], text[broken.at : broken.at + 1]
    if stop in ("]", "}"):
        return "wrong-bracket", broken.at, broken.at + 1, stop
    below = page.line_at(broken.begin) < page.line_at(broken.at)
    if not stop or (
        below and (stop == ":" or _OPENS_ENTRY.match(text, page.starts[page.line_at(broken.at)]))
    ):
        return "unclosed-bracket", broken.begin, broken.begin + 1, opening
    if stop == ":":
        return "colon-in-text", broken.at, broken.at + 1, text[slice(*broken.last)]
    found = re.compile(r"[^\s,\]}]+").match(text, broken.at)
    end = found.end() if found else broken.at + 1
    return "missing-comma", broken.at, end, text[broken.at : end]


def _colonless(text: str, page: Page, broken: Broken) -> Found:
    return _rest("missing-colon", text, broken.begin)


def _colon(text: str, page: Page, broken: Broken) -> Found:
    """Distinguish a key that is indented too far from a text with a colon in it."""
    first = page.starts[page.line_at(broken.at)]
    if found := _CURLY.match(text, first):
        return "curly-quotes", found.start(1), found.end(1), found[1]
    opening = _KEY.fullmatch(text, first, broken.at)
    if opening and len(opening[1]) < _LONGEST_KEY:
        return "bad-indentation", opening.start(1), opening.end(1), opening[1]
    return "colon-in-text", broken.at, broken.at + 1, text[first : broken.at].rpartition(": ")[2].strip()


def _dash(text: str, page: Page, broken: Broken) -> Found:
    return _rest("dash-after-key", text, broken.at)


def _block(text: str, page: Page, broken: Broken) -> Found:
    """Find what ended a list or mapping too soon: a bracket, a quote, or indentation."""
    begin, end = broken.last
    between = text[end : broken.at]
    if text[end - 1 : end] in ("'", '"') and not between.strip(" "):
        if page.line_at(begin) < page.line_at(end):
            return "unclosed-quote", begin, begin + 1, text[begin]
        return _rest("text-after-quote", text, broken.at)
    return _node(text, page, broken)


def _node(text: str, page: Page, broken: Broken) -> Found:
    stop = text[broken.at : broken.at + 1]
    if stop in _STRAY:
        return _STRAY[stop], broken.at, broken.at + 1, stop
    return _rest("bad-indentation", text, broken.at)


_STRAY = {
    **dict.fromkeys("]}", "stray-bracket"),
    ",": "stray-comma",
    "?": "special-character",
    ":": "nothing-before-colon",
}


def _document(text: str, page: Page, broken: Broken) -> Found:
    if re.search(r"^\.\.\.", text[: broken.at], re.MULTILINE):
        return _rest("several-documents", text, broken.at)
    return _unclear(text, page, broken)


def _special(text: str, page: Page, broken: Broken) -> Found:
    if found := COMPARISON.match(text, broken.begin):
        return "comparison-sign", found.start(), found.end(), found.group()
    return "special-character", broken.begin, broken.begin + 1, text[broken.begin : broken.begin + 1]


def _tight(text: str, page: Page, broken: Broken) -> Found:
    word = text[broken.begin : broken.at]
    return "missing-space", broken.at, broken.at + 1, word


_OPENS_ENTRY = re.compile(r" *- ")
_LONGEST_KEY = 1_000  # YAML wants the colon of a key within 1,024 characters
_KEY = re.compile(r" *(?:- +)*([\w.-]+) *")
_Teller = Callable[[str, Page, Broken], Found]
# The order matters: a bad escape, for one, is reported "while scanning a double-quoted scalar".
_TELLERS: tuple[tuple[tuple[str, ...], _Teller], ...] = (
    (("document start",), _document),
    (("escape", "hexadecimal", "hexdecimal", "Unicode"), _escape),
    (("quoted scalar",), _quote),
    (("flow sequence", "flow mapping"), _bracket),
    (("unexpected ':'",), _tight),
    (("simple key",), _colonless),
    (("mapping values",), _colon),
    (("sequence entries",), _dash),
    (("block mapping", "block collection"), _block),
    (("node",), _node),
    (("start any token", "anchor", "alias", "tag", "block scalar", "mapping keys"), _special),
)
"""Words in what the parsers say, and what they come from; the first that fits counts."""

_LIMITS: dict[str, _Teller] = {"depth": _too_deep, "events": _too_many}
