"""The same events in any order, and after any restart, call for the same measures."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyroute import EventError, Ledger, LedgerStore, MemoryStore, Overseer
from dutyroute.oversight import Event, Proposal
from watching import FIRST, HOLDERS, LATENESS, event, expected, held, measure, watched

BOOK = watched()


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Up to sixty events about two subjects within the allowed lateness, in any order."""
    kinds = st.sampled_from(
        ["complaint"] * 6
        + ["incident-decided", "rectification-ordered", "rectified", "measure-taken", "measure-lifted"]
    )
    found = []
    for number in range(draw(st.integers(0, 60))):
        kind, day = draw(kinds), draw(st.integers(0, LATENESS))
        about = draw(st.sampled_from([("property-company",), ("community",), tuple(HOLDERS)]))
        more: dict[str, Any] = {}
        if kind == "incident-decided":
            more = {
                "outcome": draw(st.sampled_from(["confirmed", "settled"])),
                "matter": draw(st.sampled_from(["fire-lane", "complaint", None])),
            }
        elif kind.startswith("measure"):
            more = {"measure": draw(st.sampled_from(["talk", "ban"]))}
        elif kind == "rectification-ordered" and draw(st.booleans()):
            more = {"due": FIRST + timedelta(day + draw(st.integers(-2, 12)))}
        elif kind == "rectified" and draw(st.booleans()):
            more = {"of": f"E{draw(st.integers(0, 60)):02}"}
        found.append(event(f"E{number:02}", kind, day, *about, **more))
    return draw(st.permutations(found))


def proposed(overseer: Overseer, kind: str) -> list[tuple[str, Any, int]]:
    return held((kind, HOLDERS[kind]), overseer, overseer.state((kind, HOLDERS[kind])))


@settings(max_examples=80, deadline=None)
@given(histories(), st.integers(0, 60))
def test_any_order_and_any_restart_give_what_the_sorted_list_gives(events: list[Event], cut: int) -> None:
    store = MemoryStore()
    first = Overseer(BOOK, store, lateness=LATENESS)
    for each in events[:cut]:
        first.observe(each)
    second = Overseer(BOOK, store, lateness=LATENESS)
    for each in (*events[cut:], *events[:3]):
        second.observe(each)
    third = Overseer(BOOK, store, lateness=LATENESS)
    assert second.late == third.late == ()
    for kind in HOLDERS:
        upto = second.newest or FIRST
        wanted = expected(events, kind, upto)
        assert proposed(second, kind) == proposed(third, kind) == wanted


@settings(max_examples=60, deadline=None)
@given(histories(), st.integers(0, LATENESS + 20))
def test_a_state_of_any_day_is_what_the_events_until_then_give(events: list[Event], day: int) -> None:
    overseer = Overseer(BOOK, lateness=LATENESS)
    overseer.observe_many(events)
    upto = FIRST + timedelta(day)
    for kind, name in HOLDERS.items():
        state = overseer.state((kind, name), as_of=upto)
        assert held((kind, name), overseer, state, as_of=upto) == expected(
            [e for e in events if e.at <= upto], kind, upto
        )


