"""How texts of a history, and columns of them, become values of the vocabulary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from enum import Enum
from itertools import product
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.formats.encoding import LOST
from dutyroute.formats.timestamp import LOOSE_DAY, ZonelessError, day_of
from dutyroute.replay.sources.batch import BadRow
from dutyroute.routing.arrow import coded, coded_texts
from dutyroute.rulebook.vocabulary import (
    UNKNOWN,
    UNKNOWN_WORDS,
    YES_NO,
    Fact,
    Lookup,
    Vocabulary,
    folded,
    spellings,
)


class Fault(Enum):
    """Why a text is no value, or its row no case."""

    UNKNOWN = "value-unknown"
    DATE = "value-not-date"
    ZONE = "value-needs-timezone"
    NUMBER = "value-not-number"
    BYTES = "value-not-text"
    ROUNDED = "value-rounded"
    ERROR = "value-error"
    FORMULA = "value-formula"
    SKIPPED = "row-skipped"


UNREADABLE = (Fault.BYTES, Fault.ERROR, Fault.FORMULA)
"""Texts that say that there is no value; that is not unknown, whatever a map says."""

Read = Any
"""A value, None where nothing is said, or a `Fault`."""

Reading = Callable[[str], Read]

_BLANK = {
    "",
    *["-", "--", "—", "——", "/", "\\", "\\n", "null", "none", "nan", "n/a", "未知", "不详", "不明", "不清楚"],
}
"""Texts that say nothing; `\\n` is how some databases export a null."""
_NONE = {
    *["无", "暂无", "空", "空白", "缺", "缺失", "不适用", "未填", "未填写", "未登记", "无记录", "na", "nil"],
    *["待定", "待填", "待查", "未定", "未指定", "未分派"],
}
"""Texts that say nothing where they are no value: 无 is the answer to a yes-no question."""
# In a file of others, marks count besides the words that an incident may have.
_YES_NO: Lookup[bool] = Lookup(
    {
        **YES_NO,
        **dict.fromkeys(("对", "真", "y", "t", "1", "√"), True),
        **dict.fromkeys(("错", "假", "n", "f", "0", "×"), False),
    }
)
_DAY = re.compile(LOOSE_DAY + r"(?:[ tT].*|\d{1,2}[:时].*)?")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_TIME = re.compile(
    r"日?(?P<t>[ t]*)(?P<hour>\d{1,2})[:时](?P<minute>\d{2})(?P<second>[:分]\d{2}(?:[.,]\d+)?)?[分秒]?"
    r"\s*(?P<zone>z|utc|gmt)?(?:(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?)?"
)
_OFFSET = re.compile(r"z$|utc|gmt|\+\d")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
# A long number that a spreadsheet has turned into a float: its last digits are lost.
_ROUNDED = re.compile(r"\d(?:\.\d+)?e\+?(?:1[5-9]|[2-9]\d)|\d{15,}\.0", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d{1,18}(?:\.0+)?")
_NO_YEAR: Final = 1900
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BUSY!)", re.IGNORECASE)
_EPOCH: Final = date(1899, 12, 30)
"""Day 0 of a spreadsheet's calendar, from the first of March 1900 on."""


def _plain(text: str) -> str:
    """
    Write a number or a day as it is read: no stray spaces, no full-width digits, no case.

    >>> _plain(" ２０２６年３月　１日 ")
    '2026年3月 1日'
    """
    # Blanks within are kept, unlike in names: "1 2" is not 12, and a day ends where its hour begins.
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def fact_reading(
    fact: Fact,
    words: Vocabulary,
    values: Mapping[str, Any],
    dates: Iterable[str],
    zone: tzinfo | None = None,
) -> Reading:
    """
    Make what reads one fact; what the map says of a value comes first. Days are those of a zone.

    A fact with `unless_said` is `unknown` where a word says so, which is more than a blank says.
    """
    by_type: dict[str, Callable[[], Reading]] = {
        "tree": lambda: _looked_up(spellings(words.matters.values())),
        "enum": lambda: _looked_up(spellings(fact.values)),
        "bool": lambda: _looked_up(_YES_NO),
        "int": lambda: _number,
        # Not their case: a form has letters of both.
        "date": lambda: _dated(tuple(unicodedata.normalize("NFKC", form) for form in dates), zone),
        "text": lambda: lambda text: Fault.ROUNDED if _ROUNDED.fullmatch(text) else text,
    }
    said = {word: UNKNOWN for word in UNKNOWN_WORDS if words.says_unknown(fact.id, word)}
    # The map may have been written for a rulebook that tells the two apart, and this one does not.
    values = {**said, **{text: unsaid(fact, words, value) for text, value in values.items()}}
    kind: str = fact.type  # of a key of events `text`, too, which is read as it is written
    return _first(values, by_type[kind](), str.strip if kind == "text" else _plain)


