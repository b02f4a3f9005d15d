"""Histories as Parquet files: every type that a column may have, and damaged bytes."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from fuzz.content import HOSTILE, NOTHING, SAME, Record, history
from fuzz.files.histories import NAMED, map_text
from fuzz.trial import Made, Row

__all__ = ["WAYS", "make"]


class _Draft:
    """The columns of a table before it is written."""

    def __init__(self, records: list[Record]) -> None:
        self.names = list(records[0].cells)
        self.columns: dict[str, Any] = {
            name: pa.array([each.cells[name] for each in records], pa.string()) for name in self.names
        }
        self.known = [dict(each.known) for each in records]
        self.bad: set[int] = set()
        self.more: list[tuple[str, Any]] = []
        self.options: dict[str, Any] = {}
        self.change: Callable[[bytes], bytes] = lambda content: content
        self.suffix, self.may_refuse = ".parquet", False

    def texts(self, name: str) -> list[str | None]:
        found: list[str | None] = self.columns[NAMED[name]].to_pylist()
        return found

    def put(self, name: str, values: Any) -> None:
        self.columns[NAMED[name]] = values

    def spoil(self, at: int, *lost: str) -> None:
        self.bad.add(at)
        self.known[at] = {key: v for key, v in self.known[at].items() if lost and key not in lost}

    def spoil_all(self, *lost: str) -> None:
        for at in range(len(self.known)):
            self.spoil(at, *lost)


def make(way: str, chance: random.Random, size: int) -> Made:
    """Make a history as Parquet."""
    draft = _Draft(history(chance, size))
    _DAMAGE[way](draft, chance)
    fields = [*draft.columns.items(), *draft.more]
    table = pa.Table.from_arrays([values for _, values in fields], names=[name for name, _ in fields])
    stream = io.BytesIO()
    options = {"compression": chance.choice(("none", "snappy", "zstd", "gzip")), **draft.options}
    if chance.random() < 0.3:
        options["row_group_size"] = chance.randint(1, 4)
    pq.write_table(table, stream, **options)
    rows = tuple(Row(at + 1, known, at in draft.bad) for at, known in enumerate(draft.known))
    how = "command" if chance.random() < 0.1 else ""
    name = f"cases{draft.suffix}"
    content = draft.change(stream.getvalue())
    return Made("parquet", way, name, content, rows, map_text(), may_refuse=draft.may_refuse, how=how)


def _sound(draft: _Draft, chance: random.Random) -> None:
    draft.options["use_dictionary"] = chance.random() < 0.5


def _column_twice(draft: _Draft, chance: random.Random) -> None:
    name = chance.choice(draft.names)
    draft.more.append((name, pa.array([chance.choice(("", "另一个"))] * len(draft.known))))


def _text_types(draft: _Draft, chance: random.Random) -> None:
    kinds = (
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int8(), pa.string()),
        pa.binary(),
        pa.large_binary(),
    )
    for name in draft.names:
        draft.columns[name] = draft.columns[name].cast(chance.choice(kinds))


def _day_types(draft: _Draft, chance: random.Random) -> None:
    days = [date.fromisoformat(each) for each in draft.texts("date") if each]
    kind = chance.choice(
        (pa.date32(), pa.date64(), *(pa.timestamp(unit) for unit in ("s", "ms", "us", "ns")))
    )
    draft.put("date", pa.array(days, pa.date32()).cast(kind))


def _moments(draft: _Draft, chance: random.Random) -> None:
    """Write days as moments in UTC: the day in Shanghai is another one before eight in the morning there."""
    shanghai = ZoneInfo("Asia/Shanghai")
    moments = []
    for text in draft.texts("date"):
        hour = timedelta(hours=chance.randrange(24), minutes=chance.randrange(60))
        moments.append((datetime.fromisoformat(str(text)).replace(tzinfo=shanghai) + hour).astimezone(UTC))
    draft.put(
        "date",
        pa.array(
            moments,
            pa.timestamp(
                chance.choice(("s", "ms", "us", "ns")), chance.choice(("UTC", "+00:00", "Europe/Berlin"))
            ),
        ),
    )


def _number_types(draft: _Draft, chance: random.Random) -> None:
    kind = chance.choice((pa.int64(), pa.int32(), pa.float64(), pa.uint64(), pa.decimal128(22, 2)))
    numbers = [chance.randrange(10**6) for _ in draft.known]
    draft.put("id", pa.array(numbers, pa.int64()).cast(kind))
    for at, number in enumerate(numbers):
        draft.known[at]["id"] = str(number) if pa.types.is_integer(kind) else draft.known[at]["id"]
        if not pa.types.is_integer(kind):
            draft.known[at].pop("id")


def _odd_types(draft: _Draft, chance: random.Random) -> None:
    count = len(draft.known)
    odd = (
        pa.array([{"a": 1}] * count),
        pa.array([["甲", None]] * count),
        pa.array([[1, 2]] * count),
        pa.array([True, False] * count).slice(0, count),
        pa.nulls(count),
        pa.array([1.5, float("nan"), float("inf")] * count).slice(0, count),
        pa.array([timedelta(1)] * count),
        pa.array([{"a": [{"b": None}]}] * count),
        pa.array([[("a", 1)]] * count, pa.map_(pa.string(), pa.int64())),
        pa.array([datetime.min.time()] * count),
        pa.array([2**62] * count, pa.int64()).cast(pa.timestamp("us")),
    )
    name = chance.choice(list(NAMED))
    draft.put(name, chance.choice(odd))
    draft.spoil_all(name)
    draft.may_refuse = True


def _bytes_as_text(draft: _Draft, chance: random.Random) -> None:
    """Write a text column whose bytes are no UTF-8, which Parquet does not forbid."""
    name = chance.choice(list(NAMED))
    raws = [(text or "").encode(chance.choice(("gb18030", "utf-8"))) for text in draft.texts(name)]
    raws[chance.randrange(len(raws))] = chance.choice((b"\xff\xfe", b"\xe4\xb8", "街道".encode("gb18030")))
    held = pa.array(raws, pa.binary())
    draft.put(
        name, pa.StringArray.from_buffers(len(raws), *held.buffers()[1:]) if chance.random() < 0.7 else held
    )
    draft.spoil_all(name)


def _nulls(draft: _Draft, chance: random.Random) -> None:
    name = chance.choice(list(NAMED))
    texts = draft.texts(name)
    for at in range(len(texts)):
        if chance.random() < 0.5:
            texts[at] = None
            draft.spoil(at, name)
    draft.put(name, pa.array(texts, pa.string()))


def _no_rows(draft: _Draft, chance: random.Random) -> None:
    draft.columns = {name: values.slice(0, 0) for name, values in draft.columns.items()}
    draft.known, draft.may_refuse = [], True


def _cut_off(draft: _Draft, chance: random.Random) -> None:
    draft.change = lambda content: content[: chance.randrange(1, len(content))]
    draft.may_refuse = True
    draft.spoil_all()


def _changed_bytes(draft: _Draft, chance: random.Random) -> None:
    def change(content: bytes) -> bytes:
        raw = bytearray(content)
        for _ in range(chance.randint(1, 3)):
            raw[chance.randrange(4, len(raw))] ^= 1 << chance.randrange(8)
        return bytes(raw)

    draft.change, draft.may_refuse = change, True
    draft.spoil_all()


def _wrong_ending(draft: _Draft, chance: random.Random) -> None:
    draft.suffix = chance.choice((".csv", ".xlsx", ".jsonl", ".PARQUET", ".txt"))


def _hostile_text(draft: _Draft, chance: random.Random) -> None:
    name = chance.choice(("note", "handler", "area"))
    texts = draft.texts(name)
    at = chance.randrange(len(texts))
    texts[at] = chance.choice((*HOSTILE, "a\0b"))
    draft.put(name, pa.array(texts, pa.string()))
    draft.spoil(at, name)


def _handler_words(draft: _Draft, chance: random.Random) -> None:
    draft.put("handler", pa.array([chance.choice(NOTHING) for _ in draft.known]))
    for known in draft.known:
        known["handler"] = ""


def _other_width(draft: _Draft, chance: random.Random) -> None:
    for name in ("matter", "handler"):
        texts = [chance.choice((text, *SAME.get(text or "", ()))) for text in draft.texts(name)]
        draft.put(name, pa.array(texts))


_DAMAGE: dict[str, Callable[[_Draft, random.Random], None]] = {
    "sound": _sound,
    "column-twice": _column_twice,
    "text-types": _text_types,
    "day-types": _day_types,
    "moments": _moments,
    "number-types": _number_types,
    "odd-types": _odd_types,
    "bytes-as-text": _bytes_as_text,
    "nulls": _nulls,
    "no-rows": _no_rows,
    "cut-off": _cut_off,
    "changed-bytes": _changed_bytes,
    "wrong-ending": _wrong_ending,
    "hostile-text": _hostile_text,
    "handler-words": _handler_words,
    "other-width": _other_width,
}
WAYS = tuple(_DAMAGE)
