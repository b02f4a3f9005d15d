"""Which checks there are, and how seriously each is taken."""

from __future__ import annotations

from collections.abc import Mapping

from dutyroute.diagnostics import Severity, nearest
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.types import Grade

__all__ = ["CHECKS", "UnknownCheck", "grades", "known"]

CHECKS: dict[str, Severity] = {
    "lead-gap": "error",
    "role-conflict": "error",
    "unmet-obligation": "error",
    "recused-empty": "error",
    "unrouted-matter": "warning",
    "dead-rule": "warning",
    "shadowed-rule": "warning",
    "redundant-rule": "note",
    "redundant-condition": "note",
    "date-gap": "warning",
    "date-overlap": "warning",
    "uncited-clause": "warning",
    "uncited-rule": "warning",
    "unused-party": "note",
    "unused-matter": "note",
    "unused-fact": "note",
    "unused-role": "note",
    "unused-flag": "note",
    "undecided-flag": "note",
    "assumed-basis": "note",
    "empty-setting": "note",
    "not-proven": "warning",
    "unknown-check": "warning",
}
"""Every check with its severity where nobody says otherwise, in the order of display."""

_ALWAYS = frozenset({"not-proven"})
"""Silence here would read as a proof, so `off` is not heard."""


class UnknownCheck(LookupError):
    """A check that does not exist, with the one that was most likely meant."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.suggestion = nearest(word, CHECKS)
        super().__init__(word, self.suggestion)


def known(word: str) -> str:
    """
    Return the name of a check, once it is sure to exist.

    Raises:
        UnknownCheck: if there is none of that name.
    """
    if word not in CHECKS:
        raise UnknownCheck(word)
    return word


def grades(rulebook: Rulebook, severities: Mapping[str, Grade] | None = None) -> dict[str, Grade]:
    """
    Tell how seriously each check is taken: as asked, else as the rulebook says.

    Names in the rulebook that are no checks are left aside; that is a finding.

    Raises:
        UnknownCheck: if `severities` names a check that does not exist.
    """
    asked = {known(word): grade for word, grade in (severities or {}).items()}
    written = {name: grade for name, grade in rulebook.header.checks.items() if name in CHECKS}
    chosen: dict[str, Grade] = {**CHECKS, **written, **asked}
    return {c: CHECKS[c] if g == "off" and c in _ALWAYS else g for c, g in chosen.items()}
