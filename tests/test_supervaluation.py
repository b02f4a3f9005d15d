"""Unknown facts: what is certain, what is possible, and what to ask."""

from __future__ import annotations

from datetime import date
from itertools import cycle, pairwise
from typing import Any

import pytest

from books import obligation, questions, recusal, router, rule
from dutyroute import Breach, Duty, IncidentError, Recused, Router, Ruling
from dutyroute.diagram import unknowns as supervaluation

CLUTTER: dict[str, Any] = {"matter": "clutter"}


def ruling(clerk: Router, **facts: Any) -> Ruling:
    """Route an incident of clutter of which only these facts are known."""
    (found,) = clerk.route({**CLUTTER, **facts}).rulings
    return found


def certain(found: Ruling) -> list[str]:
    return [f"{duty.party} {duty.role}" for duty in found.duties if duty.certain]


def possible(found: Ruling) -> list[str]:
    return [f"{duty.party} {duty.role}" for duty in found.duties if not duty.certain]


# -- certain and possible


def test_a_duty_under_every_value_is_certain() -> None:
    """And one under some is possible, with what to ask."""
    clerk = router(
        rule("a", CLUTTER, {"enforce": "housing"}),
        rule("b", {"respondent": "owner"}, {"handle": "property-company"}),
    )
    found = ruling(clerk)
    assert (found.status, certain(found), possible(found), found.ask) == (
        "incomplete",
        ["housing enforce"],
        ["property-company handle"],
        ("respondent",),
    )


def test_a_duty_by_one_rule_or_another_is_certain() -> None:
    """Case by case, and never as Kleene's logic has it: some rule matches, whichever it is."""
    clerk = router(
        rule("a", {"urgent": True}, {"enforce": "housing"}, cite="opinion/1.1"),
        rule("b", {"urgent": False}, {"enforce": "housing"}, cite="opinion/1.2", basis="inferred"),
    )
    assert ruling(clerk) == Ruling(
        "clutter",
        "routed",
        (),
        (
            Duty(
                "housing",
                "enforce",
                rules=("a", "b"),
                clauses=("opinion/1.1", "opinion/1.2"),
                basis="inferred",
            ),
        ),
    )


def test_a_condition_that_every_value_meets_hangs_on_nothing() -> None:
    clerk = router(
        rule("a", {"any": ({"floor": {"at_least": 3}}, {"floor": {"less_than": 3}})}, {"lead": "housing"})
    )
    assert (ruling(clerk).status, certain(ruling(clerk)), ruling(clerk).ask) == (
        "routed",
        ["housing lead"],
        (),
    )


def test_a_default_that_may_be_needed_is_possible() -> None:
    """Leads exclude each other, so neither is certain; the fallback says that it is one."""
    clerk = router(
        rule("a", {"urgent": True}, {"lead": "housing"}),
        rule("b", {}, {"lead": "street-office"}, default="lead"),
    )
    found = ruling(clerk)
    assert (found.lead, possible(found)) == ((), ["housing lead", "street-office lead"])
    assert [duty.default for duty in found.duties] == [False, True]


def test_a_duty_that_may_rest_on_a_default_alone_says_so() -> None:
    clerk = router(
        rule("a", {"urgent": True}, {"lead": "street-office"}),
        rule("b", {}, {"lead": "street-office"}, default="lead"),
    )
    assert [(duty.certain, duty.default) for duty in ruling(clerk).duties] == [(True, True)]


def test_a_basis_is_the_weakest_over_the_completions() -> None:
    """In each of them it is the strongest: nobody is told more than holds whatever comes."""
    clerk = router(
        rule("a", {"urgent": True}, {"lead": "housing"}, basis="explicit"),
        rule("b", {"urgent": False}, {"lead": "housing"}, basis="inferred"),
        rule("c", {}, {"lead": "housing"}, basis="assumed"),
    )
    found = {urgent: ruling(clerk, urgent=urgent).duties[0].basis for urgent in (True, False, None)}
    assert found == {True: "explicit", False: "inferred", None: "inferred"}


