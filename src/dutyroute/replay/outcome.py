"""How the recorded handler of a case compares with the decision of the rulebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dutyroute.diagram.ruling import Duty, Ruling
from dutyroute.errors import IncidentError
from dutyroute.messages import LANGUAGES
from dutyroute.record import JsonRecord
from dutyroute.routing.decision import Decision
from dutyroute.rulebook.rules import LEAD


class Outcome(StrEnum):
    """What became of a row; each row has exactly one, so that they add up."""

    AGREE = "agree"
    IN_CHAIN = "in-chain"
    DIVERGE = "diverge"
    UNDECIDED = "undecided"
    UNROUTABLE = "unroutable"
    BAD_ROW = "bad-row"


@dataclass(frozen=True, slots=True)
class Judgement(JsonRecord):
    """
    The outcome of all rows with one decision and one recorded handler.

    `reason` is the code of why; for `unroutable` it is the incident error's.
    `handler` is the recorded party, None where none was recorded or none that
    the rulebook knows. `roles` are those that it holds or may hold. `rules`,
    `clauses` are those of the lead, of every duty where nobody leads.
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


BAD_ROW = Judgement(Outcome.BAD_ROW, "rejected")
"""What becomes of a row that the source or the map cannot read."""


def judge(decision: Decision | IncidentError, handler: str | None, *, is_recorded: bool = True) -> Judgement:
    """
    Compare a recorded handler with a decision.

    `is_recorded` is False where the row names no handler at all; a handler that
    is None although recorded is one that the rulebook does not know.

    The first of these that holds decides: the incident cannot be routed; nobody
    is recorded; the recorded party is unknown; it certainly leads, alone or
    jointly; it shares a lead that only one may have; it certainly holds another
    role; the lead is not decided; it may hold a role; it holds none.
    """
    if isinstance(decision, IncidentError):
        said = tuple(decision.describe(lang) for lang in LANGUAGES)
        return Judgement(Outcome.UNROUTABLE, decision.code, handler=handler, fault=said)
    outcome, reason = _judged(decision, handler, is_recorded)
    # The answer rests on the leads; where nobody leads, on every duty.
    duties = [duty for ruling in decision.rulings for duty in ruling.duties]
    behind = [duty for duty in duties if duty.role == LEAD] or duties
    return Judgement(
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
    """Return the first outcome in the order of `judge` that holds, and why."""
    if handler is None:
        return Outcome.UNDECIDED, "handler-unknown" if is_recorded else "no-handler"
    # An incident about several matters has a ruling for each; the kindest of them counts.
    rulings = decision.rulings
    if any(handler in ruling.lead and not _is_contested(ruling) for ruling in rulings):
        return Outcome.AGREE, "leads"
    if any(handler in ruling.lead for ruling in rulings):
        return Outcome.UNDECIDED, "lead-contested"
    if any(_holds(ruling.duties, handler, is_certain=True) for ruling in rulings):
        return Outcome.IN_CHAIN, "other-role"
    # A role that the handler only may hold says nothing before it is clear who leads.
    undecided = next(filter(None, map(_undecided, rulings)), None)
    if undecided is not None:
        return Outcome.UNDECIDED, undecided
    if any(_holds(ruling.duties, handler, is_certain=False) for ruling in rulings):
        return Outcome.IN_CHAIN, "possible-role"
    return Outcome.DIVERGE, "no-role" if decision.lead else "no-role-no-lead"


def _holds(duties: Iterable[Duty], party: str, *, is_certain: bool) -> bool:
    return any(duty.party == party and duty.certain is is_certain for duty in duties)


def _is_contested(ruling: Ruling) -> bool:
    """Check whether more parties lead than an obligation allows."""
    return any(b.role == LEAD and b.kind == "conflict" and b.certain for b in ruling.breaches)


def _undecided(ruling: Ruling) -> str | None:
    """Return why a ruling has no lead to compare with; None where it has one."""
    if _is_contested(ruling):
        return "lead-contested"
    if ruling.lead:
        return None
    if any(duty.role == LEAD for duty in ruling.duties):
        return "lead-open"
    if not ruling.duties or any(b.role == LEAD and b.kind == "gap" for b in ruling.breaches):
        return "lead-missing"
    return None
