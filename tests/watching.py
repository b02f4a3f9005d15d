"""A small oversight, and what it means told again in plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from books import book
from dutyroute import Overseer, Rulebook
from dutyroute.oversight import Event, Subject, SubjectState

__all__ = ["CHARTER", "FIRST", "HOLDERS", "LATENESS", "event", "expected", "held", "watched"]

FIRST = date(2026, 1, 1)
LATENESS = 40
WITHIN = 5

CITE = {"cite": "opinion/1.1", "basis": "inferred"}


def measure(name: str, kind: str, subject: Any, when: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "title": name,
        "kind": kind,
        "subject": subject,
        "when": when,
        "propose_to": "housing",
        **CITE,
        **more,
    }


def watched(**changes: Any) -> Rulebook:
    """Return the small oversight, some of its lists replaced."""
    return book(**{**CHARTER, **changes})


CHARTER: dict[str, Any] = {
    "settings": (
        {"id": "many", "title": "多", "cite": "opinion/1.1", "value": 3},
        {"id": "rectify-days", "title": "期限", "cite": "opinion/1.1", "value": WITHIN},
    ),
    "counters": (
        {"id": "complaints", "title": "投诉", "counts": {"kinds": "complaint"}, "window": 7},
        {
            "id": "confirmed",
            "title": "查实",
            "counts": {"kinds": "incident-decided", "outcomes": "confirmed", "matters": "violation"},
        },
    ),
    "measures": (
        measure("meeting", "meeting", "community", {"watch_proposed": True, "confirmed": {"at_least": 1}}),
        measure(
            "watch",
            "inspection",
            ("property-company", "community"),
            {"complaints": {"at_least": {"setting": "many"}}},
        ),
        measure("talk", "talk", "property-company", {"complaints": {"at_least": 2}}),
        measure("ban", "ban", "property-company", {"complaints": {"at_least": 2}}, again="once"),
        measure("praise", "escalation", "property-company", {"talk_taken": True, "complaints": 0}),
    ),
}

HOLDERS = {"property-company": "甲", "community": "乙"}


def event(name: str, kind: str, day: int, *kinds: str, **more: Any) -> Event:
    """Write an event about the company, unless other kinds of subject are named."""
    subjects = tuple((k, HOLDERS[k]) for k in kinds or ("property-company",))
    return Event(name, kind, FIRST + timedelta(day), subjects, **more)


def expected(events: Iterable[Event], kind: str, upto: date) -> list[tuple[str, date, int]]:
    """Say what is proposed about a subject: every day looked at from nothing."""
    mine = [e for e in events if (kind, HOLDERS[kind]) in e.subjects]
    found: list[tuple[str, date, int]] = []
    before: set[str] = set()
    day = min((e.at for e in mine), default=upto)
    while day <= upto:
        now = holding([e for e in mine if e.at <= day], kind, day)
        for name in sorted(now - before):
            times = sum(name == each for each, _, _ in found)
            if not (name == "ban" and times):
                found.append((name, day, times + 1))
        before, day = now, day + timedelta(1)
    return sorted(found)


def held(
    subject: Subject, overseer: Overseer, state: SubjectState, as_of: date | None = None
) -> list[tuple[str, date, int]]:
    """List all that was ever proposed; the state counts it, and what stands is what came last."""
    ever = overseer.proposals(subject, as_of=as_of)
    latest = {proposal.measure: proposal for proposal in ever}
    assert state.proposed == {measure: proposal.number for measure, proposal in latest.items()}
    assert [latest[proposal.measure] for proposal in state.standing] == list(state.standing)
    return sorted((p.measure, p.at, p.number) for p in ever)


def holding(known: list[Event], kind: str, day: date) -> set[str]:
    """Say which measures are called for at the end of one day."""
    complaints = sum(e.kind == "complaint" and day - e.at < timedelta(7) for e in known)
    confirmed = sum(
        e.kind == "incident-decided" and e.outcome == "confirmed" and e.matter in ("violation", "fire-lane")
        for e in known
    )
    orders, taken = standing(known)
    overdue = any(due < day for due in orders.values())
    found = {"watch"} if complaints >= 3 else set()
    if kind == "community":
        return found | ({"meeting"} if found and confirmed else set())
    if complaints >= 2 and overdue:
        found |= {"talk", "ban"}
    if "talk" in taken and complaints == 0:
        found.add("praise")
    return found


def standing(known: list[Event]) -> tuple[dict[str, date], set[str]]:
    """Go through the events in order: which orders are open, which measures are taken."""
    orders: dict[str, date] = {}
    taken: set[str] = set()
    answers = ("rectified", "measure-lifted")
    for each in sorted(known, key=lambda e: (e.at, e.kind in answers, e.id)):
        if each.kind == "rectification-ordered":
            orders[each.id] = each.due or each.at + timedelta(WITHIN)
        elif each.kind == "rectified":
            orders = {k: v for k, v in orders.items() if each.of is not None and k != each.of}
        elif each.kind == "measure-taken":
            taken.add(str(each.measure))
        elif each.kind == "measure-lifted":
            taken.discard(str(each.measure))
    return orders, taken
