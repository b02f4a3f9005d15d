"""Settings that a file lays over those of a rulebook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dutyroute.diagnostics import Diagnostic, nearest
from dutyroute.errors import RulebookError
from dutyroute.rulebook.loader import read_document
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.validation.oversight import check_setting


def overlaid(rulebook: Rulebook, path: Path) -> Rulebook:
    """
    Return the rulebook with the settings of a file, `settings:` with an id and a value each.

    Raises:
        RulebookError: if the file cannot be read, or names a setting that the rulebook does not have.
    """
    document, faults = read_document(path)
    data = document.data
    written = data["settings"] if isinstance(data, dict) and set(data) == {"settings"} else None
    if not faults and not isinstance(written, tuple):
        faults = [Diagnostic("settings-only", span=document.page.span(0, 0))]
    settings = dict(rulebook.oversight.settings)
    told: set[str] = set()

    def report(fault: Diagnostic, *place: str | int) -> None:
        faults.append(replace(fault, span=document.span(("settings", *place))))

    for index, each in enumerate(written if isinstance(written, tuple) and not faults else ()):
        if not isinstance(each, dict) or set(each) != {"id", "value"}:
            report(Diagnostic("settings-only"), index)
            continue
        name = str(each["id"])
        if name in told:
            report(Diagnostic("duplicate-id", {"word": name}), index, "id")
        told.add(name)
        if name not in settings:
            values = {"word": name, "suggestion": nearest(name, settings)}
            report(Diagnostic("unknown-setting", values), index, "id")
            continue
        settings[name] = settings[name].model_copy(update={"value": each["value"]})
        for fault in check_setting(settings[name], rulebook.oversight, rulebook.vocabulary):
            report(fault, index, *fault.at)
    if faults:
        raise RulebookError(tuple(faults))
    return replace(rulebook, oversight=replace(rulebook.oversight, settings=settings))
