"""Records are written as JSON, read back as they were, and described by a schema."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from jsonschema import validate
from pydantic import BaseModel, ValidationError

from clerk import clerk
from dutyroute import Answer, Decision, IncidentError, LedgerCorruptError
from dutyroute.formats.json import JsonError

OLD = (Path(__file__).parent / "samples" / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
"""Decisions written once, by the code of the first release; they must never be written again."""

refused = IncidentError("incident-wrong-value", "floor", [1.5, "x"], {"zh": "整数", "en": "a whole number"})


@pytest.mark.parametrize("line", OLD)
def test_a_decision_of_the_first_release_is_read_and_written_byte_for_byte(line: str) -> None:
    """Its status, duties and parties are worked out again from its rulings, not copied."""
    assert Decision.from_json(line).to_json() == line


def test_a_record_comes_back_from_json_as_it_was() -> None:
    """Days among its values are days again."""
    found = clerk()
    decision = found.route({"matter": ["clutter", "complaint"], "respondent": "owner"})
    decision = replace(decision, assumed=(("reported_at", date(2026, 3, 1)), ("urgent", True), ("cars", 3)))
    assert Decision.from_json(decision.to_json(indent=2)) == decision
    assert Decision.from_dict(json.loads(json.dumps(decision.to_dict()))) == decision
    for answer in found.ask({"matter": "clutter"}):
        assert Answer.from_json(answer.to_json().encode()) == answer
    for error in (refused, LedgerCorruptError("a", "ledger-altered", {"entry": 3}, 3)):
        assert type(error).from_json(error.to_json()) == error


def test_a_schema_describes_what_is_written() -> None:
    found = clerk()
    explanation = found.explain({"matter": "clutter", "respondent": "owner"})[0]
    for record in (found.route({"matter": "clutter"}), explanation, refused):
        validate(record.to_dict(), record.json_schema())
    assert Decision.json_schema()["title"] == "Decision"


@pytest.mark.parametrize("text", ["{", "[]", "{}", OLD[0][:-1] + ',"incident":"other"}'])
def test_what_is_no_record_is_refused(text: str) -> None:
    """Broken, of another kind, incomplete, or with a key that stands twice."""
    with pytest.raises((JsonError, ValidationError)):
        Decision.from_json(text)


def test_pairs_of_party_and_role_are_named_in_json() -> None:
    """So the contract of `route --explain` writes them."""
    reason = clerk().explain({"matter": "complaint"})[0].reasons[0]
    assert reason.to_dict() == {
        "rule": reason.rule,
        "standing": "counts",
        "conditions": [{"fact": "matter", "written": "complaint", "given": "complaint", "held": True}],
        "duties": [{"party": party, "role": role} for party, role in reason.duties],
        "by": [],
        "recused": [],
    }


def test_a_decision_may_stand_in_a_model_of_pydantic() -> None:
    """Given as it is or as it was written; what is written reads as the same."""

    class Letter(BaseModel):
        decision: Decision

    decision = clerk().route({"matter": "complaint", "id": "A-1"})
    letter = Letter(decision=decision)
    assert letter.decision is decision
    assert Letter.model_validate_json(letter.model_dump_json()) == letter
