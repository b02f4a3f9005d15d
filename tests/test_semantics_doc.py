"""The examples of docs/semantics.md, run as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dutyroute import Decision, IncidentError, Router, Ruling, load
from dutyroute.rulebook.loader import read_document
from dutyroute.rulebook.vocabulary import Exclusion

DOC = Path(__file__).parent.parent / "docs" / "semantics.md"
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WORDS, *BLOCKS = BLOCK.findall(DOC.read_text(encoding="utf-8"))
EXAMPLES = list(zip(BLOCKS[::2], BLOCKS[1::2], strict=True))

Data = dict[str, Any]
DUTY = ("to", "within", "basis", "rules", "clauses")


def plain(text: str) -> Any:
    document, faults = read_document(text)
    assert faults == []
    return document.data


def cases() -> Iterator[tuple[str, Data]]:
    for rules, answers in EXAMPLES:
        yield from ((rules, case) for case in plain(answers))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the words that all examples use."""
    (tmp_path / "words.yaml").write_text(WORDS, encoding="utf-8")
    return tmp_path


def answered(folder: Path, rules: str, incident: Data) -> Decision:
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    given = {key: list(value) if isinstance(value, tuple) else value for key, value in incident.items()}
    return Router(load(folder)).route(given)


def by_role(ruling: Ruling, *, certain: bool) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for duty in ruling.duties:
        if duty.certain is certain:
            found.setdefault(duty.role, set()).add(duty.party)
    return found


def sets(written: Data) -> dict[str, set[str]]:
    return {role: set(listed(parties)) for role, parties in written.items()}


def listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def check(ruling: Ruling, answer: Data) -> None:
    """Compare a ruling with an answer; what the answer does not mention is not there."""
    assert ruling.status == answer["status"]
    assert by_role(ruling, certain=True) == sets(answer.get("duties", {}))
    assert by_role(ruling, certain=False) == sets(answer.get("possible", {}))
    assert ruling.ask == listed(answer.get("ask", ()))
    assert ruling.flags == answer.get("flags", ())
    assert {each.role: {each.party} for each in ruling.recused} == sets(answer.get("recused", {}))
    certain = {breach.obligation: breach.kind for breach in ruling.breaches if breach.certain}
    assert certain == answer.get("breaches", {})
    if "default" in answer:
        assert {duty.role for duty in ruling.duties if duty.default} == set(answer["default"])
    for duty in ruling.duties:
        for key, value in answer.get(duty.role, {}).items():
            assert getattr(duty, key) == value, key


CASES = list(cases())


@pytest.mark.parametrize("rules,case", CASES, ids=map(str, range(len(CASES))))
def test_an_example_is_answered_as_it_says(folder: Path, rules: str, case: Data) -> None:
    """Status, duties certain and possible, flags, recusals, breaches, what to ask: no more, no less."""
    if "refused" in case:
        with pytest.raises(IncidentError) as caught:
            answered(folder, rules, case["incident"])
        assert caught.value.code == case["refused"]
        return
    decision = answered(folder, rules, case["incident"])
    for ruling, answer in zip(decision.rulings, listed(case["answer"]), strict=True):
        assert answer.get("matter", ruling.matter) == ruling.matter
        check(ruling, answer)
        assumed = {
            fact: value.written() if isinstance(value, Exclusion) else value
            for fact, value in decision.assumed
        }
        assert answer.get("assumed", assumed).items() <= assumed.items()
    assert {due.role: due.date for due in decision.due} == case.get("due", {})
    if "parties" in case:
        assert decision.parties == case["parties"]


def test_answers_mention_nothing_that_is_not_compared() -> None:
    """A mistyped key in the page would compare nothing."""
    known = {
        "matter",
        "status",
        "duties",
        "possible",
        "ask",
        "flags",
        "recused",
        "breaches",
        "default",
        "assumed",
    }
    roles = {role["id"] for role in plain(WORDS)["roles"]}
    for _, case in cases():
        assert set(case) <= {"incident", "answer", "refused", "parties", "due"}
        for answer in listed(case.get("answer", ())):
            assert set(answer) <= known | roles
            assert {key for role in roles for key in answer.get(role, {})} <= set(DUTY)


def test_every_section_with_a_rule_has_an_example() -> None:
    """Fourteen points, each with at least one; the last says what plays no part."""
    sections = DOC.read_text(encoding="utf-8").split("\n## ")[1:]
    assert [section.split(".")[0] for section in sections] == [str(n) for n in range(1, 16)]
    assert [section.split(".")[0] for section in sections if not BLOCK.search(section)] == ["15"]


def test_links_inside_the_page_lead_somewhere() -> None:
    text = DOC.read_text(encoding="utf-8")
    anchors = {
        re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^##+ (.*)$", text, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", text)) <= anchors
