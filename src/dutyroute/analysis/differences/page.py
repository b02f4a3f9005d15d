"""A comparison of two rulebooks as one HTML page."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from dutyroute.analysis.differences.comparison import Comparison, CountedRegion, DifferenceGroup
from dutyroute.analysis.differences.wording import DiffWording
from dutyroute.analysis.page import page, tag
from dutyroute.messages import Lang
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["html"]


def html(comparison: Comparison, lang: Lang) -> str:
    """Write a comparison as a page that opens anywhere, and prints."""
    said = DiffWording(comparison.old, comparison.new, lang)
    parts = [tag("h1", escape(said.say("title"))), _books(comparison, said)]
    parts.append(tag("p", escape(comparison.summary(lang)), "lead"))
    parts += (_group(group, number, said) for number, group in enumerate(comparison.groups, 1))
    return page(said.say("title"), "\n".join(parts), lang)


def _books(comparison: Comparison, said: DiffWording) -> str:
    rows = (
        tag("dt", escape(said.say(side))) + tag("dd", escape(_book(book, said)))
        for side, book in (("old", comparison.old), ("new", comparison.new))
    )
    return tag("dl", "".join(rows), "books")


def _book(book: Rulebook, said: DiffWording) -> str:
    title = book.header.title if said.lang == "zh" else book.header.english
    return f"{title} · {book.edition} · {book.digest[:19]}"


def _group(group: DifferenceGroup, number: int, said: DiffWording) -> str:
    heading = f"{number}. {said.heading(group.is_proven)}"
    moves = "".join(tag("li", escape(line), kind) for kind, line in said.moves(group.change))
    parts = [tag("h2", escape(heading)), tag("ul", moves, "moves"), tag("h3", escape(said.say("concerns")))]
    parts.append(
        tag("ul", "".join(tag("li", "".join(_place(place, said))) for place in group.places), "where")
    )
    rows = [
        tag("dt", escape(name)) + tag("dd", escape(words))
        for name, words in said.behind(*group.rules_behind())
    ]
    if rows:
        parts.append(tag("dl", "".join(rows), "behind"))
    return tag("section", "".join(parts))


def _place(place: CountedRegion, said: DiffWording) -> Iterator[str]:
    region = place.region
    yield tag("b", escape(said.matters(region.matters)))
    if region.where:
        yield escape(said.say("comma") + said.where(region.where))
    if place.count is not None:
        counts = said.say("cases-in", yes=place.count.certain, maybe=place.count.possible)
        yield tag("p", escape(said.say("cases") + said.say("colon") + counts), "small")
    if region.witness:
        example = escape(said.say("example") + said.say("colon"))
        yield tag("p", example + escape(said.incident(region.witness)), "small")
