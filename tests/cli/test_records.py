"""The records behind `matrix` and `trace`, where the rulebook is small or too open."""

from pathlib import Path

import pytest

from dutyroute import Router
from dutyroute.analysis import matrix, trace
from dutyroute.analysis.tables import Holding

DATED = {"reported_at": "2026-03-01"}


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.load(Path(__file__).parent / "rules")


def test_the_matrix_says_what_the_router_says(router) -> None:
    for row in matrix(router, DATED).rows:
        decision = router.route({"matter": row.matter, **DATED})
        held = {(role, each.party): each.certain for role, cell in row.cells.items() for each in cell}
        assert held == {(duty.role, duty.party): duty.certain for duty in decision.duties}
        assert (row.status, row.ask) == (decision.status, decision.ask)


def test_facts_narrow_the_matrix_down(router) -> None:
    found = matrix(router, {**DATED, "cars": 5, "has_company": False}, ["parking"])
    assert [(row.matter, row.depth) for row in found.rows] == [("parking", 0)]
    assert found.rows[0].cells == {"lead": (Holding("housing", True),), "patrol": (Holding("street", True),)}
    assert found.held() == ("lead", "patrol")


def test_a_matter_brings_those_below_it(router) -> None:
    found = matrix(router, DATED, ["violation"])
    assert [(row.matter, row.depth) for row in found.rows] == [
        ("violation", 0),
        ("fire-violation", 1),
        ("parking", 1),
    ]


def test_a_row_that_cannot_be_listed_says_so(router, monkeypatch) -> None:
    monkeypatch.setattr("dutyroute.diagram.unknowns.BUDGET", 5)
    rows = {row.matter: row for row in matrix(Router(router.rulebook), DATED).rows}
    assert rows["parking"].is_open
    assert rows["parking"].cells == {}
    assert not rows["complaint"].is_open


def test_a_clause_leads_to_the_rules_and_matters_that_rest_on_it(router) -> None:
    found = {each.clause: each for each in trace(router.rulebook)}
    assert {(c.rule, c.matters) for c in found["opinion/1.1"].rules} == {
        ("street-patrols", ("violation", "fire-violation", "parking")),
        ("street-enforces-fire", ("fire-violation",)),
        ("street-by-default", ("violation", "parking")),
        ("housing-leads-many-cars", ("parking",)),
    }
    assert [each.clause for each in found.values() if each.is_unmapped] == ["opinion/1.4"]
    assert not found["opinion/1"].is_unmapped


def test_where_a_matter_cannot_be_listed_the_rules_word_is_taken(router, monkeypatch) -> None:
    monkeypatch.setattr("dutyroute.diagram.unknowns.BUDGET", 0)
    found = {each.clause: each for each in trace(router.rulebook)}
    default = next(c for c in found["opinion/1.1"].rules if c.rule == "street-by-default")
    assert default.matters == ("violation", "fire-violation", "parking")


def test_matters_are_named_by_as_few_as_possible(router) -> None:
    words = router.rulebook.vocabulary
    assert words.topmost(["violation", "fire-violation", "parking"]) == (("violation", True),)
    assert words.topmost(["violation", "parking"]) == (("violation", False), ("parking", False))
    assert words.topmost(["complaint"]) == (("complaint", False),)
    assert words.topmost([]) == ()
