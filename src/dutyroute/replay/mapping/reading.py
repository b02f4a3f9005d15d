"""How one text of a history becomes a value of the vocabulary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import product
from typing import Any, Final

from dutyroute.formats.encoding import LOST
from dutyroute.rulebook.vocabulary import Fact, Term, Vocabulary

__all__ = ["Fault", "Read", "Reading", "fact_reading", "handler_reading", "plain", "spellings"]


class Fault(Enum):
    """Why a text is no value."""

    UNKNOWN = "value-unknown"
    DATE = "value-not-date"
    NUMBER = "value-not-number"
    BYTES = "value-not-text"
    ROUNDED = "value-rounded"


Read = Any
"""A value, None where nothing is said, or a `Fault`."""

Reading = Callable[[str], Read]

_BLANK = {
    "",
    *["-", "--", "—", "——", "/", "\\", "\\n", "null", "none", "nan", "n/a", "#n/a", "未知", "不详", "不清楚"],
}
"""Texts that say nothing; `\\n` is how some databases export a null."""
_YES = ("是", "有", "对", "真", "y", "yes", "t", "true", "1", "√")
_NO = ("否", "无", "没有", "不是", "错", "假", "n", "no", "f", "false", "0", "×")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ tT].*|\d{1,2}[:时].*)?")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
# A long number that a spreadsheet has turned into a float: its last digits are lost.
_ROUNDED = re.compile(r"\d(?:\.\d+)?e\+?(?:1[5-9]|[2-9]\d)|\d{15,}\.0", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d{1,18}(?:\.0+)?")
_EPOCH: Final = date(1899, 12, 30)
"""Day 0 of a spreadsheet's calendar, from the first of March 1900 on."""


def plain(text: str) -> str:
    """
    Write a text as it is compared: no stray spaces, no full-width digits, no case.

    >>> plain(" 占道　经营 "), plain("Ａ１（甲）")
    ('占道 经营', 'a1(甲)')
    """
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def spellings(entries: Iterable[Term]) -> dict[str, str]:
    """Map every way to write an entry, as it is compared, to its id."""
    listed = tuple(entries)
    known = {plain(word): e.id for e in listed for word in (*e.aliases, e.english, e.name)}
    return {**known, **{plain(e.id): e.id for e in listed}}


def fact_reading(fact: Fact, words: Vocabulary, values: Mapping[str, Any], dates: Iterable[str]) -> Reading:
    """Make what reads one fact; what the map says of a value comes first."""
    written = {plain(text): value for text, value in values.items()}
    by_type: dict[str, Callable[[], Reading]] = {
        "tree": lambda: _looked_up(spellings(words.matters.values())),
        "enum": lambda: _looked_up(spellings(fact.values)),
        "bool": lambda: _looked_up({**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}),
        "int": lambda: _number,
        "date": lambda: _dated(tuple(dates)),
    }
    return _first(written, by_type[fact.type]())


def handler_reading(
    words: Vocabulary, values: Mapping[str, Any], ends: Mapping[str, str], holds: Mapping[str, str]
) -> Reading:
    """Make what reads a handler: by the map, by the vocabulary, then by how the name ends or what is in it."""
    known = _looked_up(spellings(words.parties.values()))
    endings = [(plain(text), party) for text, party in ends.items()]
    parts = [(plain(text), party) for text, party in holds.items()]

    def read(text: str) -> Read:
        found = known(text)
        if found is not Fault.UNKNOWN:
            return found
        by_end = (party for end, party in endings if text.endswith(end))
        by_part = (party for part, party in parts if part in text)
        return next(by_end, None) or next(by_part, None) or Fault.UNKNOWN

    return _first({plain(text): party for text, party in values.items()}, read)


def _first(written: Mapping[str, Any], otherwise: Reading) -> Reading:
    def read(text: str) -> Read:
        if LOST in text:
            return Fault.BYTES
        compared = plain(text)
        if compared in written:
            return written[compared]
        return None if compared in _BLANK else otherwise(compared)

    return read


def _looked_up(known: Mapping[str, Any]) -> Reading:
    return lambda text: known.get(text, Fault.ROUNDED if _ROUNDED.fullmatch(text) else Fault.UNKNOWN)


def _number(text: str) -> Read:
    compact = text.replace(",", "")
    if _ROUNDED.fullmatch(compact):
        return Fault.ROUNDED
    return int(float(compact) if "." in compact else compact) if _WHOLE.fullmatch(compact) else Fault.NUMBER


def _dated(forms: tuple[str, ...]) -> Reading:
    def read(text: str) -> Read:
        # A form may be of a day or of a moment, and the text either.
        for form, part in product(forms, (text, text.split(" ")[0])):
            with suppress(ValueError):
                return datetime.strptime(part, form).date()
        return _by_custom(text)

    return read


def _by_custom(text: str) -> Read:
    """Read a day as people write it, or as a spreadsheet counts it."""
    found = _DAY.fullmatch(text) or _PACKED.fullmatch(text)
    if found is not None:
        try:
            return date(*map(int, found.groups()[:3]))
        except ValueError:
            return Fault.DATE
    serial = _SERIAL.fullmatch(text)
    if serial is not None and 30_000 <= int(serial[1]) <= 60_000:
        return _EPOCH + timedelta(int(serial[1]))
    return Fault.DATE
