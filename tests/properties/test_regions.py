"""Regions against routing: what they hold differs, what they do not hold does not."""

from __future__ import annotations

from typing import Any

import pytest

from books import linked
from dutyroute import Duty, IncidentError, Router, Rulebook
from dutyroute.analysis import CaseReader, diff
from dutyroute.rulebook.build import link
from edits import KINDS, edited
from generate import Dice, Writer

Data = dict[str, Any]
PER_KIND, INCIDENTS = 4, 400
"""22 kinds of edit, 4 rulebooks each, 400 incidents each: 35,200. `make properties` takes a hundred times as many."""


def test_no_incident_differs_outside_a_region() -> None:
    for kind in KINDS:
        for seed in range(PER_KIND):
            _hold(kind, seed, INCIDENTS)


@pytest.mark.parametrize("kind,seed", [("bounds", 182)])
def test_what_the_long_run_once_found_stays_mended(kind: str, seed: int) -> None:
    """A witness was taken to lie on a default day on which no rule is in force."""
    _hold(kind, seed, 50)


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", KINDS)
def test_of_100_000_incidents_of_each_kind_of_edit_none_differs_outside_a_region(kind: str) -> None:
    for seed in range(100, 200):
        _hold(kind, seed, 1_000)


def _hold(kind: str, seed: int, count: int) -> None:
    writer = Writer(Dice((kind, seed)))
    pair = _pair(kind, writer)
    if seed % 2:
        pair = pair[::-1]
    regions = diff(*pair).regions
    routers = [Router(book) for book in pair]
    reader = CaseReader(*pair)
    for region in regions:
        assert region.proven, (kind, seed)
        said = [_answer(router, dict(region.witness)) for router in routers]
        assert said[0] != said[1], (kind, seed, region)
        assert reader.read(region.witness).is_in(region) is True, (kind, seed, region)
    for _ in range(count):
        given = _incident(writer, pair)
        said = [_answer(router, given) for router in routers]
        case = reader.read(given)
        if case.words:
            continue  # read otherwise by each rulebook, which the comparison lists beside its regions
        verdicts = [case.is_in(region) for region in regions]
        if "refused" in said and None not in verdicts and said[0] == said[1]:
            continue  # no incident at all, by either rulebook
        if said[0] != said[1]:
            assert True in verdicts or None in verdicts, (kind, seed, given, said)
        elif None not in verdicts:
            assert True not in verdicts, (kind, seed, given, regions[verdicts.index(True)])
        if len(case.matters) == 1:
            assert verdicts.count(True) <= 1, (kind, seed, given)


def _pair(kind: str, writer: Writer) -> tuple[Rulebook, Rulebook]:
    """Write a rulebook and edit it until the edit is one that links."""
    while True:
        data = writer.rulebook()
        new, _ = link(edited(kind, writer, data))
        if new is not None:
            return linked(data), new


def _incident(writer: Writer, pair: tuple[Rulebook, Rulebook]) -> Data:
    """Write an incident that one of the rulebooks can read, most facts known, the day always."""
    given = writer.incident(2)
    given["reported_at"] = given.get("reported_at") or writer.value("reported_at")
    for name, value in (("matter", "noise"), ("respondent", "tenant"), ("bidders", -3)):
        if writer.dice.chance(15) and any(_knows(book, name, value) for book in pair):
            given[name] = value
    return given


def _knows(book: Rulebook, name: str, value: Any) -> bool:
    fact = book.vocabulary.facts[name]
    return fact.allows(value) if fact.type == "int" else value in book.vocabulary.domain(fact)


def _sure(duty: Duty) -> tuple[bool, str, tuple[str, ...]]:
    return duty.certain, duty.basis, duty.clauses


def _answer(router: Router, given: Data) -> Any:
    known = {k: v for k, v in given.items() if k in router.rulebook.vocabulary.facts}
    try:
        rulings = router.route(known).rulings
    except IncidentError:
        return "refused"
    return [
        (
            {
                (d.party, d.role, frozenset(d.to), frozenset(d.to_possible), d.within, *_sure(d))
                for d in r.duties
            },
            (r.flags, r.possible_flags),
            {(b.obligation, b.kind, frozenset(b.holders), b.certain) for b in r.breaches},
        )
        for r in rulings
    ]
