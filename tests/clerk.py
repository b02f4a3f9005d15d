"""A small router for the examples of several test files."""

from __future__ import annotations

from typing import Any

from books import router, rule
from dutyroute import Router

__all__ = ["OWNER", "clerk", "refuse"]

OWNER: dict[str, Any] = {"matter": "clutter", "respondent": "owner"}


def clerk() -> Router:
    """A router that knows clutter and complaints, and how they differ by respondent."""
    return router(
        rule(
            "clutter",
            {"matter": "clutter"},
            {"lead": "street-office", "handle": "street-office"},
            cite="opinion/1.2",
        ),
        rule(
            "company-reports",
            {"matter": "clutter", "respondent": "owner", "has_company": True},
            {"report": {"party": "property-company", "to": ("housing", "lead"), "within": "2d"}},
            basis="inferred",
        ),
        rule("complaint", {"matter": "complaint"}, {"lead": "housing", "handle": "street-office"}),
    )


def refuse(error: Exception) -> None:
    """Raise an error; here, where another process can import it."""
    raise error
