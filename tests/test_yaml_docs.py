"""Every YAML example in the guides loads beside the shipped rulebook, in both languages alike."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from dutyroute import load
from dutyroute.cases import load_cases, run
from dutyroute.routing.router import Router

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(name: str) -> list[str]:
    return BLOCK.findall((ROOT / "docs" / name).read_text("utf-8"))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the shipped rulebook that examples can be added to."""
    copy = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", copy)
    return copy


@pytest.mark.parametrize("guide", ["yaml.md", "yaml.zh-CN.md"])
def test_every_example_of_the_guide_to_rules_loads(guide: str, rules: Path) -> None:
    """What the guide shows can be written beside the shipped rules."""
    before = len(load(rules).rules)
    recusal = re.compile(r"^recusal:.*?(?=^\w)", re.MULTILINE | re.DOTALL)
    for number, block in enumerate(blocks(guide)):
        text = block.replace("illegal-construction-enforcement", f"example-{number}")
        (rules / f"example-{number}.yaml").write_text(recusal.sub("", text), "utf-8")
    assert len(load(rules).rules) == before + 4


@pytest.mark.parametrize("guide", ["cases.md", "cases.zh-CN.md"])
def test_every_example_of_the_guide_to_cases_passes(guide: str, tmp_path: Path) -> None:
    """What the guide expects is what the shipped rules decide."""
    router = Router.shipped()
    for number, block in enumerate(blocks(guide)):
        (tmp_path / f"example-{number}.yaml").write_text(block, "utf-8")
    trials = [run(case, router) for case in load_cases([tmp_path], router.rulebook)]
    assert [(t.case.id, t.mismatches) for t in trials] == [
        ("owner-plants-vegetables", ()),
        ("parking-blocks-fire-lane", ()),
    ]


@pytest.mark.parametrize("guide", ["yaml", "cases"])
def test_both_languages_show_the_same_examples(guide: str) -> None:
    """Comments aside, the Chinese and the English guide give the same YAML."""
    comments = re.compile(r"\s*#.*$", re.MULTILINE)
    ours, theirs = (
        [comments.sub("", block) for block in blocks(name)] for name in (f"{guide}.md", f"{guide}.zh-CN.md")
    )
    assert ours == theirs
