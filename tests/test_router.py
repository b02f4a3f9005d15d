"""What a router answers beside a plain decision, and how it can be shared."""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from copy import deepcopy
from datetime import date
from threading import Barrier
from typing import Any

import pytest

from books import WORDS, book, entry, router, rule
from clerk import OWNER, clerk
from dutyroute import Answer, Decision, Incident, IncidentError, Router
from generate import seeded

# -- questions


def test_asking_tells_what_each_answer_would_change() -> None:
    found = clerk()
    yes, no = found.ask(OWNER)
    assert yes == Answer("has_company", True, found.route({**OWNER, "has_company": True}))
    assert no == Answer("has_company", False, found.route({**OWNER, "has_company": False}))


def test_of_numbers_one_of_each_class_is_told() -> None:
    """The first of each stretch that the rules tell apart."""
    found = router(
        rule("a", {"bidders": {"at_least": 3}}, {"lead": "housing"}),
        rule("b", {"bidders": {"less_than": 3, "more_than": 0}}, {"lead": "planning"}),
    )
    told = [(answer.value, answer.decision.lead) for answer in found.ask({"matter": "clutter"})]
    assert told == [(0, ()), (1, ("planning",)), (3, ("housing",))]


def test_an_answer_that_would_contradict_is_not_offered() -> None:
    found = router(
        rule("a", {"respondent": "owner"}, {"lead": "housing"}),
        rule("b", {"respondent": "property-company"}, {"lead": "planning"}),
        impossible=({"respondent": "property-company", "has_company": False},),
    )
    told = [answer.value for answer in found.ask({"matter": "clutter", "has_company": False})]
    assert told == ["owner", "owners-committee"]


def test_a_question_for_two_matters_is_asked_once() -> None:
    """Each answer is a decision on both."""
    found = clerk()
    answers = found.ask({**OWNER, "matter": ["clutter", "complaint"]})
    assert [(answer.fact, answer.value, len(answer.decision.rulings)) for answer in answers] == [
        ("has_company", True, 2),
        ("has_company", False, 2),
    ]


# -- what if


def test_what_if_changes_some_facts_and_keeps_the_others() -> None:
    found = clerk()
    assert found.what_if(OWNER, has_company=True) == found.route({**OWNER, "has_company": True})
    assert found.what_if(OWNER, respondent=None) == found.route({"matter": "clutter"})
    assert found.what_if(OWNER, matter=["complaint"]) == found.route({**OWNER, "matter": "complaint"})
    assert found.what_if(found.incident(OWNER), in_community=False).assumed == ()


@pytest.mark.parametrize(
    "by_name,by_id",
    [
        ({"行为人": None}, {"respondent": None}),
        ({"小区内": False}, {"in_community": False}),
        ({"事项": "complaint"}, {"matter": "complaint"}),
    ],
)
def test_what_if_understands_names_as_routing_does(by_name: dict[str, Any], by_id: dict[str, Any]) -> None:
    found = clerk()
    assert found.what_if(OWNER, **by_name) == found.route({**OWNER, **by_id})


# -- incidents that were read before


def test_an_incident_read_once_can_be_routed_many_times() -> None:
    found = clerk()
    read = found.incident(OWNER)
    assert found.incident(read) is read
    assert found.route(read) == found.route(OWNER)


@pytest.mark.parametrize(
    "incident,fact,value",
    [
        (Incident("A-1", ("earthquake",), {}), "matter", "earthquake"),
        (Incident("A-1", ("clutter",), {"respondent": "tenant"}), "respondent", "tenant"),
    ],
)
def test_an_incident_of_another_vocabulary_is_refused(incident: Incident, fact: str, value: str) -> None:
    """Not taken for something else, by any way of asking."""
    found = clerk()
    for answer in (found.route, found.explain, found.ask):
        with pytest.raises(IncidentError) as caught:
            answer(incident)
        error = caught.value
        assert (error.code, error.fact, error.value) == ("incident-wrong-value", fact, value)
        assert error.incident == "A-1"


def test_an_incident_read_for_another_rulebook_is_read_again() -> None:
    """After a reload, what was prepared before is neither misread nor lost."""
    before = clerk()
    vocabulary = before.rulebook.vocabulary
    renamed = tuple(
        fact.model_dump(by_alias=True, exclude_defaults=True) | {"default": True}
        for fact in vocabulary.facts.values()
        if fact.id == "has_company"
    )
    others = tuple(fact for fact in WORDS["facts"] if fact["id"] != "has_company")
    after = router(
        rule("a", {"has_company": True}, {"lead": "housing"}),
        rule("b", {"has_company": False}, {"lead": "planning"}),
        facts=(*others, *renamed),
    )
    assert after.route(before.incident({"matter": "clutter"})).lead == ("housing",)
    assert after.route(before.incident({"matter": "clutter", "has_company": False})).lead == ("planning",)
    unknown = after.incident({"matter": "clutter", "has_company": None})
    assert after.route(pickle.loads(pickle.dumps(unknown))) == after.route(unknown)
    assert after.route(unknown).lead == ()


