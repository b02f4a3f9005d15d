"""
The shipped rulebook, held to the reading of the policy.

`duties.csv` lists the policy's 137 duties in our own words, each with the rules
that carry it and an incident on which it appears. `matrix.csv` lists, for each
kind of matter, who holds which role and what is flagged: no more and no less.
Parties and roles are identifiers of the rulebook. Where the text names nobody,
`party` is empty, `inferred_party` tells whom our rule infers, if anyone, and
`basis` is what the rule then has to say: inferred.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dutyroute import Decision, Router, Ruling
from dutyroute.diagram.places import Leaf
from dutyroute.diagram.resolution import Settlement

Row = dict[str, str]

HERE = Path(__file__).parent
ABOUT = ("section", "text", "matter", "conditions", "lead", "flags")
"""The columns of the matrix that are not a role other than `lead`."""

BEYOND_THE_ROWS = {"agreement-permitted-once-approved", "committee-reports-to-assembly"}
"""Explicit rules on words of the text that the reading did not count as a duty of its own."""


def rows(name: str) -> list[Row]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


DUTIES = rows("duties.csv")
MATRIX = rows("matrix.csv")
ROLES = [column for column in MATRIX[0] if column not in ABOUT]


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.shipped()


def the_ruling(decision: Decision) -> Ruling:
    (ruling,) = decision.rulings
    return ruling


def held(ruling: Ruling) -> dict[str, set[str]]:
    """Tell who certainly holds each role."""
    found: dict[str, set[str]] = {}
    for duty in ruling.duties:
        if duty.certain:
            found.setdefault(duty.role, set()).add(duty.party)
    return found


def expected(row: Row) -> dict[str, set[str]]:
    """Read who should hold each role from one row of the matrix."""
    return {role: set(row[role].split()) for role in ("lead", *ROLES) if row[role]}


def incident(row: Row) -> dict[str, object]:
    return {"matter": row["matter"], **json.loads(row["conditions"])}


def settlements(router: Router, matter: str) -> Iterator[Settlement]:
    """Walk every leaf of a matter's diagram."""
    waiting, seen = [router.diagram.root(matter)], set()
    while waiting:
        place = waiting.pop()
        if id(place) in seen:
            continue
        seen.add(id(place))
        if not isinstance(place, Leaf):
            waiting += [child for _, child in router.diagram.classes(place)]
        elif place.settlement is not None:
            yield place.settlement


def test_all_137_duties_are_listed_once() -> None:
    assert [row["row"] for row in DUTIES] == [f"D{number:03}" for number in range(1, 138)]


@pytest.mark.parametrize("row", DUTIES, ids=lambda row: row["row"])
def test_the_rules_of_a_duty_exist_and_cite_its_clause(router: Router, row: Row) -> None:
    rules = [router.rulebook.rules[rule] for rule in row["rules"].split()]
    assert any(f"opinion/{row['clause']}" in rule.cite for rule in rules)


@pytest.mark.parametrize("row", [r for r in DUTIES if r["role"]], ids=lambda row: row["row"])
def test_a_duty_appears_on_its_incident(router: Router, row: Row) -> None:
    """The party holds the role for certain, by one of the row's rules, on its clause and basis."""
    ruling = the_ruling(router.route(json.loads(row["incident"])))
    party = row["party"] or row["inferred_party"]
    for role in row["role"].split():
        (duty,) = (d for d in ruling.duties if (d.party, d.role) == (party, role))
        assert duty.certain
        assert set(duty.rules) & set(row["rules"].split())
        assert f"opinion/{row['clause']}" in duty.clauses
        assert duty.basis == row["basis"]


@pytest.mark.parametrize("row", [r for r in DUTIES if not r["role"]], ids=lambda row: row["row"])
def test_a_demand_on_nobody_is_flagged_and_assigned_to_nobody(router: Router, row: Row) -> None:
    given = json.loads(row["incident"])
    (rule,) = (router.rulebook.rules[name] for name in row["rules"].split())
    ruling = the_ruling(router.route(given))
    flags = tuple(flag for flag in ruling.flags if flag != "higher-law-adds")
    assert (ruling.duties, flags, rule.basis) == ((), rule.flag, row["basis"])


