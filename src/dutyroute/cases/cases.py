"""Case files: incidents with the duties that policy staff expect, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ValidationError

from dutyroute.diagnostics import Diagnostic, Place, Related, Span
from dutyroute.errors import IncidentError, RulebookError
from dutyroute.messages import LANGUAGES, chosen
from dutyroute.routing.incident import Incident, IncidentReader
from dutyroute.rulebook.loader import Document, read_document
from dutyroute.rulebook.references import unknown_names
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Assignments
from dutyroute.rulebook.types import FactId, FlagId, Model, Name, PartyId, Ref, RoleId, Several, Some, Words
from dutyroute.rulebook.validation.models import translate

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


class WrittenCase(Model):
    """A case as it is written."""

    id: Name
    title: Words
    english: Words | None = None
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
        self.reader = IncidentReader(rulebook.vocabulary, zone=rulebook.header.zone)
        self.cases: list[Case] = []
        self.faults: list[Diagnostic] = []
        self.seen: dict[str, Span | None] = {}

    def add(self, path: Path) -> None:
        """Take in one file, or the case files of a folder."""
        files = [path]
        if path.is_dir():
            files = sorted(file for file in path.rglob("*.yaml") if not file.name.startswith("."))
        found = [read_document(file) for file in files]
        if path.is_dir():
            # A file that cannot be read may well hold cases, so its faults are told.
            found = [(document, faults) for document, faults in found if faults or _has_cases(document)]
        if not found:
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
