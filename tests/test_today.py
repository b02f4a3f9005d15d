"""Which day an incident is of that does not say."""

from __future__ import annotations

import pickle
from datetime import date

import pyarrow as pa
import pytest

from books import book, rule
from dutyroute import Router, Rulebook

RULES: Rulebook = book(
    rule("first-half", {"matter": "clutter"}, {"lead": "housing"}, in_force={"until": date(2026, 7, 1)}),
    rule("second-half", {"matter": "clutter"}, {"lead": "planning"}, in_force={"from": date(2026, 7, 1)}),
)
CLUTTER = {"matter": "clutter"}


def march() -> date:
    return date(2026, 3, 1)


DATED = Router(RULES, today=march)


def test_without_today_an_unknown_day_is_unknown() -> None:
    decision = Router(RULES).route(CLUTTER)
    assert (decision.lead, decision.ask) == ((), ("reported_at",))


def test_an_incident_that_does_not_mention_its_day_is_of_today() -> None:
    """It is an assumption like a default, and the decision says so."""
    decision = DATED.route(CLUTTER)
    assert decision.rulings == Router(RULES).route({**CLUTTER, "reported_at": march()}).rulings
    assert decision.assumed[-1] == ("reported_at", march())


def test_a_day_that_is_given_or_said_to_be_unknown_stays() -> None:
    assert DATED.route({**CLUTTER, "reported_at": date(2026, 8, 1)}).lead == ("planning",)
    assert DATED.route({**CLUTTER, "reported_at": None}).ask == ("reported_at",)
    assert DATED.what_if(CLUTTER, reported_at=None).ask == ("reported_at",)
    assert DATED.route(CLUTTER, as_of=date(2026, 8, 1)).lead == ("planning",)
    assert DATED.route(Router(RULES).incident(CLUTTER)).ask == ("reported_at",)


def test_a_table_without_a_column_for_the_day_is_of_today() -> None:
    table = pa.table({"matter": ["clutter", "complaint"]})
    answers = list(DATED.route_table(table))
    assert [each.lead for each in answers] == [("housing",), ()]
    assert answers == [DATED.route({"matter": matter}) for matter in ("clutter", "complaint")]


def test_a_router_takes_its_clock_along() -> None:
    """The command's clock can travel, too."""
    assert pickle.loads(pickle.dumps(DATED)).route(CLUTTER) == DATED.route(CLUTTER)
    assert pickle.loads(pickle.dumps(Router(RULES, today=date.today))).rulebook == RULES


def test_a_router_whose_clock_cannot_travel_stays() -> None:
    """It is not sent without it: an unknown day would be answered differently there."""
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(Router(RULES, today=lambda: date(2026, 3, 1)))


def test_an_incident_is_recorded_with_the_day_that_was_assumed() -> None:
    """So that it can be decided again on another day."""
    assert DATED.incident(CLUTTER).to_dict()["reported_at"] == "2026-03-01"