@pytest.mark.parametrize("row", [r for r in DUTIES if not r["party"]], ids=lambda row: row["row"])
def test_where_the_text_names_nobody_the_rule_says_so(router: Router, row: Row) -> None:
    (rule,) = (router.rulebook.rules[name] for name in row["rules"].split())
    assert rule.basis == "inferred"
    assert rule.note is not None


@pytest.mark.parametrize("row", [r for r in DUTIES if r["kind"] == "standing"], ids=lambda row: row["row"])
def test_a_standing_duty_is_not_set_off_by_a_violation(router: Router, row: Row) -> None:
    words = router.rulebook.vocabulary
    (matter,) = router.incident(json.loads(row["incident"])).matters
    assert matter not in words.below("violation") | words.below("complaint")


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row["text"])
def test_a_row_of_the_matrix_holds_exactly(router: Router, row: Row) -> None:
    """No role, party or flag is missing, and none is added."""
    ruling = the_ruling(router.route(incident(row)))
    assert (held(ruling), set(ruling.flags)) == (expected(row), set(row["flags"].split()))


@pytest.mark.parametrize("row", [r for r in MATRIX if r["accept"]], ids=lambda row: row["text"])
def test_through_the_city_channel_housing_accepts_and_all_else_stays(router: Router, row: Row) -> None:
    """But where the housing bureau also leads, the street office does not report back to it."""
    ruling = the_ruling(router.route({**incident(row), "channel": "city-hotline"}))
    wanted = {**expected(row), "accept": {"housing"}}
    if "report" in wanted and row["lead"] == "housing":
        wanted["report"] = wanted["report"] - {"street-office"}
    assert held(ruling) == wanted


@pytest.mark.parametrize(
    "row", [r for r in MATRIX if r["accept"] == "street-office"], ids=lambda row: row["text"]
)
@pytest.mark.parametrize("channel", ["patrol", "company-report"])
def test_what_nobody_complained_about_is_accepted_by_nobody(router: Router, row: Row, channel: str) -> None:
    found = held(the_ruling(router.route({**incident(row), "channel": channel})))
    assert "accept" not in found


@pytest.mark.parametrize("row", [r for r in MATRIX if r["accept"]], ids=lambda row: row["text"])
def test_what_the_community_hears_goes_to_the_one_who_accepts(router: Router, row: Row) -> None:
    ruling = the_ruling(router.route({**incident(row), "channel": "community"}))
    wanted = expected(row)
    assert held(ruling) == {**wanted, "assist": {*wanted.get("assist", ()), "residents-committee"}}


@pytest.mark.parametrize("row", [r for r in MATRIX if r["section"] == "3.1"], ids=lambda row: row["text"])
def test_without_a_company_nobody_takes_its_place(router: Router, row: Row) -> None:
    given = {**incident(row), "respondent": "owner", "has_property_company": False}
    lost = {"dissuade", "cooperate", "perform", "maintain", "urge"}
    wanted = {role: who - {"property-company"} for role, who in expected(row).items() if role not in lost}
    if row["matter"] == "price-violation":  # the committee supervises a company's charges only
        wanted["supervise"] = {"housing"}
    found = held(the_ruling(router.route(given)))
    assert found == {role: who for role, who in wanted.items() if who}


@pytest.mark.parametrize("row", [r for r in MATRIX if "dissuade" in expected(r)], ids=lambda row: row["text"])
@pytest.mark.parametrize("respondent", ["tenant", "outsider", "property-company", "developer"])
def test_the_company_dissuades_owners_only(router: Router, row: Row, respondent: str) -> None:
    found = held(the_ruling(router.route({**incident(row), "respondent": respondent})))
    assert "dissuade" not in found
    assert "property-company" not in found.get("report", ())


@pytest.mark.parametrize("row", [r for r in MATRIX if "dissuade" in expected(r)], ids=lambda row: row["text"])
def test_the_company_reports_to_all_three(router: Router, row: Row) -> None:
    ruling = the_ruling(router.route(incident(row)))
    (told,) = (d.to for d in ruling.duties if (d.party, d.role) == ("property-company", "report"))
    assert set(told) == {"residents-committee", "street-office", *ruling.lead}


