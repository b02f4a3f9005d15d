"""What files hold that nobody expects: each row is told with its true place, or the file is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from dutyroute import Router
from dutyroute.errors import ReplayError
from dutyroute.replay import Summary, open_source, open_tasks, replay, suggest_map

MAP = "map:\n  id: 编号\n  facts: {matter: 事项}\n  handler: 承办\n"
HEAD = "编号,事项,承办\n"


def row(number: int) -> str:
    return f"A{number},noise,public-security\n"


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.shipped()


def run(router: Router, folder: Path, name: str, content: str | bytes | None = None) -> Summary:
    """Replay one file; the report's inputs are in the summary."""
    if content is not None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    mapping = folder / "map.yaml"
    if not mapping.exists():
        mapping.write_text(
            MAP.replace("matter: 事项", "matter: {column: 事项, values: {noise: residential-noise}}")
        )
    return replay(
        open_tasks([str(folder / name)], mapping, router.rulebook), router, folder / "out", lang="en"
    )


def counts(summary: Summary) -> tuple[int, int]:
    """Return how many rows there are and how many of them are bad."""
    told = summary.to_dict()
    return told["rows"], told["counts"]["bad-row"]


def notes(summary: Summary) -> dict[str, Any]:
    return dict(summary.to_dict()["inputs"][0].get("notes", {}))


def rejected(folder: Path) -> list[list[str]]:
    lines = (folder / "out" / "rejects.csv").read_text("utf-8-sig").splitlines()[1:]
    return [line.split(",")[1:3] for line in lines]


@pytest.mark.parametrize("quote", ['A5,"noise,police\n', '"A5,noise,police\n', 'A5,noise,"police\n'])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("rows", [40, 150_000])
def test_a_quote_that_is_never_closed_is_refused_with_its_line(
    quote: str, encoding: str, rows: int, tmp_path: Path
) -> None:
    text = HEAD + "".join(row(n) for n in range(1, 5)) + quote + "".join(row(n) for n in range(6, rows))
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    with pytest.raises(ReplayError) as caught:
        open_source(str(tmp_path / "a.csv"))
    assert (caught.value.code, caught.value.values["line"]) == ("source-open-quote", 6)


@pytest.mark.parametrize(
    "text",
    [
        HEAD
        + row(1)
        + 'A2,"noise,public-security\n'
        + row(3)
        + row(4)
        + 'A5,noise",public-security\n'
        + row(6),
        HEAD
        + row(1)
        + '"A2,noise,public-security\n'
        + row(3)
        + 'A4,"noise",public-security\n'
        + row(5)
        + row(6),
    ],
)
def test_rows_between_stray_quotes_are_rows(text: str, router: Router, tmp_path: Path) -> None:
    summary = run(router, tmp_path, "a.csv", text)
    assert summary.to_dict()["rows"] == 6
    assert notes(summary)["note-stray-quotes"]["line"] == 3
    assert summary.to_dict()["counts"]["agree"] >= 4


