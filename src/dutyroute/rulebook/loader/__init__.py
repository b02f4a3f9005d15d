"""
From YAML files to a Rulebook, every value keeping its place.

The one owner of YAML. Nothing is guessed at: what YAML lets two people read in
two ways is refused with its place and a way to fix it, and all faults of all files
are reported at once.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dutyroute.diagnostics import Diagnostic
from dutyroute.errors import RulebookError
from dutyroute.rulebook.build import link
from dutyroute.rulebook.loader.document import SECTIONS, Data, Document, Nodes, Sources
from dutyroute.rulebook.loader.faults import causes
from dutyroute.rulebook.loader.files import name_of, read_bytes, yaml_files
from dutyroute.rulebook.loader.page import Page, decode, file_span
from dutyroute.rulebook.loader.recovery import read_page
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["SECTIONS", "Data", "Document", "Sources", "load", "read", "read_document"]

_MAX_TOTAL = 64 * 1024 * 1024


def load(path: str | Path) -> Rulebook:
    """
    Read a rulebook from a folder of YAML files, or from a single file.

    Raises:
        RulebookError: with every fault of every file, sorted by place.
    """
    sources, faults = read(path)
    rulebook, more = link(sources.data, sources.span)
    faults += causes(sources, faults, more, file_span(name_of(path)))
    remarks = _sorted([remark for each in sources.documents for remark in each.page.remarks])
    if faults or rulebook is None:
        is_whole = all(each.is_whole for each in sources.documents) and not sources.unread
        raise RulebookError((*_sorted(faults), *remarks), may_hide_more=not is_whole or sources.is_partial)
    return replace(rulebook, remarks=tuple(remarks))


def read(path: str | Path) -> tuple[Sources, list[Diagnostic]]:
    """
    Read the files of a rulebook as plain data that knows its places.

    Only the form is looked at here; what the data means is the linker's.
    """
    found, faults = yaml_files(path)
    is_partial = bool(faults)
    documents, left = [], _MAX_TOTAL
    for each in found:
        document, more = _from_file(each, name_of(each))
        documents.append(document)
        faults += more
        left -= len(document.page.text)
        if left < 0:  # more than any rulebook could need: the other files are not read
            is_partial = True
            name, limit = name_of(path), _MAX_TOTAL // 1024 // 1024
            faults.append(
                Diagnostic("folder-too-heavy", {"path": name, "limit": limit}, span=file_span(name))
            )
            break
    sources = Sources(documents, is_partial=is_partial)
    return sources, _sorted(faults + sources.faults)


def read_document(source: str | Path, name: str | None = None) -> tuple[Document, list[Diagnostic]]:
    """
    Read one file, or one text, as plain data that knows its places.

    A `Path` is a file, a `str` is YAML itself. `name` is what messages call it.

    >>> document, faults = read_document("lead: housing\\nlead: planning\\n", "fire.yaml")
    >>> document.data, [str(fault.span) for fault in faults]
    ({'lead': 'housing'}, ['fire.yaml:2:1'])
    """
    if isinstance(source, str):
        page = Page(name or "<text>", source.removeprefix("\ufeff"))
        return read_page(page), _sorted(page.faults)
    return _from_file(source, name or name_of(source))


def _from_file(path: str | Path, name: str) -> tuple[Document, list[Diagnostic]]:
    raw, fault = read_bytes(path, name)
    if fault is not None:
        return Document(Page(name, ""), None, Nodes(), is_whole=False), [fault]
    page, faults = decode(name, raw)
    return read_page(page), _sorted(faults + page.faults)


def _sorted(faults: list[Diagnostic]) -> list[Diagnostic]:
    """Order faults as their files are read, those without a place first."""
    return sorted(faults, key=lambda fault: (fault.span or file_span(""), fault.code))
