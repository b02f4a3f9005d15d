"""
dutyroute: who must do what, under which clause, and how certain that is.

The front door. Public are the names here and in the packages analysis, cases,
ledger, oversight and replay. A name is loaded when it is first asked for, so
that `dutyroute --help` does not wait for the models.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dutyroute.diagnostics import Diagnostic, Span
    from dutyroute.diagram.ruling import Breach, Duty, Recused, Ruling
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
    from dutyroute.ledger import Checkpoint, Ledger
    from dutyroute.oversight import Event, LedgerStore, MemoryStore, Overseer, Proposal, SubjectState
    from dutyroute.routing.decision import Decision, Stamp
    from dutyroute.routing.explanation import Answer, ConditionVerdict, Explanation, Reason
    from dutyroute.routing.incident import Incident
    from dutyroute.routing.router import Router
    from dutyroute.routing.store import RulebookStore
    from dutyroute.rulebook.loader import load
    from dutyroute.rulebook.rulebook import Rulebook

    __version__: str

__all__ = [
    "Answer",
    "Breach",
    "Checkpoint",
    "ConditionVerdict",
    "Decision",
    "Diagnostic",
    "Duty",
    "DutyrouteError",
    "EngineError",
    "Event",
    "EventError",
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
    "ReplayError",
    "Router",
    "Rulebook",
    "RulebookError",
    "RulebookStore",
    "Ruling",
    "Span",
    "Stamp",
    "SubjectState",
    "__version__",
    "load",
]

_HOMES = {
    "diagram.ruling": ("Breach", "Duty", "Recused", "Ruling"),
    "diagnostics": ("Diagnostic", "Span"),
    "errors": (
        "DutyrouteError",
        "EngineError",
        "EventError",
        "IncidentError",
        "LedgerCorruptError",
        "LedgerError",
        "MissingExtraError",
        "ReplayError",
        "RulebookError",
    ),
    "routing.decision": ("Decision", "Stamp"),
    "routing.explanation": ("Answer", "ConditionVerdict", "Explanation", "Reason"),
    "routing.incident": ("Incident",),
    "ledger": ("Checkpoint", "Ledger"),
    "rulebook.loader": ("load",),
    "oversight": ("Event", "LedgerStore", "MemoryStore", "Overseer", "Proposal", "SubjectState"),
    "routing.router": ("Router",),
    "rulebook.rulebook": ("Rulebook",),
    "routing.store": ("RulebookStore",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # a type checker that sees `__getattr__` accepts every misspelt name

    def __getattr__(name):
        if name == "__version__":
            found = _version()
        elif name in _HOME:
            found = getattr(import_module(f"dutyroute.{_HOME[name]}"), name)
        else:
            raise AttributeError(f"module 'dutyroute' has no attribute {name!r}")
        globals()[name] = found
        return found


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("dutyroute")
    except PackageNotFoundError:  # a source tree that is not installed
        return "0+source"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
