"""What else a router answers says the same as the decision itself."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from books import WORDS, linked
from dutyroute import Decision, Duty, IncidentError, Reason, Router
from dutyroute.diagram.resolution import Settlement
from generate import Dice, Writer, seeded
from oracle import Oracle

Facts = dict[str, Any]

SEEDS = pytest.mark.parametrize("seed", range(30))


def routable(name: str, seed: int, count: int = 10) -> tuple[Router, list[Facts]]:
    """Return a router, and incidents that it answers."""
    data, incidents = seeded((name, seed), count)
    router = Router(linked(data))
    return router, [incident for incident in incidents if answers(router, incident)]


def answers(router: Router, incident: Facts) -> bool:
    try:
        router.route(incident)
    except IncidentError:
        return False
    return True


def or_code(call: Callable[[], Decision]) -> Decision | str:
    try:
        return call()
    except IncidentError as error:
        return error.code


def one_by_one(incident: Facts) -> list[Facts]:
    """Split an incident of several matters into incidents of one."""
    matters = incident["matter"] if isinstance(incident["matter"], list) else [incident["matter"]]
    return [{**incident, "matter": matter} for matter in matters]


def completions(router: Router, incident: Facts) -> Iterator[Facts]:
    """Yield an incident of one matter with its unknown facts filled in, in every way that is possible."""
    words, assumed = router.rulebook.vocabulary, dict(router.route(incident).assumed)
    given = {**words.defaults, **incident}
    # Where nothing is assumed of a fact that is not given, it is as if it were said to be unknown.
    silent = words.unless_said.keys() - given.keys() - assumed.keys()
    return Oracle(router.rulebook).completions({**given, **dict.fromkeys(silent)})


def settlements(router: Router, incident: Facts) -> list[Settlement]:
    """Gather what every possible completion of an incident comes to."""
    leaves = (router.diagram.walk(each["matter"], each) for each in completions(router, incident))
    return list({id(leaf): leaf.settlement for leaf in leaves if leaf and leaf.settlement}.values())


def standing(rule: str, settled: list[Settlement]) -> str:
    """Say how a rule stands, by definition."""
    apart = [{*s.overridden, *s.idle, *s.unmet} for s in settled]
    counting = [rule in s.matched and rule not in out for s, out in zip(settled, apart, strict=True)]
    if any(counting):
        return "counts" if all(counting) else "possible"
    if any(rule in s.overridden for s in settled):
        return "overridden"
    if any(rule in s.idle for s in settled):
        return "idle"
    return "unmet" if any(rule in s.unmet for s in settled) else "failed"


def striking(rule: str, settled: list[Settlement]) -> tuple[str, ...]:
    return tuple(sorted({s.overridden[rule] for s in settled if rule in s.overridden}))


@SEEDS
def test_an_explanation_says_of_each_rule_what_the_leaves_say(seed: int) -> None:
    """Counts, may count, is struck out and by what, is not needed, or fails."""
    router, incidents = routable("standing", seed)
    for incident in (one for each in incidents for one in one_by_one(each)):
        settled = settlements(router, incident)
        (explanation,) = router.explain(incident)
        found = {reason.rule: (reason.standing, reason.by) for reason in explanation.reasons}
        assert found == {rule: (standing(rule, settled), striking(rule, settled)) for rule in found}
        others = set(router.rulebook.rules) - set(found)
        assert {standing(rule, settled) for rule in others} <= {"failed"}


@SEEDS
def test_verdicts_add_up_to_the_match(seed: int) -> None:
    """All conditions held: the rule matches; one failed: it does not, whatever is unknown."""
    router, incidents = routable("verdicts", seed)
    for incident in (one for each in incidents for one in one_by_one(each)):
        settled = settlements(router, incident)
        (explanation,) = router.explain(incident)
        for reason in explanation.reasons:
            held = [verdict.held for verdict in reason.conditions]
            matches = {reason.rule in each.matched for each in settled}
            assert False not in matches or not all(held)
            assert True not in matches or False not in held


@SEEDS
def test_a_verdict_is_what_the_condition_says(seed: int) -> None:
    """Where all facts are known, each verdict is the oracle's, and none is left open."""
    data, _ = seeded(("conditions", seed), 0)
    router, writer = Router(linked(data)), Writer(Dice(("whole", seed)))
    oracle = Oracle(router.rulebook)
    for matter in router.rulebook.vocabulary.matters:
        facts = {**{fact["id"]: writer.value(fact["id"]) for fact in WORDS["facts"]}, "matter": matter}
        if not answers(router, facts):
            continue
        for reason in router.explain(facts)[0].reasons:
            for verdict in (v for v in reason.conditions if v.fact != "in_force"):
                assert verdict.held is oracle.holds({verdict.fact: verdict.written}, facts)


