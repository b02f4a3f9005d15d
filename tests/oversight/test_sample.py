"""The sample events are what their generator writes; `check` tells the empty settings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from dutyroute import load
from dutyroute.analysis import check
from dutyroute.diagnostics import Severity
from dutyroute.rulebook.shipped import shipped

ROOT = Path(__file__).parents[2]


def test_the_generator_writes_the_sample(tmp_path: Path) -> None:
    written = tmp_path / "events.jsonl"
    generator = ROOT / "tools" / "oversight_events.py"
    subprocess.run([sys.executable, str(generator), str(written)], check=True, timeout=60)
    assert written.read_bytes() == (shipped("cases") / "oversight" / "events.jsonl").read_bytes()


def test_check_notes_each_setting_without_a_value() -> None:
    book = load(shipped("rules"))
    found = [f for f in check(book) if f.check == "empty-setting"]
    note: Severity = "note"
    assert {f.severity for f in found} == {note}
    assert len(found) == len(book.oversight.empty()) > 15
    told = [f.message("en") + f.help("en") for f in found]
    assert sum("market-ban" in each for each in told) == 2
