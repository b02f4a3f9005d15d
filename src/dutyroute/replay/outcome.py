"""Outcome: what a recorded handler is to the decision of today's rulebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dutyroute.diagram.ruling import Duty, Ruling
from dutyroute.errors import IncidentError
from dutyroute.messages import LANGUAGES
from dutyroute.routing.decision import Decision
from dutyroute.rulebook.rules import LEAD

__all__ = ["BAD_ROW", "Outcome", "Verdict", "judge"]


class Outcome(StrEnum):
    """What became of a row; exactly one for each, so that they add up."""

    AGREE = "agree"
    IN_CHAIN = "in-chain"
    DIVERGE = "diverge"
    UNDECIDED = "undecided"
    UNROUTABLE = "unroutable"
    BAD_ROW = "bad-row"


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    The outcome of all rows with one decision and one recorded handler.

    `reason` is the code of why; for `unroutable` it is the incident error's.
    `handler` is the recorded party, None where none was recorded or none that
    the rulebook knows. `roles` are those that it holds or may hold. `rules`,
    `clauses` stand behind the lead, behind every duty where nobody leads.
    `fault` says in Chinese and in English why an incident cannot be routed.
    """

    outcome: Outcome
    reason: str
    matters: tuple[str, ...] = ()
    handler: str | None = None
    leads: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    status: str = ""
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    fault: tuple[str, ...] = ()


BAD_ROW = Verdict(Outcome.BAD_ROW, "rejected")
"""What becomes of a row that the source or the map cannot read."""


def judge(decision: Decision | IncidentError, handler: str | None, *, is_recorded: bool = True) -> Verdict:
    """
    Tell what a recorded handler is to a decision.

    `is_recorded` is False where the row names no handler at all; a handler that
    is None although recorded is one that the rulebook does not know.

    The first of these that holds: the incident cannot be routed; nobody is
    recorded; the recorded is unknown; leads for certain and alone (or jointly);
    shares a lead that only one may have; holds another role for certain; the
    lead is not decided; may hold a role; holds none.
    """
    if isinstance(decision, IncidentError):
        said = tuple(decision.describe(lang) for lang in LANGUAGES)
        return Verdict(Outcome.UNROUTABLE, decision.code, handler=handler, fault=said)
    outcome, reason = _judged(decision, handler, is_recorded)
    behind = _behind(decision)
    return Verdict(
        outcome,
        reason,
        tuple(ruling.matter for ruling in decision.rulings),
        handler,
        decision.lead,
        tuple(dict.fromkeys(duty.role for duty in decision.duties if duty.party == handler)),
        decision.status,
        tuple(sorted({rule for duty in behind for rule in duty.rules})),
        tuple(dict.fromkeys(clause for duty in behind for clause in duty.clauses)),
        decision.flags,
        decision.ask,
    )


def _judged(decision: Decision, handler: str | None, is_recorded: bool) -> tuple[Outcome, str]:
    """Go through the definition, first match first."""
    if handler is None:
        return Outcome.UNDECIDED, "handler-unknown" if is_recorded else "no-handler"
    rulings = decision.rulings
    if any(handler in ruling.lead and not _is_contested(ruling) for ruling in rulings):
        return Outcome.AGREE, "leads"
    if any(handler in ruling.lead for ruling in rulings):
        return Outcome.UNDECIDED, "lead-contested"
    if any(_holds(ruling.duties, handler, is_certain=True) for ruling in rulings):
        return Outcome.IN_CHAIN, "other-role"
    undecided = next(filter(None, map(_undecided, rulings)), None)
    if undecided is not None:
        return Outcome.UNDECIDED, undecided
    if any(_holds(ruling.duties, handler, is_certain=False) for ruling in rulings):
        return Outcome.IN_CHAIN, "possible-role"
    return Outcome.DIVERGE, "no-role" if decision.lead else "no-role-no-lead"


def _holds(duties: Iterable[Duty], party: str, *, is_certain: bool) -> bool:
    return any(duty.party == party and duty.certain is is_certain for duty in duties)


def _is_contested(ruling: Ruling) -> bool:
    """Tell whether more parties lead than an obligation allows."""
    return any(b.role == LEAD and b.kind == "conflict" and b.certain for b in ruling.breaches)


def _undecided(ruling: Ruling) -> str | None:
    """Say why nobody can be held against the lead of a ruling; None where somebody can."""
    if _is_contested(ruling):
        return "lead-contested"
    if ruling.lead:
        return None
    if any(duty.role == LEAD for duty in ruling.duties):
        return "lead-open"
    if not ruling.duties or any(b.role == LEAD and b.kind == "gap" for b in ruling.breaches):
        return "lead-missing"
    return None


def _behind(decision: Decision) -> list[Duty]:
    """List the duties that the answer rests on: the leads, or all where nobody leads."""
    duties = [duty for ruling in decision.rulings for duty in ruling.duties]
    return [duty for duty in duties if duty.role == LEAD] or duties
