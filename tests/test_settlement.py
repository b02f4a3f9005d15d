"""What a set of matching rules comes to: overrides, recusal, defaults, merging, outcomes."""

from __future__ import annotations

from typing import Any

import pytest

from books import recusal, router, rule
from dutyroute import Duty, Recused, Router, Ruling
from dutyroute.diagram.places import Leaf
from dutyroute.diagram.resolution import Settlement

CLUTTER = {"matter": "clutter"}
KNOWN: dict[str, Any] = {"matter": "clutter", "respondent": "owner", "reporter": "resident", "urgent": False}


def ruling(clerk: Router, **facts: Any) -> Ruling:
    """Route an incident of clutter in which everything is known."""
    (found,) = clerk.route({**KNOWN, **facts}).rulings
    return found


def settlement(clerk: Router, **facts: Any) -> Settlement:
    leaf = clerk.diagram.walk("clutter", {**KNOWN, **facts})
    assert isinstance(leaf, Leaf)
    assert leaf.settlement is not None
    return leaf.settlement


def held(found: Ruling) -> list[str]:
    """Write the duties briefly."""
    return [f"{duty.party} {duty.role}" for duty in found.duties]


# -- matching


def test_a_rule_that_matches_gives_its_duties() -> None:
    """With its id, its clauses and its basis on each."""
    clerk = router(rule("a", CLUTTER, {"enforce": "housing"}, cite=("opinion/1.1", "opinion/2.1")))
    assert ruling(clerk) == Ruling(
        matter="clutter",
        status="routed",
        lead=(),
        duties=(
            Duty(
                "housing", "enforce", rules=("a",), clauses=("opinion/1.1", "opinion/2.1"), basis="explicit"
            ),
        ),
    )


def test_without_a_rule_nothing_is_routed_in_silence() -> None:
    """No duty at all is `unrouted`, flags or not."""
    clerk = router(rule("a", {"matter": "complaint"}, {"enforce": "housing"}), rule("b", flag="undetermined"))
    assert ruling(clerk) == Ruling("clutter", "unrouted", (), (), flags=("undetermined",))


def test_a_rule_with_no_condition_always_matches() -> None:
    clerk = router(rule("a", {}, {"enforce": "housing"}))
    for matter in clerk.rulebook.vocabulary.matters:
        assert held(ruling(clerk, matter=matter)) == ["housing enforce"]


def test_a_rule_may_only_raise_flags() -> None:
    clerk = router(
        rule("a", CLUTTER, {"enforce": "housing"}),
        rule("b", CLUTTER, flag=("undetermined", "joint-meeting")),
    )
    assert ruling(clerk).flags == ("joint-meeting", "undetermined")


# -- overrides


def test_an_overridden_rule_gives_nothing() -> None:
    """Neither duties nor flags; the settlement says who struck it out."""
    clerk = router(
        rule("general", {}, {"enforce": "street-office"}, flag="undetermined"),
        rule("special", CLUTTER, {"enforce": "housing"}, overrides="general"),
    )
    found = settlement(clerk)
    assert (held(found.ruling), found.ruling.flags) == (["housing enforce"], ())
    assert (found.matched, found.overridden) == (("general", "special"), {"general": "special"})


def test_a_rule_that_does_not_match_strikes_nothing() -> None:
    clerk = router(
        rule("general", {}, {"enforce": "street-office"}),
        rule("special", {"urgent": True}, {"enforce": "housing"}, overrides="general"),
    )
    assert held(ruling(clerk)) == ["street-office enforce"]
    assert held(ruling(clerk, urgent=True)) == ["housing enforce"]


def test_a_struck_rule_strikes_nothing() -> None:
    """The first strikes the second, so the third, which only the second struck, stands."""
    clerk = router(
        rule("a", {}, {"lead": "housing"}, overrides="b"),
        rule("b", {}, {"lead": "planning"}, overrides="c"),
        rule("c", {}, {"enforce": "street-office"}),
    )
    assert held(ruling(clerk)) == ["housing lead", "street-office enforce"]


def test_a_rule_struck_twice_stays_struck_while_one_striker_stands() -> None:
    clerk = router(
        rule("a", {}, {"lead": "housing"}, overrides="b"),
        rule("b", {}, {"lead": "planning"}, overrides="c"),
        rule("c", {}, {"enforce": "street-office"}),
        rule("d", {}, {"inspect": "planning"}, overrides="c"),
    )
    assert held(ruling(clerk)) == ["housing lead", "planning inspect"]


@pytest.mark.parametrize("length", [2, 3, 10, 11, 3_000])
def test_in_a_chain_of_overrides_every_other_rule_stands(length: int) -> None:
    """However long it is."""
    names = [f"r{i:04}" for i in range(length)]
    rules = [
        rule(name, {}, {"enforce": "housing"}, **({"overrides": names[i - 1]} if i else {}))
        for i, name in enumerate(names)
    ]
    clerk = router(*rules)
    (duty,) = ruling(clerk).duties
    assert duty.rules == tuple(sorted(names[::-1][::2]))


