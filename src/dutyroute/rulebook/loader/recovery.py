"""Reading on after a syntax error, so that one does not hide the next."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

from dutyroute.diagnostics import Diagnostic
from dutyroute.rulebook.loader.builder import PARSERS, Builder
from dutyroute.rulebook.loader.document import Document, Nodes
from dutyroute.rulebook.loader.page import Page, TooManyFaults, clean, shown
from dutyroute.rulebook.loader.syntax import DASHES, Broken, explain

# A file of 16 MB with a thousand errors would else be read a thousand times.
_EFFORT = 10_000_000
"""How many characters may be read again in all because of faults."""
_TRIES = 50


def read_page(page: Page, parser: Any = PARSERS[0]) -> Document:
    """
    Read a page as YAML and note all its faults on it.

    Where the syntax is broken, the list entry that holds the fault is blanked
    out and the page read again, so that other faults are found as well. The ids
    in the blanked parts are remembered.
    """
    try:
        return _read(page, parser)
    except TooManyFaults:
        return _lost(page)


def _read(page: Page, parser: Any) -> Document:
    # Blanks of the same length stand for what was removed, so that every offset stays true.
    text = clean(page)
    # `%YAML` and its like at the top are blanked out: parsers disagree about them.
    while found := _DIRECTIVE.match(text):
        page.fault("directive", found.start(1), found.end(1), word=found[1][:40])
        text = _blanked(text, *found.span(1))
    regions: list[tuple[int, int]] = []
    for tries_left in reversed(range(max(1, min(_TRIES, _EFFORT // max(len(text), 1))))):
        builder = Builder(page, parser)
        try:
            data = builder.build(text)
        except Broken as error:
            broken = _nesting(page, text, error)
            start, end = _entry(text, page, explain(page, text, broken))
            regions.append((start, end))
            rest, text = text, _blanked(text, start, end)
            # Nothing was left to blank out, or the text is too long: the same error would come again.
            if text == rest or broken.context == "events":
                break
            if not tries_left:
                page.enough(end)
        else:
            # Tabs within texts are refused, too: they would be read as blanks.
            for found in re.finditer("\t+", page.text):
                node = bisect_right(builder.nodes.starts, found.start()) - 1
                is_scalar = node >= 0 and builder.nodes.beyond(node) == node + 1
                if is_scalar and found.start() < builder.nodes.ends[node]:
                    page.fault("tab-in-text", *found.span())
            _hidden(page, builder.nodes)
            lost = _names(page, regions + builder.regions)
            return Document(page, data, builder.nodes, lost, is_whole=not regions)
    return _lost(page)


# One blank and no blank behind, or a number: `东苑小区 #3 楼`, unlike `housing  # the bureau`.
_HASH = re.compile(r"(?<=[^\s#]) #(?=[^\s#!]| ?\d)[^\r\n]*")


def _hidden(page: Page, nodes: Nodes) -> None:
    """Report text after ` #`, which YAML takes for a comment."""
    page.remarks.clear()
    for found in _HASH.finditer(page.text):
        node = bisect_right(nodes.starts, found.start()) - 1
        is_plain = node >= 0 and page.text[nodes.starts[node]] not in "'\"|>[{"
        if is_plain and nodes.ends[node] == found.start():
            text = page.text[nodes.starts[node] : found.end()].rstrip()
            span = page.span(found.start() + 1, found.end())
            values = {"text": shown(text), "word": shown(found[0].strip())}
            page.remarks.append(Diagnostic("text-after-hash", values, span=span, severity="warning"))


def _nesting(page: Page, text: str, broken: Broken) -> Broken:
    """
    Return the same error for deep nesting, whichever parser found it.

    From libyaml 0.2.6 on the fast parser has a limit of its own, and meets it
    while it looks ahead, before our smaller one is reached. The slow parser has
    none; it reads up to there only, since it is slow on megabytes of brackets.
    """
    if "nesting" in broken.problem:
        try:
            Builder(page, PARSERS[-1]).build(text[: broken.at])
        except Broken as found:
            return found
    return broken


def _lost(page: Page) -> Document:
    """Return a document of which only the names could be read."""
    return Document(page, None, Nodes(), _names(page, [(0, len(page.text))]), is_whole=False)


_DIRECTIVE = re.compile(r"(?:[ ]*(?:#[^\r\n]*)?[\r\n])*+(%[^\r\n]*)")


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + re.sub(r"[^\r\n]", " ", text[start:end]) + text[end:]


_DASHES = ("-", *DASHES)


def _entry(text: str, page: Page, offset: int) -> tuple[int, int]:
    """
    Find the outermost list entry that a place is in; failing that, its line.

    An entry begins with a dash and goes on as long as lines are indented more.
    """
    starts = page.starts
    at = page.line_at(offset)
    first, level = at, _indent(text, page, at)
    for number in range(at - 1, -1, -1):
        indent = _indent(text, page, number)
        if indent < level:
            level = indent
            first = number if text.startswith(_DASHES, starts[number] + indent) else first
        if level == 0:
            break
    own, last = _indent(text, page, first), max(first, at) + 1
    while last < len(starts) and _indent(text, page, last) > own:
        last += 1
    return starts[first], starts[last] if last < len(starts) else len(text)


_FAR = 1 << 30


def _indent(text: str, page: Page, number: int) -> int:
    """Count the blanks a line begins with; one that says nothing is far in."""
    start = page.starts[number]
    end = page.starts[number + 1] if number + 1 < len(page.starts) else len(text)
    line = text[start:end]
    bare = line.lstrip(" ")
    return len(line) - len(bare) if bare.strip() and not bare.startswith("#") else _FAR


# By a pattern, not by parsing: these parts are the ones that cannot be parsed.
_NAMED = re.compile(r"""\bid["']?: *["']?([^\s"',{}\[\]]+)""")


def _names(page: Page, regions: list[tuple[int, int]]) -> frozenset[str]:
    """List what was called what in the parts that are lost."""
    return frozenset(name for start, end in regions for name in _NAMED.findall(page.text, start, end))
