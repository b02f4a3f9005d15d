"""Files as plain data, where every key and value still knows its place; one file, and many as one rulebook."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from dutyroute.diagnostics import Diagnostic, Place, Related, Span, nearest
from dutyroute.messages import joined
from dutyroute.rulebook.loader.page import Page, shown

Data = Any
"""Nested dicts with text keys, tuples, and text, bool, int, date or None."""


@dataclass(slots=True)
class Nodes:
    """
    Where every key and value of a file stands, in the order of the file.

    A node is a number: a mapping's key and its value are two nodes, and what a
    list or mapping holds follows it. Three machine integers a node instead of
    an object each: a file of 10,000 rules has 400,000 nodes.
    """

    starts: array[int] = field(default_factory=lambda: array("I"))
    ends: array[int] = field(default_factory=lambda: array("I"))
    after: array[int] = field(default_factory=lambda: array("I"))
    """For a list or mapping the node that follows it and all it holds; 0 or none for a scalar."""
    dropped: set[int] = field(default_factory=set)
    """Keys that were refused, and that the data therefore lacks."""

    def close(self, node: int, end: int) -> None:
        """End a list or mapping: what was noted since it began is inside."""
        self.after.frombytes(bytes(self.after.itemsize * (len(self.starts) - len(self.after))))
        self.after[node] = len(self.starts)
        self.ends[node] = end

    def inside(self, node: int) -> list[int]:
        """List the nodes directly inside a list or mapping."""
        found = []
        child, beyond = node + 1, self.beyond(node)
        while child < beyond:
            found.append(child)
            child = self.beyond(child)
        return found

    def beyond(self, node: int) -> int:
        """Return the node that follows one and all it holds."""
        return (self.after[node] if node < len(self.after) else 0) or node + 1

    def pairs(self, node: int) -> list[tuple[int, int]]:
        """List the keys and values of a mapping as nodes, less those refused."""
        inside = self.inside(node)
        pairs = zip(inside[::2], inside[1::2], strict=True)
        return [pair for pair in pairs if pair[0] not in self.dropped]


@dataclass(eq=False, slots=True)
class Document:
    """
    One file as plain data, with the span of each place in it.

    `lost` names what stood in parts that could not be read: that something is
    called so is known, and a rule that names it is not at fault.
    """

    page: Page
    data: Data
    nodes: Nodes
    lost: frozenset[str] = frozenset()
    is_whole: bool = field(default=True, kw_only=True)
    _inside: dict[int, dict[str | int, tuple[int | None, int]]] = field(default_factory=dict, init=False)

    @property
    def name(self) -> str:
        """The file, as its reader knows it."""
        return self.page.name

    def span(self, at: Place, on: Literal["key", "value"] | str = "value") -> Span | None:
        """
        Tell where a place stands: as much of the path as there is.

        A path that goes on below what was written ends there: the author wrote
        a party where the model has a list of one.
        """
        # Of an empty or unreadable file nothing has a place.
        nodes = self.nodes
        if not nodes.starts:
            return None
        key, node = self._find(at)
        if on != "value" and key is not None:
            node = key
        start = nodes.starts[node]
        if nodes.beyond(node) == node + 1 or self.page.text[start : start + 1] in ("[", "{"):
            return self.page.span(start, nodes.ends[node])
        # Of a list or mapping, what stands on its first line.
        line, last = self.page.line_at(start), node
        for inner in range(node + 1, nodes.beyond(node)):
            if self.page.line_at(nodes.starts[inner]) != line:
                break
            last = inner
        return self.page.span(start, nodes.ends[last])

    def _find(self, at: Place) -> tuple[int | None, int]:
        """Follow a path as far as it goes; the key is None where it goes on."""
        key, node, value = None, 0, self.data
        for part in at:
            inside = self._children(node, value)
            if part in inside:
                (key, node), value = inside[part], value[part]
            # A name where a list stands: the list is short for a mapping, and the path goes on in it.
            elif part != 0 and not (isinstance(part, str) and isinstance(value, tuple)):
                return None, node
        return key, node

    def lines(self, at: Place) -> tuple[int, int]:
        """Return the line a place begins on, and the one on which the next begins."""
        node, starts = self._find(at)[1], self.nodes.starts
        beyond = self.nodes.beyond(node)
        end = starts[beyond] if beyond < len(starts) else len(self.page.text)
        return self.page.line_at(starts[node]) + 1, self.page.line_at(end) + 1

    def _children(self, node: int, value: Data) -> dict[str | int, tuple[int | None, int]]:
        """Return what is directly inside a node, by key or position; its own key is None in a list."""
        # Few places are ever asked for, those of faults: the index is made on demand.
        if node not in self._inside:
            found: dict[str | int, tuple[int | None, int]] = {}
            if isinstance(value, dict):
                found.update(zip(value, self.nodes.pairs(node), strict=True))
            elif isinstance(value, tuple):
                found.update(enumerate((None, inner) for inner in self.nodes.inside(node)))
            self._inside[node] = found
        return self._inside[node]


_OVERSIGHT = ("settings", "counters", "measures", "ratings", "deadlines")
_LISTS = (
    "parties",
    "roles",
    "matters",
    "facts",
    "flags",
    "rules",
    "obligations",
    "impossible",
    "calendars",
    *_OVERSIGHT,
    "accepted",
)
_MAPPINGS = ("rulebook", "instrument")
SECTIONS = (*_MAPPINGS, *_LISTS, "recusal")
"""The keys that the top of a rulebook's file may have."""

