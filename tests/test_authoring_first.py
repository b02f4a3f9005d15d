"""The first case of a city, and drafts that decide nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutyroute import Router, load
from dutyroute.authoring.scaffold import add, start
from dutyroute.cases import load_cases, run
from dutyroute.cli.commands.new import decided
from dutyroute.errors import RulebookError


@pytest.mark.parametrize("text", [None, "cases:\n", "cases: []\n", "cases: []  # none\n", "# 案例\ncases:"])
def test_the_first_case_expects_what_is_decided_now(tmp_path: Path, text: str | None) -> None:
    start(tmp_path / "city")
    (tmp_path / "cases").mkdir()
    if text is not None:
        (tmp_path / "cases" / "a.yaml").write_text(text, "utf-8")
    path = add("case", "first", tmp_path / "city", cases=tmp_path / "cases", matter="noise", draft=decided)
    assert path.name == ("cases.yaml" if text is None else "a.yaml")
    router = Router.load(tmp_path / "city")
    (case,) = load_cases([tmp_path / "cases"], router.rulebook)
    assert run(case, router).passed


def test_a_new_rule_is_a_draft_and_its_placeholders_must_be_filled_in(tmp_path: Path) -> None:
    start(tmp_path)
    before = Router.load(tmp_path).route({"matter": "noise"}).duties
    path = add("rule", "quiet", tmp_path, matter="noise")
    assert load(tmp_path).rules["quiet"].draft
    assert Router.load(tmp_path).route({"matter": "noise"}).duties == before
    path.write_text(path.read_text("utf-8").replace("draft: true", "draft: false"), "utf-8")
    with pytest.raises(RulebookError) as caught:
        load(tmp_path)
    assert {each.code for each in caught.value.diagnostics} == {"placeholder"}
