"""Running a case: every difference between what was expected and what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dutyroute.cases.cases import ANYONE, Case, Expectation
from dutyroute.diagram.ruling import Duty, Recused, Ruling
from dutyroute.errors import IncidentError
from dutyroute.messages import LANGUAGES, Lang, language, text, word
from dutyroute.routing.decision import Decision
from dutyroute.routing.router import Router
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Assignment

__all__ = ["Mismatch", "Trial", "run"]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """
    One thing in which a decision is not what a case expects.

    `code` names the kind, `values` fill the message in each language; `rules`
    are those that gave what should not be, or could have given what is missing.
    """

    code: str
    values: Mapping[Lang, Mapping[str, str]]
    rules: tuple[str, ...] = ()

    def message(self, lang: Lang | None = None) -> str:
        """Say the difference as a clerk would, with the rules behind it."""
        chosen = lang or language()
        said = text(self.code, chosen)
        values = {**self.values[chosen], "rules": ", ".join(self.rules)}
        return said.said(values) + said.way_out(values)


@dataclass(frozen=True, slots=True)
class Trial:
    """A case that was run, and in what the decision differs from what it expects."""

    case: Case
    differences: tuple[Mismatch, ...]

    @property
    def passed(self) -> bool:
        """Whether the decision is just what the case expects."""
        return not self.differences


def run(case: Case, router: Router) -> Trial:
    """Route a case's incident and compare the decision with what is expected."""
    try:
        decision = router.route(case.incident)
    except IncidentError as error:
        said = {lang: {"said": error.describe(lang)} for lang in LANGUAGES}
        return Trial(case, (Mismatch("case-refused", said),))
    found = _Comparison(case, router, decision)
    return Trial(case, tuple(d for expectation in case.expect for d in found.against(expectation)))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a decision, or one of its rulings, says: the part that is compared."""

    status: str
    lead: tuple[str, ...]
    duties: tuple[Duty, ...]
    flags: tuple[str, ...]
    ask: tuple[str, ...]
    recused: tuple[Recused, ...]


def _seen(decision: Decision, matter: str | None) -> _Seen:
    if matter is None:
        recused = tuple(r for ruling in decision.rulings for r in ruling.recused)
        return _Seen(decision.status, decision.lead, decision.duties, decision.flags, decision.ask, recused)
    ruling: Ruling = next(r for r in decision.rulings if r.matter == matter)
    return _Seen(ruling.status, ruling.lead, ruling.duties, ruling.flags, ruling.ask, ruling.recused)


class _Comparison:
    """Compares one decision with what one case expects."""

    def __init__(self, case: Case, router: Router, decision: Decision) -> None:
        self.case = case
        self.router = router
        self.decision = decision
        self.book: Rulebook = router.rulebook

    def against(self, expected: Expectation) -> Iterator[Mismatch]:
        seen = _seen(self.decision, expected.matter)
        yield from self.whole("status", expected.status, seen.status)
        yield from self.sets("lead", self.book.vocabulary.parties, expected.lead, seen.lead)
        yield from self.sets("flags", self.book.vocabulary.flags, expected.flags, seen.flags)
        yield from self.sets("ask", self.book.vocabulary.facts, expected.ask, seen.ask)
        yield from self.needed(expected.duties or {}, seen, certain=True)
        yield from self.needed(expected.possible or {}, seen, certain=False)
        yield from self.forbidden(expected.never or {}, seen)
        yield from self.recused(expected.recused or {}, seen)

    def whole(self, what: str, expected: str | None, found: str) -> Iterator[Mismatch]:
        if expected is not None and expected != found:
            values = {"expected": expected, "found": found}
            yield Mismatch(f"case-{what}", dict.fromkeys(LANGUAGES, values))

    def sets(
        self, what: str, entries: Mapping[str, Any], expected: tuple[str, ...] | None, found: tuple[str, ...]
    ) -> Iterator[Mismatch]:
        if expected is not None and set(expected) != set(found):
            values = {
                lang: {"expected": _names(entries, expected, lang), "found": _names(entries, found, lang)}
                for lang in LANGUAGES
            }
            yield Mismatch(f"case-{what}", values)

    def needed(self, expected: Mapping[str, Any], seen: _Seen, *, certain: bool) -> Iterator[Mismatch]:
        held = {(d.party, d.role): d for d in seen.duties}
        for role, assignments in expected.items():
            for wanted in assignments:
                for party in wanted.party:
                    yield from self.one(held.get((party, role)), party, role, wanted, seen.lead, certain)

    def one(
        self,
        duty: Duty | None,
        party: str,
        role: str,
        wanted: Assignment,
        lead: tuple[str, ...],
        certain: bool,
    ) -> Iterator[Mismatch]:
        if duty is None:
            yield self.difference("case-missing", party, role, rules=self.could_give(party, role))
        elif duty.certain is not certain:
            code = "case-only-possible" if certain else "case-certain-already"
            yield self.difference(code, party, role, rules=duty.rules)
        else:
            yield from self.details(duty, wanted, lead)

    def details(self, duty: Duty, wanted: Assignment, lead: tuple[str, ...]) -> Iterator[Mismatch]:
        """Compare whom a duty tells and how soon it is due, as far as the case says so."""
        told = {p for t in wanted.to for p in (lead if t == LEAD else (t,))} - {duty.party}
        if wanted.to and told != set(duty.to):
            parties = self.book.vocabulary.parties
            names: dict[Lang, dict[str, str]] = {
                lang: {
                    "expected": _names(parties, tuple(sorted(told)), lang),
                    "found": _names(parties, duty.to, lang),
                }
                for lang in LANGUAGES
            }
            yield self.difference("case-to", duty.party, duty.role, names, duty.rules)
        if wanted.within not in (None, duty.within):
            limits = {"expected": str(wanted.within), "found": duty.within or "—"}
            said = dict.fromkeys(LANGUAGES, limits)
            yield self.difference("case-within", duty.party, duty.role, said, duty.rules)

    def forbidden(self, expected: Mapping[str, tuple[str, ...]], seen: _Seen) -> Iterator[Mismatch]:
        for role, parties in expected.items():
            for duty in seen.duties:
                if duty.role == role and (duty.party in parties or ANYONE in parties):
                    yield self.difference("case-forbidden", duty.party, role, rules=duty.rules)

    def recused(self, expected: Mapping[str, tuple[str, ...]], seen: _Seen) -> Iterator[Mismatch]:
        found = {(r.party, r.role) for r in seen.recused}
        for role, parties in expected.items():
            for party in parties:
                if (party, role) not in found:
                    yield self.difference("case-not-recused", party, role)

    def could_give(self, party: str, role: str) -> tuple[str, ...]:
        """Name the rules that could have given a missing duty, nearest misses first."""
        reasons = self.router.why_not(self.case.incident, party=party, role=role)
        return tuple(dict.fromkeys(reason.rule for reason in reasons))[:3]

    def difference(
        self,
        code: str,
        party: str,
        role: str,
        more: Mapping[Lang, Mapping[str, str]] | None = None,
        rules: Iterable[str] = (),
    ) -> Mismatch:
        words = self.book.vocabulary
        values = {
            lang: {
                "party": words.parties[party].called(lang),
                "role": words.roles[role].called(lang),
                **(more[lang] if more else {}),
            }
            for lang in LANGUAGES
        }
        return Mismatch(code, values, tuple(rules))


def _names(entries: Mapping[str, Any], ids: tuple[str, ...], lang: Lang) -> str:
    names = [entries[i].called(lang) for i in ids]
    return word("comma", lang).join(names) or "—"
