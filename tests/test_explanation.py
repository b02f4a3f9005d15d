"""Why a rule counts or does not, and what is asked and why."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from books import recusal, router, rule
from clerk import OWNER, clerk
from dutyroute import ConditionVerdict, Explanation, IncidentError, Reason


def test_an_explanation_gives_each_condition_its_verdict() -> None:
    """What counts first, then the nearest misses; rules that shut the matter out are no miss."""
    (found,) = clerk().explain(OWNER)
    assert found == Explanation(
        matter="clutter",
        reasons=(
            Reason(
                "clutter",
                "counts",
                (ConditionVerdict("matter", "clutter", "clutter", True),),
                (("street-office", "lead"), ("street-office", "handle")),
            ),
            Reason(
                "company-reports",
                "possible",
                (
                    ConditionVerdict("matter", "clutter", "clutter", True),
                    ConditionVerdict("respondent", "owner", "owner", True),
                    ConditionVerdict("has_company", True, None, None),
                ),
                (("property-company", "report"),),
            ),
        ),
        ask=("has_company",),
    )


def test_an_explanation_names_who_struck_out_and_who_stepped_aside() -> None:
    found = router(
        rule("a", {}, {"handle": "housing"}),
        rule("b", {"urgent": True}, {"handle": "planning"}, overrides="a"),
        rule("c", {}, {"inspect": "property-company"}),
        rule("d", {}, {"handle": "street-office"}, default="handle"),
        recusal=recusal("respondent", "inspect"),
    )
    given = {"matter": "clutter", "urgent": True, "respondent": "property-company"}
    (explanation,) = found.explain(given)
    assert [(reason.rule, reason.standing, reason.by, reason.recused) for reason in explanation.reasons] == [
        ("b", "counts", (), ()),
        ("c", "counts", (), (("property-company", "inspect"),)),
        ("a", "overridden", ("b",), ()),
        ("d", "idle", (), ()),
    ]


def test_a_rule_that_never_counts_is_overridden_rather_than_idle() -> None:
    """Struck out in one completion, not needed in the other: the stronger reason is told."""
    found = router(
        rule("a", {"urgent": True}, {"handle": "housing"}, overrides="c"),
        rule("b", {"urgent": False}, {"lead": "housing"}),
        rule("c", {}, {"lead": "street-office"}, default="lead"),
    )
    (explanation,) = found.explain({"matter": "clutter"})
    assert [(reason.rule, reason.standing, reason.by) for reason in explanation.reasons] == [
        ("a", "possible", ()),
        ("b", "possible", ()),
        ("c", "overridden", ("a",)),
    ]


def test_a_period_has_a_verdict_of_its_own() -> None:
    """A rule that would match, but is not in force yet, fails by that alone."""
    since = date(2026, 7, 1)
    found = router(
        rule("a", {}, {"lead": "housing"}, in_force={"from": since}), rule("b", {}, {"lead": "housing"})
    )
    for day, held in ((date(2026, 6, 30), False), (since, True), (None, None)):
        (explanation,) = found.explain({"matter": "clutter", "reported_at": day})
        (reason,) = (each for each in explanation.reasons if each.rule == "a")
        assert reason.conditions == (ConditionVerdict("in_force", {"from": since, "until": None}, day, held),)


def test_near_misses_come_before_far_ones() -> None:
    found = router(
        rule("far", {"urgent": True, "occupied": True}, {"lead": "housing"}),
        rule("near", {"urgent": True, "occupied": False}, {"lead": "housing"}),
    )
    (explanation,) = found.explain({"matter": "clutter", "urgent": False, "occupied": False})
    assert [reason.rule for reason in explanation.reasons] == ["near", "far"]


def test_why_not_tells_of_the_rules_that_could_have() -> None:
    """By id or by name; a party that no rule names has none."""
    found = clerk()
    for party in ("property-company", "物业企业", "property company"):
        (reason,) = found.why_not({**OWNER, "has_company": False}, party=party, role="报告")
        assert (reason.rule, reason.standing) == ("company-reports", "failed")
        assert [verdict.held for verdict in reason.conditions] == [True, True, False]
    assert found.why_not(OWNER, party="planning") == ()


@pytest.mark.parametrize("asked", [{"party": "housng"}, {"party": "housing", "role": "leed"}])
def test_why_not_refuses_a_party_or_role_that_there_is_not(asked: dict[str, str]) -> None:
    """Naming the nearest: silence would read as `no rule does`."""
    with pytest.raises(IncidentError) as caught:
        clerk().why_not(OWNER, **asked)
    kind, near = ("role", "lead 主办") if "role" in asked else ("party", "housing 住建局")
    assert (caught.value.fact, caught.value.value, caught.value.suggestion) == (kind, asked[kind], near)


@pytest.mark.parametrize("day", ["2025-12-31", "2027-01-01"])
def test_a_day_without_rules_has_no_reasons_either(day: str) -> None:
    """What `route` refuses, no other question answers."""
    dated = router(
        rule("clutter", {"matter": "clutter"}, {"lead": "housing"}),
        header={"in_force": {"from": date(2026, 1, 1), "until": date(2027, 1, 1)}},
    )
    given = {"matter": "clutter", "reported_at": day}
    for ask in (
        dated.route,
        dated.explain,
        dated.ask,
        partial(dated.why_not, party="housing"),
        dated.what_if,
    ):
        with pytest.raises(IncidentError) as caught:
            ask(given)
        assert caught.value.code == "incident-no-rules-then"
