"""Leaves are disjoint and cover the domain, whatever the rulebook and the order of its parts."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from books import WORDS, linked
from dutyroute import IncidentError, Router, Rulebook
from dutyroute.diagram.diagram import Diagram, OutsideDomain
from dutyroute.diagram.places import Leaf, Node
from generate import Dice, Writer, rulebooks, seeded
from oracle import Oracle

Facts = dict[str, Any]
Step = tuple[Node, Leaf | Node]
"""A node on a path, and what follows it there."""

ORDERED = ("rules", "obligations", "impossible", "instruments")
"""Lists of a rulebook whose order says nothing."""


def paths(diagram: Diagram, place: Node | Leaf, taken: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Yield every path from a place to a leaf."""
    if isinstance(place, Leaf):
        yield taken
        return
    for _, child in diagram.classes(place):
        yield from paths(diagram, child, (*taken, (place, child)))


def follows(diagram: Diagram, path: tuple[Step, ...], facts: Facts) -> bool:
    """Tell whether an incident's facts take every step of a path."""
    return all(diagram.child(node, facts[node.fact]) is child for node, child in path)


def combinations(rulebook: Rulebook, facts: set[str], seed: int, most: int = 60) -> list[Facts]:
    """Return all combinations of values of some facts, or many of them picked at random."""
    domains, listed, chance = Oracle(rulebook).domains, sorted(facts), random.Random(seed)
    if prod(len(domains[fact]) for fact in listed) > most:
        return [{fact: chance.choice(domains[fact]) for fact in listed} for _ in range(most)]
    every = product(*(domains[fact] for fact in listed))
    return [dict(zip(listed, values, strict=True)) for values in every]


def everything_tested(path_of: list[tuple[Step, ...]]) -> set[str]:
    return {node.fact for path in path_of for node, _ in path}


def whole_incident(writer: Writer) -> Facts:
    return {fact["id"]: writer.value(fact["id"]) for fact in WORDS["facts"]}


@pytest.mark.parametrize("seed", range(75))
def test_every_incident_takes_exactly_one_path(seed: int) -> None:
    """Paths are disjoint and complete: of all incidents that differ in what is tested, each takes one."""
    rulebook = linked(seeded(("paths", seed), 0)[0])
    diagram = Diagram(rulebook)
    for matter in rulebook.vocabulary.matters:
        every = list(paths(diagram, diagram.root(matter)))
        sample = combinations(rulebook, everything_tested(every), seed)
        taken = Counter(sum(follows(diagram, path, facts) for path in every) for facts in sample)
        assert set(taken) == {1}


@pytest.mark.parametrize("seed", range(20))
def test_counting_leaves_counts_the_domain(seed: int) -> None:
    """The incidents of all paths together are as many as the domain has, none missing, none twice."""
    rulebook = linked(seeded(("count", seed), 0)[0])
    diagram, domains = Diagram(rulebook), Oracle(rulebook).domains
    for matter in rulebook.vocabulary.matters:
        every = list(paths(diagram, diagram.root(matter)))
        tested = everything_tested(every)
        total = prod(len(domains[fact]) for fact in tested)
        assert sum(members(diagram, domains, path, tested) for path in every) == total


def members(diagram: Diagram, domains: Mapping[str, Any], path: tuple[Step, ...], tested: set[str]) -> int:
    """Count the combinations of values that take a path."""
    on_path = {
        node.fact: sum(diagram.child(node, v) is child for v in domains[node.fact]) for node, child in path
    }
    return prod(on_path.get(fact, len(domains[fact])) for fact in tested)


@pytest.mark.parametrize("seed", range(50))
def test_incidents_of_one_leaf_are_answered_alike(seed: int) -> None:
    """The oracle cannot tell two incidents apart that end in the same leaf."""
    rulebook = linked(seeded(("alike", seed), 0)[0])
    diagram, oracle, writer = Diagram(rulebook), Oracle(rulebook), Writer(Dice(("whole", seed)))
    for matter in rulebook.vocabulary.matters:
        for facts in (whole_incident(writer) for _ in range(10)):
            leaf = diagram.walk(matter, facts)
            assert isinstance(leaf, Leaf)
            expected = oracle.answer({**facts, "matter": matter})
            assert (leaf.settlement.ruling if leaf.settlement else None) == expected


