"""SARIF 2.1.0, which editors and code hosts show beside the line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from dutyroute.diagnostics import Diagnostic, Span
from dutyroute.messages import Lang, word
from dutyroute.version import __version__

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


@dataclass(frozen=True, slots=True)
class Result:
    """
    One result: the rule that found it, what it says, and where.

    `related` are further places, each with the word that says what it is.
    `suppression` says why the result is accepted, and where that is written.
    """

    rule: str
    level: str
    message: str
    span: Span | None = None
    related: Sequence[tuple[str, Span]] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    is_new: bool | None = None
    suppression: tuple[str, Span | None] | None = None


def log(results: Iterable[Result], rules: Sequence[Mapping[str, Any]], lang: Lang) -> dict[str, Any]:
    """Return a log of one run; `rules` describe what can be found, each with its `id`."""
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "dutyroute", "version": __version__, "rules": list(rules)}},
        "language": word("language-tag", lang),
        # The default of SARIF, and what editors count in; not every reader honours another.
        "columnKind": "utf16CodeUnits",
        "results": [_result(each, places[each.rule]) for each in results],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def result_of(fault: Diagnostic, lang: Lang) -> Result:
    """Return the result that shows a fault in a file."""
    message = "\n".join(filter(None, (fault.message(lang), fault.help(lang))))
    return Result(fault.code, fault.severity, message, fault.span)


def _result(each: Result, place: int) -> dict[str, Any]:
    written: dict[str, Any] = {
        "ruleId": each.rule,
        "ruleIndex": place,
        "level": each.level,
        # A blank keeps brackets of an author's from becoming a link, which even plain texts may hold.
        "message": {"text": each.message.replace("](", "] (")},
    }
    if each.properties:
        written["properties"] = dict(each.properties)
    if each.is_new is not None:
        written["baselineState"] = "new" if each.is_new else "unchanged"
    # An empty list says that it is not suppressed; without one, nobody could tell.
    written["suppressions"] = []
    if each.suppression is not None:
        why, span = each.suppression
        accepted = {"kind": "external", "status": "accepted", "justification": why}
        written["suppressions"] += [{**accepted, **({"location": _location(span)} if span else {})}]
    if each.span is not None:
        written["locations"] = [_location(each.span)]
    if each.related:
        written["relatedLocations"] = [
            {"id": i, "message": {"text": word}, **_location(span)}
            for i, (word, span) in enumerate(each.related, 1)
        ]
    return written


def _location(span: Span) -> dict[str, Any]:
    end = max(span.end, span.column + 1)  # some viewers do not show an empty region
    region = {
        "startLine": span.line,
        "startColumn": _units(span.excerpt, span.column),
        "endColumn": _units(span.excerpt, end),
    }
    # Relative where the path is, so that a code host finds the file.
    path = PurePath(span.path)
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}


def _units(line: str, column: int) -> int:
    """Count a column in UTF-16 units, of which a rare character takes two."""
    return column + sum(char > "\uffff" for char in line[: column - 1])
