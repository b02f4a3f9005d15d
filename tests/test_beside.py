"""Rules that hang on other rules (`beside`, `vacated`), and rules that decide nothing yet (`draft`)."""

from __future__ import annotations

from datetime import date

from books import obligation, recusal, router, rule
from test_settlement import KNOWN, held, ruling, settlement

# -- beside


def test_a_rule_beside_a_role_counts_where_another_rule_names_it() -> None:
    """`beside: {not: …}` is the contrary of it."""
    clerk = router(
        rule("a", {"urgent": True}, {"enforce": "housing"}),
        rule("b", {}, {"report": "street-office"}, beside=("enforce", "inspect")),
        rule(
            "c", {}, {"handle": "street-office"}, beside={"not": ("enforce", "inspect")}, flag="undetermined"
        ),
    )
    named, unnamed = settlement(clerk, urgent=True), settlement(clerk)
    assert (held(named.ruling), named.ruling.flags, named.unmet) == (
        ["street-office report", "housing enforce"],
        (),
        ("c",),
    )
    assert (held(unnamed.ruling), unnamed.ruling.flags, unnamed.unmet) == (
        ["street-office handle"],
        ("undetermined",),
        ("b",),
    )


def test_a_role_is_named_though_recusal_takes_it_from_its_holder() -> None:
    clerk = router(
        rule("a", {}, {"inspect": "property-company"}),
        rule("b", {}, {"report": "street-office"}, beside="inspect"),
        recusal=recusal("respondent", "inspect"),
    )
    assert held(ruling(clerk, respondent="property-company")) == ["street-office report"]


def test_a_struck_rule_names_nothing() -> None:
    clerk = router(
        rule("a", {}, {"enforce": "housing"}),
        rule("b", {}, {"lead": "planning"}, overrides="a"),
        rule("c", {}, {"report": "street-office"}, beside="enforce"),
    )
    assert held(ruling(clerk)) == ["planning lead"]


def test_a_rule_with_beside_decides_about_no_other() -> None:
    """It names no role for another rule with `beside`, and keeps no default out."""
    clerk = router(
        rule("a", {}, {"report": "planning"}),
        rule("b", {}, {"lead": "housing"}, beside="report"),
        rule("c", {}, {"inspect": "housing"}, beside="lead"),
        rule("d", {}, {"lead": "street-office"}, default="lead"),
    )
    found = settlement(clerk)
    assert held(found.ruling) == ["housing lead", "street-office lead", "planning report"]
    assert found.unmet == ("c",)


def test_a_default_names_no_role() -> None:
    clerk = router(
        rule("a", {}, {"lead": "housing"}, default="lead"),
        rule("b", {}, {"report": "street-office"}, beside="lead"),
    )
    assert held(ruling(clerk)) == ["housing lead"]


def test_a_rule_with_default_and_beside_needs_both() -> None:
    clerk = router(
        rule("a", {"respondent": "owner"}, {"lead": "housing"}),
        rule("b", {"urgent": True}, {"inspect": "planning"}),
        rule("c", {}, {"lead": "street-office"}, default="lead", beside={"not": "inspect"}),
    )
    leads = {
        (respondent, urgent): ruling(clerk, respondent=respondent, urgent=urgent).lead
        for respondent in ("owner", "property-company")
        for urgent in (True, False)
    }
    assert leads == {
        ("owner", True): ("housing",),
        ("owner", False): ("housing",),
        ("property-company", True): (),
        ("property-company", False): ("street-office",),
    }


def test_a_rule_with_beside_strikes_whether_or_not_it_counts() -> None:
    clerk = router(
        rule("a", {}, {"lead": "housing"}),
        rule("b", {}, {"report": "street-office"}, beside="inspect", overrides="a"),
    )
    found = settlement(clerk)
    assert (held(found.ruling), found.overridden, found.unmet) == ([], {"a": "b"}, ("b",))


