"""Strict JSON: no repeated key, no NaN, no half of a surrogate pair, no endless nesting."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from dutyroute.formats.encoding import Encoding, detect
from dutyroute.messages import Lang, sentence, text


class JsonError(ValueError):
    """Text that is not valid JSON, or that readers may read differently; `code` and `values` say why."""

    def __init__(self, code: str, line: int = 1, column: int = 1, **values: object) -> None:
        self.code = code
        self.line = line
        self.column = column
        self.values = values
        super().__init__(code)

    def message(self, lang: Lang) -> str:
        """Say what is wrong."""
        return text(self.code, lang).said({**self.values, "column": self.column})

    def describe(self, lang: Lang | None = None) -> str:
        """Say what is wrong and how to mend it."""
        return sentence(self.code, {**self.values, "column": self.column}, lang)


def decode(raw: bytes) -> str:
    """
    Decode UTF-8, which is what JSON is written in, with or without a mark at the start.

    Raises:
        JsonError: if it is another encoding, GBK most likely.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        is_gbk = detect(raw) == Encoding("gb18030", is_sound=True)
        raise JsonError("gbk-text" if is_gbk else "not-utf8-text", line) from None


def parse(text: str) -> Any:
    """
    Read one JSON text.

    >>> parse('{"matter": "complaint", "matter": "violation"}')
    Traceback (most recent call last):
        ...
    dutyroute.formats.json.JsonError: json-key-twice

    Raises:
        JsonError: if it is none, or if two readers could read it in two ways.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
        if "\\ud" in text.lower():  # only an escape can bring half a surrogate pair
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        code = "json-more" if error.msg == "Extra data" else "json-syntax"
        raise JsonError(code, error.lineno, error.colno) from None
    except RecursionError:
        raise JsonError("json-too-deep") from None
    except UnicodeEncodeError:
        raise JsonError("json-half-character") from None
    except JsonError:
        raise
    except ValueError:  # a whole number of thousands of digits, which Python refuses to read
        raise JsonError("json-long-number") from None
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a repeated key: one of its two values would be lost."""
    # Compared by length first: this runs for every object of every file.
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise JsonError("json-key-twice", key=next(key for key in keys if keys.count(key) > 1)[:60])
    return found


def _no_number(word: str) -> NoReturn:
    raise JsonError("json-no-number", value=word)