def unsaid(fact: Fact, words: Vocabulary, value: Read) -> Read:
    """Return what a map gives a fact; nothing where it is said to be unknown, and that is the same here."""
    is_same = value == UNKNOWN and fact.unless_said is None and not words.takes(fact, value)
    return None if is_same else value


def handler_reading(
    words: Vocabulary, values: Mapping[str, Any], ends: Mapping[str, str], holds: Mapping[str, str]
) -> Reading:
    """
    Make what reads a handler.

    The map's own words come first, then the vocabulary, then how the name ends
    and last what is in it: 某某街道办 ends as a street office and holds more.
    """
    known = _looked_up(spellings(words.parties.values()))
    endings = [(folded(text), party) for text, party in ends.items()]
    parts = [(folded(text), party) for text, party in holds.items()]

    def read(text: str) -> Read:
        found = known(text)
        if found is not Fault.UNKNOWN:
            return found
        name = folded(text)
        by_end = (party for end, party in endings if name.endswith(end))
        by_part = (party for part, party in parts if part in name)
        return next(by_end, None) or next(by_part, None) or Fault.UNKNOWN

    return _first(values, read)


def unreadable(text: str) -> Fault | None:
    """Tell why a text says that there is no value; it is not a blank."""
    if LOST in text:
        return Fault.BYTES
    if _ERROR.fullmatch(text.strip()):
        return Fault.ERROR
    return Fault.FORMULA if text.startswith("=") else None


def _first(values: Mapping[str, Any], otherwise: Reading, plain: Callable[[str], str] = _plain) -> Reading:
    written = {folded(text): value for text, value in values.items()}

    def read(text: str) -> Read:
        fault = unreadable(text)
        if fault is Fault.BYTES:  # never a word of the map, however it is written there
            return fault
        compared = folded(text)
        if compared in written:
            return written[compared]
        if fault is not None:
            return fault
        if compared in _BLANK:
            return None
        found = otherwise(plain(text))
        return None if isinstance(found, Fault) and is_nothing(text) else found

    return read


def is_nothing(text: str) -> bool:
    """
    Tell whether a text says nothing where it is no value: blank, `-`, 不详, 无.

    >>> is_nothing(" － "), is_nothing("（无）"), is_nothing("街道办")
    (True, True, False)
    """
    compared = folded(text)
    compared = compared.strip("()[]【】.。") or compared
    return compared in _BLANK or compared in _NONE or not any(map(str.isalnum, compared))


def _looked_up(known: Lookup[Any]) -> Reading:
    def read(text: str) -> Read:
        found = known[text]
        if found is None:
            return Fault.ROUNDED if _ROUNDED.fullmatch(text) else Fault.UNKNOWN
        return found

    return read


def _number(text: str) -> Read:
    compact = text.replace(",", "")
    if _ROUNDED.fullmatch(compact):
        return Fault.ROUNDED
    return int(compact.split(".")[0]) if _WHOLE.fullmatch(compact) else Fault.NUMBER


def _dated(forms: tuple[str, ...], zone: tzinfo | None) -> Reading:
    def day(at: datetime) -> Read:
        try:
            return day_of(at, zone)
        except ZonelessError:
            return Fault.ZONE
        except ValueError:
            return Fault.DATE

    def read(text: str) -> Read:
        # A form may be of a day or of a moment, and the text either.
        for form, part in product(forms, (text, text.split(" ")[0])):
            with suppress(ValueError):
                found = datetime.strptime(part, form)
                # What a form without a year reads is a day of 1900, which nobody wrote.
                if found.year != _NO_YEAR:
                    return day(found)
        by_custom = _by_custom(text)
        return day(by_custom) if isinstance(by_custom, datetime) else by_custom

    return read


def _by_custom(text: str) -> Read:
    """Read a day as people write it, or as a spreadsheet counts it; a moment with an offset stays one."""
    found = _DAY.fullmatch(text) or _PACKED.fullmatch(text)
    if found is not None:
        try:
            day = date(*map(int, found.groups()[:3]))
            return _moment(day, text[found.end(3) :])
        except ValueError:
            return Fault.DATE
    # Days from 1982 to 2064: other numbers of five digits are no days.
    serial = _SERIAL.fullmatch(text)
    if serial is not None and 30_000 <= int(serial[1]) <= 60_000:
        return _EPOCH + timedelta(int(serial[1]))
    return Fault.DATE


