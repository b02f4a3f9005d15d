"""
Oversight: measures triggered by repeated events.

Read a file of events and take it in; the overseer says what is proposed, to whom and why:

>>> from dutyroute import load
>>> from dutyroute.oversight import Overseer, overlaid
>>> from dutyroute.replay import read_events
>>> from dutyroute.rulebook.shipped import shipped
>>> rules, events = shipped("rules"), shipped("cases") / "oversight" / "events.jsonl"
>>> rulebook = overlaid(load(rules), rules / "oversight" / "settings.example.yaml")
>>> overseer = Overseer(rulebook)
>>> overseer.ingest(read_events(events, rulebook).lines)
()
>>> first = overseer.standing()[0]
>>> first.measure, first.to, first.clauses
('key-supervision', 'housing', ('opinion/2.1.2.1',))
>>> overseer.explain(first).reasons[0].rule
'key-supervision'
"""

from dutyroute.oversight.deadlines import Outstanding
from dutyroute.oversight.event import (
    Event,
    EventLine,
    LedgerStore,
    MemoryStore,
    Store,
    Subject,
    read_event,
)
from dutyroute.oversight.overseer import Overseer
from dutyroute.oversight.proposal import Near, Proposal, RatingChange, SubjectState
from dutyroute.oversight.settings import overlaid
from dutyroute.oversight.text import OversightReport

__all__ = [
    "Event",
    "EventLine",
    "LedgerStore",
    "MemoryStore",
    "Near",
    "Outstanding",
    "Overseer",
    "OversightReport",
    "Proposal",
    "RatingChange",
    "Store",
    "Subject",
    "SubjectState",
    "overlaid",
    "read_event",
]
