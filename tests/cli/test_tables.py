"""`dutyroute matrix` and `dutyroute trace`: the same in every format."""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest

from dutyroute import Router
from dutyroute.analysis import matrix, trace
from dutyroute.diagnostics import width

SHIPPED = str(Path(__file__).parents[2] / "rules")
DATED = ("--fact", "reported_at=2026-03-01")


def test_the_matrix_as_json_has_a_row_for_each_matter(run, rules) -> None:
    found = json.loads(run("matrix", "--rules", rules, *DATED, "--format", "json", lang="en").out)
    assert found["roles"] == ["lead", "patrol", "dissuade", "report", "enforce", "inspect", "warrant"]
    assert found["facts"] == {"reported_at": "2026-03-01"}
    assert found["assumed"] == {"in_yard": True}
    assert [row["matter"] for row in found["matters"]] == [
        "violation",
        "fire-violation",
        "parking",
        "complaint",
    ]
    assert found["matters"][2] == {
        "matter": "parking",
        "name": "illegal parking",
        "parent": "violation",
        "status": "incomplete",
        "cells": {
            "lead": [
                {"party": "housing", "certain": False},
                {"party": "fire", "certain": False},
                {"party": "street", "certain": False},
            ],
            "patrol": [{"party": "street", "certain": True}],
            "dissuade": [{"party": "company", "certain": False}],
            "report": [{"party": "company", "certain": False}],
        },
        "gaps": ["enforce", "inspect", "warrant"],
        "ask": ["respondent", "has_company", "cars"],
        "too_open": False,
    }


def test_the_matrix_as_csv_has_a_column_for_each_role(run, rules) -> None:
    done = run("matrix", "--rules", rules, *DATED, "--format", "csv", lang="en")
    rows = list(csv.reader(io.StringIO(done.out)))
    assert rows[0] == ["Matter", "lead", "patrol", "dissuade", "report", "enforce", "inspect", "warrant"]
    assert rows[4] == ["complaint", *["gap"] * 7]
    assert {len(row) for row in rows} == {8}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("columns", [80, 100])
def test_no_table_of_the_matrix_has_an_empty_column_or_too_long_a_line(run, lang: str, columns: int) -> None:
    out = run("matrix", "--rules", SHIPPED, *DATED, lang=lang, columns=columns).out
    assert [line for line in out.splitlines() if width(line) > columns] == []
    *tables, legend = out.split("\n\n")
    assert ("街道 = " if lang == "zh" else "SO = ") in legend
    for table in tables:
        cells = [re.split(" {2,}", line.strip()) for line in table.splitlines()]
        # Lines that go on with a cell have fewer, as gaps have a mark.
        full = [row for row in cells if len(row) == max(map(len, cells)) and row[0] not in ("事项", "Matter")]
        assert [column for column in zip(*full, strict=True) if set(column) == {"-"}] == []


@pytest.mark.parametrize("command", ["matrix", "trace"])
def test_csv_begins_with_a_mark_only_where_asked(run, rules, command: str) -> None:
    plain = run(command, "--rules", rules, "--format", "csv").out
    marked = run(command, "--rules", rules, "--format", "csv", "--bom").out
    assert marked == "\ufeff" + plain


def test_a_text_that_a_spreadsheet_would_compute_is_guarded(run, rules, tmp_path) -> None:
    import shutil

    folder = tmp_path / "rules"
    shutil.copytree(rules, folder)
    file = folder / "vocabulary.yaml"
    file.write_text(file.read_text("utf-8").replace("name: 违章停车", 'name: "=1+1"'), "utf-8")
    rows = list(csv.reader(io.StringIO(run("matrix", "--rules", str(folder), "--format", "csv").out)))
    assert rows[3][0] == "'=1+1"


def test_markdown_takes_nothing_for_markup(run, rules, tmp_path) -> None:
    import shutil

    folder = tmp_path / "rules"
    shutil.copytree(rules, folder)
    file = folder / "vocabulary.yaml"
    file.write_text(file.read_text("utf-8").replace("name: 违章停车", 'name: "a|b*<c>"'), "utf-8")
    out = run("matrix", "--rules", str(folder), "--format", "markdown").out
    assert "| a\\|b\\*\\<c\\> |" in out


