"""
dutyroute: who must do what, under which clause, and how certain that is.

The public names are those here and in the packages analysis, cases, ledger,
oversight and replay. Names that need pydantic models are imported on first use,
so that `dutyroute --help` does not wait for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dutyroute.diagnostics import Diagnostic, Span
from dutyroute.errors import (
    DutyrouteError,
    EngineError,
    EventError,
    IncidentError,
    LedgerCorruptError,
    LedgerError,
    MissingExtraError,
    ReplayError,
    RulebookError,
)
from dutyroute.lazy import lazily
from dutyroute.version import __version__

if TYPE_CHECKING:
    from dutyroute.diagram.ruling import Breach, Duty, Recused, Ruling
    from dutyroute.ledger import Checkpoint, Ledger
    from dutyroute.oversight import Event, LedgerStore, MemoryStore, Overseer, Proposal, SubjectState
    from dutyroute.routing.agreement import Agreement
    from dutyroute.routing.answer import Answer
    from dutyroute.routing.candidate import Candidate
    from dutyroute.routing.decision import Decision, Stamp
    from dutyroute.routing.explanation import ConditionVerdict, Explanation, Reason
    from dutyroute.routing.incident import Incident
    from dutyroute.routing.redecide import Redecision, redecide
    from dutyroute.routing.router import Router
    from dutyroute.routing.store import RulebookStore
    from dutyroute.rulebook.loader import load
    from dutyroute.rulebook.rulebook import Rulebook
    from dutyroute.rulebook.search import Suggestion, Suggestions
    from dutyroute.rulebook.vocabulary import Exclusion

__all__ = [
    "Agreement",
    "Answer",
    "Breach",
    "Candidate",
    "Checkpoint",
    "ConditionVerdict",
    "Decision",
    "Diagnostic",
    "Duty",
    "DutyrouteError",
    "EngineError",
    "Event",
    "EventError",
    "Exclusion",
    "Explanation",
    "Incident",
    "IncidentError",
    "Ledger",
    "LedgerCorruptError",
    "LedgerError",
    "LedgerStore",
    "MemoryStore",
    "MissingExtraError",
    "Overseer",
    "Proposal",
    "Reason",
    "Recused",
    "Redecision",
    "ReplayError",
    "Router",
    "Rulebook",
    "RulebookError",
    "RulebookStore",
    "Ruling",
    "Span",
    "Stamp",
    "SubjectState",
    "Suggestion",
    "Suggestions",
    "__version__",
    "load",
    "redecide",
]

_HOMES = {
    "diagram.ruling": ("Breach", "Duty", "Recused", "Ruling"),
    "routing.agreement": ("Agreement",),
    "routing.candidate": ("Candidate",),
    "routing.decision": ("Decision", "Stamp"),
    "routing.answer": ("Answer",),
    "routing.explanation": ("ConditionVerdict", "Explanation", "Reason"),
    "routing.incident": ("Incident",),
    "ledger": ("Checkpoint", "Ledger"),
    "rulebook.loader": ("load",),
    "oversight": ("Event", "LedgerStore", "MemoryStore", "Overseer", "Proposal", "SubjectState"),
    "routing.redecide": ("Redecision", "redecide"),
    "routing.router": ("Router",),
    "rulebook.rulebook": ("Rulebook",),
    "rulebook.search": ("Suggestion", "Suggestions"),
    "rulebook.vocabulary": ("Exclusion",),
    "routing.store": ("RulebookStore",),
}
if not TYPE_CHECKING:  # a type checker that sees `__getattr__` accepts every misspelt name
    __getattr__, __dir__ = lazily(__name__, _HOMES)
