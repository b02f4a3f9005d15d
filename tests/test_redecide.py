"""Every decision in a ledger is decided again, by the edition of then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from books import book, rule
from dutyroute import Ledger, Redecision, Router, redecide
from dutyroute.rulebook.editions import order_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
RULES = book(rule("a", {"matter": "clutter", "urgent": True}, {"lead": "housing"}))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        content = RULES.canonical().encode()
        opened.publish(content, digest=RULES.digest, at=AT, order=order_of(RULES))
        yield opened


def test_what_was_decided_is_decided_again(ledger: Ledger) -> None:
    """What was hashed out cannot be; free text plays no part."""
    for redact in ((), ("text",), ("urgent",)):
        router = Router(RULES, ledger=ledger, clock=lambda: AT, redact=redact)
        router.route({"matter": "clutter", "urgent": True, "text": "楼道"})
    assert [each.outcome for each in redecide(ledger)] == ["same", "same", "redacted"]


def test_a_decision_that_the_rules_do_not_give_is_told_apart(ledger: Ledger) -> None:
    """With the parts that differ, or why the incident is no longer answered."""
    forged = {**Router(RULES).route({"matter": "clutter"}).to_dict(), "status": "routed"}
    ledger.append({"matter": "clutter"}, forged, edition=RULES.digest, at=AT)
    ledger.append({"matter": "earthquake"}, forged, edition=RULES.digest, at=AT)
    assert list(redecide(ledger)) == [
        Redecision(2, AT, "other", ("status",)),
        Redecision(3, AT, "other", ("incident-wrong-value",)),
    ]


def test_a_decision_whose_edition_is_not_there_does_not_end_the_others(ledger: Ledger) -> None:
    absent, decision = "sha256:" + "0" * 64, Router(RULES).route({"matter": "clutter"}).to_dict()
    for edition in (absent, RULES.digest):
        ledger.append({"matter": "clutter"}, decision, edition=edition, at=AT)
    assert list(redecide(ledger)) == [
        Redecision(2, AT, "edition", (absent,)),
        Redecision(3, AT, "same"),
    ]
