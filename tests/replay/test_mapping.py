"""How the texts of a history become facts, and which of them do not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from books import book
from dutyroute.errors import RulebookError
from dutyroute.replay import Map, load_map
from dutyroute.replay.sources.batch import SourceBatch

BOOK = book()


def mapping(text: str, tmp_path: Path) -> Map:
    (tmp_path / "map.yaml").write_text(f"map: {text}\n", "utf-8")
    return load_map(tmp_path / "map.yaml", BOOK)


def applied(text: str, columns: dict[str, list[Any]], tmp_path: Path) -> Any:
    table = pa.RecordBatch.from_pydict(columns)
    rows = pa.array(range(1, table.num_rows + 1), pa.int64())
    return mapping(text, tmp_path).apply(SourceBatch(rows, table, (), 0))


def facts(text: str, columns: dict[str, list[Any]], tmp_path: Path) -> list[dict[str, Any]]:
    mapped = applied(text, columns, tmp_path)
    assert mapped.rejects == ()
    return mapped.facts.to_pylist()


def rejects(mapped: Any) -> list[tuple[int, str, str, str]]:
    return [(each.row, each.column, each.value, each.reason) for each in mapped.rejects]


@pytest.mark.parametrize(
    "text, day",
    [
        ("2018-02-08", date(2018, 2, 8)),
        ("2018/2/8", date(2018, 2, 8)),
        ("2018.2.8", date(2018, 2, 8)),
        ("2018年2月8日", date(2018, 2, 8)),
        ("２０１８年２月８日", date(2018, 2, 8)),
        ("20180208", date(2018, 2, 8)),
        ("20180208123059", date(2018, 2, 8)),
        ("2018-02-08 12:30", date(2018, 2, 8)),
        ("2018-02-08T12:30:00Z", date(2018, 2, 8)),
        ("43139", date(2018, 2, 8)),
        ("43139.5", date(2018, 2, 8)),
        ("2/8/18 0:00", date(2018, 2, 8)),
        ("不详", None),
        ("", None),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: date | None, tmp_path: Path) -> None:
    written = '{facts: {matter: 事, reported_at: {column: 日, dates: ["%m/%d/%y"]}}}'
    assert facts(written, {"事": ["clutter"], "日": [text]}, tmp_path) == [
        {"matter": "clutter", "reported_at": day}
    ]


@pytest.mark.parametrize("text", ["2018-02-30", "上周三", "8/2", "99999", "4.31e+15"])
def test_what_is_no_day_is_rejected(text: str, tmp_path: Path) -> None:
    mapped = applied("{facts: {matter: 事, reported_at: 日}}", {"事": ["clutter"], "日": [text]}, tmp_path)
    assert rejects(mapped) == [(1, "日", text, "value-not-date")]
    assert mapped.rejected.to_pylist() == [True]


def test_words_translate_by_map_then_vocabulary(tmp_path: Path) -> None:
    """Names, aliases, ids; full-width, spaces and case make no difference."""
    text = "{facts: {matter: {column: 事, values: {堵车: 占用消防通道}}, has_company: 业, respondent: 人, floor: 层}}"
    columns = {
        "事": ["堵车", " 堵塞消防通道　", "FIRE-LANE", "fire lane", "ｃｌｕｔｔｅｒ"],
        "业": ["有", "否", "Ｙ", "0", "—"],
        "人": ["房主", "owner", "业委会", None, "不清楚"],
        "层": ["3", "1,200", "-2.0", "", "７"],
    }
    assert facts(text, columns, tmp_path) == [
        {"matter": "fire-lane", "has_company": True, "respondent": "owner", "floor": 3},
        {"matter": "fire-lane", "has_company": False, "respondent": "owner", "floor": 1200},
        {"matter": "fire-lane", "has_company": True, "respondent": "owners-committee", "floor": -2},
        {"matter": "fire-lane", "has_company": False, "respondent": None, "floor": None},
        {"matter": "clutter", "has_company": None, "respondent": None, "floor": 7},
    ]


def test_several_columns_and_several_matters(tmp_path: Path) -> None:
    text = "{facts: {matter: {column: [小, 大], separator: ；}}}"
    columns = {
        "小": ["乱堆乱放；投诉", "什么", "", "投诉；投诉"],
        "大": ["投诉", "clutter", "complaint", None],
    }
    assert [row["matter"] for row in facts(text, columns, tmp_path)] == [
        ["clutter", "complaint"],
        ["clutter"],
        ["complaint"],
        ["complaint"],
    ]


def test_a_row_without_a_matter_or_with_an_unknown_one_is_rejected(tmp_path: Path) -> None:
    mapped = applied("{facts: {matter: 事}}", {"事": ["clutter", "", None, "没有", "坏\ufffd"]}, tmp_path)
    assert rejects(mapped) == [
        (2, "事", "", "value-missing"),
        (3, "事", "", "value-missing"),
        (4, "事", "没有", "value-unknown"),
        (5, "事", "坏\ufffd", "value-not-text"),
    ]
    assert mapped.rejected.to_pylist() == [False, True, True, True, True]


def test_a_matter_may_be_let_pass_unknown_but_not_unreadable(tmp_path: Path) -> None:
    text = "{facts: {matter: {column: 事, otherwise: unknown}}}"
    mapped = applied(text, {"事": ["没有", "", "坏\ufffd"]}, tmp_path)
    assert mapped.facts.column("matter").to_pylist() == [None, None, None]
    assert rejects(mapped) == [(3, "事", "坏\ufffd", "value-not-text")]


def test_handlers_go_by_map_name_ending_and_part(tmp_path: Path) -> None:
    text = (
        "{facts: {matter: {value: clutter}}, handler: {column: 办, values: {法院: null}, "
        "ends_with: {街道办事处: street-office}, contains: {规划: planning}}, id: 号, area: [区, 街]}"
    )
    columns = {
        "办": ["住建局", "东街道办事处", "市规划和自然资源局", "法院", "警察", None],
        "号": ["1", "2", None, "4", "5", "6"],
        "区": ["甲", "乙", "", "丁", "戊", "己"],
        "街": ["a", "b", "c", "d", "e", None],
    }
    mapped = applied(text, columns, tmp_path)
    assert mapped.handler.to_pylist() == ["housing", "street-office", "planning", None, None, None]
    assert mapped.handler_raw.to_pylist() == columns["办"]
    assert mapped.id.to_pylist() == ["1", "2", "", "4", "5", "6"]
    assert mapped.area.to_pylist() == ["甲 / a", "乙 / b", "/ c", "丁 / d", "戊 / e", "己 /"]
    assert mapped.rejects == ()


def test_rows_that_are_no_cases_are_skipped_and_say_so(tmp_path: Path) -> None:
    mapped = applied("{facts: {matter: 事}, skip: {事: [投诉]}}", {"事": ["clutter", "投诉"]}, tmp_path)
    assert rejects(mapped) == [(2, "事", "投诉", "row-skipped")]
    assert mapped.rejects[0].describe("zh") == "map 要求跳过"


def test_typed_columns_are_taken_as_they_are(tmp_path: Path) -> None:
    text = "{facts: {matter: 事, reported_at: 日, has_company: 业, floor: 层}}"
    columns = {"事": ["clutter"], "日": [date(2026, 1, 2)], "业": [False], "层": [4]}
    assert facts(text, columns, tmp_path) == [
        {"matter": "clutter", "reported_at": date(2026, 1, 2), "has_company": False, "floor": 4}
    ]


@pytest.mark.parametrize(
    "text, codes",
    [
        ("{}", ["map-without-matter"]),
        ("[a]", ["map-wrong-value"]),
        ("{facts: {matter: a}, formt: {}}", ["map-unknown-key"]),
        ("{facts: {matter: {column: a, otherwise: drop}}}", ["map-wrong-value"]),
        ("{facts: {matter: {column: a, values: {b: 没有}}}}", ["map-unknown-word"]),
        ("{facts: {matter: a, respondnt: b}}", ["map-unknown-fact"]),
        ("{facts: {matter: a}, handler: {column: b, ends_with: {办: streetofice}}}", ["map-unknown-word"]),
    ],
)
def test_what_is_wrong_with_a_map_is_said(text: str, codes: list[str], tmp_path: Path) -> None:
    with pytest.raises(RulebookError) as caught:
        mapping(text, tmp_path)
    assert [fault.code for fault in caught.value.diagnostics] == codes
    assert all(fault.span is not None for fault in caught.value.diagnostics)


def test_two_maps_that_say_the_same_have_one_digest(tmp_path: Path) -> None:
    one = mapping("{id: 号, facts: {matter: 事}}", tmp_path)
    assert one.digest == mapping("{facts: {matter: {column: [事]}}, id: [号]}", tmp_path).digest
    assert one.digest != mapping("{facts: {matter: 号}}", tmp_path).digest
