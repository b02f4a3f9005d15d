"""
Written cases: incidents with the duties that policy staff expect, and running them.

>>> from dutyroute import Router
>>> from dutyroute.cases import load_cases, run
>>> from dutyroute.rulebook.shipped import shipped
>>> router = Router.shipped()
>>> cases = load_cases([shipped("cases") / "fire.yaml"], router.rulebook)
>>> all(run(case, router).passed for case in cases)
True
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ValidationError

from dutyroute.diagnostics import Diagnostic, Place, Related, Span
from dutyroute.diagram.ruling import Duty, Ruling
from dutyroute.errors import IncidentError, RulebookError
from dutyroute.messages import LANGUAGES, Lang, chosen, joined, language, text
from dutyroute.routing.decision import Decision
from dutyroute.routing.incident import Incident, IncidentReader
from dutyroute.routing.router import Router
from dutyroute.rulebook.loader import Document, read_document
from dutyroute.rulebook.loader.files import yaml_files
from dutyroute.rulebook.references import unknown_names
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Assignment, Assignments
from dutyroute.rulebook.types import (
    FactId,
    FlagId,
    Model,
    Name,
    PartyId,
    Ref,
    RoleId,
    Several,
    Some,
    Titled,
    Words,
)
from dutyroute.rulebook.validation.models import translate
from dutyroute.rulebook.vocabulary import Term

__all__ = ["Case", "CaseRun", "Expectation", "Mismatch", "load_cases", "run"]

ANYONE = "anyone"
"""In `never`: no party at all may hold the role."""


class Expectation(Model):
    """What a case expects of one matter's ruling, or of the whole decision."""

    matter: Annotated[Name, Ref("matters", is_checked=False)] | None = None
    status: Literal["routed", "incomplete", "unrouted", "conflict"] | None = None
    lead: Some[PartyId] | None = None
    duties: dict[RoleId, Assignments] | None = None
    possible: dict[RoleId, Assignments] | None = None
    never: dict[RoleId, Some[Annotated[Name, Ref("parties", also=(ANYONE,))]]] | None = None
    flags: Some[FlagId] | None = None
    ask: Some[FactId] | None = None
    recused: dict[RoleId, Some[PartyId]] | None = None


class WrittenCase(Titled):
    """A case as it is written."""

    incident: Annotated[dict[str, Any], Ref("incidents")]
    expect: Several[Expectation]
    because: Words


@dataclass(frozen=True)
class Case:
    """A case that can be run: its incident is read, its words are known."""

    id: str
    title: str
    english: str | None
    incident: Incident
    expect: tuple[Expectation, ...]
    because: str
    span: Span | None = None

    def called(self, lang: str) -> str:
        """Return the title in the reader's language, the Chinese one failing that."""
        return chosen(lang, self.title, self.english or self.title)


def load_cases(paths: Iterable[str | Path], rulebook: Rulebook) -> tuple[Case, ...]:
    """
    Load case files, and the case files in folders.

    In a folder only files with a top-level `cases:` count.

    Raises:
        RulebookError: with every fault: what cannot be read, is misspelt, unknown or
            said twice.
    """
    reading = _CaseReader(rulebook)
    for path in paths:
        reading.add(Path(path))
    if reading.faults:
        by_place = sorted(reading.faults, key=lambda fault: (fault.span is None, fault.span))
        raise RulebookError(tuple(by_place))
    return tuple(reading.cases)


