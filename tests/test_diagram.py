"""When a rule matches, and how the diagram finds out with few tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from books import book, questions, router, rule, written
from dutyroute import IncidentError, Router, Rulebook
from dutyroute.diagram.diagram import Diagram, OutsideDomain
from dutyroute.diagram.places import Leaf, Node, Remainder
from dutyroute.rulebook.build import link

MATTERS = ("violation", "fire-violation", "fire-lane", "clutter", "complaint")


def matches(when: dict[str, Any], **facts: Any) -> bool:
    """Tell whether a rule with this condition counts for an incident."""
    (ruling,) = router(rule("r", when, {"enforce": "housing"})).route({"matter": "clutter", **facts}).rulings
    assert ruling.ask == ()
    return bool(ruling.duties)


def matched(when: dict[str, Any], fact: str, values: Any) -> list[Any]:
    return [value for value in values if matches(when, **{fact: value})]


# -- matters


@pytest.mark.parametrize(
    "accepts,wanted",
    [
        ("fire-lane", ["fire-lane"]),
        ("fire-violation", ["fire-violation", "fire-lane"]),
        ("violation", ["violation", "fire-violation", "fire-lane", "clutter"]),
        (("fire-lane", "complaint"), ["fire-lane", "complaint"]),
        ({"not": "fire-violation"}, ["violation", "clutter", "complaint"]),
        ({"not": ("violation", "complaint")}, []),
        ({"not": {"not": "fire-violation"}}, ["fire-violation", "fire-lane"]),
    ],
)
def test_a_matter_stands_for_itself_and_all_below_it(accepts: Any, wanted: list[str]) -> None:
    assert matched({"matter": accepts}, "matter", MATTERS) == wanted


def test_an_inner_matter_is_nothing_more_specific() -> None:
    """A fire violation that nobody says more of is no blocked fire lane, and is not unknown."""
    clerk = router(
        rule("lane", {"matter": "fire-lane"}, {"enforce": "street-office"}),
        rule("other", {"matter": {"not": "fire-lane"}}, {"enforce": "housing"}),
    )
    (ruling,) = clerk.route({"matter": "fire-violation"}).rulings
    assert [(duty.party, duty.certain) for duty in ruling.duties] == [("housing", True)]


# -- values, ranges, nesting

RESPONDENTS = ("owner", "property-company", "owners-committee")


@pytest.mark.parametrize(
    "accepts,wanted",
    [
        ("owner", ["owner"]),
        (("owner", "owners-committee"), ["owner", "owners-committee"]),
        ({"not": "owner"}, ["property-company", "owners-committee"]),
        ({"not": ("owner", "owners-committee")}, ["property-company"]),
        (RESPONDENTS, list(RESPONDENTS)),
    ],
)
def test_an_enumeration_is_matched_by_value(accepts: Any, wanted: list[str]) -> None:
    assert matched({"respondent": accepts}, "respondent", RESPONDENTS) == wanted


@pytest.mark.parametrize(
    "accepts,wanted",
    [
        (3, [3]),
        ((0, 3, 4), [0, 3, 4]),
        ({"at_least": 3}, [3, 4, 5]),
        ({"more_than": 3}, [4, 5]),
        ({"at_most": 3}, [0, 1, 2, 3]),
        ({"less_than": 3}, [0, 1, 2]),
        ({"at_least": 1, "less_than": 4}, [1, 2, 3]),
        ({"more_than": 1, "at_most": 4}, [2, 3, 4]),
        ({"more_than": 1, "less_than": 3}, [2]),
        ({"at_least": 2, "more_than": 0, "at_most": 4, "less_than": 9}, [2, 3, 4]),
        ({"not": 3}, [0, 1, 2, 4, 5]),
        ({"not": (0, 3)}, [1, 2, 4, 5]),
        ({"not": {"at_least": 1, "less_than": 4}}, [0, 4, 5]),
        ({"at_least": 0, "at_most": 9}, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_numbers_are_matched_by_value_and_range(accepts: Any, wanted: list[int]) -> None:
    assert matched({"bidders": accepts}, "bidders", range(6)) == wanted


DAYS = [date(2026, 1, day) for day in range(1, 6)]


@pytest.mark.parametrize(
    "accepts,wanted",
    [
        (DAYS[2], [3]),
        ({"at_least": DAYS[1], "less_than": DAYS[3]}, [2, 3]),
        ({"more_than": DAYS[1], "at_most": DAYS[3]}, [3, 4]),
        ({"not": (DAYS[0], DAYS[4])}, [2, 3, 4]),
        ({"at_least": date.min}, [1, 2, 3, 4, 5]),
    ],
)
def test_days_are_matched_by_value_and_range(accepts: Any, wanted: list[int]) -> None:
    found = matched({"built_on": accepts}, "built_on", DAYS)
    assert [day.day for day in found] == wanted


def test_the_first_and_the_last_day_can_be_routed() -> None:
    """Nothing overflows at the ends of the calendar."""
    assert matched({"built_on": {"more_than": date.min}}, "built_on", [date.min, date.max]) == [date.max]


@pytest.mark.parametrize("accepts", [date.max, (DAYS[0], date.max), {"at_most": date.max}])
def test_no_rule_can_name_the_last_day_of_all(accepts: Any) -> None:
    """The day after it has no name; that is a fault in the rule, told like any other."""
    found, faults = link(written(rule("r", {"built_on": accepts}, {"enforce": "housing"})))
    assert (found, [fault.code for fault in faults]) == (None, ["wrong-value"])


BOTH = [(urgent, occupied) for urgent in (False, True) for occupied in (False, True)]


@pytest.mark.parametrize(
    "when,wanted",
    [
        ({"urgent": True, "occupied": True}, [(True, True)]),
        ({"any": ({"urgent": True}, {"occupied": True})}, BOTH[1:]),
        ({"all": ({"urgent": True}, {"occupied": True})}, [(True, True)]),
        ({"not": {"urgent": True, "occupied": True}}, BOTH[:3]),
        ({"not": {"any": ({"urgent": True}, {"occupied": True})}}, [(False, False)]),
        ({"not": {"not": {"urgent": True}}}, BOTH[2:]),
        ({"any": ({"urgent": True}, {"urgent": False})}, BOTH),
        ({"urgent": True, "not": {"occupied": True}}, [(True, False)]),
        ({"any": ({"urgent": True, "occupied": False}, {"not": {"urgent": True}})}, BOTH[:3]),
        ({}, BOTH),
    ],
)
def test_conditions_nest(when: dict[str, Any], wanted: list[tuple[bool, bool]]) -> None:
    """A mapping is a conjunction; `any`, `all` and `not` mean what they say."""
    assert [each for each in BOTH if matches(when, urgent=each[0], occupied=each[1])] == wanted


# -- periods


def in_force(header: dict[str, Any] | None, **periods: dict[str, Any]) -> Router:
    rules = [
        rule(name, {}, {"enforce": "housing"}, **({"in_force": p} if p else {}))
        for name, p in periods.items()
    ]
    return router(*rules, header=header)


def rules_on(clerk: Router, day: str) -> tuple[str, ...]:
    (ruling,) = clerk.route({"matter": "clutter", "reported_at": day}).rulings
    return ruling.duties[0].rules if ruling.duties else ()


def test_the_first_day_counts_and_the_last_does_not() -> None:
    """A successor begins on the very day its predecessor ends: no day has both, none has neither."""
    change = date(2026, 7, 1)
    clerk = in_force(None, old={"until": change}, new={"from": change})
    assert (rules_on(clerk, "2026-06-30"), rules_on(clerk, "2026-07-01")) == (("old",), ("new",))


def test_a_rule_without_a_period_has_the_rulebooks() -> None:
    header = {"in_force": {"from": date(2026, 1, 1), "until": date(2027, 1, 1)}}
    clerk = in_force(header, a={}, b={"from": date(2025, 1, 1)})
    assert rules_on(clerk, "2025-06-01") == ("b",)
    assert rules_on(clerk, "2026-06-01") == ("a", "b")
    assert rules_on(clerk, "2027-01-01") == ("b",)


def test_a_repealed_rule_assigns_nobody() -> None:
    """And strikes nothing out any more."""
    clerk = router(
        rule("old", {}, {"enforce": "planning"}, in_force={"until": date(2026, 1, 1)}, overrides="a"),
        rule("a", {}, {"enforce": "housing"}),
    )
    assert rules_on(clerk, "2025-12-31") == ("old",)
    assert rules_on(clerk, "2026-01-01") == ("a",)


def test_a_day_on_which_no_rule_is_in_force_yet_or_any_more_is_refused() -> None:
    """Such an incident belongs to another rulebook."""
    clerk = in_force(
        None, a={"from": date(2026, 1, 1)}, b={"from": date(2026, 3, 1), "until": date(2027, 1, 1)}
    )
    with pytest.raises(IncidentError, match="no rule is in force on 2025-12-31"):
        rules_on(clerk, "2025-12-31")
    assert rules_on(clerk, "2030-01-01") == ("a",)


def test_an_obligation_has_no_period() -> None:
    """What is owed is owed on every day on which there are rules."""
    owed = {"id": "owed", "title": "要求", "for": {}, "role": "lead", "holders": {"exactly": 1}}
    clerk = router(
        rule("a", {}, {"lead": "housing"}, in_force={"until": date(2026, 1, 1)}),
        rule("b", {}, {"handle": "housing"}),
        obligations=(owed,),
    )
    statuses = [clerk.route({"matter": "clutter", "reported_at": f"{y}-06-01"}).status for y in (2025, 2026)]
    assert statuses == ["routed", "unrouted"]


# -- how it is built


def nodes(place: Node | Leaf, diagram: Diagram, seen: dict[int, Node | Leaf]) -> dict[int, Node | Leaf]:
    """Gather all nodes and leaves below a place."""
    if id(place) not in seen:
        seen[id(place)] = place
        if isinstance(place, Node):
            for _, child in diagram.classes(place):
                nodes(child, diagram, seen)
    return seen


def facts_tested(rulebook: Rulebook, matter: str) -> set[str]:
    diagram = Diagram(rulebook)
    found = nodes(diagram.root(matter), diagram, {}).values()
    return {place.fact for place in found if isinstance(place, Node)}


def test_facts_that_no_live_rule_tests_are_not_asked() -> None:
    """A rule about another matter plays no part, nor what a known fact has settled."""
    found = book(
        rule("a", {"matter": "clutter", "urgent": True, "respondent": "owner"}, {"enforce": "housing"}),
        rule("b", {"matter": "complaint", "floor": {"at_least": 3}}, {"enforce": "housing"}),
    )
    assert (facts_tested(found, "clutter"), facts_tested(found, "complaint")) == (
        {"urgent", "respondent"},
        {"floor"},
    )
    assert facts_tested(found, "fire-lane") == set()


def test_ways_that_come_to_the_same_share_what_follows() -> None:
    """Of two owners' bodies that no rule tells apart there is one edge, not two."""
    diagram = Diagram(book(rule("a", {"respondent": "owner"}, {"enforce": "housing"})))
    root = diagram.root("clutter")
    assert isinstance(root, Node)
    assert [values for values, _ in diagram.classes(root)] == [
        ("owner",),
        ("property-company", "owners-committee"),
    ]