@pytest.mark.parametrize("seed", range(30))
def test_facts_are_tested_in_one_order_and_once(seed: int) -> None:
    """No path tests a fact twice, or two facts the other way round."""
    diagram = Diagram(linked(seeded(("order", seed), 0)[0]))
    for matter in diagram.rulebook.vocabulary.matters:
        for path in paths(diagram, diagram.root(matter)):
            ranks = [diagram.order[node.fact] for node, _ in path]
            assert ranks == sorted(set(ranks))


@pytest.mark.parametrize("seed", range(30))
def test_a_node_has_an_edge_for_every_value_and_no_other(seed: int) -> None:
    """Every value of the domain leads somewhere; cuts lie between values that it tells apart."""
    rulebook = linked(seeded(("edges", seed), 0)[0])
    diagram, domains = Diagram(rulebook), Oracle(rulebook).domains
    for matter in rulebook.vocabulary.matters:
        for node in {node for path in paths(diagram, diagram.root(matter)) for node, _ in path}:
            by_class = {id(child) for _, child in diagram.classes(node)}
            assert {id(diagram.child(node, value)) for value in domains[node.fact]} == by_class
            if node.cuts is not None:
                assert node.cuts == sorted(set(node.cuts))
                stretches = [bisect_right(node.cuts, value) for value in diagram.values(node)]
                assert stretches == sorted(set(stretches))


def answers(router: Router, incidents: list[Facts]) -> list[Any]:
    found: list[Any] = []
    for incident in incidents:
        try:
            found.append(router.route(incident).to_dict())
        except IncidentError as error:
            found.append(error.code)
    return found


def shuffled(data: Facts, seed: int) -> Facts:
    """Return the same rulebook with every list whose order says nothing in another order."""
    chance = random.Random(seed)
    mixed = {key: tuple(chance.sample(data[key], len(data[key]))) for key in ORDERED if key in data}
    recusal = data.get("recusal", ())
    return {**data, **mixed, "recusal": recusal[::-1] if isinstance(recusal, tuple) else recusal}


@pytest.mark.parametrize("seed", range(50))
def test_the_order_of_rules_never_matters(seed: int) -> None:
    """Same digest, and the same answers to the last field."""
    data, incidents = seeded(("shuffled", seed), 10)
    one, other = Router(linked(data)), Router(linked(shuffled(data, seed)))
    assert one.rulebook.digest == other.rulebook.digest
    assert answers(one, incidents) == answers(other, incidents)


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rulebooks())
def test_no_small_rulebook_minds_its_order(drawn: tuple[Facts, list[Facts]]) -> None:
    """As before, with Hypothesis."""
    data, incidents = drawn
    one, other = Router(linked(data)), Router(linked(shuffled(data, 1)))
    assert one.rulebook.digest == other.rulebook.digest
    assert answers(one, incidents) == answers(other, incidents)


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_words_matters_to_the_display_alone(seed: int) -> None:
    """Parties, roles, facts and matters in another order: the same duties, in another order."""
    data, incidents = seeded(("words", seed), 10)
    turned = {
        **data,
        **{kind: data[kind][::-1] for kind in ("parties", "roles", "facts", "matters", "flags")},
    }
    one, other = Router(linked(data)), Router(linked(turned))
    assert one.rulebook.digest == other.rulebook.digest
    assert unordered(answers(one, incidents)) == unordered(answers(other, incidents))


def unordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: unordered(each) for key, each in value.items()}
    return sorted(map(unordered, value), key=repr) if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(20))
def test_what_was_walked_before_never_matters(seed: int) -> None:
    """Building lazily, in any order of incidents, gives the same answers."""
    data, incidents = seeded(("walked", seed), 12)
    rulebook = linked(data)
    backwards = answers(Router(rulebook), incidents[::-1])[::-1]
    assert answers(Router(rulebook), incidents) == backwards
    assert [answers(Router(rulebook), [each])[0] for each in incidents] == backwards


def test_a_word_outside_the_vocabulary_leads_nowhere() -> None:
    """A diagram never answers for a matter or a value that it does not know."""
    diagram = Diagram(linked(seeded("outside", 0)[0]))
    with pytest.raises(OutsideDomain) as caught:
        diagram.root("weather")
    assert caught.value.args == ("matter", "weather")