class _CaseReader:
    """Gathers cases and faults over several files."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.reader = IncidentReader(rulebook)
        self.cases: list[Case] = []
        self.faults: list[Diagnostic] = []
        self.seen: dict[str, Span | None] = {}

    def add(self, path: Path) -> None:
        """Take in one file, or the case files of a folder."""
        passed: list[Diagnostic] = []
        if path.is_dir():
            names, odd = yaml_files(path)
            # A file that cannot be read may well hold cases, so its faults are reported.
            found = [each for each in map(read_document, map(Path, names)) if each[1] or _has_cases(each[0])]
            # Cases in a file called .yml or .yaml.txt would be passed over in silence.
            passed = [
                each
                for each in odd
                if each.code in ("yml-extension", "hidden-extension")
                and _has_cases(read_document(Path(str(each.values["path"])))[0])
            ]
            self.faults += passed
        else:
            found = [read_document(path)]
        if not found and not passed:
            self.faults.append(Diagnostic("no-cases", {"path": str(path)}))
        for document, faults in found:
            self.faults += faults
            if document.data is not None or not faults:
                self.take(document, is_whole=not faults)

    def take(self, document: Document, *, is_whole: bool) -> None:
        """Take in the cases of one file; of one that is not whole, those that could be read."""
        cases = document.data["cases"] if _has_cases(document) else None
        if not isinstance(cases, tuple):
            if is_whole:
                self.faults.append(Diagnostic("no-cases", {"path": document.name}, span=document.span(())))
            return
        for key in document.data:
            if key != "cases":
                values = {"word": key, "suggestion": None, "known": "cases"}
                span = document.span((key,), "key")
                self.faults.append(Diagnostic("unknown-key", values, (key,), "key", span))
        for index, entry in enumerate(cases):
            for fault in self.case(entry, document, index):
                span = fault.span or document.span(fault.at, fault.on)
                self.faults.append(replace(fault, span=span))

    def case(self, entry: Any, document: Document, index: int) -> Iterator[Diagnostic]:
        """Read one case; its faults are placed in the file."""
        at: Place = ("cases", index)
        try:
            written = WrittenCase.model_validate(entry)
        except ValidationError as error:
            yield from translate(error, WrittenCase, at)
            return
        span = document.span((*at, "id"))
        if written.id in self.seen:
            first = Related("first-here", (), self.seen[written.id])
            yield Diagnostic("duplicate-id", {"word": written.id}, (*at, "id"), related=(first,))
            return
        self.seen[written.id] = span
        try:
            incident = self.reader.read({"id": written.id, **written.incident})
        except IncidentError as error:
            said = {lang: error.describe(lang) for lang in LANGUAGES}
            place = (*at, "incident", error.fact) if error.fact else (*at, "incident")
            yield Diagnostic("case-incident", {"said": said}, place)
            return
        faults = list(_misfits(written, incident, self.rulebook, at))
        yield from faults
        if not faults:
            titles = written.title, written.english
            self.cases.append(Case(written.id, *titles, incident, written.expect, written.because, span))


def _has_cases(document: Document) -> bool:
    return isinstance(document.data, Mapping) and "cases" in document.data


def _misfits(case: WrittenCase, incident: Incident, book: Rulebook, at: Place) -> Iterator[Diagnostic]:
    """Tell what in a case's expectations the rulebook or the incident lacks, and those that are empty."""
    for index, each in enumerate(case.expect):
        here = (*at, "expect", index)
        if not each.model_dump(exclude_none=True, exclude={"matter"}):
            yield Diagnostic("case-expects-nothing", {"word": case.id}, here)
        yield from unknown_names(each, here, book.tables)
        if each.matter not in (None, *incident.matters):
            yield Diagnostic("case-other-matter", {"word": each.matter}, (*here, "matter"))


_Text = str | Mapping[str, str]
"""A text that is the same in every language, or one for each."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """
    One thing in which a decision is not what a case expects.

    `code` names the kind, `values` fill the message; `rules` are those that gave
    what should not be, or could have given what is missing.
    """

    code: str
    values: Mapping[str, _Text]
    rules: tuple[str, ...] = ()

    def message(self, lang: Lang | None = None) -> str:
        """Say what is expected and what was decided, with the rules behind it."""
        chosen = lang or language()
        values = {
            key: value if isinstance(value, str) else value[chosen] for key, value in self.values.items()
        }
        values["rules"] = ", ".join(self.rules)
        said = text(self.code, chosen)
        return said.said(values) + said.way_out(values)


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A case that was run, and in what the decision differs from what it expects."""

    case: Case
    mismatches: tuple[Mismatch, ...]

    @property
    def passed(self) -> bool:
        """Whether the decision is just what the case expects."""
        return not self.mismatches

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return the case and its mismatches as plain data; sentences are in the given language."""
        case, span = self.case, self.case.span
        return {
            "case": case.id,
            "title": case.called(lang or language()),
            "passed": self.passed,
            "differences": [
                {"code": each.code, "message": each.message(lang), "rules": list(each.rules)}
                for each in self.mismatches
            ],
            "path": span.path if span else None,
            "line": span.line if span else None,
        }


def run(case: Case, router: Router) -> CaseRun:
    """Route a case's incident and compare the decision with what is expected."""
    try:
        decision = router.route(case.incident)
    except IncidentError as error:
        said: dict[str, str] = {lang: error.describe(lang) for lang in LANGUAGES}
        return CaseRun(case, (Mismatch("case-refused", {"said": said}),))
    found: list[Mismatch] = []
    for expected in case.expect:
        found += _Comparison(case, router, decision, expected).mismatches()
    return CaseRun(case, tuple(found))


