"""A comparison of two rulebooks as a page."""

from __future__ import annotations

from dutyroute.analysis.differences.comparison import Comparison
from dutyroute.messages import Lang
from dutyroute.report.html import page

__all__ = ["render_diff"]


def render_diff(comparison: Comparison, lang: Lang) -> str:
    """
    Write a comparison of two rulebooks as one HTML page.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    said = comparison.wording(lang)
    books = [
        (
            said.say(side),
            f"{book.header.title if lang == 'zh' else book.header.english} · {book.edition} · {book.digest[:19]}",
        )
        for side, book in (("old", comparison.old), ("new", comparison.new))
    ]
    return page(
        "diff.html.j2",
        lang,
        title=said.say("title"),
        style="analysis.css",
        books=books,
        comparison=comparison,
        summary=comparison.summary(lang),
        said=said,
    )
