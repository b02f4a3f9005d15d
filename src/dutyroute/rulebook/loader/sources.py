"""Many files as one rulebook's data, each part knowing its file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple

from dutyroute.diagnostics import Diagnostic, Place, Related, Span, nearest
from dutyroute.messages import joined
from dutyroute.rulebook.loader.document import Data, Document
from dutyroute.rulebook.loader.page import shown

__all__ = ["SECTIONS", "Sources"]

_OVERSIGHT = ("settings", "counters", "measures", "ratings")
_LISTS = ("parties", "roles", "matters", "facts", "flags", "rules", "obligations", "impossible", *_OVERSIGHT)
_MAPPINGS = ("rulebook", "instrument")
SECTIONS = (*_MAPPINGS, *_LISTS, "recusal")
"""What may stand at the top of a rulebook's file."""

_GATHERED = {"instrument": "instruments"}


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
    for each list, the files' parts one after the other. `is_partial` tells
    that there are files of which nothing could be read.
    """

    def __init__(self, documents: Iterable[Document], *, is_partial: bool = False) -> None:
        self.documents = tuple(documents)
        self.is_partial = is_partial or any(map(_is_lost, self.documents))
        self.faults: list[Diagnostic] = []
        self._lists: dict[str, list[Data]] = {_GATHERED.get(s, s): [] for s in SECTIONS if s != "rulebook"}
        self._single: dict[str, Data] = {}
        self._pieces: dict[str, list[_Piece]] = {}
        for document in self.documents:
            self._add(document)
        self.data: dict[str, Any] = {**self._single, **{k: tuple(v) for k, v in self._lists.items()}}

    def span(self, at: Place, on: str = "value") -> Span | None:
        """Tell where a place of the assembled data stands, as closely as possible."""
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

    def _add(self, document: Document) -> None:
        data = document.data
        if isinstance(data, dict):
            for key, value in data.items():
                self._section(document, key, value)
        elif document.is_whole and not document.page.faults:
            self._fault("empty-file" if data is None else "no-sections", document, (), known=joined(SECTIONS))

    def _section(self, document: Document, key: str, value: Data) -> None:
        if key not in SECTIONS:
            self._unknown(document, key)
        elif value is None and document.page.faults:
            return  # what was wrong with its entries has been told
        elif key == "rulebook":
            self._header(document, value)
        elif key in _LISTS or (key == "recusal" and isinstance(value, tuple)):
            self._extend(document, key, value)
        else:
            self._append(document, key, value)

    def _unknown(self, document: Document, key: str) -> None:
        if key == "cases":
            self._fault("cases-among-rules", document, (key,), on="key")
            return
        near = nearest(key, SECTIONS)
        self._fault(
            "unknown-section",
            document,
            (key,),
            on="key",
            word=shown(key),
            suggestion=near,
            known=joined(SECTIONS),
        )

    def _header(self, document: Document, value: Data) -> None:
        if "rulebook" in self._pieces:
            first = self.span(("rulebook",), "key")
            related = (Related("first-here", span=first),)
            self._fault("section-twice", document, ("rulebook",), related, "key", word="rulebook")
        elif self._is_mapping(document, "rulebook", value):
            self._single["rulebook"] = value
            self._piece("rulebook", document, 0, is_list=False)

    def _extend(self, document: Document, key: str, value: Data) -> None:
        if not isinstance(value, tuple):
            self._fault("section-not-a-list", document, (key,), on="key", word=key)
            return
        self._piece(key, document, len(self._lists[key]), is_list=True)
        self._lists[key].extend(value)

    def _append(self, document: Document, key: str, value: Data) -> None:
        if self._is_mapping(document, key, value):
            whole = _GATHERED.get(key, key)
            self._piece(key, document, len(self._lists[whole]), is_list=False)
            self._lists[whole].append(value)

    def _is_mapping(self, document: Document, key: str, value: Data) -> bool:
        if not isinstance(value, dict):
            self._fault("section-not-a-mapping", document, (key,), on="key", word=key)
        return isinstance(value, dict)

    def _piece(self, key: str, document: Document, first: int, *, is_list: bool) -> None:
        self._pieces.setdefault(_GATHERED.get(key, key), []).append(_Piece(first, document, key, is_list))

    def _fault(
        self,
        code: str,
        document: Document,
        at: Place,
        related: tuple[Related, ...] = (),
        on: str = "value",
        **values: object,
    ) -> None:
        span = document.span(at, on) or document.page.span(0, 0)
        if document.page.is_faulty_at(document.page.starts[span.line - 1]):
            return
        self.faults.append(Diagnostic(code, values, span=span, related=related))


def _is_lost(document: Document) -> bool:
    """Tell whether a file says something of which nothing could be made."""
    return not isinstance(document.data, dict) and not (document.data is None and document.is_whole)
