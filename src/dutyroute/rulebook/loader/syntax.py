"""Errors of YAML syntax, described in plain words at the place to correct."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dutyroute.diagnostics import Related
from dutyroute.rulebook.loader.page import Page, bad_escape, shown
from dutyroute.rulebook.loader.scalar import COMPARISON, ODD_SPACES

LINE_OPENING = re.compile(r" *(?:- +)*")
"""What may precede a key that begins on its line."""


@dataclass(eq=False)
class Broken(Exception):
    """
    The text cannot be read on: what the parser said, and where.

    Two parsers word the same fault differently, so only a few words of theirs
    are looked at, and the text itself tells the rest.
    """

    context: str
    problem: str
    begin: int
    """Where the construct began that could not be finished."""
    at: int
    """Where reading stopped."""
    last: tuple[int, int]
    """The last scalar, list or mapping that was understood."""


Found = tuple[str, int, int, str]
"""The code of a fault, the stretch it is about, and the author's words."""


def explain(page: Page, text: str, broken: Broken) -> int:
    """Note the fault on the page, and return where the trouble began."""
    code, start, end, word = _found(text, page, broken)
    follows = code == "bad-indentation" and any(fault.code == "tab-indentation" for fault in page.faults)
    if not (follows or page.is_faulty_at(start)):  # the parser stumbles over what was told before
        # Where a bracket of another kind closes, the one that is open is shown too.
        opening = Related("also-here", span=page.span(broken.begin, broken.begin + 1))
        page.fault(code, start, end, (opening,) if code == "wrong-bracket" else (), word=shown(word))
    return start


def _found(text: str, page: Page, broken: Broken) -> Found:
    if broken.context == "depth":
        return _sign("nested-too-deeply", text, broken.at)
    if broken.context == "events":
        return "too-many-values", broken.at, broken.at + 1, ""
    inside = "quoted scalar" in broken.context  # there a colon is a letter like others
    if not inside and (found := _culprit(text, page, broken)):
        return found
    if not inside and (margin := _margin(text, page, broken)):
        return margin
    said = f"{broken.context} {broken.problem}"
    for words, tell in _TELLERS:
        if any(word in said for word in words):
            return tell(text, page, broken)
    return _rest("bad-yaml", text, broken.at)


# -- what is wrong on the line, whatever the parser makes of it

DASHES = "－–—−‐‑─"
"""What an input method or a word processor writes for a dash."""
_CURLY = re.compile(r" *(?:- +)*[\w-]+: +([“‘＂＇「『])")
_LINE_FAULTS = (
    ("odd-space", re.compile(f" *([{ODD_SPACES}]+)")),
    ("full-width-colon", re.compile(r" *(?:- +)*([A-Za-z_][\w-]*) *(：)")),
    ("odd-dash", re.compile(f" *([{DASHES}])")),
    ("odd-comment", re.compile(r" *(＃|//)")),
    ("missing-dash-space", re.compile(r" *(-)(?=[A-Za-z_]+:)")),
    ("missing-space", re.compile(r" *(?:- +)*([A-Za-z_][A-Za-z0-9_-]*)(:)(?=[^\s:/])", re.ASCII)),
    ("full-width-bracket", re.compile(r" *(?:- +)*[\w-]+: +([［｛【])")),
)


def _culprit(text: str, page: Page, broken: Broken) -> Found | None:
    """Look on the line where reading stopped, and on those it stopped because of."""
    stop = page.line_at(min(broken.at, max(len(text) - 1, 0)))
    begin, end = (page.line_at(offset) for offset in broken.last)
    suspects = {stop, *list(_above(text, page, stop))[:1]}
    if "simple key" in broken.context:
        suspects.add(page.line_at(broken.begin))
    if begin < end and end >= stop - 1:
        suspects.add(begin)
    for number in sorted(suspects):
        for code, pattern in _LINE_FAULTS:
            if found := pattern.match(text, page.starts[number]):
                return code, *found.span(found.re.groups), found[1]
    return None


_REACH = 200


def _above(text: str, page: Page, stop: int) -> Iterator[int]:
    """Yield the lines above one that say anything, the nearest first."""
    for number in range(stop - 1, max(stop - _REACH, -1), -1):
        start = page.starts[number]
        line = text[start : start + len(page.line(number))].strip(" ")
        if line and not line.startswith("#"):
            yield number


_BRANCHING = "when|assign|for|holders|in_force|counts"
"""Keys inside an entry below which there are others."""
_AT_MARGIN = re.compile(rf"([A-Za-z_][\w-]*): +[^\s#\[{{|>]|({_BRANCHING}):")


def _margin(text: str, page: Page, broken: Broken) -> Found | None:
    """Find a key at the left margin, between lines that are indented: it belongs to what is above it."""
    stop = page.line_at(min(broken.at, max(len(text) - 1, 0)))
    above = [stop, *_above(text, page, stop)]
    # The lines from the fault up to the first that is not indented, and the one above that.
    key = next((i for i, line in enumerate(above) if text[page.starts[line]] != " "), 0)
    found = _AT_MARGIN.match(text, page.starts[above[key]])
    if key and found and key + 1 < len(above) and text[page.starts[above[key + 1]]] == " ":
        return "key-at-margin", *found.span(found.lastindex or 0), found[found.lastindex or 0]
    return None


# -- what the parser was at when it stopped


