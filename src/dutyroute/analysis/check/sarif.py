"""Findings for programs: plain JSON, and SARIF 2.1.0 for editors and code hosts."""

from __future__ import annotations

import json
from typing import Any

from dutyroute.analysis.check.catalogue import CHECKS
from dutyroute.analysis.check.finding import Finding, Findings
from dutyroute.analysis.check.pages import explain, heading
from dutyroute.diagnostics import Span
from dutyroute.formats.sarif import Result, log
from dutyroute.messages import Lang, language, word
from dutyroute.rulebook.vocabulary import Plain

__all__ = ["to_json", "to_sarif"]

Written = dict[str, Any]


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
    results = [_result(finding, chosen) for finding in found]
    written = log(results, [_described(check, chosen) for check in checks], chosen)
    return json.dumps(written, ensure_ascii=False, indent=2)


def _described(check: str, lang: Lang) -> Written:
    page = explain(check, lang)
    return {
        "id": check,
        "shortDescription": {"text": heading(check, lang)},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": CHECKS[check]},
    }


def _result(finding: Finding, lang: Lang) -> Result:
    return Result(
        finding.check,
        finding.severity,
        "\n".join(filter(None, (finding.message(lang), finding.help(lang)))),
        finding.span,
        [(word(other.word, lang), other.span) for other in finding.related if other.span is not None],
        {
            "matters": list(finding.matters),
            "obligation": finding.obligation,
            "witness": _witness(finding),
            "rules": list(finding.rules),
            "clauses": list(finding.clauses),
        },
    )