def test_a_limit_is_the_loosest_that_may_hold() -> None:
    """No limit at all where one completion has none."""
    clerk = router(
        rule("a", {"floor": {"at_least": 9}}, {"lead": {"party": "housing", "within": "1d"}}),
        rule("b", {"floor": {"at_least": 3}}, {"lead": {"party": "housing", "within": "2d"}}),
        rule("c", {}, {"lead": "housing"}),
        impossible=({"floor": {"less_than": 3}, "urgent": True},),
    )
    assert ruling(clerk, urgent=True).duties[0].within == "2d"
    assert ruling(clerk, urgent=False).duties[0].within is None


def test_whom_to_tell_may_itself_be_uncertain() -> None:
    """`to` is certain, `to_possible` is not; the duty is certain all the same."""
    clerk = router(
        rule("a", {}, {"report": {"party": "owners-committee", "to": ("planning", "lead")}}),
        rule("b", {"urgent": True}, {"lead": "housing"}),
        rule("c", {"urgent": False}, {"lead": "street-office"}),
    )
    (duty,) = (duty for duty in ruling(clerk).duties if duty.role == "report")
    assert (duty.certain, duty.to, duty.to_possible) == (True, ("planning",), ("housing", "street-office"))
    assert ruling(clerk).ask == ("urgent",)


def test_flags_are_certain_or_possible() -> None:
    clerk = router(
        rule("a", {}, {"lead": "housing"}, flag="undetermined"),
        rule("b", {"urgent": True}, flag="joint-meeting"),
    )
    found = ruling(clerk)
    assert (found.status, found.flags, found.possible_flags) == (
        "incomplete",
        ("undetermined",),
        ("joint-meeting",),
    )


def test_a_recusal_may_be_possible() -> None:
    """And its duty is then not certain; a default that would come in is not either."""
    clerk = router(
        rule("a", {}, {"inspect": ("property-company", "housing")}), recusal=recusal("respondent", "inspect")
    )
    found = ruling(clerk)
    assert (certain(found), possible(found)) == (["housing inspect"], ["property-company inspect"])
    assert found.recused == (Recused("property-company", "inspect", ("a",), certain=False),)


def test_the_same_breach_by_different_rules_is_certain() -> None:
    """Whichever the rules are, the same two lead; the breach names them all."""
    clerk = router(
        rule("a", {"urgent": True}, {"lead": ("housing", "planning")}),
        rule("b", {"urgent": False}, {"lead": ("housing", "planning")}),
        obligations=(obligation("one-lead", {}, "lead", exactly=1),),
    )
    breach = Breach("one-lead", "lead", "conflict", ("housing", "planning"), ("a", "b"))
    assert (ruling(clerk).status, ruling(clerk).breaches) == ("conflict", (breach,))


# -- status


def leads(**by_floor: str | tuple[str, ...]) -> Router:
    """A rulebook of one lead, the holders by floor 1, 2 …"""
    rules = [rule(f"r{i}", {"floor": i}, {"lead": who}) for i, who in enumerate(by_floor.values(), 1) if who]
    outside = {"floor": {"not": tuple(range(1, len(by_floor) + 1))}}
    return router(*rules, obligations=(obligation("one-lead", {}, "lead", exactly=1),), impossible=(outside,))


@pytest.mark.parametrize(
    "by_floor,status",
    [
        ({"a": "housing"}, "routed"),
        ({"a": "housing", "b": "housing"}, "routed"),
        ({"a": "housing", "b": "planning"}, "incomplete"),
        ({"a": "housing", "b": ()}, "incomplete"),
        ({"a": "housing", "b": ("housing", "planning")}, "incomplete"),
        ({"a": (), "b": ()}, "unrouted"),
        ({"a": ("housing", "planning"), "b": ("housing", "street-office")}, "conflict"),
        ({"a": ("housing", "planning"), "b": ()}, "conflict"),
    ],
)
def test_a_status_says_what_holds_whatever_comes(by_floor: dict[str, Any], status: str) -> None:
    """`incomplete` as long as some completion may be routed; wrong for certain otherwise."""
    assert ruling(leads(**by_floor)).status == status


# -- ask


