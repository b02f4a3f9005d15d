"""Rows and columns as Markdown and CSV; a terminal's table is drawn by `Screen`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dutyroute.cli.output import echo, put
from dutyroute.formats.spreadsheet import BOM, csv_text
from dutyroute.messages.outside import markdown


def echo_grid(
    format: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    has_mark: bool,
    remarks: Iterable[str],
) -> None:
    """
    Write rows of texts as `csv` or `markdown`; the remarks stand below the latter.

    With `has_mark` CSV begins with a UTF-8 mark, for programs that guess
    another encoding.
    """
    if format == "csv":
        put((BOM if has_mark else "") + csv_text((headings, *rows), "\n"))
        return
    first, *others = ("| " + " | ".join(map(markdown, cells)) + " |" for cells in (headings, *rows))
    echo("\n".join((first, "|" + " --- |" * len(headings), *others)))
    # Two blanks at the end of a line are Markdown's line break.
    echo("\n" + "  \n".join(map(markdown, remarks)))