def nearness(reason: Reason) -> tuple[int, int, int]:
    order = ("counts", "possible", "overridden", "idle", "unmet", "failed")
    held = [verdict.held for verdict in reason.conditions]
    return order.index(reason.standing), held.count(False), held.count(None)


@SEEDS
def test_an_explanation_begins_with_what_counts_and_near_misses(seed: int) -> None:
    """Rules that fail by one condition stand before those that fail by two."""
    router, incidents = routable("near", seed, 5)
    for explanation in (each for incident in incidents for each in router.explain(incident)):
        ranks = [nearness(reason) for reason in explanation.reasons]
        assert ranks == sorted(ranks)
    for incident in incidents:
        assert [e.ask for e in router.explain(incident)] == [r.ask for r in router.route(incident).rulings]


@SEEDS
def test_why_not_lists_the_rules_that_could_give_the_duty(seed: int) -> None:
    """Exactly those of the explanation that assign the role to the party."""
    router, incidents = routable("why-not", seed, 3)
    for incident in incidents:
        reasons = [reason for each in router.explain(incident) for reason in each.reasons]
        for party in router.rulebook.vocabulary.parties:
            giving = tuple(r for r in reasons if (party, "enforce") in r.duties)
            assert router.why_not(incident, party=party, role="enforce") == giving
            anything = tuple(r for r in reasons if any(holder == party for holder, _ in r.duties))
            assert router.why_not(incident, party=party) == anything


@SEEDS
def test_what_if_is_routing_the_changed_incident(seed: int) -> None:
    """Also where a fact becomes unknown, a default is overruled, or the matter is another."""
    router, incidents = routable("what-if", seed)
    writer = Writer(Dice(("changes", seed)))
    for incident in incidents:
        changed = writer.dice.some([*(fact["id"] for fact in WORDS["facts"]), "matter"], 1, 3)
        facts = {fact: writer.value(fact) for fact in changed}
        facts |= {fact: None for fact in facts if fact != "matter" and writer.dice.chance(30)}
        for given in (incident, router.incident(incident)):
            direct = or_code(lambda: router.route({**incident, **facts}))  # noqa: B023
            assert or_code(lambda: router.what_if(given, **facts)) == direct  # noqa: B023


@SEEDS
def test_what_is_asked_comes_with_what_each_value_would_change(seed: int) -> None:
    """One answer for each class of values, in the order of the decision's `ask`, equal to routing it."""
    router, incidents = routable("ask", seed)
    domains = Oracle(router.rulebook).domains
    for incident in incidents:
        found = router.ask(incident)
        assert tuple(dict.fromkeys(answer.fact for answer in found)) == router.route(incident).ask
        for answer in found:
            assert answer.decision == router.route({**incident, answer.fact: answer.value})
        for fact in router.route(incident).ask:
            told = [answer.decision.rulings for answer in found if answer.fact == fact]
            for value in domains[fact]:
                decision = or_code(lambda: router.route({**incident, fact: value}))  # noqa: B023
                assert isinstance(decision, str) or decision.rulings in told