def test_only_what_can_change_the_answer_is_asked() -> None:
    """Once nobody but an outsider can be meant, it does not matter whether there is a company."""
    clerk = router(rule("a", {"respondent": "owner", "has_company": True}, {"handle": "property-company"}))
    assert ruling(clerk).ask == ("respondent", "has_company")
    assert ruling(clerk, respondent="owner").ask == ("has_company",)
    assert ruling(clerk, has_company=True).ask == ("respondent",)
    assert ruling(clerk, has_company=False).ask == ()
    assert ruling(clerk, respondent="owners-committee").ask == ()


def test_a_fact_that_changes_only_the_reasons_is_not_asked() -> None:
    clerk = router(
        rule("a", {"urgent": True}, {"lead": "housing"}, basis="explicit"),
        rule("b", {"urgent": False}, {"lead": "housing"}, basis="assumed", cite="opinion/2.1"),
    )
    assert (ruling(clerk).ask, ruling(clerk).status) == ((), "routed")


@pytest.mark.parametrize(
    "more",
    [
        {"assign": {"lead": {"party": "housing", "within": "5d"}}},
        {"assign": {"lead": {"party": "housing", "to": "planning"}}},
        {"flag": "undetermined"},
    ],
)
def test_limits_addressees_and_flags_are_part_of_the_answer(more: dict[str, Any]) -> None:
    clerk = router(rule("a", {}, {"lead": "housing"}), rule("b", {"urgent": True}, **more))
    assert (ruling(clerk).status, ruling(clerk).ask) == ("incomplete", ("urgent",))


def test_asking_follows_the_vocabulary() -> None:
    """Questions come in the order in which the vocabulary lists the facts, not the rules."""
    clerk = router(
        rule("a", {"built_on": date(2026, 1, 1), "urgent": True, "reporter": "resident"}, {"lead": "housing"})
    )
    assert ruling(clerk).ask == ("reporter", "urgent", "built_on")


def test_a_default_value_is_not_asked_for() -> None:
    """It is known, as long as nobody writes that it is not."""
    clerk = router(rule("a", {"in_community": False}, {"lead": "housing"}))
    assert (ruling(clerk).ask, ruling(clerk, in_community=None).ask) == ((), ("in_community",))


# -- impossible combinations


def test_impossible_completions_are_left_out() -> None:
    """With a company's doing there is a company, so nothing is open."""
    clerk = router(
        rule("a", {"respondent": "property-company", "has_company": False}, {"lead": "planning"}),
        rule("b", {"has_company": True}, {"lead": "housing"}),
        impossible=({"respondent": "property-company", "has_company": False},),
    )
    found = ruling(clerk, respondent="property-company")
    assert (found.status, certain(found), possible(found), found.ask) == ("routed", ["housing lead"], [], ())


def test_an_incident_that_can_only_be_impossible_is_refused() -> None:
    """Also where two conditions together leave nothing."""
    clerk = router(
        rule("a", {}, {"lead": "housing"}), impossible=({"urgent": True, "occupied": True}, {"urgent": False})
    )
    with pytest.raises(IncidentError) as caught:
        ruling(clerk, occupied=True)
    assert caught.value.code == "incident-impossible"
    assert certain(ruling(clerk, occupied=False)) == ["housing lead"]


def test_facts_that_go_together_are_asked_by_what_they_rule_out() -> None:
    """Urgent and occupied are both or neither: neither changes alone, either tells."""
    clerk = router(
        rule("a", {"urgent": True}, {"lead": "housing"}),
        rule("b", {"urgent": False}, {"lead": "planning"}),
        impossible=({"urgent": True, "occupied": False}, {"urgent": False, "occupied": True}),
    )
    assert ruling(clerk).ask == ("urgent", "occupied")


EVEN = [(h, u, o) for h in (False, True) for u in (False, True) for o in (False, True)]


def three(values: tuple[bool, bool, bool], **more: bool) -> dict[str, bool]:
    return dict(zip(("has_company", "urgent", "occupied"), values, strict=True)) | more


