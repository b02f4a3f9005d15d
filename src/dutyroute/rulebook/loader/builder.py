"""From PyYAML's events to plain data and places, strictly and without recursion."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Any, ClassVar

import yaml

from dutyroute.diagnostics import Related
from dutyroute.rulebook.loader.document import Data, Nodes
from dutyroute.rulebook.loader.page import Page, bad_escape, shown
from dutyroute.rulebook.loader.scalar import SUSPECT, Doubt, Scalar, Unreadable, doubt, key_doubt, plain
from dutyroute.rulebook.loader.syntax import LINE_OPENING, Broken

MAX_DEPTH = 64
MAX_EVENTS = 2_000_000
"""What a file of 40,000 rules comes to; more are not read, whatever the file's size."""


class _Slow(yaml.SafeLoader):
    """The parser written in Python, which trips over `\\UFFFFFFFF`."""

    def get_event(self) -> Any:
        """Return the next event."""
        try:
            return super().get_event()  # type: ignore[no-untyped-call]
        except (ValueError, OverflowError) as error:
            raise yaml.MarkedYAMLError(problem="escape", problem_mark=self.get_mark()) from error


PARSERS: tuple[Any, ...] = (*((yaml.CSafeLoader,) if hasattr(yaml, "CSafeLoader") else ()), _Slow)
"""The event sources at hand, the fast one first; they tell the same of the same text."""

_QUOTES = ("'", '"', "|", ">")
_HEADER = re.compile(r"[|>][0-9+-]*#")  # one parser reads a comment here, the other refuses it
_MARGIN = 1_000  # no key is indented so far; a line may have millions of characters
_TIGHT = (",", "?", "[", "]", "{", "}")
_TAG = re.compile(r"![^\s,\[\]{}]*")
_AFTER_KEY = ("full-width-colon", "missing-space")
_KEY = object()  # stands in for a list or mapping used as a key; nothing else is equal to it
_MISSING = object()


