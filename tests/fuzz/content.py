"""Known content: rows of a history, events and incidents, each with an id of its own."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from books import router as made_router
from books import rule, text, written
from dutyroute import Router

__all__ = [
    "DAYS",
    "HOSTILE",
    "NOTHING",
    "NO_DAYS",
    "SAME",
    "Record",
    "clerk",
    "events",
    "history",
    "incidents",
    "rules_text",
]

MATTERS = {
    "clutter": ("乱堆乱放", "clutter"),
    "fire-lane": ("占用消防通道", "堵塞消防通道", "fire-lane"),
    "complaint": ("投诉", "complaint"),
}
HANDLERS = {"housing": "住建局", "planning": "规划局", "property-company": "物业企业"}
"""None of them leads, so that every row of a history is listed by a replay."""

NOTHING = ("-", "—", "不详", "无", "N/A", "n/a", "null", "NULL", "－", "/", "未知", "暂无", " ", "　")
"""How files say that nobody is recorded."""

HOSTILE = (
    *("\x1b[31m红\x1b[0m", "\u202e倒", "a\U000e0041\U000e0042", "\u2066甲\u2069", "\x9b31m", "\x07\x08"),
    *("=1+1", "+1", "-1", "@SUM(A1)", "＝1", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "[a](b)|"),
    *(
        "\u2028a\u2029",
        "a\u0085b",
        "a\x0bb\x0cc",
        "\u200b",
        "\ufeff",
        "𠮷𡈽",
        "😀",
        "e\u0301",
        "x" * 3_000,
        "{0!r}%s",
    ),
)
"""Texts that a terminal, a browser or a spreadsheet would obey, or that people cannot see."""

SAME = {
    "乱堆乱放": ("乱 堆乱放", "　乱堆乱放 ", "乱堆\u00a0乱放"),
    "clutter": ("CLUTTER", "ｃｌｕｔｔｅｒ", "Clutter "),
    "投诉": (" 投诉", "投　诉"),
    "住建局": ("住 建局", "住建局　"),
}
"""The same names in other width, with blanks, in other case."""

_FIRST = date(2024, 1, 1)
"""Not a day to come, on which no event can be."""


DAYS = (
    *(
        "{y}/{m}/{d}",
        "{y}.{m}.{d}",
        "{y}年{m}月{d}日",
        "{y}-{m}-{d}",
        "{y}{m:02}{d:02}",
        "{y}-{m:02}-{d:02} 17:05",
    ),
    *(
        "{y}-{m:02}-{d:02}T08:00:00+08:00",
        "{y}/{m}/{d} 8:05:00",
        "　{y}-{m:02}-{d:02} ",
        "{y} 年 {m} 月 {d} 日",
    ),
)
NO_DAYS = ("2024-02-30", "昨天", "13/13/2024", "2024-13-01", "1e9", "２０２４", "#N/A", "#REF!", "=TODAY()")
"""Forms of a day, and what is none."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its cells by column, and what must be read of it."""

    cells: Mapping[str, str]
    known: Mapping[str, str]


def history(chance: random.Random, count: int) -> list[Record]:
    """Make rows of past cases; an id says which row it is, and the other cells follow no pattern."""
    found = []
    for number in range(1, count + 1):
        matter, handler = chance.choice(list(MATTERS)), chance.choice(list(HANDLERS))
        day = _FIRST + timedelta(chance.randrange(300))
        name = f"A{chance.randrange(10**6):06}-{number}"
        cells = {
            "编号": name,
            "事项": chance.choice(MATTERS[matter]),
            "日期": day.isoformat(),
            "承办": HANDLERS[handler],
            "街道": chance.choice(("东街", "西街", "")),
            "备注": chance.choice(("", "走道堆物", f"第{number}件")),
        }
        known = {"id": name, "matter": matter, "date": day.isoformat(), "handler": handler}
        found.append(Record(cells, known))
    return found


def events(chance: random.Random, count: int) -> list[Record]:
    """Make events of oversight."""
    found = []
    for number in range(1, count + 1):
        name = f"E{chance.randrange(10**6):06}-{number}"
        day = (_FIRST + timedelta(chance.randrange(200))).isoformat()
        subject = chance.choice(("东苑", "西苑", "南苑"))
        note = chance.choice(("", "电梯停运", f"第{number}次"))
        cells = {"id": name, "kind": "complaint", "at": day, "community": subject, "note": note}
        found.append(Record(cells, {"id": name, "at": day, "community": subject}))
    return found


def incidents(chance: random.Random, count: int) -> list[Record]:
    """Make incidents as they come in."""
    found = []
    for number in range(1, count + 1):
        name = f"I{chance.randrange(10**6):06}-{number}"
        matter = chance.choice(list(MATTERS))
        day = (_FIRST + timedelta(chance.randrange(300))).isoformat()
        written = chance.choice(MATTERS[matter])
        cells = {"id": name, "matter": written, "reported_at": day, "text": f"第{number}件"}
        found.append(Record(cells, {"id": name, "matter": matter}))
    return found


def _written() -> dict[str, Any]:
    rules = [rule(f"{each}-lead", {"matter": each}, {"lead": "street-office"}) for each in MATTERS]
    return written(*rules, header={"timezone": "Asia/Shanghai"})


@cache
def clerk() -> Router:
    """Return the router that all trials share."""
    made = _written()
    return made_router(*made["rules"], header={"timezone": "Asia/Shanghai"})


def rules_text() -> str:
    """Write its rulebook as a file for the command line."""
    return text(_written())