def test_where_no_fact_tells_alone_those_that_play_a_part_are_asked() -> None:
    """An even number of four is true; no single one rules anything out. The floor is tested in vain."""
    possible_ones = [three(v, in_community=sum(v) % 2 == 1) for v in EVEN]
    leading = tuple(
        each for each in possible_ones if each["has_company"] ^ (each["urgent"] & each["occupied"])
    )
    clerk = router(
        rule("a", {"any": leading}, {"lead": "housing"}),
        rule("b", {"floor": {"at_least": 3}}, {"handle": "planning"}),
        rule("c", {"floor": {"less_than": 3}}, {"handle": "planning"}),
        impossible=tuple(three(v, in_community=sum(v) % 2 == 0) for v in EVEN),
    )
    found = ruling(clerk, in_community=None)
    assert found.ask == ("has_company", "in_community", "urgent", "occupied")
    assert ruling(clerk, in_community=None, has_company=True, urgent=True).ask == ("in_community", "occupied")


# -- too much


def tangled(count: int) -> Router:
    """Rules each of which shares a fact with the next, so that none can be looked at without the others."""
    names = [f"q{i}" for i in range(count)]
    rules = [
        rule(one, {one: True, other: True}, {"enforce": party})
        for (one, other), party in zip(pairwise(names), cycle(PARTIES))
    ]
    return router(*rules, facts=questions(*names))


PARTIES = ("housing", "planning", "street-office", "owners-committee")


def test_too_many_unknown_facts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand answers would be none; what is asked for is more facts."""
    monkeypatch.setattr(supervaluation, "BUDGET", 500)
    clerk = tangled(11)
    for answer in (clerk.route, clerk.explain, clerk.ask, clerk.route):
        with pytest.raises(IncidentError) as caught:
            answer({"id": "A-1", "matter": "clutter"})
        assert (caught.value.code, caught.value.incident) == ("incident-too-open", "A-1")
    some = clerk.route({"matter": "clutter", **dict.fromkeys((f"q{i}" for i in range(6, 11)), False)})
    assert (some.status, some.ask) == ("incomplete", tuple(f"q{i}" for i in range(6)))


def test_a_limit_that_is_exceeded_is_told_before_all_is_looked_at() -> None:
    """Forty facts have more combinations than could ever be looked at."""
    clerk = tangled(40)
    with pytest.raises(IncidentError) as caught:
        clerk.route({"matter": "complaint"})
    assert caught.value.code == "incident-too-open"
    assert clerk.diagram.size < 2 * supervaluation.BUDGET


def test_rules_that_share_no_fact_do_not_multiply() -> None:
    """Forty rules of a fact each: as many answers as no list could hold, and eighty small ones."""
    names = [f"q{n}" for n in range(40)]
    rules = [rule(f"r{n}", {q: True}, {"enforce": PARTIES[n % 4]}) for n, q in enumerate(names)]
    clerk = router(*rules, facts=questions(*names))
    found = ruling(clerk)
    assert (found.status, found.ask) == ("incomplete", tuple(names))
    assert possible(found) == [f"{party} enforce" for party in PARTIES]
    assert clerk.diagram.size < 300
    sure = ruling(clerk, q0=True)
    assert certain(sure) == ["housing enforce"]
    # What housing has anyway, no other of its rules can change.
    assert sure.ask == tuple(q for n, q in enumerate(names) if n % 4)


def test_what_many_rules_may_add_to_one_duty_is_not_listed_in_every_combination() -> None:
    """Forty rules that may each shorten or widen the same report."""
    names = [f"q{n}" for n in range(40)]
    rules = [
        rule(
            q,
            {q: True},
            {"report": {"party": "street-office", "to": (PARTIES[n % 2],), "within": f"{n + 2}h"}},
        )
        for n, q in enumerate(names)
    ]
    base = rule("always", {}, {"report": {"party": "street-office", "to": ("housing",), "within": "20h"}})
    found = ruling(router(base, *rules, facts=questions(*names)))
    (duty,) = found.duties
    assert (duty.certain, duty.to, duty.to_possible, duty.within) == (
        True,
        ("housing",),
        ("planning",),
        "20h",
    )
    # Half of the rules name whom the report goes to anyway: of these, only those ask that shorten it.
    assert found.ask == tuple(q for n, q in enumerate(names) if n % 2 or n + 2 < 20)
