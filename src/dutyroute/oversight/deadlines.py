"""What is overdue and what is due next, by the events until a day: nothing here proposes anything."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from dutyroute.oversight.event import Event, Subject
from dutyroute.oversight.measures import EventFilter
from dutyroute.record import JsonRecord
from dutyroute.rulebook.calendars import last_day
from dutyroute.rulebook.oversight import Deadline
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.types import Named

_NEVER = datetime.date.min


@dataclass(frozen=True, slots=True)
class Outstanding(JsonRecord):
    """
    What was not done within its deadline, or still may be: an event to be answered, or a subject's next turn.

    `event` is the one of the day `at` from which the time runs, of a turn the last
    one. `late` ones were `answered` after the day on which they were `due`; of
    `undated` ones that day is unknown, as a year has no calendar; a turn that no
    event shows ever to have been taken is `never`, and due on no day.
    """

    deadline: str
    state: Literal["overdue", "late", "undated", "open", "never"]
    subjects: tuple[Annotated[Subject, Named("kind", "name")], ...]
    event: str | None
    at: datetime.date | None
    due: datetime.date | None
    answered: datetime.date | None


def outstanding(rulebook: Rulebook, events: Iterable[Event], day: datetime.date) -> tuple[Outstanding, ...]:
    """List what is not done, or was done late, at the end of a day; deadline by deadline, by due date."""
    watches = [_Watch(each, rulebook) for each in rulebook.oversight.running()]
    for event in events if watches else ():
        for watch in watches if event.at <= day else ():
            watch.take(event)
    return tuple(each for watch in watches for each in watch.found(day))


class _Watch:
    """The events that one deadline is about; in which order they come makes no difference."""

    def __init__(self, deadline: Deadline, rulebook: Rulebook) -> None:
        words, after, values = rulebook.vocabulary, deadline.after, rulebook.oversight.values()
        self._deadline, self._limit, self._calendars = deadline, values[deadline.within], rulebook.calendars
        self._after = None if after is None else EventFilter(after, words, values)
        self._until = EventFilter(deadline.until, words, values)
        self._until.counts_unfounded = True  # that a complaint is unfounded is an answer, too
        self._since: dict[Any, tuple[datetime.date, str, tuple[Subject, ...]]] = {}
        self._answered: dict[Any, datetime.date] = {}

    def take(self, event: Event) -> None:
        """Take in an event."""
        own = [subject for subject in event.subjects if subject[0] in self._deadline.subject]
        is_until = event in self._until
        if self._after is None:
            for one in own:
                turn = (event.at, event.id, (one,)) if is_until else (_NEVER, "", (one,))
                self._since[one] = max(self._since.get(one, turn), turn)
            return
        # What is recorded with its outcome is dealt with; nobody knows on which day.
        if own and event in self._after and event.outcome is None:
            self._since[event.id] = event.at, event.id, event.subjects
        if event.of and is_until:
            self._answered[event.of] = min(event.at, self._answered.get(event.of, event.at))

    def found(self, day: datetime.date) -> Iterator[Outstanding]:
        """Yield what is not done, or was done late, at the end of a day."""
        entries = []
        for key, (at, event, about) in self._since.items():
            end, name = self._answered.get(key), self._deadline.id
            due = last_day(self._limit, at, self._calendars)
            if not event:
                entries.append(Outstanding(name, "never", about, None, None, None, None))
            elif end is None or (due is not None and due < end):
                state: Any = "late" if end else "open" if due is None or day <= due else "overdue"
                state = "undated" if due is None else state
                entries.append(Outstanding(name, state, about, event, at, due, end))
        yield from sorted(
            entries, key=lambda e: (e.due or e.at or datetime.date.max, e.event or "", e.subjects)
        )
