"""What a decision says, as records and as plain data, for one matter and for several."""

from __future__ import annotations

import json
import pickle
from copy import copy
from dataclasses import FrozenInstanceError, fields, replace
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from books import obligation, recusal, router, rule
from clerk import OWNER, clerk
from dutyroute import Decision, Duty, Incident, Router, Stamp
from dutyroute.cases import load_cases
from dutyroute.record import JsonRecord

ROOT = Path(__file__).parents[1]


def test_a_decision_carries_its_reasons_and_the_rulebook() -> None:
    """Whole: rules, clauses, basis, what was assumed, and the digest of what answered."""
    found = clerk()
    decision = found.route({"id": "A-1", **OWNER, "has_company": False})
    stamp = Stamp("test", "1", "draft", found.rulebook.digest)
    lead = Duty("street-office", "lead", rules=("clutter",), clauses=("opinion/1.2",))
    (ruling,) = decision.rulings
    assert (decision.incident, decision.rulebook, decision.assumed) == (
        "A-1",
        stamp,
        (("in_community", True),),
    )
    assert ruling.duties == (lead, replace(lead, role="handle"))


def test_a_decision_and_an_incident_are_records_like_any_other() -> None:
    """However they were made: equal, hashed, copied, sent and printed as dataclasses are, and never changed."""
    found = clerk()
    incident = found.incident({"id": "A-1", **OWNER, "has_company": False})
    decision = found.route(incident)
    for made, again in (
        (decision, Decision(decision.incident, decision.rulings, decision.rulebook, decision.assumed)),
        (incident, Incident(incident.id, incident.matters, incident.facts, incident.assumed)),
    ):
        assert (made, repr(made), type(made)) == (again, repr(again), type(again))
        assert [replace(made), copy(made), pickle.loads(pickle.dumps(made))] == [made] * 3
        for field in fields(made):
            with pytest.raises(FrozenInstanceError):
                setattr(made, field.name, None)
    assert hash(decision) == hash(replace(decision))


COMPANY: dict[str, Any] = {
    "party": "property-company",
    "role": "report",
    "to": ["housing", "street-office"],
    "within": "2d",
    "rules": ["company-reports"],
    "clauses": ["opinion/1.1"],
    "basis": "inferred",
    "certain": False,
    "default": False,
}
OFFICE: dict[str, Any] = {
    "party": "street-office",
    "to": [],
    "rules": ["clutter"],
    "clauses": ["opinion/1.2"],
    "basis": "explicit",
    "certain": True,
    "default": False,
}
LEADS, HANDLES = {**OFFICE, "role": "lead"}, {**OFFICE, "role": "handle"}
RULING: dict[str, Any] = {
    "matter": "clutter",
    "status": "incomplete",
    "lead": ["street-office"],
    "duties": [LEADS, COMPANY, HANDLES],
    "flags": [],
    "possible_flags": [],
    "recused": [],
    "breaches": [],
    "ask": ["has_company"],
}


def test_a_decision_as_plain_data_is_the_contract() -> None:
    """Field by field, ready for JSON; no limit is left out rather than written as nothing."""
    found = clerk()
    plain = found.route({"id": "A-1", **OWNER}).to_dict()
    assert plain == {
        "incident": "A-1",
        "status": "incomplete",
        "rulings": [RULING],
        "duties": [{**duty, "matters": ["clutter"]} for duty in (LEADS, HANDLES, COMPANY)],
        "parties": [
            {"party": "street-office", "roles": ["lead", "handle"]},
            {"party": "property-company", "roles": ["report"]},
        ],
        "ask": ["has_company"],
        "assumed": {"in_community": True},
        "rulebook": {"id": "test", "edition": "1", "status": "draft", "digest": found.rulebook.digest},
    }
    assert json.loads(json.dumps(plain, ensure_ascii=False)) == plain


def test_recusals_and_breaches_are_written_out() -> None:
    """With who holds what by which rules, and how sure that is."""
    found = router(
        rule("a", {}, {"inspect": ("property-company", "housing"), "lead": ("housing", "planning")}),
        recusal=recusal("respondent", "inspect"),
        obligations=(obligation("one-lead", {}, "lead", exactly=1),),
    )
    (plain,) = found.route({"matter": "clutter"}).to_dict()["rulings"]
    assert plain["recused"] == [
        {"party": "property-company", "role": "inspect", "rules": ["a"], "certain": False}
    ]
    assert plain["breaches"] == [
        {
            "obligation": "one-lead",
            "role": "lead",
            "kind": "conflict",
            "holders": ["housing", "planning"],
            "rules": ["a"],
            "certain": True,
        }
    ]


