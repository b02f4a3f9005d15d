"""What is said to one incident: the decision and what else was asked, or why it was refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dutyroute.cli.incidents import GivenIncident
from dutyroute.diagnostics import Span
from dutyroute.errors import IncidentError
from dutyroute.messages import Lang
from dutyroute.routing.agreement import Agreement
from dutyroute.routing.answer import Answer
from dutyroute.routing.candidate import Candidate
from dutyroute.routing.decision import Decision
from dutyroute.routing.explanation import Explanation, Reason
from dutyroute.routing.incident import Incident
from dutyroute.routing.router import Router
from dutyroute.rulebook.loader.scalar import Unreadable
from dutyroute.rulebook.loader.scalar import plain as read_scalar
from dutyroute.rulebook.vocabulary import MATTER, Vocabulary, spellings
from dutyroute.rulebook.written import plain

# How many characters of a wrong value are repeated to the reader.
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked besides the decision: reasons, why not somebody, what if."""

    explain: bool = False
    why_not: tuple[str, str | None] | None = None
    what_if: Mapping[str, Any] | None = None
    full: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The decision on an incident, and the answers to the questions."""

    incident: Incident
    decision: Decision
    explanations: tuple[Explanation, ...] = ()
    answers: tuple[Answer, ...] = ()
    reasons: tuple[Reason, ...] = ()
    supposed: Decision | IncidentError | None = None

    def to_dict(self, asked: Questions, lang: Lang) -> dict[str, Any]:
        """Return the contract's object, with a field for each question."""
        written = self.decision.to_dict()
        if asked.explain:
            written["explain"] = [
                {"matter": each.matter, "reasons": [reason.to_dict() for reason in each.reasons]}
                for each in self.explanations
            ]
            names = ("status", "lead", "ask")
            written["answers"] = [
                {"fact": each.fact, "value": plain(each.value)}
                | {name: plain(getattr(each.decision, name)) for name in names}
                for each in self.answers
            ]
        if asked.why_not is not None:
            party, role = asked.why_not
            reasons = [reason.to_dict() for reason in self.reasons]
            written["why_not"] = {"party": party, "role": role, "reasons": reasons}
        if asked.what_if is not None:
            written["what_if"] = {"facts": plain(asked.what_if)}
            if isinstance(self.supposed, IncidentError):
                written["what_if"]["error"] = Refusal.of(self.supposed, lang).error()
            elif self.supposed is not None:
                written["what_if"] |= self.supposed.to_dict()
        return written


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an incident was not answered; `details` hold fact, value, expected and suggestion."""

    code: str
    message: str
    incident: str | None = None
    line: int | None = None
    span: Span | None = None
    candidates: tuple[Candidate, ...] = ()
    details: Mapping[str, Any] = field(
        default_factory=lambda: dict.fromkeys(("fact", "value", "expected", "suggestion"))
    )

    @classmethod
    def of(
        cls,
        error: IncidentError,
        lang: Lang,
        given: GivenIncident | None = None,
        candidates: tuple[Candidate, ...] = (),
    ) -> Refusal:
        """Write an error down, with its place in the file and the matters that may have been meant."""
        span = given.place(error.fact) if given else None
        line = span.line if span else given.line if given else None
        details = {
            "fact": error.fact,
            "value": _short(error.value),
            "expected": error.expects(lang) or None,
            "suggestion": error.suggestion,
        }
        return cls(error.code, error.describe(lang), error.incident, line, span, candidates, details)

    def error(self) -> dict[str, Any]:
        """Return what is wrong as plain data; `candidates` are there where a matter is unknown."""
        found = {"candidates": [each.to_dict() for each in self.candidates]} if self.candidates else {}
        return {"code": self.code, **self.details, **found, "message": self.message, "line": self.line}

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's object for an incident that cannot be read."""
        return {"incident": self.incident, "error": self.error()}


def _short(value: Any) -> Any:
    """Return a value as it was given, unless it is as long as a book."""
    try:
        value = plain(value)
        shown = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):  # thousands of digits, or of brackets
        return None
    return value if len(shown) <= _LONGEST_VALUE else shown[: _LONGEST_VALUE - 1] + "…"


@dataclass(frozen=True, slots=True)
class Responder:
    """Answers incidents, or says why it cannot; with an `agreement`, two engines are compared."""

    router: Router
    asked: Questions
    lang: Lang
    as_of: date | None = None
    agreement: Agreement | None = None

    def answer(self, given: GivenIncident) -> Reply | Refusal:
        """Answer an incident, or say why it cannot be read."""
        if given.broken is not None:
            return Refusal(given.broken.code, given.broken.describe(self.lang), line=given.line)
        try:
            return self._reply(self._read(given.data))
        except IncidentError as error:
            meant = self.router.matters(str(error.value), lang=self.lang) if error.candidates else ()
            return Refusal.of(error, self.lang, given, meant)

    def _read(self, given: Any) -> Incident:
        """Read an incident; `as_of` goes before the day that it gives or that is assumed."""
        # The facts are replaced, since explanations have to be about the same day as the decision.
        incident, dated = self.router.incident(given), self.router.rulebook.header.date
        if dated is None or self.as_of is None:
            return incident
        assumed = tuple(pair for pair in incident.assumed if pair[0] != dated)
        return replace(incident, facts={**incident.facts, dated: self.as_of}, assumed=assumed)

    def _reply(self, incident: Incident) -> Reply:
        asked, router = self.asked, self.router
        try:
            decision = router.route(incident)
        except IncidentError as error:
            # The second engine has to refuse, too.
            if self.agreement is not None:
                self.agreement.hold(incident, error)
            raise
        if self.agreement is not None:
            self.agreement.hold(incident, decision)
        supposed: Decision | IncidentError | None = None
        # What is supposed may contradict the incident: that answers the question, and is no refusal.
        if asked.what_if is not None:
            try:
                supposed = router.what_if(incident, **asked.what_if)
            except IncidentError as error:
                supposed = error
        explanations, answers = (
            (router.explain(incident), router.ask(incident)) if asked.explain else ((), ())
        )
        party, role = asked.why_not or ("", None)
        reasons = router.why_not(incident, party=party, role=role) if party else ()
        return Reply(incident, decision, explanations, answers, reasons, supposed)


def read_pairs(
    words: Vocabulary, pairs: Iterable[tuple[str, str]], matters: tuple[str, ...] = ()
) -> dict[str, Any]:
    """
    Read `--matter` and `--fact` as one incident.

    Facts go by id, name or alias. Values are read as YAML reads them without
    quotes: true and false, whole numbers, dates, else text; an empty one stands
    for unknown, and so does a word for it where a fact has `unless_said`.

    Raises:
        IncidentError: if a fact is given twice.
    """
    known = spellings(words.facts.values())
    found: dict[str, Any] = {MATTER: matters[0] if len(matters) == 1 else list(matters)} if matters else {}
    for key, value in pairs:
        fact = known[key] or key
        if fact in found:
            name = found.get("id")
            incident = name if isinstance(name, str) else None
            raise IncidentError("incident-fact-twice", key, value, incident=incident)
        if words.says_unknown(fact, value):
            found[fact] = None
            continue
        try:
            found[fact] = read_scalar(value)
        except Unreadable:  # no such day, an endless number: the vocabulary says what is expected
            found[fact] = value
    return found
