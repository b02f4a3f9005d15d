"""Files of events: read in their encoding, taken in oldest first, every line that does not count told."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from dutyroute import EventError, Overseer, Router
from dutyroute.replay import read_events
from watching import watched

COMPLAINT = {"id": "A", "kind": "complaint", "at": "2026-03-01", "community": "东苑"}


def written(path: Path, *events: object, encoding: str = "utf-8") -> Path:
    path.write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in events), encoding)
    return path


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-16"])
def test_events_are_read_in_the_encoding_of_the_file(tmp_path: Path, ending: str, encoding: str) -> None:
    """In GBK, as spreadsheets write it, every row was once lost."""
    path = written(tmp_path / f"events.{ending}", COMPLAINT, encoding=encoding)
    if ending == "csv":
        path.write_text("id,kind,at,community\nA,complaint,2026-03-01,东苑\n", encoding)
    overseer = Overseer(watched())
    assert overseer.ingest(read_events(path, overseer.rulebook).lines) == ()
    assert overseer.subjects() == (("community", "东苑"),)


def test_contradictions_and_days_to_come_are_rejected_with_their_line(tmp_path: Path) -> None:
    lines = [
        COMPLAINT,
        {**COMPLAINT, "at": "2026-03-02"},
        {**COMPLAINT, "id": "B", "at": "2026-03-04"},
        {**COMPLAINT, "id": "C", "at": "2026-03-05"},
        COMPLAINT,
    ]
    overseer = Overseer(watched())
    found = overseer.ingest(
        read_events(written(tmp_path / "e.jsonl", *lines), overseer.rulebook).lines, today=date(2026, 3, 3)
    )
    assert [(each.line, each.event.code) for each in found] == [
        (2, "event-changed"),
        (4, "event-in-the-future"),
    ]
    assert [event.id for event in overseer.history()] == ["A", "B"]


def test_what_was_said_differently_before_is_rejected(tmp_path: Path) -> None:
    overseer = Overseer(watched())
    overseer.observe(COMPLAINT)
    changed = written(tmp_path / "e.jsonl", {**COMPLAINT, "community": "西苑"}, COMPLAINT)
    assert [each.line for each in overseer.ingest(read_events(changed, overseer.rulebook).lines)] == [1]


def test_no_event_of_a_file_is_late_because_of_another(tmp_path: Path) -> None:
    days = ["2026-06-01", "2025-01-01", "2026-01-01"]
    events = [{**COMPLAINT, "id": day, "at": day} for day in days]
    overseer = Overseer(watched(), lateness=0)
    assert overseer.ingest(read_events(written(tmp_path / "e.jsonl", *events), overseer.rulebook).lines) == ()
    assert overseer.late == ()
    assert [event.id for event in overseer.history()] == sorted(days)


def test_words_of_events_are_compared_as_those_of_incidents() -> None:
    """Without width, case and blanks: a counter counts the event all the same."""
    overseer = Overseer(watched())
    overseer.observe({**COMPLAINT, "id": "B", "kind": "complaint", "outcome": "Ｃonfirmed "})
    assert [event.outcome for event in overseer.history()] == ["confirmed"]


def test_an_unknown_matter_of_an_event_is_suggested_by_the_search_that_incidents_use() -> None:
    """Not by likeness of letters: 漏水 is like no name, and means one of three."""
    with pytest.raises(EventError) as caught:
        Overseer(Router.shipped().rulebook).read({**COMPLAINT, "matter": "漏水"})
    near = caught.value.values["suggestion"]
    assert str(near).startswith("service-maintenance 共用部位及设施设备维修保养 / quality-warranty 建筑")
