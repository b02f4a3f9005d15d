"""A comparison of two rulebooks, and the coverage of rules by cases, as pages."""

from __future__ import annotations

from dutyroute.analysis.coverage.report import Coverage
from dutyroute.analysis.differences.comparison import Comparison
from dutyroute.messages import Lang, Phrasebook
from dutyroute.report.html import page


def render_coverage(coverage: Coverage, lang: Lang) -> str:
    """
    Write a coverage as one HTML page.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    say = Phrasebook(lang, "coverage")
    shown = {"coverage": coverage, "say": say, "language": lang}
    return page("coverage.html.j2", lang, title=say("title"), style="analysis.css", **shown)


def render_diff(comparison: Comparison, lang: Lang) -> str:
    """
    Write a comparison of two rulebooks as one HTML page.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    said = comparison.wording(lang)
    shown = {"comparison": comparison, "summary": comparison.summary(lang), "said": said, "language": lang}
    return page("diff.html.j2", lang, title=said.say("title"), style="analysis.css", **shown)
