"""Overlay: settings of one place, laid over those of a rulebook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dutyroute.diagnostics import Diagnostic, nearest
from dutyroute.errors import RulebookError
from dutyroute.rulebook.loader import Document, read_document
from dutyroute.rulebook.oversight import Setting
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.validation.oversight import Warrant

__all__ = ["overlaid"]


def overlaid(rulebook: Rulebook, path: Path) -> Rulebook:
    """
    Lay the values of a file, `settings:` with id and value each, over a rulebook's.

    Raises:
        RulebookError: if the file cannot be read, or names what the rulebook has not.
    """
    document, faults = read_document(path)
    written = document.data.get("settings") if isinstance(document.data, dict) else None
    if not faults and (not isinstance(written, tuple) or len(document.data) != 1):
        faults = [Diagnostic("settings-only", span=document.page.span(0, 0))]
    settings = dict(rulebook.charter.settings)
    told: set[str] = set()
    for index, each in enumerate(written if not faults and isinstance(written, tuple) else ()):
        faults += _laid(settings, each, document, index, rulebook)
        name = str(each["id"]) if isinstance(each, dict) and "id" in each else ""
        if name in told:
            place = document.span(("settings", index, "id"))
            faults.append(Diagnostic("duplicate-id", {"word": name}, span=place))
        told.add(name or "-")
    if faults:
        raise RulebookError(tuple(faults))
    return replace(rulebook, charter=replace(rulebook.charter, settings=settings))


def _laid(
    settings: dict[str, Setting], each: object, document: Document, index: int, rulebook: Rulebook
) -> list[Diagnostic]:
    at = ("settings", index)
    if not isinstance(each, dict) or set(each) != {"id", "value"}:
        return [Diagnostic("settings-only", span=document.span(at))]
    found = settings.get(str(each["id"]))
    if found is None:
        near = nearest(str(each["id"]), settings)
        values = {"word": each["id"], "suggestion": near}
        return [Diagnostic("unknown-setting", values, span=document.span((*at, "id")))]
    settings[found.id] = found.model_copy(update={"value": each["value"]})
    if (fault := Warrant.unfit(settings[found.id])) is not None:
        return [replace(fault, span=document.span((*at, "value")))]
    if found.id not in rulebook.charter.channel_settings():
        return []
    strange = Warrant.strange_channels(each["value"] or (), rulebook.vocabulary)
    return [replace(fault, span=document.span((*at, "value", place))) for place, fault in strange]
