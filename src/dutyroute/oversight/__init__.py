"""Oversight: duties that grow out of many events over time."""

from dutyroute.oversight.event import Event, read_event
from dutyroute.oversight.overseer import Overseer
from dutyroute.oversight.record import Near, Proposal, RatingChange, State
from dutyroute.oversight.store import LedgerStore, MemoryStore

__all__ = [
    "Event",
    "LedgerStore",
    "MemoryStore",
    "Near",
    "Overseer",
    "Proposal",
    "RatingChange",
    "State",
    "read_event",
]
