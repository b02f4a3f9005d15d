"""What `oversee` lists as overdue, late, open and due next: text, JSON and page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dutyroute.rulebook.shipped import shipped

EVENTS = str(shipped("cases") / "oversight" / "events.jsonl")
SETTINGS = str(shipped("rules") / "oversight" / "settings.example.yaml")
TOLD = """\
complaints dealt with: within 5 working days (complaint-deadline; 2.1.2.1, 4.3, explicit)
  answered late (12):
    C001-0 (2026-01-06): due 2026-01-13, answered 2026-01-14, days late: 1; 甲物业, 甲区小区, 东街
    C033-0 (2026-02-07): due 2026-02-13, answered 2026-02-15, days late: 2; 甲物业, 甲区小区, 东街
    C051-3 (2026-02-25): due 2026-03-03, answered 2026-03-06, days late: 3; 丁物业, 丁区小区, 西街
    C055-3 (2026-03-01): due 2026-03-06, answered 2026-03-08, days late: 2; 丁物业, 丁区小区, 西街
    C062-3 (2026-03-08): due 2026-03-13, answered 2026-03-16, days late: 3; 丁物业, 丁区小区, 西街
    C102-3 (2026-04-17): due 2026-04-24, answered 2026-04-26, days late: 2; 丁物业, 丁区小区, 西街
    C107-0 (2026-04-22): due 2026-04-29, answered 2026-04-30, days late: 1; 甲物业, 甲区小区, 东街
    C120-3 (2026-05-05): due 2026-05-11, answered 2026-05-13, days late: 2; 丁物业, 丁区小区, 西街
    C129-0 (2026-05-14): due 2026-05-21, answered 2026-05-23, days late: 2; 甲物业, 甲区小区, 东街
    C143-3 (2026-05-28): due 2026-06-04, answered 2026-06-06, days late: 2; 丁物业, 丁区小区, 西街
    C154-2 (2026-06-08): due 2026-06-15, answered 2026-06-17, days late: 2; 丙物业, 丙区小区, 东街
    C155-3 (2026-06-09): due 2026-06-16, answered 2026-06-17, days late: 1; 丁物业, 丁区小区, 西街

violations reported once found: within 1 working day (report-deadline; 2.1.1.2, 3.2.3b.3, explicit)
  overdue (1):
    V3 (2026-06-26): due 2026-06-29, days overdue: 7; 乙物业, 乙区小区
  answered late (1):
    V2 (2026-04-30): due 2026-05-06, answered 2026-05-08, days late: 2; 丙物业, 丙区小区

joint meeting: again within 90 days (meeting-period; 2.1.1.1, 4.3, explicit)
  overdue (1):
    西街: due 2026-05-12, days overdue: 55; last 2026-02-11 (M1)
  next (1):
    东街: by 2026-09-08; last 2026-06-10 (M2)

patrol: again within 2 weeks (patrol-frequency; 2.1.1.2, inferred)
  overdue (1):
    乙区小区: due 2026-05-26, days overdue: 41; last 2026-05-12 (N1)
  next (1):
    甲区小区: by 2026-07-09; last 2026-06-25 (N2)
  never on record (2):
    丁区小区
    丙区小区

satisfaction survey: again within 180 days (satisfaction-cycle; 2.2.2, explicit)
  next (2):
    乙物业: by 2026-07-07; last 2026-01-08 (S1)
    甲物业: by 2026-09-07; last 2026-03-10 (S2)
  never on record (2):
    丁物业
    丙物业
"""


def test_what_is_overdue_and_what_is_due_next_is_listed_with_its_ground(run) -> None:
    """The limit with its setting and clauses; who was late, who is, whose turn it is, who was never heard of."""
    done = run("oversee", EVENTS, "--settings", SETTINGS, lang="en")
    assert done.out.partition("proposals: 8.\n\n")[2].partition("\nSettings without")[0] == TOLD


def test_the_overdue_of_json_and_page_are_those_of_the_text(run, tmp_path: Path) -> None:
    asked = ("oversee", EVENTS, "--settings", SETTINGS, "--as-of", "2026-07-01")
    told = json.loads(run(*asked, "--format", "json").out)
    overdue = [each for each in told["outstanding"] if each["state"] == "overdue"]
    assert overdue[0] == {
        "deadline": "violation-reported",
        "event": "V3",
        "at": "2026-06-26",
        "subjects": [
            {"kind": "property-company", "name": "乙物业"},
            {"kind": "community", "name": "乙区小区"},
        ],
        "due": "2026-06-29",
        "answered": None,
        "state": "overdue",
    }
    assert [each["subjects"][0]["name"] for each in overdue[1:]] == ["西街", "乙区小区"]
    page = tmp_path / "page.html"
    text = run(*asked, lang="zh").out
    run(*asked, "--format", "html", "--out", str(page), lang="zh")
    lines = re.findall(r"^    (.*已过 .*)$", text, re.MULTILINE)
    assert len(lines) == 3
    assert [line for line in lines if f"<li>{line}</li>" not in page.read_text("utf-8")] == []


def test_only_what_is_overdue_is_news_to_whoever_called(run, tmp_path: Path) -> None:
    """Nothing is proposed: the status follows from the deadline."""
    path = tmp_path / "e.jsonl"
    told = {"id": "A", "kind": "complaint", "at": "2026-03-01", "community": "A"}
    path.write_text(json.dumps(told), "utf-8")
    own = tmp_path / "own.yaml"
    own.write_text("settings:\n  - {id: complaint-deadline, value: 5wd}\n", "utf-8")
    asked = ("oversee", str(path), "--settings", str(own), "--as-of")
    # Reported on Sunday 1 March: due on Friday.
    assert [run(*asked, day).status for day in ("2026-03-06", "2026-03-07")] == [0, 1]


@pytest.mark.parametrize(
    "lang,rest",
    [("zh", "另有 3 项，--format json 全部列出"), ("en", "… and 3 more: --format json lists all")],
)
def test_a_long_list_is_cut_and_says_so(run, tmp_path: Path, lang: str, rest: str) -> None:
    """A hundred lines, the longest overdue first; JSON has them all."""
    path, own = tmp_path / "e.jsonl", tmp_path / "own.yaml"
    told = {"kind": "complaint", "at": "2026-03-02", "community": "A"}
    path.write_text("".join(json.dumps({"id": f"C{n:03}", **told}) + "\n" for n in range(103)), "utf-8")
    own.write_text("settings:\n  - {id: complaint-deadline, value: 5wd}\n", "utf-8")
    asked = ("oversee", str(path), "--settings", str(own), "--as-of", "2026-04-01")
    shown = run(*asked, lang=lang).out.splitlines()
    assert [line.split("C")[1][:3] for line in shown if line.startswith("    C")] == [
        f"{n:03}" for n in range(100)
    ]
    assert f"    {rest}" in shown
    assert len(json.loads(run(*asked, "--format", "json").out)["outstanding"]) == 103
