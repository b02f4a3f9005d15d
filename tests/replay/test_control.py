"""Control totals: what was read of each kind of source, and a second count that tells of a lost row."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyroute import Router
from dutyroute.control import SourceTotal, described
from dutyroute.formats import lines
from dutyroute.replay import load_map, open_source, open_tasks, replay

CLERK = Router.shipped()
COLUMNS = ("编号", "事项", "单位", "备注")
CASES = [
    ("A1", "治安", "公安机关", '他说"好",\n再来'),
    ("A2", "治安", "城管", ""),
    ("A2", "治安", "公安机关", ""),
    ("A4", "治安", "公安机关", ""),
]
MAP = "map: {id: 编号, facts: {matter: 事项}, handler: 单位}\n"


def total(file: Path | str, folder: Path, **reading: Any) -> SourceTotal:
    """Replay one source, and return its control total."""
    (folder / "map.yaml").write_text(MAP, "utf-8")
    tasks = open_tasks([str(file)], folder / "map.yaml", CLERK.rulebook, reading)
    (found,) = replay(tasks, CLERK, folder / "out").inputs
    return found


def read_of_cases(folder: Path, file: Path | None, name: str | None = None) -> dict[str, Any]:
    """Return what is true of `CASES` whatever they are written in."""
    told = {} if file is None else {"bytes": file.stat().st_size, "digest": digest(file)}
    return {
        "name": name or str(file),
        "rows": 4,
        "counted": 4,
        "columns_read": ("编号", "事项", "单位"),
        "columns_not_read": ("备注",),
        "columns_missing": (),
        "ids_repeated": 1,
        "rows_repeated": 1,
        "looked_at": 4,
        "compared": 4,
        "rate": 0.75,
        "interval": (0.3006, 0.9544),
        "rate_without_repeated": 0.666667,
        "timezone": "Asia/Shanghai",
        "map": str(folder / "map.yaml"),
        "map_digest": load_map(folder / "map.yaml", CLERK.rulebook).digest,
        **told,
    }


def digest(file: Path) -> str:
    return f"sha256:{sha256(file.read_bytes()).hexdigest()}"


def test_of_a_delimited_text_line_ends_and_quotation_marks_are_counted(tmp_path: Path) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([COLUMNS, *CASES])
    file = tmp_path / "cases.csv"
    file.write_bytes(text.getvalue().encode("gb18030"))
    broken = {"note-broken-cells": {"count": 1, "lines": 2, "line": 2}}
    assert total(file, tmp_path) == SourceTotal(
        **read_of_cases(tmp_path, file),
        lines=6,
        counted_by="line-ends",
        encoding="GB18030",
        delimiter=";",
        notes=broken,
    )


def test_of_json_lines_those_that_are_not_blank_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    lines = [json.dumps(dict(zip(COLUMNS, row, strict=True))) for row in CASES]
    file.write_text("\n\n".join(lines), "utf-8")
    assert total(file, tmp_path) == SourceTotal(
        **read_of_cases(tmp_path, file), lines=7, counted_by="lines", encoding="UTF-8"
    )


def test_of_parquet_the_metadata_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "cases.parquet"
    pq.write_table(pa.table(dict(zip(COLUMNS, zip(*CASES, strict=True), strict=True))), file)
    assert total(file, tmp_path) == SourceTotal(**read_of_cases(tmp_path, file), counted_by="metadata")


def test_of_a_query_the_database_counts(tmp_path: Path) -> None:
    file = tmp_path / "cases.db"
    with sqlite3.connect(file) as database:
        database.execute(f"create table cases ({', '.join(COLUMNS)})")
        database.executemany("insert into cases values (?, ?, ?, ?)", CASES)
    database.close()
    query = "select * from cases order by rowid;"
    assert total(file, tmp_path, query=query) == SourceTotal(
        **read_of_cases(tmp_path, file), counted_by="count-query"
    )


def test_a_query_that_no_other_can_hold_is_not_counted_again(tmp_path: Path) -> None:
    """The comment ends the statement for a reader, and is no fault of the rows."""
    with sqlite3.connect(tmp_path / "cases.db") as database:
        database.execute("create table cases (编号, 事项, 单位)")
        database.execute("insert into cases values ('A1', '治安', '公安机关')")
    database.close()
    found = total(tmp_path / "cases.db", tmp_path, query="select * from cases; -- all of them")
    assert (found.rows, found.counted, found.matches) == (1, None, True)
    assert found.counts("en") == "1 (there is no second count for this source)"


def test_of_a_workbook_row_elements_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("案件")
        book.add_worksheet("说明")
        for number, row in enumerate([COLUMNS, *CASES]):
            sheet.write_row(number, 0, row)
        sheet.write_formula("D4", "=A1", None, "")
        sheet.write_formula("D5", "=1/0", None, "#DIV/0!")
        sheet.merge_range("F1:G1", "")
    found = total(file, tmp_path)
    assert found == SourceTotal(
        **read_of_cases(tmp_path, file) | {"rows_repeated": 0, "rate_without_repeated": 0.75},
        counted_by="row-elements",
        sheet="案件",
        sheets_not_read=("说明",),
        merged_cells=1,
        error_cells=1,
        formulas_without_value=1,
        notes=found.notes,
    )


def test_headings_below_blank_rows_are_no_row(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([COLUMNS, *CASES], 3):
            sheet.write_row(number, 0, row)
    source = open_source(str(tmp_path / "a.xlsx"))
    assert source.recount().rows == sum(len(batch.rows) for batch in source.batches()) == len(CASES)


def test_an_old_workbook_has_no_second_count() -> None:
    source = open_source(str(Path(__file__).parent / "files" / "cases.xls"))
    assert (source.recount().rows, source.cells) == (
        None,
        {
            "sheet": "工单",
            "sheets_not_read": (),
            "merged_cells": 0,
            "error_cells": None,
            "formulas_without_value": None,
        },
    )


SHEET = """<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData>{rows}</sheetData>{merged}</worksheet>"""
PARTS = {
    "[Content_Types].xml": """<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/></Types>""",
    "_rels/.rels": """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Target="xl/workbook.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>""",
    "xl/workbook.xml": """<?xml version="1.0"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="案件" sheetId="1" r:id="r1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Target="worksheets/sheet1.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>
<Relationship Id="r2" Target="sharedStrings.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>""",
    "xl/sharedStrings.xml": """<?xml version="1.0"?>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>编号</t></si><si><t></t></si><si><t>A1</t></si><si/></sst>""",
}
HEADINGS = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>备注</t></is></c></row>'


