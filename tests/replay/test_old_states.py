"""Runs that an older version began are finished by this one, with the same results to the byte."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dutyroute import Router
from dutyroute.errors import ReplayError
from dutyroute.replay import Step, open_tasks, replay

SAMPLE = Path(__file__).parent / "unfinished"
WRITTEN = ("changes.csv", "divergences.csv", "rejects.csv")


@pytest.fixture
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a run that stopped after the first of two sources, whose files are as they were."""
    shutil.copytree(SAMPLE, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    state = json.loads((tmp_path / "stopped" / ".unfinished" / "state.json").read_text("utf-8"))
    for source in state["stamp"]["inputs"]:
        os.utime(source["name"], ns=(source["changed"], source["changed"]))
    return tmp_path / "stopped"


def finish(out: Path, *, resume: bool) -> list[Step]:
    """Run as the older version did; return the steps."""
    steps: list[Step] = []
    new, old = Router.load("rules"), Router.load("rules-before")
    work = open_tasks(("cases-1.csv", "cases-2.csv"), "map.yaml", new.rulebook, {})
    formats = ("csv", "parquet")
    replay(work, new, out, lang="zh", formats=formats, old=old, resume=resume, progress=steps.append)
    return steps


def outputs(folder: Path) -> dict[str, object]:
    tables = {name: pq.read_table(folder / name) for name in ("changes.parquet", "divergences.parquet")}
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    # What the older version did not tell.
    summary["comparison"].pop("words", None)
    told = ("name", "rows", "bytes", "digest")
    summary["inputs"] = [{key: each[key] for key in told} for each in summary["inputs"]]
    kept = {key: value for key, value in summary.items() if key not in ("unread", "rate_without_repeated")}
    return {**{name: (folder / name).read_bytes() for name in WRITTEN}, **tables, "summary.json": kept}


def test_a_run_that_an_older_version_began_is_resumed(stopped: Path) -> None:
    steps = finish(stopped, resume=True)
    assert [step.source for step in steps] == ["cases-2.csv"]
    assert outputs(stopped) == outputs(SAMPLE / "finished")
    assert not (stopped / ".unfinished").exists()
    # What it had not counted is not made up; the second count needs nothing of it.
    inputs = json.loads((stopped / "summary.json").read_text("utf-8"))["inputs"]
    assert [(each["counted"], each["ids_repeated"], each["rows_repeated"]) for each in inputs] == [
        (each["rows"], None, None) for each in inputs
    ]


def test_a_whole_run_writes_what_the_older_version_wrote(stopped: Path, tmp_path: Path) -> None:
    """All of it but the numbers of rows, which were counted from the headings and are the lines now."""
    assert len(finish(tmp_path / "again", resume=False)) == 2
    now, then = (
        pq.read_table(each / "divergences.parquet") for each in (tmp_path / "again", SAMPLE / "finished")
    )
    assert now.drop(["row"]) == then.drop(["row"])
    assert now.column("row").to_pylist() == [number + 1 for number in then.column("row").to_pylist()]


def test_a_source_that_changed_since_is_not_resumed(stopped: Path, tmp_path: Path) -> None:
    with open(tmp_path / "cases-1.csv", "ab") as stream:
        stream.write(b"A1-99,,,,,,\r\n")
    with pytest.raises(ReplayError) as raised:
        finish(stopped, resume=True)
    assert (raised.value.code, raised.value.values["what"]) == ("replay-changed", "inputs")
