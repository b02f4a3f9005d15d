"""Deciding: the measures that a subject's facts call for, by the diagram, by durable-rules, or by both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from dutyroute.oversight.lowering import Lowered
from dutyroute.oversight.record import Decided, Facts, Proposal
from dutyroute.routing.agreement import Agreement
from dutyroute.routing.explanation import Explanation
from dutyroute.routing.router import Router
from dutyroute.rulebook.oversight import fact_of
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["Decider"]

_MOST_KEPT = 10_000


class Decider:
    """Asks the ordinary router of the rulebook that the measures are lowered into; equal facts are asked once."""

    def __init__(self, lowered: Lowered, engine: Literal["diagram", "rete", "both"]) -> None:
        """
        Prepare to decide.

        Raises:
            KeyError: if there is no such engine.
            EngineError: if durable-rules cannot carry the measures.
            MissingExtraError: if durable-rules is not installed.
        """
        self._lowered = lowered
        book = lowered.rulebook
        first: Mapping[str, Literal["diagram", "rete"]] = {
            "diagram": "diagram",
            "rete": "rete",
            "both": "diagram",
        }
        self._router = Router(book, engine=first[engine]) if book else None
        self._second = Router(book, engine="rete") if book and engine == "both" else None
        self.agreement: Agreement | None = None
        if self._router is not None and self._second is not None:
            self.agreement = Agreement(self._router, self._second)
        self._decided: dict[tuple[str, Facts], Decided] = {}

    def close(self) -> None:
        """End the process of the second engine, where there is one."""
        for router in (self._router, self._second):
            if router is not None:
                router.close()

    def explain(self, proposal: Proposal) -> Explanation:
        """
        Tell how each condition stood when a measure was proposed.

        Raises:
            ValueError: if the rulebook has no active measures.
        """
        if self._router is None:
            raise ValueError("nothing is proposed by a rulebook without active measures")
        (found,) = self._router.explain(self._given(proposal.subject[0], proposal.facts))
        return found

    def __call__(self, kind: str, facts: Facts) -> Decided:
        """Propose in rounds, what is proposed being a fact of the next, until nothing new is."""
        found = self._decided.get((kind, facts))
        if found is None:
            if len(self._decided) > _MOST_KEPT:
                self._decided.clear()
            found = self._decided[kind, facts] = self._rounds(kind, facts)
        return found

    def _rounds(self, kind: str, facts: Facts) -> Decided:
        proposed: dict[str, tuple[str, tuple[str, ...], object]] = {}
        while self._router is not None:
            said = tuple((fact_of(measure, "proposed"), True) for measure in proposed)
            incident = self._router.incident(self._given(kind, (*facts, *said)))
            decision = self._router.route(incident)
            if self.agreement is not None:
                self.agreement.hold(incident, decision)
            duties = decision.duties
            fresh = {
                d.role: (d.role, d.clauses, d.basis) for d in duties if d.certain and d.role not in proposed
            }
            if not fresh:
                break
            proposed |= fresh
        return tuple(proposed.values())  # type: ignore[arg-type]

    def _given(self, kind: str, facts: Facts) -> dict[str, object]:
        silent = {fact_of(m.id, "proposed"): False for m in self._lowered.active}
        return {MATTER: kind, **silent, **dict(facts)}
