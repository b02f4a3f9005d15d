"""Maps of any content beside a small history: each is read, or every fault of it is told with its place."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from fuzz.content import HOSTILE
from fuzz.trial import Made, Row

__all__ = ["ROWS", "WAYS", "make"]

ROWS = "编号,事项,行为人,物业,日期,承办\n1,堵；投诉,甲,是,3/1/26,东街道办\n2,clutter,owner,否,2026-03-01,测试\n3,,,,,无\n"
FACTS = ("matter", "respondent", "has_company", "floor", "reported_at", "nothing_such")
KEYS = ("column", "value", "values", "separator", "otherwise", "dates", "ends_with", "contains", "colum")
SETTINGS = ("encoding", "delimiter", "sheet", "header", "query", "heading")
SOUND: dict[str, Any] = {
    "id": "编号",
    "facts": {
        "matter": {"column": ["事项"], "values": {"堵": "fire-lane"}, "separator": "；"},
        "respondent": {"column": "行为人", "values": {"甲": "owner"}},
        "has_company": "物业",
        "reported_at": {"column": "日期", "dates": ["%m/%d/%y"]},
    },
    "handler": {"column": "承办", "values": {"法院": None}, "ends_with": {"办": "planning"}},
    "skip": {"承办": ["测试"]},
}
_SCALARS: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        10**9,
        10**17,
        "",
        "x",
        "是",
        "否",
        "yes",
        "昨天",
        "无",
        "\t",
        "；",
        '"',
        "\n",
    ),
    *("2026-03-01", "2026-13-01", "%Q", "%", "%Y", "%d.%m.%y", "undefined", "idna", "rot13", "utf-16", "gbk"),
    *(
        "a\0b",
        "\ud83d\ude00",
        "编号",
        "事项",
        "日期",
        "reject",
        "unknown",
        "fire-lane",
        "owner",
        "housing",
        "三",
    ),
)
_LISTS: tuple[Any, ...] = (
    *([], {}, ["x"], [None], [1], [[]], [{}], ["；", ";"], {"x": "y"}, {"column": 1}, {"": "housing"}),
    *({"column": None}, {"column": []}, {"column": ["事项", "日期"]}, {"column": {"a": "b"}}),
    *(
        {"甲": True, "Ａ": 1, "a": 2},
        {"甲": ["owner"]},
        {"甲": ["clutter", "complaint"]},
        {"甲": {"乙": "丙"}},
    ),
)
_YAML = (
    "map:\n  id: 编号\n  facts:\n    matter: {column: 事项, separator: ；}\n    has_company: {value: 是}\n"
    "  handler:\n    column: 承办\n    ends_with: {街道办: planning}\n"
)


def make(way: str, chance: random.Random, size: int) -> Made:
    """Make a map, and the history that it reads: three rows, which may all be bad."""
    content = _WAYS[way](chance, size)
    rows = tuple(Row(number, {}, may_be_bad=True) for number in (2, 3, 4))
    how = "command" if chance.random() < 0.05 else ""
    # Only with other settings of how the history is written can it have other rows.
    return Made(
        "maps",
        way,
        "cases.csv",
        ROWS.encode(),
        rows,
        content,
        may_refuse=True,
        is_open='"format"' in content,
        how=how,
    )


def _written(made: dict[str, Any]) -> str:
    return json.dumps({"map": made}, ensure_ascii=False)


def _put(values: tuple[Any, ...]) -> Callable[[random.Random, int], str]:
    def put(chance: random.Random, _: int) -> str:
        made = deepcopy(SOUND)
        for _ in range(chance.randint(1, 2)):
            value = deepcopy(chance.choice(values))
            where = chance.randrange(5)
            facts, handler = made.get("facts"), made.get("handler")
            if where == 0:
                made[
                    chance.choice(["format", "id", "facts", "handler", "area", "skip", "fact", "timezone"])
                ] = value
            elif where == 1:
                made["format"] = {chance.choice(SETTINGS): value}
            elif where == 2 and isinstance(handler, dict):
                handler[chance.choice(KEYS)] = value
            elif isinstance(facts, dict):
                part = facts.setdefault(chance.choice(FACTS), {"column": "行为人"})
                if isinstance(part, dict):
                    part[chance.choice(KEYS)] = value
                    if chance.random() < 0.3:
                        part.pop("column", None)
        return _written(made)

    return put


def _damaged_marks(chance: random.Random, _: int) -> str:
    """Take away, double or swap some of the marks that a map is made of."""
    text = _YAML
    for _ in range(chance.randint(1, 2)):
        at = chance.randrange(len(text))
        mark = chance.choice("：，{}[]\"'&*!%@#\t\u3000｛｝—－|>?-")
        text = chance.choice((text[:at] + text[at + 1 :], text[:at] + mark + text[at:], text[: at or 1]))
    return text


def _key_twice(chance: random.Random, _: int) -> str:
    lines = _YAML.splitlines(keepends=True)
    at = chance.randrange(1, len(lines))
    return "".join([*lines[: at + 1], lines[at], *lines[at + 1 :]])


def _yaml_traps(chance: random.Random, _: int) -> str:
    trap = chance.choice(
        (
            *(
                "&a [*a]",
                "*b",
                "!!python/object:os.system x",
                "<<: {}",
                "2024-02-30",
                "12:30",
                "0o17",
                "on",
                "~",
                "1e999",
            ),
            *(
                "[" * 400,
                "{a: " * 300,
                "? a",
                "|\n    x",
                ">-\n    x",
                "'it''s",
                '"\\ud800"',
                "!!binary aGk=",
                "\x07",
                "%YAML 9",
            ),
            *(
                "&a {a: &b [*a, *a]}",
                "!!set {a, b}",
                "!!int x",
                "---\nmap: {}",
                "...\n",
                "\u2028",
                "\x85",
                "{}}",
                "",
            ),
        )
    )
    return _YAML.replace(chance.choice(("编号", "事项", "承办", "是", "；", "planning")), trap, 1)


def _names(chance: random.Random, _: int) -> str:
    made = deepcopy(SOUND)
    name = chance.choice(("没有这列", "编 号", "承办 ", "事项\n", "ＩＤ", " ", "#1", *HOSTILE))
    part = chance.choice((made, made["facts"]["matter"], made["handler"]))
    part["id" if part is made else "column"] = name
    return _written(made)


def _words(chance: random.Random, size: int) -> str:
    made = deepcopy(SOUND)
    known = ("fire-lane", "complaint", "没有这个词", "clutterr", None, "FIRE-LANE", "占用 消防通道")
    made["facts"]["matter"]["values"] = {
        f"{chance.choice(('词', 'ｗ', ' ') if chance.random() < 0.97 else HOSTILE)}{n}": chance.choice(known)
        for n in range(size * 5)
    }
    return _written(made)


def _time_zone(chance: random.Random, _: int) -> str:
    zones = (
        "Asia/Shanghai",
        "Asia/shanghai",
        "+08:00",
        "UTC",
        "上海",
        "../etc/passwd",
        "",
        8,
        "Europe/Berlin",
        "\0",
    )
    return _written({**SOUND, "timezone": chance.choice(zones)})


def _not_text(chance: random.Random, _: int) -> str:
    return chance.choice(
        (
            "",
            " ",
            "#",
            "null",
            "[]",
            "3",
            "map",
            "map:",
            "map: []",
            "rules: []",
            "map: {}\nmap: {}",
            "\ufeff" + _YAML,
        )
    )


_WAYS: dict[str, Callable[[random.Random, int], str]] = {
    "odd-scalar": _put(_SCALARS),
    "odd-list": _put(_LISTS),
    "damaged-marks": _damaged_marks,
    "key-twice": _key_twice,
    "yaml-traps": _yaml_traps,
    "odd-names": _names,
    "odd-words": _words,
    "time-zone": _time_zone,
    "no-map": _not_text,
}
WAYS = tuple(_WAYS)
