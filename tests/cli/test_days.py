"""The answer says how long a party has, and until which day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from books import rule, save, written
from dutyroute import load
from dutyroute.rulebook.shipped import shipped

Y2026 = load(shipped("rules")).calendars["2026"].written()


@pytest.mark.parametrize(
    "lang,shown",
    [("zh", "处理（5 个工作日内，至 2026-02-24）"), ("en", "handle (within 5 working days, by 2026-02-24)")],
)
def test_the_answer_gives_limit_and_day(run, tmp_path: Path, lang: str, shown: str) -> None:
    assigned = {"handle": {"party": "housing", "within": "5wd"}}
    save(written(rule("a", {}, assigned), calendars=(Y2026,)), tmp_path / "rules.yaml")
    asked = ("route", "--matter", "clutter", "--fact", "reported_at=2026-02-10", "--rules", str(tmp_path))
    assert shown in run(*asked, lang=lang).out
    assert json.loads(run(*asked, "--json").out)["due"] == [
        {"matter": "clutter", "party": "housing", "role": "handle", "date": "2026-02-24"}
    ]
