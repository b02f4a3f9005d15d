"""A run: every row counted once, whatever it says, and whenever it was interrupted."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from jsonschema import validate

from books import obligation, recusal, router, rule
from dutyroute import Router
from dutyroute.control import SourceTotal
from dutyroute.errors import ReplayError
from dutyroute.replay import Outcome, Step, SummaryRecord, Task, replay
from dutyroute.replay.state import FOLDER
from dutyroute.replay.summary import Summary
from histories import BADLY, HandMap, Row, Rows, verdict

CLERK = router(
    rule("fire", {"matter": "fire-violation"}, {"lead": "street-office", "inspect": "housing"}),
    rule("owner", {"matter": "clutter", "respondent": "owner"}, {"lead": "property-company"}),
    rule("other", {"matter": "clutter", "respondent": {"not": "owner"}}, {"lead": "street-office"}),
    rule("late", {"matter": "complaint"}, {"lead": "housing"}, in_force={"from": date(2026, 7, 1)}),
    rule("urgent", {"matter": "fire-lane", "urgent": True}, {"lead": "planning"}),
    header={"in_force": {"from": date(2020, 1, 1), "until": date(2030, 1, 1)}},
    obligations=(obligation("one-lead", {"matter": "violation"}, "lead", exactly=1),),
    recusal=(recusal("respondent", "inspect"),),
)
OLD = router(
    rule("fire", {"matter": "fire-violation"}, {"lead": "housing"}),
    rule("late", {"matter": "complaint"}, {"lead": "housing"}),
)
HANDLERS = ("street-office", "housing", "planning", "property-company", "警察", " ", None)


def history(seed: int, size: int = 40) -> list[Row]:
    """Make rows of every kind: several matters, unknown facts, odd days, handlers that nobody knows."""
    chance = random.Random(seed)
    matters = ["fire-lane", "clutter", "complaint", "violation", ["clutter", "fire-lane"]]
    return [
        Row(
            {
                "matter": BADLY if chance.random() < 0.05 else chance.choice(matters),
                "respondent": chance.choice(["owner", "property-company", None]),
                "urgent": chance.choice([True, False, None]),
                "reported_at": chance.choice([None, date(2026, 3, 1), date(2026, 8, 1), date(2019, 1, 1)]),
            },
            chance.choice(HANDLERS),
            chance.choice(["东街", "西街", "=cmd()"]),
            is_torn=chance.random() < 0.05,
        )
        for _ in range(size)
    ]


def ran(rows: Sequence[Row], out: Path, **more: Any) -> Summary:
    source = more.pop("source", None) or Rows(rows)
    return replay(
        [Task(source, HandMap(CLERK, rows))], CLERK, out, formats=("parquet",), lang="zh", every=2, **more
    )


def results(out: Path) -> dict[str, Any]:
    """Read all that a run left, so that two runs can be compared."""
    listed = {path.name: path.read_bytes() for path in out.glob("*.csv")}
    listed |= {path.name: pq.read_table(path).to_pylist() for path in out.glob("*.parquet")}
    return {**listed, "summary": json.loads((out / "summary.json").read_text("utf-8"))}


def test_what_a_crash_left_of_a_draft_is_gone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in (".0123456789abcdef.tmp", ".mine.tmp"):
        (out / name).write_text("draft", "utf-8")
    ran(history(1, 5), out)
    assert sorted(out.glob(".*")) == [out / ".mine.tmp"]


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("as_of", [None, date(2026, 8, 1)])
def test_a_run_counts_what_each_row_by_itself_comes_to(seed: int, as_of: date | None, tmp_path: Path) -> None:
    """Held against judging row after row through the router's front door."""
    rows = history(seed)
    summary = ran(rows, tmp_path, as_of=as_of)
    expected = [verdict(CLERK, row, as_of) for row in rows]
    assert summary.tally.judgements == Counter(v for v in expected if v) | _rejected(expected, summary)
    assert sum(summary.counts.values()) == summary.rows == len(rows)
    listed = [(r["row"], r["outcome"], r["reason"]) for r in results(tmp_path)["divergences.parquet"]]
    assert listed == [
        (number, str(v.outcome), v.reason)
        for number, v in enumerate(expected, 1)
        if v is not None and v.outcome is not Outcome.AGREE
    ]


def _rejected(expected: list[Any], summary: Summary) -> Counter[Any]:
    bad = next((v for v in summary.tally.judgements if v.outcome is Outcome.BAD_ROW), None)
    return Counter({bad: expected.count(None)}) if expected.count(None) else Counter()