class Builder:
    """
    One reading of one text; `build` hands out what it holds.

    What an open list or mapping holds so far lies on a stack of its own, keys
    and values of a mapping in turn. Whether the keys are sound is asked once
    for each *set* of keys: 10,000 rules have but a few.
    """

    def __init__(self, page: Page, parser: Any = PARSERS[0]) -> None:
        self.page = page
        self.nodes: Nodes = Nodes()
        self._start = self.nodes.starts.append
        self._stop = self.nodes.ends.append
        self.regions: list[tuple[int, int]] = []  # what was dropped, or never read
        self._parser = parser
        self._is_fast = parser is not _Slow
        self._held: list[list[Any]] = [[]]
        self._open: list[tuple[int, bool, bool]] = []  # node, is it a mapping, is it in brackets
        self._flow = 0
        self._known: dict[str, Any] = {}
        self._sound: set[tuple[Any, ...]] = set()
        self._documents = 0
        self._is_over = False

    def build(self, text: str) -> Data:
        """
        Read a text of which nothing is left that YAML forbids.

        Raises:
            Broken: where the text is no YAML, or nested beyond all sense.
        """
        # Events, not nodes: composing nodes recurses, and the C parser crashes on 50,000 brackets.
        parser = self._parser(text)
        try:
            for event in islice(iter(parser.get_event, None), MAX_EVENTS):
                if type(event) is yaml.ScalarEvent:  # two events in three
                    self._scalar(event)
                elif (handle := self._HANDLERS.get(type(event))) is not None:
                    handle(self, event)
                if self._is_over or type(event) is yaml.StreamEndEvent:
                    break
            else:
                raise Broken("events", "", self._last()[0], self._last()[0], self._last())
        except yaml.MarkedYAMLError as error:
            at: int = error.problem_mark.index  # type: ignore[union-attr]
            begin = error.context_mark.index if error.context_mark else at
            raise Broken(error.context or "", error.problem or "", begin, at, self._last()) from None
        finally:
            parser.dispose()
        return self._held[0][0] if self._held[0] else None

    def _last(self) -> tuple[int, int]:
        nodes = self.nodes
        return (nodes.starts[-1], nodes.ends[-1]) if nodes.starts else (0, 0)

    # -- scalars

    def _scalar(self, event: Any) -> None:
        self._start(event.start_mark.index)
        self._stop(event.end_mark.index)
        is_adorned = event.style or event.anchor is not None or event.tag is not None
        value = _MISSING if is_adorned else self._known.get(event.value, _MISSING)
        if value is _MISSING:
            text, start, end = event.value, event.start_mark.index, event.end_mark.index
            self._decorated(event, start)
            style = event.style if event.style in _QUOTES else None
            value = self._quoted(text, start, end, style) if style else self._plain(text, start, end)
        self._held[-1].append(value)

    def _plain(self, text: str, start: int, end: int) -> Scalar:
        """Read a plain scalar for the first time, or one whose place matters."""
        behind = self.page.text[end : end + 2]
        if self._flow and behind[:1] == ":" and behind[1:] in _TIGHT:
            # The fast parser has reported this itself.
            raise Broken("", "unexpected ':'", start, end, self._last())
        try:
            value = plain(text)
        except Unreadable as refusal:
            self.page.fault(str(refusal), start, end, word=shown(text))
            return text
        if not text:
            if self._open and self._open[-1][1] and not self._is_key():
                # An empty value stands right behind its key, wherever the parser saw it.
                key_end = self.nodes.ends[-2]
                behind_key = key_end + (self.page.text[key_end : key_end + 1] == ":")
                self.nodes.starts[-1] = self.nodes.ends[-1] = behind_key
        elif SUSPECT.search(text):
            self._doubt(text, start)
        elif self._is_fast:
            self._known[text] = value
        return value

    def _doubt(self, text: str, start: int) -> None:
        if self._flow and "?" in text:  # here the two parsers part
            place = start + text.index("?")
            self.page.fault("special-character", place, place + 1, word="?")
            return
        first = self.page.starts[self.page.line_at(start)]
        opens_line = start - first < _MARGIN and LINE_OPENING.fullmatch(self.page.text, first, start)
        if found := doubt(text, opens_line=bool(opens_line)):
            self._doubted(text, start, found)

    def _doubted(self, text: str, start: int, found: Doubt) -> None:
        code, first, last = found
        word = text[:first].strip() if code in _AFTER_KEY else text
        self.page.fault(code, start + first, start + last, word=shown(word))

    def _quoted(self, text: str, start: int, end: int, style: str) -> str:
        if style == '"' and not text.isprintable() and (found := bad_escape(self.page.text, start, end)):
            self.page.fault("bad-escape", *found, word=self.page.text[slice(*found)])
        elif _HEADER.match(self.page.text, start):
            self.page.fault("special-character", start, start + 1, word=style)
        return text

    # -- lists and mappings

    def _begin(self, event: Any) -> None:
        start = event.start_mark.index
        if len(self._open) >= MAX_DEPTH:
            raise Broken("depth", "", start, start, self._last())
        self._decorated(event, start)
        bracketed = bool(event.flow_style)
        self._open.append((len(self.nodes.starts), type(event) is yaml.MappingStartEvent, bracketed))
        self._flow += bracketed
        self._start(start)
        self._stop(event.end_mark.index)
        self._held.append([])

    def _end(self, event: Any) -> None:
        node, is_mapping, bracketed = self._open.pop()
        held = self._held.pop()
        self._flow -= bracketed
        self.nodes.close(node, event.end_mark.index)
        value = self._mapping(node, tuple(held[::2]), held[1::2]) if is_mapping else tuple(held)
        self._held[-1].append(_KEY if self._is_key() else value)

    def _is_key(self) -> bool:
        """Return whether what comes next in the innermost mapping is a key."""
        return bool(self._open) and self._open[-1][1] and len(self._held[-1]) % 2 == 0

    def _mapping(self, node: int, keys: tuple[Any, ...], values: list[Any]) -> dict[str, Data]:
        """Build a mapping; key by key, telling what is wrong with each, unless all are known to be sound."""
        if keys in self._sound:
            return dict(zip(keys, values, strict=True))
        found: dict[str, Data] = {}
        first: dict[str, int] = {}
        for key, value, (place, inner) in zip(keys, values, self.nodes.pairs(node), strict=True):
            if self._is_sound(key, place, first):
                found[key] = value
                first[key] = place
            else:
                last = self.nodes.beyond(inner) - 1
                end = max(self.nodes.ends[inner], self.nodes.ends[last])
                self.nodes.dropped.add(place)
                self.regions.append((self.nodes.starts[place], end))
        # 10,000 rules have a few dozen sets of keys: a sound set is not examined again.
        if len(found) == len(keys):
            self._sound.add(keys)
        return found

    def _is_sound(self, key: Any, place: int, first: dict[str, int]) -> bool:
        start, end = self.nodes.starts[place], self.nodes.ends[place]
        is_quoted = self.page.text[start : start + 1] in _QUOTES
        if not isinstance(key, str):
            word = shown(self.page.text[start:end].split("\n")[0])
            self.page.fault("non-text-key", start, end, word=word)
        elif key == "<<" and not is_quoted:
            self.page.fault("merge-key", start, end)
        elif not is_quoted and (found := key_doubt(key)):
            self._doubted(key, start, found)
        elif key in first:
            there = first[key]
            span = self.page.span(self.nodes.starts[there], self.nodes.ends[there])
            related = (Related("first-here", span=span),)
            self.page.fault("duplicate-key", start, end, related, word=shown(key))
        else:
            return True
        return False

    # -- what the format allows and we do not

    def _decorated(self, event: Any, start: int) -> None:
        """Refuse an anchor or a tag; the value itself is read as if it had none."""
        if event.anchor is None and event.tag is None:
            return
        written = self.page.text[start : event.end_mark.index]
        if event.anchor is not None:
            word = f"&{event.anchor}"
            # The parser reports where the value begins, not where the anchor does.
            first = start + max(0, written.find(word))
            self.page.fault("anchor", first, first + len(word), word=shown(word))
        if event.tag is not None:
            found = _TAG.search(written)
            word = found.group() if found else "!"
            first = start + (found.start() if found else 0)
            self.page.fault("tag", first, first + len(word), word=shown(word))

    def _alias(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        self.page.fault("alias", start, end, word=shown(f"*{event.anchor}"))
        self._start(start)
        self._stop(end)
        self._held[-1].append(_KEY if self._is_key() else None)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._is_over, start = True, event.start_mark.index
            self.page.fault("several-documents", start, event.end_mark.index)
            self.regions.append((start, len(self.page.text)))

    _HANDLERS: ClassVar[dict[type, Callable[[Builder, Any], None]]] = {
        yaml.ScalarEvent: _scalar,
        yaml.MappingStartEvent: _begin,
        yaml.SequenceStartEvent: _begin,
        yaml.MappingEndEvent: _end,
        yaml.SequenceEndEvent: _end,
        yaml.AliasEvent: _alias,
        yaml.DocumentStartEvent: _document,
    }
