"""The linker's faults as an author sees them: with places and advice, without those that only follow from others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dutyroute.diagnostics import Diagnostic, Related, Span
from dutyroute.messages import both
from dutyroute.rulebook.loader.document import Sources
from dutyroute.rulebook.loader.page import shown
from dutyroute.rulebook.validation.models import CODES
from dutyroute.rulebook.written import written

_UNDEFINED = frozenset(
    f"unknown-{kind}"
    for kind in ("party", "role", "matter", "fact", "flag", "rule", "instrument", "clause", "value")
)
# What a rule seems to lack when half of it could be read.
_HOLLOW = ("empty-rule", "default-not-assigned", "joint-of-one")


def causes(
    sources: Sources, faults: list[Diagnostic], linked: list[Diagnostic], root: Span
) -> Iterator[Diagnostic]:
    """
    Yield the linker's faults in their places, less those that only follow from others.

    Where a file cannot be read, all it defines seems missing, and a clerk would
    be sent after faults that are none.
    """
    aftermath = _Aftermath(sources, faults, linked)
    # Keys beside the one that they belong to; that one is reported.
    hollow = {fault.at[:-1] for fault in linked if fault.code == "nothing-below"}
    copied: dict[tuple[str, str], list[Diagnostic]] = {}
    for fault in linked:
        if fault.code == "unknown-key" and fault.at[:-1] in hollow:
            continue
        related = tuple(Related(r.word, r.at, r.span or sources.span(r.at)) for r in fault.related)
        span = fault.span or sources.span(fault.at, fault.on) or root
        values = {key: _worded(key, value) for key, value in fault.values.items()}
        placed = replace(fault, span=span, related=related, values=values)
        if aftermath.brought(placed):
            continue
        first = next((each.span for each in related if each.span is not None), None)
        if fault.code == "duplicate-id" and first is not None and first.path != span.path:
            copied.setdefault((span.path, first.path), []).append(placed)
        else:
            yield placed
    for (path, other), same in copied.items():
        # A file that somebody copied and left is one mistake, not one for each entry in it.
        values = {"path": path, "other": other, "count": len(same)}
        yield from same if len(same) < _COPIED else [replace(same[0], code="copied-file", values=values)]


_COPIED = 3
"""From how many common identifiers on one of two files is taken for a copy."""


def _worded(key: str, value: Any) -> Any:
    """Show what an author wrote as YAML would, and not at any length."""
    if isinstance(value, Mapping) and set(value) == {"zh", "en"}:
        return value
    if isinstance(value, str):
        return shown(value, 200)
    if key == "value" and value is None:
        return both("nothing")
    return shown(written(value, quotes=False, depth=3, most=9)) if key in ("value", "word") else value


class _Aftermath:
    """What the files' own faults can bring about further down."""

    def __init__(self, sources: Sources, faults: list[Diagnostic], linked: list[Diagnostic]) -> None:
        self.sources = sources
        self.lost = frozenset(name for document in sources.documents for name in document.lost)
        self.misread = {fault.at[:2] for fault in linked if fault.code in CODES}
        self.lines: dict[str, set[int]] = {}
        for fault in faults:
            if fault.span is not None:
                self.lines.setdefault(fault.span.path, set()).add(fault.span.line)

    def brought(self, fault: Diagnostic) -> bool:
        """Return whether a fault of the linker may only follow from a fault of form."""
        span = fault.span
        if span is not None and span.excerpt and span.line in self.lines.get(span.path, ()):
            return True
        if fault.code == "missing-rulebook":
            broken = (document.page.text for document in self.sources.documents if not document.is_whole)
            had_header = any(re.search(r"^rulebook\b", text, re.MULTILINE) for text in broken)
            return self.sources.is_partial or bool(self.sources.unread) or had_header
        if fault.code in _UNDEFINED:
            # The name may be defined in the part that could not be read.
            word = str(fault.values.get("word")).rpartition("/")[2]
            texts = (document.page.text for document in self.sources.unread)
            return self.sources.is_partial or word in self.lost or any(word in text for text in texts)
        if fault.code in _HOLLOW and fault.at[:2] in self.misread:
            return True
        return fault.code in (*_HOLLOW, "missing-key", "bad-holders", "nothing-below") and self.within(fault)

    def within(self, fault: Diagnostic) -> bool:
        """Return whether the entry that lacks something has a fault of form in it."""
        place = self.sources.locate(fault.at[:2])
        if place is None or not self.lines.get(place[0].name):
            return False
        first, last = place[0].lines(place[1])
        return any(first <= line <= last for line in self.lines[place[0].name])
