"""Events in tables of every kind, in Chinese, read like histories."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

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
    assert (done.status, "e.xlsx:2: the row cannot be read: an error of a spreadsheet" in done.err) == (
        1,
        True,
    )