def test_more_conditions_never_win_by_themselves() -> None:
    """What is more special is written down, not guessed."""
    clerk = router(
        rule("general", {}, {"enforce": "street-office"}),
        rule("special", {**CLUTTER, "urgent": False}, {"enforce": "housing"}),
    )
    assert held(ruling(clerk)) == ["housing enforce", "street-office enforce"]


# -- defaults


def test_a_default_counts_where_nobody_else_has_the_role() -> None:
    """The duty says that only a fallback gives it."""
    clerk = router(rule("a", {}, {"lead": "street-office", "handle": "street-office"}, default="lead"))
    assert [(duty.role, duty.default) for duty in ruling(clerk).duties] == [("lead", True), ("handle", True)]


def test_a_default_is_left_out_whole() -> None:
    """Where the role has a holder, its other duties and its flags go too."""
    clerk = router(
        rule("a", CLUTTER, {"lead": "housing"}),
        rule(
            "b", {}, {"lead": "street-office", "handle": "street-office"}, default="lead", flag="undetermined"
        ),
    )
    found = settlement(clerk)
    assert (held(found.ruling), found.ruling.flags, found.idle) == (["housing lead"], (), ("b",))


def test_only_a_rule_without_a_default_keeps_one_out() -> None:
    """Two defaults for a role both count, and so does one beside a default of another role."""
    clerk = router(
        rule("a", {}, {"lead": "housing"}, default="lead"),
        rule("b", {}, {"lead": "planning"}, default="lead"),
        rule("c", {}, {"lead": "street-office", "handle": "housing"}, default="handle"),
    )
    assert held(ruling(clerk)) == ["housing lead", "planning lead", "street-office lead", "housing handle"]


def test_a_struck_rule_keeps_no_default_out() -> None:
    clerk = router(
        rule("a", {}, {"lead": "housing"}),
        rule("b", {}, {"inspect": "planning"}, overrides="a"),
        rule("c", {}, {"lead": "street-office"}, default="lead"),
    )
    assert held(ruling(clerk)) == ["street-office lead", "planning inspect"]


def test_a_duty_that_not_only_a_default_gives_is_no_default() -> None:
    clerk = router(
        rule("a", {}, {"lead": "street-office", "handle": "street-office"}, default="lead"),
        rule("b", {}, {"handle": "street-office"}),
    )
    assert [(duty.role, duty.default) for duty in ruling(clerk).duties] == [("lead", True), ("handle", False)]


# -- recusal


def test_whoever_is_concerned_steps_aside() -> None:
    """From the roles named and no other; the decision says so."""
    clerk = router(
        rule("a", {}, {"inspect": ("property-company", "housing"), "handle": "property-company"}),
        recusal=recusal("respondent", "inspect"),
    )
    found = ruling(clerk, respondent="property-company")
    assert held(found) == ["property-company handle", "housing inspect"]
    assert found.recused == (Recused("property-company", "inspect", ("a",)),)
    assert ruling(clerk).recused == ()


def test_a_role_emptied_by_recusal_brings_a_default_in() -> None:
    """Recusal comes before defaults."""
    clerk = router(
        rule("a", {}, {"inspect": "property-company"}),
        rule("b", {}, {"inspect": "street-office"}, default="inspect"),
        recusal=recusal("respondent", "inspect"),
    )
    assert held(ruling(clerk)) == ["property-company inspect"]
    found = ruling(clerk, respondent="property-company")
    assert held(found) == ["street-office inspect"]
    assert found.recused == (Recused("property-company", "inspect", ("a",)),)


def test_a_default_too_loses_a_party_that_is_concerned() -> None:
    clerk = router(
        rule("a", {}, {"inspect": ("property-company", "housing")}, default="inspect"),
        recusal=recusal("respondent", "inspect"),
    )
    assert held(ruling(clerk, respondent="property-company")) == ["housing inspect"]


def test_a_rule_counts_though_recusal_takes_all_its_duties() -> None:
    """Its flags stand, and it strikes what it overrides."""
    clerk = router(
        rule("a", {}, {"inspect": "property-company"}, flag="undetermined", overrides="b"),
        rule("b", {}, {"enforce": "housing"}),
        recusal=recusal("respondent", "inspect"),
    )
    found = ruling(clerk, respondent="property-company")
    assert (found.status, found.duties, found.flags) == ("unrouted", (), ("undetermined",))


def test_a_rule_that_does_not_count_recuses_nobody() -> None:
    """Nothing falls away that was not there."""
    clerk = router(
        rule("a", {}, {"inspect": "property-company"}),
        rule("b", {}, {"inspect": "housing"}, overrides="a"),
        recusal=recusal("respondent", "inspect"),
    )
    assert ruling(clerk, respondent="property-company").recused == ()


