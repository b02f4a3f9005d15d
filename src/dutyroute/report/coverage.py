"""The coverage of rules by cases as a page."""

from __future__ import annotations

from dutyroute.analysis.coverage.report import Coverage
from dutyroute.messages import Lang, Phrasebook
from dutyroute.report.html import page

__all__ = ["render_coverage"]


def render_coverage(coverage: Coverage, lang: Lang) -> str:
    """
    Write a coverage as one HTML page.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    say = Phrasebook(lang, "coverage")
    return page(
        "coverage.html.j2",
        lang,
        title=say("title"),
        style="analysis.css",
        coverage=coverage,
        say=say,
        language=lang,
    )
