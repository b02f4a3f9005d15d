"""What may be said of how a source is written, by a map or on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from dutyroute.messages import both

FORMAT: Final = ("encoding", "delimiter", "sheet", "header", "query")
"""The settings that there are."""

_LAST_ROW: Final = 1_048_576
"""No sheet has more rows, and no file has its headings below so many lines."""
_NO_TEXT: Final = ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape")
"""What Python has among its encodings though no file is written in it."""
_NEVER_BETWEEN: Final = '"\r\n\0'


def misfit(setting: str, value: Any) -> Mapping[str, str] | None:
    """Return in both languages what a setting has to be; None if the value is that."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if setting == "header":
        least = both("expected-at-least", number=both("expected-whole-number"), end=1)
        is_row = is_whole and 1 <= value <= _LAST_ROW
        return None if is_row else both("expected-at-most", number=least, end=_LAST_ROW)
    if setting == "sheet" and is_whole:
        return None if value > 0 else both("expected-sheet")
    if not isinstance(value, str) or not value:
        return both(f"expected-{setting}")
    if setting == "encoding" and not _is_encoding(value):
        return both("expected-encoding")
    if setting == "delimiter" and (len(value) > 1 or not value.isascii() or value in _NEVER_BETWEEN):
        return both("expected-delimiter")
    return None


def _is_encoding(name: str) -> bool:
    try:
        "a".encode(name)
    except (LookupError, ValueError):
        return False
    return name.lower().replace("-", "_") not in _NO_TEXT


def is_form(form: str) -> bool:
    """
    Check that days can be read by a form such as `%m/%d/%y`.

    >>> is_form("%m/%d/%y"), is_form("%Q"), is_form("昨天")
    (True, False, False)
    """
    try:
        datetime.strptime(datetime(2019, 11, 23, tzinfo=UTC).strftime(form), form)
    except ValueError:
        return False
    return "%" in form
