"""What a hotline knows: the matter, that somebody called, and not who did it or is complained about."""

from __future__ import annotations

from typing import Any

import pytest

from dutyroute import Decision, Router

CALL = {"channel": "city-hotline", "reported_at": "2026-12-01"}
BODIES = {"street-office", "housing"}


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.shipped()


def told(decision: Decision) -> Any:
    """Return what the answer says: status, duties, flags, and what is asked besides the respondent."""
    duties = frozenset((d.party, d.role, d.to, d.to_possible, d.certain) for d in decision.duties)
    asked = tuple(fact for fact in decision.ask if fact != "respondent")
    return decision.status, duties, decision.flags, asked


def ordinary(router: Router) -> set[str]:
    return set(router.rulebook.vocabulary.entries(router.rulebook.vocabulary.facts["respondent"])) - BODIES


def test_where_all_ordinary_respondents_come_to_the_same_a_call_does_too(router: Router) -> None:
    """It need not be asked about whom it is: six kinds of people and firms make no difference."""
    alike = 0
    for matter in router.rulebook.vocabulary.matters:
        call = {"matter": matter, **CALL}
        answers = {told(router.route({**call, "respondent": each})) for each in ordinary(router)}
        decision = router.route(call)
        assert dict(decision.assumed)["respondent"].written() == {"not": ("street-office", "housing")}
        if len(answers) == 1:
            assert told(decision) in answers
            assert "respondent" not in decision.ask
            alike += 1
    assert alike > 40


def test_a_public_body_that_is_named_has_its_own_answer(router: Router) -> None:
    """And nobody but its superior leads or accepts a case about it that it would have led or accepted."""
    for matter in router.rulebook.vocabulary.matters:
        for body in BODIES:
            decision = router.route({"matter": matter, **CALL, "respondent": body})
            barred = {
                "lead",
                "accept",
                "inspect",
                "supervise",
                "guide",
                "assess",
                "mediate",
                "dissuade",
                "report",
            }
            assert not {duty.role for duty in decision.duties if duty.party == body} & barred
            kinds = {(recused.role, recused.certain) for recused in decision.rulings[0].recused}
            led = {duty.party for duty in decision.duties if duty.role == "lead"}
            assert ("lead", True) not in kinds or led


def test_what_a_public_body_would_change_is_told_with_the_answer(router: Router) -> None:
    """For each call whose answer has no room for it; the others need not mention it."""
    told_of = {
        matter: {each.value for each in router.unless_said({"matter": matter, **CALL})}
        for matter in router.rulebook.vocabulary.matters
    }
    assert told_of["service-quality"] == told_of["greenery-destruction"] | {"street-office"} == BODIES
    assert any(not bodies for bodies in told_of.values())
