"""Checking again and again: what a save changes, and nothing forgotten on the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from books import book, rule, save, written
from dutyroute.analysis import Watcher, check
from dutyroute.analysis.checks.survey import Parts
from dutyroute.rulebook.build import link
from edits import KINDS, edited
from generate import Dice, Writer

ENFORCE = rule("housing-enforces", {"matter": "violation"}, {"enforce": "housing"})
ALSO = rule("housing-also-enforces", {"matter": "violation", "urgent": True}, {"enforce": "housing"})


def told(findings: Any) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.check, finding.rules) for finding in findings]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A rulebook in one file."""
    path = tmp_path / "rules.yaml"
    save(written(ENFORCE, header={"checks": {"uncited-clause": "off"}}), path)
    return path


def keep(path: Path, *rules: Any) -> None:
    save(written(*rules, header={"checks": {"uncited-clause": "off"}}), path)


def test_the_first_look_tells_everything(page: Path) -> None:
    look = Watcher(page).look()
    assert look.findings is not None
    assert (look.faults, look.comparison) == ((), None)
    assert {finding.is_new for finding in look.findings} == {None}


def test_a_save_tells_what_appeared_and_then_what_is_gone(page: Path) -> None:
    watcher = Watcher(page)
    watcher.look()
    keep(page, ENFORCE, ALSO)
    second = watcher.look().findings
    assert second is not None
    assert ("redundant-rule", ("housing-also-enforces", "housing-enforces")) in told(second.new)
    assert told(second.gone) == [("unused-fact", ())]
    keep(page, ENFORCE)
    third = watcher.look().findings
    assert third is not None
    assert (third.gone, third.new) == (second.new, second.gone)


def test_a_save_tells_whose_duties_moved(page: Path) -> None:
    watcher = Watcher(page)
    watcher.look()
    keep(page, rule("housing-enforces", {"matter": "violation"}, {"enforce": "planning"}))
    comparison = watcher.look().comparison
    assert comparison is not None
    assert {(region.change.gained, region.change.lost) for region in comparison.regions} == {
        ((("planning", "enforce", (), None),), (("housing", "enforce", (), None),))
    }


def test_a_rule_that_only_moved_down_the_file_says_nothing_new(page: Path) -> None:
    watcher = Watcher(page)
    watcher.look()
    page.write_text("# a remark\n\n" + page.read_text("utf-8"), "utf-8")
    look = watcher.look()
    assert look.comparison is not None
    assert look.findings is not None
    assert (look.findings.new, look.findings.gone, look.comparison.regions) == ((), (), ())


def test_after_a_fault_the_comparison_is_with_what_was_usable(page: Path) -> None:
    watcher = Watcher(page)
    watcher.look()
    page.write_text(page.read_text("utf-8").replace("housing-enforces", "Housing Enforces"), "utf-8")
    broken = watcher.look()
    assert ([fault.code for fault in broken.faults], broken.findings) == (["bad-identifier"], None)
    keep(page, rule("housing-enforces", {"matter": "violation"}, {"enforce": "planning"}))
    mended = watcher.look()
    assert mended.comparison is not None
    assert len(mended.comparison.regions) == 1


@pytest.mark.parametrize("seed", range(8))
def test_checks_that_keep_what_an_edit_does_not_touch_find_the_same(seed: int) -> None:
    """Twelve edits, one after the other, against a check that starts afresh each time."""
    writer, parts = Writer(Dice(("watch", seed))), Parts()
    data = writer.rulebook()
    for _ in range(12):
        rulebook, _ = link(data)
        if rulebook is not None:
            assert check(rulebook, parts=parts).findings == check(rulebook).findings
        data = edited(writer.dice.pick(tuple(KINDS)), writer, data)


def test_other_days_in_force_are_looked_at_again() -> None:
    """The days of one rule bound what can be asked of all the others."""
    parts = Parts()
    ended = rule("b", {"matter": "clutter"}, {"report": "housing"}, in_force={"until": date(2026, 3, 1)})
    for rules in ([ENFORCE, ALSO], [ended], [ENFORCE, ended]):
        rulebook = book(*rules)
        assert check(rulebook, parts=parts).findings == check(rulebook).findings