@pytest.mark.parametrize(
    "rows, merged, count",
    [
        ('<row r="2"><c r="A2" t="s"><v>2</v></c></row>', "", 1),
        # Rows of empty texts, of formats alone and of formulas that say nothing are blank.
        ('<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>3</v></c></row>', "", 0),
        ('<row r="2"><c r="A2" s="1"/></row><row r="3"><c r="A3" t="inlineStr"><is><t></t></is></c></row>', "", 0),
        ('<row r="2"><c r="A2" t="str"><f>IF(1,"")</f><v></v></c></row>', "", 0),
        # A number may be what the number of an empty text is; a formula without a value is not blank.
        ('<row r="2"><c r="A2"><v>1</v></c></row><row r="9"><c r="A9"><f>1+1</f></c><c r="B9"><v>3</v></c></row>', "", 2),
        # A row may have a value from a merged cell alone, and no element of its own.
        ('<row r="2"><c r="A2"><v>7</v></c></row><row r="4"><c r="B4"><v>8</v></c></row>', "A2:A4", 3),
    ],
)  # fmt: skip
def test_rows_of_a_sheet_are_counted_as_its_reader_takes_them(
    rows: str, merged: str, count: int, tmp_path: Path
) -> None:
    cells = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    sheet = SHEET.format(rows=HEADINGS + rows, merged=cells)
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(name, text)
    source = open_source(str(tmp_path / "a.xlsx"))
    assert source.recount().rows == sum(len(batch.rows) for batch in source.batches()) == count


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(st.lists(st.text('ab，",;\n\r 街', max_size=5), min_size=3, max_size=3), max_size=8),
    blank=st.integers(0, 3),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    is_open=st.booleans(),
    block=st.sampled_from([1, 5, 1 << 22]),
)
def test_line_ends_and_marks_tell_the_rows_of_any_sound_text(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    blank: int,
    encoding: str,
    quoting: Any,
    is_open: bool,
    block: int,
) -> None:
    """However the text is cut into blocks."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=quoting)
    writer.writerow(["甲", "乙", "丙"])
    for row in rows:
        stream.write("\r\n" * blank)
        writer.writerow(row)
    text = stream.getvalue().removesuffix("\r\n" if is_open else "")
    file = tmp_path_factory.mktemp("text") / "a.csv"
    file.write_bytes(text.encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_BLOCK", block)
        found = lines.count_text(file, encoding, skipped=1)
    broken = sum(len(re.findall("\r\n|\r|\n", cell)) for row in rows for cell in row)
    inside = found.lines - 1 - found.ends
    assert (found.ends - found.blank, inside, found.blank) == (len(rows), broken, blank * len(rows))
    source = open_source(str(file), encoding=encoding.removesuffix("-sig"))
    assert source.recount().rows == sum(len(each.rows) + len(each.bad) for each in source.batches())


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n5" pipe,1\n6" pipe,2\nx,3\n',
        'a,b,c\n1,"open,2\n3,4,5\n6,7,8\n9,"closed",0\n',
        'a,b\n\n"x ""y""",1\n\n"two\nlines",2',
    ],
)
def test_a_mark_that_closes_no_cell_makes_no_false_alarm(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    source = open_source(str(tmp_path / "a.csv"))
    assert source.recount().rows == sum(len(each.rows) + len(each.bad) for each in source.batches())


def test_of_many_sources_only_the_first_are_shown_and_those_that_do_not_match() -> None:
    totals = [
        SourceTotal(f"{number}.csv", 1, counted=1 + (number == 8), counted_by="lines") for number in range(9)
    ]
    shown = [line for line in described(totals, "en") if not line.startswith(" ")]
    assert shown == [
        *(f"{number}.csv" for number in (0, 1, 2, 3, 4, 8)),
        "3 more sources, whose rows match, are in the report.",
    ]
