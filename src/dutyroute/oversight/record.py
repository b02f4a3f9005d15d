"""Record: what stands about one subject on a day, and what follows from it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any, Literal

from dutyroute.oversight.event import Event, Subject
from dutyroute.oversight.lowering import Lowered, Scale
from dutyroute.rulebook.oversight import fact_of
from dutyroute.rulebook.types import Basis

__all__ = ["Decided", "Near", "Proposal", "RatingChange", "Record", "State"]

Facts = tuple[tuple[str, Any], ...]
Decided = tuple[tuple[str, tuple[str, ...], Basis], ...]
"""The measures proposed together: each with its clauses and its basis."""

Decide = Callable[[str, Facts], Decided]
Days = list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    A measure that a subject's record calls for; a person decides on it.

    `number` counts the times that it was proposed for this subject. `facts` are
    those that its condition names, `events` those that led there: open orders to
    rectify, then the oldest first. `candidate` says that the measure needs another legal ground besides.
    """

    subject: Subject
    measure: str
    number: int
    at: date
    to: str
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    basis: Basis
    events: tuple[str, ...]
    facts: Facts
    candidate: bool = False
    decided_by: Literal["person"] = "person"

    def as_dict(self) -> dict[str, Any]:
        """Return plain data ready for JSON."""
        return {
            "subject": {"kind": self.subject[0], "name": self.subject[1]},
            "measure": self.measure,
            "number": self.number,
            "at": self.at.isoformat(),
            "to": self.to,
            "rules": list(self.rules),
            "clauses": list(self.clauses),
            "basis": self.basis,
            "events": list(self.events),
            "facts": dict(self.facts),
            "candidate": self.candidate,
            "decided_by": self.decided_by,
        }


@dataclass(frozen=True, slots=True)
class RatingChange:
    """A change of a subject's points: by what event and rule, and what they are after it."""

    at: date
    event: str
    reason: str
    delta: int
    points: int | None
    stars: int | None


@dataclass(frozen=True, slots=True)
class Near:
    """A counter that is close to the number from which a measure comes into question."""

    measure: str
    counter: str
    count: int
    threshold: int

    @property
    def is_close(self) -> bool:
        """Whether it is at three quarters of the threshold, or one short of it, or beyond."""
        return self.count > 0 and (self.count * 4 >= self.threshold * 3 or self.count + 1 >= self.threshold)


@dataclass(frozen=True, slots=True)
class State:
    """
    What stands about a subject at the end of a day.

    `standing` are the proposals whose conditions still hold; `proposed` says how
    often each measure was proposed, whether it still is or not. The rating is
    for reference only: it excludes nobody from a tender.
    """

    subject: Subject
    at: date
    counts: dict[str, int]
    orders: tuple[str, ...]
    overdue: tuple[str, ...]
    taken: tuple[str, ...]
    proposed: dict[str, int]
    standing: tuple[Proposal, ...]
    near: tuple[Near, ...]
    points: int | None
    stars: int | None
    disputes: tuple[str, ...]
    changes: tuple[RatingChange, ...]