@SEEDS
def test_answering_what_is_asked_leads_to_the_full_answer(seed: int) -> None:
    """Whoever answers only what is asked ends where whoever knew everything did."""
    data, _ = seeded(("interview", seed), 0)
    router, writer = Router(linked(data)), Writer(Dice(("truth", seed)))
    for _ in range(6):
        truth = {fact: writer.value(fact) for fact in ("matter", *(f["id"] for f in WORDS["facts"]))}
        if not answers(router, truth):
            continue
        hidden = writer.dice.some([fact["id"] for fact in WORDS["facts"]], 1, 4)
        known = {**truth, **dict.fromkeys(hidden)}
        while asked := router.route(known).ask:
            assert all(known[fact] is None for fact in asked)
            known |= {fact: truth[fact] for fact in asked}
        assert answer(router.route(known)) == answer(router.route(truth))


def answer(decision: Decision) -> Any:
    """Return what is said, without the reasons for it."""
    (ruling,) = decision.rulings
    duties = {(d.party, d.role, d.to, d.within, d.certain) for d in ruling.duties}
    breaches = {(b.obligation, b.kind, b.holders) for b in ruling.breaches}
    return ruling.status, ruling.lead, duties, ruling.flags, breaches


@SEEDS
def test_what_is_certain_stays_and_what_comes_was_possible(seed: int) -> None:
    """No completion takes a certain duty away or brings one up that was not foreseen."""
    router, incidents = routable("certain", seed, 6)
    for incident in (one for each in incidents for one in one_by_one(each)):
        (ruling,) = router.route(incident).rulings
        certain = {(duty.party, duty.role) for duty in ruling.duties if duty.certain}
        foreseen = {(duty.party, duty.role) for duty in ruling.duties}
        for settled in settlements(router, incident):
            held = {(duty.party, duty.role) for duty in settled.ruling.duties}
            assert certain <= held <= foreseen


@SEEDS
def test_a_certain_duty_goes_only_where_a_value_left_out_is_said(seed: int) -> None:
    """Or the fact is said to be unknown. Otherwise more facts take no certain duty away."""
    router, incidents = routable("more", seed, 8)
    writer, excluded = Writer(Dice(("more", seed))), router.rulebook.vocabulary.unless_said
    for incident in (one for each in incidents for one in one_by_one(each)):
        before = router.route(incident)
        given = {**router.rulebook.vocabulary.defaults, **incident}
        for fact in (fact["id"] for fact in WORDS["facts"] if given.get(fact["id"]) is None):
            more = {**incident, fact: writer.value(fact)}
            if not answers(router, more):
                continue
            after = router.route(more)
            left_out = excluded[fact].values if fact in excluded and fact not in incident else ()
            # What `impossible` lets follow is said as well: then nothing is assumed any more.
            is_said = more[fact] in left_out or before.assumed != after.assumed + tuple(
                pair for pair in before.assumed if pair[0] == fact
            )
            lost = {key(d) for d in before.duties if d.certain} - {key(d) for d in after.duties if d.certain}
            assert not lost or is_said


def key(duty: Duty) -> tuple[str, str]:
    return duty.party, duty.role


@SEEDS
def test_an_incident_that_was_read_is_routed_as_its_mapping(seed: int) -> None:
    """Reading once and routing many times changes no answer."""
    router, incidents = routable("many", seed)
    for incident in incidents:
        assert router.route(router.incident(incident)) == router.route(incident)


@SEEDS
def test_a_decision_survives_json_and_pickling(seed: int) -> None:
    """Its plain form is JSON through and through; a pickled one is equal."""
    router, incidents = routable("travel", seed)
    for incident in incidents:
        decision = router.route({**incident, "id": f"A-{seed}"})
        assert json.loads(json.dumps(decision.to_dict(), ensure_ascii=False)) == decision.to_dict()
        assert pickle.loads(pickle.dumps(decision)) == decision
        assert pickle.loads(pickle.dumps(router.incident(incident))) == router.incident(incident)


@SEEDS
def test_a_rulebook_survives_pickling(seed: int) -> None:
    """It is equal, has the same digest, and answers the same."""
    router, incidents = routable("pickled", seed)
    travelled = pickle.loads(pickle.dumps(router.rulebook))
    assert (travelled, travelled.digest) == (router.rulebook, router.rulebook.digest)
    assert list(map(Router(travelled).route, incidents)) == list(map(router.route, incidents))