@pytest.mark.parametrize("row", [r for r in MATRIX if r["section"] == "3.1"], ids=lambda row: row["text"])
def test_outside_a_community_only_the_departments_named_are_left(router: Router, row: Row) -> None:
    ruling = the_ruling(router.route({**incident(row), "in_community": False}))
    if "department-undetermined" in row["flags"]:
        assert (ruling.status, ruling.duties, ruling.flags) == ("unrouted", (), ("out-of-scope",))
        return
    departments = {"lead", "determine", "enforce", "inspect", "regulate"}
    wanted = {role: who - {"street-office"} for role, who in expected(row).items() if role in departments}
    if "fire-rescue" in wanted.get("inspect", ()):  # 3.1.7 speaks of communities only, 3.1.4 does not
        wanted["inspect"] = wanted["lead"] = {"public-security"}
    assert held(ruling) == {role: who for role, who in wanted.items() if who}


def test_every_rule_counts_somewhere(router: Router) -> None:
    counting = {
        rule
        for matter in router.rulebook.vocabulary.matters
        for found in settlements(router, matter)
        for rule in found.counting
    }
    assert set(router.rulebook.rules) - counting == set()


def test_every_obligation_is_met_everywhere(router: Router) -> None:
    breaches = [
        (matter, breach)
        for matter in router.rulebook.vocabulary.matters
        for found in settlements(router, matter)
        for breach in found.ruling.breaches
    ]
    assert breaches == []


def test_every_explicit_rule_carries_a_duty_of_the_reading(router: Router) -> None:
    carried = {rule for row in DUTIES for rule in row["rules"].split()}
    explicit = {name for name, rule in router.rulebook.rules.items() if rule.basis == "explicit"}
    assert explicit - carried == BEYOND_THE_ROWS


def test_every_clause_with_duties_is_cited(router: Router) -> None:
    cited = {clause for rule in router.rulebook.rules.values() for clause in rule.cite}
    bearing = {name for name, clause in router.rulebook.vocabulary.clauses() if clause.duty}
    assert bearing - cited == set()


NOBODY = {"has_property_company": False, "has_owners_committee": False}
SERVED = {"respondent": "owner", "has_property_company": True}