def _moment(day: date, rest: str) -> date | datetime:
    """Return the moment if an offset is written after the day: `T17:00Z`, ` 17:00:00 +08`; else the day."""
    found = _TIME.fullmatch(rest)
    if found is None:
        if _OFFSET.search(rest):  # as the day it would be guessed
            raise ValueError(rest)
        return day
    # `8:00-9:00` is an hour's time, and no offset.
    is_range = found["sign"] == "-" and not (found["zone"] or found["second"] or "t" in found["t"])
    if is_range or not (found["zone"] or found["sign"]):
        return day
    ahead = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    zone = timezone(-ahead if found["sign"] == "-" else ahead)
    return datetime(day.year, day.month, day.day, int(found["hour"]), int(found["minute"]), tzinfo=zone)


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column as read."""

    values: Any
    """For each row its value, null where nothing is said; lists, or encoded by the distinct values."""
    faults: Any
    """For each row the name of its fault; null where there is none."""
    texts: Any
    """What was written."""


def texts_of(values: Any) -> Any:
    """Return a column as dictionary-encoded texts, whatever its type."""
    kind = values.type
    if pa.types.is_dictionary(kind) or pa.types.is_null(kind):
        return coded_texts(values)
    if pa.types.is_string(kind) or pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return coded(values)
    if pa.types.is_nested(kind):  # of which Arrow makes no dictionary
        return pa.array(map(_text, values), pa.string()).dictionary_encode()
    found = values.dictionary_encode()
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return coded_texts(found)
    words = [_text(value) for value in found.dictionary]
    return pa.DictionaryArray.from_arrays(found.indices, pa.array(words, pa.string()))


def _text(scalar: Any) -> str | None:
    try:
        value = scalar.as_py()
    except (ValueError, OverflowError):  # a moment that Python has no date for
        return repr(scalar)
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    # With its offset a moment says which day it is; without, its day says all.
    return value.date().isoformat() if isinstance(value, datetime) and value.tzinfo is None else str(value)


def trimmed(values: Any) -> Any:
    """Return a column's texts without the blanks around them, blank where nothing is said."""
    if pa.types.is_string(values.type):
        return pc.utf8_trim_whitespace(pc.fill_null(values, ""))
    coded = texts_of(values)
    words = pc.utf8_trim_whitespace(coded.dictionary)
    if coded.null_count:
        return pc.fill_null(pa.DictionaryArray.from_arrays(coded.indices, words).cast(pa.string()), "")
    return pa.DictionaryArray.from_arrays(coded.indices, words)


def read_column(values: Any, reading: Reading, kind: Any) -> MappedColumn:
    """Read each distinct text once."""
    coded = texts_of(values)
    read = [None if text is None else reading(text) for text in coded.dictionary.to_pylist()]
    faults = [value.value if isinstance(value, Fault) else None for value in read]
    sound = [None if isinstance(value, Fault) else value for value in read]
    if pa.types.is_list(kind):
        found = pa.array(sound, kind).take(coded.indices)
    else:
        # Texts that mean the same become one value. A null is a null of the row, not an entry
        # of the dictionary, so that nobody has to look for it.
        places: dict[Any, int] = {}
        at = [None if value is None else places.setdefault(value, len(places)) for value in sound]
        indices = pa.array(at, pa.int32()).take(coded.indices)
        found = pa.DictionaryArray.from_arrays(indices, pa.array(places, kind))
    none = pa.nulls(len(coded), pa.string())
    named = pa.array(faults, pa.string()).take(coded.indices) if any(faults) else none
    return MappedColumn(found, named, coded)


def first_of(columns: Sequence[MappedColumn], unknown: str | None = None) -> MappedColumn:
    """
    Take for each row the first column that says something; a fault counts where none does.

    The value `unknown` counts only where no column has another one.
    """
    if len(columns) == 1:
        return columns[0]
    plain = (each.values for each in columns)
    said = [v.dictionary_decode() if isinstance(v, pa.DictionaryArray) else v for v in plain]
    known = [] if unknown is None else [pc.if_else(pc.equal(v, unknown), None, v) for v in said]
    values = pc.coalesce(*known, *said)
    faults = pc.coalesce(*(each.faults for each in columns))
    texts = [pc.fill_null(each.texts.cast(pa.string()), "") for each in columns]
    return MappedColumn(
        values,
        pc.if_else(pc.is_valid(values), pa.scalar(None, pa.string()), faults),
        pc.binary_join_element_wise(*texts, " / ").dictionary_encode(),
    )


def rejects(column: MappedColumn, rows: Any, name: str, *, is_needed: bool = False) -> list[BadRow]:
    """List the rows whose value is none, and if `is_needed` those that say nothing."""
    faults = column.faults
    if is_needed and column.values.null_count:
        is_missing = pc.and_(pc.is_null(column.values), pc.is_null(faults))
        faults = pc.if_else(is_missing, "value-missing", faults)
    if faults.null_count == len(faults):
        return []
    at = pc.indices_nonzero(pc.is_valid(faults))
    found = zip(*(each.take(at).to_pylist() for each in (rows, column.texts, faults)), strict=True)
    return [BadRow(row, name, text or "", fault) for row, text, fault in found]
