"""The numbers and days at which a rulebook's answer may turn, and their neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

__all__ = ["around", "compared"]


def around(value: Any) -> Iterator[Any]:
    """Yield a number or day and its neighbours, as far as there are such."""
    one = timedelta(days=1) if isinstance(value, date) else 1
    yield value
    if value != date.min:
        yield value - one
    if value != date.max:
        yield value + one


def compared(written: Any, fact: str, *, inside: bool = False) -> Iterator[Any]:
    """Yield everything that a condition compares a fact with."""
    if isinstance(written, dict):
        for key, value in written.items():
            yield from compared(value, fact, inside=inside or key == fact)
    elif isinstance(written, tuple):
        for value in written:
            yield from compared(value, fact, inside=inside)
    elif inside:
        yield written