def test_a_contradiction_is_shown_as_its_author_wrote_it() -> None:
    when = {"any": ({"urgent": True}, {"respondent": ("owner", "property-company")}), "occupied": False}
    found = router(rule("a", {}, {"lead": "housing"}), impossible=(when,))
    with pytest.raises(IncidentError) as caught:
        found.route({"matter": "clutter", "urgent": True, "occupied": False})
    assert caught.value.value == (
        "any: [{urgent: true}, {respondent: [owner, property-company]}], occupied: false"
    )


# -- sharing


def test_incidents_of_one_leaf_share_their_ruling() -> None:
    """Routing allocates next to nothing: known facts or unknown, it is the very same object."""
    found = clerk()
    for facts in ({"has_company": True}, {}):
        one = found.route({"id": "A-1", **OWNER, **facts, "floor": 1})
        other = found.route({"id": "A-2", **OWNER, **facts, "floor": 2})
        assert one.rulings[0] is other.rulings[0]


@pytest.fixture
def hectic() -> Iterator[None]:
    """Let threads take turns as often as can be."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hectic")
def test_threads_that_build_the_same_diagram_share_what_they_build() -> None:
    """Sixteen start at once on a router that has built nothing; all end at the same leaves."""
    data, incidents = seeded("threads", 40)
    rulebook = book(*data["rules"], obligations=data.get("obligations", ()))
    expected = list(map(Router(rulebook).route, incidents))
    for _ in range(10):
        shared, start = Router(rulebook), Barrier(16)

        def work(_: int, shared: Router = shared, start: Barrier = start) -> list[Decision]:
            start.wait()
            return list(map(shared.route, incidents))

        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(work, range(16)))
        assert all(found == expected for found in answers)
        for decisions in zip(*answers, strict=True):
            assert len({tuple(map(id, decision.rulings)) for decision in decisions}) == 1


def test_a_router_travels_to_another_process() -> None:
    found = clerk()
    with ProcessPoolExecutor(1) as pool:
        assert pool.submit(found.route, OWNER).result() == found.route(OWNER)
    assert deepcopy(found).route(OWNER) == found.route(OWNER)


# -- rulebooks that explode


def test_a_diagram_that_explodes_is_begun_anew_and_answers_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each incident of a rulebook with many facts would take memory that never comes back."""
    facts = tuple(entry(f"yes_{i}", f"是{i}", type="bool") for i in range(20))
    pick = random.Random(1)
    rules = tuple(
        rule(
            f"rule-{i}",
            {f"yes_{fact}": pick.random() < 0.5 for fact in pick.sample(range(20), 3)},
            {pick.choice(("lead", "handle", "report")): pick.choice(("housing", "planning"))},
        )
        for i in range(40)
    )
    found = router(*rules, facts=(*WORDS["facts"], *facts))
    known = [{f"yes_{i}": pick.random() < 0.5 for i in range(20)} for _ in range(300)]
    incidents = [{"matter": "clutter", **facts} for facts in known]
    incidents += [{"matter": "clutter", **dict(list(facts.items())[:14])} for facts in known[:20]]
    usual = [found.route(incident) for incident in incidents]
    assert found.diagram.size > 1_500
    monkeypatch.setattr("dutyroute.diagram.diagram.FULL", 500)
    small = Router(found.rulebook)
    for incident, expected in zip(incidents, usual, strict=True):
        assert small.route(incident) == expected
        assert small.diagram.size < 1_500


# -- days on which the rules are in force


def test_an_unknown_day_is_a_day_on_which_some_rule_is_in_force() -> None:
    """What was before the first rule and is after the last one cannot be asked about."""
    found = router(
        rule("a", {"matter": "clutter"}, {"lead": "housing"}, in_force={"until": date(2026, 7, 1)}),
        rule("b", {"matter": "clutter"}, {"lead": "planning"}, in_force={"from": date(2026, 7, 1)}),
        header={"in_force": {"from": date(2026, 1, 1), "until": date(2027, 1, 1)}},
    )
    (ruling,) = found.route({"matter": "clutter"}).rulings
    assert [(duty.party, duty.certain) for duty in ruling.duties] == [("housing", False), ("planning", False)]
    assert ruling.ask == ("reported_at",)


def test_rules_that_are_all_in_force_alike_do_not_ask_for_the_day() -> None:
    found = router(
        rule("a", {"matter": "clutter"}, {"lead": "housing"}),
        header={"in_force": {"from": date(2026, 1, 1), "until": date(2027, 1, 1)}},
    )
    (ruling,) = found.route({"matter": "clutter"}).rulings
    assert (ruling.status, ruling.lead, ruling.ask) == ("routed", ("housing",), ())


# -- the shipped rulebook


def test_the_shipped_rulebook_routes() -> None:
    """Straight after installation, in the words of the policy."""
    shipped = Router.shipped()
    decision = shipped.route({"事项": "占用消防通道", "行为人": "业主", "有物业": "是"})
    assert (decision.lead, decision.rulebook.status) == (("street-office",), "draft")
