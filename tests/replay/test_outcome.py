"""What a recorded handler is to a decision: six outcomes, each with its reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from books import obligation, router, rule
from dutyroute.errors import IncidentError
from dutyroute.replay import Judgement, Outcome, judge

LEAD = rule("fire-lead", {"matter": "fire-violation"}, {"lead": "street-office", "inspect": "housing"})
OWNER = rule("owner-lead", {"matter": "clutter", "respondent": "owner"}, {"lead": "property-company"})
OTHER = rule("other-lead", {"matter": "clutter", "respondent": {"not": "owner"}}, {"lead": "street-office"})
COMPLAINT = rule("housing-attends", {"matter": "complaint"}, {"attend": "housing"})
MAYBE = rule("urgent-report", {"matter": "fire-violation", "urgent": True}, {"report": "owners-committee"})
ONE_LEAD = obligation("one-lead", {"matter": "violation"}, "lead", exactly=1)
CLERK = router(LEAD, OWNER, OTHER, COMPLAINT, MAYBE, obligations=(ONE_LEAD,))
TWO = router(LEAD, rule("second", {"matter": "fire-lane"}, {"lead": "planning"}), obligations=(ONE_LEAD,))


def outcome(facts: dict[str, Any], handler: str | None, clerk: Any = CLERK, **more: bool) -> tuple[str, str]:
    verdict = judge(clerk.route(facts), handler, **more)
    return str(verdict.outcome), verdict.reason


@pytest.mark.parametrize(
    "facts, handler, expected",
    [
        ({"matter": "fire-lane"}, "street-office", ("agree", "leads")),
        ({"matter": "fire-lane"}, "housing", ("in-chain", "other-role")),
        ({"matter": "fire-lane"}, "owners-committee", ("in-chain", "possible-role")),
        ({"matter": "fire-lane", "urgent": False}, "owners-committee", ("diverge", "no-role")),
        ({"matter": "fire-lane"}, "planning", ("diverge", "no-role")),
        ({"matter": "complaint"}, "housing", ("in-chain", "other-role")),
        ({"matter": "complaint"}, "planning", ("diverge", "no-role-no-lead")),
        ({"matter": "clutter"}, "street-office", ("undecided", "lead-open")),
        ({"matter": "clutter"}, "planning", ("undecided", "lead-open")),
        ({"matter": "clutter", "respondent": "owner"}, "property-company", ("agree", "leads")),
        ({"matter": "violation"}, "planning", ("undecided", "lead-missing")),
        ({"matter": ["complaint", "fire-lane"]}, "street-office", ("agree", "leads")),
        ({"matter": ["clutter", "fire-lane"]}, "planning", ("undecided", "lead-open")),
        ({"matter": ["complaint", "fire-lane"]}, "planning", ("diverge", "no-role")),
    ],
)
def test_a_handler_is_held_against_the_lead(
    facts: dict[str, Any], handler: str, expected: tuple[str, str]
) -> None:
    assert outcome(facts, handler) == expected


def test_a_lead_that_two_claim_is_nobodys() -> None:
    """Neither agrees nor diverges; but another role is held all the same."""
    assert outcome({"matter": "fire-lane"}, "street-office", TWO) == ("undecided", "lead-contested")
    assert outcome({"matter": "fire-lane"}, "property-company", TWO) == ("undecided", "lead-contested")
    assert outcome({"matter": "fire-lane"}, "housing", TWO) == ("in-chain", "other-role")


def test_nobody_recorded_and_nobody_known_are_two_things() -> None:
    assert outcome({"matter": "fire-lane"}, None) == ("undecided", "handler-unknown")
    assert outcome({"matter": "fire-lane"}, None, is_recorded=False) == ("undecided", "no-handler")


def test_what_cannot_be_routed_says_why_in_both_languages() -> None:
    timed = router(rule("once", {}, {"lead": "housing"}, in_force={"until": date(2020, 1, 1)}))
    with pytest.raises(IncidentError) as caught:
        timed.route({"matter": "clutter", "reported_at": "2026-01-01"})
    verdict = judge(caught.value, "housing")
    assert verdict == Judgement(
        Outcome.UNROUTABLE,
        "incident-no-rules-then",
        handler="housing",
        fault=(caught.value.describe("zh"), caught.value.describe("en")),
    )


def test_a_verdict_carries_what_stands_behind_the_lead() -> None:
    verdict = judge(CLERK.route({"matter": "fire-lane"}), "housing")
    assert verdict == Judgement(
        Outcome.IN_CHAIN,
        "other-role",
        ("fire-lane",),
        "housing",
        ("street-office",),
        ("inspect",),
        "incomplete",
        ("fire-lead",),
        ("opinion/1.1",),
        (),
        ("urgent",),
    )
