"""What is overdue, and what is due again: as of a day, by working days, with and without a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books import book
from dutyroute import Overseer, Rulebook
from dutyroute.oversight import Event, Outstanding
from dutyroute.rulebook.editions import order_of, restore

COMPANY, COMMUNITY = ("property-company", "甲"), ("community", "乙")
OFF = (date(2026, 5, 1), date(2026, 5, 4), date(2026, 5, 5))
WORKING = (date(2026, 5, 9),)
Y2026 = {"year": 2026, "off": OFF, "working": WORKING, "source": "通知"}
FIRST = date(2026, 4, 20)
GROUND = {"cite": "opinion/1.1", "basis": "inferred"}


def timed(answer: str | None = "2wd", again: str | None = "10d", calendars: Any = (Y2026,)) -> Rulebook:
    """Complaints to be decided within so long, patrols of communities again within so long."""
    settings = tuple(
        {"id": name, "title": name, "type": "limit", "cite": "opinion/1.1", **({"value": v} if v else {})}
        for name, v in (("answer", answer), ("again", again))
    )
    complaints: dict[str, Any] = {
        "id": "decided",
        "title": "投诉办理",
        "after": {"kinds": "complaint"},
        "until": {"kinds": "incident-decided"},
        "within": "answer",
        **GROUND,
    }
    patrols: dict[str, Any] = {
        "id": "patrolled",
        "title": "巡查",
        "subject": "community",
        "until": {"kinds": "patrol"},
        "within": "again",
        **GROUND,
    }
    given = {"calendars": calendars} if calendars else {}
    return book(settings=settings, deadlines=(complaints, patrols), **given)


def listed(overseer: Overseer, deadline: str, as_of: date | None = None) -> tuple[Outstanding, ...]:
    return tuple(each for each in overseer.outstanding(as_of=as_of) if each.deadline == deadline)


def watching(rulebook: Rulebook, events: Iterable[Event]) -> Overseer:
    overseer = Overseer(rulebook, lateness=1_000)
    overseer.observe_many(events)
    return overseer


def complaint(name: str, day: str, **more: Any) -> Event:
    return Event(name, "complaint", date.fromisoformat(day), (COMPANY, COMMUNITY), **more)


def decided(name: str, day: str, of: str) -> Event:
    return Event(name, "incident-decided", date.fromisoformat(day), (COMPANY,), of=of)


def patrol(name: str, day: str, community: str = "乙") -> Event:
    return Event(name, "patrol", date.fromisoformat(day), (("community", community),))


# -- complaints


def test_a_complaint_is_overdue_from_the_day_after_its_last_working_day() -> None:
    """Reported on 30 April, two working days over the holiday: 6 and 7 May."""
    overseer = watching(timed(), [complaint("C", "2026-04-30")])
    found = {
        day: [(e.due, e.state) for e in listed(overseer, "decided", date(2026, 5, day))] for day in (6, 7, 8)
    }
    last = date(2026, 5, 7)
    assert found == {6: [(last, "open")], 7: [(last, "open")], 8: [(last, "overdue")]}


def test_an_answer_in_time_ends_it_and_a_late_one_is_told_with_its_day() -> None:
    events = [
        *(complaint("A", "2026-04-27"), decided("D1", "2026-04-29", "A")),
        *(complaint("B", "2026-04-27"), decided("D2", "2026-04-30", "B"), decided("D3", "2026-05-08", "B")),
    ]
    assert listed(watching(timed(), events), "decided") == (
        Outstanding(
            deadline="decided",
            event="B",
            at=date(2026, 4, 27),
            subjects=(COMPANY, COMMUNITY),
            due=date(2026, 4, 29),
            answered=date(2026, 4, 30),
            state="late",
        ),
    )


def test_as_of_a_past_day_an_answer_of_later_is_not_known() -> None:
    events = [complaint("A", "2026-04-27"), decided("D1", "2026-05-08", "A")]
    found = listed(watching(timed(), events), "decided", date(2026, 4, 30))
    assert [(each.event, each.state, each.answered) for each in found] == [("A", "overdue", None)]


@pytest.mark.parametrize("outcome", ["unfounded", "confirmed"])
def test_a_complaint_that_came_with_its_outcome_is_dealt_with(outcome: str) -> None:
    events = [complaint("A", "2026-04-27", outcome=outcome), complaint("B", "2026-06-01")]
    assert [each.event for each in watching(timed(again=None), events).outstanding()] == ["B"]


def test_a_complaint_found_unfounded_was_answered() -> None:
    events = [complaint("A", "2026-04-27")]
    events.append(Event("D", "incident-decided", date(2026, 4, 28), (COMPANY,), of="A", outcome="unfounded"))
    assert listed(watching(timed(), events), "decided", date(2026, 6, 1)) == ()


def test_without_a_calendar_nothing_is_overdue_on_a_day_that_nobody_knows() -> None:
    """Of a limit that runs into a year that is not announced, too."""
    events = [complaint("A", "2026-04-27"), complaint("B", "2026-12-30")]
    states = {
        len(calendars): [
            (e.event, e.due, e.state) for e in watching(timed("3d", None, calendars), events).outstanding()
        ]
        for calendars in ((), (Y2026,))
    }
    assert states == {
        0: [("A", None, "undated"), ("B", None, "undated")],
        1: [("A", date(2026, 4, 30), "overdue"), ("B", None, "undated")],
    }


def test_without_a_value_of_the_setting_nothing_is_listed() -> None:
    overseer = watching(timed(None, None), [complaint("A", "2026-04-27"), patrol("P", "2026-04-27")])
    assert overseer.outstanding() == ()


@pytest.mark.parametrize("channels", [None, ("city-hotline",)])
def test_what_is_counted_by_a_setting_waits_for_its_value(channels: tuple[str, ...] | None) -> None:
    """Without it nobody has said which complaints are meant; with it the others have no deadline."""
    of = {"id": "city", "title": "渠道", "type": "names", "cite": "opinion/1.1"}
    answer = {"id": "answer", "title": "办理", "type": "limit", "cite": "opinion/1.1", "value": "2wd"}
    deadline = {
        "id": "decided",
        "title": "投诉办理",
        "after": {"kinds": "complaint", "channels_of": "city"},
        "until": {"kinds": "incident-decided"},
        "within": "answer",
        **GROUND,
    }
    settings = (answer, of | ({"value": channels} if channels else {}))
    rulebook = book(settings=settings, deadlines=(deadline,), calendars=(Y2026,))
    events = [complaint("A", "2026-04-27", channel="city-hotline"), complaint("B", "2026-04-27")]
    found = [each.event for each in watching(rulebook, events).outstanding(as_of=date(2026, 5, 9))]
    idle = rulebook.oversight.idle_without("city")
    assert (found, idle) == (["A"] if channels else [], ("decided",))


# -- patrols


def test_a_subject_is_reminded_from_the_last_time_on_and_one_without_any_is_named() -> None:
    events = [patrol("P1", "2026-04-20"), patrol("P2", "2026-04-21"), complaint("C", "2026-05-11")]
    events += [
        patrol("P3", "2026-05-08", "丙"),
        Event("X", "complaint", date(2026, 5, 2), (("community", "丁"),)),
    ]
    overseer = watching(timed(), events)
    # Ten days are over on 1 May, a holiday: the 6th is the next working day.
    assert [(e.subjects, e.event, e.at, e.due, e.state) for e in listed(overseer, "patrolled")] == [
        ((COMMUNITY,), "P2", date(2026, 4, 21), date(2026, 5, 6), "overdue"),
        ((("community", "丙"),), "P3", date(2026, 5, 8), date(2026, 5, 18), "open"),
        ((("community", "丁"),), None, None, None, "never"),
    ]
    assert [each.state for each in listed(overseer, "patrolled", date(2026, 5, 6))] == ["open", "never"]


# -- counted another way


def naive(events: list[Event], number: int, day: date) -> set[tuple[str, str]]:
    """Which complaints are overdue, open or were answered late, each looked at for itself, day by day."""
    found = set()
    for each in (e for e in events if e.kind == "complaint" and e.at <= day):
        answers = [e.at for e in events if e.kind == "incident-decided" and e.of == each.id and e.at <= day]
        left, today = number, each.at
        while left:
            today += timedelta(1)
            left -= today in WORKING or (today.isoweekday() < 6 and today not in OFF)
        if not answers:
            found.add((each.id, "overdue" if day > today else "open"))
        elif min(answers) > today:
            found.add((each.id, "late"))
    return found


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    days = st.integers(0, 30).map(lambda n: FIRST + timedelta(n))
    begun = [Event(f"C{n}", "complaint", draw(days), (COMPANY,)) for n in range(draw(st.integers(0, 6)))]
    numbers = draw(st.lists(st.integers(0, 7), max_size=8))
    ended = [
        Event(f"D{n}", "incident-decided", draw(days), (COMPANY,), of=f"C{of}")
        for n, of in enumerate(numbers)
    ]
    return draw(st.permutations([*begun, *ended]))


@given(histories(), st.integers(1, 9), st.integers(-2, 45))
def test_what_is_overdue_is_what_one_finds_by_counting_day_by_day(
    events: list[Event], number: int, since: int
) -> None:
    day = FIRST + timedelta(since)
    found = watching(timed(f"{number}wd"), events).outstanding(as_of=day)
    assert {(each.event, each.state) for each in found} == naive(events, number, day)


# -- in the rulebook


def test_deadlines_are_in_the_digest_and_come_back_with_an_edition() -> None:
    rulebook = timed()

    class Published:
        digest, content, order = rulebook.digest, rulebook.canonical().encode(), order_of(rulebook)

    again: Any = Published()
    assert restore(again) == rulebook
    assert len({rulebook.digest, timed("3wd").digest, timed(calendars=()).digest}) == 3
