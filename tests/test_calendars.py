"""When time limits end: by working days, as the calendars of a rulebook announce them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from books import book, rule
from dutyroute import Decision, Ledger, Router, load, redecide
from dutyroute.analysis import diff
from dutyroute.rulebook.editions import order_of, restore
from dutyroute.rulebook.shipped import shipped

DAYS_OFF = load(shipped("rules")).calendars
Y2026 = DAYS_OFF["2026"].written()
FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)


def limited(within: str, calendars: Any = (Y2026,), **more: Any) -> Router:
    """A rulebook in which the housing bureau has so long."""
    holder = {"party": "housing", "within": within}
    given = {"calendars": calendars} if calendars else {}
    return Router(book(rule("a", {}, {"handle": holder, "lead": "housing"}), **given), **more)


def ends(within: str, since: str, calendars: Any = (Y2026,)) -> str | None:
    found = limited(within, calendars).route({"matter": "clutter", "reported_at": since}).due
    assert [(d.matter, d.party, d.role) for d in found] == [("clutter", "housing", "handle")] * len(found)
    return found[0].date.isoformat() if found else None


# -- counted another way


def counted(since: date, number: int, unit: str, works: dict[date, bool]) -> date | None:
    """Count on the fingers: day after day; None once a day comes of which nobody knows whether it is worked on."""
    day, left = since, number * (7 if unit == "w" else 1)
    while left:
        day += timedelta(1)
        if unit != "wd":
            left -= 1
        elif day not in works:
            return None
        elif works[day]:
            left -= 1
    while day in works and not works[day]:
        day += timedelta(1)
    return day if day in works else None


@st.composite
def calendars(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Any calendars of some of three years, whatever holidays these have."""
    found = []
    for year in draw(st.lists(st.sampled_from((2025, 2026, 2027)), unique=True, min_size=1)):
        days = st.dates(date(year, 1, 1), date(year, 12, 31))
        # Often about the turn of the year, where the next calendar is asked.
        late = st.dates(date(year, 12, 25), date(year, 12, 31))
        off = draw(st.lists(days | late, min_size=1, max_size=40, unique=True))
        weekends = [day for day in draw(st.lists(days, max_size=20, unique=True)) if day.weekday() > 4]
        working = tuple(day for day in weekends if day not in off)
        found.append({"year": year, "off": tuple(off), "working": working, "source": "通知"})
    return found


@given(calendars(), st.dates(FIRST, LAST), st.integers(1, 40), st.sampled_from(("d", "w", "wd")))
def test_a_limit_ends_where_one_comes_by_counting_day_by_day(
    years: list[dict[str, Any]], since: date, number: int, unit: str
) -> None:
    works = {}
    for year in years:
        day = date(year["year"], 1, 1)
        while day.year == year["year"]:
            is_weekday = day.isoweekday() not in (6, 7)
            works[day] = day in year["working"] or (is_weekday and day not in year["off"])
            day += timedelta(1)
    expected = counted(since, number, unit, works)
    found = ends(f"{number}{unit}", since.isoformat(), tuple(years))
    assert found == (expected.isoformat() if expected else None)


# -- by the announced calendars


@pytest.mark.parametrize(
    "within,since,last",
    [
        ("1wd", "2026-03-06", "2026-03-09"),  # a Friday, and the Monday after it
        ("1wd", "2026-03-07", "2026-03-09"),  # reported on a day off
        ("5wd", "2026-02-10", "2026-02-24"),  # over the Spring Festival; Saturday the 14th is worked on
        ("3d", "2026-02-13", "2026-02-24"),  # ends in the festival: the day after it
        ("3d", "2026-02-10", "2026-02-13"),
        ("1w", "2026-02-07", "2026-02-14"),  # a Saturday that is worked on
        ("2wd", "2026-09-30", "2026-10-09"),
        ("3wd", "2026-09-30", "2026-10-10"),  # another one
        ("1wd", "2026-12-30", "2026-12-31"),
        ("2wd", "2026-12-30", None),  # 2027 is not announced
        ("3d", "2026-12-30", None),
        ("24h", "2026-03-06", None),
        ("99999w", "2026-03-06", None),
    ],
)
def test_days_off_and_working_weekends_are_those_that_were_announced(
    within: str, since: str, last: str | None
) -> None:
    assert ends(within, since) == last


