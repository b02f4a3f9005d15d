"""Accepting findings: an entry for each, in a file beside the rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from dutyroute.analysis.checks.finding import Finding
from dutyroute.rulebook.accepted import Acceptance
from dutyroute.rulebook.loader import load
from dutyroute.rulebook.loader.insertion import insert
from dutyroute.rulebook.written import written

FILE = "accepted.yaml"
"""The file that entries are written to, in the folder of the rules; they are read from any."""


def accept(findings: Iterable[Finding], rules: str | Path, *, author: str, note: str, on: date) -> Path:
    """
    Write into the files of a rulebook that findings are accepted: by whom, on which day and why.

    Findings that are accepted already are passed over. Returns the file with the entries.

    Raises:
        ValueError: where author or note is blank.
        RulebookError: if the rulebook cannot be read before or afterwards; the files are then as before.
    """
    if not author.strip() or not note.strip():
        raise ValueError("an accepted finding names who accepts it and why")
    path, known = Path(rules), set(load(rules).accepted)
    entries = {
        entry.id: entry
        for each in findings
        if (entry := Acceptance(check=each.check, about=each.about, author=author, date=on, note=note)).id
        not in known
    }
    lines = [line for entry in entries.values() for line in _lines(entry)]
    file = path / FILE if path.is_dir() else path
    is_described = (path / "schema" / "accepted.json").exists()
    head = "# yaml-language-server: $schema=schema/accepted.json\n" if is_described else ""
    if entries:
        insert(file, "accepted", lines, lambda: load(rules), head)
    return file


def _lines(entry: Acceptance) -> list[str]:
    """Write an entry line by line, as its author would."""
    pairs = [f"{key}: {written(value)}" for key, value in entry.model_dump().items()]
    return [f"- {pairs[0]}", *(f"  {pair}" for pair in pairs[1:])]
