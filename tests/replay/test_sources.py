"""The same rows from files of every kind: split, numbered, and nothing lost."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from dutyroute.errors import ReplayError
from dutyroute.formats.encoding import LOST
from dutyroute.messages import word
from dutyroute.replay.inputs import expand, open_source
from dutyroute.replay.mapping.reading import texts_of
from dutyroute.replay.sources.batch import ROWS
from services.postgresql import server, why_not

COLUMNS = ("编号", "事项", "备注")
ROWS_IN = [("A1", "占道经营", '他说"好",\n再来'), ("A2", "治安", ""), ("A3", "噪音；治安", "=1+1")]


def read(path: Path | str, **settings: Any) -> tuple[tuple[str, ...], list[tuple[int, tuple[str, ...]]]]:
    """Return the columns of a source, and its rows with their numbers."""
    source = open_source(str(path), **settings)
    rows = []
    for batch in source.batches():
        cells = zip(*(texts_of(column).to_pylist() for column in batch.table.columns), strict=True)
        rows += [
            (n, tuple(c or "" for c in row)) for n, row in zip(batch.rows.to_pylist(), cells, strict=True)
        ]
    return tuple(source.columns), rows


EXPECTED = (COLUMNS, list(enumerate(ROWS_IN, 1)))
"""What is read from what has no lines."""

IN_LINES = (COLUMNS, list(zip((2, 4, 5), ROWS_IN, strict=True)))
"""What is read from lines: the headings are the first, and the first row has two."""


def delimited(delimiter: str) -> str:
    lines = [COLUMNS, *ROWS_IN]
    return "".join(delimiter.join('"' + c.replace('"', '""') + '"' for c in row) + "\r\n" for row in lines)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encoding_and_delimiter_are_found_out_and_said(encoding: str, delimiter: str, tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_bytes(delimited(delimiter).encode(encoding))
    assert read(file) == IN_LINES
    said = [word(key, "en", **found) for key, found in open_source(str(file)).notes.items()]
    name = {"utf-8-sig": "UTF-8", "gbk": "GB18030"}.get(encoding, encoding.upper())
    named = {",": "comma-separated", "\t": "tab-separated", ";": "semicolon-separated"}.get(
        delimiter, "separated by |"
    )
    broken = "rows with a line break in a cell: 1, the longest has 2 lines, from line 2 on"
    assert said == [f"encoding {name}", named, broken]


def test_a_file_that_is_plain_for_long_and_then_not_is_read_all_the_same(tmp_path: Path) -> None:
    lines = ["id,what", *(f"{n},plain" for n in range(300_000)), "last,治安"]
    (tmp_path / "long.csv").write_bytes("\n".join(lines).encode("gb18030"))
    columns, rows = read(tmp_path / "long.csv")
    assert (columns, rows[-1]) == (("id", "what"), (300_002, ("last", "治安")))


def test_chunks_are_the_same_each_time_and_from_any_on(tmp_path: Path) -> None:
    (tmp_path / "many.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(200_000)), "utf-8")
    source = open_source(str(tmp_path / "many.csv"))
    whole = [(b.rows, b.table, b.done) for b in source.batches()]
    assert [len(rows) for rows, _, _ in whole] == [ROWS, ROWS, ROWS, 200_000 - 3 * ROWS]
    assert [(b.rows, b.table, b.done) for b in source.batches(2)] == whole[2:]


def test_torn_lines_are_told_with_their_number(tmp_path: Path) -> None:
    (tmp_path / "torn.csv").write_bytes("甲,乙\n1,2\n3\n4,5\n6,7,8\n".encode("gb18030"))
    (batch,) = open_source(str(tmp_path / "torn.csv")).batches()
    assert batch.rows.to_pylist() == [2, 4]
    assert [(bad.row, bad.value, bad.describe("en")) for bad in batch.bad] == [
        (3, "3", "cells: 1, expected 2"),
        (5, "6,7,8", "cells: 3, expected 2"),
    ]


def test_a_torn_line_far_down_costs_itself_alone(tmp_path: Path) -> None:
    """Bytes are split until then, characters from there on; nothing is read twice, nothing lost."""
    lines = [f"{n},占道经营{n % 7}" for n in range(400_000)]
    lines[300_000] = "坏,了,行"
    (tmp_path / "torn.csv").write_bytes("\n".join(["编号,事项", *lines]).encode("gb18030"))
    source = open_source(str(tmp_path / "torn.csv"))
    whole = list(source.batches())
    texts = [text for batch in whole for text in texts_of(batch.table.column(1)).to_pylist()]
    assert texts == [line.partition(",")[2] for line in lines if line != "坏,了,行"]
    numbers = [number for batch in whole for number in batch.rows.to_pylist()]
    assert numbers == [n for n in range(2, 400_002) if n != 300_002]
    assert [(bad.row, bad.value) for batch in whole for bad in batch.bad] == [(300_002, "坏,了,行")]
    later = [(b.rows, b.bad, b.done) for b in source.batches(4)]
    assert later == [(b.rows, b.bad, b.done) for b in whole[4:]]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_bytes_that_are_no_text_are_marked_and_cost_nothing_else(encoding: str, tmp_path: Path) -> None:
    good = "编号,事项\nA1,治安\n".encode(encoding)
    (tmp_path / "bad.csv").write_bytes(good + b"A2,\xff\xff\nA3,x\x81,\n"[:-2] + b"\nA4,plain\n")
    _, rows = read(tmp_path / "bad.csv", encoding=encoding)
    assert rows == [(2, ("A1", "治安")), (3, ("A2", 2 * LOST)), (4, ("A3", f"x{LOST}")), (5, ("A4", "plain"))]


def test_nothing_but_headings_or_nothing_at_all_is_no_row(tmp_path: Path) -> None:
    for text in ("甲,乙\n", "甲,乙", ""):
        (tmp_path / "empty.csv").write_text(text, "utf-8")
        assert read(tmp_path / "empty.csv")[1] == []


def test_columns_are_named_apart(tmp_path: Path) -> None:
    (tmp_path / "twice.csv").write_text("街道,,街道 \n1,2,3\n", "utf-8")
    assert read(tmp_path / "twice.csv") == (("街道", "#2", "街道.2"), [(2, ("1", "2", "3"))])


def test_parquet_json_lines_and_a_database_hold_the_same_rows(tmp_path: Path) -> None:
    pq.write_table(
        pa.table(dict(zip(COLUMNS, zip(*ROWS_IN, strict=True), strict=True))), tmp_path / "a.parquet"
    )
    lines = [json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) for row in ROWS_IN]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("create table cases (编号, 事项, 备注)")
        database.executemany("insert into cases values (?, ?, ?)", ROWS_IN)
    database.close()
    query = "select * from cases order by 编号"
    assert read(tmp_path / "a.parquet") == EXPECTED
    assert read(tmp_path / "a.jsonl") == EXPECTED
    assert read(tmp_path / "a.db", query=query) == EXPECTED
    assert read(f"sqlite:///{tmp_path / 'a.db'}", query=query) == EXPECTED


def test_a_line_that_is_no_object_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1, "b": [ "x", "y" ]}\n[1]\n{oops\n{"a": true}\n', "utf-8")
    (batch,) = open_source(str(tmp_path / "a.jsonl")).batches()
    assert batch.table.to_pylist() == [{"a": "1", "b": "x；y"}, {"a": "true", "b": None}]
    assert [(bad.row, bad.describe("en")) for bad in batch.bad] == [
        (2, "not a JSON object"),
        (3, "not valid JSON from column 2 on"),
    ]


def test_a_sheet_is_read_as_a_person_sees_it(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("封面")
        sheet = book.add_worksheet("案件")
        for row, cells in enumerate([COLUMNS, *ROWS_IN]):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)
    in_rows = (COLUMNS, list(enumerate(ROWS_IN, 2)))
    assert read(tmp_path / "a.xlsx", sheet="案件") == in_rows
    assert read(tmp_path / "a.xlsx", sheet="2") == in_rows
    with pytest.raises(ReplayError) as caught:
        open_source(str(tmp_path / "a.xlsx"), sheet="别的")
    assert caught.value.code == "source-no-sheet"


def test_an_old_workbook_is_read_like_a_new_one() -> None:
    """`files/cases.xls` was written once with xlwt 1.3.0: no kept-up library writes that format."""
    expected = [
        ("A1", "占道经营", "2018-02-08", "2"),
        ("A2", "治安", "2018-02-09", "1"),
        ("A3", "=1+1", "2018年2月10日", ""),
    ]
    file = Path(__file__).parent / "files" / "cases.xls"
    assert read(file) == (("编号", "事项", "受理日期", "次数"), list(enumerate(expected, 2)))


@pytest.mark.skipif(why_not() is not None, reason=why_not() or "")
def test_a_database_server_is_read_in_chunks_that_are_the_same_each_time(tmp_path_factory: Any) -> None:
    count = ROWS + 10
    query = f"SELECT n AS id, '治安' AS \"事项\", DATE '2018-02-08' AS day FROM generate_series(1, {count}) AS n ORDER BY n"
    with server(tmp_path_factory.mktemp("server")) as url:
        source = open_source(url, query=query)
        whole = list(source.batches())
        later = list(source.batches(1))
        with pytest.raises(ReplayError) as caught:
            open_source(url, query="SELECT nothing FROM nowhere")
    assert [batch.rows.to_pylist() for batch in whole] == [
        [*range(1, ROWS + 1)],
        [*range(ROWS + 1, count + 1)],
    ]
    assert whole[1].table.slice(9).to_pylist() == [{"id": str(count), "事项": "治安", "day": "2018-02-08"}]
    assert [(batch.rows, batch.table) for batch in later] == [(whole[1].rows, whole[1].table)]
    assert caught.value.code == "source-unreadable"
    assert "nowhere" in str(caught.value.values["reason"])


def test_folders_and_patterns_are_sorted(tmp_path: Path) -> None:
    for name in ("b.csv", "a.parquet", "map.yaml", "c.CSV"):
        (tmp_path / name).write_text("x", "utf-8")
    listed = [str(tmp_path / name) for name in ("a.parquet", "b.csv", "c.CSV")]
    assert expand([str(tmp_path)]) == listed
    assert expand([str(tmp_path / "*.csv")]) == listed[1:2]


def test_what_is_no_such_file_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("no parquet", "utf-8")
    (tmp_path / "a.xlsx").write_text("no workbook", "utf-8")
    (tmp_path / "a.db").write_text("no database at all, but long enough", "utf-8")
    for name, settings in (("a.parquet", {}), ("a.xlsx", {}), ("a.db", {"query": "select 1 from a"})):
        with pytest.raises(ReplayError) as caught:
            open_source(str(tmp_path / name), **settings)
        assert caught.value.code == "source-unreadable"


def damaged(path: Path) -> set[str]:
    """Name what becomes of a Parquet file with one bit changed here and there."""
    sound, found = path.read_bytes(), set()
    for place in range(4, len(sound), 11):
        raw = bytearray(sound)
        raw[place] ^= 1
        path.write_bytes(raw)
        try:
            found.add(f"{len(read(path)[1])} rows")
        except ReplayError as error:
            found.add(error.code)
    return found


def test_a_damaged_parquet_file_is_refused_and_never_loses_a_row(tmp_path: Path) -> None:
    columns = zip(COLUMNS, zip(*ROWS_IN, strict=True), strict=True)
    pq.write_table(pa.table(dict(columns)), tmp_path / "a.parquet")
    assert damaged(tmp_path / "a.parquet") <= {"3 rows", "source-rows-differ", "source-unreadable"}


ODD_COLUMNS = {
    "nothing": (pa.nulls(2), ["", ""]),
    "bytes": (pa.array([b"a", b"\xff"]), ["a", LOST]),
    "a structure": (pa.array([{"a": 1}, None]), ["{'a': 1}", ""]),
    "a moment beyond any calendar": (
        pa.array([0, 2**62]).cast(pa.timestamp("us")),
        ["1970-01-01", "<pyarrow.TimestampScalar: '17036-07-06T14:00:27.387904'>"],
    ),
}


@pytest.mark.parametrize("values, texts", ODD_COLUMNS.values(), ids=ODD_COLUMNS)
def test_a_column_of_any_type_is_read_as_text(values: Any, texts: list[str], tmp_path: Path) -> None:
    pq.write_table(pa.table({"备注": values}), tmp_path / "a.parquet")
    assert [row for _, (row,) in read(tmp_path / "a.parquet")[1]] == texts


def test_a_blank_line_with_a_mark_is_no_row(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b'\xef\xbb\xbf\n{"a": "b"}\n')
    assert read(file) == (("a",), [(2, ("b",))])


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change the markup of a workbook's first sheet."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/worksheets/sheet1.xml"] = change(parts["xl/worksheets/sheet1.xml"])
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)


def test_a_formula_without_value_in_a_cell_without_address_is_no_blank(tmp_path: Path) -> None:
    path = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["甲", "乙"])
        sheet.write_formula(1, 1, "=A1", None, 0)
    rewrite(path, lambda sheet: sheet.replace(b"<v>0</v>", b""))
    rewrite(path, lambda sheet: re.sub(rb'(<c|<row) r="[A-Z]*\d+"', rb"\1", sheet))
    with pytest.raises(ReplayError, match="does not say where it is holds =A1"):
        read(path)


def test_a_cell_where_no_sheet_has_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["甲", "乙"])
    rewrite(path, lambda sheet: sheet.replace(b"</row>", b'<c r="ZZZZ1"><v>1</v></c></row>'))
    with pytest.raises(ReplayError, match="beyond the last column, XFD"):
        read(path)
