"""Pydantic's errors as diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dutyroute.diagnostics import Diagnostic, Place, nearest
from dutyroute.messages import both, joined
from dutyroute.rulebook.references import type_at
from dutyroute.rulebook.types import Model

__all__ = ["CODES", "translate"]

CODES = (
    "bad-clause-key",
    "bad-date",
    "bad-digest",
    "bad-fact-identifier",
    "bad-holders",
    "bad-identifier",
    "bad-reference",
    "bad-within",
    "empty-list",
    "empty-period",
    "missing-key",
    "unknown-choice",
    "unknown-key",
    "wrong-length",
    "wrong-type",
)
"""The faults that a model can have by itself."""

_TYPES = {
    "string_type": "expected-text",
    "bool_type": "expected-true-or-false",
    "int_type": "expected-whole-number",
    "date_type": "expected-date",
    "tuple_type": "expected-list",
    "dict_type": "expected-pairs",
    "model_type": "expected-pairs",
    "greater_than_equal": "expected-not-negative",
}
"""What pydantic calls a wrong type, and our text for what would be right."""


def translate(error: ValidationError, model: type[Model], at: Place) -> Iterator[Diagnostic]:
    """Yield each error of a model as a diagnostic placed below `at`."""
    for detail in error.errors(include_url=False):
        yield _diagnostic(detail, model, at)


def _diagnostic(detail: ErrorDetails, model: type[Model], at: Place) -> Diagnostic:
    kind, value = detail["type"], detail["input"]
    place = (*at, *(part for part in detail["loc"] if part != "[key]"))
    on_key = "[key]" in detail["loc"]
    if kind == "missing":
        return Diagnostic("missing-key", {"key": place[-1]}, place[:-1])
    if kind == "extra_forbidden":
        inner, _ = type_at(model, detail["loc"][:-1])
        known = [field.alias or name for name, field in inner.model_fields.items()]
        return _unknown_key(place, known)
    if kind in _TYPES:
        code = "bad-date" if kind == "date_type" and isinstance(value, str) else "wrong-type"
        return Diagnostic(
            code, {"value": value, "expected": both(_TYPES[kind])}, place, "key" if on_key else "value"
        )
    if kind == "string_pattern_mismatch":
        code = _pattern_code(str(detail["ctx"]["pattern"]))
        return Diagnostic(code, {"word": value}, place, "key" if on_key else "value")
    return _bounded(detail, kind, value, place, at)


def _bounded(detail: ErrorDetails, kind: str, value: Any, place: Place, at: Place) -> Diagnostic:
    """Describe errors of choice and of size, and those of our own validators."""
    context: Mapping[str, Any] = detail.get("ctx", {})
    if kind == "literal_error":
        allowed = [part.strip(" '") for part in str(context["expected"]).replace(" or ", ",").split(",")]
        near = nearest(str(value), allowed)
        known = joined(allowed)
        return Diagnostic("unknown-choice", {"word": value, "known": known, "suggestion": near}, place)
    if kind == "value_error":
        return Diagnostic(str(context["error"]), {}, place)
    if kind == "too_short":
        return Diagnostic("empty-list", {}, place)
    return Diagnostic("wrong-length", {"limit": context.get("max_length")}, place)


def _unknown_key(place: Place, known: list[str]) -> Diagnostic:
    word = str(place[-1])
    values = {"word": word, "suggestion": nearest(word, known), "known": ", ".join(known)}
    return Diagnostic("unknown-key", values, place, "key")


def _pattern_code(pattern: str) -> str:
    if "/" in pattern:
        return "bad-reference"
    if "a-f" in pattern:
        return "bad-digest"
    if "[hdw]" in pattern:
        return "bad-within"
    return (
        "bad-fact-identifier"
        if "_" in pattern
        else "bad-clause-key"
        if "A-Z" in pattern
        else "bad-identifier"
    )
