"""Rejects: the rows that could not be read, each with its place and why."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dutyroute.formats.atomic import write_whole
from dutyroute.formats.spreadsheet import BOM, csv_text
from dutyroute.messages import Lang
from dutyroute.replay.wording import Wording

__all__ = ["COLUMNS", "reject_lines", "write_rejects"]

COLUMNS = ("source", "row", "column", "value", "why")
_LONGEST = 1_000
"""How much of a value is shown: it may be a megabyte long."""


def reject_lines(source: str, bad: Iterable[Any], rejects: Iterable[Any], lang: Lang) -> bytes:
    """Write the faults of one chunk as CSV lines, in the order of their rows."""
    found = sorted((*bad, *rejects), key=lambda each: each.row)
    return csv_text(_line(source, each, lang) for each in found).encode("utf-8", "backslashreplace")


def _line(source: str, fault: Any, lang: Lang) -> tuple[str, ...]:
    value = "" if fault.value is None else str(fault.value)
    shown = value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
    return source, str(fault.row), fault.column or "", shown, fault.describe(lang)


def write_rejects(lines: Iterable[bytes], path: Path, wording: Wording | None = None) -> None:
    """Write lines to a file; with headings where there is somebody to read it."""
    with write_whole(path) as stream:
        if wording is not None:
            stream.write((BOM + csv_text([[wording.say(f"column-{name}") for name in COLUMNS]])).encode())
        for each in lines:
            stream.write(each)
