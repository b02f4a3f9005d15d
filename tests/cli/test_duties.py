"""`dutyroute duties`: every duty of a party, the same in every format."""

import csv
import io
import json
import re
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from dutyroute import Router
from dutyroute.analysis import duties, matrix

SHIPPED = str(Path(__file__).parents[2] / "rules")
DAY = ("--as-of", "2026-03-01")
HEADINGS = ["Matter", "Verb", "What", "Towards", "Condition", "Ground", "Basis", "Time limit"]
COMPANY = [
    [
        "fire violation",
        "inspect",
        "The street office leads and enforces, the fire service inspects",
        "",
        "not where the party is recused",
        "1.1 Patrols; 1.2 Fire enforcement",
        "explicit",
        "",
    ],
    [
        "violation (all)",
        "dissuade",
        "The company dissuades owners and reports",
        "",
        "respondent is owner and has a company",
        "1.3 The company dissuades and reports",
        "inferred",
        "",
    ],
    [
        "violation (all)",
        "report",
        "The company dissuades owners and reports",
        "whoever leads, housing bureau",
        "respondent is owner and has a company",
        "1.3 The company dissuades and reports",
        "inferred",
        "24 hours",
    ],
]


def test_the_list_as_csv_has_a_line_for_each_duty_in_the_order_of_the_text(run, rules) -> None:
    done = run("duties", "company", "--rules", rules, *DAY, "--format", "csv", lang="en")
    assert (done.status, done.err) == (0, "")
    rows = list(csv.reader(io.StringIO(done.out)))
    assert rows == [["Party", *HEADINGS], *(["property company", *row] for row in COMPANY)]


def test_the_list_as_json_has_identifiers_and_words(run, rules) -> None:
    found = json.loads(run("duties", "物业", "--rules", rules, *DAY, "--format", "json", lang="en").out)
    assert (found["as_of"], found["without_duties"]) == ("2026-03-01", [])
    (party,) = found["parties"]
    assert (party["party"], party["name"]) == ("company", "property company")
    assert [list(duty["words"].values()) for duty in party["duties"]] == COMPANY
    assert {key: value for key, value in party["duties"][2].items() if key != "words"} == {
        "rule": "company-dissuades",
        "role": "report",
        "matters": ["violation", "fire-violation", "parking"],
        "to": ["lead", "housing"],
        "clauses": ["opinion/1.3"],
        "basis": "inferred",
        "within": "24h",
        "unless": [],
        "recused": [],
    }


def test_a_library_user_has_the_json_of_the_command(run, rules) -> None:
    printed = json.loads(run("duties", "--rules", rules, *DAY, "--format", "json", lang="zh").out)
    assert printed == duties(Router.load(rules), as_of=date(2026, 3, 1)).to_dict("zh")


@pytest.mark.parametrize("format,file", [("html", "list.html"), ("xlsx", "list.xlsx")])
def test_a_page_and_a_workbook_hold_the_same_lines(
    run, rules, tmp_path: Path, format: str, file: str
) -> None:
    out = tmp_path / file
    call = ("duties", "company", "--rules", rules, *DAY, "--format", format, "--out", str(out))
    done = run(*call, lang="en")
    assert (done.status, done.out, done.err) == (0, "", f"written to {out}\n")
    if format == "html":
        page = out.read_text("utf-8")
        shown = [re.findall(r'<td[^>]*data-label="[^>]*>(.*?)</td>', row) for row in page.split("<tr>")]
        assert [row for row in shown if row] == COMPANY
        assert "draft, not in force" in page
    else:
        book = CalamineWorkbook.from_path(str(out))
        assert book.sheet_names == ["property company"]
        title, about, headings, *lines = book.get_sheet_by_index(0).to_python()
        assert (title[0], headings, lines) == ("property company (3)", HEADINGS, COMPANY)
        assert "draft, not in force" in str(about[0])
        sheet = zipfile.ZipFile(out).read("xl/worksheets/sheet1.xml").decode()
        assert re.findall(r'<pane [^>]*ySplit="(\d)"[^>]*state="frozen"', sheet) == ["3"]
        assert re.findall(r'<autoFilter ref="(.*?)"', sheet) == ["A3:H6"]
        assert 'orientation="landscape"' in sheet
        before = out.read_bytes()
        run(*call, lang="en")
        assert out.read_bytes() == before


def test_each_party_with_duties_has_a_sheet_that_excel_takes(run, tmp_path: Path) -> None:
    out = tmp_path / "all.xlsx"
    assert (
        run("duties", "--rules", SHIPPED, *DAY, "--format", "xlsx", "--out", str(out), lang="en").status == 0
    )
    book = CalamineWorkbook.from_path(str(out))
    found = duties(Router.load(SHIPPED), as_of=date(2026, 3, 1)).by_party()
    counts = [len(book.get_sheet_by_name(name).to_python()) - 3 for name in book.sheet_names]
    assert counts == list(map(len, found.values()))
    assert max(map(len, book.sheet_names)) <= 31


