"""
A fact that is not given is unknown among its other values; one said to be unknown, among all.

A hotline does not say that whoever is complained about is no public body; somebody
who reports a public body does say so.
"""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from books import Data, linked, recusal, rule, written
from dutyroute import Decision, Exclusion, IncidentError, Ledger, Router, Rulebook
from dutyroute.analysis import diff
from dutyroute.analysis.coverage.measure import measure_coverage
from dutyroute.routing.redecide import redecide
from dutyroute.rulebook.editions import order_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
NOT = {"not": ("owners-committee",)}
COMMITTEE = Exclusion.model_validate(NOT)


def book(
    *rules: Data, unless_said: Data | None = NOT, respondent: Data | None = None, **more: Any
) -> Rulebook:
    data = written(*rules, **more)
    data["facts"][0].update({"unless_said": unless_said} if unless_said else {}, **(respondent or {}))
    return linked(data)


RULES = (
    rule("enforce", {"matter": "violation"}, {"enforce": "housing"}),
    rule("inspect", {"respondent": "owners-committee"}, {"inspect": "street-office"}),
    rule("report", {"respondent": ("owner", "property-company")}, {"report": "property-company"}),
)
CLERK = Router(book(*RULES, recusal=recusal("respondent", "report")))


def held(decision: Decision) -> dict[tuple[str, str], bool]:
    return {(duty.party, duty.role): duty.certain for duty in decision.duties}


SURE = {("housing", "enforce"): True, ("property-company", "report"): False}
OPEN = SURE | {("street-office", "inspect"): False}


def test_what_is_not_given_is_unknown_among_the_other_values() -> None:
    """The committee's inspector is not even possible."""
    decision = CLERK.route({"matter": "clutter"})
    assert (decision.status, held(decision), decision.ask) == ("incomplete", SURE, ("respondent",))
    assert dict(decision.assumed) == {"in_community": True, "respondent": COMMITTEE}


def test_what_is_said_to_be_unknown_is_unknown_among_all_values() -> None:
    decision = CLERK.route({"matter": "clutter", "respondent": None})
    assert (held(decision), dict(decision.assumed)) == (OPEN, {"in_community": True})


def test_a_value_left_out_counts_where_it_is_said() -> None:
    decision = CLERK.route({"matter": "clutter", "respondent": "owners-committee"})
    assert held(decision) == {("housing", "enforce"): True, ("street-office", "inspect"): True}
    assert decision.status == "routed"


def test_where_all_other_values_say_the_same_nothing_is_asked() -> None:
    clerk = Router(book(*RULES[:2]))
    assert clerk.route({"matter": "clutter"}).status == "routed"
    assert clerk.route({"matter": "clutter"}).ask == ()
    assert clerk.ask({"matter": "clutter"}) == ()


def test_what_is_asked_is_offered_with_all_values() -> None:
    """Among them those that count only if they are said."""
    answers = CLERK.ask({"matter": "clutter"})
    assert [answer.value for answer in answers] == ["owner", "property-company", "owners-committee"]
    assert held(answers[2].decision)["street-office", "inspect"]


IMPOSSIBLE = ({"respondent": ("owner", "property-company"), "urgent": True, "matter": "clutter"},)


def test_where_no_other_value_is_possible_all_count() -> None:
    """Then nothing is assumed, and the decision does not say so."""
    clerk = Router(book(*RULES, impossible=IMPOSSIBLE))
    decision = clerk.route({"matter": "clutter", "urgent": True})
    assert held(decision) == {("housing", "enforce"): True, ("street-office", "inspect"): True}
    assert dict(decision.assumed) == {"in_community": True}
    (explanation,) = clerk.explain({"matter": "clutter", "urgent": True})
    assert {reason.rule: reason.standing for reason in explanation.reasons} == {
        "enforce": "counts",
        "inspect": "counts",
        "report": "failed",
    }


def test_of_several_matters_each_is_decided_as_if_it_stood_alone() -> None:
    """In one matter nothing can be assumed; in the other one it is, and listed."""
    clerk = Router(book(*RULES, impossible=IMPOSSIBLE))
    incident = {"matter": ["clutter", "fire-lane"], "urgent": True}
    alone = [clerk.route({**incident, "matter": matter}) for matter in incident["matter"]]
    decision = clerk.route(incident)
    assert decision.rulings == tuple(each.rulings[0] for each in alone)
    assert dict(decision.assumed) == {"in_community": True, "respondent": COMMITTEE}


def test_an_impossible_incident_is_refused_all_the_same() -> None:
    clerk = Router(book(*RULES, impossible=({"urgent": True},)))
    with pytest.raises(IncidentError) as refused:
        clerk.route({"matter": ["clutter", "fire-lane"], "urgent": True})
    assert refused.value.code == "incident-impossible"