def test_a_matter_that_the_rulebook_lacks_is_wrong_usage(run, rules) -> None:
    done = run("matrix", "--rules", rules, "--matter", "parkng", lang="en")
    assert (done.status, done.out) == (2, "")
    assert (
        done.err
        == "error[incident-wrong-value]: `matter` cannot be `parkng`; did you mean parking 违章停车?\n"
    )


def test_facts_that_contradict_each_other_are_wrong_usage(run, rules) -> None:
    done = run("matrix", "--rules", rules, "--fact", "respondent=company", "--fact", "has_company=false")
    assert (done.status, done.out) == (2, "")
    assert "incident-impossible" in done.err


def test_the_trace_as_json_names_what_is_unmapped(run, rules) -> None:
    found = json.loads(run("trace", "--rules", rules, "--format", "json", lang="en").out)
    assert found["unmapped"] == ["opinion/1.4"]
    assert found["clauses"][2] == {
        "clause": "opinion/1.2",
        "label": "一（二）",
        "heading": "Fire enforcement",
        "duty": True,
        "unmapped": False,
        "uncarried": [],
        "rules": [
            {
                "rule": "street-enforces-fire",
                "title": "The street office leads and enforces, the fire service inspects",
                "phrases": [],
                "matters": ["fire-violation"],
            },
            {
                "rule": "fire-leads-car-parks",
                "title": "Where twenty cars or more are parked the fire service leads as well",
                "phrases": [],
                "matters": ["parking"],
            },
        ],
        "matters": ["fire-violation", "parking"],
    }


def test_unmapped_lists_nothing_else(run, rules) -> None:
    found = json.loads(run("trace", "--rules", rules, "--format", "json", "--unmapped").out)
    assert [each["clause"] for each in found["clauses"]] == ["opinion/1.4"]


def test_what_is_too_open_is_not_said_to_be_held_by_nobody(run, rules, monkeypatch) -> None:
    monkeypatch.setattr("dutyroute.diagram.unknowns.BUDGET", 0)
    done = run("matrix", "--rules", rules)
    assert done.status == 1
    assert "情形太多、未能穷尽的事项：" in done.out
    assert "以上事项都没有主体的角色" not in done.out


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json"])
def test_a_file_gets_what_would_be_printed(run, rules, tmp_path, form: str) -> None:
    call = ("matrix", "--rules", rules, "--fact", "reported_at=2026-03-01", "--format", form)
    done = run(*call, "--out", str(tmp_path / "matrix"))
    assert (done.out, done.err) == ("", f"已写入 {tmp_path / 'matrix'}\n")
    assert (tmp_path / "matrix").read_text("utf-8") == run(*call).out
    assert list(tmp_path.iterdir()) == [tmp_path / "matrix"]


def test_a_call_that_fails_leaves_the_file_as_it_was(run, rules, tmp_path) -> None:
    file = tmp_path / "matrix"
    file.write_text("before", "utf-8")
    assert run("matrix", "--rules", rules, "--matter", "nothing", "--out", str(file)).status == 2
    assert (list(tmp_path.iterdir()), file.read_text("utf-8")) == ([file], "before")


def test_a_threshold_that_is_no_number_is_wrong_usage(run, rules) -> None:
    done = run("test", "--coverage", "--fail-under", "nan", lang="en")
    assert (done.status, "nan" in done.err) == (2, True)


def test_a_library_user_has_the_json_of_the_commands(run, rules) -> None:
    router = Router.load(rules)
    printed = json.loads(run("matrix", "--rules", rules, "--format", "json", *DATED, lang="zh").out)
    assert printed == matrix(router, {"reported_at": date(2026, 3, 1)}).to_dict("zh")
    printed = json.loads(run("trace", "--rules", rules, "--format", "json", lang="zh").out)
    assert printed["clauses"] == [clause.to_dict("zh") for clause in trace(router.rulebook)]
