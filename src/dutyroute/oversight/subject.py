"""What is known about one subject, and which measures follow from it, day by day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from dutyroute.diagram.ruling import Duty
from dutyroute.oversight.event import UNFOUNDED, Event, Subject
from dutyroute.oversight.measures import Facts, Lowered
from dutyroute.oversight.proposal import Near, Proposal, RatingChange, SubjectState
from dutyroute.rulebook.oversight import fact_of

_FOLD = 8
"""Recent events from which on those that are settled are moved into the settled record."""

Decide = Callable[[str, Facts], tuple[Duty, ...]]


@dataclass(slots=True)
class SubjectRecord:
    """
    What is known about one subject; it moves forward day by day and never back.

    Days are ordinals, as of `date.toordinal`. `windows` holds, for each counter,
    the day and id of each event that counts now; `orders` the open orders to
    rectify with the last day to comply, if that is known. Of each measure only
    the `latest` proposal is kept, so that a record does not grow with its age.
    `fresh` are the proposals made since the caller last emptied the list.
    """

    subject: Subject
    lowered: Lowered
    day: int = 0
    windows: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    orders: dict[str, int | None] = field(default_factory=dict)
    taken: dict[str, None] = field(default_factory=dict)
    standing: dict[str, None] = field(default_factory=dict)
    latest: dict[str, Proposal] = field(default_factory=dict)
    set_points: int | None = None
    set_stars: int | None = None
    disputes: dict[str, None] = field(default_factory=dict)
    changes: list[RatingChange] = field(default_factory=list)
    fresh: list[Proposal] = field(default_factory=list)

    def copy(self) -> SubjectRecord:
        """Return an independent copy, without fresh proposals."""
        # One level deep, since `deepcopy` is twenty times slower and every late event needs a copy.
        held = {each.name: getattr(self, each.name) for each in fields(self)}
        copied: dict[str, Any] = {n: each.copy() for n, each in held.items() if isinstance(each, dict | list)}
        windows = {name: days.copy() for name, days in self.windows.items()}
        return replace(self, **{**copied, "windows": windows, "fresh": []})

    def advance(self, day: int, decide: Decide) -> None:
        """Move to the end of a day without events: windows slide, time limits run out."""
        while (tick := self.next_tick()) is not None and tick <= day:
            self._settle(tick, decide)

    def take(self, day: int, events: Iterable[Event], decide: Decide) -> None:
        """Take in the events of a day, and decide at its end."""
        self.advance(day - 1, decide)
        # Sorted, because the result must not depend on the order in which events arrive.
        for event in sorted(events, key=lambda each: (_rank(each), each.id)):
            self._enter(event, day)
        self._settle(day, decide)

    def replay(self, events: Iterable[Event], decide: Decide) -> None:
        """Take in events of many days, in the order of their days."""
        for day, same in groupby(sorted(events, key=_day), key=_day):
            self.take(day, same, decide)

    def finish(self, day: int, decide: Decide) -> SubjectRecord:
        """Move to the end of a day, at which the state is asked for."""
        self.advance(day, decide)
        self.day = max(self.day, day)
        return self

    def pop_fresh(self) -> list[Proposal]:
        """Empty the list of fresh proposals and return what was in it."""
        found, self.fresh = self.fresh, []
        return found

    def next_tick(self) -> int | None:
        """Return the next day on which something changes without an event."""
        ticks = []
        for name, days in self.windows.items():
            window = self.lowered.filters[name][1]
            if days and window is not None:
                ticks.append(days[0][0] + window)
        # An order is overdue on the day after its last day.
        ticks += [due + 1 for due in self.orders.values() if due is not None and due + 1 > self.day]
        return min(ticks, default=None)

    def rated(self) -> tuple[int | None, int | None]:
        """Return points and stars; None where nobody has configured or set them."""
        scale = self.lowered.scales[self.subject[0]]
        points = scale.base if self.set_points is None else self.set_points
        if self.set_stars is not None or points is None:
            return points, self.set_stars
        return points, scale.stars(points)

    def overdue(self) -> tuple[str, ...]:
        """List the orders to rectify that were not met within their time."""
        return tuple(order for order, due in self.orders.items() if due is not None and due < self.day)

    def near(self) -> Iterator[Near]:
        """Yield the counters of measures all of whose thresholds are close."""
        for measure in self.lowered.active:
            # Without an order to rectify no number of complaints leads to a sanction.
            is_open = bool(self.orders) or not measure.is_sanction
            if self.subject[0] not in measure.subject or measure.id in self.standing or not is_open:
                continue
            found = [
                Near(measure.id, counter, len(self.windows.get(counter, ())), least)
                for counter, least in self.lowered.thresholds[measure.id]
            ]
            if all(each.is_close for each in found):
                yield from found

    def fact(self, name: str) -> Any:
        """Return the value of a fact; None where it is unknown, or says what is proposed."""
        # One by one, since most measures ask for two or three facts, and every event asks.
        if name in self.lowered.filters:
            return len(self.windows.get(name, ()))
        if name in self.lowered.states:
            return self.lowered.states[name] in self.taken
        match name:
            case "rectification_ordered":
                return bool(self.orders)
            case "rectification_overdue":
                # An order without a known time limit may be overdue or not.
                return True if self.overdue() else None if None in self.orders.values() else False
            case "in_dispute":
                return bool(self.disputes)
            case "points" | "stars":
                return self.rated()[name == "stars"]
        return None

    def _enter(self, event: Event, day: int) -> None:
        for name, (counted, _) in self.lowered.filters.items():
            if event in counted:
                self.windows.setdefault(name, []).append((day, event.id))
        match event.kind:
            case "rectification-ordered":
                within = self.lowered.values.get("rectify-days")
                by_setting = day + within if isinstance(within, int) else None
                self.orders[event.id] = by_setting if event.due is None else event.due.toordinal()
            case "rectified":
                for order in [event.of] if event.of else list(self.orders):  # without `of`: all of them
                    self.orders.pop(order, None)
            case "incident-decided" if event.of and event.outcome == UNFOUNDED:
                self._drop(event, event.of)
            case "measure-taken":
                self.taken[event.measure or ""] = None
            case "measure-lifted":
                self.taken.pop(event.measure or "", None)
        self._rate(event)

    def _drop(self, event: Event, of: str) -> None:
        """Count an earlier event no more, as it turned out to be unfounded, unless such events count, too."""
        dropped = set()
        for name, days in self.windows.items():
            kept = [each for each in days if each[1] != of]
            if len(kept) < len(days) and not self.lowered.filters[name][0].counts_unfounded:
                self.windows[name] = kept
                dropped.add(name)
        for measure, proposal in self.latest.items():
            if of in proposal.events and not dropped.isdisjoint(self.lowered.used[measure]):
                self.latest[measure] = replace(proposal, unfounded=(*proposal.unfounded, of))
        changes = self.lowered.scales[self.subject[0]].changes
        undone = {reason for counted, reason, _ in changes if not counted.counts_unfounded}
        if any(each.event == of and each.reason in undone for each in self.changes):
            self._take_back(event, of)

    def _rate(self, event: Event) -> None:
        """Change the rating as an event says, and keep the reason."""
        if event.kind == "rating-set":
            before = self.rated()[0]
            self.set_points = before if event.points is None else event.points
            self.set_stars = event.stars
            self._changed(event, "rating-set", (self.set_points or 0) - (before or 0))
        elif event.kind == "dispute" and event.of:
            # Without an outcome it is open. `accepted` takes the change back, any other closes it.
            if event.outcome is None:
                self.disputes[event.of] = None
            else:
                self.disputes.pop(event.of, None)
            if event.outcome == "accepted":
                self._take_back(event, event.of)
            else:
                self._changed(event, "dispute", 0)
        elif event.kind == "repair" and event.of:
            self._take_back(event, event.of)
        for counted, reason, points in self.lowered.scales[self.subject[0]].changes:
            if event in counted and self.rated()[0] is not None:
                self._add(event, reason, points)

    def _take_back(self, event: Event, of: str) -> None:
        """Undo the change of points that an event made, and what was already taken back of it."""
        taken = sum(each.delta for each in self.changes if of in (each.event, each.reason.partition(":")[2]))
        self._add(event, f"{event.kind}:{of}", -taken)

    def _add(self, event: Event, reason: str, delta: int) -> None:
        points = self.rated()[0]
        if points is not None:
            self.set_points = points + delta
            if delta:
                self.set_stars = None  # stars that were set by hand do not outlive the points
        self._changed(event, reason, delta)

    def _changed(self, event: Event, reason: str, delta: int) -> None:
        self.changes.append(RatingChange(event.at, event.id, reason, delta, *self.rated()))

    def _settle(self, day: int, decide: Decide) -> None:
        """End a day: drop what leaves the windows, and decide."""
        self.day = day
        for name, days in self.windows.items():
            window = self.lowered.filters[name][1]
            # A window of n days has the day itself and the n - 1 before it.
            if window is not None and days and days[0][0] + window <= day:
                del days[: bisect_right(days, day - window, key=itemgetter(0))]
        kind = self.subject[0]
        about = self.lowered.about[kind]
        if not about:
            return
        # Only facts that some condition about this kind of subject names: most events then leave
        # the question the same as the day before, and the decider has the answer already.
        known = {fact: value for fact in about if (value := self.fact(fact)) is not None}
        duties = decide(kind, tuple(known.items()))
        if not duties:
            self.standing.clear()
            return
        # A proposal whose condition still holds is not made again.
        holding = {duty.role for duty in duties}
        self.standing = {measure: None for measure in self.standing if measure in holding}
        known |= {fact_of(measure, "proposed"): True for measure in holding}
        for duty in duties:
            if duty.role not in self.standing:
                self.standing[duty.role] = None
                self._renew(duty, known)

    def _renew(self, duty: Duty, known: dict[str, Any]) -> None:
        """Make a proposal for a measure whose condition holds again, unless it may be made only once."""
        measure = self.lowered.oversight.measures[duty.role]
        before = self.latest.get(measure.id)
        if before is not None and measure.again == "once":
            return
        used = self.lowered.used[measure.id]
        events = [name for _, name in sorted(pair for fact in used for pair in self.windows.get(fact, ()))]
        if {"rectification_ordered", "rectification_overdue"} & set(used):
            events = [*self.orders, *events]
        self.latest[measure.id] = proposal = Proposal(
            subject=self.subject,
            measure=measure.id,
            number=1 if before is None else before.number + 1,
            at=date.fromordinal(self.day),
            to=measure.propose_to,
            rules=(measure.id,),
            clauses=duty.clauses,
            basis=duty.basis,
            events=tuple(dict.fromkeys(events)),
            facts=tuple((fact, known.get(fact)) for fact in used),
            candidate=measure.is_candidate,
        )
        self.fresh.append(proposal)

    def state(self) -> SubjectState:
        """Return what is known at the end of the record's day."""
        points, stars = self.rated()
        return SubjectState(
            subject=self.subject,
            at=date.fromordinal(self.day) if self.day else date.min,
            counts={name: len(self.windows.get(name, ())) for name in self.lowered.filters},
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


class SubjectTimeline:
    """
    A subject's record as of now, and what is needed to take in a late event.

    `live` is the record as of now. `settled` is the record as of a day before
    which no event can come any more, `recent` the events since. An event of an
    earlier day than `live` is put in its place by taking a copy of `settled`
    through `recent` again. `reminder` is the next day on which something changes
    without an event.
    """

    __slots__ = ("live", "recent", "reminder", "settled")

    def __init__(self, subject: Subject, lowered: Lowered) -> None:
        self.settled: SubjectRecord = SubjectRecord(subject, lowered)
        self.live: SubjectRecord = self.settled.copy()
        self.recent: list[Event] = []
        self.reminder: int | None = None

    def enter(
        self, day: int, events: list[Event], decide: Decide, *, newest: int, floor: int
    ) -> list[Proposal]:
        """
        Take in the events of a day; return the new proposals.

        Time then passes to the day `newest`. No event can come any more of a day
        before `floor`.
        """
        self.recent += events
        # What `live` proposed before is not reported again when it is worked out again.
        known = {measure: proposal.number for measure, proposal in self.live.latest.items()}
        if day > self.live.day:
            self.live.take(day, events, decide)
        else:
            self.live = self.settled.copy()
            self.live.replay(self.recent, decide)
        self.live.advance(newest, decide)
        # Not at every event, since each time all of `recent` is searched.
        if len(self.recent) >= _FOLD and min(map(_day, self.recent)) < floor:
            self.settled.replay((e for e in self.recent if _day(e) < floor), decide)
            self.settled.fresh.clear()
            self.recent = [e for e in self.recent if _day(e) >= floor]
        return [p for p in self.live.pop_fresh() if p.number > known.get(p.measure, 0)]


def _day(event: Event) -> int:
    return event.at.toordinal()


def _rank(event: Event) -> int:
    """Order the events of a day: answers come after what they answer, decisions on those last."""
    # Days have no hours. A rectification on the day of its order still has to follow it.
    if event.kind == "repair" or (event.kind == "dispute" and event.outcome):
        return 2
    is_answer = event.kind in ("rectified", "measure-lifted", "dispute") or event.of is not None
    return 1 if is_answer else 0
