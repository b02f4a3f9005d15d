"""How rules become rules of durable-rules, and which do not."""

from __future__ import annotations

import pytest

from books import Data, book, linked, obligation, questions, rule, written
from dutyroute import EngineError, Router, Rulebook
from dutyroute.rete.lowering import LONGEST, PER_SHARD, ReteProgram

MUCH = tuple(f"q{i}" for i in range(26))


def terms(when: Data) -> list[list[tuple[str, str, object]]]:
    """List the terms of every rule that a condition is lowered to, in order."""
    return lowered(book(rule("a", when, {"lead": "housing"})))


def lowered(rulebook: Rulebook) -> list[list[tuple[str, str, object]]]:
    return [list(lean.terms) for shard in ReteProgram(rulebook).shards for lean in shard.rules]


def test_a_fact_is_tested_by_what_it_must_not_be() -> None:
    """So that a fact that is unknown passes, without an alternative of its own."""
    assert terms({"respondent": ("owner", "property-company"), "urgent": True}) == [
        [("fact_respondent", "ne", "owners-committee"), ("fact_urgent", "ne", "no")]
    ]


def test_a_range_is_tested_by_the_least_and_the_most_that_a_number_can_be() -> None:
    assert terms({"bidders": {"at_least": 1, "at_most": 3}}) == [
        [("fact_bidders_least", "lt", 4), ("fact_bidders_most", "ge", 1)]
    ]


def test_what_lies_outside_a_range_is_two_alternatives() -> None:
    assert terms({"floor": {"not": {"more_than": 1, "less_than": 9}}}) == [
        [("fact_floor_least", "lt", 2)],
        [("fact_floor_most", "ge", 9)],
    ]


def test_a_day_is_an_ordinal_number() -> None:
    """`from: 0001-01-05` is the fifth day there is."""
    from datetime import date

    dated = rule("a", {}, {"lead": "housing"}, in_force={"from": date(1, 1, 5)})
    assert lowered(book(dated)) == [[("fact_reported_at_most", "ge", 5)]]


def test_a_branch_of_the_tree_is_one_term() -> None:
    """A matter with others below it is asked for by its level, others by themselves."""
    assert terms({"matter": ("fire-violation", "complaint")}) == [
        [("matter", "eq", "complaint")],
        [("level1", "eq", "fire-violation")],
    ]


def test_negation_and_nesting_come_apart() -> None:
    when = {"not": {"urgent": True, "any": ({"occupied": True}, {"bidders": {"less_than": 3}})}}
    assert sorted(terms(when)) == [
        [("fact_bidders_most", "ge", 3), ("fact_occupied", "ne", "yes")],
        [("fact_urgent", "ne", "yes")],
    ]


def test_alternatives_that_cannot_hold_are_left_out() -> None:
    when = {"urgent": True, "any": ({"urgent": False}, {"occupied": True})}
    assert terms(when) == [[("fact_occupied", "ne", "no"), ("fact_urgent", "ne", "no")]]


def test_a_ruleset_stays_within_what_durable_rules_can_take() -> None:
    """It loses rules where one fact meets more than 64 alternatives; no ruleset has as many rules."""
    lowered = ReteProgram(book(*(rule(f"r{i}", {"urgent": True}, {"lead": "housing"}) for i in range(200))))
    assert [len(shard.rules) for shard in lowered.shards] == [PER_SHARD] * 3 + [20]
    with Router(
        book(*(rule(f"r{i}", {"urgent": True}, {"lead": "housing"}) for i in range(200))), engine="rete"
    ) as r:
        (duty,) = r.route({"matter": "complaint", "urgent": True}).duties
    assert len(duty.rules) == 200


def test_a_ruleset_asks_for_no_more_attributes_than_a_fact_may_have() -> None:
    """Forty rules of ten facts each: durable-rules takes 252 attributes at most."""
    names = [f"w{i}" for i in range(400)]
    chunks = [dict.fromkeys(names[i : i + 10], True) for i in range(0, 400, 10)]
    rules = [rule(f"rule-{i}", when, {"lead": "housing"}) for i, when in enumerate(chunks)]
    rulebook = linked(written(*rules, facts=questions(*names)))
    assert [len(shard.rules) for shard in ReteProgram(rulebook).shards] == [20, 20]
    incident = {"matter": "complaint", **dict.fromkeys(names, False), **chunks[7], **chunks[33]}
    with Router(rulebook, engine="rete") as rete:
        (duty,) = rete.route(incident).duties
    assert duty.rules == ("rule-33", "rule-7")


def wide(count: int) -> dict[str, object]:
    """Write a condition on so many facts at once."""
    return dict.fromkeys(MUCH[:count], True)


def test_what_does_not_fit_is_refused_by_name() -> None:
    """All of it at once, and nothing is weakened."""
    halves = tuple({"any": ({f"q{i}": True}, {f"q{i + 1}": True})} for i in range(0, 14, 2))
    rulebook = linked(
        written(
            rule("fits", wide(LONGEST), {"lead": "housing"}),
            rule("long", wide(LONGEST + 1), {"lead": "housing"}),
            rule("branching", {"all": halves}, {"lead": "housing"}),
            facts=questions(*MUCH),
            obligations=(obligation("far", {"floor": {"at_least": 2**60}}, "lead", exactly=1),),
        )
    )
    with pytest.raises(EngineError) as caught:
        Router(rulebook, engine="rete")
    refused = (
        ("long", "rete-many-terms"),
        ("branching", "rete-many-alternatives"),
        ("far", "rete-large-number"),
    )
    assert caught.value == EngineError("engine-refuses-rules", {"refused": refused})
    assert caught.value.describe("en") == (
        "the second engine (durable-rules) cannot represent `long` (one alternative of its condition has more than 24 terms); "
        "`branching` (its condition expands to more than 64 alternatives); "
        "`far` (its condition contains a number that is too large); change these conditions, or use the diagram engine"
    )


def test_a_number_beyond_all_bounds_is_compared_rightly() -> None:
    """durable-rules holds whole numbers up to 2**63 only."""
    rulebook = book(rule("high", {"floor": {"at_least": 2**52}}, {"lead": "housing"}))
    with Router(rulebook, engine="rete") as rete:
        for floor in (10**30, 2**53, 2**52, 2**52 - 1, -(10**30)):
            incident = {"matter": "complaint", "floor": floor}
            assert rete.route(incident) == Router(rulebook).route(incident)


def test_facts_that_durable_rules_cannot_tell_apart_are_refused() -> None:
    """It knows an attribute by 32 bits of its name; these two have the same."""
    when = {"diuqpy": True, "zhzgvo": False}
    rulebook = linked(written(rule("a", when, {"lead": "housing"}), facts=questions(*when)))
    assert ReteProgram(rulebook).refused == [(("fact", "zhzgvo"), "rete-same-hash")]