def test_every_bad_row_is_listed_with_its_place(tmp_path: Path) -> None:
    rows = [Row({"matter": "clutter"}), Row({"matter": BADLY}), Row({"matter": "clutter"}, is_torn=True)]
    assert ran(rows, tmp_path).counts[Outcome.BAD_ROW] == 2
    assert (tmp_path / "rejects.csv").read_text("utf-8-sig").splitlines() == [
        "来源,行,列,值,为什么退回",
        "历史.csv,2,事项,无法读取,读不懂",
        "历史.csv,3,,torn,读不懂",
    ]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("stop", range(1, 14, 3))
def test_an_interrupted_run_ends_as_if_nothing_had_happened(seed: int, stop: int, tmp_path: Path) -> None:
    rows = history(seed)
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    ran(rows, whole, old=OLD)
    with pytest.raises(KeyboardInterrupt):
        ran(rows, parted, old=OLD, source=Rows(rows, stops_at=stop))
    assert not (parted / "summary.json").exists()
    again = Rows(rows)
    if (parted / FOLDER / "state.json").exists():
        ran(rows, parted, old=OLD, source=again, resume=True)
        assert again.read == list(range(stop - stop % 2, 14))
    else:
        ran(rows, parted, old=OLD, source=again)
    assert results(parted) == results(whole)
    assert sorted(path.name for path in parted.iterdir()) == sorted(path.name for path in whole.iterdir())


