"""Findings for programs: plain JSON, and SARIF 2.1.0 for editors and code hosts."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from dutyroute.analysis.check.catalogue import CHECKS
from dutyroute.analysis.check.finding import Finding, Findings
from dutyroute.analysis.check.pages import explain, heading
from dutyroute.diagnostics import Span
from dutyroute.messages import Lang, language, word
from dutyroute.rulebook.vocabulary import Plain

__all__ = ["to_json", "to_sarif"]

Written = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def to_json(found: Findings, lang: Lang | None = None) -> str:
    """Write findings as one JSON object, messages in the language asked for."""
    book = found.rulebook
    written = {
        "rulebook": {"id": book.id, "edition": book.edition, "digest": book.digest},
        "counts": found.counts,
        "unproven": list(found.unproven),
        "findings": [_finding(finding, lang) for finding in found],
    }
    return json.dumps(written, ensure_ascii=False, indent=2)


def _finding(finding: Finding, lang: Lang | None) -> Written:
    return {
        "check": finding.check,
        "severity": finding.severity,
        "message": finding.message(lang),
        "help": finding.help(lang),
        "matter": finding.matter,
        "matters": list(finding.matters),
        "obligation": finding.obligation,
        "witness": _witness(finding),
        "rules": list(finding.rules),
        "clauses": list(finding.clauses),
        "span": _place(finding.span),
        "related": [_place(other.span) for other in finding.related],
    }


def _witness(finding: Finding) -> Written:
    return {fact: _plain(value) for fact, value in finding.witness.items()}


def _plain(value: Plain) -> bool | int | str:
    return value if isinstance(value, bool | int) else str(value)


def _place(span: Span | None) -> Written | None:
    if span is None:
        return None
    return {"path": span.path, "line": span.line, "column": span.column, "end": span.end}


def to_sarif(found: Findings, lang: Lang | None = None) -> str:
    """
    Write findings as a SARIF 2.1.0 log.

    Each check that found something is described by its page; the witness, the
    rules and the clauses of a finding are among its properties.
    """
    chosen = lang or language()
    checks = [check for check in CHECKS if any(finding.check == check for finding in found)]
    driver = {
        "name": "dutyroute",
        "version": _version(),
        "rules": [_described(check, chosen) for check in checks],
    }
    run = {
        "tool": {"driver": driver},
        "language": "zh-CN" if chosen == "zh" else "en",
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, checks, chosen) for finding in found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _version() -> str:
    try:
        return version("dutyroute")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "0"


def _described(check: str, lang: Lang) -> Written:
    page = explain(check, lang)
    return {
        "id": check,
        "shortDescription": {"text": heading(check, lang)},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": CHECKS[check]},
    }


def _result(finding: Finding, checks: list[str], lang: Lang) -> Written:
    help_text = finding.help(lang)
    written: Written = {
        "ruleId": finding.check,
        "ruleIndex": checks.index(finding.check),
        "level": finding.severity,
        "message": {"text": "\n".join(filter(None, (finding.message(lang), help_text)))},
        "properties": {
            "matters": list(finding.matters),
            "obligation": finding.obligation,
            "witness": _witness(finding),
            "rules": list(finding.rules),
            "clauses": list(finding.clauses),
        },
    }
    if finding.span is not None:
        written["locations"] = [_location(finding.span)]
    others = [(other.word, other.span) for other in finding.related if other.span is not None]
    if others:
        written["relatedLocations"] = [
            {"id": i, "message": {"text": word(key, lang)}, **_location(span)}
            for i, (key, span) in enumerate(others, 1)
        ]
    return written


def _location(span: Span) -> Written:
    region = {"startLine": span.line, "startColumn": span.column, "endColumn": max(span.end, span.column + 1)}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(span.path)}, "region": region}}


def _uri(path: str) -> str:
    """Write a path as a URI: relative where the path is, so that a code host finds the file."""
    pure = PurePath(path)
    return pure.as_uri() if pure.is_absolute() else quote(pure.as_posix())
