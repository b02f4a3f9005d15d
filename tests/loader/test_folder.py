"""Which files make a rulebook, in which order, under which names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dutyroute.errors import RulebookError
from dutyroute.rulebook.loader import load, read


def names(path: str | Path) -> list[str]:
    sources, _ = read(path)
    return [document.name for document in sources.documents]


def write(*paths: str) -> None:
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text("facts: []\n")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_files_are_found_at_any_depth_in_one_order() -> None:
    write("r/b.yaml", "r/a/z.yaml", "r/a/b/c.yaml", "r/a.yaml", "r/A.YAML", "r/占道.yaml", "r/a b'c.yaml")
    assert names("r") == ["r/A.YAML", *(f"r/{n}.yaml" for n in ("a/b/c", "a/z", "a b'c", "a", "b", "占道"))]


@pytest.mark.parametrize(
    "typed, shown",
    [
        ("r", "r/a.yaml"),
        ("r/", "r/a.yaml"),
        ("./r", "./r/a.yaml"),
        (".", "./r/a.yaml"),
        ("r/a.yaml", "r/a.yaml"),
    ],
)
def test_a_path_is_shown_as_the_user_typed_it(typed: str, shown: str) -> None:
    write("r/a.yaml")
    assert names(typed) == [shown]


def test_hidden_names_schemas_and_other_files_are_passed_over() -> None:
    write("r/a.yaml", "r/.b.yaml", "r/.git/c.yaml", "r/schema/d.yaml", "r/e.yaml~", "r/f.txt", "r/g.yaml.bak")
    assert names("r") == ["r/a.yaml"]
    write("r/deeper/schema/h.yaml")
    assert names("r/") == ["r/a.yaml", "r/deeper/schema/h.yaml"]


def test_an_example_is_passed_over_in_a_folder_and_may_be_named() -> None:
    write("r/a.yaml", "r/b.example.yaml", "r/c.Example.YAML", "r/example.yaml")
    assert names("r") == ["r/a.yaml", "r/example.yaml"]
    assert names("r/b.example.yaml") == ["r/b.example.yaml"]


def test_a_hidden_folder_may_be_named() -> None:
    write(".r/a.yaml")
    assert names(".r") == [".r/a.yaml"]


def test_a_folder_may_look_like_a_file() -> None:
    write("r/a.yaml/b.yaml")
    assert names("r") == ["r/a.yaml/b.yaml"]


def test_links_are_followed_and_circles_end() -> None:
    write("r/a/b.yaml", "elsewhere/c.yaml")
    os.symlink("..", "r/a/up")
    os.symlink("../elsewhere", "r/other")
    os.symlink("a", "r/twin")
    os.symlink("a/b.yaml", "r/d.yaml")
    assert names("r") == ["r/a/b.yaml", "r/d.yaml", "r/other/c.yaml"]


def test_a_single_file_may_hold_everything(rules: Path) -> None:
    whole = "".join(path.read_text() for path in sorted(rules.iterdir()))
    Path("whole.yaml").write_text(whole)
    assert load("whole.yaml").digest == load(rules).digest


def test_the_digest_does_not_depend_on_files(rules: Path) -> None:
    before = load(rules).digest
    os.rename(rules / "duties.yaml", rules / "zz.yaml")
    (rules / "deeper").mkdir()
    os.rename(rules / "vocabulary.yaml", rules / "deeper" / "v.yaml")
    assert load(str(rules)).digest == before


def test_a_file_that_is_not_read_hides_no_fault_and_invents_none(rules: Path) -> None:
    (rules / "vocabulary.yaml").write_bytes(b"\xff\xfe\xfd" * 9)
    text = (rules / "duties.yaml").read_text()
    (rules / "duties.yaml").write_text(text.replace("basis: explicit", "basis: explict\n    joint: maybe"))
    with pytest.raises(RulebookError) as caught:
        load(rules)
    codes = [(fault.span.path, fault.code) for fault in caught.value.diagnostics if fault.span]
    assert {code for path, code in codes if path == "rules/duties.yaml"} == {"unknown-choice", "wrong-type"}
    assert not any(code.startswith("unknown-") for path, code in codes if path != "rules/duties.yaml")


def test_names_that_a_terminal_would_obey_are_written_out() -> None:
    write("r/a\x1b[31m\n.yaml")
    assert names("r") == ["r/a\\x1b[31m\\n.yaml"]


def test_a_name_that_is_no_utf8_is_shown_all_the_same() -> None:
    write("r/a.yaml")
    os.rename(b"r/a.yaml", b"r/\xff\xfe.yaml")
    assert names("r") == ["r/\\udcff\\udcfe.yaml"]


def test_an_impossible_path_is_a_missing_one() -> None:
    with pytest.raises(RulebookError) as caught:
        load("a\0b")
    assert [fault.code for fault in caught.value.diagnostics] == ["missing-path"]


def test_a_file_in_place_of_a_folder_is_a_missing_path() -> None:
    write("r/a.yaml")
    with pytest.raises(RulebookError) as caught:
        load("r/a.yaml/b.yaml")
    assert [fault.code for fault in caught.value.diagnostics] == ["missing-path"]
