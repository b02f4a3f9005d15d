"""Points and stars: from configured rules, every change with its reason."""

from __future__ import annotations

from typing import Any

import pytest

from dutyroute import EventError, Overseer
from dutyroute.oversight import Event, SubjectState, read_event
from dutyroute.rulebook.editions import order_of, restore
from watching import event, watched

COMPANY = ("property-company", "甲")
RATING: dict[str, Any] = {
    "id": "credit",
    "title": "信用",
    "subject": "property-company",
    "base": {"setting": "base"},
    "changes": (
        {
            "id": "deducted",
            "title": "扣分",
            "counts": {"kinds": "measure-taken", "measures": "talk"},
            "points": 15,
            "deduct": True,
        },
    ),
    "levels": ({"stars": 3, "at_least": 80}, {"stars": 5, "at_least": 95}),
    "cite": "opinion/1.1",
    "basis": "inferred",
}


def rated(*events: Event, base: int | None = 100) -> SubjectState:
    given = {"id": "base", "title": "基础分", "cite": "opinion/1.1", **({"value": base} if base else {})}
    many = {"id": "many", "title": "多", "cite": "opinion/1.1", "value": 3}
    overseer = Overseer(watched(settings=(many, given), ratings=(RATING,)))
    overseer.observe_many(events)
    return overseer.state(COMPANY)


TAKEN = event("T", "measure-taken", 1, measure="talk")


def test_a_change_of_points_names_its_event_and_its_rule() -> None:
    state = rated(TAKEN)
    assert (state.points, state.stars) == (85, 3)
    (change,) = state.changes
    assert (change.event, change.reason, change.delta, change.points) == ("T", "deducted", -15, 85)


def test_without_a_base_nobody_is_rated() -> None:
    state = rated(TAKEN, base=None)
    assert (state.points, state.stars, state.changes) == (None, None, ())


def test_a_person_can_set_a_rating() -> None:
    state = rated(event("S", "rating-set", 2, points=70, stars=2), base=None)
    assert (state.points, state.stars) == (70, 2)


def test_a_dispute_stands_until_it_is_decided() -> None:
    disputed = event("D", "dispute", 2, of="T")
    assert rated(TAKEN, disputed).disputes == ("T",)
    refused = rated(TAKEN, disputed, event("E", "dispute", 3, of="T", outcome="rejected"))
    assert (refused.disputes, refused.points) == ((), 85)
    granted = rated(TAKEN, disputed, event("E", "dispute", 3, of="T", outcome="accepted"))
    assert (granted.disputes, granted.points, granted.stars) == ((), 100, 5)


def test_a_dispute_decided_on_its_own_day_is_decided() -> None:
    opened, decided = event("Z", "dispute", 1, of="T"), event("A", "dispute", 1, of="T", outcome="accepted")
    assert (rated(TAKEN, opened, decided).disputes, rated(TAKEN, opened, decided).points) == ((), 100)


def test_a_repair_takes_a_change_back_once() -> None:
    repair = event("R", "repair", 5, of="T")
    assert rated(TAKEN, repair).points == 100
    assert rated(TAKEN, repair, event("R2", "repair", 6, of="T")).points == 100


def test_an_edition_brings_the_charter_back() -> None:
    base = {"id": "base", "title": "基础", "cite": "opinion/1.1"}
    many = {"id": "many", "title": "多", "cite": "opinion/1.1", "value": 3}
    book = watched(ratings=(RATING,), settings=(many, base))

    class Published:
        digest, content, order = book.digest, book.canonical().encode(), order_of(book)

    again = restore(Published())  # type: ignore[arg-type]
    assert again.oversight == book.oversight
    assert again.digest == book.digest


def test_a_setting_that_changes_changes_the_digest() -> None:
    settings = ({"id": "many", "title": "多", "cite": "opinion/1.1", "value": 4},)
    assert watched(settings=settings).digest != watched().digest


def test_an_event_reads_as_it_was_written() -> None:
    for each in (TAKEN, event("D", "dispute", 2, "property-company", "community", of="T")):
        assert read_event(each.to_dict()) == each


@pytest.mark.parametrize(
    "change, code",
    [
        ({"kind": "complain"}, "event-unknown-kind"),
        ({"at": "2026-02-30"}, "event-wrong-day"),
        ({"at": None}, "event-without"),
        ({"community": None}, "event-without-subject"),
        ({"kind": "repair"}, "event-without"),
        ({"points": "many"}, "event-wrong-number"),
        ({"comunity": "A"}, "event-unknown-key"),
        ({"note": "x" * 201}, "event-wrong-text"),
        ({"note": 3.5}, "event-wrong-text"),
    ],
)
def test_an_event_that_is_none_says_why(change: dict[str, Any], code: str) -> None:
    given = {"id": "A", "kind": "complaint", "at": "2026-03-01", "community": "A", **change}
    with pytest.raises(EventError) as caught:
        read_event(given)
    assert caught.value.code == code
    assert all(caught.value.describe(lang) for lang in ("zh", "en"))


@pytest.mark.parametrize("outcome, points", [("unfounded", 100), ("confirmed", 85), (None, 85)])
def test_points_that_a_complaint_cost_are_given_back_if_it_was_unfounded(outcome: Any, points: int) -> None:
    (deducted,) = RATING["changes"]
    changes = ({**deducted, "counts": {"kinds": "complaint"}},)
    given = {"id": "base", "title": "基础分", "cite": "opinion/1.1", "value": 100}
    many = {"id": "many", "title": "多", "cite": "opinion/1.1", "value": 3}
    overseer = Overseer(watched(settings=(many, given), ratings=({**RATING, "changes": changes},)))
    overseer.observe_many(
        [event("C", "complaint", 1), event("D", "incident-decided", 2, of="C", outcome=outcome)]
    )
    state = overseer.state(COMPANY)
    assert state.points == points
    assert [(each.event, each.reason, each.delta) for each in state.changes][1:] == (
        [("D", "incident-decided:C", 15)] if outcome == "unfounded" else []
    )
