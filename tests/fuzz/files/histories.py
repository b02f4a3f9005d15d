"""Histories as CSV of every dialect, with the map that reads them."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fuzz.content import history
from fuzz.files.damage import DAMAGE, damaged
from fuzz.trial import Made

__all__ = ["NAMED", "WAYS", "make", "map_text"]

NAMED = {
    **{"id": "编号", "matter": "事项", "date": "日期", "handler": "承办", "area": "街道", "note": "备注"},
}
"""The columns of a history."""

WAYS = tuple(DAMAGE)


def make(way: str, chance: random.Random, size: int) -> Made:
    """Make a history as delimited text."""
    found, settings = damaged(history(chance, size), NAMED, way, chance)
    how = "command" if chance.random() < 0.1 else ""
    return replace(found, kind="csv", map=map_text(settings), how=how)


def map_text(settings: Mapping[str, Any] | None = None, **changed: str) -> str:
    """Write the map of a history; columns may have other names."""
    columns = {**NAMED, **changed}
    facts = {"matter": {"column": columns["matter"]}, "reported_at": {"column": columns["date"]}}
    written: dict[str, Any] = {
        **({"format": dict(settings)} if settings else {}),
        "id": columns["id"],
        "facts": facts,
        "handler": {"column": columns["handler"]},
        "area": {"column": columns["area"]},
    }
    return json.dumps({"map": written}, ensure_ascii=False)
