"""The page of each check: what it tells, why it matters, what to avoid and to prefer."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dutyroute.analysis.checks.catalogue import known
from dutyroute.messages import Lang, language

__all__ = ["PAGES", "explain", "heading"]

PAGES = Path(__file__).parent / "pages"
"""One Markdown file for each check: Chinese first, English after the line `---`."""


def explain(check: str, lang: Lang | None = None) -> str:
    """
    Return the page of a check in the reader's language, as Markdown.

    Raises:
        UnknownCheck: if there is no such check.
    """
    chinese, english = _halves(known(check))
    return chinese if (lang or language()) == "zh" else english


def heading(check: str, lang: Lang | None = None) -> str:
    """
    Say a check in a few words: the heading of its page.

    >>> heading("lead-gap", "en")
    'Nobody leads'
    """
    first = explain(check, lang).partition("\n")[0]
    return first.removeprefix("#").partition(":")[2].strip()


@cache
def _halves(check: str) -> tuple[str, str]:
    chinese, english = (PAGES / f"{check}.md").read_text("utf-8").split("\n---\n")
    return chinese.strip() + "\n", english.strip() + "\n"