_GATHERED = {"instrument": "instruments"}


# Bytes that are text in no encoding: what the file says is not known.
_GARBLED = re.compile("[\ufffd\udc80-\udcff]")


class _Piece(NamedTuple):
    """What one file adds to a section, beginning at an index of the whole."""

    first: int
    document: Document
    prefix: str
    is_list: bool


class Sources:
    """
    The files of a rulebook, assembled.

    `data` is what the files say together: `rulebook` as it stands, and a tuple
    for each list, the files' parts one after the other. `unread` are the files of
    which nothing could be made though they say something; `is_partial` tells that
    there are others of which not even the text is known.
    """

    def __init__(self, documents: Iterable[Document], *, is_partial: bool = False) -> None:
        self.documents: tuple[Document, ...] = tuple(documents)
        self.unread: list[Document] = [
            each
            for each in self.documents
            if not isinstance(each.data, dict) and not (each.data is None and each.is_whole)
        ]
        self.is_partial: bool = is_partial or any(
            not each.page.text or _GARBLED.search(each.page.text) for each in self.unread
        )
        self.faults: list[Diagnostic] = []
        self._lists: dict[str, list[Data]] = {_GATHERED.get(s, s): [] for s in SECTIONS if s != "rulebook"}
        self._pieces: dict[str, list[_Piece]] = {}
        for document in self.documents:
            data = document.data
            if isinstance(data, dict):
                for key, value in data.items():
                    self._section(document, key, value)
            elif document.is_whole and not document.page.faults:
                code = "empty-file" if data is None else "no-sections"
                self._fault(code, document, (), known=joined(SECTIONS))
        self.data: dict[str, Any] = {kind: tuple(entries) for kind, entries in self._lists.items()}
        if "rulebook" in self.data:
            self.data["rulebook"] = self.data["rulebook"][0]

    def span(self, at: Place, on: str = "value") -> Span | None:
        """Return the span of a place of the assembled data, as closely as possible."""
        found = self.locate(at)
        return found[0].span(found[1], on) if found else None

    def locate(self, at: Place) -> tuple[Document, Place] | None:
        """Turn a place of the assembled data into a file and a place in it."""
        pieces = self._pieces.get(str(at[0])) if at else None
        if not pieces:
            return None
        if len(at) == 1 or not isinstance(at[1], int):
            return pieces[0].document, (pieces[0].prefix, *at[1:])
        piece = pieces[bisect_right(pieces, at[1], key=lambda piece: piece.first) - 1]
        index = (at[1] - piece.first,) if piece.is_list else ()
        return piece.document, (piece.prefix, *index, *at[2:])

    def _section(self, document: Document, key: str, value: Data) -> None:
        is_list = key in _LISTS or (key == "recusal" and isinstance(value, tuple))
        if key == "cases":
            self._fault("cases-among-rules", document, (key,))
        elif key not in SECTIONS:
            near, keys = nearest(key, SECTIONS), list(document.data)
            is_list = isinstance(value, tuple) and any(isinstance(each, dict) for each in value)
            # No section is a single value; behind a section, this is a key of its last entry.
            if keys[0] not in SECTIONS or is_list or (near and isinstance(value, dict)):
                known = joined(SECTIONS)
                self._fault(
                    "unknown-section", document, (key,), word=shown(key), suggestion=near, known=known
                )
            elif keys[keys.index(key) - 1] in SECTIONS:  # else it follows another such key, which is told
                self._fault("key-at-margin", document, (key,), word=shown(key))
        elif value is None and document.page.faults:
            return  # what was wrong with its entries has been told
        elif key == "rulebook" and key in self._pieces:
            related = (Related("first-here", span=self.span((key,), "key")),)
            self._fault("section-twice", document, (key,), related, word=key)
        elif not isinstance(value, tuple if is_list else dict):
            code = "section-not-a-list" if is_list else "section-not-a-mapping"
            self._fault(code, document, (key,), word=key)
        else:
            whole = _GATHERED.get(key, key)
            entries = self._lists.setdefault(whole, [])
            self._pieces.setdefault(whole, []).append(_Piece(len(entries), document, key, is_list))
            entries.extend(value if is_list else (value,))

    def _fault(
        self, code: str, document: Document, at: Place, related: tuple[Related, ...] = (), **values: object
    ) -> None:
        span = document.span(at, "key") or document.page.span(0, 0)
        # The line has a fault of its own, and this one most likely follows from it.
        if document.page.is_faulty_at(document.page.starts[span.line - 1]):
            return
        self.faults.append(Diagnostic(code, values, span=span, related=related))
