"""Starting a rulebook and adding to one leaves files that load."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dutyroute import Router, RulebookError, load
from dutyroute.analysis import check
from dutyroute.authoring.scaffold import add, start
from dutyroute.cases import load_cases
from dutyroute.errors import AuthoringError

ROOT = Path(__file__).parent.parent


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    shutil.copytree(ROOT / "cases", tmp_path / "cases")
    return tmp_path / "rules"


def test_a_new_rulebook_checks_clean_and_routes(tmp_path: Path) -> None:
    """Another city starts from something that works."""
    start(tmp_path / "city")
    router = Router.load(tmp_path / "city")
    assert tuple(check(router.rulebook)) == ()
    leads = {m: router.route({"matter": m}).lead for m in router.rulebook.vocabulary.matters}
    assert leads == {
        "violation": ("street-office",),
        "noise": ("public-security",),
        "complaint": ("street-office",),
    }


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A folder that holds something is left alone."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(AuthoringError):
        start(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "kind, file",
    [
        ("rule", "duties/environment.yaml"),
        ("matter", "vocabulary/matters.yaml"),
        ("party", "vocabulary/parties.yaml"),
    ],
)
def test_a_draft_goes_into_the_right_file_and_loads(kind: str, file: str, rules: Path) -> None:
    """Only that file changes, and only by the new entry."""
    before = (rules / file).read_text("utf-8")
    assert add(kind, "a-new-entry", rules, matter="residential-noise") == rules / file
    after = (rules / file).read_text("utf-8")
    assert after.startswith(before)
    assert "- id: a-new-entry\n" in after
    load(rules)


def test_a_draft_case_is_a_case(rules: Path) -> None:
    """A draft can be run at once."""
    add("case", "a-new-case", rules, cases=rules.parent / "cases", matter="clutter")
    assert "a-new-case" in {case.id for case in load_cases([rules.parent / "cases"], load(rules))}


def test_a_name_that_is_taken_leaves_the_file_as_it_was(rules: Path) -> None:
    """What does not load is taken back, and the fault is told."""
    before = (rules / "vocabulary" / "parties.yaml").read_bytes()
    with pytest.raises(RulebookError):
        add("party", "housing", rules)
    assert (rules / "vocabulary" / "parties.yaml").read_bytes() == before


def test_an_unknown_matter_is_refused(rules: Path) -> None:
    """A rule cannot be about what does not exist."""
    with pytest.raises(AuthoringError):
        add("rule", "a-new-rule", rules, matter="no-such-matter")


def test_a_case_id_that_is_taken_leaves_the_cases_as_they_were(rules: Path) -> None:
    cases = rules.parent / "cases"
    first = add("case", "night-1", rules, cases=cases)
    before = first.read_bytes()
    with pytest.raises(RulebookError) as caught:
        add("case", "night-1", rules, cases=cases)
    assert {fault.code for fault in caught.value.diagnostics} == {"duplicate-id"}
    assert first.read_bytes() == before


def test_a_file_keeps_its_kind_of_line_ends(rules: Path) -> None:
    page = rules / "vocabulary" / "parties.yaml"
    page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
    add("party", "night-watch", rules)
    text = page.read_bytes()
    assert b"night-watch" in text
    assert text.count(b"\n") == text.count(b"\r\n")
