"""Where an overseer's events are kept: a ledger, or the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from dutyroute.ledger import Ledger
from dutyroute.oversight.event import Event, read_event

__all__ = ["LedgerStore", "MemoryStore", "Store"]

_NOW = partial(datetime.now, UTC)


class Store(Protocol):
    """A place that keeps events in the order in which they came."""

    def append(self, events: Sequence[Event]) -> None:
        """Keep events, all or none; return when they are durable."""

    def events(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield each event behind a place, in the order of arrival, with its own place; the first is 1 or more."""


class MemoryStore:
    """Keeps events as long as the process lives."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def append(self, events: Sequence[Event]) -> None:
        """Keep events."""
        self._events += events

    def events(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield each event behind a place, in the order of arrival, with its own place."""
        return enumerate(self._events[after:], after + 1)


class LedgerStore:
    """Keeps events as entries of a ledger, sealed into its chain."""

    def __init__(self, ledger: Ledger, *, clock: Callable[[], datetime] = _NOW) -> None:
        self.ledger = ledger
        self._clock = clock

    def append(self, events: Sequence[Event]) -> None:
        """Keep events, all or none; return when they are durable."""
        if events:  # the ledger would start a transaction and wait for the disk
            self.ledger.note((event.to_dict() for event in events), at=self._clock())

    def events(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield each event behind an entry, in the order of arrival, with the number of its own."""
        found = self.ledger.events(after + 1)
        return ((entry.number, read_event(entry.content["event"])) for entry in found)
