"""What every decision must satisfy, and how holders are counted."""

from __future__ import annotations

from typing import Any

import pytest

from books import obligation, recusal, router, rule
from dutyroute import Breach, Router, Ruling

KNOWN: dict[str, Any] = {"matter": "clutter", "respondent": "owner", "reporter": "resident", "urgent": False}


def ruling(clerk: Router, **facts: Any) -> Ruling:
    """Route an incident of clutter in which everything is known."""
    (found,) = clerk.route({**KNOWN, **facts}).rulings
    return found


ONE_LEAD = obligation("one-lead", {"matter": "violation"}, "lead", exactly=1)


def test_an_obligation_that_is_met_says_nothing() -> None:
    found = ruling(router(rule("a", {}, {"lead": "housing"}), obligations=(ONE_LEAD,)))
    assert (found.status, found.breaches) == ("routed", ())


def test_too_few_holders_are_a_gap() -> None:
    """The status is `unrouted`, though there may be other duties."""
    found = ruling(router(rule("a", {}, {"handle": "housing"}), obligations=(ONE_LEAD,)))
    assert (found.status, found.breaches) == ("unrouted", (Breach("one-lead", "lead", "gap"),))
    assert [(duty.party, duty.role) for duty in found.duties] == [("housing", "handle")]


def test_too_many_holders_are_a_conflict() -> None:
    """Naming the holders, and the rules on both sides."""
    clerk = router(
        rule("a", {}, {"lead": "housing"}), rule("b", {}, {"lead": "planning"}), obligations=(ONE_LEAD,)
    )
    breach = Breach("one-lead", "lead", "conflict", ("housing", "planning"), ("a", "b"))
    assert (ruling(clerk).status, ruling(clerk).breaches) == ("conflict", (breach,))


def test_an_obligation_binds_where_its_condition_holds() -> None:
    owed = obligation("urgent-lead", {"urgent": True}, "lead", at_least=1)
    clerk = router(rule("a", {}, {"handle": "housing"}), obligations=(owed,))
    assert (ruling(clerk).status, ruling(clerk, urgent=True).status) == ("routed", "unrouted")


def test_a_conflict_outweighs_a_gap() -> None:
    clerk = router(
        rule("a", {}, {"lead": ("housing", "planning")}),
        obligations=(obligation("enforced", {}, "enforce", at_least=1), ONE_LEAD),
    )
    found = ruling(clerk)
    assert (found.status, [b.kind for b in found.breaches]) == ("conflict", ["gap", "conflict"])


@pytest.mark.parametrize(
    "holders,kinds",
    [
        ({"exactly": 0}, [None, "conflict", "conflict", "conflict"]),
        ({"exactly": 2}, ["gap", "gap", None, "conflict"]),
        ({"at_least": 1}, ["gap", None, None, None]),
        ({"at_most": 1}, [None, None, "conflict", "conflict"]),
        ({"at_least": 1, "at_most": 2}, ["gap", None, None, "conflict"]),
    ],
)
def test_the_number_of_holders_is_counted(holders: dict[str, int], kinds: list[str | None]) -> None:
    """From none to three of them, against each way to bound it."""
    parties = ("housing", "planning", "street-office")
    found: list[str | None] = []
    for count in range(4):
        rules = [rule(f"r{i}", {}, {"lead": parties[i]}) for i in range(count)]
        clerk = router(
            rule("other", {}, {"handle": "housing"}),
            *rules,
            obligations=(obligation("owed", {}, "lead", **holders),),
        )
        breaches = ruling(clerk).breaches
        found.append(breaches[0].kind if breaches else None)
    assert found == kinds


# -- joint holders


def joint(*rules: dict[str, Any]) -> int:
    """Count leads by the most that an obligation lets pass."""
    for most in range(1, 6):
        clerk = router(*rules, obligations=(obligation("owed", {}, "lead", at_most=most),))
        if not ruling(clerk).breaches:
            return most
    raise AssertionError("more than five")


def test_a_joint_lead_counts_as_one_holder() -> None:
    """Only where a rule says so: side by side is not together."""
    both = {"lead": ("housing", "planning")}
    assert (joint(rule("a", {}, both, joint=True)), joint(rule("a", {}, both))) == (1, 2)


def test_a_joint_rule_joins_no_party_of_another_rule() -> None:
    assert (
        joint(
            rule("a", {}, {"lead": ("housing", "planning")}, joint=True),
            rule("b", {}, {"lead": "street-office"}),
        )
        == 2
    )


def test_a_party_in_two_joint_rules_joins_them() -> None:
    """The four of them are one: housing stands in both groups."""
    assert (
        joint(
            rule("a", {}, {"lead": ("planning", "housing")}, joint=True),
            rule("b", {}, {"lead": ("street-office", "housing")}, joint=True),
            rule("c", {}, {"lead": ("owners-committee", "street-office")}, joint=True),
        )
        == 1
    )


def test_what_is_joint_in_one_role_is_not_in_another() -> None:
    clerk = router(
        rule("a", {}, {"handle": ("housing", "planning")}, joint=True),
        rule("b", {}, {"lead": ("housing", "planning")}),
        obligations=(ONE_LEAD,),
    )
    assert ruling(clerk).status == "conflict"


def test_a_struck_or_idle_rule_joins_nobody() -> None:
    """Only rules that count make their parties joint."""
    both = {"lead": ("housing", "planning")}
    apart = [rule("b", {}, {"lead": "housing"}), rule("c", {}, {"lead": "planning"})]
    assert joint(rule("a", {}, both, joint=True), *apart) == 1
    striking = rule("d", {}, {"handle": "housing"}, overrides="a")
    assert joint(rule("a", {}, both, joint=True), striking, *apart) == 2
    assert joint(rule("a", {}, both, joint=True, default="lead"), *apart) == 2


def test_recusal_takes_a_party_out_of_a_joint_group() -> None:
    """The others of the group are still one."""
    clerk = router(
        rule("a", {}, {"lead": ("property-company", "housing", "planning")}, joint=True),
        obligations=(ONE_LEAD,),
        recusal=recusal("respondent", "lead"),
    )
    found = ruling(clerk, respondent="property-company")
    assert (found.status, found.lead) == ("routed", ("housing", "planning"))