def test_a_limit_runs_on_over_the_turn_of_the_year_where_both_are_announced() -> None:
    """1 to 3 January 2026 are off, Sunday the 4th is worked on."""
    both = tuple(calendar.written() for calendar in DAYS_OFF.values())
    assert [ends(within, "2025-12-30", both) for within in ("1wd", "2wd", "3wd", "2d")] == [
        *("2025-12-31", "2026-01-04", "2026-01-05", "2026-01-04")
    ]


def test_the_shipped_calendars_have_as_many_days_as_the_notices_say() -> None:
    """So many days off and working weekends, and the holidays that the law gives everybody, as weekdays off."""
    told = {year: (len(c.off), len(c.working)) for year, c in DAYS_OFF.items()}
    assert told == {"2025": (28, 5), "2026": (33, 6)}
    worked = {}
    for year, calendar in DAYS_OFF.items():
        days = [date(int(year), 1, 1) + timedelta(n) for n in range(365)]
        worked[year] = sum(map(calendar.is_working, days))
    # A year's working days: 365, less its weekends, less thirteen holidays that everybody has.
    assert worked == {"2025": 365 - 104 - 13, "2026": 365 - 104 - 13}


# -- what a decision says


def test_no_date_is_given_where_the_day_is_unknown_or_no_calendar_is_written() -> None:
    """The words stand all the same; a day that is assumed to be today is a known day."""
    unknown = limited("5wd").route({"matter": "clutter"})
    bare = limited("5wd", ()).route({"matter": "clutter", "reported_at": "2026-03-06"})
    assumed = limited("5wd", today=lambda: date(2026, 3, 6)).route({"matter": "clutter"})
    assert [each.rulings[0].duties[1].within for each in (unknown, bare, assumed)] == ["5wd"] * 3
    assert [[due.date for due in each.due] for each in (unknown, bare, assumed)] == [
        *([], [], [date(2026, 3, 13)])
    ]


def test_each_matter_has_its_own_day_and_possible_duties_have_theirs() -> None:
    rules = (
        rule("a", {"matter": "clutter"}, {"handle": {"party": "housing", "within": "2wd"}}),
        rule("b", {"urgent": True}, {"inspect": {"party": "planning", "within": "1wd"}}),
        rule("c", {"matter": "complaint"}, {"handle": {"party": "housing", "within": "5wd"}}),
    )
    clerk = Router(book(*rules, calendars=(Y2026,)))
    decision = clerk.route({"matter": ["clutter", "complaint"], "reported_at": "2026-03-06"})
    assert decision.to_dict()["due"] == [
        {"matter": "clutter", "party": "housing", "role": "handle", "date": "2026-03-10"},
        {"matter": "clutter", "party": "planning", "role": "inspect", "date": "2026-03-09"},
        {"matter": "complaint", "party": "housing", "role": "handle", "date": "2026-03-13"},
        {"matter": "complaint", "party": "planning", "role": "inspect", "date": "2026-03-09"},
    ]
    assert Decision.from_json(decision.to_json()) == decision


def test_a_decision_without_a_day_is_written_as_before() -> None:
    assert "due" not in limited("24h").route({"matter": "clutter", "reported_at": "2026-03-06"}).to_dict()


@pytest.mark.parametrize(
    "written",
    [lambda day: day, lambda day: f"{day}T23:30:00Z", lambda day: f"{day} 08:00"],
    ids=["day", "moment", "time"],
)
def test_rows_of_a_table_have_each_their_own_day(written: Any) -> None:
    """Though no rule tells the days apart; a row without a day, or that is refused, as by itself."""
    held = rule("a", {}, {"handle": {"party": "housing", "within": "1wd"}})
    clerk = Router(book(held, header={"timezone": "Asia/Shanghai"}, calendars=(Y2026,)))
    days = [*(written(date(2026, 3, 5) + timedelta(n)) for n in range(5)), None, written(date(2026, 12, 31))]
    matters = ["clutter"] * 7
    rows = [
        *({"matter": matter, "reported_at": day} for matter, day in zip(matters, days, strict=True)),
        {"matter": "nothing", "reported_at": days[0]},
    ]
    routed = clerk.route_table(pa.Table.from_pylist(rows))
    alone = [clerk.route(row) for row in rows[:-1]]
    assert list(routed)[:-1] == alone
    assert len({decision.due for decision in alone}) > 3
    (refused,) = list(routed)[-1:]
    assert getattr(refused, "code", None) == "incident-wrong-value"
    ends = [due for decision in alone for due in [*(each.date for each in decision.due), None][:1]]
    assert routed.duties.column("due").to_pylist() == ends