def test_what_if_a_fact_were_unknown_counts_all_values() -> None:
    """So an interface learns what the values left out would change."""
    assert held(CLERK.what_if({"matter": "clutter"}, respondent=None)) == OPEN


@pytest.mark.parametrize("given", [{}, {"respondent": None}, {"respondent": "owner"}])
def test_an_incident_keeps_the_difference(given: Data) -> None:
    """Read, written as JSON, sent to another process, read by another rulebook."""
    incident = {"matter": "clutter", "in_community": False, **given}
    read = CLERK.incident(incident)
    assert read.to_dict() == incident
    sent = pickle.loads(pickle.dumps(read))
    assert (sent, sent.to_dict()) == (read, incident)
    other = Router(book(*RULES, recusal=recusal("respondent", "report")))
    for clerk, again in ((CLERK, read), (CLERK, sent), (other, read), (other, sent)):
        assert clerk.route(again).rulings == CLERK.route(incident).rulings
        assert clerk.route(again).assumed == CLERK.route(incident).assumed


def test_an_incident_of_a_rulebook_without_it_leaves_out_what_it_does_not_give() -> None:
    """There both were the same; what was not given is taken as such here."""
    read = Router(book(*RULES, unless_said=None)).incident({"matter": "clutter"})
    assert held(CLERK.route(read)) == SURE


def test_a_fact_that_was_said_to_be_unknown_against_its_default_stays_so() -> None:
    by_default = Router(book(*RULES, unless_said=None, respondent={"default": "owner"}))
    assert held(CLERK.route(by_default.incident({"matter": "clutter", "respondent": None}))) == OPEN
    assert held(CLERK.route(by_default.incident({"matter": "clutter"}))) == SURE


def test_a_decision_lists_the_assumption_as_it_is_written() -> None:
    decision = CLERK.route({"matter": "clutter"})
    listed = {"in_community": True, "respondent": {"not": ["owners-committee"]}}
    assert decision.to_dict()["assumed"] == json.loads(decision.to_json())["assumed"] == listed
    assert Decision.from_json(decision.to_json()) == decision
    assert hash(decision) == hash(Decision.from_json(decision.to_json()))


def test_a_recorded_incident_is_decided_again_as_it_was(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "decisions.ledger") as ledger:
        content, digest = CLERK.rulebook.canonical().encode(), CLERK.rulebook.digest
        ledger.publish(content, digest=digest, at=AT, order=order_of(CLERK.rulebook))
        clerk = Router(CLERK.rulebook, ledger=ledger)
        for given in ({}, {"respondent": None}, {"respondent": "owners-committee"}):
            clerk.route({"matter": "clutter", **given})
        recorded = [e.content["incident"] for e in ledger.entries() if e.kind == "decision"]
        assert recorded == [
            {"matter": "clutter"},
            {"matter": "clutter", "respondent": None},
            {"matter": "clutter", "respondent": "owners-committee"},
        ]
        assert [each.outcome for each in redecide(ledger)] == ["same", "same", "same"]


CELLS = {None: SURE, "不详": OPEN, "未知": OPEN, "unknown": OPEN, " ＵＮＫＮＯＷＮ ": OPEN}


def test_in_a_table_an_empty_cell_is_not_given_and_a_word_says_unknown() -> None:
    rows = pa.table({"matter": ["clutter"] * len(CELLS), "respondent": pa.array(list(CELLS), pa.string())})
    assert [held(decision) for decision in CLERK.route_table(rows)] == list(CELLS.values())
    assert [held(decision) for decision in CLERK.route_table(rows.select(["matter"]))] == [SURE] * len(CELLS)
    coded = rows.set_column(1, "被投诉人", rows.column(1).dictionary_encode())
    assert [held(decision) for decision in CLERK.route_table(coded)] == list(CELLS.values())


def test_a_table_that_walks_the_diagram_says_the_same() -> None:
    rows = pa.table(
        {
            "matter": ["clutter"] * 6,
            "respondent": pa.array([None, "不详", "owner", "owners-committee", None, "unknown"]),
            "urgent": [True, False, None, True, False, None],
        }
    )
    each = [held(decision) for decision in CLERK.route_table(rows)]
    clerk = Router(CLERK.rulebook)
    clerk._frame._few = 0
    assert [held(decision) for decision in clerk.route_table(rows)] == each
    assert each[:2] == [SURE, OPEN]


def test_of_other_facts_a_word_for_unknown_is_no_value_in_a_table() -> None:
    rows = pa.table({"matter": ["clutter"], "reporter": ["不详"]})
    assert [answer.code for answer in CLERK.route_table(rows)] == ["incident-wrong-value"]


