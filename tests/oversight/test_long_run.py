"""A long run with little lateness: what is settled is let go, and nothing else comes of it."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from dutyroute import MemoryStore, Overseer
from oversight_history import DAYS, LATENESS, history
from watching import FIRST, HOLDERS, expected, held, watched

BOOK = watched()


@pytest.mark.parametrize("seed", range(6))
def test_what_is_proposed_follows_from_all_events_together(seed: int) -> None:
    chance = random.Random(seed)
    events, store = history(chance), MemoryStore()
    overseer = Overseer(BOOK, store, lateness=LATENESS)
    for number, each in enumerate(events):
        overseer.observe(each)
        if number % 150 == 149:
            overseer = Overseer(BOOK, store, lateness=LATENESS)
    assert overseer.late == ()
    upto = overseer.newest or FIRST
    for kind, name in HOLDERS.items():
        state = overseer.state((kind, name))
        assert held((kind, name), overseer, state) == expected(events, kind, upto)
        before = FIRST + timedelta(chance.randrange(DAYS))
        then = overseer.state((kind, name), as_of=before)
        known = [e for e in events if e.at <= before]
        assert held((kind, name), overseer, then, as_of=before) == expected(known, kind, before)


@pytest.mark.parametrize("seed", range(3))
def test_every_proposal_is_returned_once(seed: int) -> None:
    """One that a later event of the same day withdrew may come up again, of another day."""
    overseer = Overseer(BOOK, lateness=LATENESS)
    told = []
    for each in sorted(history(random.Random(seed)), key=lambda e: (e.at, e.id)):
        told += overseer.observe(each)
    keys = [(p.subject, p.measure, p.number, p.at) for p in told]
    assert len(keys) == len(set(keys))
    ever = [p for proposals in overseer.all_proposals().values() for p in proposals]
    assert ever == [p for s in overseer.subjects() for p in overseer.proposals(s)]
    assert {(p.subject, p.measure, p.number, p.at) for p in ever} <= set(keys)
