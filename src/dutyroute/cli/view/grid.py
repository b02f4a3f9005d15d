"""Rows and columns as Markdown, CSV or JSON; a terminal's table is drawn by `screen`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dutyroute.cli.output import echo
from dutyroute.formats.spreadsheet import BOM, csv_text

__all__ = ["Grid", "echo_csv", "echo_markdown", "echo_remarks"]


@dataclass(frozen=True, slots=True)
class Grid:
    """Headings and rows of texts."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def echo_markdown(grid: Grid) -> None:
    """Write a Markdown table."""
    rule = "|" + " --- |" * len(grid.headings)
    echo("\n".join((_piped(grid.headings), rule, *map(_piped, grid.rows))))


def echo_remarks(texts: Iterable[str]) -> None:
    """Write below a Markdown table what it leaves open, each remark a line."""
    echo("\n" + "  \n".join(map(_plain, texts)))


def _piped(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_plain, cells)) + " |"


def _plain(cell: str) -> str:
    """Take from a text what Markdown reads something into."""
    escaped = "".join(f"\\{char}" if char in "\\|*_`[]<>" else char for char in cell)
    return "<br>".join(escaped.splitlines())


def echo_csv(grid: Grid, *, has_mark: bool) -> None:
    """Write CSV; with a UTF-8 mark for programs that guess another encoding."""
    written = csv_text((grid.headings, *grid.rows), "\n")
    echo((BOM if has_mark else "") + written.removesuffix("\n"))
