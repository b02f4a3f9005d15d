"""JSON without its traps: no key twice, no NaN, nothing nested without end."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from dutyroute.messages import Lang
from dutyroute.messages.cli import MESSAGES

__all__ = ["Broken", "decode", "parse"]


class Broken(Exception):
    """Text that is no incident at all; `code` and `values` say why."""

    def __init__(self, code: str, line: int = 1, column: int = 1, **values: object) -> None:
        self.code = code
        self.line = line
        self.column = column
        self.values = values
        super().__init__(code)

    def describe(self, lang: Lang) -> str:
        """Say what is wrong and the way out."""
        said = MESSAGES[self.code][lang]
        values = {**self.values, "column": self.column}
        way_out = said.way_out(values)
        return said.said(values) + (("。" if lang == "zh" else "; ") + way_out if way_out else "")


def decode(raw: bytes) -> str:
    """
    Decode UTF-8, with or without a mark at the start.

    Raises:
        Broken: if it is another encoding, GBK most likely.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Broken(_encoding(raw), line) from None


def _encoding(raw: bytes) -> str:
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return "not-utf8-text"
    return "gbk-text"


def parse(text: str) -> Any:
    """
    Read one JSON text.

    Raises:
        Broken: if it is none, or if two readers could read it in two ways.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        code = "json-more" if error.msg == "Extra data" else "json-syntax"
        raise Broken(code, error.lineno, error.colno) from None
    except RecursionError:
        raise Broken("json-too-deep") from None
    except ValueError:  # a whole number of thousands of digits
        raise Broken("json-long-number") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise Broken("json-key-twice", key=next(key for key in keys if keys.count(key) > 1)[:60])
    return found


def _no_number(word: str) -> NoReturn:
    raise Broken("json-no-number", value=word)
