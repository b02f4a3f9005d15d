"""Which day a moment is of: that of the rulebook's time zone, in whatever form the moment comes."""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from books import book, rule, save, written
from dutyroute import IncidentError, LedgerError, Overseer, Router, Rulebook
from dutyroute.errors import EventError
from dutyroute.formats.timestamp import day_of, moment_of, read_time, read_zone, shown_moment, today
from dutyroute.ledger import Ledger
from dutyroute.replay import load_map, open_tasks, read_events, replay
from dutyroute.rulebook.editions import known_at, order_of
from watching import watched

NIGHT = "2026-06-30T17:00:00Z"
"""In Beijing it is one o'clock of the first of July."""
MOMENT = datetime(2026, 6, 30, 17, tzinfo=UTC)
RULES = (
    rule("old", {"matter": "clutter"}, {"lead": "housing"}, in_force={"until": date(2026, 7, 1)}),
    rule("new", {"matter": "clutter"}, {"lead": "planning"}, in_force={"from": date(2026, 7, 1)}),
)
BEIJING = {"timezone": "Asia/Shanghai"}
ZONED: Rulebook = book(*RULES, header=BEIJING)
ZONELESS: Rulebook = book(*RULES)
EITHER = pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Asia/Tokyo"])


@pytest.fixture(params=["UTC", "America/Los_Angeles"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine in some other zone: no answer may depend on it."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


OFFSETS: list[Any] = [
    NIGHT,
    "2026-06-30t17:00:00z",
    "2026-06-30 17:00:00+00:00",
    "2026-06-30 17:00 +0000",
    "2026-06-30T17:00:00.1234567Z",
    "2026-07-01T01:00+08:00",
    "2026-06-30T10:00:00-07",
    MOMENT,
    MOMENT.astimezone(timezone(timedelta(hours=-7))),
]
LOCAL: list[Any] = ["2026-06-30", "2026-06-30T23:59", "2026-06-30 00:00:00", datetime(2026, 6, 30, 23)]


@pytest.mark.parametrize("at", OFFSETS, ids=str)
@pytest.mark.usefixtures("machine")
def test_a_moment_is_of_the_day_that_it_is_there(at: Any) -> None:
    incident = Router(ZONED).incident({"matter": "clutter", "reported_at": at})
    assert incident.facts["reported_at"] == date(2026, 7, 1)
    assert Router(ZONED).route(incident).lead == ("planning",)


@pytest.mark.parametrize("at", LOCAL, ids=str)
@pytest.mark.parametrize("rules", [ZONED, ZONELESS], ids=["zone", "none"])
@pytest.mark.usefixtures("machine")
def test_a_moment_without_an_offset_is_local_time(at: Any, rules: Rulebook) -> None:
    assert Router(rules).route({"matter": "clutter", "reported_at": at}).lead == ("housing",)


@pytest.mark.parametrize("at", OFFSETS, ids=str)
def test_without_a_zone_an_offset_is_refused_with_the_line_to_add(at: Any) -> None:
    """A guess would be wrong for a third of a day."""
    for ask in (
        partial(Router(ZONELESS).route, {"matter": "clutter", "reported_at": at}),
        partial(Router(ZONELESS).what_if, {"matter": "clutter"}, reported_at=at),
    ):
        with pytest.raises(IncidentError) as caught:
            ask()
        assert caught.value.code == "incident-needs-timezone"
        assert "timezone: Asia/Shanghai" in caught.value.describe("zh")


def test_the_zone_is_part_of_the_digest_where_it_is_written() -> None:
    assert '"timezone":"Asia/Shanghai"' in ZONED.canonical()
    assert "timezone" not in ZONELESS.canonical()
    assert Router.shipped().rulebook.header.timezone == "Asia/Shanghai"


@pytest.mark.parametrize(
    "name", ["localtime", "../etc/passwd", "Asia", "asia/shanghai", "+08:00", "", "X" * 99]
)
def test_what_is_no_name_of_a_zone_is_refused(name: str) -> None:
    """`localtime` is one, but another on each machine."""
    with pytest.raises(ValueError, match="no time zone"):
        read_zone(name)


# -- tables


def _arrow(kind: Any) -> Any:
    bare = MOMENT.replace(tzinfo=None)
    return pa.array([MOMENT if getattr(kind, "tz", None) else bare, None, MOMENT if kind.tz else bare], kind)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai", "+08:00"])
@pytest.mark.usefixtures("machine")
def test_moments_of_arrow_are_of_the_day_that_they_are_there(unit: str, zone: str) -> None:
    for values in (found := _arrow(pa.timestamp(unit, zone)), found.dictionary_encode()):
        table = pa.table({"matter": ["clutter"] * 3, "reported_at": values})
        assert [each.lead for each in Router(ZONED).route_table(table)] == [("planning",), (), ("planning",)]
        codes = [getattr(each, "code", None) for each in Router(ZONELESS).route_table(table)]
        assert codes == ["incident-needs-timezone", None, "incident-needs-timezone"]


def test_moments_of_arrow_without_a_zone_are_local_time() -> None:
    for rules in (ZONED, ZONELESS):
        table = pa.table({"matter": ["clutter"] * 3, "reported_at": _arrow(pa.timestamp("us"))})
        assert [each.lead for each in Router(rules).route_table(table)] == [("housing",), (), ("housing",)]


def test_a_table_and_single_rows_are_of_the_same_days() -> None:
    """On both sides of midnight, second by second."""
    midnight = datetime(2026, 6, 30, 16, tzinfo=UTC)
    moments = [midnight + timedelta(seconds=n) for n in (-900, -1, 0, 1, 899, 900)]
    values = pa.array(moments, pa.timestamp("s", "UTC"))
    routed = Router(ZONED).route_table(pa.table({"matter": ["clutter"] * 6, "reported_at": values}))
    single = [Router(ZONED).route({"matter": "clutter", "reported_at": at}) for at in moments]
    assert [each.lead for each in routed] == [each.lead for each in single]
    assert [each.lead for each in single] == [("housing",)] * 2 + [("planning",)] * 4


# -- histories


def histories(folder: Path, at: str) -> Iterator[Path]:
    """Write one row as each kind of file."""
    (folder / "h.csv").write_text(f"事,日,谁\nclutter,{at},规划局\n", "utf-8")
    (folder / "h.jsonl").write_text(json.dumps({"事": "clutter", "日": at, "谁": "规划局"}) + "\n", "utf-8")
    moment = read_time(at)
    kind = pa.timestamp("us", "UTC") if isinstance(moment, datetime) and moment.tzinfo else None
    columns = {"事": ["clutter"], "日": pa.array([moment], kind), "谁": ["规划局"]}
    pq.write_table(pa.table(columns), folder / "h.parquet")
    yield from (folder / f"h.{ending}" for ending in ("csv", "jsonl", "parquet"))


def outcome(history: Path, rules: Rulebook, zone: str | None = None) -> list[str]:
    mapped = history.with_name("map.yaml")
    line = "" if zone is None else f"timezone: {zone}, "
    mapped.write_text(f"map: {{{line}facts: {{matter: 事, reported_at: 日}}, handler: 谁}}\n", "utf-8")
    work = open_tasks((str(history),), str(mapped), rules, {})
    told = replay(work, Router(rules), history.with_name("out")).to_dict()
    return [name for name, count in told["counts"].items() if count]


@pytest.mark.usefixtures("machine")
def test_rows_of_histories_are_judged_by_the_day_that_it_was_there(tmp_path: Path) -> None:
    for history in histories(tmp_path, NIGHT):
        assert outcome(history, ZONED) == ["agree"]
        # What the map says counts for the files that it reads.
        assert outcome(history, ZONELESS, "Asia/Shanghai") == ["agree"]
        assert outcome(history, ZONED, "America/New_York") == ["diverge"]
        assert outcome(history, ZONELESS) == ["bad-row"]
        rejected = history.with_name("out").joinpath("rejects.csv").read_text("utf-8")
        assert "timezone: Asia/Shanghai" in rejected


def test_local_moments_of_histories_need_no_zone(tmp_path: Path) -> None:
    for history in histories(tmp_path, "2026-07-01T00:30:00"):
        assert outcome(history, ZONELESS) == outcome(history, ZONED) == ["agree"]


@pytest.mark.parametrize(
    "text, day",
    [
        ("2026/6/30 17:00:00Z", "2026-07-01"),
        ("2026年6月30日17时00分 UTC", "2026-07-01"),
        ("2026年6月30日 17:00 UTC+0", "2026-07-01"),
        ("2026.6.30 17:00 GMT", "2026-07-01"),
        ("2026-06-30 17:00:00.000+00", "2026-07-01"),
        ("２０２６-06-30Ｔ17:00Ｚ", "2026-07-01"),
        ("2026-7-1 1:00 UTC+8", "2026-07-01"),
        ("2026-06-30 10:00:00 -0700", "2026-07-01"),
        ("2026-06-30 17:00-18:00", "2026-06-30"),
        ("2026-06-30 17:00", "2026-06-30"),
        ("2026-06-30 下午", "2026-06-30"),
        ("2026-06-30 5:00 pm +00:00", None),
        ("2026-06-30Z", None),
        ("2026-06-30 17:00 +99:00", None),
    ],
)
def test_moments_as_people_write_them(text: str, day: str | None, tmp_path: Path) -> None:
    """What cannot be read for certain is rejected, not cut off."""
    (tmp_path / "map.yaml").write_text("map: {facts: {matter: 事, reported_at: 日}}\n", "utf-8")
    (tmp_path / "h.csv").write_text(f"事,日\nclutter,{text}\n", "utf-8")
    mapping = load_map(tmp_path / "map.yaml", ZONED)
    (task,) = open_tasks((str(tmp_path / "h.csv"),), str(tmp_path / "map.yaml"), ZONED, {})
    found = [mapping.apply(batch) for batch in task.source.batches()]
    assert [str(each) for part in found for each in part.facts.column("reported_at").to_pylist()] == [
        str(day and date.fromisoformat(day))
    ]
    assert [each.reason for part in found for each in part.rejects] == ([] if day else ["value-not-date"])


@pytest.mark.parametrize("zone", ["北京", "localtime", "8", "[Asia/Shanghai]"])
def test_a_zone_of_a_map_that_is_none_is_told_with_its_place(zone: str, tmp_path: Path) -> None:
    from dutyroute.errors import RulebookError

    (tmp_path / "map.yaml").write_text(f"map:\n  timezone: {zone}\n  facts: {{matter: 事}}\n", "utf-8")
    with pytest.raises(RulebookError) as caught:
        load_map(tmp_path / "map.yaml", ZONED)
    (fault,) = caught.value.diagnostics
    assert fault.span is not None
    assert (fault.code, fault.span.line) == ("map-wrong-value", 2)


@pytest.mark.parametrize(
    "at, zone, shown",
    [
        ("9999-12-31T23:59:00+00:00", "Asia/Shanghai", "9999-12-31 23:59:00Z"),
        ("0001-01-01T00:00:00+00:00", "America/New_York", "0001-01-01 00:00:00Z"),
    ],
)
def test_a_time_at_the_end_of_the_calendar_is_shown(at: str, zone: str, shown: str) -> None:
    """Old versions published at any time that they were given."""
    assert shown_moment(datetime.fromisoformat(at), read_zone(zone)) == shown


# -- events


def test_events_are_of_the_day_that_it_was_there(tmp_path: Path) -> None:
    event = {"id": "A", "kind": "complaint", "at": NIGHT, "community": "东苑"}
    path = tmp_path / "events.jsonl"
    path.write_text(json.dumps(event), "utf-8")
    with pytest.raises(EventError) as caught:
        Overseer(watched()).observe(event)
    assert caught.value.code == "event-needs-timezone"
    assert "timezone: Asia/Shanghai" in caught.value.describe("en")
    rules = watched(header=BEIJING)
    overseer = Overseer(rules)
    assert overseer.ingest(read_events(path, rules).lines) == ()
    overseer.observe({**event, "id": "B"})
    assert [each.at for each in overseer.history()] == [date(2026, 7, 1)] * 2


# -- what was known when


@pytest.mark.usefixtures("machine")
def test_a_day_that_was_known_ends_where_the_rulebook_is(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        for rules, at in (
            (ZONED, MOMENT - timedelta(days=1)),
            (book(*RULES, header={**BEIJING, "edition": "2"}), MOMENT),
        ):
            ledger.publish(
                rules.canonical().encode(),
                digest=rules.digest,
                author="",
                note="",
                at=at,
                order=order_of(rules),
            )
        # It was published at one o'clock of the first of July, so on the last of June nobody knew it.
        assert known_at(ledger, date(2026, 6, 30)).digest == ZONED.digest
        assert known_at(ledger, date(2026, 7, 1)).digest != ZONED.digest
        assert known_at(ledger, datetime(2026, 7, 1, 0, 59)).digest == ZONED.digest
        assert known_at(ledger, datetime(2026, 7, 1, 1)).digest != ZONED.digest
        with pytest.raises(LedgerError, match=r"2026-06-29 23:59:59\+08:00"):
            known_at(ledger, date(2026, 6, 29))


def test_the_ends_of_the_calendar_are_no_error() -> None:
    for zone in (None, read_zone("Asia/Shanghai"), read_zone("America/New_York")):
        for value in (date.min, date.max, datetime.min, datetime.max):
            assert moment_of(value, zone).tzinfo is UTC
    with pytest.raises(ValueError, match="9999"):
        day_of("9999-12-31T23:00:00Z", read_zone("Asia/Shanghai"))


@pytest.mark.usefixtures("machine")
def test_today_is_that_of_the_zone_and_travels() -> None:
    router = Router(ZONED, today=partial(today, ZONED.header.zone))
    now = datetime.now(UTC)
    assert router.route({"matter": "clutter"}).assumed[-1][1] in {
        (at + timedelta(hours=8)).date() for at in (now, datetime.now(UTC))
    }
    assert pickle.loads(pickle.dumps(router)).route({"matter": "clutter"}) == router.route(
        {"matter": "clutter"}
    )


def test_a_rulebook_without_a_zone_can_be_saved_and_read(tmp_path: Path) -> None:
    save(written(*RULES, header=BEIJING), tmp_path / "rules.yaml")
    assert Router.load(tmp_path / "rules.yaml").rulebook == ZONED
