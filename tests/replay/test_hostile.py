"""Whatever a row holds, no spreadsheet computes it and no browser obeys it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from books import router, rule
from dutyroute.control import SourceTotal
from dutyroute.formats.spreadsheet import FORMULA, csv_text, safe
from dutyroute.messages import LANGUAGES, Lang
from dutyroute.messages.outside import ORDERS
from dutyroute.replay import Judgement, Outcome, judge
from dutyroute.replay.output import open_listings, reject_lines, write_part
from dutyroute.replay.rows import RECORDS, Rows, records
from dutyroute.replay.summary import Example, Summary, Tally
from dutyroute.replay.wording import Wording
from dutyroute.report.replay import render_replay

HOSTILE = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＠SUM(A1)",
    '"><script>alert(1)</script>',
    "</style><img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "a\nb,c\"d'e",
    "\x00\x1b[31m\u202e",
    "甲; 乙",
    "x" * 40_000,
]
CLERK = router(rule("lane-lead", {"matter": "fire-lane"}, {"lead": "street-office"}))
VERDICT = judge(CLERK.route({"matter": "fire-lane"}), "planning")
WORDING = Wording(CLERK.rulebook, "zh")
COUNT = len(HOSTILE)


def hostile_records() -> Any:
    texts = pa.array(HOSTILE, pa.string())
    rows = Rows(
        "=source.csv",
        pa.array(range(1, COUNT + 1), pa.int64()),
        texts,
        pa.array([date(2026, 1, 1)] * COUNT, pa.date32()),
        texts,
        texts.dictionary_encode(),
        texts,
    )
    return records(rows, (VERDICT,), pa.array([0] * COUNT, pa.int32()))


def shown(text: str) -> str:
    """What people see of a text: nothing that a terminal obeys, nothing that hides."""
    return re.sub(ORDERS, "?", text)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    write_part([hostile_records()], tmp_path / "records.part", RECORDS)
    return tmp_path / "records.part"


def write_listing(part: Path, path: Path) -> Path:
    files = [("records", path, path.with_suffix(".tmp"), RECORDS)]
    with open_listings(files, WORDING) as listings:
        listings.add("records", part)
    return path


def test_no_cell_of_csv_is_a_formula(part: Path, tmp_path: Path) -> None:
    written = write_listing(part, tmp_path / "divergences.csv")
    raw = written.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    headings, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert headings[:5] == ["来源", "行", "编号", "日期", "区域"]
    assert [row[2] for row in rows] == [safe(shown(text)) for text in HOSTILE]
    assert rows[0][:2] == ["'=source.csv", "1"]
    assert [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r\n＝＋－＠") and cell] == []


def test_no_cell_of_a_workbook_is_a_formula(part: Path, tmp_path: Path) -> None:
    written = write_listing(part, tmp_path / "divergences.xlsx")
    with zipfile.ZipFile(written) as inside:
        sheet = inside.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r"<f[ >]|<hyperlink", sheet) == []
    rows = CalamineWorkbook.from_path(str(written)).get_sheet_by_index(0).to_python()
    assert [row[2] for row in rows[1:10]] == list(map(shown, HOSTILE[:9]))
    assert rows[1][3] == date(2026, 1, 1)


def test_parquet_keeps_every_text_as_it_was(part: Path, tmp_path: Path) -> None:
    written = write_listing(part, tmp_path / "divergences.parquet")
    table = pq.read_table(written)
    assert table.column("id").to_pylist() == HOSTILE
    assert set(table.column("lead").to_pylist()) == {"street-office"}


@given(st.lists(st.text(), min_size=1))
def test_a_column_is_made_safe_as_a_cell_is(texts: list[str]) -> None:
    kept = [text for text in texts if text.isprintable() or not any("\ud800" <= c <= "\udfff" for c in text)]
    column = pc.replace_substring_regex(pa.array(kept, pa.string()), FORMULA, r"'\1")
    assert column.to_pylist() == [safe(text) for text in kept]


class Fault:
    """A fault of a row, as sources and maps tell it."""

    def __init__(self, row: int, value: str) -> None:
        self.row, self.column, self.value = row, "=列", value

    def describe(self, lang: Lang) -> str:
        return f"=not a date ({lang})"


def test_rejects_are_safe_in_order_and_short() -> None:
    lines = reject_lines("=a.csv", [Fault(9, "x" * 5_000), Fault(2, "=1"), Fault(2, "\ud800")], "zh")
    found = list(csv.reader(io.StringIO(lines.decode(), newline="")))
    assert [row[:2] for row in found] == [["'=a.csv", "2"], ["'=a.csv", "2"], ["'=a.csv", "9"]]
    assert found[0][2:] == ["'=列", "'=1", "'=not a date (zh)"]
    assert found[1][3] == "\\ud800"
    assert len(found[2][3]) == 1_001
    assert csv_text([["=1", "a"]]) == "'=1,a\r\n"


class Page(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def hostile_summary() -> Summary:
    tally = Tally()
    for number, text in enumerate(HOSTILE):
        verdict = Judgement(Outcome.UNROUTABLE, text, (), None, fault=(text, text))
        tally.count(verdict, 1)
        tally.show(verdict, Example(text, number, text, text, text, text))
        tally.count_area(text, Outcome.UNROUTABLE, 1)
        tally.months[text] = Counter({Outcome.UNROUTABLE: 1})
    tally.count(VERDICT, 3)
    tally.show(VERDICT, Example(HOSTILE[10], 1, HOSTILE[11], HOSTILE[12], HOSTILE[13], HOSTILE[10]))
    inputs = (SourceTotal(HOSTILE[10], 19, digest=HOSTILE[11], columns_not_read=(HOSTILE[12],)),)
    return Summary(tally, CLERK.rulebook, inputs)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_obeys_nothing_that_a_row_says(lang: Lang) -> None:
    page = Page(render_replay(hostile_summary(), lang))
    tags = {tag for tag, _ in page.tags}
    assert tags & {"script", "img", "iframe", "link", "object", "form", "a", "base"} == set()
    assert [
        attrs for _, attrs in page.tags for name in attrs if name.startswith("on") or name in NETWORK
    ] == []
    shown = "".join(page.texts)
    assert HOSTILE[10] in shown
    assert HOSTILE[11] in shown
    assert HOSTILE[12] in shown


NETWORK = {"src", "href", "srcset", "action", "style", "background"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_may_load_nothing(lang: Lang) -> None:
    """Its policy allows one stylesheet, by its digest, and it names no address at all."""
    text = render_replay(hostile_summary(), lang)
    page = Page(text)
    (policy,) = [a["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv")]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'",
        policy or "",
    )
    assert re.findall(r"https?://|url\(|@import", text) == []
    assert text.count("<style>") == 1