@dataclass(slots=True)
class Record:
    """
    What is known of one subject, taken forward day by day and never back.

    Of each measure it keeps the `latest` proposal, so that a record does not
    grow with its age; `fresh` are those made since somebody last took them.
    """

    subject: Subject
    lowered: Lowered
    day: int = 0
    windows: dict[str, Days] = field(default_factory=dict)
    orders: dict[str, int | None] = field(default_factory=dict)
    taken: dict[str, None] = field(default_factory=dict)
    standing: dict[str, None] = field(default_factory=dict)
    latest: dict[str, Proposal] = field(default_factory=dict)
    set_points: int | None = None
    set_stars: int | None = None
    disputes: dict[str, None] = field(default_factory=dict)
    changes: list[RatingChange] = field(default_factory=list)
    fresh: list[Proposal] = field(default_factory=list)

    def copy(self) -> Record:
        """Return a record that goes its own way, nothing in it fresh."""
        return Record(
            self.subject,
            self.lowered,
            self.day,
            {name: days.copy() for name, days in self.windows.items()},
            self.orders.copy(),
            self.taken.copy(),
            self.standing.copy(),
            self.latest.copy(),
            self.set_points,
            self.set_stars,
            self.disputes.copy(),
            self.changes.copy(),
        )

    def advance(self, day: int, decide: Decide) -> None:
        """Let time pass to the end of a day: windows slide, time limits run out."""
        while (tick := self.next_tick()) is not None and tick <= day:
            self._settle(tick, decide)

    def take(self, day: int, events: Iterable[Event], decide: Decide) -> None:
        """Take in a day's events, and what follows from them at its end."""
        self.advance(day - 1, decide)
        for event in sorted(events, key=lambda each: (_rank(each), each.id)):
            self._enter(event, day)
        self._settle(day, decide)

    def next_tick(self) -> int | None:
        """Tell the next day on which something changes with no event."""
        ticks = []
        for name, days in self.windows.items():
            window = self.lowered.sieves[name][1]
            if days and window is not None:
                ticks.append(days[0][0] + window)
        ticks += [due + 1 for due in self.orders.values() if due is not None and due + 1 > self.day]
        return min(ticks, default=None)

    def facts(self, asked: Iterable[str]) -> dict[str, Any]:
        """Return those of the facts asked for that are known."""
        found = {fact: self._fact(fact) for fact in asked}
        return {fact: value for fact, value in found.items() if value is not None}

    def rated(self) -> tuple[int | None, int | None]:
        """Return points and stars; None where nobody has configured or set them."""
        scale = self.lowered.scales.get(self.subject[0], _NO_SCALE)
        points = scale.base if self.set_points is None else self.set_points
        if self.set_stars is not None or points is None:
            return points, self.set_stars
        return points, scale.stars(points)

    def overdue(self) -> tuple[str, ...]:
        """List the orders to rectify that were not met within their time."""
        return tuple(order for order, due in self.orders.items() if due is not None and due < self.day)

    def near(self) -> Iterator[Near]:
        """Yield the counters of measures close to coming into question: at three quarters, or one short."""
        for measure in self.lowered.active:
            if self.subject[0] not in measure.subject or measure.id in self.standing:
                continue
            if measure.is_sanction and not self.orders:
                continue  # no number of complaints comes near a sanction while there is no order to rectify
            found = [
                Near(measure.id, counter, len(self.windows.get(counter, ())), least)
                for counter, least in self.lowered.thresholds[measure.id]
            ]
            if all(each.is_close for each in found):
                yield from found

    def _fact(self, fact: str) -> Any:
        if fact in self.lowered.sieves:
            return len(self.windows.get(fact, ()))
        measure = self.lowered.states.get(fact)
        return measure in self.taken if measure else _STANDING.get(fact, _unknown)(self)

    def _is_overdue(self) -> bool | None:
        if self.overdue():
            return True
        return None if any(due is None for due in self.orders.values()) else False

    def _enter(self, event: Event, day: int) -> None:
        for name, (sieve, _) in self.lowered.sieves.items():
            if event in sieve:
                self.windows.setdefault(name, []).append((day, event.id))
        match event.kind:
            case "rectification-ordered":
                self.orders[event.id] = self._due(event, day)
            case "rectified":
                for order in [event.of] if event.of else list(self.orders):
                    self.orders.pop(order, None)
            case "measure-taken":
                self.taken[event.measure or ""] = None
            case "measure-lifted":
                self.taken.pop(event.measure or "", None)
        self._rate(event)

    def _due(self, event: Event, day: int) -> int | None:
        """Tell by which day an order has to be met: its own word, else the setting."""
        if event.due is not None:
            return event.due.toordinal()
        within = self.lowered.values.get("rectify-days")
        return day + within if isinstance(within, int) else None

    def _rate(self, event: Event) -> None:
        """Change the rating as an event asks, and keep the reason."""
        if event.kind == "rating-set":
            before = self.rated()[0]
            self.set_points = before if event.points is None else event.points
            self.set_stars = event.stars
            self._changed(event, "rating-set", (self.set_points or 0) - (before or 0))
        elif event.kind == "dispute" and event.of:
            self._dispute(event, event.of)
        elif event.kind == "repair" and event.of:
            self._take_back(event, event.of)
        for sieve, reason, points in self.lowered.scales.get(self.subject[0], _NO_SCALE).changes:
            if event in sieve and self.rated()[0] is not None:
                self._add(event, reason, points)

    def _dispute(self, event: Event, of: str) -> None:
        """Open a dispute; `accepted` takes the change back, any other outcome closes it."""
        if event.outcome is None:
            self.disputes[of] = None
            self._changed(event, "dispute", 0)
            return
        self.disputes.pop(of, None)
        if event.outcome == "accepted":
            self._take_back(event, of)
        else:
            self._changed(event, "dispute", 0)

    def _take_back(self, event: Event, of: str) -> None:
        taken = sum(each.delta for each in self.changes if of in (each.event, each.reason.partition(":")[2]))
        self._add(event, f"{event.kind}:{of}", -taken)

    def _add(self, event: Event, reason: str, delta: int) -> None:
        points = self.rated()[0]
        if points is not None:
            self.set_points = points + delta
            if delta:
                self.set_stars = None
        self._changed(event, reason, delta)

    def _changed(self, event: Event, reason: str, delta: int) -> None:
        self.changes.append(RatingChange(event.at, event.id, reason, delta, *self.rated()))

    def _settle(self, day: int, decide: Decide) -> None:
        """Come to the end of a day: what leaves the windows, and what is proposed anew."""
        self.day = day
        for name, days in self.windows.items():
            window = self.lowered.sieves[name][1]
            if window is not None and days and days[0][0] + window <= day:
                del days[: bisect_right(days, day - window, key=itemgetter(0))]
        self._propose(decide)

    def _propose(self, decide: Decide) -> None:
        kind = self.subject[0]
        about = self.lowered.about[kind]
        if not about:
            return
        known = self.facts(about)
        facts = tuple(known.items())
        decided = decide(kind, facts)
        if not decided:
            self.standing.clear()
            return
        holding = {measure for measure, _, _ in decided}
        self.standing = {measure: None for measure in self.standing if measure in holding}
        proposed = {fact_of(m, "proposed"): True for m in holding}
        for measure, clauses, basis in decided:
            if measure not in self.standing:
                self._stand(measure, clauses, basis, known | proposed)

    def _stand(self, measure: str, clauses: tuple[str, ...], basis: Basis, known: dict[str, Any]) -> None:
        written = self.lowered.charter.measures[measure]
        before = self.latest.get(measure)
        self.standing[measure] = None
        if before is not None and written.again == "once":
            return
        used = self.lowered.used[measure]
        self.latest[measure] = proposal = Proposal(
            subject=self.subject,
            measure=measure,
            number=1 if before is None else before.number + 1,
            at=date.fromordinal(self.day),
            to=written.propose_to,
            rules=(measure,),
            clauses=clauses,
            basis=basis,
            events=self._evidence(used),
            facts=tuple((f, known.get(f)) for f in used),
            candidate=written.is_candidate,
        )
        self.fresh.append(proposal)

    def _evidence(self, used: tuple[str, ...]) -> tuple[str, ...]:
        """List the events behind the facts of a condition: open orders, then the oldest first."""
        found = [pair for name in used for pair in self.windows.get(name, ())]
        names = [name for _, name in sorted(found)]
        if {"rectification_ordered", "rectification_overdue"} & set(used):
            names = [*self.orders, *names]
        return tuple(dict.fromkeys(names))

    def state(self) -> State:
        """Say what stands at the end of the day that the record has come to."""
        points, stars = self.rated()
        return State(
            subject=self.subject,
            at=date.fromordinal(self.day) if self.day else date.min,
            counts={name: len(self.windows.get(name, ())) for name in self.lowered.sieves},
            orders=tuple(self.orders),
            overdue=self.overdue(),
            taken=tuple(self.taken),
            proposed={measure: proposal.number for measure, proposal in self.latest.items()},
            standing=tuple(self.latest[measure] for measure in self.standing),
            near=tuple(self.near()),
            points=points,
            stars=stars,
            disputes=tuple(self.disputes),
            changes=tuple(self.changes),
        )


def _rank(event: Event) -> int:
    """Order a day: what answers to something comes after it, what decides on that last."""
    if event.kind == "repair" or (event.kind == "dispute" and event.outcome):
        return 2
    return 1 if event.kind in ("rectified", "measure-lifted", "dispute") else 0


def _unknown(_: Record) -> None:
    """Know nothing: whether a measure is proposed is what is to be found out."""


_NO_SCALE = Scale()
_STANDING: dict[str, Callable[[Record], Any]] = {
    "rectification_ordered": lambda record: bool(record.orders),
    "rectification_overdue": Record._is_overdue,
    "in_dispute": lambda record: bool(record.disputes),
    "points": lambda record: record.rated()[0],
    "stars": lambda record: record.rated()[1],
}
