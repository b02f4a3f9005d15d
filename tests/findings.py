"""Rulebooks for the tests of checks, and what one check finds in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from books import WORDS, Data, obligation
from dutyroute import Rulebook
from dutyroute.analysis import Finding, check

__all__ = ["FIRE", "LEADS", "NEW", "ONE_LEAD", "clauses", "flags", "only", "told"]

FIRE = {"matter": "fire-lane"}
LEADS = {"lead": "housing"}
ONE_LEAD = (obligation("one-lead", {"matter": "fire-lane"}, "lead", exactly=1),)
NEW = date(2026, 7, 1)


def told(rulebook: Rulebook, name: str) -> list[Finding]:
    """List what one check finds."""
    return [finding for finding in check(rulebook) if finding.check == name]


def only(rulebook: Rulebook, name: str) -> Finding:
    (finding,) = told(rulebook, name)
    return finding


def flags(**more: Any) -> tuple[Data, ...]:
    return tuple({**flag, **more} for flag in WORDS["flags"])


def clauses(*bearing: str) -> tuple[Data, ...]:
    (instrument,) = WORDS["instruments"]
    marked = tuple({**clause, "duty": clause["id"] in bearing} for clause in instrument["clauses"])
    return ({**instrument, "clauses": marked},)