@pytest.mark.parametrize(
    "matter,facts,party,role,basis,clauses",
    [
        ("joint-meeting", {"important": False}, "street-office", "convene", "explicit", "2.1.1.1 4.3"),
        ("pollution", SERVED, "street-office", "report", "inferred", "2.1.1.2"),
        (
            "illegal-construction",
            {"channel": "community"},
            "residents-committee",
            "assist",
            "explicit",
            "2.1.2.3",
        ),
        ("elevator-retrofit", {"respondent": "owner"}, "street-office", "supervise", "inferred", "2.2.3"),
        ("elevator-retrofit", {"respondent": "owner"}, "street-office", "guide", "inferred", "2.2.3"),
        ("elevator-retrofit", {"respondent": "owner"}, "street-office", "resolve", "inferred", "1.2.1"),
        ("service-cleaning", SERVED, "residents-committee", "urge", "explicit", "3.2.2.3"),
        ("service-maintenance", SERVED, "residents-committee", "urge", "inferred", "3.2.2.3"),
        (
            "basic-service-absence",
            {**NOBODY, "community_class": "unmarketised"},
            "street-office",
            "organise",
            "explicit",
            "1.2.2",
        ),
        (
            "basic-service-absence",
            {**NOBODY, "community_class": "old"},
            "street-office",
            "organise",
            "inferred",
            "1.2.2 2.2.3 3.2.1.1",
        ),
        (
            "basic-service-absence",
            {**NOBODY, "community_class": "old"},
            "street-office",
            "supervise",
            "explicit",
            "2.2.3",
        ),
        ("pollution", {**SERVED, "channel": "patrol"}, "street-office", "handle", "explicit", "2.1.1.2"),
        ("clutter", {**SERVED, "channel": "patrol"}, "street-office", "handle", "explicit", "2.1.1.2"),
        ("clutter", {**SERVED, "channel": "complaint"}, "street-office", "handle", "inferred", "2.1.1.2"),
        ("street-occupation", SERVED, "residents-committee", "urge", "explicit", "3.2.2.3"),
        ("illegal-parking", SERVED, "residents-committee", "urge", "explicit", "3.2.2.3"),
        (
            "greenery-destruction",
            {"respondent": "property-company"},
            "residents-committee",
            "urge",
            "inferred",
            "3.2.2.3",
        ),
        (
            "greenery-destruction",
            {"respondent": "property-company", "channel": "complaint"},
            "street-office",
            "accept",
            "explicit",
            "3.2.1.3",
        ),
        (
            "greenery-destruction",
            {"respondent": "outsider", "channel": "complaint"},
            "street-office",
            "accept",
            "inferred",
            "3.2.1.3",
        ),
        ("residential-noise", {"respondent": "tenant"}, "street-office", "assist", "inferred", "3.2.1.6"),
        (
            "fee-arrears",
            {"respondent": "tenant", "has_owners_committee": True},
            "owners-committee",
            "urge",
            "inferred",
            "3.2.3a.4",
        ),
        (
            "owners-assembly-meeting",
            {"respondent": "owners-committee", "has_owners_committee": True},
            "owners-committee",
            "report",
            "explicit",
            "3.2.3a.1",
        ),
        ("income-disclosure", SERVED, "residents-committee", "urge", "inferred", "3.2.2.3"),
        (
            "quality-warranty",
            {"respondent": "developer", "channel": "complaint"},
            "residents-committee",
            "assist",
            "inferred",
            "3.2.2.2",
        ),
        (
            "basic-service-absence",
            {**NOBODY, "respondent": "owner"},
            "street-office",
            "mediate",
            "inferred",
            "3.2.1.3",
        ),
    ],
)
def test_a_duty_is_explicit_only_where_its_clause_says_so(
    router: Router, matter: str, facts: dict[str, object], party: str, role: str, basis: str, clauses: str
) -> None:
    ruling = the_ruling(router.route({"matter": matter, **facts}))
    (duty,) = (d for d in ruling.duties if (d.party, d.role) == (party, role) and d.certain)
    assert (duty.basis, duty.clauses) == (basis, tuple(f"opinion/{clause}" for clause in clauses.split()))


def test_lead_is_never_said_to_be_explicit(router: Router) -> None:
    """The text has no word for it."""
    leading = [rule for rule in router.rulebook.rules.values() if "lead" in rule.assign]
    assert {rule.basis for rule in leading} == {"inferred"}


@pytest.mark.parametrize(
    "party,roles",
    [
        ("urban-management", {"attend"}),
        ("utility-operators", {"attend"}),
        ("planning", {"lead", "determine", "plan"}),
        ("fire-rescue", {"lead", "inspect", "attend"}),
        ("finance", {"lead", "inspect"}),
        ("audit", {"lead", "inspect"}),
        ("residents-committee", {"assist", "attend", "advise", "urge"}),
        ("civil-defence", {"lead", "inspect"}),
        ("environment", {"lead", "inspect"}),
        ("public-security", {"lead", "inspect", "attend"}),
        ("market-regulation", {"lead", "inspect", "regulate", "attend"}),
    ],
)
def test_a_party_has_no_other_verbs_than_the_text_gives_it(
    router: Router, party: str, roles: set[str]
) -> None:
    given = {
        role
        for rule in router.rulebook.rules.values()
        for holder, role, _ in rule.duties()
        if holder == party
    }
    assert given == roles


@pytest.mark.parametrize(
    "role,parties", [("enforce", {"housing", "street-office"}), ("determine", {"planning"})]
)
def test_only_those_whom_the_text_says_enforce_or_determine(
    router: Router, role: str, parties: set[str]
) -> None:
    given = {
        holder for rule in router.rulebook.rules.values() for holder, verb, _ in rule.duties() if verb == role
    }
    assert given == parties
