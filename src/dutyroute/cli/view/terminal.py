"""Lines and tables for a person, by terminal cells; with rich's help."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from dutyroute.cli import output
from dutyroute.cli.view.wrapping import indented, longest, pieces
from dutyroute.diagnostics import width
from dutyroute.messages.outside import one_line

GAP = 2
"""How many cells are between columns."""
_APART = 3


@dataclass(frozen=True, slots=True)
class ScreenColumn:
    """A column: its heading, and whether its cells may be broken into lines."""

    heading: str
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class ScreenCell:
    """
    What stands in a cell: paragraphs, each a list of parts.

    A paragraph is broken after its parts' commas where that is possible.
    """

    paragraphs: tuple[Sequence[str], ...]
    comma: str = ""
    style: str = ""
    keeps_parts: bool = False
    """Whether it would be a pity to break within a part."""

    @classmethod
    def of(cls, *texts: str, comma: str = "", style: str = "") -> ScreenCell:
        """Make a cell of texts, one below the other, each broken after its commas."""
        lines = map(one_line, texts)
        return cls(tuple(line.split(comma) if comma else (line,) for line in lines), comma, style)

    @property
    def natural(self) -> int:
        """How wide the cell would like to be."""
        return max((width(self.comma.join(parts)) for parts in self.paragraphs), default=0)

    @property
    def least(self) -> int:
        """How wide the cell must be, so that no word is cut."""
        parts = [part for parts in self.paragraphs for part in parts]
        return max((width(p + self.comma) if self.keeps_parts else longest(p) for p in parts), default=0)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines that fit."""
        for parts in self.paragraphs:
            for line in pieces(parts, self.comma, options.max_width):
                yield Text(line, self.style, no_wrap=True, overflow="ignore")


class Screen:
    """Writes to standard output, as wide as the reader's terminal."""

    def __init__(self) -> None:
        self.cells: int = output.columns()
        self._console = Console(
            file=sys.stdout,
            width=self.cells + GAP,  # older versions of rich pad the last column too
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def line(self, text: str = "", style: str = "", below: str = "") -> None:
        """Write a text, wrapped where needed, its later lines indented."""
        self._show(Text("\n".join(indented(one_line(text), self.cells, "", below)), style))

    def labelled(self, label: str, text: str, style: str = "", hanging: int = 0) -> None:
        """Write a text after a label, its later lines below its first, or further in."""
        below = " " * (width(label) + hanging)
        self._show(Text("\n".join(indented(one_line(text), self.cells, label, below)), style))

    def packed(self, label: str, texts: Iterable[Sequence[str]], style: str = "") -> None:
        """Write texts after a label, one behind the other, broken between their parts where possible."""
        cells = max(self.cells - width(label), 8)
        lines: list[str] = []
        for parts in texts:
            shown = [one_line(part) for part in parts]
            # A text begins on a line that has room for two of its parts: a question and its first answer.
            if lines and width(lines[-1]) + _APART + width("".join(shown[:2]).rstrip()) <= cells:
                shown.insert(0, lines.pop() + " " * _APART)
            lines += pieces(shown, "", cells)
        self._show(Text(label + ("\n" + " " * width(label)).join(lines), style))

    def table(self, columns: Sequence[ScreenColumn], rows: Iterable[Sequence[ScreenCell | str]]) -> None:
        """Draw a table, its columns as wide as the terminal allows; a text is a cell of one paragraph."""
        # No frame: many Chinese terminals draw its lines two cells wide.
        drawn = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
        listed = [[ScreenCell.of(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
        natural, least = [], []
        for index, column in enumerate(columns):
            cells = [ScreenCell.of(column.heading), *(row[index] for row in listed)]
            natural.append(max(cell.natural for cell in cells))
            least.append(max(cell.least for cell in cells) if column.breaks else natural[-1])
        widths = fitted(natural, least, self.cells - GAP * (len(columns) - 1))
        for column, wide in zip(columns, widths, strict=True):
            drawn.add_column(ScreenCell.of(column.heading, style="bold"), width=wide, overflow="ignore")
        for row in listed:
            drawn.add_row(*row)
        self._show(drawn)

    def _show(self, shown: Text | Table) -> None:
        """Write at once, trailing blanks left out."""
        with self._console.capture() as captured:
            self._console.print(shown, no_wrap=True, overflow="ignore", crop=False)
        lines = captured.get().removesuffix("\n").split("\n")
        output.put("\n".join(line.rstrip() for line in lines) + "\n")


def fitted(natural: Sequence[int], least: Sequence[int], cells: int) -> list[int]:
    """
    Narrow the widest columns until all fit; below its least only where nothing else helps.

    >>> fitted([6, 30, 20], [4, 8, 12], 40)
    [6, 17, 17]
    >>> fitted([6, 30, 20], [6, 8, 12], 24)
    [6, 8, 10]
    """
    widths = list(natural)
    while sum(widths) > max(cells, len(widths)):
        slack = [index for index, width in enumerate(widths) if width > least[index]]
        widest = max(slack or range(len(widths)), key=widths.__getitem__)
        widths[widest] -= 1
    return widths
