"""CSV for people: no cell of it is computed by the spreadsheet that opens it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

from dutyroute.messages.outside import harmless

BOM: Final = "\ufeff"
"""What tells a spreadsheet that a CSV file is UTF-8."""

FORMULA: Final = r"\A([=+\-@\t\r\n＝＋－＠])"
"""What makes a spreadsheet take a text for a formula; some read full-width signs as formulas, too."""

_FORMULA = re.compile(FORMULA)


def safe(cell: str) -> str:
    """
    Keep a spreadsheet from computing a text.

    >>> safe("=1+1"), safe("幸福小区")
    ("'=1+1", '幸福小区')
    """
    # A leading apostrophe marks a text in every spreadsheet; leaving characters out would change it.
    return f"'{cell}" if _FORMULA.match(cell) else cell


def csv_text(rows: Iterable[Iterable[str]], line_end: str = "\r\n") -> str:
    """Write rows as CSV, no cell of it a formula."""
    written = io.StringIO()
    csv.writer(written, lineterminator=line_end).writerows(
        [harmless(safe(cell)) for cell in row] for row in rows
    )
    return written.getvalue()
