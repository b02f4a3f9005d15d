"""What commit f5edd7f wrote is used by the command as it is now; `write.py` beside each sample wrote it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from dutyroute import Router, RulebookError
from dutyroute.ledger import Ledger

TESTS = Path(__file__).parents[1]
ODD = TESTS / "ledger" / "samples" / "odd.yaml"
RECORDED = TESTS / "replay" / "recorded"


def test_rules_that_files_may_no_longer_have_stay_valid_as_an_edition(
    run: Any, rules: str, tmp_path: Path
) -> None:
    """Parties with reserved names, names that compare as one, a placeholder, an empty period."""
    with pytest.raises(RulebookError) as refused:
        Router.load(ODD)
    codes = ["ambiguous-name", "empty-period", "placeholder", "reserved-name", "reserved-name"]
    assert sorted(each.code for each in refused.value.diagnostics) == codes
    path = str(shutil.copy(ODD.with_suffix(".db"), tmp_path / "ledger.db"))
    with Ledger.open(path) as ledger:
        before = list(ledger.entries())
    assert run("ledger", "verify", path).status == 0
    replayed = run("ledger", "replay", path, lang="en")
    assert (replayed.status, replayed.out) == (0, "Decisions: 4; same: 4, different: 0, redacted: 0\n")
    incident = ("--matter", "噪 音", "--fact", "日期=2026-05-02", "--ledger", path)
    assert json.loads(run("route", *incident, "--format", "json").out)["rulings"][0]["lead"] == ["lead"]
    assert run("ledger", "publish", path, "--rules", rules).status == 0
    with Ledger.open(path) as ledger:
        after = list(ledger.entries())
        assert (after[: len(before)], len(after) - len(before)) == (before, 2)
        assert ledger.verify().is_sound


def test_a_recorded_run_that_was_killed_is_resumed_and_records_each_row_once(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger was ahead of the state. Old versions did not record rows that nobody could decide."""
    shutil.copytree(RECORDED, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    state = json.loads(Path("out/.unfinished/state.json").read_text("utf-8"))
    for source in state["stamp"]["inputs"]:
        os.utime(source["name"], ns=(source["changed"], source["changed"]))
    with Ledger.open("ledger.db") as ledger:
        before = list(ledger.entries())
    cases = ("cases-1.csv", "cases-2.csv", "--map", "map.yaml")
    done = run("replay", *cases, "--ledger", "ledger.db", "--out", "out", "--resume")
    assert (done.status, json.loads(Path("out/summary.json").read_text("utf-8"))["rows"]) == (1, 7)
    with Ledger.open("ledger.db") as ledger:
        after = list(ledger.entries())
        fresh = [entry.content for entry in after[len(before) :]]
        assert (after[: len(before)], ledger.verify().fault) == (before, None)
    told = [(each["incident"]["origin"], each["decision"]["status"]) for each in fresh]
    assert told == [("cases-2.csv:2", "unroutable")]
