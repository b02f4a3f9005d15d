"""Records are written as JSON, read back as they were, and described by a schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutyroute import Decision

OLD = (Path(__file__).parent / "samples" / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
"""Decisions written once, by the code of the first release; they must never be written again."""


@pytest.mark.parametrize("line", OLD)
def test_a_decision_of_the_first_release_is_read_and_written_byte_for_byte(line: str) -> None:
    """Its status, duties and parties are worked out again from its rulings, not copied."""
    assert Decision.from_json(line).to_json() == line
