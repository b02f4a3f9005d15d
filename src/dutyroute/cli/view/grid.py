"""Rows and columns as Markdown and CSV; a terminal's table is drawn by `Screen`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dutyroute.cli.output import echo
from dutyroute.formats.spreadsheet import BOM, csv_text

__all__ = ["Grid"]


@dataclass(frozen=True, slots=True)
class Grid:
    """Headings and rows of texts."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    def echo(self, format: str, *, has_mark: bool, remarks: Iterable[str]) -> None:
        """
        Write the grid as `csv` or `markdown`; the remarks stand below the latter.

        With `has_mark` CSV begins with a UTF-8 mark, for programs that guess
        another encoding.
        """
        if format == "csv":
            written = csv_text((self.headings, *self.rows), "\n")
            echo((BOM if has_mark else "") + written.removesuffix("\n"))
            return
        rule = "|" + " --- |" * len(self.headings)
        piped = ["| " + " | ".join(map(_plain, cells)) + " |" for cells in (self.headings, *self.rows)]
        echo("\n".join((piped[0], rule, *piped[1:])))
        # Two blanks at the end of a line are Markdown's line break.
        echo("\n" + "  \n".join(map(_plain, remarks)))


def _plain(cell: str) -> str:
    """Take from a text what Markdown reads something into."""
    escaped = "".join(f"\\{char}" if char in "\\|*_`[]<>" else char for char in cell)
    return "<br>".join(escaped.splitlines())
