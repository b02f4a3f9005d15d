"""Lines and tables for a person, by terminal cells; the only owner of rich."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from dutyroute.cli import output
from dutyroute.cli.wrapping import indented, pieces, wrap
from dutyroute.diagnostics import width

__all__ = ["Cell", "Column", "Screen"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and whether its cells may be broken into lines."""

    heading: str
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """
    What stands in a cell: paragraphs, each a list of parts.

    A paragraph is broken after its parts' commas where that is possible.
    """

    paragraphs: tuple[Sequence[str], ...]
    comma: str = ""
    style: str = ""

    @classmethod
    def of(cls, *texts: str, comma: str = "", style: str = "") -> Cell:
        """Make a cell of texts, one below the other, each broken after its commas."""
        return cls(tuple(text.split(comma) if comma else (text,) for text in texts), comma, style)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Tell how wide the cell would like to be."""
        widest = max((width(self.comma.join(parts)) for parts in self.paragraphs), default=0)
        return Measurement(min(widest, 4), max(widest, 1))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines that fit."""
        for parts in self.paragraphs:
            for line in pieces(parts, self.comma, options.max_width):
                yield Text(line, self.style, no_wrap=True, overflow="ignore")


class Screen:
    """Writes to standard output, as wide as the reader's terminal."""

    def __init__(self) -> None:
        self.cells = output.columns()
        self._console = Console(
            file=sys.stdout,
            width=self.cells,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def line(self, text: str = "", style: str = "") -> None:
        """Write a text, broken where it must be."""
        self._show(Text("\n".join(wrap(text, self.cells)), style))

    def labelled(self, label: str, text: str, style: str = "") -> None:
        """Write a text behind a label, its later lines below its first."""
        first, *rest = indented(text, self.cells, label)
        self._show(Text("\n".join((first, *rest)), style))

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        """Draw a table without lines, which many Chinese terminals draw too wide."""
        drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for column in columns:
            heading = Cell.of(column.heading, style="bold")
            drawn.add_column(heading, no_wrap=not column.breaks, overflow="ignore")
        for row in rows:
            drawn.add_row(*row)
        self._show(drawn)

    def _show(self, shown: Text | Table) -> None:
        """Write at once, trailing blanks left out."""
        with self._console.capture() as captured:
            self._console.print(shown, no_wrap=True, overflow="ignore", crop=False)
        lines = captured.get().removesuffix("\n").split("\n")
        output.echo("\n".join(line.rstrip() for line in lines))