# -- in the digest, in editions, in a ledger


def test_a_calendar_is_in_the_digest_whatever_the_order_of_its_days() -> None:
    plain = limited("1wd").rulebook
    turned = {**Y2026, "off": (*reversed(Y2026["off"]), Y2026["off"][0])}
    shorter = {**Y2026, "off": Y2026["off"][1:]}
    assert limited("1wd", (turned,)).rulebook.digest == plain.digest
    assert len({plain.digest, *(limited("1wd", c).rulebook.digest for c in ((), (shorter,)))}) == 3


AT = datetime(2026, 3, 6, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    rulebook = limited("2wd").rulebook
    with Ledger.open(tmp_path / "ledger.db") as opened:
        opened.publish(rulebook.canonical().encode(), digest=rulebook.digest, at=AT, order=order_of(rulebook))
        yield opened


def test_a_decision_is_decided_again_with_its_days_by_the_calendar_of_then(ledger: Ledger) -> None:
    """A day that the edition does not give is told apart."""
    edition = ledger.editions()[0]
    router = Router(restore(edition), ledger=ledger, clock=lambda: AT)
    given = {"matter": "clutter", "reported_at": "2026-03-06"}
    decision = router.route(given).to_dict()
    other = {**decision, "due": [{**decision["due"][0], "date": "2026-03-11"}]}
    ledger.append(given, other, edition=edition.digest, at=AT)
    assert [(each.outcome, each.differs) for each in redecide(ledger)] == [("same", ()), ("other", ("due",))]


# -- what an edit of a calendar changes


def test_an_edit_of_a_calendar_is_told_by_its_days() -> None:
    corrected = {**Y2026, "off": (*Y2026["off"][1:], date(2026, 2, 24)), "working": Y2026["working"][1:]}
    old, new = (limited("5wd", (c,)).rulebook for c in (Y2026, corrected))
    zh = diff(old, new).to_text("zh").splitlines()
    assert zh == [
        "任何案件的职责都没有变化；但日历有变，期限的截止日会变。",
        "",
        "日历有变，期限的截止日随之变化：",
        "   - 2026 年：原来上班、现在放假的日子：2026-01-04、2026-02-24",
        "   - 2026 年：原来放假、现在上班的日子：2026-01-01",
    ]
    assert diff(old, new).to_dict("en")["calendars"] == [
        {
            "year": 2026,
            "kind": "off",
            "days": ["2026-01-04", "2026-02-24"],
            "said": "2026: working days that are days off now: 2026-01-04, 2026-02-24",
        },
        {
            "year": 2026,
            "kind": "working",
            "days": ["2026-01-01"],
            "said": "2026: days off that are working days now: 2026-01-01",
        },
    ]


def test_a_new_year_is_told_and_a_weekend_written_out_is_no_change() -> None:
    y2025 = DAYS_OFF["2025"].written()
    sunday = {**Y2026, "off": (*Y2026["off"], date(2026, 3, 8))}
    one, both, same = (limited("5wd", c).rulebook for c in ((Y2026,), (y2025, Y2026), (sunday,)))
    assert diff(one, both).to_text("en").splitlines()[-1] == (
        "   - 2025: had no calendar, so that limits ended on no known day; has one now"
    )
    assert diff(both, one).to_text("zh").splitlines()[-1] == (
        "   - 2025 年：原来有日历，现在没有，期限只写几日、不写到哪天"
    )
    assert not diff(one, same).changes_anything
