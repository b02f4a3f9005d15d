"""What an author most likely meant, where the model alone cannot tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from dutyroute.diagnostics import Diagnostic, nearest
from dutyroute.messages import both
from dutyroute.rulebook.conditions import as_date
from dutyroute.rulebook.written import written

__all__ = ["Adviser"]

_GUESSES = 50  # comparing a word with all others takes long, and nobody mends 10,000 at once


class Adviser:
    """Adds to a fault what the rest of the rulebook says about the way out."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._spelled: dict[str, dict[str, str]] = {}
        self._guesses = _GUESSES

    def advised(self, fault: Diagnostic) -> Diagnostic:
        """Return the fault with its way out, as far as that can be known."""
        if fault.code == "bad-identifier":
            more = {"suggestion": self._identifier(fault)}
        else:
            advice = _ADVICE.get(fault.code)
            more = advice(fault) if advice else {}
        return replace(fault, values={**fault.values, **more}) if more else fault

    def _identifier(self, fault: Diagnostic) -> str | None:
        """Suggest the entry of that name; for a new one, the name made an identifier."""
        word = str(fault.values.get("word"))
        if fault.at[-1:] == ("id",):
            made = re.sub("[^a-z0-9]+", "-", word.lower()).strip("-")
            return made if re.match("[a-z]", made) else None
        spelled = self._spellings(_kind(fault))
        return spelled.get(word.casefold()) or spelled.get(self._guess(word, spelled))

    def _guess(self, word: str, spelled: Mapping[str, str]) -> str:
        self._guesses -= 1
        return (nearest(word, spelled) or "") if self._guesses >= 0 else ""

    def _spellings(self, kind: str) -> dict[str, str]:
        if kind not in self._spelled:
            self._spelled[kind] = dict(_spellings(self._data.get(kind, ())))
        return self._spelled[kind]


_SAID_BY_KEY = {"flag": "flags", "overrides": "rules", "parent": "matters", "role": "roles", "roles": "roles"}


def _kind(fault: Diagnostic) -> str:
    if "assign" in fault.at:
        return "roles" if fault.on == "key" else "parties"
    return next((_SAID_BY_KEY[part] for part in fault.at if part in _SAID_BY_KEY), "")


def _spellings(entries: Any) -> Iterator[tuple[str, str]]:
    """List identifiers, names and aliases, each with the entry it stands for."""
    for entry in entries:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("id"), str):
            continue
        called = f"{entry['id']} {entry.get('name') or entry.get('title') or ''}".strip()
        aliases = entry.get("aliases")
        for name in (
            *(aliases if isinstance(aliases, tuple) else ()),
            entry.get("english"),
            entry.get("name"),
        ):
            if isinstance(name, str):
                yield name.casefold(), called
        yield entry["id"], called


def _date(fault: Diagnostic) -> dict[str, Any]:
    return {"suggestion": fault.values.get("suggestion") or as_date(fault.values.get("value"))}


def _type(fault: Diagnostic) -> dict[str, Any]:
    """Say that a number or date becomes text by quotes."""
    value, expected = fault.values.get("value"), fault.values.get("expected")
    if not isinstance(value, bool | int | date) or expected != both("expected-text"):
        return {}
    return {"expected": both("expected-quotes", written=written(value))}


_ADVICE = {"bad-date": _date, "wrong-type": _type}
