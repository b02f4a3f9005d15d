"""
The policy beside the law above it.

`higher-law.csv` lists where a law or regulation says otherwise, or more: the
matters, the facts on which it depends, the flag, and the clauses of both sides.
"""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dutyroute import IncidentError, Router, Ruling
from dutyroute.rulebook.shipped import shipped
from dutyroute.rulebook.vocabulary import MATTER

Row = dict[str, str]

with (Path(__file__).parent / "higher-law.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
FLAGS = {"differs-from-higher-law", "higher-law-adds"}


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.shipped()


@pytest.fixture(scope="module")
def policy_alone(tmp_path_factory: pytest.TempPathFactory) -> Router:
    """The shipped rules without those that hold the policy against the law."""
    rules = tmp_path_factory.mktemp("policy") / "rules"
    shutil.copytree(shipped("rules"), rules)
    (rules / "duties" / "higher-law.yaml").unlink()
    return Router.load(rules)


def incidents(row: Row) -> list[dict[str, object]]:
    facts = json.loads(row["facts"] or "{}")
    return [{MATTER: matter, **facts} for matter in row["matters"].split()]


def without_flags(ruling: Ruling) -> Ruling:
    kept, possible = (
        tuple(flag for flag in flags if flag not in FLAGS) for flags in (ruling.flags, ruling.possible_flags)
    )
    return replace(ruling, flags=kept, possible_flags=possible)


def test_all_25_differences_are_listed() -> None:
    assert list(dict.fromkeys(int(row["row"]) for row in ROWS)) == list(range(1, 26))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["topic"])
def test_a_difference_is_flagged_with_the_clauses_of_both_sides(router: Router, row: Row) -> None:
    """For certain, though nothing but what the row says is known."""
    for given in incidents(row):
        incident = router.incident(given)
        (ruling,) = router.route(incident).rulings
        rules = router.rulebook.compared({**incident.facts, MATTER: ruling.matter})
        told = {rule.flag: rule.cite for rule in rules}
        assert row["flag"] in ruling.flags
        assert told[(row["flag"],)] == tuple(row["clauses"].split())


def test_no_other_matter_is_flagged(router: Router) -> None:
    listed = {matter for row in ROWS for matter in row["matters"].split()}
    rulings = (router.route({MATTER: matter}).rulings[0] for matter in router.rulebook.vocabulary.matters)
    flagged = {ruling.matter for ruling in rulings if FLAGS & {*ruling.flags, *ruling.possible_flags}}
    assert flagged == listed


def test_the_policys_answer_stands(router: Router, policy_alone: Router) -> None:
    """Duties, leads, statuses and questions are those of the policy, whatever is known or said to be unknown."""
    words = router.rulebook.vocabulary
    known = [
        {fact.id: value}
        for fact in words.facts.values()
        if fact.type in ("bool", "enum")
        for value in (*words.domain(fact), None)
    ]
    given = [{MATTER: matter, **facts} for matter in words.matters for facts in ({}, *known)]
    given = [each for each in given if possible(policy_alone, each)]
    assert len(given) > 3_000
    for each in given:
        (here,), (alone,) = (each_router.route(each).rulings for each_router in (router, policy_alone))
        assert without_flags(here) == alone


def possible(router: Router, given: dict[str, object]) -> bool:
    """Whether the facts do not contradict each other."""
    try:
        router.route(given)
    except IncidentError:
        return False
    return True


def test_no_matter_has_two_warnings_of_a_kind(router: Router) -> None:
    """One line tells what to verify, so none of these rules says what another says."""
    for row in ROWS:
        for given in incidents(row):
            incident = router.incident(given)
            rules = router.rulebook.compared({**incident.facts, MATTER: incident.matters[0]})
            flags = [rule.flag for rule in rules]
            assert len(flags) == len(set(flags))


def test_duties_rest_on_the_policy_and_every_article_is_held_against_it(router: Router) -> None:
    book = router.rulebook
    above = {name for name, each in book.vocabulary.instruments.items() if each.rank is not None}
    articles = {name for name, _ in book.vocabulary.clauses() if name.partition("/")[0] in above}
    citing = [rule for rule in book.rules.values() if articles & set(rule.cite)]
    assert {clause for rule in citing for clause in rule.cite if clause in articles} == articles
    assert [rule.id for rule in citing if rule.assign or articles.issuperset(rule.cite)] == []
    assert {name for name, clause in book.vocabulary.clauses() if clause.duty} & articles == set()


def test_every_document_of_higher_law_names_the_version_to_be_checked(router: Router) -> None:
    instruments = router.rulebook.vocabulary.instruments
    versions = {name: each.version for name, each in instruments.items() if each.rank is not None}
    assert versions == {
        "state-property": "2018-03-19",
        "henan-property": "2017-09-29",
        "fire-law": "2021-04-29",
        "henan-fire": "2014",
        "noise-law": "2021-12-24",
        "planning-law": "2019-04-23",
    }


def test_every_flag_says_what_it_means_in_both_languages(router: Router) -> None:
    flags = router.rulebook.vocabulary.flags.values()
    assert [flag.id for flag in flags if not (flag.noted("zh") and flag.noted("en"))] == []
