"""The overseer takes in events and proposes the measures that they call for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from hashlib import blake2b
from heapq import heappop, heappush
from itertools import islice
from operator import attrgetter
from threading import RLock
from typing import Literal

from dutyroute.errors import EventError
from dutyroute.oversight.deadlines import Outstanding, outstanding
from dutyroute.oversight.event import Event, EventLine, EventWords, MemoryStore, Store, Subject, read_event
from dutyroute.oversight.measures import Decider, Lowered
from dutyroute.oversight.proposal import Proposal, SubjectState
from dutyroute.oversight.subject import SubjectRecord, SubjectTimeline
from dutyroute.routing.agreement import Agreement
from dutyroute.routing.explanation import Explanation
from dutyroute.rulebook.oversight import SUBJECTS, Setting
from dutyroute.rulebook.rulebook import Rulebook

_AT_ONCE = 1_000
"""Events that are recorded in one transaction."""


class Overseer:
    """
    Watches subjects over time and proposes the measures that their record calls for.

    Only event time counts: what is proposed follows from the set of events, not
    from the order in which they came. An event more than `lateness` days behind
    the newest is listed in `late` and changes nothing.

    Safe to share between threads. Overseers in several processes may share a
    ledger; each takes in what the others recorded before it answers.

    >>> from dutyroute import load
    >>> from dutyroute.rulebook.shipped import shipped
    >>> overseer = Overseer(load(shipped("rules")))
    >>> overseer.observe({"id": "C1", "kind": "complaint", "at": "2026-03-01", "community": "东苑"})
    ()
    >>> overseer.subjects()
    (('community', '东苑'),)
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
        Take in what the store holds.

        Without a `store`, events are kept in memory. `lateness` is a number of days.
        A subject is a pair of its kind and its name: `("community", "东苑")`, the
        kinds being `property-company`, `community` and `street-office`.
        With the engine `rete`, durable-rules decides, in a process that `close`
        ends; with `both`, the diagram decides and `agreement` compares the two.

        Raises:
            ValueError: if the lateness is negative.
            EngineError: if durable-rules cannot carry the measures.
            MissingExtraError: if durable-rules is not installed.
        """
        if lateness < 0:
            raise ValueError("lateness is a number of days, 0 or more")
        self.rulebook = rulebook
        self.lowered: Lowered = Lowered(rulebook)
        self.lateness = lateness
        self._late: list[Event] = []
        self._words = EventWords(rulebook)
        self._store: Store = MemoryStore() if store is None else store
        self._decide = Decider(self.lowered, engine)
        self.agreement: Agreement | None = self._decide.agreement
        """How often both engines agreed; None where only one is asked."""
        self._subjects: dict[Subject, SubjectTimeline] = {}
        # Content digests by event id: whether an event repeats another or contradicts it.
        self._seen: dict[str, bytes] = {}
        # A heap of days on which something changes without an event, so that time can pass for
        # those it concerns only. Entries that a subject's `reminder` no longer names are stale.
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

    def observe(self, event: Event | dict[str, object]) -> tuple[Proposal, ...]:
        """
        Take in one event; return the new proposals once the event is durable.

        An event that was seen before changes nothing.

        Raises:
            EventError: if it cannot be read, or its id was used with other content.
            LedgerError: if it cannot be recorded; it then changes nothing.
        """
        return self.observe_many([event])

    def observe_many(self, events: Iterable[Event | dict[str, object]]) -> tuple[Proposal, ...]:
        """
        Take in many events, a thousand of them recorded at a time.

        Raises:
            EventError: at the first that cannot be read; earlier batches stay recorded.
            LedgerError: if a batch cannot be recorded; earlier batches stay recorded.
        """
        found: list[Proposal] = []
        waiting = iter(events)
        while batch := [self.read(e) for e in islice(waiting, _AT_ONCE)]:
            with self._current():
                kept: dict[str, Event] = {}
                for event in batch:
                    self._keep(event, kept)
                self._store.append([event for event in kept.values() if event.id not in self._seen])
                found += self._catch_up()
        return tuple(found)

    def ingest(self, lines: Iterable[EventLine], *, today: date | None = None) -> tuple[EventLine, ...]:
        """
        Take in the events of a file; return the lines that do not count, each with its error.

        Rejected are lines that are not events, events that contradict another with
        the same id and, given `today`, events of days to come. The rest is taken in
        oldest first, however the file is sorted.

        Raises:
            LedgerError: if events cannot be recorded.
            EventError: if another process records an event of the same id and
                other content at the same moment.
        """
        rejected: list[EventLine] = []
        accepted: dict[str, Event] = {}
        with self._lock:
            self._catch_up()
        for line in lines:
            try:
                if isinstance(line.event, EventError):
                    raise line.event
                event = self.read(line.event)
                # A day of grace, since it may be tomorrow where the event was recorded.
                if today is not None and event.at > today + timedelta(1):
                    raise EventError("event-in-the-future", {"at": event.at.isoformat()})
                self._keep(event, accepted)
            except EventError as error:
                rejected.append(replace(line, event=error))
        self.observe_many(sorted(accepted.values(), key=attrgetter("at")))
        return tuple(rejected)

    def read(self, event: Event | dict[str, object]) -> Event:
        """
        Read an event strictly, and replace names and aliases by the rulebook's identifiers.

        Raises:
            EventError: naming the key, the value, and what would be right.
        """
        given = event.to_dict() if isinstance(event, Event) else event
        return self._words.normalized(read_event(given, self.rulebook.header.zone))

    @property
    def late(self) -> tuple[Event, ...]:
        """The events that came too late to count, in the order of arrival."""
        with self._current():
            return tuple(self._late)

    def subjects(self) -> tuple[Subject, ...]:
        """List all subjects of events, sorted."""
        with self._current():
            return tuple(sorted(self._subjects))

    @property
    def newest(self) -> date | None:
        """The day of the newest event; None before any."""
        with self._current():
            return date.fromordinal(self._newest) if self._newest else None

    def state(self, subject: Subject, *, as_of: date | None = None) -> SubjectState:
        """
        Return what is known about a subject, now or at the end of a day.

        Raises:
            ValueError: if there is no such kind of subject.
        """
        if subject[0] not in SUBJECTS:
            raise ValueError(f"no kind of subject: {subject[0]!r}; one of {', '.join(SUBJECTS)}")
        with self._lock:
            (found,) = self._states((subject,), as_of)
        return found

    def states(self, *, as_of: date | None = None) -> Iterator[SubjectState]:
        """Yield the states of all subjects, in one pass over the events."""
        return self._states(self.subjects(), as_of)

    def proposals(self, subject: Subject, *, as_of: date | None = None) -> tuple[Proposal, ...]:
        """List everything that was ever proposed about a subject, worked out from the events again."""
        (record,) = self._replayed((subject,), as_of)
        return tuple(record.fresh)

    def all_proposals(self, *, as_of: date | None = None) -> dict[Subject, tuple[Proposal, ...]]:
        """List everything that was ever proposed, by subject, worked out from the events again."""
        return {each.subject: tuple(each.fresh) for each in self._replayed(self.subjects(), as_of)}

    def standing(self) -> tuple[Proposal, ...]:
        """List the proposals whose conditions hold now."""
        return tuple(proposal for state in self.states() for proposal in state.standing)

    def history(self) -> Iterator[Event]:
        """Yield each event that counts once, in the order of arrival."""
        told = {event.id for event in self._late}
        for _, event in self._store.events():
            if event.id not in told:
                told.add(event.id)
                yield event

    def off(self) -> tuple[Setting, ...]:
        """List the settings without a value; no measure that needs one is ever proposed."""
        return self.lowered.oversight.empty()

    def outstanding(self, *, as_of: date | None = None) -> tuple[Outstanding, ...]:
        """List what was not done within its deadline, now or at the end of a day, or is still open."""
        day = as_of or self.newest
        return () if day is None else outstanding(self.rulebook, self.history(), day)

    def explain(self, proposal: Proposal) -> Explanation:
        """
        Tell how each condition stood when a measure was proposed, by the diagram that decided it.

        Raises:
            ValueError: if the rulebook has no active measures.
        """
        return self._decide.explain(proposal.subject[0], proposal.facts)

    @contextmanager
    def _current(self) -> Iterator[None]:
        """Hold the lock, with everything taken in that the store has."""
        with self._lock:
            self._catch_up()
            yield

    def _keep(self, event: Event, kept: dict[str, Event]) -> None:
        """Add an event to others by its id; refuse an id that was used with other content."""
        said = _digest(event)
        if self._seen.get(event.id, said) != said or kept.setdefault(event.id, event) != event:
            raise EventError("event-changed", {"id": event.id})

    def _catch_up(self) -> list[Proposal]:
        """
        Take in what the store has received, from this process or another.

        All of it passes through the store, so that a restart, which reads the same
        events from there, comes to the same result. A subject's events of one day
        are taken in together: thousands of one day would otherwise each be followed
        by a decision, and if they are late, by a replay.
        """
        found: list[Proposal] = []
        waiting: dict[Subject, list[Event]] = {}
        day = 0
        for place, event in self._store.events(self._place):
            self._place = place
            if event.id in self._seen:
                continue
            self._seen[event.id] = _digest(event)
            at = event.at.toordinal()
            if at < self._newest - self.lateness:
                self._late.append(event)
                continue
            if at != day:
                found += self._enter_all(waiting, day)
                day = at
                found += self._pass(day) if day > self._newest else []
            for subject in event.subjects:
                waiting.setdefault(subject, []).append(event)
        return found + self._enter_all(waiting, day)

    def _enter_all(self, waiting: dict[Subject, list[Event]], day: int) -> list[Proposal]:
        """Take in a day's events, subject by subject, and empty the list."""
        found: list[Proposal] = []
        for subject, events in waiting.items():
            held = self._subjects.get(subject)
            if held is None:
                held = self._subjects[subject] = SubjectTimeline(subject, self.lowered)
            floor = self._newest - self.lateness
            found += held.enter(day, events, self._decide, newest=self._newest, floor=floor)
            self._remind(held)
        waiting.clear()
        return found

    def _pass(self, day: int) -> list[Proposal]:
        """Let time pass to a new day, for the subjects that it changes something for."""
        self._newest = day
        found: list[Proposal] = []
        while self._ticks and self._ticks[0][0] <= day:
            tick, subject = heappop(self._ticks)
            held = self._subjects[subject]
            if tick == held.reminder:
                held.live.advance(day, self._decide)
                found += held.live.pop_fresh()
                held.reminder = None
                self._remind(held)
        return found

    def _remind(self, held: SubjectTimeline) -> None:
        tick = held.live.next_tick()
        if tick is not None and (held.reminder is None or tick < held.reminder):
            held.reminder = tick
            heappush(self._ticks, (tick, held.live.subject))

    def _states(self, subjects: tuple[Subject, ...], as_of: date | None) -> Iterator[SubjectState]:
        """Yield states at the end of a day; a past day is worked out from the events until then."""
        with self._current():
            day = self._newest if as_of is None else as_of.toordinal()
            is_past = day < self._newest
        if is_past:
            yield from (record.state() for record in self._replayed(subjects, as_of))
            return
        for subject in subjects:
            with self._lock:
                held = self._subjects.get(subject)
                record = held.live.copy() if held else SubjectRecord(subject, self.lowered)
                state = record.finish(day, self._decide).state()
            yield state

    def _replayed(self, subjects: tuple[Subject, ...], as_of: date | None) -> Iterator[SubjectRecord]:
        """Yield a new record of each subject, taken through its events to the end of a day."""
        told: dict[Subject, list[Event]] = {subject: [] for subject in subjects}
        with self._current():
            day = self._newest if as_of is None else as_of.toordinal()
            for event in self.history():
                for subject in event.subjects if event.at.toordinal() <= day else ():
                    if subject in told:
                        told[subject].append(event)
        for subject in subjects:
            with self._lock:
                record = SubjectRecord(subject, self.lowered)
                record.replay(told.pop(subject), self._decide)
                record.finish(day, self._decide)
            yield record


def _digest(event: Event) -> bytes:
    """Return eight bytes that tell whether two events with the same id say the same."""
    text = json.dumps(event.to_dict(), ensure_ascii=True, sort_keys=True)
    return blake2b(text.encode(), digest_size=8).digest()