def test_an_obligation_beside_a_role_binds_where_the_role_is_named() -> None:
    clerk = router(
        rule("a", {"urgent": True}, {"enforce": "housing"}),
        rule("b", {}, {"handle": "street-office"}),
        obligations=(obligation("one-lead", {}, "lead", exactly=1) | {"beside": "enforce"},),
    )
    assert ruling(clerk).status == "routed"
    assert [(b.obligation, b.kind) for b in ruling(clerk, urgent=True).breaches] == [("one-lead", "gap")]


# -- vacated


def test_who_steps_in_has_the_duty_only_where_recusal_leaves_nobody() -> None:
    """Not where somebody else holds the role as well, and not where nobody was to have it."""
    clerk = router(
        rule("a", {"urgent": True}, {"inspect": ("property-company", "planning")}),
        rule("b", {"urgent": False, "floor": 0}, {"inspect": "property-company"}),
        rule("c", {}, {"inspect": "housing"}, vacated="inspect"),
        recusal=recusal("respondent", "inspect"),
    )
    accused = {"respondent": "property-company"}
    found = {
        "two hold it": settlement(clerk, urgent=True, floor=0, **accused),
        "nobody is left": settlement(clerk, floor=0, **accused),
        "nobody is recused": settlement(clerk, respondent="owner", floor=0),
        "nobody was to have it": settlement(clerk, floor=1, **accused),
    }
    assert {why: (held(each.ruling), each.unmet) for why, each in found.items()} == {
        "two hold it": (["planning inspect"], ("c",)),
        "nobody is left": (["housing inspect"], ()),
        "nobody is recused": (["property-company inspect"], ("c",)),
        "nobody was to have it": ([], ("c",)),
    }


def test_a_default_that_fills_the_role_comes_before_who_steps_in() -> None:
    """A default whose own party is recused leaves the role empty."""
    for party, lead in {"street-office": "street-office", "property-company": "housing"}.items():
        clerk = router(
            rule("a", {}, {"lead": "property-company"}),
            rule("b", {}, {"lead": party}, default="lead"),
            rule("c", {}, {"lead": "housing"}, vacated="lead"),
            recusal=recusal("respondent", "lead"),
        )
        assert ruling(clerk, respondent="property-company").lead == (lead,)


def test_a_department_that_is_recused_is_named_all_the_same() -> None:
    """Who steps in names nobody: `beside` asks the rules of the first step."""
    clerk = router(
        rule("a", {}, {"enforce": "property-company"}),
        rule("b", {}, {"enforce": "housing", "inspect": "housing"}, vacated="enforce"),
        rule("c", {}, {"report": "street-office"}, beside="enforce"),
        rule("d", {}, {"handle": "street-office"}, beside="inspect"),
        recusal=recusal("respondent", "enforce"),
    )
    found = settlement(clerk, respondent="property-company")
    assert (held(found.ruling), found.unmet) == (
        ["street-office report", "housing enforce", "housing inspect"],
        ("d",),
    )


def test_a_rule_that_steps_in_says_why_it_does_not() -> None:
    clerk = router(
        rule("a", {}, {"lead": "property-company"}),
        rule("b", {}, {"lead": "housing"}, vacated="lead"),
        recusal=recusal("respondent", "lead"),
    )
    reasons = clerk.explain({**KNOWN, "respondent": "owner"})[0].reasons
    assert {reason.rule: reason.standing for reason in reasons} == {"a": "counts", "b": "unmet"}


# -- drafts


def test_a_draft_decides_nothing() -> None:
    """Not even which days are answered, and it strikes no rule."""
    clerk = router(
        rule("a", {}, {"lead": "housing"}, in_force={"from": date(2026, 1, 1)}),
        rule("b", {}, {"lead": "planning"}, overrides="a", draft=True),
    )
    assert held(ruling(clerk, reported_at=date(2026, 2, 1))) == ["housing lead"]
    assert clerk.rulebook.days == (date(2026, 1, 1), date.max)
    assert [reason.rule for each in clerk.explain(KNOWN) for reason in each.reasons] == ["a"]
