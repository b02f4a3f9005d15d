"""What a person sees, kept verbatim: every page was read by somebody before it went in."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

DATED = ("--fact", "reported_at=2026-03-01")
ROUTE = ("route", "--rules", "RULES", *DATED)
PAGES = {
    "one-matter": (*ROUTE, "--matter", "消防违法行为", "--fact", "行为人=业主", "--fact", "有物业=是"),
    "open": (*ROUTE, "--matter", "parking"),
    "full": (*ROUTE, "--matter", "parking", "--full"),
    "recused": (*ROUTE, "--matter", "fire-violation", "--fact", "respondent=company", "--fact", "id=A-1"),
    "several": (*ROUTE, "--matter", "parking", "--matter", "complaint", "--fact", "cars=25"),
    "explained": (*ROUTE, "--matter", "parking", "--fact", "respondent=owner", "--explain"),
    "why-not": (*ROUTE, "--matter", "parking", "--fact", "cars=1", "--why-not", "housing:lead"),
    "why-not-anything": (*ROUTE, "--matter", "complaint", "--why-not", "company"),
    "what-if": (
        *ROUTE,
        "--matter",
        "parking",
        "--fact",
        "cars=1",
        "--what-if",
        "cars=5",
        "--what-if",
        "respondent=",
    ),
    "what-if-impossible": (
        *(*ROUTE, "--matter", "parking", "--fact", "has_company=false"),
        *("--what-if", "respondent=company"),
    ),
    "mermaid": (*ROUTE, "--matter", "parking", "--matter", "fire-violation", "--format", "mermaid"),
    "file": ("route", "--rules", "RULES", "INPUT/incidents.yaml"),
    "lines": ("route", "--rules", "RULES", "INPUT/incidents.jsonl"),
    "matrix": ("matrix", "--rules", "RULES", *DATED),
    "matrix-below": (
        "matrix",
        "--rules",
        "RULES",
        *DATED,
        "--matter",
        "违法行为",
        "--fact",
        "respondent=outsider",
    ),
    "matrix-markdown": ("matrix", "--rules", "RULES", *DATED, "--format", "markdown"),
    "matrix-csv": ("matrix", "--rules", "RULES", *DATED, "--format", "csv"),
    "duties": ("duties", "--rules", "RULES", "--as-of", "2026-03-01"),
    "trace": ("trace", "--rules", "RULES"),
    "trace-markdown": ("trace", "--rules", "RULES", "--format", "markdown"),
    "trace-csv": ("trace", "--rules", "RULES", "--format", "csv"),
    "trace-unmapped": ("trace", "--rules", "RULES", "--unmapped"),
    "test": ("test", "--rules", "RULES", "--verbose", "INPUT/cases.yaml"),
    "help": ("--help",),
    "help-route": ("route", "--help"),
}
WIDTHS = {
    "open": (40, 60, 80, 100, 200),
    "matrix": (60, 100),
    "duties": (60, 100),
    "explained": (60, 100),
    "help-route": (60, 100),
}
STATUS = {"several": 1, "file": 1, "lines": 1, "why-not-anything": 1, "test": 1}
CASES = [
    (name, lang, columns) for name in PAGES for lang in ("zh", "en") for columns in WIDTHS.get(name, (100,))
]


@pytest.mark.parametrize("name,lang,columns", CASES)
def test_a_page_is_what_its_reader_expects(
    run, expected, undated, rules: str, name: str, lang: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(rules).parent)
    arguments = [a.replace("RULES", "rules").replace("INPUT", "input") for a in PAGES[name]]
    done = run(*arguments, lang=lang, columns=columns)
    file = f"{name}.{lang}.{columns}.txt"
    _keep(file, undated(done.out))
    assert undated(done.out) == expected(file)
    assert done.err == ""
    assert done.status == STATUS.get(name, 0)


def _keep(file: str, text: str) -> None:
    """Write the page anew where a person has asked for it, to read what changed."""
    if os.environ.get("DUTYROUTE_KEEP"):
        (Path(__file__).parent / "expected" / file).write_text(text, "utf-8")


@pytest.mark.parametrize("name,lang,columns", [case for case in CASES if case[2] >= 80])
def test_no_line_is_wider_than_the_terminal(
    expected: Callable[[str], str], name: str, lang: str, columns: int
) -> None:
    from dutyroute.diagnostics import width

    if "csv" in name or "markdown" in name or name in ("mermaid", "test"):
        return
    lines = expected(f"{name}.{lang}.{columns}.txt").splitlines()
    assert [line for line in lines if width(line) > columns] == []


def test_every_page_that_is_kept_is_looked_at() -> None:
    kept = {file.name for file in (Path(__file__).parent / "expected").glob("*.txt")}
    assert kept == {f"{name}.{lang}.{columns}.txt" for name, lang, columns in CASES}