class _Comparison:
    """Compares a decision, or one of its rulings, with what a case expects of it."""

    def __init__(self, case: Case, router: Router, decision: Decision, expected: Expectation) -> None:
        self.case = case
        self.router = router
        self.words = router.rulebook.vocabulary
        self.expected = expected
        self.rulings = [each for each in decision.rulings if expected.matter in (None, each.matter)]
        # A decision has the same fields as its rulings, each the union over all of them.
        self.found: Decision | Ruling = decision if expected.matter is None else self.rulings[0]

    def mismatches(self) -> Iterator[Mismatch]:
        expected, found, words = self.expected, self.found, self.words
        if expected.status not in (None, found.status):
            yield Mismatch("case-status", {"expected": str(expected.status), "found": found.status})
        yield from self.sets("lead", words.parties, expected.lead, found.lead)
        yield from self.sets("flags", words.flags, expected.flags, found.flags)
        yield from self.sets("ask", words.facts, expected.ask, found.ask)
        yield from self.needed(expected.duties or {}, certain=True)
        yield from self.needed(expected.possible or {}, certain=False)
        for role, parties in (expected.never or {}).items():
            for duty in found.duties:
                if duty.role == role and (duty.party in parties or ANYONE in parties):
                    yield self.mismatch("case-forbidden", duty.party, role, rules=duty.rules)
        recused = {(each.party, each.role) for ruling in self.rulings for each in ruling.recused}
        for role, parties in (expected.recused or {}).items():
            for party in parties:
                if (party, role) not in recused:
                    yield self.mismatch("case-not-recused", party, role)

    def sets(
        self, what: str, entries: Mapping[str, Term], expected: Iterable[str] | None, found: Iterable[str]
    ) -> Iterator[Mismatch]:
        if expected is not None and set(expected) != set(found):
            values = {"expected": _names(entries, expected), "found": _names(entries, found)}
            yield Mismatch(f"case-{what}", values)

    def needed(self, expected: Mapping[str, tuple[Assignment, ...]], *, certain: bool) -> Iterator[Mismatch]:
        held = {(duty.party, duty.role): duty for duty in self.found.duties}
        for role, assignments in expected.items():
            for party, wanted in ((party, each) for each in assignments for party in each.party):
                duty = held.get((party, role))
                if duty is None:
                    yield self.mismatch("case-missing", party, role, rules=self.could_give(party, role))
                elif duty.certain is not certain:
                    code = "case-only-possible" if certain else "case-certain-already"
                    yield self.mismatch(code, party, role, rules=duty.rules)
                else:
                    yield from self.details(duty, wanted)

    def details(self, duty: Duty, wanted: Assignment) -> Iterator[Mismatch]:
        """Compare whom a duty tells and how soon it is due, as far as the case says so."""
        # `lead` in a case stands for whoever leads, as it does in a rule.
        told = {party for to in wanted.to for party in (self.found.lead if to == LEAD else (to,))}
        told -= {duty.party}
        held = duty.party, duty.role
        if wanted.to and told != set(duty.to):
            parties = self.words.parties
            expected, found = _names(parties, sorted(told)), _names(parties, duty.to)
            yield self.mismatch("case-to", *held, duty.rules, expected=expected, found=found)
        if wanted.within not in (None, duty.within):
            expected, found = str(wanted.within), duty.within or "—"
            yield self.mismatch("case-within", *held, duty.rules, expected=expected, found=found)

    def could_give(self, party: str, role: str) -> tuple[str, ...]:
        """Name the rules that could have given a missing duty, nearest misses first."""
        reasons = self.router.why_not(self.case.incident, party=party, role=role)
        return tuple(dict.fromkeys(reason.rule for reason in reasons))[:3]

    def mismatch(
        self, code: str, party: str, role: str, rules: tuple[str, ...] = (), **more: _Text
    ) -> Mismatch:
        names = {"party": _called(self.words.parties[party]), "role": _called(self.words.roles[role])}
        return Mismatch(code, {**names, **more}, rules)


def _called(entry: Term) -> Mapping[str, str]:
    return {lang: entry.called(lang) for lang in LANGUAGES}


def _names(entries: Mapping[str, Term], ids: Iterable[str]) -> _Text:
    names = [_called(entries[each]) for each in ids]
    return joined(names) if names else "—"
