"""Nothing that a reader passes over is passed over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutyroute import load
from dutyroute.errors import RulebookError
from dutyroute.rulebook.loader import read_document


def codes(rules: Path) -> list[tuple[str, str]]:
    with pytest.raises(RulebookError) as caught:
        load(rules)
    return [(each.code, str(each.values.get("word", ""))) for each in caught.value.diagnostics]


@pytest.mark.parametrize(
    "name",
    [
        "本地.yaml.txt",
        "b.yml.TXT",
        "本地．ｙａｍｌ",
        "a.yaml ",
        "a。yaml",
        "a.yaml.yml",
        "a.yaml.wps",
        "a.yaml（1）",
    ],
)
def test_a_file_that_only_looks_like_rules_is_told(rules: Path, name: str) -> None:
    (rules / name).write_text("rules: []\n", "utf-8")
    assert {code for code, _ in codes(rules)} <= {"hidden-extension", "yml-extension"}


@pytest.mark.parametrize(
    "name", ["a.yaml.bak", "a.yaml~", "a.yaml.orig", "notes.txt", ".a.yaml.swp", "yaml.txt"]
)
def test_copies_and_notes_are_left_alone(rules: Path, name: str) -> None:
    (rules / name).write_text("rules: []\n", "utf-8")
    load(rules)


@pytest.mark.parametrize(
    "line,lost",
    [
        ("东苑小区 #3 楼", "#3 楼"),
        ("东苑小区 # 3 楼", "# 3 楼"),
        ("C #组", "#组"),
        ("东苑小区  # 住建局确认", None),
        ("东苑小区 # 住建局确认", None),
        ('"东苑小区 #3 楼"', None),
        ("东苑小区#3 楼", None),
        ("[a, b] #3", None),
        ("a  # see #3", None),
        (">\n      东苑 #3 楼", None),
    ],
)
def test_text_behind_a_hash_is_remarked_on(line: str, lost: str | None) -> None:
    document, faults = read_document(f"notes:\n  - title: {line}\n    more: x\n")
    assert faults == []
    assert [each.values["word"] for each in document.page.remarks] == ([lost] if lost else [])


def test_a_remark_does_not_keep_rules_from_being_used(rules: Path) -> None:
    before = load(rules)
    (rules / "more.yaml").write_text(
        "flags:\n  - id: tower\n    name: 东苑 #3\n    english: tower\n", "utf-8"
    )
    (remark,) = load(rules).remarks
    assert (remark.severity, str(remark.span)) == ("warning", "rules/more.yaml:3:14")
    assert before.remarks == ()


def test_a_broken_file_hides_no_wrong_name_in_another(rules: Path) -> None:
    (rules / "b.yaml").write_text("rules：\n", "utf-8")
    (rules / "c.yaml").write_text(
        "rules:\n  - {id: x, title: x, when: {}, assign: {lead: nobody}, cite: opinion/9, basis: explicit}\n",
        "utf-8",
    )
    assert set(codes(rules)) >= {("unknown-party", "nobody")}


def test_a_name_that_the_broken_file_may_define_is_not_called_wrong_but_more_may_follow(rules: Path) -> None:
    (rules / "b.yaml").write_text("parties：\n  - {id: nobody, name: x}\n", "utf-8")
    (rules / "c.yaml").write_text(
        "rules:\n  - {id: x, title: x, when: {}, assign: {lead: nobody}, cite: opinion/3.1.1, basis: explicit}\n",
        "utf-8",
    )
    with pytest.raises(RulebookError) as caught:
        load(rules)
    assert "unknown-party" not in {each.code for each in caught.value.diagnostics}
    assert caught.value.may_hide_more
    assert caught.value.describe("en").endswith("there may be more to find when they are corrected.")


def test_where_all_was_read_nothing_more_is_announced(rules: Path) -> None:
    (rules / "c.yaml").write_text("flags:\n  - {id: Bad, name: x, english: x}\n", "utf-8")
    with pytest.raises(RulebookError) as caught:
        load(rules)
    assert not caught.value.may_hide_more
