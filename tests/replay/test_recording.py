"""A replay on the record: each row that can be read is one entry, however often it was run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from books import linked, rule, written
from dutyroute import IncidentError, LedgerError, Router
from dutyroute.ledger import Ledger
from dutyroute.replay import Recorder, Task, open_tasks, replay
from dutyroute.replay.recorder import ORIGIN
from dutyroute.routing.redecide import redecide
from dutyroute.rulebook.editions import order_of
from histories import BADLY, HandMap, Row, Rows
from replay.test_run import CLERK, history

AT = datetime(2026, 3, 1, tzinfo=UTC)


class Dying(Recorder):
    """A recorder whose program dies right after a write, before anybody puts down that it was done."""

    def __init__(self, ledger: Ledger, *, after: int) -> None:
        super().__init__(ledger, CLERK.rulebook, lambda: AT)
        self.left = after

    def write(self) -> None:
        super().write()
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        book = CLERK.rulebook
        opened.publish(book.canonical().encode(), digest=book.digest, at=AT, order=order_of(book))
        yield opened


def ran(rows: list[Row], out: Path, recorder: Recorder, **more: Any) -> None:
    source = more.pop("source", None) or Rows(rows)
    replay([Task(source, HandMap(CLERK, rows))], CLERK, out, every=2, recorder=recorder, **more)


def recorded(ledger: Ledger) -> list[str]:
    contents = (entry.content for entry in ledger.entries() if entry.kind == "decision")
    return [content["incident"][ORIGIN] for content in contents]


def readable(rows: list[Row]) -> list[str]:
    """Name the rows that can be read."""
    numbered = enumerate(rows, 1)
    return [f"历史.csv:{n}" for n, row in numbered if not row.is_torn and row.facts["matter"] != BADLY]


def test_every_row_is_recorded_as_it_was_answered(ledger: Ledger, tmp_path: Path) -> None:
    rows = history(1)
    ran(rows, tmp_path / "out", Recorder(ledger, CLERK.rulebook, lambda: AT))
    assert recorded(ledger) == readable(rows)
    refused = []
    for entry in ledger.entries(2):
        body = entry.content
        incident = {key: value for key, value in body["incident"].items() if key != ORIGIN}
        if "error" not in body["decision"]:
            assert CLERK.route(incident).to_dict() == body["decision"]
            continue
        with pytest.raises(IncidentError) as caught:
            CLERK.route(incident)
        refused.append((body["decision"]["status"], body["decision"]["error"] == caught.value.code))
    assert set(refused) == {("unroutable", True)}
    assert {each.outcome for each in redecide(ledger)} == {"same"}
    assert ledger.verify().is_sound


@pytest.mark.parametrize("after", [1, 2, 4])
def test_what_was_recorded_when_the_program_died_is_not_recorded_again(
    after: int, ledger: Ledger, tmp_path: Path
) -> None:
    rows = history(2)
    with pytest.raises(KeyboardInterrupt):
        ran(rows, tmp_path / "out", Dying(ledger, after=after))
    ran(rows, tmp_path / "out", Recorder(ledger, CLERK.rulebook, lambda: AT), resume=True)
    assert recorded(ledger) == readable(rows)


@pytest.mark.parametrize("stop", [1, 6, 11])
def test_an_interrupted_run_records_the_rest_once(stop: int, ledger: Ledger, tmp_path: Path) -> None:
    rows = history(3)
    recorder = Recorder(ledger, CLERK.rulebook, lambda: AT)
    with pytest.raises(KeyboardInterrupt):
        ran(rows, tmp_path / "out", recorder, source=Rows(rows, stops_at=stop))
    ran(rows, tmp_path / "out", Recorder(ledger, CLERK.rulebook, lambda: AT), resume=True)
    assert recorded(ledger) == readable(rows)


def test_a_second_run_records_only_what_has_changed(ledger: Ledger, tmp_path: Path) -> None:
    rows = history(4)
    for number in range(2):
        ran(rows, tmp_path / f"out-{number}", Recorder(ledger, CLERK.rulebook, lambda: AT))
    assert recorded(ledger) == readable(rows)
    place = next(n for n, row in enumerate(rows) if f"历史.csv:{n + 1}" in readable(rows))
    changed = [
        *rows[:place],
        replace(rows[place], facts={**rows[place].facts, "matter": "noise"}),
        *rows[place + 1 :],
    ]
    ran(changed, tmp_path / "out-2", Recorder(ledger, CLERK.rulebook, lambda: AT))
    assert recorded(ledger) == [*readable(rows), f"历史.csv:{place + 1}"]


def test_rules_that_are_not_published_record_nothing(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "empty.db") as empty, pytest.raises(LedgerError) as caught:
        Recorder(empty, CLERK.rulebook, lambda: AT)
    assert caught.value.reason == "ledger-unpublished"


def test_a_recorded_row_keeps_whether_a_fact_is_unknown_or_was_not_given(tmp_path: Path) -> None:
    """Where a fact leaves values out unless they are said, a blank and 不详 are answered differently."""
    data = written(rule("a", {"respondent": "owners-committee"}, {"lead": "housing"}))
    data["facts"][0]["unless_said"] = {"not": ("owners-committee",)}
    clerk = Router(linked(data))
    (tmp_path / "h.csv").write_text(
        "id,matter,who\n1,乱堆乱放,\n2,乱堆乱放,不详\n3,乱堆乱放,业委会\n", "utf-8"
    )
    (tmp_path / "h.map.yaml").write_text("map: {id: id, facts: {matter: matter, respondent: who}}\n", "utf-8")
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        book = clerk.rulebook
        ledger.publish(book.canonical().encode(), digest=book.digest, at=AT, order=order_of(book))
        tasks = open_tasks([str(tmp_path / "h.csv")], None, book)
        replay(tasks, clerk, tmp_path / "out", recorder=Recorder(ledger, book, lambda: AT))
        contents = [entry.content for entry in ledger.entries() if entry.kind == "decision"]
        told = [{k: v for k, v in each["incident"].items() if k not in (ORIGIN, "id")} for each in contents]
        assert told == [
            {"matter": "clutter"},
            {"matter": "clutter", "respondent": None},
            {"matter": "clutter", "respondent": "owners-committee"},
        ]
        assert [each["decision"]["status"] for each in contents] == ["unrouted", "incomplete", "routed"]
        assert {each.outcome for each in redecide(ledger)} == {"same"}
