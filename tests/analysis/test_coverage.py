"""Coverage of the rules by the cases, and the cases that would try the rest."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from books import WORDS, book, entry, rule
from dutyroute import Rulebook
from dutyroute.analysis import Coverage, measure_coverage, mutants
from dutyroute.analysis.coverage.measure import Branches, CoverageGoals
from dutyroute.analysis.coverage.report import Branch
from dutyroute.cases import load_cases, run
from dutyroute.report.analysis import render_coverage
from dutyroute.routing.incident import IncidentReader
from dutyroute.routing.router import Router
from dutyroute.rulebook.loader import load, read_document
from dutyroute.rulebook.shipped import shipped

AND = rule("both", {"urgent": True, "occupied": True}, {"enforce": "housing"})


def covered(rulebook: Rulebook, *given: dict[str, Any]) -> Coverage:
    reader = IncidentReader(rulebook)
    return measure_coverage(rulebook, map(reader.read, given))


# -- conditions


def test_a_test_is_covered_only_where_it_decides_its_rule() -> None:
    tests = Branches(book(AND))
    urgent, occupied = (Branch("both", i, fact, held=True) for i, fact in enumerate(("urgent", "occupied")))
    assert set(tests.covered({"urgent": True, "occupied": True})) == {urgent, occupied}
    assert set(tests.covered({"urgent": False, "occupied": True})) == {
        Branch("both", 0, "urgent", held=False)
    }
    assert set(tests.covered({"urgent": False, "occupied": False})) == set()
    assert set(tests.covered({"urgent": True})) == {occupied} - {occupied}


def test_an_alternative_is_covered_where_the_other_fails() -> None:
    tests = Branches(
        book(rule("either", {"any": ({"urgent": True}, {"floor": {"at_least": 3}})}, {"enforce": "housing"}))
    )
    assert set(tests.covered({"urgent": True, "floor": 1})) == {Branch("either", 0, "urgent", held=True)}
    assert set(tests.covered({"urgent": True, "floor": 5})) == set()
    assert len(tests.witnesses("either")) == 4


def test_a_condition_that_can_never_decide_is_proved_out_of_reach() -> None:
    never = rule("never", {"urgent": True, "not": {"urgent": True}}, {"enforce": "housing"})
    found = covered(book(never))
    assert (found.branches.of, found.rules.of, found.idle) == (2, 0, ("never",))
    assert {branch.held for branch in found.unreachable} == {True}


def test_what_is_impossible_is_not_asked_for() -> None:
    rules = rule("owned", {"respondent": "owner", "has_company": True}, {"enforce": "housing"})
    free = covered(book(rules))
    bound = covered(book(rules, impossible=({"respondent": "owner", "has_company": False},)))
    assert (free.branches.of, bound.branches.of) == (4, 3)
    assert bound.unreachable == (Branch("owned", 1, "has_company", held=False),)


# -- rules, leaves, periods


def test_a_rule_is_covered_where_it_counts_not_where_it_only_matches() -> None:
    fallback = rule("fallback", {}, {"lead": "street-office"}, default="lead")
    leads = rule("leads", {"urgent": True}, {"lead": "housing"})
    found = covered(book(fallback, leads), {"matter": "clutter", "urgent": True})
    assert found.rules.missing == ("fallback",)


def test_leaves_are_counted_over_all_matters() -> None:
    found = covered(book(AND), {"matter": "clutter", "urgent": True, "occupied": True})
    assert (found.leaves.covered, found.leaves.of) == (1, 10)


def test_a_period_is_tried_before_within_and_after() -> None:
    period = {"from": date(2026, 1, 1), "until": date(2026, 7, 1)}
    dated = book(
        rule("dated", {}, {"enforce": "housing"}, in_force=period), rule("always", {}, {"handle": "planning"})
    )
    found = covered(dated, {"matter": "clutter", "reported_at": date(2026, 6, 30).isoformat()})
    assert (found.seasons.covered, found.seasons.of) == (1, 3)
    assert [season.day for season in found.seasons.missing] == [date(2026, 7, 1), date(2025, 12, 31)]


# -- suggestions


def test_the_suggested_cases_cover_what_is_missing_and_pass(tmp_path: Path) -> None:
    rulebook = book(
        AND, rule("more", {"matter": "clutter", "floor": {"at_least": 3}}, {"inspect": "planning"})
    )
    file = tmp_path / "drafts.yaml"
    file.write_text(measure_coverage(rulebook, (), suggest=50).to_yaml("zh"), encoding="utf-8")
    document, faults = read_document(file)
    assert not faults, document
    cases = load_cases([file], rulebook)
    assert all(run(case, Router(rulebook)).passed for case in cases)
    assert all("草稿" in case.because for case in cases)
    again = measure_coverage(rulebook, (case.incident for case in cases))
    assert (again.rate, again.leaves.rate) == (1, 1)


def test_the_first_suggestion_covers_most_with_fewest_facts() -> None:
    (first,) = measure_coverage(book(AND), (), suggest=1).missing_cases
    assert first.incident == {"matter": "violation", "urgent": True, "occupied": True}
    assert len(first.goals) == 3


# -- the account


def test_the_account_names_what_is_missing_in_both_languages() -> None:
    coverage = covered(book(AND), {"matter": "clutter", "urgent": True, "occupied": True})
    assert coverage.to_text("zh") == (
        "案例 1 个，规则 1 条\n"
        "规则：在某个案例中起作用　1 / 1　100.0%\n"
        "条件：正反两面都决定过规则　2 / 4　50.0%\n"
        "结果：走到过的不同情形（参考）　1 / 10　10.0%\n\n"
        "没有决定过规则的条件：\n"
        "  - both：“紧急：是”不成立的一面\n"
        "  - both：“已入住：是”不成立的一面"
    )
    assert "  - both: “urgent: yes” is false" in coverage.to_text("en")
    assert "default-src 'none'" in render_coverage(coverage, "en")
    assert not re.search(r"<script|src=|href=", render_coverage(coverage, "en"))


def test_the_shipped_cases_cover_every_rule_and_every_condition_both_ways() -> None:
    rulebook = load(shipped("rules"))
    found = measure_coverage(rulebook, (case.incident for case in load_cases([shipped("cases")], rulebook)))
    assert (found.rules.missing, found.branches.missing, found.seasons.missing) == ((), (), ())
    assert (found.idle, found.uncounted) == ((), ())


# -- ends of the calendar, and rulebooks that explode


@pytest.mark.parametrize(
    "when,period",
    [
        ({}, {"until": date.max}),
        ({}, {"from": date.max}),
        ({}, {"from": date.min}),
        ({"built_on": date.min}, None),
        ({"built_on": {"less_than": date.min}}, None),
        ({"built_on": {"at_least": date.min}}, None),
        ({"built_on": {"at_most": date.max - timedelta(days=1)}}, None),
    ],
)
def test_the_ends_of_the_calendar_are_days_like_others(when: Any, period: Any) -> None:
    """`until: 9999-12-31` is how many say for ever."""
    made = rule("a", when, {"lead": "housing"}, **({"in_force": period} if period else {}))
    router = Router(book(made, rule("b", {}, {"handle": "housing"})))
    coverage = measure_coverage(router.rulebook, [router.incident({"matter": "clutter"})], suggest=3)
    for lang in ("zh", "en"):
        assert coverage.to_text(lang)  # type: ignore[arg-type]
    assert list(mutants(router.rulebook))


def test_days_on_which_no_rule_is_in_force_need_no_case() -> None:
    found = CoverageGoals(
        book(rule("a", {}, {"lead": "housing"}, in_force={"from": date(2026, 1, 1)}))
    ).seasons
    assert [season.part for season in found] == ["within"]


def test_an_incident_that_leaves_too_much_open_is_named_and_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dutyroute.diagram.unknowns.BUDGET", 50)
    facts = tuple(entry(f"yes_{i}", f"是{i}", type="bool") for i in range(10))
    pick = random.Random(1)
    rules = [
        rule(
            f"r-{i}",
            {f"yes_{n}": pick.random() < 0.5 for n in pick.sample(range(10), 3)},
            {"lead": "housing"},
        )
        for i in range(20)
    ]
    router = Router(book(*rules, facts=(*WORDS["facts"], *facts)))
    coverage = measure_coverage(router.rulebook, [router.incident({"matter": "clutter"})])
    assert "incident:clutter" in coverage.uncounted
    assert coverage.rules.covered == 0
