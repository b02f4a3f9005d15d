"""Every check has a page, in both languages, of one form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dutyroute.analysis import CHECKS, UnknownCheck
from dutyroute.analysis.checks.catalogue import PAGES, explain, heading
from dutyroute.messages import codes, text

SECTIONS = {
    "zh": ["为什么要紧", "避免", "改为", "例外"],
    "en": ["Why it matters", "Avoid", "Prefer", "Exceptions"],
}


def test_checks_pages_and_messages_are_the_same() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(CHECKS)
    assert set(CHECKS) <= codes()


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_says_what_why_and_what_to_do(check: str, lang: str) -> None:
    page = explain(check, lang)  # type: ignore[arg-type]
    assert page.startswith(f"# {check}: {heading(check, lang)}\n")  # type: ignore[arg-type]
    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == SECTIONS[lang]
    assert page.endswith("\n")


@pytest.mark.parametrize("check", CHECKS)
def test_a_finding_has_help(check: str) -> None:
    assert text(check, "en").help


def test_an_unknown_check_has_a_suggestion() -> None:
    with pytest.raises(UnknownCheck) as raised:
        explain("led-gap")
    assert raised.value.suggestion == "lead-gap"


def test_the_index_lists_every_check_in_order() -> None:
    index = Path(__file__).parents[2].joinpath("docs/checks/README.md").read_text("utf-8")
    assert re.findall(
        r"^\| \[`([a-z-]+)`\]\(\.\./\.\./src/dutyroute/analysis/checks/pages/\1\.md\)", index, re.M
    ) == list(CHECKS)