def _rest(code: str, text: str, start: int) -> Found:
    """Report what is written from an offset to the end of its line."""
    words = text[start : start + 200].splitlines()
    rest = words[0].rstrip() if words else ""
    return code, start, start + max(len(rest), 1), rest


def _sign(code: str, text: str, at: int) -> Found:
    """Blame one character."""
    return code, at, at + 1, text[at : at + 1]


def _escape(text: str, page: Page, broken: Broken) -> Found:
    begin = min(broken.begin, max(broken.at - 2, 0))  # behind `\\U` where its number is out of reach
    start, end = bad_escape(text, begin, len(text)) or (broken.at, broken.at + 1)
    return "bad-escape", start, end, text[start:end]


def _bracket(text: str, page: Page, broken: Broken) -> Found:
    stop, line = text[broken.at : broken.at + 1], page.line_at(broken.at)
    if stop in ("]", "}"):
        return _sign("wrong-bracket", text, broken.at)
    opens_entry = stop == ":" or _OPENS_ENTRY.match(text, page.starts[line])
    if not stop or (page.line_at(broken.begin) < line and opens_entry):
        return _sign("unclosed-bracket", text, broken.begin)
    if stop == ":":
        return "colon-in-text", broken.at, broken.at + 1, text[slice(*broken.last)]
    found = re.compile(r"[^\s,\]}]+").match(text, broken.at)
    end = found.end() if found else broken.at + 1
    return "missing-comma", broken.at, end, text[broken.at : end]


def _colon(text: str, page: Page, broken: Broken) -> Found:
    """Distinguish a key that is indented too far from a text with a colon in it."""
    first = page.starts[page.line_at(broken.at)]
    if found := _CURLY.match(text, first):
        return "curly-quotes", found.start(1), found.end(1), found[1]
    opening = _KEY.fullmatch(text, first, broken.at)
    if opening and len(opening[1]) < _LONGEST_KEY:
        return "bad-indentation", opening.start(1), opening.end(1), opening[1]
    if found := _TWO_KEYS.fullmatch(text, first, broken.at):
        return "two-keys-on-a-line", found.start(2), found.end(2), f"{found[1]}: {found[2]}"
    return "colon-in-text", broken.at, broken.at + 1, text[first : broken.at].rpartition(": ")[2].strip()


def _block(text: str, page: Page, broken: Broken) -> Found:
    """Find what ended a list or mapping too soon: a bracket, a quote, or indentation."""
    begin, end = broken.last
    between = text[end : broken.at]
    if text[end - 1 : end] in ("'", '"') and not between.strip(" "):
        if page.line_at(begin) < page.line_at(end):
            return _sign("unclosed-quote", text, begin)
        return _rest("text-after-quote", text, broken.at)
    before = text[page.starts[page.line_at(broken.at)] : broken.at].rstrip(" ")
    if before.endswith(("]", "}")) and text[broken.at : broken.at + 1] not in _STRAY:
        return _rest("text-after-bracket", text, broken.at)
    return _node(text, page, broken)


def _node(text: str, page: Page, broken: Broken) -> Found:
    stop = text[broken.at : broken.at + 1]
    if stop in _STRAY:
        return _sign(_STRAY[stop], text, broken.at)
    return _rest("bad-indentation", text, broken.at)


_STRAY = {
    **dict.fromkeys("]}", "stray-bracket"),
    ",": "stray-comma",
    "?": "special-character",
    ":": "nothing-before-colon",
}


def _document(text: str, page: Page, broken: Broken) -> Found:
    is_over = re.search(r"^\.\.\.", text[: broken.at], re.MULTILINE)
    return _rest("several-documents" if is_over else "bad-yaml", text, broken.at)


def _special(text: str, page: Page, broken: Broken) -> Found:
    if found := COMPARISON.match(text, broken.begin):
        return "comparison-sign", found.start(), found.end(), found.group()
    return _sign("special-character", text, broken.begin)


_OPENS_ENTRY = re.compile(r" *- ")
_LONGEST_KEY = 1_000  # YAML wants the colon of a key within 1,024 characters
# Of keys below which there are others; behind the rest a colon mostly belongs to a text.
_TWO_KEYS = re.compile(rf" *(?:- +)*({_BRANCHING}|any|all|not): +([a-z][a-z0-9_-]*) *")
_KEY = re.compile(r" *(?:- +)*([\w.-]+) *")
_Teller = Callable[[str, Page, Broken], Found]
# The order matters: a bad escape, for one, is reported "while scanning a double-quoted scalar".
_TELLERS: tuple[tuple[tuple[str, ...], _Teller], ...] = (
    (("document start",), _document),
    (("escape", "hexadecimal", "hexdecimal", "Unicode"), _escape),
    (("quoted scalar",), lambda text, _, broken: _sign("unclosed-quote", text, broken.begin)),
    (("flow sequence", "flow mapping"), _bracket),
    (
        ("unexpected ':'",),
        lambda text, _, b: ("missing-space", b.at, b.at + 1, text[b.begin : b.at]),
    ),
    (("simple key",), lambda text, _, broken: _rest("missing-colon", text, broken.begin)),
    (("mapping values",), _colon),
    (("sequence entries",), lambda text, _, broken: _rest("dash-after-key", text, broken.at)),
    (("block mapping", "block collection"), _block),
    (("node",), _node),
    (("start any token", "anchor", "alias", "tag", "block scalar", "mapping keys"), _special),
)
"""Words in what the parsers say, and what they come from; the first that fits counts."""