def test_a_value_of_that_name_is_the_value() -> None:
    named = {"id": "unknown", "name": "不详", "english": "nobody knows", "aliases": ("未知",)}
    respondent = {"values": (*written()["facts"][0]["values"], named)}
    nobody = rule("nobody", {"respondent": "unknown"}, {"handle": "planning"})
    clerk = Router(book(*RULES, nobody, respondent=respondent))
    rows = pa.table({"matter": ["clutter"], "respondent": ["不详"]})
    assert [held(decision) for decision in clerk.route_table(rows)] == [
        {("housing", "enforce"): True, ("planning", "handle"): True}
    ]


def test_a_condition_on_a_value_left_out_fails() -> None:
    """Where the fact is said to be unknown, the condition is open."""
    verdicts = []
    for given in ({}, {"respondent": None}):
        (explanation,) = CLERK.explain({"matter": "clutter", **given})
        found = {reason.rule: reason for reason in explanation.reasons}
        (condition,) = found["inspect"].conditions
        verdicts.append((found["inspect"].standing, condition.held))
    assert verdicts == [("failed", False), ("possible", None)]


def test_cases_do_not_cover_what_they_leave_out() -> None:
    """A case that says nothing of the respondent does not try the committee's rule out."""
    missing = [
        measure_coverage(CLERK.rulebook, [CLERK.incident(incident)]).rules.missing
        for incident in ({"matter": "clutter"}, {"matter": "clutter", "respondent": None})
    ]
    assert missing == [("inspect",), ()]


def test_a_rulebook_without_it_keeps_its_digest() -> None:
    """The key is in the digest where it is written, and nothing is where it is not."""
    plain = book(*RULES, unless_said=None)
    assert plain.digest == linked(written(*RULES)).digest != book(*RULES).digest


def test_a_changed_exclusion_is_told_in_words() -> None:
    """And the incidents that do not give the fact are counted."""
    wider = book(*RULES, unless_said={"not": ("owners-committee", "property-company")})
    incidents = [{"matter": "clutter"}, {"matter": "clutter", "respondent": None}, {"matter": "fire-lane"}]
    comparison = diff(book(*RULES, unless_said=None), wider, incidents)
    assert (comparison.regions, comparison.changes_anything) == ((), True)
    assert comparison.to_text("zh") == (
        "同样的事项和事实，决定没有变化；但有的案件读法变了。\n\n"
        "读法有变；写有所列名称、别名，或者没有给出所列事实的案件，前后读法不同（关键词和“做什么”除外）：\n"
        "   - 没有给出“行为人”的：原来考虑所有的值，现在不考虑业委会、物业企业\n"
        "     历史案件：2 件没有给出"
    )
    (told,) = comparison.to_dict("en")["words"]
    assert told == {
        "fact": "respondent",
        "old": None,
        "new": {"not": ["owners-committee", "property-company"]},
        "words": [],
        "suggests": False,
        "unsaid": True,
        "said": "respondent, where it is not given: before, all values count; "
        "now, owners committee, property company left out",
        "cases": 2,
    }
    assert diff(wider, wider).words == ()


def test_what_a_value_left_out_would_change_is_told() -> None:
    """Only where the decision has no room for it: what is certain goes, or what was not possible comes."""
    (told,) = CLERK.unless_said({"matter": "clutter"})
    assert (told.fact, told.value) == ("respondent", "owners-committee")
    assert told.decision == CLERK.route({"matter": "clutter", "respondent": "owners-committee"})
    silent = Router(book(*RULES[:1]))
    assert silent.unless_said({"matter": "clutter"}) == ()
    for given in (None, "owner", "owners-committee"):
        assert CLERK.unless_said({"matter": "clutter", "respondent": given}) == ()


def test_a_recipient_that_changes_is_told_too() -> None:
    lead = rule("lead", {"respondent": {"not": "owners-committee"}}, {"lead": "housing"})
    stand_in = rule("stand-in", {"respondent": "owners-committee"}, {"lead": "housing", "attend": "planning"})
    to_all = rule("attend", {}, {"attend": {"party": "planning", "to": "housing"}})
    whole = Router(book(lead, stand_in, to_all))
    assert whole.unless_said({"matter": "clutter"}) == ()
    told = rule(
        "told", {"respondent": "owners-committee"}, {"attend": {"party": "planning", "to": "street-office"}}
    )
    assert len(Router(book(lead, stand_in, to_all, told)).unless_said({"matter": "clutter"})) == 1


def test_a_value_left_out_that_is_impossible_is_not_told() -> None:
    clerk = Router(book(*RULES, impossible=({"respondent": "owners-committee", "urgent": True},)))
    assert clerk.unless_said({"matter": "clutter", "urgent": True}) == ()


def test_the_shipped_rules_tell_what_a_public_body_would_change() -> None:
    clerk = Router.shipped()
    found = clerk.unless_said(
        {"matter": "service-quality", "channel": "city-hotline", "reported_at": AT.date()}
    )
    leads = {answer.value: answer.decision.lead for answer in found}
    assert leads == {"street-office": ("superior-authority",), "housing": ("street-office",)}
