"""Overseer: takes in events, says which measures they call for."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from datetime import date
from heapq import heappop, heappush
from itertools import groupby, islice
from threading import RLock
from typing import Literal

from dutyroute.errors import EventError
from dutyroute.oversight.decider import Decider
from dutyroute.oversight.event import Event, Subject, read_event
from dutyroute.oversight.lowering import Lowered, lower
from dutyroute.oversight.record import Proposal, Record, State
from dutyroute.oversight.seen import Imprints
from dutyroute.oversight.store import MemoryStore, Store
from dutyroute.oversight.terms import Terms
from dutyroute.routing.agreement import Agreement
from dutyroute.routing.explanation import Explanation
from dutyroute.rulebook.oversight import SUBJECTS, Setting
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["Overseer"]

_AT_ONCE = 1_000
_FOLD = 8


class _Subject:
    """A subject's record as of now, and what is needed to take in a late event."""

    __slots__ = ("live", "recent", "reminder", "settled")

    def __init__(self, subject: Subject, lowered: Lowered) -> None:
        self.settled = Record(subject, lowered)
        self.live = self.settled.copy()
        self.recent: list[Event] = []
        self.reminder: int | None = None


class Overseer:
    """
    Watches subjects over time and proposes the measures that their record calls for.

    Only event time counts: what is proposed follows from the set of events, not
    from the order in which they came. An event more than `lateness` days behind
    the newest goes to `late` and changes nothing. Everything is decided by the
    ordinary diagram, of the rulebook that the measures are lowered into.

    Safe to share between threads; overseers in several processes may share a
    ledger, and take in each other's events before they answer.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        store: Store | None = None,
        *,
        lateness: int = 30,
        engine: Literal["diagram", "rete", "both"] = "diagram",
    ) -> None:
        """
        Take in what the store holds, and be ready for more.

        Without a `store` events are kept in memory. `lateness` is a number of days.
        A subject is a pair of its kind and its name: `("community", "东苑")`, the
        kinds being `property-company`, `community` and `street-office`.
        With the engine `rete`, durable-rules decides, in a process that `close`
        ends; with `both` it is asked beside the diagram, and `agreement` counts.

        Raises:
            ValueError: if the lateness is negative.
            EngineError: if durable-rules cannot carry the measures.
            MissingExtraError: if durable-rules is not installed.
        """
        if lateness < 0:
            raise ValueError("lateness is a number of days, 0 or more")
        self.rulebook = rulebook
        self.lowered = lower(rulebook)
        self.lateness = lateness
        self._late: list[Event] = []
        self._terms = Terms(rulebook)
        self._store: Store = MemoryStore() if store is None else store
        self._decide = Decider(self.lowered, engine)
        self._subjects: dict[Subject, _Subject] = {}
        self._seen = Imprints()
        self._ticks: list[tuple[int, Subject]] = []
        self._newest = 0
        self._place = 0
        self._lock = RLock()
        self._catch_up()

    def __enter__(self) -> Overseer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process of the second engine, where there is one; nothing else is held open."""
        self._decide.close()

    @property
    def agreement(self) -> Agreement | None:
        """How far both engines agree; None where only one is asked."""
        return self._decide.agreement

    def observe(self, event: Event | dict[str, object]) -> tuple[Proposal, ...]:
        """
        Take in one event; return what it newly calls for, once it is durable.

        An event seen before changes nothing.

        Raises:
            EventError: if it cannot be read, or its id once said something else.
            LedgerError: if it cannot be recorded; it then changes nothing.
        """
        return self.observe_many([event])

    def observe_many(self, events: Iterable[Event | dict[str, object]]) -> tuple[Proposal, ...]:
        """
        Take in many events, a thousand of them recorded at a time.

        Raises:
            EventError: at the first that cannot be read; the thousands before its own stay recorded.
            LedgerError: if a thousand cannot be recorded; those before it stay.
        """
        found: list[Proposal] = []
        waiting = iter(events)
        while batch := [self.read(e) for e in islice(waiting, _AT_ONCE)]:
            with self._lock:
                self._catch_up()
                self._store.append(self._fresh(batch))
                found += self._catch_up()
        return tuple(found)

    def read(self, event: Event | dict[str, object]) -> Event:
        """
        Read an event in the rulebook's words: names and aliases will do.

        Raises:
            EventError: naming the key, the value, and what would be right.
        """
        return self._terms.spelled(read_event(event.as_dict() if isinstance(event, Event) else event))

    def agrees(self, event: Event) -> bool:
        """Tell whether an event, once read, is new, or says what it said before."""
        with self._lock:
            self._catch_up()
            return self._seen.knows(event.id, _said(event)) is not None

    @property
    def late(self) -> tuple[Event, ...]:
        """The events that came too late and do not count, in the order of arrival."""
        with self._lock:
            self._catch_up()
            return tuple(self._late)

    def subjects(self) -> tuple[Subject, ...]:
        """List everyone of whom there is a record, sorted."""
        with self._lock:
            self._catch_up()
            return tuple(sorted(self._subjects))

    @property
    def newest(self) -> date | None:
        """The newest day that any event speaks of."""
        with self._lock:
            self._catch_up()
            return date.fromordinal(self._newest) if self._newest else None

    def state(self, subject: Subject, *, as_of: date | None = None) -> State:
        """
        Say what stands about a subject, now or at the end of a day; before any event, nothing.

        Raises:
            ValueError: if there is no such kind of subject.
        """
        if subject[0] not in SUBJECTS:
            raise ValueError(f"no kind of subject: {subject[0]!r}; one of {', '.join(SUBJECTS)}")
        with self._lock:
            self._catch_up()
            day = self._day(as_of)
            told = self._told(day, {subject}) if day < self._newest else None
            return self._stand(subject, day, told)

    def states(self, *, as_of: date | None = None) -> Iterator[State]:
        """Say what stands about everyone, in one pass over the events."""
        with self._lock:
            self._catch_up()
            day, subjects = self._day(as_of), self.subjects()
            told = self._told(day, self._subjects) if day < self._newest else None
        for subject in subjects:
            with self._lock:
                found = self._stand(subject, day, told)
            yield found

    def proposals(self, subject: Subject, *, as_of: date | None = None) -> tuple[Proposal, ...]:
        """Work out from the events all that was ever proposed about a subject, whether it stands or not."""
        with self._lock:
            self._catch_up()
            day = self._day(as_of)
            return tuple(self._then(subject, self._told(day, {subject}).get(subject, ()), day).fresh)

    def all_proposals(self, *, as_of: date | None = None) -> dict[Subject, tuple[Proposal, ...]]:
        """Work out from the events all that was ever proposed about anyone."""
        with self._lock:
            self._catch_up()
            day = self._day(as_of)
            told = self._told(day, self._subjects)
            return {s: tuple(self._then(s, told.pop(s, ()), day).fresh) for s in self.subjects()}

    def standing(self) -> tuple[Proposal, ...]:
        """List every proposal whose conditions hold now."""
        return tuple(proposal for state in self.states() for proposal in state.standing)

    def history(self) -> Iterator[Event]:
        """Yield each event that was taken in, in the order of arrival."""
        seen, late = Imprints(), {event.id for event in self._late}
        for _, event in self._store.events():
            if event.id not in late and seen.add(event.id, ""):
                yield event

    def off(self) -> tuple[Setting, ...]:
        """List the settings that nobody has decided on; what needs them is not triggered."""
        return self.lowered.charter.empty()

    def explain(self, proposal: Proposal) -> Explanation:
        """
        Tell how each condition stood when a measure was proposed, by the diagram that decided it.

        Raises:
            ValueError: if the rulebook has no active measures, which proposes nothing.
        """
        return self._decide.explain(proposal)

    def _fresh(self, batch: list[Event]) -> list[Event]:
        """Leave out what was seen before; refuse an id that says something else."""
        fresh: dict[str, tuple[str, Event]] = {}
        for event in batch:
            said = _said(event)
            known = self._seen.knows(event.id, said)
            if known is None or (event.id in fresh and fresh[event.id][0] != said):
                raise EventError("event-changed", {"id": event.id})
            if known and event.id not in fresh:
                fresh[event.id] = said, event
        return [event for _, event in fresh.values()]

    def _catch_up(self) -> list[Proposal]:
        """Take in what has come into the store, from here or from another process; a subject's day at once."""
        found: list[Proposal] = []
        waiting: dict[Subject, list[Event]] = {}
        day = 0
        for place, event in self._store.events(self._place):
            self._place = place
            if not self._counts(event):
                continue
            if event.at.toordinal() != day:
                found += self._enter_all(waiting, day)
                day = event.at.toordinal()
                found += self._pass(day) if day > self._newest else []
            for subject in event.subjects:
                waiting.setdefault(subject, []).append(event)
        return found + self._enter_all(waiting, day)

    def _counts(self, event: Event) -> bool:
        """Tell whether an event is new and not too late; note it."""
        if not self._seen.add(event.id, _said(event)):
            return False
        if event.at.toordinal() < self._newest - self.lateness:
            self._late.append(event)
            return False
        return True

    def _enter_all(self, waiting: dict[Subject, list[Event]], day: int) -> list[Proposal]:
        """Enter a day's events, subject by subject; none is then waiting."""
        found = [p for subject, events in waiting.items() for p in self._enter(subject, events, day)]
        waiting.clear()
        return found

    def _pass(self, day: int) -> list[Proposal]:
        """Let time pass for everyone to the end of a day before the newest events."""
        self._newest = day
        found: list[Proposal] = []
        while self._ticks and self._ticks[0][0] <= day:
            tick, subject = heappop(self._ticks)
            held = self._subjects[subject]
            if tick == held.reminder:
                held.live.advance(day, self._decide)
                found += _taken(held.live.fresh)
                held.reminder = None
                self._remind(held)
        return found

    def _enter(self, subject: Subject, events: list[Event], day: int) -> list[Proposal]:
        held = self._subjects.get(subject)
        if held is None:
            held = self._subjects[subject] = _Subject(subject, self.lowered)
        held.recent += events
        known = {measure: proposal.number for measure, proposal in held.live.latest.items()}
        if day > held.live.day:
            held.live.take(day, events, self._decide)
        else:
            held.live = held.settled.copy()
            self._replay(held.live, held.recent)
        held.live.advance(self._newest, self._decide)
        self._fold(held)
        self._remind(held)
        return [p for p in _taken(held.live.fresh) if p.number > known.get(p.measure, 0)]

    def _replay(self, record: Record, events: Iterable[Event]) -> None:
        for day, same in groupby(sorted(events, key=_day), key=_day):
            record.take(day, same, self._decide)

    def _fold(self, held: _Subject) -> None:
        """Settle what no event can come before any more."""
        floor = self._newest - self.lateness
        if len(held.recent) >= _FOLD and min(map(_day, held.recent)) < floor:
            self._replay(held.settled, (e for e in held.recent if _day(e) < floor))
            held.settled.fresh.clear()
            held.recent = [e for e in held.recent if _day(e) >= floor]

    def _remind(self, held: _Subject) -> None:
        tick = held.live.next_tick()
        if tick is not None and (held.reminder is None or tick < held.reminder):
            held.reminder = tick
            heappush(self._ticks, (tick, held.live.subject))

    def _stand(self, subject: Subject, day: int, told: dict[Subject, list[Event]] | None) -> State:
        """Say what stands at the end of a day; of a past one, by the events told until then."""
        if told is not None:
            return self._then(subject, told.pop(subject, ()), day).state()
        found = self._subjects.get(subject) or _Subject(subject, self.lowered)
        record = found.live.copy()
        record.advance(day, self._decide)
        record.day = max(record.day, day)
        return record.state()

    def _day(self, as_of: date | None) -> int:
        return self._newest if as_of is None else as_of.toordinal()

    def _told(self, day: int, of: Container[Subject]) -> dict[Subject, list[Event]]:
        """Gather the events up to a day, by subject."""
        told: dict[Subject, list[Event]] = {}
        for event in self.history():
            for subject in event.subjects if _day(event) <= day else ():
                if subject in of:
                    told.setdefault(subject, []).append(event)
        return told

    def _then(self, subject: Subject, events: Iterable[Event], day: int) -> Record:
        """Take a new record through events to the end of a day."""
        record = Record(subject, self.lowered)
        self._replay(record, events)
        record.advance(day, self._decide)
        record.day = max(record.day, day)
        return record


def _day(event: Event) -> int:
    return event.at.toordinal()


def _said(event: Event) -> str:
    return json.dumps(event.as_dict(), ensure_ascii=True, sort_keys=True)


def _taken(fresh: list[Proposal]) -> list[Proposal]:
    """Empty a list, and return what was in it."""
    found = fresh.copy()
    fresh.clear()
    return found
