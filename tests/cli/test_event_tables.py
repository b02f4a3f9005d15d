"""Events in tables of every kind, in Chinese, read like histories."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import xlsxwriter

from dutyroute import Overseer, load
from dutyroute.replay import read_events
from dutyroute.rulebook.oversight import KINDS
from dutyroute.rulebook.shipped import shipped

RULEBOOK = load(shipped("rules"))

HEAD = ("编号", "类型", "日期", "小区", "结果")
ROWS = [("e1", "投诉", "2026-03-01", "东苑", "查实"), ("e2", "投诉", "2026-03-02", "西苑", "")]


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx", "xls"])
def test_events_in_chinese_are_read_from_any_table(run, ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"events.{ending}"
    if ending == "xlsx":
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            for place, cells in enumerate((HEAD, *ROWS)):
                sheet.write_row(place, 0, cells)
    else:
        mark = "\t" if ending == "tsv" else ","
        file.write_bytes("".join(mark.join(cells) + "\n" for cells in (HEAD, *ROWS)).encode("gbk"))
    done = run("oversee", str(file), "--as-of", "2026-05-10", lang="en")
    assert f"{file.name}:" not in done.err.replace(f"{file.name}: ", "")
    assert "e1" not in done.err


def test_a_cell_with_an_error_is_told_with_its_row(run, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "e.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ROWS[0])
        sheet.write_formula("D2", "=1/0", None, "#DIV/0!")
    done = run("oversee", str(tmp_path / "e.xlsx"), lang="en")
    assert done.status == 1
    assert "e.xlsx:2: `小区` cannot be `#DIV/0!`: an error of a spreadsheet\n" in done.err


MAP = """\
map:
  facts:
    id: 工单
    kind: {column: 来源, values: {信访件: 投诉, 巡查: null}}
    at: {column: 时间, dates: "%d.%m.%Y"}
    community: 位置
    channel: {value: 市级渠道}
    outcome: {column: 结论, otherwise: unknown}
  skip: {状态: 作废}
"""
EXPORT = """\
工单,来源,时间,位置,结论,状态,经办
1,信访件,02.03.2026,东苑,"查
实",有效,甲
2,信访件,2026年3月3日,东苑,不详,有效,乙
3,来信,2026/3/4,西苑,,有效,丙
4,信访件,昨天,西苑,,有效,丁
5,信访件,2026-03-05,西苑,,作废,戊
6,complain,2026-03-05,,,有效,己
7,巡查,2026-03-05,西苑,,有效,己
"""


@pytest.mark.parametrize("beside", [True, False], ids=["beside", "named"])
def test_a_map_says_which_column_is_which_key(run, tmp_path: Path, *, beside: bool) -> None:
    """The same map as that of a history: columns, words, forms of days, constants, rows to skip."""
    export, mapped = tmp_path / "export.csv", tmp_path / ("export.map.yaml" if beside else "m.yaml")
    export.write_text(EXPORT, "gbk")
    mapped.write_text(MAP, "utf-8")
    named = () if beside else ("--map", str(mapped))
    done = run("oversee", str(export), *named, lang="en")
    assert done.status == 1
    assert re.findall(r"export\.csv:\d+: .*", done.err) == [
        "export.csv:5: unknown 来源 `来信`; use a word of the rulebook, or leave it out",
        "export.csv:6: `时间` cannot be `昨天`: not a date",
        "export.csv:8: unknown 来源 `complain`; did you mean complaint?",
        f"export.csv:9: the event has no kind; add `kind`: {', '.join(KINDS)}",
    ]
    read = read_events(export, RULEBOOK, mapped)
    overseer = Overseer(RULEBOOK)
    overseer.ingest(read.lines)
    about = {"kind": "complaint", "community": "东苑", "channel": "city-hotline"}
    assert [event.to_dict() for event in overseer.history()] == [
        {"id": "1", "at": "2026-03-02", "outcome": "confirmed", **about},
        {"id": "2", "at": "2026-03-03", **about},
    ]


def test_faults_of_a_map_for_events_are_told_with_their_place(run, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(EXPORT, "utf-8")
    (tmp_path / "m.yaml").write_text(
        "map:\n"
        "  facts:\n"
        "    kind: {column: 来源, values: {信访件: 投书}}\n"
        "    at: 时间\n"
        "    comunity: 位置\n"
        "    matter: {value: 电梯, separator: ；}\n"
        "    stars: {value: five}\n",
        "utf-8",
    )
    done = run("oversee", str(tmp_path / "export.csv"), "--map", str(tmp_path / "m.yaml"), lang="en")
    assert (done.status, re.findall(r"m\.yaml:(\d+):\d+: error\[([a-z-]+)\]", done.err)) == (
        3,
        [
            ("3", "map-without-fact"),
            ("3", "map-unknown-word"),
            ("5", "map-unknown-fact"),
            ("6", "map-unknown-key"),
            ("6", "map-unknown-word"),
            ("7", "map-wrong-value"),
        ],
    )


def test_a_list_in_json_lines_is_no_name(run, tmp_path: Path) -> None:
    """Two communities in one value were once a third one, called `东苑；西苑`."""
    event = '{"工单": "1", "来源": "投诉", "时间": "2026-03-01", "位置": ["东苑", "西苑"], "结论": null, "状态": ""}'
    (tmp_path / "e.jsonl").write_text(event + "\n", "utf-8")
    (tmp_path / "m.yaml").write_text(MAP, "utf-8")
    done = run("oversee", str(tmp_path / "e.jsonl"), "--map", str(tmp_path / "m.yaml"), lang="en")
    assert re.findall(r"e\.jsonl:\d+: .*", done.err) == [
        "e.jsonl:1: `位置` cannot be `东苑；西苑`: a single value is expected"
    ]


def test_events_come_from_a_database_too(run, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "events.db")) as book:
        book.execute("create table events (id, kind, at, community)")
        book.execute("insert into events values (1, 'complaint', '2026-03-01', '东苑')")
        book.commit()
    query = ("--query", "select id as 编号, kind, at, community from events")
    done = run("oversee", str(tmp_path / "events.db"), *query, lang="en")
    assert (done.status, "As of 2026-03-01: subjects: 1" in done.out) == (0, True)
