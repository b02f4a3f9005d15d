"""One fault is told as one: what only follows from it is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutyroute.errors import RulebookError
from dutyroute.rulebook.loader import load


def codes(rules: Path) -> list[tuple[str, str]]:
    with pytest.raises(RulebookError) as caught:
        load(rules)
    return [(str(fault.span), fault.code) for fault in caught.value.diagnostics]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_what_a_broken_entry_defines_is_not_missed_elsewhere(rules: Path) -> None:
    change(rules / "vocabulary.yaml", "name: 街道办事处", "name: 街道: 办事处")
    change(rules / "instrument.yaml", "heading: 消防查处", "heading: [消防查处")
    assert codes(rules) == [
        ("rules/instrument.yaml:8:91", "wrong-bracket"),
        ("rules/vocabulary.yaml:2:33", "colon-in-text"),
    ]


def test_a_broken_header_is_not_missed(rules: Path) -> None:
    change(rules / "rulebook.yaml", "title: 小规则库", "title: 小: 规则库")
    assert codes(rules) == [("rules/rulebook.yaml:4:11", "colon-in-text")]


def test_a_second_document_defines_what_it_defines(rules: Path) -> None:
    change(rules / "vocabulary.yaml", "roles:\n", "---\nroles:\n")
    assert codes(rules) == [("rules/vocabulary.yaml:6:1", "several-documents")]


def test_other_faults_of_the_same_file_are_told(rules: Path) -> None:
    change(rules / "duties.yaml", "rules:\n", "rules:\n  - id: one\n    title: a: b\n")
    change(rules / "duties.yaml", "enforce: street-office", "enforce: street-ofice")
    assert codes(rules) == [
        ("rules/duties.yaml:3:13", "colon-in-text"),
        ("rules/duties.yaml:7:44", "unknown-party"),
    ]


def test_a_rule_half_read_is_not_told_to_be_empty(rules: Path) -> None:
    change(rules / "duties.yaml", "assign:", "assign：")
    assert [code for _, code in codes(rules)] == ["full-width-colon"]


def test_a_rule_that_lacks_something_besides_is_told_later(rules: Path) -> None:
    change(
        rules / "duties.yaml",
        "    cite: opinion/3.2.1.5\n    basis: explicit\n",
        "    cite: opinion/3.2.1.5\n",
    )
    assert codes(rules) == [("rules/duties.yaml:2:5", "missing-key")]


def test_a_renamed_file_is_the_only_fault(rules: Path) -> None:
    (rules / "vocabulary.yaml").rename(rules / "vocabulary.yml")
    assert codes(rules) == [("rules/vocabulary.yml:1:1", "yml-extension")]


def test_ten_thousand_wrong_names_are_told_in_bounded_time(rules: Path) -> None:
    rule = (
        (rules / "duties.yaml")
        .read_text()
        .removeprefix("rules:\n")
        .replace("enforce: street-office", "enforce: 街道办")
    )
    (rules / "many.yaml").write_text(
        "rules:\n" + "".join(rule.replace("base-", f"x{n}-") for n in range(300))
    )
    assert {code for _, code in codes(rules)} == {"bad-identifier"}
