"""What is said to one incident: the decision, and what else was asked about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dutyroute.cli.facts import names_of
from dutyroute.cli.incidents import Entry
from dutyroute.diagnostics import Span
from dutyroute.errors import IncidentError
from dutyroute.messages import Lang
from dutyroute.routing.agreement import Agreement
from dutyroute.routing.decision import Decision
from dutyroute.routing.explanation import Answer, Explanation, Reason
from dutyroute.routing.incident import Incident
from dutyroute.routing.router import Router
from dutyroute.rulebook.written import plain

__all__ = ["Desk", "Refusal", "Reply", "Wish"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked besides the decision: reasons, why not somebody, what if."""

    explain: bool = False
    why_not: tuple[str, str | None] | None = None
    what_if: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The decision on an incident, and the answers to the wishes."""

    incident: Incident
    decision: Decision
    explanations: tuple[Explanation, ...] = ()
    answers: tuple[Answer, ...] = ()
    reasons: tuple[Reason, ...] | None = None
    supposed: Decision | IncidentError | None = None

    def as_dict(self, wish: Wish, lang: Lang) -> dict[str, Any]:
        """Return the contract's object, with a field for each wish."""
        return {**self.decision.to_dict(), **dict(self._wished(wish, lang))}

    def _wished(self, wish: Wish, lang: Lang) -> Iterator[tuple[str, Any]]:
        if wish.explain:
            yield (
                "explain",
                [
                    {"matter": each.matter, "reasons": [r.to_dict() for r in each.reasons]}
                    for each in self.explanations
                ],
            )
            yield "answers", [_answer(each) for each in self.answers]
        if wish.why_not is not None:
            party, role = wish.why_not
            reasons = [each.to_dict() for each in self.reasons or ()]
            yield "why_not", {"party": party, "role": role, "reasons": reasons}
        if wish.what_if is not None:
            yield "what_if", {"facts": plain(wish.what_if), **self._supposed(lang)}

    def _supposed(self, lang: Lang) -> dict[str, Any]:
        if isinstance(self.supposed, Decision):
            return self.supposed.to_dict()
        return {"error": Refusal.of(self.supposed, lang).error()} if self.supposed else {}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an incident was not answered."""

    code: str
    message: str
    incident: str | None = None
    fact: str | None = None
    value: Any = None
    expected: str | None = None
    suggestion: str | None = None
    line: int | None = None
    span: Span | None = None

    @classmethod
    def of(cls, error: IncidentError, lang: Lang, entry: Entry | None = None) -> Refusal:
        """Write an error down, with its place in the file."""
        span = entry.place(error.fact) if entry else None
        line = span.line if span else entry.line if entry else None
        return cls(
            code=error.code,
            message=error.describe(lang),
            incident=error.incident,
            fact=error.fact,
            value=error.value,
            expected=error.expects(lang) or None,
            suggestion=error.suggestion,
            line=line,
            span=span,
        )

    def error(self) -> dict[str, Any]:
        """Return what is wrong as plain data."""
        return {
            "code": self.code,
            "fact": self.fact,
            "value": _short(plain(self.value)),
            "expected": self.expected,
            "suggestion": self.suggestion,
            "message": self.message,
            "line": self.line,
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's object for an incident that cannot be read."""
        return {"incident": self.incident, "error": self.error()}


class Desk:
    """Takes incidents in: fills in the day of asking, answers, refuses."""

    def __init__(
        self,
        router: Router,
        wish: Wish,
        lang: Lang,
        today: date,
        as_of: date | None = None,
        held: Agreement | None = None,
    ) -> None:
        self.held = held
        self.router = router
        self.wish = wish
        self.lang = lang
        self.today = today
        self.as_of = as_of
        self._dated = router.rulebook.header.date
        facts = router.rulebook.vocabulary.facts
        self._date_names = frozenset(names_of(facts[self._dated]) if self._dated else ())

    def answer(self, entry: Entry) -> Reply | Refusal:
        """Answer an incident, or say why it cannot be read."""
        if entry.broken is not None:
            return Refusal(entry.broken.code, entry.broken.describe(self.lang), line=entry.line)
        try:
            return self._reply(self.read(entry.given))
        except IncidentError as error:
            return Refusal.of(error, self.lang, entry)

    def read(self, given: Any) -> Incident:
        """
        Read an incident; where it does not say when, it is of today, or of the day that is asked for.

        Raises:
            IncidentError: if it cannot be read.
        """
        incident = self.router.incident(given)
        if self._dated is not None and self.as_of is not None:
            assumed = tuple(pair for pair in incident.assumed if pair[0] != self._dated)
            return replace(incident, facts={**incident.facts, self._dated: self.as_of}, assumed=assumed)
        if self._dated is None or not self._date_names.isdisjoint(given):
            return incident
        filled = {**incident.facts, self._dated: self.today}
        return replace(incident, facts=filled, assumed=(*incident.assumed, (self._dated, self.today)))

    def _reply(self, incident: Incident) -> Reply:
        wish, router = self.wish, self.router
        return Reply(
            incident=incident,
            decision=self._decision(incident),
            explanations=router.explain(incident) if wish.explain else (),
            answers=router.ask(incident) if wish.explain else (),
            reasons=self._why_not(incident),
            supposed=self._what_if(incident),
        )

    def _decision(self, incident: Incident) -> Decision:
        """Decide, and hold the second engine against the answer where it is asked."""
        try:
            decision = self.router.route(incident)
        except IncidentError as error:
            if self.held is not None:
                self.held.hold(incident, error)
            raise
        if self.held is not None:
            self.held.hold(incident, decision)
        return decision

    def _why_not(self, incident: Incident) -> tuple[Reason, ...] | None:
        if self.wish.why_not is None:
            return None
        party, role = self.wish.why_not
        return self.router.why_not(incident, party=party, role=role)

    def _what_if(self, incident: Incident) -> Decision | IncidentError | None:
        if self.wish.what_if is None:
            return None
        try:
            return self.router.what_if(incident, **self.wish.what_if)
        except IncidentError as error:
            return error


_LONGEST_VALUE = 200


def _short(value: Any) -> Any:
    """Show a value as it was given, unless it is a book."""
    try:
        shown = value if isinstance(value, str) else repr(value)
    except ValueError:  # a whole number of thousands of digits
        return None
    return value if len(shown) <= _LONGEST_VALUE else shown[: _LONGEST_VALUE - 1] + "…"


def _answer(answer: Answer) -> dict[str, Any]:
    decision = answer.decision
    return {
        "fact": answer.fact,
        "value": plain(answer.value),
        "status": decision.status,
        "lead": list(decision.lead),
        "ask": list(decision.ask),
    }