def stopped(rows: list[Row], out: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        ran(rows, out, source=Rows(rows, stops_at=5))


def refused(out: Path, *, clerk: Router = CLERK, rows: list[Row], **more: Any) -> ReplayError:
    with pytest.raises(ReplayError) as caught:
        replay([Task(Rows(rows), HandMap(clerk, rows))], clerk, out, **more)
    return caught.value


def test_a_run_is_not_begun_over_one_that_is_unfinished(tmp_path: Path) -> None:
    rows = history(1)
    stopped(rows, tmp_path)
    error = refused(tmp_path, rows=rows)
    folder = tmp_path / FOLDER
    assert error == ReplayError("replay-unfinished", {"out": str(tmp_path), "folder": str(folder)})
    assert error.describe("en") == (
        f"`{tmp_path}` contains an unfinished run; continue it with --resume; "
        f"to start again choose another --out or delete {folder}"
    )


def test_a_run_is_not_resumed_over_other_rules_or_another_day(tmp_path: Path) -> None:
    """What was counted before would not be what is counted after."""
    rows = history(1)
    stopped(rows, tmp_path)
    assert refused(tmp_path, clerk=OLD, rows=rows, resume=True).values["what"] == "rulebook"
    assert refused(tmp_path, rows=rows, resume=True, as_of=date(2026, 1, 1)).values["what"] == "as-of"


def test_there_is_nothing_to_resume_where_nothing_was_begun(tmp_path: Path) -> None:
    assert refused(tmp_path, rows=history(1), resume=True).code == "replay-nothing-to-resume"
    ran(history(1), tmp_path)
    assert refused(tmp_path, rows=history(1), resume=True).code == "replay-nothing-to-resume"


def test_a_run_that_stopped_before_its_first_checkpoint_is_resumed(tmp_path: Path) -> None:
    rows = history(1)
    with pytest.raises(KeyboardInterrupt):
        ran(rows, tmp_path / "out", source=Rows(rows, stops_at=0))
    ran(rows, tmp_path / "out", resume=True)
    # Killed between the making of the folder and the saving of the state.
    (tmp_path / "killed" / FOLDER).mkdir(parents=True)
    ran(rows, tmp_path / "killed", resume=True)
    ran(rows, tmp_path / "whole")
    assert results(tmp_path / "out") == results(tmp_path / "killed") == results(tmp_path / "whole")


def test_a_run_that_fails_at_once_leaves_nothing_to_resume(tmp_path: Path) -> None:
    rows = history(1)
    with pytest.raises(KeyError):
        replay([Task(Rows(rows), HandMap(CLERK, rows))], CLERK, tmp_path, formats=("docx",))
    assert not (tmp_path / FOLDER).exists()


def test_files_of_two_runs_never_stand_side_by_side(tmp_path: Path) -> None:
    rows, out = history(1), tmp_path / "out"
    kept = out / "notes.csv"
    replay_of = partial(replay, [Task(Rows(rows), HandMap(CLERK, rows))], CLERK, out, old=OLD)
    replay_of(formats=("csv", "parquet"), report=lambda summary: f"first {summary.rows}")
    kept.write_text("not ours", "utf-8")

    def fails(_: Summary) -> str:
        # The second run has other formats and no second rulebook, and stops before its report is there.
        assert {path.name for path in out.iterdir()} == {
            *(FOLDER, "divergences.parquet", "notes.csv", "rejects.csv", "summary.json")
        }
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ran(rows, out, report=fails)
    assert (out / FOLDER).exists()
    ran(rows, out, resume=True, report=lambda _: "second")
    assert (out / "report.html").read_text("utf-8") == "second"
    assert not (out / FOLDER).exists()
    ran(rows, out)
    assert not (out / "report.html").exists()
    assert kept.exists()


def test_a_source_that_was_edited_since_is_another_history(tmp_path: Path) -> None:
    rows = history(1)
    file = tmp_path / "历史.csv"
    file.write_text("旧", "utf-8")
    with pytest.raises(KeyboardInterrupt):
        ran(rows, tmp_path / "out", source=Rows(rows, path=file, stops_at=5))
    file.write_text("新", "utf-8")
    with pytest.raises(ReplayError) as caught:
        ran(rows, tmp_path / "out", source=Rows(rows, path=file), resume=True)
    assert caught.value.values["what"] == "inputs"


def test_a_spoilt_state_is_told_of(tmp_path: Path) -> None:
    stopped(history(1), tmp_path)
    (tmp_path / FOLDER / "state.json").write_text('{"form": 1, "tally": []}', "utf-8")
    assert refused(tmp_path, rows=history(1), resume=True).code == "replay-state-unreadable"


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    rows = history(1)
    codes = []

    def meanwhile(_: Step) -> None:
        codes.append(refused(tmp_path, rows=rows).code)

    ran(rows, tmp_path, progress=meanwhile)
    assert set(codes) == {"replay-busy"}


def test_rows_that_repeat_another_are_counted_and_kept(tmp_path: Path) -> None:
    row = Row({"matter": "clutter", "respondent": "owner"}, "property-company")
    other = Row({"matter": "clutter", "respondent": "owner"}, "planning")
    summary = ran([row, other, row, row], tmp_path)
    assert (summary.tally.repeated, summary.rows) == (2, 4)


def test_an_empty_history_comes_to_nothing(tmp_path: Path) -> None:
    summary = ran([], tmp_path)
    assert (summary.rows, summary.to_dict()["rate"]) == (0, None)
    assert results(tmp_path)["divergences.parquet"] == []


def test_the_summary_says_by_what_it_was_counted(tmp_path: Path) -> None:
    rows = [Row({"matter": "clutter", "respondent": "owner", "reported_at": date(2026, 3, 1)}, "planning")]
    ran(rows, tmp_path)
    assert results(tmp_path)["summary"] == {
        "rows": 1,
        "counts": {"agree": 0, "in-chain": 0, "diverge": 1, "undecided": 0, "unroutable": 0, "bad-row": 0},
        "rate": 0.0,
        "repeated": 0,
        "rulebook": {"id": "test", "edition": "1", "status": "draft", "digest": CLERK.rulebook.digest},
        "as_of": None,
        "maps": ["sha256:map"],
        "inputs": [
            SourceTotal(
                name="历史.csv",
                rows=1,
                counted=1,
                counted_by="lines",
                columns_read=("id", "at"),
                columns_not_read=("said",),
                columns_missing=(),
                ids_repeated=0,
                rows_repeated=0,
                looked_at=1,
                compared=1,
                rate=0.0,
                interval=(0.0, 0.7935),
                rate_without_repeated=0.0,
                map="map.yaml",
                map_digest="sha256:map",
            ).to_dict()
        ],
        "reasons": [{"outcome": "diverge", "reason": "no-role", "rows": 1}],
        "matters": {"clutter": {"diverge": 1, "rate": 0.0}},
        "handlers": {"planning": {"diverge": 1, "rate": 0.0}},
        "leads": {"property-company": {"diverge": 1, "rate": 0.0}},
        "months": {"2026-03": {"diverge": 1, "rate": 0.0}},
        "areas": {"东街": {"diverge": 1, "rate": 0.0}},
        "rules": {"owner": {"diverge": 1, "rate": 0.0}},
        "flags": {},
        "confusion": [{"handler": "planning", "lead": "property-company", "rows": 1}],
    }


def test_a_summary_comes_back_from_its_file_as_its_schema_describes_it(tmp_path: Path) -> None:
    rows = history(1)
    summary = ran([*rows, rows[0]], tmp_path, old=OLD)
    written = (tmp_path / "summary.json").read_text("utf-8")
    assert SummaryRecord.from_json(written) == summary.record()
    validate(json.loads(written), SummaryRecord.json_schema())
