"""One spelling of each JSON value: the canonical form of RFC 8785."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

__all__ = ["canonical", "spelled"]

_LARGEST = 2**53 - 1
"""Beyond it only those whole numbers are the same in every program that are written as a double is."""

_FAST = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, sort_keys=True, separators=(",", ":")
)
_CLASSES = bytes.maketrans(b"123456789}]\xf1\xf2\xf3\xf4", b"000000000,,\xf0\xf0\xf0\xf0")
_KEPT = frozenset(b'0123456789,}]":\xf0\xf1\xf2\xf3\xf4')
_LEFT_OUT = bytes(byte for byte in range(256) if byte not in _KEPT)
_END = re.compile(r"\d(?:[,}\]]|\Z)")
_SMALL = re.compile(r"[\[,:]-?\d{1,15}\Z")


def canonical(value: Any) -> str:
    """
    Write a JSON value in the one way that RFC 8785 allows.

    >>> canonical({"b": [1e21, 0.5, None], "a": "街道"})
    '{"a":"街道","b":[1e+21,0.5,null]}'

    Raises:
        ValueError: for what JSON cannot hold, or programs read differently.
    """
    return spelled(value)[0]


def spelled(value: Any) -> tuple[str, bytes]:
    """Write a JSON value as `canonical` does, and its bytes in UTF-8."""
    try:
        text = _FAST.encode(value)
    except TypeError:
        text = _written(value)
        return text, text.encode()
    raw = text.encode()
    if not _is_plain(text, raw):
        text = _written(value)
        raw = text.encode()
    return text, raw


def _is_plain(text: str, raw: bytes) -> bool:
    """
    Tell whether the fast way has surely written it as the RFC does.

    It has not where a number is a fraction or large, where a name was no text,
    or where characters beyond the first plane may sort otherwise. Looked for in
    what was written, since walking through the value takes longer than writing it.
    """
    # Each digit is a 0 now, each closing bracket a comma, and little else is left.
    classes = raw.translate(_CLASSES, _LEFT_OUT)
    if b"\xf0" in classes or b'0":' in classes:
        return False
    if b"0," not in classes and not classes.endswith(b"0"):
        return True
    return all(_is_small(text, found.start()) for found in _END.finditer(text))


def _is_small(text: str, last: int) -> bool:
    """Tell whether the digit at a place ends a whole number that every program reads alike."""
    return _SMALL.search(text, max(0, last - 17), last + 1) is not None


def _written(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return _FAST.encode(value)
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return (
            "{" + ",".join(f"{_FAST.encode(k)}:{_written(value[k])}" for k in sorted(value, key=_rank)) + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_written, value)) + "]"
    raise ValueError(f"{type(value).__name__} is no JSON")


def _rank(key: Any) -> bytes:
    """Sort names by their UTF-16 units, as the RFC does."""
    if not isinstance(key, str):
        raise ValueError(f"a name must be text, not {type(key).__name__}")
    return key.encode("utf-16-be")


def _whole(value: int) -> str:
    shown = int.__repr__(value) if abs(value) < 10**21 else ""
    if abs(value) > _LARGEST and (not shown or _number(float(value)) != shown):
        raise ValueError(f"a whole number beyond {_LARGEST} has to be written as text")
    return shown


def _number(value: float) -> str:
    """Write a number as ECMAScript does: the shortest digits that read back."""
    if not isfinite(value):
        raise ValueError("JSON has no infinite numbers and no NaN")
    sign, digits, exponent = Decimal(float.__repr__(value)).normalize().as_tuple()
    if value == 0:
        return "0"
    shown, places = "".join(map(str, digits)), len(digits) + int(exponent)
    return ("-" if sign else "") + _placed(shown, places)


def _placed(digits: str, places: int) -> str:
    """Put the point where `places` digits stand before it, or write an exponent."""
    if len(digits) <= places <= 21:
        return digits.ljust(places, "0")
    if 0 < places <= 21:
        return f"{digits[:places]}.{digits[places:]}"
    if -6 < places <= 0:
        return f"0.{'0' * -places}{digits}"
    point = "." if digits[1:] else ""
    return f"{digits[0]}{point}{digits[1:]}e{places - 1:+d}"
