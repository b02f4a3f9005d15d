"""Faults of files as SARIF 2.1.0, for code hosts that show them beside the line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.diagnostics import Diagnostic, Span

__all__ = ["log"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def log(faults: Iterable[Diagnostic], say: Phrasebook) -> dict[str, Any]:
    """Return one run with one result for each fault."""
    listed = list(faults)
    rules = [{"id": code} for code in sorted({fault.code for fault in listed})]
    tool = {"driver": {"name": "dutyroute", "rules": rules}}
    run = {"tool": tool, "results": [_result(fault, say) for fault in listed]}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(fault: Diagnostic, say: Phrasebook) -> dict[str, Any]:
    said = fault.message(say.lang)
    way_out = fault.help(say.lang)
    return {
        "ruleId": fault.code,
        "level": fault.severity,
        "message": {"text": f"{said}\n{way_out}" if way_out else said},
        "locations": [_location(fault.span)] if fault.span else [],
    }


def _location(span: Span) -> dict[str, Any]:
    region = {"startLine": span.line, "startColumn": span.column, "endColumn": max(span.end, span.column + 1)}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(PurePath(span.path).as_posix())},
            "region": region,
        }
    }