@settings(max_examples=60, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_overseers_that_share_a_store_see_what_one_would(events: list[Event], chance: random.Random) -> None:
    """Whoever is told of an event, and whoever is asked."""
    store = MemoryStore()
    shared = [Overseer(BOOK, store, lateness=LATENESS) for _ in range(3)]
    for each in events:
        chance.choice(shared).observe(each)
    for kind in HOLDERS:
        upto = shared[0].newest or FIRST
        assert [proposed(one, kind) for one in shared] == [expected(events, kind, upto)] * 3


def test_a_proposal_is_returned_where_its_event_was_observed(tmp_path: Path) -> None:
    """Two processes, one ledger: the third complaint comes to the other, and the first does not repeat it."""
    path = tmp_path / "duties.db"
    with Ledger.open(path) as one, Ledger.open(path) as other:
        first, second = (Overseer(BOOK, LedgerStore(each)) for each in (one, other))
        assert [first.observe(event(f"C{n}", "complaint", 0)) for n in range(2)] == [(), ()]
        (told,) = second.observe(event("C2", "complaint", 0))
        assert (told.measure, told.events) == ("watch", ("C0", "C1", "C2"))
        assert first.standing() == second.standing() == (told,)
        assert first.observe(event("C2", "complaint", 0)) == ()
        with pytest.raises(EventError):
            first.observe(event("C2", "complaint", 1))


def test_threads_may_share_an_overseer() -> None:
    events = [event(f"C{n:03}", "complaint", n % 30) for n in range(300)]
    overseer = Overseer(BOOK, lateness=LATENESS)
    with ThreadPoolExecutor(8) as pool:
        told = [p for found in pool.map(overseer.observe, events) for p in found]
    assert proposed(overseer, "property-company") == expected(
        events, "property-company", FIRST + timedelta(29)
    )
    assert [p.measure for p in told].count("watch") >= 1


def test_what_is_newly_proposed_comes_with_its_events_and_rules() -> None:
    overseer = Overseer(BOOK)
    found = [overseer.observe(event(f"C{n}", "complaint", n)) for n in range(3)]
    assert found[:2] == [(), ()]
    (proposal,) = found[2]
    assert (proposal.measure, proposal.to, proposal.rules) == ("watch", "housing", ("watch",))
    assert proposal.events == ("C0", "C1", "C2")
    assert proposal.clauses == ("opinion/1.1",)
    counts = {r.rule: r.standing for r in overseer.explain(proposal).reasons}
    assert counts["watch"] == "counts"
    assert json.loads(proposal.to_json()) == proposal.to_dict()
    assert Proposal.from_json(proposal.to_json()) == proposal


def test_time_alone_can_trigger_a_measure() -> None:
    """An order runs out while nothing more is heard of the company; the news is another's."""
    overseer = Overseer(BOOK)
    overseer.observe(event("O", "rectification-ordered", 0))
    for n in range(2):
        assert overseer.observe(event(f"C{n}", "complaint", 3)) == ()
    found = overseer.observe(event("X", "rectified", 6, "community"))
    assert {(p.measure, p.subject[1], p.at) for p in found} == {
        ("ban", "甲", FIRST + timedelta(6)),
        ("talk", "甲", FIRST + timedelta(6)),
    }


def test_an_event_seen_twice_changes_nothing() -> None:
    overseer = Overseer(BOOK)
    for _ in range(5):
        overseer.observe(event("C", "complaint", 0))
    assert overseer.state(("property-company", "甲")).counts["complaints"] == 1


def test_an_id_with_other_content_is_refused() -> None:
    overseer = Overseer(BOOK)
    overseer.observe(event("C", "complaint", 0))
    with pytest.raises(EventError) as caught:
        overseer.observe(event("C", "complaint", 1))
    assert caught.value.code == "event-changed"
    assert overseer.state(("property-company", "甲")).counts["complaints"] == 1


def test_an_event_too_late_is_listed_and_not_counted() -> None:
    store = MemoryStore()
    overseer = Overseer(BOOK, store, lateness=2)
    overseer.observe(event("A", "complaint", 10))
    overseer.observe(event("B", "complaint", 8))
    late = event("C", "complaint", 7)
    assert overseer.observe(late) == ()
    assert overseer.late == Overseer(BOOK, store, lateness=2).late == (late,)
    assert overseer.state(("property-company", "甲")).counts["complaints"] == 2


def test_a_late_event_withdraws_proposals_that_no_longer_follow() -> None:
    """The company had rectified in time; the news of it came last."""
    overseer = Overseer(BOOK)
    overseer.observe(event("O", "rectification-ordered", 0))
    overseer.observe_many([event("A", "complaint", 8), event("B", "complaint", 9)])
    assert {p.measure for p in overseer.standing()} == {"talk", "ban"}
    assert overseer.observe(event("R", "rectified", 4)) == ()
    assert overseer.standing() == ()


def test_within_a_day_an_answer_comes_after_what_it_answers() -> None:
    """Whatever their ids are."""
    overseer = Overseer(BOOK)
    overseer.observe_many([event("A", "rectified", 3), event("Z", "rectification-ordered", 3)])
    assert overseer.state(("property-company", "甲")).orders == ()


def test_an_unknown_kind_of_subject_is_an_error() -> None:
    with pytest.raises(ValueError, match="one of property-company"):
        Overseer(BOOK).state(("property_company", "甲"))


def test_what_is_unknown_is_not_told_as_no() -> None:
    seen = measure("seen", "inspection", "property-company", {"any": ({"stars": 1}, {"complaints": 1})})
    overseer = Overseer(watched(measures=(seen,)))
    (proposal,) = overseer.observe(event("A", "complaint", 0))
    assert dict(proposal.facts) == {"complaints": 1, "stars": None}
    assert overseer.explain(proposal).reasons


def test_an_event_made_by_hand_is_read_like_any_other() -> None:
    store = MemoryStore()
    for strange in (event("A", "complain", 0), event("B", "complaint", 0, note="n" * 300)):
        with pytest.raises(EventError):
            Overseer(BOOK, store).observe(strange)
    assert list(store.events()) == []


def test_there_are_three_engines() -> None:
    with pytest.raises(KeyError):
        Overseer(BOOK, engine="diagramm")  # type: ignore[arg-type]
