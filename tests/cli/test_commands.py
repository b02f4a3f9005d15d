"""`check`, `schema`, `test`, `version`, and the flowchart."""

import json
import platform
import re
from pathlib import Path

import pytest

from dutyroute.cli.view.mermaid import quoted

BAD = "rules:\n  - id: one\n    title: 一\n    when: {matter: nothing}\n    cite: opinion/9\n    basis: explicit\n"


@pytest.fixture
def broken(rules: str, tmp_path: Path) -> Path:
    folder = tmp_path / "broken"
    folder.mkdir()
    for file in Path(rules).glob("*.yaml"):
        (folder / file.name).write_text(file.read_text("utf-8"), "utf-8")
    (folder / "bad.yaml").write_text(BAD, "utf-8")
    return folder


def test_check_prints_every_fault_with_its_place(run, broken, monkeypatch) -> None:
    monkeypatch.chdir(broken)
    done = run("check", ".", lang="en")
    assert (done.status, done.err) == (3, "")
    places = re.findall(r"^(\S+): error\[([a-z-]+)\]", done.out, re.MULTILINE)
    assert places == [
        ("./bad.yaml:2:9", "empty-rule"),
        ("./bad.yaml:4:20", "unknown-matter"),
        ("./bad.yaml:5:11", "unknown-clause"),
    ]
    assert done.out.endswith("\nThe rulebook cannot be used: errors: 3\n")


def test_check_prints_faults_as_json_and_as_sarif(run, broken) -> None:
    found = json.loads(run("check", str(broken), "--format", "json", lang="en").out)
    assert [each["code"] for each in found["diagnostics"]] == [
        "empty-rule",
        "unknown-matter",
        "unknown-clause",
    ]
    assert found["diagnostics"][1]["line"] == 4
    done = run("check", str(broken), "--format", "sarif", lang="en")
    (log,) = json.loads(done.out)["runs"]
    assert [result["ruleId"] for result in log["results"]] == [
        "empty-rule",
        "unknown-matter",
        "unknown-clause",
    ]
    assert log["results"][1]["locations"][0]["physicalLocation"]["region"]["startLine"] == 4
    assert done.status == 3


@pytest.mark.parametrize("command", ["route", "matrix", "trace", "test", "oversee", "schema"])
def test_no_command_works_with_a_rulebook_that_has_faults(run, broken, command: str) -> None:
    more = {"route": ("--matter", "parking"), "oversee": ("nothing",), "schema": ("--out", "nothing")}.get(
        command, ()
    )
    done = run(command, *more, "--rules", str(broken))
    assert (done.status, done.out) == (3, "")
    assert "错误[unknown-matter]" in done.err


def test_check_tells_what_the_diagram_finds(run, rules) -> None:
    done = run("check", rules, lang="en")
    assert done.status == 1
    assert "error[role-conflict]" in done.out
    assert "6 rules, 4 matters, 4 parties, 5 clauses" in done.out
    assert run("check", rules, "--fail-on", "never").status == 0
    found = json.loads(run("check", rules, "--format", "json").out)
    assert {each["check"] for each in found["findings"]} >= {"role-conflict"}
    assert json.loads(run("check", rules, "--format", "sarif").out)["version"] == "2.1.0"


def test_check_explains_a_check(run) -> None:
    assert run("check", "--explain", "role-conflict").status == 0
    done = run("check", "--explain", "role-conflct", lang="en")
    assert (done.status, done.err) == (
        2,
        "unknown check `role-conflct`; did you mean `role-conflict`?\n",
    )


def test_schema_writes_a_file_for_each_kind(run, rules, tmp_path) -> None:
    done = run("schema", "--rules", rules, "--out", str(tmp_path / "new" / "schema"), lang="en")
    written = sorted((tmp_path / "new" / "schema").glob("*.json"))
    assert (done.status, done.err) == (0, "")
    kinds = [
        "accepted",
        "calendars",
        "cases",
        *("instrument", "map", "oversight", "rulebook", "rules", "vocabulary"),
    ]
    assert [file.stem for file in written] == kinds
    assert sorted(done.out.splitlines()) == [f"wrote {file}" for file in written]
    assert all(json.loads(file.read_text("utf-8")) for file in written)


def test_written_cases_pass_or_are_told_apart(run, rules) -> None:
    cases = str(Path(rules).parent / "input" / "cases.yaml")
    done = run("test", "--rules", rules, cases, "--format", "json", lang="en")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert done.status == 1
    assert [(each["case"], each["passed"], each["line"]) for each in found] == [
        ("fire-by-owner", True, 2),
        ("parking-by-outsider", False, 8),
    ]
    assert [each["code"] for each in found[1]["differences"]] == ["case-lead", "case-forbidden"]


def test_version_names_the_program_python_and_the_rulebook(run) -> None:
    program, python, rulebook, digest = run("--version").out.splitlines()
    assert re.fullmatch(r"dutyroute \S+", program)
    assert python.endswith(f" {platform.python_version()}")
    assert rulebook.startswith("规则库：物业管理职责分工")
    assert digest.startswith(rulebook.split()[-1])


@pytest.mark.parametrize(
    "text,expected",
    [
        ("街道（镇）", '"街道（镇）"'),
        ('a "b" #1', '"a #34;b#34; #35;1"'),
        ("<b>&`", '"#60;b#62;#38;#96;"'),
        ("a\nend", '"a↵end"'),
    ],
)
def test_mermaid_reads_nothing_into_a_text(text: str, expected: str) -> None:
    assert quoted(text) == expected


def test_a_flowchart_is_printed_for_each_incident(run, rules) -> None:
    lines = '{"id": "A \\"1\\"\\n%%", "matter": "parking"}\n{"matter": 1}\n{"matter": "complaint"}\n'
    done = run("route", "--rules", rules, "--format", "mermaid", "-", input=lines, lang="en")
    assert done.out.count("flowchart TD") == 2
    assert '  %% A "1"↵%%\n' in done.out
    assert "%% error[incident-wrong-value]: `matter` cannot be `1`" in done.out
    assert done.out.splitlines()[-1].startswith("%% Managing a yard")
    assert done.status == 1


def test_what_an_incident_says_cannot_steer_the_terminal(run, rules) -> None:
    line = '{"id": "\\u001b[31m1", "text": "a\\u0007\\u202eb\\nc", "matter": "parking"}\n{"matter": "\\u001b[2J"}\n'
    for more in (
        (),
        (
            "--format",
            "mermaid",
        ),
        (
            "--format",
            "json",
        ),
    ):
        done = run("route", "--rules", rules, "-", *more, input=line)
        assert not set("\x1b\x07\u202e") & set(done.out)
    done = run("route", "--rules", rules, "--matter", "\x1b[2J")
    assert "\x1b" not in done.err