def test_the_lists_name_the_duties_that_the_router_gives() -> None:
    """What is held in any case or perhaps, by the matrix of unknown facts, is listed; and nothing else is."""
    router, day = Router.load(SHIPPED), date(2026, 3, 1)
    words = router.rulebook.vocabulary
    unknown = dict.fromkeys((*words.defaults, *words.unless_said))
    rows = matrix(router, {**unknown, router.rulebook.header.date or "": day}).rows
    held = {
        (row.matter, role, each.party) for row in rows for role, cell in row.cells.items() for each in cell
    }
    listed = {
        (matter, duty.role, duty.party)
        for duty in duties(router, as_of=day).duties
        for matter in duty.matters
    }
    assert listed == held


def test_a_duty_with_no_incident_is_in_the_list() -> None:
    found = duties(Router.load(SHIPPED), "公安局", as_of=date(2026, 3, 1)).by_party()
    assert list(found) == ["public-security"]
    standing = duties(Router.load(SHIPPED), "住建局", as_of=date(2026, 3, 1)).duties
    assert "policy-making" in {matter for duty in standing for matter in duty.matters}


def test_only_the_rules_in_force_on_the_day_are_listed(run, rules) -> None:
    before, after = (
        duties(Router.load(rules), "housing", as_of=day) for day in (date(2025, 12, 31), date(2026, 1, 1))
    )
    assert ([each.rule.id for each in before.duties], before.idle) == ([], ("housing",))
    assert [each.rule.id for each in after.duties] == ["housing-leads-many-cars"]
    out = run("duties", "housing", "--rules", rules, "--as-of", "2025-12-31", lang="en").out
    assert "Parties to which no rule gives a duty: housing bureau\n" in out


def test_a_matter_too_open_to_visit_lists_no_rule_of_another_day(rules, monkeypatch) -> None:
    monkeypatch.setattr("dutyroute.diagram.unknowns.BUDGET", 0)
    found = duties(Router.load(rules), as_of=date(2025, 12, 31)).duties
    assert {"fire-leads-car-parks", "street-by-default"} <= {each.rule.id for each in found}
    assert "housing-leads-many-cars" not in {each.rule.id for each in found}


def test_conditions_that_rest_on_other_rules_are_said(run, rules) -> None:
    done = run("duties", "street", "--rules", rules, *DAY, "--format", "csv", lang="zh")
    conditions = {row[3]: row[5] for row in list(csv.reader(io.StringIO(done.out)))[1:]}
    assert conditions["没有点名部门的，街道属地主办"] == "在院内；没有其他规则确定主办时"


@pytest.mark.parametrize(
    "lang,said",
    [
        ("zh", "小区类型是暂不具备市场化条件，且没有物业服务企业，且未成立业主委员会"),
        (
            "en",
            "community class is not yet ready for market services and there is no company and there is no committee",
        ),
    ],
)
def test_what_must_not_be_so_is_denied_in_plain_words(run, lang: str, said: str) -> None:
    done = run("duties", "街道", "--rules", SHIPPED, *DAY, "--format", "csv", lang=lang)
    assert said in {row[5] for row in csv.reader(io.StringIO(done.out))}


def test_an_unknown_party_is_wrong_usage_with_the_nearest(run, rules) -> None:
    done = run("duties", "copmany", "--rules", rules, lang="en")
    assert (done.status, done.out) == (2, "")
    assert "did you mean company 物业服务企业?" in done.err


def test_a_workbook_needs_a_file(run, rules) -> None:
    done = run("duties", "--rules", rules, "--format", "xlsx", lang="en")
    assert (done.status, done.err) == (2, "error: --format xlsx can only be used with --out\n")


def test_names_from_outside_are_no_formulas_and_no_markup(run, rules, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(rules, folder)
    file = folder / "vocabulary.yaml"
    file.write_text(file.read_text("utf-8").replace("name: 违章停车", 'name: "=1+1<b>"'), "utf-8")
    call = ("duties", "消防", "--rules", str(folder), *DAY)
    rows = list(csv.reader(io.StringIO(run(*call, "--format", "csv").out)))
    assert "'=1+1<b>" in {row[1] for row in rows}
    assert '<td data-label="事项">=1+1&lt;b&gt;</td>' in run(*call, "--format", "html").out
    run(*call, "--format", "xlsx", "--out", str(tmp_path / "x.xlsx"))
    (sheet,) = (CalamineWorkbook.from_path(str(tmp_path / "x.xlsx")).get_sheet_by_index(0),)
    assert "=1+1<b>" in {row[0] for row in sheet.to_python()}


@pytest.mark.parametrize("name", ["A: party/with [marks] and a name that is far too long", "History", "'"])
def test_a_sheet_has_a_name_whatever_the_party_is_called(run, rules, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(rules, folder)
    file = folder / "vocabulary.yaml"
    file.write_text(file.read_text("utf-8").replace("name: 消防救援部门", f'name: "{name}"'), "utf-8")
    out = tmp_path / "x.xlsx"
    assert run("duties", "--rules", str(folder), *DAY, "--format", "xlsx", "--out", str(out)).status == 0
    names = CalamineWorkbook.from_path(str(out)).sheet_names
    assert sorted(names) == sorted(["住房和城乡建设局", "街道办事处、镇人民政府", "物业服务企业", "fire"])
