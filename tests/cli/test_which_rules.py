"""Which rulebook answers: the one beside the cases, then `./rules`, then the shipped one; and it is said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dutyroute import load

HERE = Path(__file__).parent
OWN = HERE / "rules"
CASE = """cases:
  - id: a
    title: 试
    incident: {matter: dirt}
    expect: {status: routed}
    because: 试
"""


def digest(folder: Path) -> str:
    return load(folder).digest.removeprefix("sha256:")[:12]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, in which the commands run."""
    folder = tmp_path / "work" / "here"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def cases(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text(CASE, "utf-8")


@pytest.mark.parametrize(
    "rules,given,shown",
    [
        ("city/cases/rules", "city/cases", "city/cases/rules"),
        ("city/rules", "city/cases", "city/rules"),
        ("city/云川", "city/cases", "city/云川"),
        ("city/rules", "city/cases/a.yaml", "city/rules"),
        ("rules", "city/cases", "rules"),
    ],
)
def test_the_rules_beside_the_cases_are_used(run, place, rules, given, shown) -> None:
    cases(place / "city" / "cases")
    shutil.copytree(OWN, place / rules)
    if rules.startswith("city/cases"):
        given = "city/cases/a.yaml"  # rules among a folder of cases are read as cases, too
    done = run("test", given, lang="en")
    assert done.used == (f"Rules: Managing a yard, {shown}, sha256:{digest(OWN)}\n",)


def test_rules_nearer_to_the_cases_go_first(run, place) -> None:
    cases(place / "city" / "cases")
    shutil.copytree(OWN, place / "city" / "rules")
    shutil.copytree(HERE.parents[1] / "rules", place / "rules")
    (used,) = run("test", "city/cases").used
    assert used.startswith("规则：院落管理，city/rules，")


def test_of_several_rulebooks_none_is_taken(run, place) -> None:
    cases(place / "city" / "cases")
    for name in ("a", "b"):
        shutil.copytree(OWN, place / "city" / name)
    done = run("test", "city/cases", lang="en")
    assert (done.status, done.used) == (3, ())
    assert "several folders may hold the rules: city/a, city/b" in done.out + done.err
    assert "--rules" in done.out + done.err


def test_cases_of_two_cities_are_not_run_by_the_rules_of_one(run, place) -> None:
    for city in ("east", "west"):
        cases(place / city / "cases")
        shutil.copytree(OWN, place / city / "rules")
    done = run("test", "east/cases", "west/cases", lang="en")
    assert (done.status, "several folders" in done.out + done.err) == (3, True)


@pytest.mark.parametrize(
    "call",
    [
        ("check",),
        ("schema", "--out", "schemas"),
        ("test", "cases", "--coverage"),
        ("test", "cases", "--mutants"),
        ("test",),
        ("matrix",),
        ("duties",),
        ("trace",),
        ("trace", "--format", "json"),
        ("route", "--matter", "dirt"),
        ("route", "--matter", "dirt", "--format", "json"),
        ("ledger", "publish", "l.db"),
    ],
    ids=" ".join,
)
def test_every_command_takes_the_rules_that_lie_here(run, place, call) -> None:
    shutil.copytree(OWN, place / "rules")
    cases(place / "cases")
    done = run(*call, lang="en")
    assert done.used == (f"Rules: Managing a yard, rules, sha256:{digest(OWN)}\n",)
    if call[-1] == "json" and call[0] == "route":
        json.loads(done.out)


@pytest.mark.parametrize(
    "call", [("check",), ("schema", "--out", "s"), ("test",), ("route", "--matter", "x")]
)
def test_broken_rules_are_never_replaced_by_the_shipped_ones(run, place, call) -> None:
    (place / "rules").mkdir()
    (place / "rules" / "b.yaml").write_text("rules：\n", "utf-8")
    done = run(*call, lang="en")
    assert (done.status, "b.yaml:1" in done.out + done.err) == (3, True)


def test_the_shipped_rules_come_last(run, place) -> None:
    (used,) = run("check", "--fail-on", "never", lang="en").used
    assert used.startswith("Rules: Duties in property management, ")


def test_both_sides_of_a_comparison_are_named(run, place) -> None:
    shutil.copytree(OWN, place / "old")
    shutil.copytree(OWN, place / "new")
    assert [line.split(", ")[1] for line in run("diff", "old", "new", lang="en").used] == ["old", "new"]


def test_an_edition_is_named_by_its_ledger(run, place) -> None:
    run("ledger", "publish", "l.db", "--rules", str(OWN))
    (used,) = run("route", "--matter", "dirt", "--ledger", "l.db", lang="en").used
    assert ("l.db" in used, digest(OWN) in used) == (True, True)
