"""Each format is read and written alike by every command."""

from __future__ import annotations

import csv
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dutyroute.rulebook.shipped import shipped

MAP = "map: {id: 编号, facts: {matter: 事项}, handler: 单位}\n"
EVENT = {"kind": "complaint", "at": "2026-03-01", "community": "幸福小区"}


def test_events_in_gbk_are_read_and_said_to_be(run, tmp_path: Path) -> None:
    """They were lost, every row of them."""
    events = [{"id": f"e{number}", **EVENT} for number in range(3)]
    told = []
    for name, encoding in (("utf8", "utf-8"), ("gbk", "gbk")):
        written = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
        (tmp_path / f"{name}.jsonl").write_bytes(written.encode(encoding))
        rows = "\n".join((",".join(events[0]), *(",".join(event.values()) for event in events)))
        (tmp_path / f"{name}.csv").write_bytes(rows.encode(encoding))
        told += [
            run("oversee", str(tmp_path / f"{name}.{ending}"), "--format", "json")
            for ending in ("jsonl", "csv")
        ]
    answers = [json.loads(done.out) for done in told]
    totals = [answer.pop("inputs")[0] for answer in answers if answer.pop("run")]
    assert [(each["encoding"], each["rows"], each["counted"]) for each in totals] == [
        *[("UTF-8", 3, 3)] * 2,
        *[("GB18030", 3, 3)] * 2,
    ]
    assert answers[0]["subjects"][0]["name"] == "幸福小区"
    assert all(answer == answers[0] for answer in answers)
    assert [done.err.rpartition("/")[2] for done in told] == [
        "",
        "utf8.csv：编码 UTF-8、逗号分隔\n",
        "gbk.jsonl：编码 GB18030\n",
        "gbk.csv：编码 GB18030、逗号分隔\n",
    ]


def test_a_row_with_a_duplicate_key_is_a_bad_row(run, tmp_path: Path, monkeypatch) -> None:
    """The last value was taken, and the row counted as if nothing else had been said."""
    monkeypatch.chdir(tmp_path)
    Path("map.yaml").write_text(MAP, "utf-8")
    sound = '{"编号": "A1", "事项": "治安", "单位": "公安机关"}\n'
    twice = '{"编号": "A2", "事项": "投诉", "单位": "公安机关", "事项": "治安"}\n'
    half = '{"编号": "A3\\ud83d", "事项": "治安", "单位": "公安机关"}\n'
    Path("cases.jsonl").write_text(sound + twice + half, "utf-8")
    run("replay", "cases.jsonl", "--map", "map.yaml", "--out", "out")
    told = json.loads(Path("out/summary.json").read_text("utf-8"))
    assert (told["counts"]["agree"], told["counts"]["bad-row"]) == (1, 2)
    with open("out/rejects.csv", encoding="utf-8-sig", newline="") as stream:
        assert [row[1] for row in csv.reader(stream)][1:] == ["2", "3"]


def test_one_row_of_thousands_is_neither_nothing_nor_all(run, tmp_path: Path, monkeypatch) -> None:
    """The terminal rounded to 100.0 % and 0.0 % where the report did not."""
    monkeypatch.chdir(tmp_path)
    Path("map.yaml").write_text(MAP, "utf-8")
    rows = [*(f"A{number},治安,公安机关" for number in range(3_000)), "B,治安,住建局"]
    Path("cases.csv").write_text("\n".join(["编号,事项,单位", *rows]), "utf-8")
    done = run("replay", "cases.csv", "--map", "map.yaml", "--out", "out")
    assert "99.9%" in done.out
    assert "0.1%" in done.out


def test_a_history_in_gbk_json_lines_is_read(run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("map.yaml").write_text(MAP, "utf-8")
    Path("cases.jsonl").write_bytes('{"编号": "A1", "事项": "治安", "单位": "公安机关"}\n'.encode("gbk"))
    done = run("replay", "cases.jsonl", "--map", "map.yaml", "--out", "out")
    assert json.loads(Path("out/summary.json").read_text("utf-8"))["counts"]["agree"] == 1
    assert "cases.jsonl：编码 GB18030\n" in done.err


@pytest.mark.parametrize("sign", "=＝＠")
def test_no_cell_of_a_matrix_is_a_formula(run, tmp_path: Path, sign: str) -> None:
    """Spreadsheets take full-width signs for formulas, too."""
    rules = tmp_path / "rules"
    shutil.copytree(shipped("rules"), rules)
    file = rules / "vocabulary" / "matters.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("name: 占用消防通道", f"name: '{sign}HYPERLINK(1)'"), "utf-8")
    done = run("matrix", "--rules", str(rules), "--matter", "fire-lane-blocking", "--format", "csv")
    cells = {cell for row in csv.reader(done.out.splitlines()) for cell in row}
    assert f"'{sign}HYPERLINK(1)" in cells
    assert [cell for cell in cells if cell.startswith(sign)] == []


def test_sarif_counts_columns_as_editors_do(run, tmp_path: Path) -> None:
    """A character outside the basic plane takes two units of UTF-16."""
    file = tmp_path / "rules.yaml"
    file.write_text("rules:\n  - {id: a, title: 𠮷𠮷, assgin: {lead: x}}\n", "utf-8")
    (only,) = json.loads(run("check", str(file), "--format", "sarif").out)["runs"]
    (result,) = [each for each in only["results"] if each["ruleId"] == "unknown-key"]
    region = result["locations"][0]["physicalLocation"]["region"]
    line = file.read_text("utf-8").splitlines()[1].encode("utf-16-le")
    found = line[2 * region["startColumn"] - 2 : 2 * region["endColumn"] - 2].decode("utf-16-le")
    assert (only["columnKind"], found) == ("utf16CodeUnits", "assgin")


# -- --out


def test_a_refused_call_leaves_the_file_of_an_earlier_answer(run, tmp_path: Path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text("earlier", "utf-8")
    done = run("route", "--matter", "nonsense", "--out", str(file), lang="en")
    assert (done.status, "written to" in done.err) == (2, False)
    assert [(each.name, each.read_text("utf-8")) for each in tmp_path.iterdir()] == [
        ("answer.txt", "earlier")
    ]


def test_an_answer_goes_through_a_link_and_into_a_pipe(run, tmp_path: Path) -> None:
    """Neither is replaced by a file."""
    answer = run("route", "--matter", "clutter", "--format", "json").out
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(tmp_path / "target")
    assert run("route", "--matter", "clutter", "--format", "json", "--out", str(link)).status == 0
    assert (link.is_symlink(), (tmp_path / "target").read_text("utf-8")) == (True, answer)
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_text, "utf-8")
        assert run("route", "--matter", "clutter", "--format", "json", "--out", str(pipe)).status == 0
        assert (pipe.is_fifo(), read.result(10)) == (True, answer)


@pytest.mark.parametrize("name", ["", "."])
def test_out_that_names_no_file_is_wrong_usage(run, name: str) -> None:
    done = run("trace", "--out", name, lang="en")
    assert (done.status, done.out, "Is a directory" in done.err) == (2, "", True)