def test_numbers_are_cut_where_a_rule_changes_its_verdict() -> None:
    """Each stretch is one edge; those outside the fact's bounds are none."""
    diagram = Diagram(
        book(
            rule("a", {"bidders": {"at_least": 3}}, {"enforce": "housing"}),
            rule("b", {"bidders": {"at_most": 9}}, {"inspect": "housing"}),
            rule("c", {"bidders": 0}, {"handle": "housing"}),
        )
    )
    root = diagram.root("clutter")
    assert isinstance(root, Node)
    assert (root.cuts, list(diagram.values(root))) == ([0, 1, 3, 10], [0, 1, 3])


def test_nothing_is_built_before_it_is_walked() -> None:
    """Forty yes-no conditions have a million million leaves; one walk builds forty nodes."""
    names = [f"q{i}" for i in range(40)]
    clerk = router(*(rule(q, {q: True}, {"enforce": "housing"}) for q in names), facts=questions(*names))
    given = {"matter": "clutter", **{q: i % 2 == 0 for i, q in enumerate(names)}}
    (ruling,) = clerk.route(given).rulings
    assert ruling.duties[0].rules == tuple(sorted(names[::2]))


def leaves(diagram: Diagram, matter: str) -> Iterator[Leaf]:
    for place in nodes(diagram.root(matter), diagram, {}).values():
        if isinstance(place, Leaf):
            yield place


