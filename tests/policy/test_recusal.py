"""Whoever is complained about does not act in its own case, and somebody else does: on incidents at random."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from dutyroute import Decision, IncidentError, Router

BARRED = {"lead", "dissuade", "accept", "inspect", "supervise", "guide", "assess", "mediate"}
JOINT = {("finance", "audit"): "fund-use-by-authority"}
"""The only lead of two parties, who lead together by the text."""


def decided(router: Router, seed: int, count: int) -> Iterator[tuple[dict[str, Any], Decision]]:
    """Decide incidents of which three facts in four are known; contradictory ones are left out."""
    chance, words = random.Random(seed), router.rulebook.vocabulary
    pools: dict[str, Any] = {}
    for fact in words.facts.values():
        other = range(6) if fact.type == "int" else [date(2026, 8, 1)]
        pools[fact.id] = words.domain(fact) or list(other)
    while count:
        facts = {fact: chance.choice(pool) for fact, pool in pools.items() if chance.random() < 0.75}
        given = {**facts, "matter": chance.choice(list(words.matters))}
        try:
            decision = router.route(given)
        except IncidentError as error:
            if error.code != "incident-impossible":
                raise
            continue
        count -= 1
        yield given, decision


def hold(seed: int, count: int) -> None:
    router = Router.shipped()
    for given, decision in decided(router, seed, count):
        (ruling,) = decision.rulings
        assert ruling.breaches == (), given
        own = {d.role for d in ruling.duties if d.party == given.get("respondent", "nobody named")}
        assert not own & BARRED, (given, own)
        told = {d.to for d in ruling.duties if d.role == "report" and d.party == given.get("respondent")}
        assert told <= {("owners-assembly",)}, (given, told)  # a committee answers to its owners
        assert len(ruling.lead) < 2 or JOINT[ruling.lead] == given["matter"], (given, ruling.lead)
        left = {each.role for each in ruling.recused if each.certain} & {"lead", "accept"}
        if given.get("respondent") in ("street-office", "housing"):
            assert left <= {duty.role for duty in ruling.duties}, (given, left)


def test_nobody_acts_in_its_own_case_and_no_case_has_two_leads_or_none() -> None:
    """No obligation is unmet, whoever the respondent is, known or not."""
    hold(1, 2_000)


@pytest.mark.fuzz
def test_on_many_incidents_nobody_acts_in_its_own_case() -> None:
    hold(2, 50_000)