# -- several matters


def test_each_matter_has_its_own_ruling() -> None:
    """In the order given; each the same as if it stood alone."""
    decision = clerk().route({**OWNER, "matter": ["complaint", "clutter"]})
    alone = [clerk().route({**OWNER, "matter": matter}).rulings[0] for matter in ("complaint", "clutter")]
    assert list(decision.rulings) == alone


def test_the_combined_view_names_each_party_once() -> None:
    """With all its roles; the same duty in two matters is one, with the rules of both."""
    decision = clerk().route({**OWNER, "matter": ["clutter", "complaint"]})
    assert decision.parties == {
        "street-office": ("lead", "handle"),
        "property-company": ("report",),
        "housing": ("lead",),
    }
    (handling,) = (duty for duty in decision.duties if duty.role == "handle")
    assert (handling.rules, handling.clauses) == (("clutter", "complaint"), ("opinion/1.2", "opinion/1.1"))
    matters = {(duty["party"], duty["role"]): duty["matters"] for duty in decision.to_dict()["duties"]}
    assert matters["street-office", "handle"] == ["clutter", "complaint"]
    assert matters["housing", "lead"] == ["complaint"]
    assert (decision.lead, decision.ask) == (("street-office", "housing"), ("has_company",))


def test_a_decision_is_as_bad_as_its_worst_ruling() -> None:
    """A conflict, then no answer, then an open one."""
    found = router(
        rule("a", {"matter": "clutter", "urgent": True}, {"lead": "housing"}),
        rule("b", {"matter": "complaint"}, {"lead": ("housing", "planning")}, flag="undetermined"),
        rule("c", {"matter": "fire-lane"}, {"lead": "housing"}, flag="undetermined"),
        obligations=(obligation("one-lead", {"matter": "complaint"}, "lead", exactly=1),),
    )
    matters = {
        "fire-lane": "routed",
        "clutter": "incomplete",
        "violation": "unrouted",
        "complaint": "conflict",
    }
    for count in range(1, 5):
        given = list(matters)[:count]
        assert found.route({"matter": given}).status == matters[given[-1]]
        assert found.route({"matter": given[::-1]}).status == matters[given[-1]]
    assert found.route({"matter": ["fire-lane", "complaint"]}).flags == ("undetermined",)


def apart(**more: Any) -> Decision:
    """Housing's duty is certain in one matter, and in the other only possible, and told differently."""
    told = {"party": "housing", "to": "planning", "within": "5d"}
    return router(
        rule("open", {"matter": "clutter", "urgent": True}, {"handle": told}),
        rule(
            "sure",
            {"matter": "complaint"},
            {"handle": {"party": "housing", "within": "2d"}},
            basis="inferred",
        ),
    ).route({"matter": ["clutter", "complaint"], **more})


def test_a_duty_certain_in_either_matter_is_certain() -> None:
    (duty,) = apart().duties
    assert (duty.certain, duty.rules) == (True, ("open", "sure"))


def test_what_only_a_possible_duty_says_is_not_certain() -> None:
    """Neither its basis, nor whom it tells, nor its limit."""
    (duty,) = apart().duties
    assert (duty.basis, duty.to, duty.to_possible, duty.within) == ("inferred", (), ("planning",), "2d")


def test_of_two_limits_the_shorter_binds_in_the_combined_view() -> None:
    (duty,) = apart(urgent=True).duties
    assert (duty.basis, duty.to, duty.within) == ("explicit", ("planning",), "2d")


def test_json_put_together_is_the_json_of_the_record() -> None:
    """What is kept of a ruling stands beside what is the incident's own; the record writes all anew each time."""
    router = Router.shipped(today=lambda: date(2026, 1, 5))
    names: list[str | None] = [None, 'a"b\\\n\x01', "编号 😀 é\x7f", "42"]
    incidents = [case.incident for case in load_cases([ROOT / "cases"], router.rulebook)]
    written = 0
    for incident, name in zip(incidents, cycle(names), strict=False):
        decision = router.route(replace(incident, id=name))
        for _ in range(2):
            assert decision.to_json() == JsonRecord.to_json(decision)
        assert Decision.from_json(decision.to_json()) == decision
        written += bool(decision.assumed) and len(decision.rulings) > 1
    assert written > 5
