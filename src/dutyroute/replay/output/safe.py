"""Safe: texts that no spreadsheet computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import pyarrow.compute as pc

__all__ = ["BOM", "csv_lines", "safe", "safe_column"]

BOM = "\ufeff".encode()
"""What tells a spreadsheet that a CSV file is UTF-8."""

_FORMULA = "=+-@\t\r\n＝＋－＠"
"""What makes a spreadsheet take a text for a formula, full-width signs too."""


def safe(cell: str) -> str:
    """
    Keep a spreadsheet from computing a text.

    >>> safe("=1+1"), safe("幸福小区")
    ("'=1+1", '幸福小区')
    """
    return f"'{cell}" if cell.startswith(tuple(_FORMULA)) else cell


def safe_column(texts: Any) -> Any:
    """Keep a spreadsheet from computing any text of a column."""
    return pc.replace_substring_regex(texts, r"\A([=+\-@\t\r\n＝＋－＠])", r"'\1")


def csv_lines(rows: Iterable[Iterable[str]]) -> bytes:
    """Write rows as CSV, none of them a formula."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8", "backslashreplace")
