"""Pydantic's errors as diagnostics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dutyroute.diagnostics import Diagnostic, On, Place, nearest
from dutyroute.messages import both, joined, text
from dutyroute.rulebook.conditions import as_date
from dutyroute.rulebook.references import type_at
from dutyroute.rulebook.types import Model
from dutyroute.rulebook.written import written

_PATTERNS = (
    ("…", "bad-keyword"),
    ("/", "bad-reference"),
    ("a-f", "bad-digest"),
    ("|wd", "bad-within"),
    ("_", "bad-fact-identifier"),
    ("A-Z", "bad-clause-key"),
    ("value", "bad-saying"),
    ("", "bad-identifier"),
)
"""What tells the patterns of our texts from each other; the first that fits counts."""

CODES = frozenset(
    (
        *(code for _, code in _PATTERNS),
        *(
            "bad-beside",
            "bad-date",
            "bad-holders",
            "default-not-a-role",
            "empty-list",
            "empty-period",
            "vacated-not-alone",
        ),
        *("list-of-pairs", "list-without-brackets", "missing-key", "nothing-below"),
        *("unknown-choice", "unknown-key", "unknown-timezone", "wrong-length", "wrong-type"),
    )
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
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    place = (*at, *(part for part in detail["loc"] if part != "[key]"))
    on: On = "key" if "[key]" in detail["loc"] else "value"
    if kind == "missing":
        return Diagnostic("missing-key", {"key": place[-1]}, place[:-1])
    if kind == "extra_forbidden":
        inner, _ = type_at(model, detail["loc"][:-1])
        known = [field.alias or name for name, field in inner.model_fields.items()]
        word = str(place[-1])
        values: dict[str, object] = {"word": word, "suggestion": nearest(word, known)}
        values["known"] = ", ".join(known)
        return Diagnostic("unknown-key", values, place, "key")
    if kind == "date_type" and isinstance(value, str):
        values = {"value": value, "expected": both("expected-date"), "suggestion": as_date(value)}
        return Diagnostic("bad-date", values, place, on)
    if kind == "string_type" and isinstance(value, bool) and place[-1] == "default":
        return Diagnostic("default-not-a-role", {"word": written(value)}, place)
    if kind == "string_type" and isinstance(value, bool | int | date):
        # 3.10 or 2026-03-01 was meant as text, and is text with quotation marks.
        wanted = both("expected-quotes", written=written(value))
        return Diagnostic("wrong-type", {"value": value, "expected": wanted}, place, on)
    if kind in ("dict_type", "model_type") and (code := _unpaired(value)):
        return Diagnostic(code, {"key": place[-1]}, place)
    if isinstance(value, str) and (several := _several(kind, value, detail["loc"])):
        return Diagnostic("list-without-brackets", {"word": value, "listed": ", ".join(several)}, place)
    if kind in _TYPES:
        return Diagnostic("wrong-type", {"value": value, "expected": both(_TYPES[kind])}, place, on)
    if kind == "string_pattern_mismatch":
        code = next(code for mark, code in _PATTERNS if mark in str(context["pattern"]))
        return Diagnostic(code, {"word": value}, place, on)
    if kind == "literal_error":
        allowed = [part.strip(" '") for part in str(context["expected"]).replace(" or ", ",").split(",")]
        near = _called(str(value), model, detail["loc"]) or nearest(str(value), allowed)
        values = {"word": value, "known": joined(allowed), "suggestion": near}
        return Diagnostic("unknown-choice", values, place)
    if kind == "value_error":  # our own validators raise with the code
        return Diagnostic(str(context["error"]), {}, place)
    if kind == "too_short":
        return Diagnostic("empty-list", {}, place)
    return Diagnostic("wrong-length", {"limit": context.get("max_length")}, place)


def _unpaired(value: object) -> str | None:
    """Name what is written where there should be keys: nothing, or a list of them."""
    is_list = isinstance(value, tuple) and all(isinstance(each, dict) for each in value)
    return "nothing-below" if value is None else "list-of-pairs" if is_list else None


def _several(kind: str, value: str, place: Place) -> list[str]:
    """Split what was meant as a list and has no brackets; nothing where one thing was meant."""
    if kind == "tuple_type":
        return re.split(r"[,，、;；] *", value)
    is_of_a_list = kind == "string_pattern_mismatch" and isinstance(place[-1], int)
    # References have no blanks in them; a name with one may be a title.
    parts = re.split(r"[,，、;；\s]+" if "/" in value else r"[,，、;；] *", value)
    return parts if is_of_a_list and len(parts) > 1 else []


def _called(value: str, model: type[Model], place: Place) -> str | None:
    """Find the choice that is called so in Chinese: the text that explains the key names them all."""
    inner, _ = type_at(model, place[:-1])
    key = str(place[-1])
    told = text(inner.text_code(key), "zh").help if key in getattr(inner, "model_fields", {}) else ""
    named = re.findall(r"([a-z][a-z-]*) ([^，。；、]+)", told)
    return next((name for name, called in named if called.startswith(value)), None)
