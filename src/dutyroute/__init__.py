"""
dutyroute: who has to do what, on whose words, and how sure that is.

The front door. Whatever is not named here is not public.
"""

from __future__ import annotations

from dutyroute.decision import Breach, Decision, Duty, Recused, Ruling, Stamp
from dutyroute.diagnostics import Diagnostic, Span
from dutyroute.errors import DutyrouteError, IncidentError, RulebookError
from dutyroute.explanation import Answer, Explanation, Reason, Verdict
from dutyroute.incident import Incident
from dutyroute.loader import load
from dutyroute.router import Router
from dutyroute.rules import Rulebook
from dutyroute.store import RulebookStore

__all__ = [
    "Answer",
    "Breach",
    "Decision",
    "Diagnostic",
    "Duty",
    "DutyrouteError",
    "Explanation",
    "Incident",
    "IncidentError",
    "Reason",
    "Recused",
    "Router",
    "Rulebook",
    "RulebookError",
    "RulebookStore",
    "Ruling",
    "Span",
    "Stamp",
    "Verdict",
    "load",
]
