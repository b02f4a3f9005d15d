"""The page of what people have to decide lists what the check finds, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dutyroute.analysis import check
from dutyroute.rulebook.loader import load
from dutyroute.rulebook.shipped import shipped

DOCS = Path(__file__).parent.parent.parent / "docs"
CHECK = re.compile(r"^## .*[（(]`([a-z-]+)`")
NAME = re.compile(r"`([a-z-]+)`")


def listed(page: str) -> list[tuple[str, str]]:
    """Read check and rule or matter from the tables of a page."""
    found, check = [], ""
    for line in (DOCS / page).read_text("utf-8").splitlines():
        heading = CHECK.match(line)
        check = heading[1] if heading else check
        named = NAME.search(line) if line.startswith("|") else None
        if named:
            found.append((check, named[1]))
    return found


@pytest.mark.parametrize("page", ["open-questions.md", "open-questions.zh-CN.md"])
def test_the_page_lists_every_finding_about_the_shipped_rulebook(page: str) -> None:
    findings = check(load(shipped("rules")))
    told = [
        (each.check, *(each.rules[:1] or each.matters[:1]))
        for each in findings
        if each.check != "empty-setting"
    ]
    empty = [("empty-setting", setting.id) for setting in load(shipped("rules")).oversight.empty()]
    assert sorted(listed(page)) == sorted([*told, *empty])
    assert sum(each.check == "empty-setting" for each in findings) == len(empty)
