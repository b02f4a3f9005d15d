"""Maps of any content: each is read, or every fault of it is told with its place."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from books import book
from dutyroute.errors import ReplayError, RulebookError
from dutyroute.messages import LANGUAGES
from dutyroute.replay import load_map, open_source

BOOK = book()
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
    "handler": {"column": "承办", "values": {"法院": None}, "ends_with": {"办": "street-office"}},
    "skip": {"承办": ["测试"]},
}
ODD: tuple[Any, ...] = (
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
    *([], {}, ["x"], [None], [1], [[]], [{}], ["；", ";"], {"x": "y"}, {"column": 1}, {"": "housing"}),
    *({"column": None}, {"column": []}, {"column": ["事项", "日期"]}, {"column": {"a": "b"}}),
    *(
        {"甲": True, "Ａ": 1, "a": 2},
        {"甲": ["owner"]},
        {"甲": ["clutter", "complaint"]},
        {"甲": {"乙": "丙"}},
    ),
)
ROWS = "编号,事项,行为人,物业,日期,承办\n1,堵；投诉,甲,是,3/1/26,东街道办\n2,clutter,owner,否,2026-03-01,测试\n3,,,,,无\n"


def odd_map(chance: random.Random) -> dict[str, Any]:
    """Change a sound map in one or two places, often where a fact or the handler is described."""
    made = deepcopy(SOUND)
    for _ in range(chance.randint(1, 2)):
        value = deepcopy(chance.choice(ODD))
        where = chance.randrange(5)
        facts, handler = made.get("facts"), made.get("handler")
        if where == 0:
            made[chance.choice(["format", "id", "facts", "handler", "area", "skip", "fact"])] = value
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
    return made


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "cases.csv"
    path.write_text(ROWS, "utf-8")
    return path


def tried(text: str, history: Path) -> bool:
    """Read a history by a map; tell whether it could be read."""
    path = history.with_name("map.yaml")
    path.write_text(text, "utf-8", "surrogatepass")
    try:
        mapping = load_map(path, BOOK)
        source = open_source(str(history), **mapping.format)
        mapping.fit(source.name, source.columns)
        for batch in source.batches():
            mapping.apply(batch)
    except RulebookError as error:
        told = [
            fault.span is not None and str(fault.span).startswith(str(path)) for fault in error.diagnostics
        ]
        said = [fault.message(lang) for fault in error.diagnostics for lang in LANGUAGES]
    except ReplayError as error:
        told, said = [True], [error.describe(lang) for lang in LANGUAGES]
    else:
        return True
    assert all(told)
    assert all(said)
    return False


@pytest.mark.parametrize("seed", range(4))
def test_an_odd_map_is_read_or_told(seed: int, history: Path) -> None:
    """1,200 maps: no traceback, and none takes longer than it should."""
    chance = random.Random(seed)
    read = 0
    for _ in range(300):
        begun = monotonic()
        read += tried(json.dumps({"map": odd_map(chance)}, ensure_ascii=False), history)
        assert monotonic() - begun < 5
    # A generator of maps that are all refused, or all taken, would show nothing.
    assert 3 < read < 290


def test_thousands_of_unknown_words_are_told_in_time(history: Path) -> None:
    words = {f"词{number}": f"没有这个词{number}" for number in range(5_000)}
    made = {"facts": {"matter": {"column": "事项", "values": words}}}
    begun = monotonic()
    assert not tried(json.dumps({"map": made}, ensure_ascii=False), history)
    assert monotonic() - begun < 20


def broken(text: str, chance: random.Random) -> str:
    """Take away, double or swap some of the marks that a map is made of."""
    at = chance.randrange(len(text))
    ways: list[Callable[[], str]] = [
        lambda: text[:at] + text[at + 1 :],
        lambda: text[:at] + chance.choice("：，{}[]\"'&*!%@#\t\u3000") + text[at:],
        lambda: text[:at],
    ]
    return chance.choice(ways)()


def test_a_damaged_map_is_read_or_told(history: Path) -> None:
    sound = (
        "map:\n  id: 编号\n  facts:\n    matter: {column: 事项, separator: ；}\n    has_company: {value: 是}\n"
        "  handler:\n    column: 承办\n    ends_with: {街道办: street-office}\n"
    )
    assert tried(sound, history)
    chance = random.Random(1)
    for _ in range(300):
        tried(broken(sound, chance), history)