def test_each_of_two_facts_recuses_from_its_own_roles() -> None:
    clerk = router(
        rule("a", {}, dict.fromkeys(("handle", "inspect"), ("property-company", "street-office"))),
        recusal=(recusal("respondent", "inspect"), recusal("reporter", "handle", "inspect")),
    )
    found = ruling(clerk, respondent="property-company", reporter="street-office")
    assert held(found) == ["property-company handle"]
    assert found.recused == (
        Recused("property-company", "inspect", ("a",)),
        Recused("street-office", "handle", ("a",)),
        Recused("street-office", "inspect", ("a",)),
    )


# -- merging


def test_the_same_duty_from_two_rules_is_one() -> None:
    """With all their rules and clauses, whom each tells, the shortest limit, the strongest basis."""
    clerk = router(
        rule(
            "a",
            {},
            {"report": {"party": "owners-committee", "to": "housing", "within": "2d"}},
            cite="opinion/2.1",
            basis="assumed",
        ),
        rule(
            "b",
            {},
            {"report": {"party": "owners-committee", "to": ("street-office", "housing"), "within": "36h"}},
            cite="opinion/1.2",
            basis="inferred",
        ),
        rule("c", {}, {"report": "owners-committee"}, cite="opinion/1.2", basis="assumed"),
    )
    assert ruling(clerk).duties == (
        Duty(
            party="owners-committee",
            role="report",
            to=("housing", "street-office"),
            within="36h",
            rules=("a", "b", "c"),
            clauses=("opinion/1.2", "opinion/2.1"),
            basis="inferred",
        ),
    )


def test_to_lead_tells_whoever_leads() -> None:
    """All of them where several do; nobody where none does."""
    telling = rule("a", {}, {"report": {"party": "owners-committee", "to": ("planning", "lead")}})
    leading = rule("b", {"urgent": True}, {"lead": ("housing", "street-office")})
    clerk = router(telling, leading)
    assert ruling(clerk).duties[-1].to == ("planning",)
    assert ruling(clerk, urgent=True).duties[-1].to == ("housing", "planning", "street-office")


def test_nobody_reports_to_themselves() -> None:
    """A leading party is left out of its own `to`, and so is one that is named."""
    clerk = router(
        rule(
            "a",
            {},
            {"lead": "housing", "report": {"party": ("housing", "planning"), "to": ("lead", "planning")}},
        )
    )
    assert [(duty.party, duty.to) for duty in ruling(clerk).duties] == [
        ("housing", ()),
        ("housing", ("planning",)),
        ("planning", ("housing",)),
    ]


def test_a_recused_lead_is_told_nothing() -> None:
    """`lead` is whoever leads in this ruling, not whom a rule once named."""
    clerk = router(
        rule(
            "a", {}, {"lead": ("property-company", "housing"), "report": {"party": "planning", "to": "lead"}}
        ),
        recusal=recusal("respondent", "lead"),
    )
    assert ruling(clerk, respondent="property-company").duties[-1].to == ("housing",)


def test_duties_are_read_along_the_chain() -> None:
    """The lead first, then phase by phase, parties as the vocabulary lists them."""
    roles = ("attend", "inspect", "handle", "report", "lead", "enforce")
    clerk = router(rule("a", {}, dict.fromkeys(roles, ("street-office", "housing"))))
    assert held(ruling(clerk)) == [
        f"{party} {role}"
        for role in ("lead", "attend", "report", "handle", "enforce", "inspect")
        for party in ("housing", "street-office")
    ]


# -- outcomes


def test_an_outcome_is_what_is_said_and_not_why() -> None:
    """The same duties by other rules, on another basis, are the same outcome."""
    clerk = router(
        rule("a", {"urgent": True}, {"lead": "housing"}, basis="inferred"),
        rule("b", {"urgent": False}, {"lead": "housing"}, cite="opinion/2.1"),
    )
    assert settlement(clerk).outcome == settlement(clerk, urgent=True).outcome
    assert ruling(clerk) != ruling(clerk, urgent=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"assign": {"lead": "planning"}},
        {"assign": {"handle": "housing"}},
        {"assign": {"lead": {"party": "housing", "to": "planning"}}},
        {"assign": {"lead": {"party": "housing", "within": "5d"}}},
        {"assign": {"lead": "housing"}, "flag": "undetermined"},
    ],
)
def test_another_duty_addressee_limit_or_flag_is_another_outcome(changed: dict[str, Any]) -> None:
    clerk = router(rule("a", {"urgent": True}, {"lead": "housing"}), rule("b", {"urgent": False}, **changed))
    assert settlement(clerk).outcome != settlement(clerk, urgent=True).outcome


def test_a_chain_of_thousands_of_overrides_is_settled() -> None:
    """Every second rule of a chain stands, whichever way it runs."""
    count = 3_000
    chain = [
        rule(
            f"r-{i:04}",
            {"matter": "clutter"},
            {"inspect": "housing"},
            **({"overrides": f"r-{i - 1:04}"} if i else {}),
        )
        for i in range(count)
    ]
    found = router(*chain).route({"matter": "clutter"}).rulings[0]
    (duty,) = (d for d in found.duties if d.role == "inspect")
    assert duty.rules == tuple(f"r-{i:04}" for i in range(count) if i % 2)
