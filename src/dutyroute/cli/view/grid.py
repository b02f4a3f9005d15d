"""Rows and columns as Markdown and CSV; a terminal's table is drawn by `Screen`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dutyroute.cli.output import echo
from dutyroute.formats.spreadsheet import BOM, csv_text


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
        echo((BOM if has_mark else "") + csv_text((headings, *rows), "\n").removesuffix("\n"))
        return
    first, *others = ("| " + " | ".join(map(_plain, cells)) + " |" for cells in (headings, *rows))
    echo("\n".join((first, "|" + " --- |" * len(headings), *others)))
    # Two blanks at the end of a line are Markdown's line break.
    echo("\n" + "  \n".join(map(_plain, remarks)))


def _plain(cell: str) -> str:
    """Take from a text what Markdown reads something into."""
    escaped = "".join(f"\\{char}" if char in "\\|*_`[]<>" else char for char in cell)
    return "<br>".join(escaped.splitlines())
