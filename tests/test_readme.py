"""What the READMEs and the index of the documentation show is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from test_docs import GUIDES, ROOT

PAIRED = [guide for guide in GUIDES if not guide.name.endswith(".zh-CN.md")]
ENGLISH_ONLY = {"CONTRIBUTING.md", "docs/architecture.md", "docs/limits.md", "docs/semantics.md"}


def links(page: Path) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    return [link for link in found if "://" not in link]


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """A newcomer never follows a link into nothing."""
    assert [link for link in links(page) if not (page.parent / link.partition("#")[0]).exists()] == []


@pytest.mark.parametrize("page", PAIRED, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_page_is_there_in_chinese_and_the_two_name_each_other(page: Path) -> None:
    if str(page.relative_to(ROOT)) in ENGLISH_ONLY:
        return
    chinese = page.with_name(page.name.replace(".md", ".zh-CN.md"))
    assert chinese.name in links(page)
    assert page.name in links(chinese)


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_a_readme_fits_one_screen(readme: str) -> None:
    assert len((ROOT / readme).read_text("utf-8").splitlines()) <= 60


@pytest.mark.parametrize("index", ["docs/README.md", "docs/README.zh-CN.md"])
def test_the_index_names_every_page(index: str) -> None:
    is_chinese = "zh-CN" in index
    named = {(ROOT / "docs" / link).resolve() for link in links(ROOT / index)}
    for page in GUIDES:
        own = str(page.relative_to(ROOT))
        if own.startswith("docs/") and own != index:
            if own not in ENGLISH_ONLY and ("zh-CN" in own) is not is_chinese:
                continue
            assert page in named, own


def test_the_architecture_names_every_package_and_no_other() -> None:
    """The table of packages is true to the tree."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    table = page.partition("## Packages")[2].partition("## Where")[0]
    named = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"`(\w+)`", row)
    }
    source = ROOT / "src" / "dutyroute"
    there = {path.parent.name for path in source.glob("*/__init__.py")}
    there |= {path.stem for path in source.glob("*.py") if not path.stem.startswith("__")}
    assert named == there


def test_the_places_that_the_architecture_names_exist() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    table = page.partition("## Where to add what")[2]
    named = re.findall(r"`([\w/]+/[\w.*]*)`", table)
    source = ROOT / "src" / "dutyroute"
    assert [name for name in named if not list(source.glob(name.rstrip("/")))] == []
