"""Accepted findings: which entry means which finding, and what is new since an earlier check."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from books import Data, book, obligation, rule, save, written
from dutyroute import RulebookError, load
from dutyroute.analysis import Findings, accept, check
from dutyroute.rulebook.build import link
from edits import KINDS, edited
from findings import FIRE, LEADS, ONE_LEAD, told
from generate import Dice, Writer

DAY = date(2026, 3, 1)
A, B = rule("a", FIRE, LEADS), rule("b", {"urgent": True}, {"lead": "planning"})
SIGNED = {"author": "法规科", "note": "两个部门已经商定，照此办理", "on": DAY}


def entry(check: str, *about: str, **more: Any) -> Data:
    return {"check": check, "about": about, "author": "法规科", "date": DAY, "note": "原文如此", **more}


def keys(found: Findings, *checks: str) -> list[tuple[str, set[str]]]:
    return [(f.check, set(f.about)) for f in found if f.check in checks]


def test_an_entry_accepts_the_finding_about_the_same_rules_and_matter() -> None:
    made = book(A, B, obligations=ONE_LEAD, accepted=(entry("role-conflict", "b", "fire-lane", "a", "lead"),))
    found = check(made)
    assert [f.accepted.note for f in found if f.accepted] == ["原文如此"]
    assert (found.at_least("error"), found.counts["error"]) == ((), 0)
    assert found.to_dict("zh")["findings"][0]["accepted"] == {
        "author": "法规科",
        "date": "2026-03-01",
        "note": "原文如此",
    }


def test_accepting_changes_neither_the_digest_nor_equality() -> None:
    made = book(A, B, accepted=(entry("unused-fact", "floor"),))
    assert made == book(A, B)
    assert made.accepted.keys() == {"unused-fact floor"}


def test_unrelated_edits_keep_an_entry_valid() -> None:
    """Other obligations, other rules that lead elsewhere, another order: the finding is the same."""
    accepted = (entry("role-conflict", "fire-lane", "lead", "a", "b"),)
    more = rule("c", {"matter": "complaint"}, LEADS)
    owed = (*ONE_LEAD, obligation("at-most", {"matter": "violation"}, "lead", at_most=1))
    found = check(book(more, B, A, obligations=owed, accepted=accepted))
    assert (found.counts["error"], told(found.rulebook, "outdated-acceptance")) == (0, [])


def test_a_redundant_rule_is_accepted_whichever_rules_give_the_same() -> None:
    twice, third = rule("b", {**FIRE, "urgent": True}, LEADS), rule("c", FIRE, LEADS)
    for rules in ((A, twice), (A, twice, third)):
        found = check(book(*rules, accepted=(entry("redundant-rule", "b"),)))
        assert [f.about for f in found if f.accepted] == [("b",)]


def test_another_conflict_of_the_same_rules_is_not_accepted_with_it() -> None:
    accepted = (entry("role-conflict", "fire-lane", "lead", "a", "b"),)
    wide = rule("a", {"matter": "violation"}, LEADS)
    owed = obligation("one-lead", {"matter": "violation"}, "lead", at_most=1)
    found = check(book(wide, B, obligations=(owed,), accepted=accepted))
    assert "fire-lane" not in {f.matter for f in found.at_least("error")} != set()


def test_an_entry_without_its_finding_is_told() -> None:
    made = book(A, accepted=(entry("role-conflict", "fire-lane", "lead", "a", "b"),))
    (found,) = told(made, "outdated-acceptance")
    assert found.message("zh") == "已接受的 `role-conflict`（`fire-lane`、`lead`、`a`、`b`）没有对应的发现"
    assert found.severity == "warning"


def test_an_entry_dated_after_today_accepts_nothing_until_that_day() -> None:
    made = book(A, B, obligations=ONE_LEAD, accepted=(entry("role-conflict", "b", "fire-lane", "a", "lead"),))
    early, then = check(made, today=date(2026, 2, 28)), check(made, today=DAY)
    assert [f.check for f in early if f.accepted] == []
    assert [(f.check, f.severity, f.message("en")) for f in early.at_least("error")] == [
        *(
            (f.check, f.severity, f.message("en"))
            for f in check(book(A, B, obligations=ONE_LEAD)).at_least("error")
        ),
        (
            "future-acceptance",
            "error",
            "this entry is dated 2026-03-01, which is still to come: today is 2026-02-28",
        ),
    ]
    assert (then.at_least("error"), [f.check for f in then if f.accepted]) == ((), ["role-conflict"])


def test_an_entry_is_not_outdated_where_not_everything_was_looked_at() -> None:
    made = book(rule("a", {"urgent": True}, LEADS), accepted=(entry("role-conflict", "x"),))
    assert "outdated-acceptance" not in {f.check for f in check(made, budget=1)}


def test_an_entry_for_a_check_that_there_is_not_is_told() -> None:
    (found,) = told(book(A, accepted=(entry("role-conflct", "a"),)), "unknown-check")
    assert found.help("en") == "did you mean `role-conflict`?"


def test_two_obligations_tell_one_conflict_once() -> None:
    owed = (*ONE_LEAD, obligation("at-most", {"matter": "violation"}, "lead", at_most=1))
    (found,) = told(book(A, B, obligations=owed), "role-conflict")
    assert set(found.obligations) == {"one-lead", "at-most"}
    assert found.message("en").endswith("at most 1 allowed by `at-most` (要求), `one-lead` (要求)")


def test_two_obligations_tell_two_gaps_of_different_incidents() -> None:
    rules = rule("a", {**FIRE, "urgent": True, "occupied": True}, LEADS)
    owed = (
        obligation("if-urgent", {**FIRE, "urgent": True}, "lead", exactly=1),
        obligation("if-occupied", {**FIRE, "occupied": True}, "lead", exactly=1),
        obligation("at-least", {**FIRE, "occupied": True}, "lead", at_least=1),
    )
    gaps = told(book(rules, obligations=owed), "lead-gap")
    assert sorted(f.obligations for f in gaps) == [("at-least", "if-occupied"), ("if-urgent",)]


def test_since_tells_what_is_new_and_what_is_gone() -> None:
    before = check(book(A, obligations=ONE_LEAD))
    after = check(book(A, B, obligations=ONE_LEAD)).since(before)
    assert keys(after, "role-conflict") == [("role-conflict", {"fire-lane", "lead", "a", "b"})]
    assert "role-conflict" in {f.check for f in after.new}
    assert keys(replace(after, findings=after.gone), "unused-fact", "unused-party") == [
        ("unused-party", {"planning"}),
        ("unused-fact", {"urgent"}),
    ]
    assert all(f.is_new is False for f in after.since(after))


def test_accept_writes_entries_that_are_read_again(tmp_path: Path) -> None:
    save(written(A, B, obligations=ONE_LEAD), tmp_path / "rules.yaml")
    found = check(load(tmp_path))
    file = accept(found.at_least("error"), tmp_path, **SIGNED)
    assert file.read_text("utf-8") == (
        "accepted:\n"
        "  - check: role-conflict\n"
        "    about: [fire-lane, lead, a, b]\n"
        "    author: 法规科\n"
        "    date: 2026-03-01\n"
        "    note: 两个部门已经商定，照此办理\n"
    )
    assert check(load(tmp_path)).at_least("error") == ()
    accept(found.at_least("error"), tmp_path, **SIGNED)
    assert len(load(tmp_path).accepted) == 1


def test_accept_keeps_what_stands_in_the_file(tmp_path: Path) -> None:
    save(written(A, B, obligations=ONE_LEAD), tmp_path / "rules.yaml")
    kept = "# 说明\r\naccepted:\r\n- {check: unused-fact, about: floor, author: a, date: 2026-01-01, note: b}\r\n"
    (tmp_path / "accepted.yaml").write_bytes(kept.encode())
    accept(check(load(tmp_path)).at_least("error"), tmp_path, **SIGNED)
    assert (tmp_path / "accepted.yaml").read_bytes().startswith(kept.encode() + b"- check: role-conflict\r\n")


def test_a_rulebook_of_one_file_keeps_its_entries_in_it(tmp_path: Path) -> None:
    save(written(A, B, obligations=ONE_LEAD), tmp_path / "all.yaml")
    accept(check(load(tmp_path / "all.yaml")).at_least("error"), tmp_path / "all.yaml", **SIGNED)
    assert check(load(tmp_path / "all.yaml")).at_least("error") == ()


@pytest.mark.parametrize("missing", ["author", "note"])
def test_nobody_accepts_without_a_name_and_a_reason(tmp_path: Path, missing: str) -> None:
    save(written(A, B, obligations=ONE_LEAD), tmp_path / "rules.yaml")
    with pytest.raises(ValueError, match="names who accepts it and why"):
        accept(check(load(tmp_path)), tmp_path, **{**SIGNED, missing: " "})
    assert not (tmp_path / "accepted.yaml").exists()


@pytest.mark.parametrize("missing", ["author", "date", "note", "about", "check"])
def test_an_entry_says_which_finding_who_when_and_why(tmp_path: Path, missing: str) -> None:
    whole = entry("unused-fact", "floor")
    data = written(A, accepted=({key: value for key, value in whole.items() if key != missing},))
    save(data, tmp_path / "rules.yaml")
    with pytest.raises(RulebookError) as raised:
        load(tmp_path)
    assert [(f.code, f.values) for f in raised.value.diagnostics] == [("missing-key", {"key": missing})]


def test_one_finding_is_accepted_once(tmp_path: Path) -> None:
    twice = entry("unused-fact", "floor"), entry("unused-fact", "floor", note="又一次")
    save(written(A, accepted=twice), tmp_path / "rules.yaml")
    with pytest.raises(RulebookError) as raised:
        load(tmp_path)
    assert [(f.code, f.values) for f in raised.value.diagnostics] == [
        ("duplicate-id", {"word": "unused-fact floor"})
    ]


@pytest.mark.parametrize("seed", range(12))
def test_no_two_findings_go_by_the_same_names(seed: int) -> None:
    """But conditions that are written twice in one rule."""
    writer = Writer(Dice(("accepted", seed)))
    data = writer.rulebook()
    for _ in range(4):
        data = edited(writer.dice.pick(tuple(KINDS)), writer, data)
        made, _ = link(data)
        found = [f.key for f in check(made) if f.check != "redundant-condition"] if made else []
        assert [key for key, count in Counter(found).items() if count > 1] == []