def test_cells_over_many_lines_stay_whole_and_are_told(router: Router, tmp_path: Path) -> None:
    long = "\n".join(f"第 {n} 行，他说好, 然后" for n in range(30))
    text = 'id,remark,编号,事项,承办\n1,"' + long.replace('"', '""') + '",A1,noise,public-security\n'
    text += "\n\n2,x,A2,nonsense,public-security\n"
    summary = run(router, tmp_path, "a.csv", text)
    assert counts(summary) == (2, 1)
    assert notes(summary)["note-broken-cells"] == {"count": 1, "lines": 30, "line": 2}
    assert rejected(tmp_path) == [["34", "事项"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_have_the_numbers_of_their_lines(end: str, router: Router, tmp_path: Path) -> None:
    text = HEAD + row(1) + "\n" + '"A\n2",noise,public-security\n' + "A3,noise\n" + "\n" + "A4,bad,x\n"
    summary = run(router, tmp_path, "a.csv", text.replace("\n", end))
    assert counts(summary) == (4, 2)
    assert [place for place, _ in rejected(tmp_path)] == ["6", "8"]


def test_line_ends_on_the_edge_of_a_block_are_kept(tmp_path: Path) -> None:
    """A reader of blocks lost the second half of such a line end."""
    head, edge = HEAD.replace("\n", "\r\n").encode(), (1 << 22) - 1
    line = row(1).replace("\n", "\r\n").encode()
    before = head + line * ((edge - len(head) - 300) // len(line)) + b'A9,"'
    content = before + b"z" * (edge - len(before)) + b'\r\nB",police\r\n' + line * 3
    (tmp_path / "a.csv").write_bytes(content)
    cells = [c for b in open_source(str(tmp_path / "a.csv")).batches() for c in b.table.column(1).to_pylist()]
    assert sum(cell.endswith("z\r\nB") for cell in cells) == 1
    assert len(cells) == content.count(b"\r\n") - 2


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "A1,noise,public-security,\n" + "A2,noise,public-security\n",
        HEAD.replace("\n", ",\n") + row(1) + row(2),
        HEAD + 'A1,="noise",="public-security"\n' + '="A2",noise,"=""public-security"""\n',
        '"编号\n（新）",事项,承办\n'.replace("\n（新）", "") + row(1) + row(2),
    ],
)
def test_marks_that_a_spreadsheet_leaves_are_no_values(text: str, router: Router, tmp_path: Path) -> None:
    summary = run(router, tmp_path, "a.csv", text)
    assert counts(summary) == (2, 0)
    assert summary.to_dict()["counts"]["agree"] == 2


def test_a_cell_beyond_the_headings_that_says_something_is_no_blank(router: Router, tmp_path: Path) -> None:
    summary = run(router, tmp_path, "a.csv", HEAD + "A1,noise,public-security,x\n" + row(2))
    assert (counts(summary), rejected(tmp_path)[0][0]) == ((2, 1), "2")


def test_a_heading_over_two_lines_is_one_heading(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes('编号,"事项\r\n（小类）"\r\nA1,x\r\n'.encode())
    source = open_source(str(tmp_path / "a.csv"))
    (batch,) = source.batches()
    assert (source.columns, batch.rows.to_pylist()) == (("编号", "事项\n（小类）"), [3])


def test_what_could_not_be_compared_is_listed_in_words_and_with_its_line_ends(
    router: Router, tmp_path: Path
) -> None:
    mapping = "map: {facts: {matter: 事项, respondent: 人, has_property_company: 物业}, handler: 承办}"
    (tmp_path / "map.yaml").write_text(mapping, "utf-8")
    rows = 'clutter,业主,是,"城管\r\n局"\r\nclutter,物业,否,城管局\r\n'
    run(router, tmp_path, "h.csv", "事项,人,物业,承办\r\n" + rows)
    listed = (tmp_path / "out" / "divergences.csv").read_bytes().decode("utf-8-sig")
    assert ('"城管\n局"' in listed, "the incident contradicts itself" in listed) == (True, True)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_blank_rows_above_the_headings_are_passed_over(kind: str, router: Router, tmp_path: Path) -> None:
    path = tmp_path / f"h.{kind}"
    rows = [(), ("", "", ""), ("编号", "事项", "承办"), ("1", "noise", "x"), (), ("2", "nose", "x")]
    if kind == "csv":
        path.write_text("\ufeff" + "\n".join(map(",".join, rows)), "utf-8")
    else:
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for place, cells in enumerate(rows):
                sheet.write_row(place, 0, cells)
    summary = run(router, tmp_path, path.name)
    assert (counts(summary), rejected(tmp_path)) == ((2, 1), [["6", "事项"]])


def test_headings_far_down_a_short_file_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD)
    source = open_source(str(tmp_path / "a.csv"), header=1_000_000)
    assert (source.columns, list(source.batches())) == ((), [])


def test_a_file_given_by_two_paths_counts_once(router: Router, tmp_path: Path) -> None:
    run(router, tmp_path, "a.csv", HEAD + row(1))
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    given = [str(tmp_path), str(tmp_path / "a.csv"), str(tmp_path / "a.csv"), f"{tmp_path}/./link.csv"]
    (task,) = open_tasks(given, tmp_path / "map.yaml", router.rulebook)
    assert "note-given-twice" in task.source.notes


def test_json_lines_lose_nothing(router: Router, tmp_path: Path) -> None:
    good = {"编号": "A", "事项": "noise"}
    lines = [json.dumps(good)] * 1_200 + [
        '{"编号": "B", "事项": "noise", "事项": "fire"}',
        r'{"编号": "C \ud83d", "事项": "noise"}',
        "[" * 100_000,
        json.dumps({**good, "承办": "public-security"}),
    ]
    summary = run(router, tmp_path, "a.jsonl", "\n".join(lines))
    assert counts(summary) == (1_204, 3)
    assert [place for place, _ in rejected(tmp_path)] == ["1201", "1202", "1203"]
    assert summary.to_dict()["counts"]["agree"] == 1


def test_a_file_without_one_sound_row_is_all_bad_rows(router: Router, tmp_path: Path) -> None:
    assert counts(run(router, tmp_path, "a.jsonl", r'{"编号": "\ud800"}')) == (1, 1)


def test_parquet_names_and_texts_of_any_kind(router: Router, tmp_path: Path) -> None:
    broken = pa.Array.from_buffers(
        pa.string(), 2, pa.array([b"public-security", b"\xff\xfe"], pa.binary()).buffers()
    )
    columns = [pa.array(["A1", "A2"]), pa.array(["noise", "noise"]), broken, pa.array([1, 2])]
    table = pa.table(columns, names=["编号", "事项", "承办", "事项"])
    pq.write_table(table, tmp_path / "a.parquet")
    summary = run(router, tmp_path, "a.parquet")
    assert counts(summary) == (2, 1)
    assert notes(summary)["note-columns-twice"] == {"columns": "事项"}


def workbook(path: Path, write: Any) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("一月")
        for place, cells in enumerate([("编号", "事项", "承办"), *([("A", "noise", "public-security")] * 4)]):
            sheet.write_row(place, 0, cells)
        write(book, sheet)


def test_a_workbook_turns_no_value_into_a_blank(router: Router, tmp_path: Path) -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.write_formula("B2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("C3", '="public"&"-security"', None, "")
        sheet.merge_range("C4:C5", "public-security")
        sheet.write_number("A5", 12345678901234567890)
        book.add_worksheet("二月")

    workbook(tmp_path / "a.xlsx", write)
    summary = run(router, tmp_path, "a.xlsx")
    told = notes(summary)
    assert told["note-other-sheets"] == {"sheets": "二月"}
    assert told["note-errors"] == {"count": 1, "cell": "B2"}
    assert told["note-rounded"] == {"count": 1, "cell": "A5"}
    assert told["note-merged"] == {"count": 1}
    assert rejected(tmp_path)[0] == ["2", "事项"]
    assert summary.to_dict()["counts"]["agree"] >= 2


def test_cells_merged_across_columns_are_told_and_headings_merged_downwards_are_read(
    router: Router, tmp_path: Path
) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:C1", "工单")
        for column, heading in enumerate(("编号", "事项", "承办")):
            sheet.merge_range(1, column, 2, column, heading)
        sheet.write_row("A4", ("1", "noise", "public-security"))
        sheet.merge_range("B5:C5", "noise")
        sheet.write_string("A5", "2")
    source = open_source(str(tmp_path / "a.xlsx"), header=3)
    assert source.columns == ("编号", "事项", "承办")
    assert source.notes["note-across"] == {"count": 1, "cell": "B5"}
    (batch,) = source.batches()
    assert [list(row.values()) for row in batch.table.to_pylist()] == [
        ["1", "noise", "public-security"],
        ["2", "noise", None],
    ]


def test_a_formula_that_was_never_computed_is_no_blank(router: Router, tmp_path: Path) -> None:
    import zipfile

    workbook(tmp_path / "b.xlsx", lambda _book, sheet: sheet.write_formula("C3", "=A1", None, "x"))
    with zipfile.ZipFile(tmp_path / "b.xlsx") as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b"<f>A1</f><v>x</v>", b"<f>A1</f><v></v>")
            new.writestr(name, content.replace(b'<c r="C3" t="str">', b'<c r="C3">'))
    summary = run(router, tmp_path, "a.xlsx")
    assert (counts(summary), rejected(tmp_path)) == ((4, 1), [["3", "承办"]])
    assert notes(summary)["note-formulas"] == {"count": 1, "cell": "C3"}


def test_a_cell_very_far_away_ends_the_reader_and_not_the_run(tmp_path: Path) -> None:
    def write(_book: Any, sheet: Any) -> None:
        sheet.write_string("XFD1048576", "x")

    workbook(tmp_path / "a.xlsx", write)
    with pytest.raises(ReplayError) as caught:
        open_source(str(tmp_path / "a.xlsx"))
    assert caught.value.code in ("source-reader-died", "source-unreadable")


@pytest.mark.parametrize(
    "name, content, code",
    [
        ("a.xls", b"<html><meta charset=gbk><table><tr><td>x</td></tr></table></html>", "source-is-markup"),
        ("a.csv", b'\xef\xbb\xbf <?xml version="1.0"?><Workbook/>', "source-is-markup"),
        ("a.xls", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html></html>", "source-is-markup"),
        ("a.xls", (HEAD + row(1)).encode("gb18030"), None),
        ("a.xls", (HEAD + row(1)).replace(",", "\t").encode("utf-16"), None),
        ("a.xlsx", (HEAD + row(1)).encode(), None),
    ],
)
def test_the_content_tells_what_a_file_is(
    name: str, content: bytes, code: str | None, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    if code is None:
        assert open_source(str(tmp_path / name)).columns == ("编号", "事项", "承办")
        return
    with pytest.raises(ReplayError) as caught:
        open_source(str(tmp_path / name))
    assert caught.value.code == code


def test_a_workbook_called_after_a_text_is_read_as_a_workbook(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", lambda *_: None)
    (tmp_path / "a.xlsx").rename(tmp_path / "a.csv")
    assert open_source(str(tmp_path / "a.csv")).columns == ("编号", "事项", "承办")


@pytest.mark.parametrize("first, then", [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_of_mixed_encodings_that_of_the_headings_counts(first: str, then: str, tmp_path: Path) -> None:
    line = "A1,噪音扰民很严重的投诉,公安\n"
    content = (HEAD + line).encode(first) + (line * 5).encode(then)
    (tmp_path / "a.csv").write_bytes(content)
    source = open_source(str(tmp_path / "a.csv"))
    assert source.columns == ("编号", "事项", "承办")
    assert sum(batch.table.num_rows + len(batch.bad) for batch in source.batches()) == 6


def test_a_zip_code_of_an_incident_is_no_id(router: Router, tmp_path: Path) -> None:
    (tmp_path / "us.csv").write_text("Unique Key,Incident Zip,Complaint Type\n64446101,11211,noise\n")
    assert suggest_map(open_source(str(tmp_path / "us.csv")), router.rulebook).id == "Unique Key"