def test_an_impossible_leaf_names_the_condition_it_meets() -> None:
    """The first of those written, where it meets two, whatever was walked before."""
    rulebook = book(
        rule("a", {}, {"enforce": "housing"}),
        impossible=({"matter": "clutter", "urgent": True}, {"urgent": True}, {"matter": "complaint"}),
    )
    diagram = Diagram(rulebook)
    found = {
        m: {leaf.impossible for leaf in leaves(diagram, m)} for m in ("fire-lane", "clutter", "complaint")
    }
    assert found == {"fire-lane": {None, 1}, "clutter": {None, 0}, "complaint": {2}}


def test_what_the_vocabulary_lacks_leads_nowhere() -> None:
    """Neither a matter nor a value is taken for something else."""
    diagram = Diagram(book(rule("a", {"respondent": "owner"}, {"enforce": "housing"})))
    for call in (lambda: diagram.root("weather"), lambda: diagram.walk("clutter", {"respondent": "weather"})):
        with pytest.raises(OutsideDomain):
            call()
    assert diagram.walk("clutter", {"respondent": "owner"}) is diagram.walk(
        "clutter", {"respondent": "owner"}
    )


def test_an_unknown_fact_is_put_off() -> None:
    diagram = Diagram(book(rule("a", {"respondent": "owner"}, {"enforce": "housing"})))
    found = diagram.walk("clutter", {})
    assert isinstance(found, Remainder)
    assert (found.root, diagram.walk("clutter", {})) == (diagram.root("clutter"), found)


def test_two_diagrams_can_be_made_to_test_in_one_order() -> None:
    """So that they can be walked side by side."""
    rulebook = book(rule("a", {"urgent": True, "floor": 3}, {"enforce": "housing"}))
    for first, second in (("urgent", "floor"), ("floor", "urgent")):
        order = {fact: i for i, fact in enumerate((first, second))}
        root = Diagram(rulebook, order).root("clutter")
        assert root.fact == first


def test_a_diagram_remembers_only_so_many_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has no room to remember is found again each time, and is the same."""
    monkeypatch.setattr("dutyroute.diagram.diagram.SEEN", 5)
    diagram = Diagram(book(rule("a", {"bidders": {"at_least": 5}}, {"enforce": "housing"})))
    root = diagram.root("clutter")
    assert isinstance(root, Node)
    for _ in range(2):
        walked = [diagram.walk("clutter", {"bidders": number}) for number in range(10)]
        assert [leaf is root.edges[number >= 5] for number, leaf in enumerate(walked)] == [True] * 10
    assert len(root.seen) == 5
