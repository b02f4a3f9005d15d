"""How the texts of a history become facts, and which of them do not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from books import book, linked, written
from dutyroute import Router
from dutyroute.errors import RulebookError
from dutyroute.replay import Map, load_map
from dutyroute.replay.judging import ChunkReader
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
        ("{}", ["map-without-fact"]),
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


@pytest.mark.parametrize(
    "written, value",
    [
        ("true", True),
        ("yes", True),
        ("是", True),
        ('"有"', True),
        ("否", False),
        ("no", False),
        ("不详", None),
    ],
)
def test_yes_and_no_are_values_of_a_yes_no_fact(written: str, value: bool | None, tmp_path: Path) -> None:
    """The same in the map as in a column, for every row and for one text."""
    whole = f"{{facts: {{matter: 事, has_company: {{value: {written}}}}}}}"
    one = f"{{facts: {{matter: 事, has_company: {{column: 业, values: {{甲: {written}}}}}}}}}"
    for text in (whole, one):
        assert facts(text, {"事": ["clutter"], "业": ["甲"]}, tmp_path)[0]["has_company"] is value


def test_days_and_numbers_of_a_map_are_read_as_in_a_column(tmp_path: Path) -> None:
    text = (
        '{facts: {matter: 事, reported_at: {value: "2026年3月1日"}, floor: {column: 层, values: {顶: "12"}}}}'
    )
    assert facts(text, {"事": ["clutter"], "层": ["顶"]}, tmp_path) == [
        {"matter": "clutter", "reported_at": date(2026, 3, 1), "floor": 12}
    ]


@pytest.mark.parametrize(
    "text, code, place, help",
    [
        (
            "{facts: {matter: a, has_company: {value: 昨天}}}",
            "map-wrong-value",
            "1:47",
            "true（是）或 false（否）",
        ),
        ("{facts: {matter: a, reported_at: {value: 昨天}}}", "map-wrong-value", "1:47", "2026-03-01"),
        ("{facts: {matter: a, floor: {value: 三}}}", "map-wrong-value", "1:41", "整数"),
        ("{facts: {matter: {column: a, separator: [；, ;]}}}", "map-wrong-value", "1:46", "一个分隔符"),
        ('{facts: {matter: {column: a, separator: ""}}}', "map-wrong-value", "1:46", "一个分隔符"),
        ("{facts: {matter: a, floor: {column: b, separator: x}}}", "map-unknown-key", "1:45", "column"),
        ("{format: {header: 1000000000}, facts: {matter: a}}", "map-wrong-value", "1:24", "1048576"),
        ("{format: {header: 第二行}, facts: {matter: a}}", "map-wrong-value", "1:24", "整数"),
        ('{format: {delimiter: "ab"}, facts: {matter: a}}', "map-wrong-value", "1:27", "一个半角字符"),
        *(
            (f"{{format: {{encoding: {name}}}, facts: {{matter: a}}}}", "map-wrong-value", "1:26", "utf-8")
            for name in ("undefined", "idna", "rot13", "utf-99")
        ),
        ("{id: 1, facts: {matter: a}}", "map-wrong-value", "1:11", '"1"'),
        ("{facts: {matter: {column: a, values: [甲, 乙]}}}", "map-wrong-value", "1:43", "键: 值"),
        ("{facts: {matter: a, respondent: {values: {甲: owner}}}}", "map-without-column", "1:26", "column"),
        ("{facts: {matter: a, floor: {column: b, value: 3}}}", "map-value-and-column", "1:45", "只留一个"),
        (
            "{facts: {matter: a}, handler: {column: b, values: {Ａ: housing, a: planning}}}",
            "map-same-text",
            "1:69",
            "",
        ),
        (
            '{facts: {matter: a, reported_at: {column: b, dates: ["%Q"]}}}',
            "map-wrong-value",
            "1:59",
            "%m/%d/%y",
        ),
        (
            '{facts: {matter: a}, handler: {column: b, contains: {"": housing}}}',
            "map-wrong-value",
            "1:58",
            "文字",
        ),
        ("{facts: {matter: a}, skip: [a]}", "map-wrong-value", "1:33", "键: 值"),
    ],
)
def test_every_odd_value_is_told_with_place_and_fix(
    text: str, code: str, place: str, help: str, tmp_path: Path
) -> None:
    with pytest.raises(RulebookError) as caught:
        mapping(text, tmp_path)
    [fault] = caught.value.diagnostics
    assert (fault.code, str(fault.span)) == (code, f"{tmp_path / 'map.yaml'}:{place}")
    assert help in fault.help("zh")
    assert fault.help("en")


def test_an_empty_map_has_a_place_too(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("", "utf-8")
    with pytest.raises(RulebookError) as caught:
        load_map(tmp_path / "map.yaml", BOOK)
    assert [str(each.span) for each in caught.value.diagnostics] == [f"{tmp_path / 'map.yaml'}:1:1"]


def test_skip_and_separator_are_compared_like_words(tmp_path: Path) -> None:
    text = "{facts: {matter: {column: 事, separator: ；}}, skip: {办: [测试单位, ＡＢ]}}"
    columns = {
        "事": ["clutter;投诉", "clutter； 投诉", "投诉", "投诉", "投诉"],
        "办": ["住建局", None, "测试单位　", "ab", "　测试单位"],
    }
    mapped = applied(text, columns, tmp_path)
    assert mapped.facts.column("matter").to_pylist()[:2] == [["clutter", "complaint"]] * 2
    assert rejects(mapped) == [(row, "办", columns["办"][row - 1], "row-skipped") for row in (3, 4, 5)]


def test_a_form_without_a_year_makes_no_day_of_1900(tmp_path: Path) -> None:
    text = '{facts: {matter: 事, reported_at: {column: 日, dates: ["%d.%m."]}}}'
    assert rejects(applied(text, {"事": ["clutter"], "日": ["24.12."]}, tmp_path)) == [
        (1, "日", "24.12.", "value-not-date")
    ]


@pytest.mark.parametrize(
    "words", [("-", "不详", "无", "N/A", "／", "", None, "暂无", "--- ", "（无）", "无。", "待定")]
)
def test_a_handler_that_says_nothing_is_none(words: tuple[str | None, ...], tmp_path: Path) -> None:
    """And one of whom the map says that nobody knows him is somebody."""
    text = "{facts: {matter: {value: clutter}}, handler: {column: 办, values: {法院: null}}}"
    columns = {"办": [*words, "法院", "警察"]}
    mapped = applied(text, columns, tmp_path)
    chunk = ChunkReader(Router(BOOK)).read("历史.csv", pa.array(range(len(words) + 2), pa.int64()), mapped)
    reasons = [chunk.judgements[place].reason for place in chunk.index.to_pylist()]
    assert reasons == ["no-handler"] * len(words) + ["handler-unknown"] * 2
    assert chunk.rows.recorded.to_pylist() == columns["办"]


def test_of_a_fact_with_unless_said_a_blank_gives_nothing_and_a_word_says_unknown(tmp_path: Path) -> None:
    """A rulebook that does not tell the two apart reads both as a blank, by the same map."""
    data = written()
    data["facts"][0]["unless_said"] = {"not": ("owners-committee",)}
    careful = linked(data)
    (tmp_path / "map.yaml").write_text(
        "map: {facts: {matter: 事, respondent: {column: [人, 备注], otherwise: unknown,"
        " values: {某人: unknown, 没人: null}}, reporter: {column: 人, otherwise: unknown}}}\n"
    )
    people = ["", None, "—", "不详", "未知", "Unknown", "某人", "没人", "张三", "业委会", "不详", ""]
    columns = {"事": ["clutter"] * 12, "人": people, "备注": [""] * 10 + ["业主", "不详"]}
    table = pa.RecordBatch.from_pydict(columns)
    batch = SourceBatch(pa.array(range(1, 13), pa.int64()), table, (), 0)
    read = load_map(tmp_path / "map.yaml", careful)
    found, older = (each.apply(batch).facts for each in (read, read.by(BOOK)))
    unknown = ["unknown"] * 4
    assert found.column("respondent").to_pylist() == [
        *(None, None, None, *unknown, None, "unknown", "owners-committee", "owner", "unknown")
    ]
    assert older.column("respondent").to_pylist() == [None] * 9 + ["owners-committee", "owner", None]
    assert found.column("reporter").to_pylist() == [None] * 12


def test_a_map_may_say_that_a_fact_is_unknown_in_every_row(tmp_path: Path) -> None:
    data = written()
    data["facts"][0]["unless_said"] = {"not": ("owners-committee",)}
    (tmp_path / "map.yaml").write_text("map: {facts: {matter: 事, respondent: {value: 不详}}}\n")
    table = pa.RecordBatch.from_pydict({"事": ["clutter"]})
    batch = SourceBatch(pa.array([1], pa.int64()), table, (), 0)
    read = load_map(tmp_path / "map.yaml", linked(data))
    assert read.apply(batch).facts.to_pylist() == [{"matter": "clutter", "respondent": "unknown"}]
    assert read.by(BOOK).apply(batch).facts.to_pylist() == [{"matter": "clutter", "respondent": None}]
