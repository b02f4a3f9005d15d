"""A row that a reader loses is told by every command, in every form of its answer."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dutyroute.cli import incidents
from dutyroute.replay import inputs
from dutyroute.replay.sources.delimited import Delimited
from dutyroute.replay.sources.other import JsonLinesFile
from dutyroute.version import __version__

MAP = "map: {id: 编号, facts: {matter: 事项}, handler: 单位}\n"
ROWS = "编号,事项,单位\n1,治安,公安机关\n2,治安,城管\n"
EVENTS = "".join(
    f'{{"id": "e{n}", "kind": "complaint", "at": "2026-03-01", "community": "东苑"}}\n' for n in range(2)
)


class LossyReader(Delimited):
    """Loses the last row of each chunk, and says nothing about it."""

    def _chunks(self) -> Iterator[Any]:
        for batch in super()._chunks():
            yield type(batch)(batch.rows[:-1], batch.table.slice(0, batch.table.num_rows - 1), (), batch.done)


WARNING = {
    "en": "{name}: rows: 1 were read, but a second count, {by}, gives 2: they do not match, do not rely on the"
    " results; the source may have changed while it was read; if not, this is a bug in the program: report the"
    " command together with the source",
    "zh": "{name}：读到 1 行，{by}另数一遍却是 2 行：对不上，结果不能采信；读的时候文件可能变了；没有变的，这是程序"
    "的错误，请把命令和文件交给维护者。",
}
MEANS = {
    "en": ("by line ends and quotation marks", "by lines that are not blank"),
    "zh": ("按换行和引号", "按不空的文本行"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "map.yaml").write_text(MAP, "utf-8")
    (tmp_path / "cases.csv").write_text(ROWS, "utf-8")
    (tmp_path / "events.jsonl").write_text(EVENTS, "utf-8")
    (tmp_path / "incidents.jsonl").write_text(2 * '{"matter": "治安"}\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def one_less(items: Any) -> Iterator[Any]:
    """Yield all but the last."""
    yield from list(items)[:-1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_row_that_replay_loses_is_told(run, folder: Path, monkeypatch, lang: str) -> None:
    monkeypatch.setitem(inputs._KINDS, ".csv", LossyReader)
    done = run("replay", "cases.csv", "--out", "out", lang=lang)
    assert (done.status, done.err.splitlines()[-1]) == (
        2,
        WARNING[lang].format(name="cases.csv", by=MEANS[lang][0]),
    )
    (told,) = json.loads(Path("out", "summary.json").read_text("utf-8"))["inputs"]
    assert (told["rows"], told["counted"], told["counted_by"]) == (1, 2, "line-ends")
    assert '<dd class="differs">' in Path("out", "report.html").read_text("utf-8")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_event_that_oversee_loses_is_told(run, folder: Path, monkeypatch, lang: str) -> None:
    read = JsonLinesFile.lines
    monkeypatch.setattr(JsonLinesFile, "lines", lambda self: one_less(read(self)))
    done = run("oversee", "events.jsonl", "--format", "html", lang=lang)
    assert (done.status, done.err.splitlines()[-1]) == (
        2,
        WARNING[lang].format(name="events.jsonl", by=MEANS[lang][1]),
    )
    assert '<dd class="differs">' in done.out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_incident_that_route_loses_is_told(run, folder: Path, monkeypatch, lang: str) -> None:
    read = incidents._json_lines
    monkeypatch.setattr(incidents, "_json_lines", lambda source: one_less(read(source)))
    done = run("route", "incidents.jsonl", "--format", "json", lang=lang)
    assert (done.status, done.err.splitlines()[-1]) == (
        2,
        WARNING[lang].format(name="incidents.jsonl", by=MEANS[lang][1]),
    )


def test_a_list_in_yaml_has_a_total_whatever_its_name(run, folder: Path) -> None:
    name = "a\u200bb.yaml"
    Path(name).write_text("events:\n- {id: A, kind: complaint, at: 2026-03-01, community: 东苑}\n", "utf-8")
    done = run("oversee", name, "--as-of", "2026-03-02", "--format", "json")
    (total,) = json.loads(done.out)["inputs"]
    assert (total["name"], total["rows"], total["lines"]) == ("a\\u200bb.yaml", 1, 2)


def test_route_says_what_it_read_of_a_file(run, folder: Path) -> None:
    """At the head what is known before the answers, at the end what is known after them."""
    Path("twice.jsonl").write_text(2 * '{"id": "A", "matter": "治安"}\n' + "\n{}\n", "utf-8")
    done = run("route", "twice.jsonl", "--format", "json", lang="en")
    head, end = (re.sub("sha256:[0-9a-f]{64}", "sha256:…", line) for line in done.totals)
    assert head == (
        "twice.jsonl: File: 68 bytes; lines of text: 4; sha256:…; Read as: encoding UTF-8; time zone Asia/Shanghai\n"
    )
    assert end == (
        "twice.jsonl: Rows: 3; a second count, by lines that are not blank, gives the same; Repeats: rows with the"
        " id of an earlier row: 1; rows that equal an earlier one except for the id: 1\n"
    )
    assert len(done.out.splitlines()) == 3
    assert run("route", "-", input=Path("twice.jsonl").read_bytes(), lang="en").totals == ()


def test_a_paper_says_when_and_by_which_call_it_was_made(run, folder: Path) -> None:
    with sqlite3.connect("cases.db") as database:
        database.execute("create table cases (编号, 事项, 单位)")
    database.close()
    options = ("--map", "map.yaml", "--query", "select * from cases", "--out", "out", "--format", "json")
    done = run("replay", "sqlite:///cases.db", *options)
    told = json.loads(done.out)["run"]
    assert told["command"] == (
        "dutyroute replay sqlite:///cases.db --map map.yaml --query 'select * from cases' --out out --format json"
    )
    assert told["version"] == __version__
    page = Path("out", "report.html").read_text("utf-8")
    assert "<dt>程序版本</dt><dd>dutyroute 0.1.0</dd>" in page
    assert re.search(r"<dt>运行时间</dt><dd>20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\+08:00</dd>", page)
