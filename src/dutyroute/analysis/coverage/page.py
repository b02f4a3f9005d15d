"""The coverage of rules by cases as one HTML page."""

from __future__ import annotations

from html import escape

from dutyroute.analysis.coverage.report import Coverage
from dutyroute.analysis.page import page, tag
from dutyroute.formats.percent import percent
from dutyroute.messages import Lang, word

__all__ = ["html"]


def html(coverage: Coverage, lang: Lang) -> str:
    """Write a coverage as a page that opens anywhere, and prints."""

    def say(key: str) -> str:
        return escape(word(f"coverage-{key}", lang))

    head = tag("tr", "".join(tag("th", say(key)) for key in ("what", "covered", "of", "rate")))
    rows = []
    for what, share in coverage.shares():
        kind = "number covered" if share.covered == share.of else "number"
        numbers = (str(share.covered), str(share.of), percent(share.rate, rounds_down=True))
        rows.append(tag("tr", tag("td", say(what)) + "".join(tag("td", each, kind) for each in numbers)))
    parts = [
        tag("h1", say("title")),
        tag("p", escape(coverage.summary(lang)), "lead"),
        tag("table", head + "".join(rows)),
    ]
    for heading, entries in coverage.lists(lang):
        if entries:
            inside = "".join(tag("li", escape(each)) for each in entries)
            parts.append(tag("section", tag("h2", say(heading)) + tag("ul", inside, "where")))
    if coverage.is_complete:
        parts.append(tag("p", say("complete"), "lead"))
    if coverage.missing_cases:
        parts += [tag("h2", say("suggested")), tag("pre", escape(coverage.to_yaml(lang)))]
    return page(word("coverage-title", lang), "\n".join(parts), lang)
