"""A value or a condition as an author writes it, on one line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from dutyroute.rulebook.types import Model

# Narrower than YAML allows: a needless quotation mark does no harm, a missing one changes the value.
_SAFE = re.compile(r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”·/_-]*")
_READ_OTHERWISE = {"true", "false", "null"}


def written(value: Any, *, quotes: bool = True, depth: int = 100, most: int | None = None) -> str:
    """
    Write a value, a list or a condition as YAML on one line.

    A text gets quotation marks where YAML would read it as something else,
    unless `quotes` is False. Deeper than `depth`, three dots stand for a list or
    mapping; of more than `most` entries the first are written.

    >>> written({"matter": ("noise", "clutter"), "storeys": {"at_least": 3}, "urgent": True})
    '{matter: [noise, clutter], storeys: {at_least: 3}, urgent: true}'
    >>> written(date(2026, 3, 1)), written("2026-03-01"), written("2026-03-01", quotes=False)
    ('2026-03-01', '"2026-03-01"', '2026-03-01')
    """
    if isinstance(value, Mapping | list | tuple):
        if depth == 0:
            return "…"
        inner = partial(written, quotes=quotes, depth=depth - 1, most=most)
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{key}: {inner(v)}" for key, v in list(value.items())[:most]) + "}"
        return "[" + ", ".join(map(inner, value[:most])) + "]"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, str) and quotes and (not _SAFE.fullmatch(value) or value.lower() in _READ_OTHERWISE):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def plain(value: Any) -> Any:
    """Turn what a rulebook holds into what JSON can write: lists for tuples, text for dates."""
    if isinstance(value, Model):
        value = value.written()
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
