"""A list of duties as a page to print, and as a workbook with a sheet for each party."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from itertools import chain, count
from typing import Any

from dutyroute.analysis.duty_list import COLUMNS, DutyList, DutyWording, ListedDuty
from dutyroute.errors import needs
from dutyroute.report.html import page

_WIDTHS = dict(zip(COLUMNS, (30, 12, 34, 18, 34, 34, 10, 10), strict=True))
"""How wide the columns of a sheet are, in digits."""

_LONGEST_SHEET = 31
_A4 = 9


def render_duties(found: DutyList, wording: DutyWording) -> str:
    """
    Write a list of duties as one HTML page.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    shown = {"found": found, "wording": wording, "parties": tuple(_tables(found, wording))}
    title = wording.listing("title")
    return page("duties.html.j2", wording.lang, title=title, style="paper.css", **shown)


def _tables(found: DutyList, wording: DutyWording) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Yield each party's heading, the columns in which anything stands, and the rows."""
    for party, duties in found.by_party().items():
        rows = [wording.row(duty) for duty in duties]
        used = [at for at in range(len(COLUMNS)) if any(row[at] for row in rows)]
        heading = wording.listing("count", party=wording.party(party), count=len(duties))
        yield heading, [COLUMNS[at] for at in used], [[row[at] for at in used] for row in rows]


def duty_workbook(found: DutyList, wording: DutyWording) -> bytes:
    """
    Write a list of duties as an XLSX workbook, every cell as a text.

    Raises:
        MissingExtraError: if XlsxWriter is not installed.
    """
    with needs("xlsx"):
        import xlsxwriter
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        # Else the file would differ from one minute to the next.
        if found.day is not None:
            book.set_properties({"created": datetime.combine(found.day, time.min)})
        taken: set[str] = set()
        for party, duties in (found.by_party() or {party: [] for party in found.idle}).items():
            short = found.rulebook.vocabulary.parties[party].shortened(wording.lang)
            name = _sheet_name((wording.party(party), short, party), taken)
            _fill(book, book.add_worksheet(name), party, duties, found, wording)
    return written.getvalue()


def _fill(
    book: Any, sheet: Any, party: str, duties: Sequence[ListedDuty], found: DutyList, wording: DutyWording
) -> None:
    """Write one party's sheet: what it is, then the headings, which stay in sight, then the duties."""
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#EEF1F6"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    say, last = wording.listing, len(COLUMNS) - 1
    # By `write_string`: `write` makes a formula of a text that begins with `=`.
    sheet.write_string(0, 0, say("count", party=wording.party(party), count=len(duties)), bold)
    sheet.write_string(1, 0, "  ".join(wording.legend(found)))
    for place, key in enumerate(COLUMNS):
        sheet.write_string(2, place, say(key), head)
        sheet.set_column(place, place, _WIDTHS[key])
    for row, duty in enumerate(duties, 3):
        for place, text in enumerate(wording.row(duty)):
            sheet.write_string(row, place, text, plain)
    sheet.freeze_panes(3, 0)
    sheet.autofilter(2, 0, 2 + len(duties), last)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.set_footer("&C&P / &N")


def _sheet_name(names: Iterable[str], taken: set[str]) -> str:
    """Name a sheet as Excel allows: short, no mark of a reference, not the same in other letters."""
    plain = [re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ") for name in names]
    for each in chain(plain, (f"{plain[-1][:26]}-{number}" for number in count(2))):
        if 0 < len(each) <= _LONGEST_SHEET and each.casefold() not in {*taken, "history"}:
            break
    taken.add(each.casefold())
    return each
