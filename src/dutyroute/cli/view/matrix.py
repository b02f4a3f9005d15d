"""A wide matrix on a terminal: as many bands of columns as it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dutyroute.analysis import Matrix, MatrixRow
from dutyroute.cli.view.names import ScreenNames
from dutyroute.cli.view.terminal import Screen, ScreenCell, ScreenColumn
from dutyroute.diagnostics import width
from dutyroute.messages import Phrasebook

__all__ = ["Bands", "short_names"]

_GAP = 2
_TWO_CHARACTERS = 4


class Bands:
    """
    Draws the matrix with short names, below it what they stand for.

    The columns that do not fit beside the matters go into a further band.
    """

    def __init__(self, names: ScreenNames) -> None:
        self.names = names
        self.say: Phrasebook = names.say
        self.screen: Screen = Screen()
        self.short: dict[str, str] = short_names(names)

    def draw(self, found: Matrix, legend: Iterable[str]) -> None:
        """Draw every band, then the legend."""
        first = min(self._widest_matter(found), self.screen.cells // 3)
        for band in self._bands(found, self.screen.cells - first - _GAP):
            self._band(found, band)
            self.screen.line()
        for text in (*self._meanings(found), *legend):
            self.screen.line(text)

    def _widest_matter(self, found: Matrix) -> int:
        return max((width(self._matter(row)) for row in found.rows), default=1)

    def _matter(self, row: MatrixRow) -> str:
        return "  " * row.depth + self.names.matter(row.matter)

    def _bands(self, found: Matrix, cells: int) -> Iterator[list[str]]:
        """Fill band after band with roles, in the chain's order."""
        band: list[str] = []
        left = cells
        for role in found.held():
            needed = min(self._needed(found, role), cells)
            if band and needed > left:
                yield band
                band, left = [], cells
            band.append(role)
            left -= needed + _GAP
        if band:
            yield band

    def _needed(self, found: Matrix, role: str) -> int:
        held = (text for row in found.rows for text in self._holders(row, role))
        return max(width(self.names.role(role)), *(width(text) for text in held), 1)

    def _band(self, found: Matrix, roles: list[str]) -> None:
        columns = [
            ScreenColumn(self.say("matter"), True),
            *(ScreenColumn(self.names.role(role), True) for role in roles),
        ]
        self.screen.table(columns, ([self._head(row), *self._cells(row, roles)] for row in found.rows))

    def _head(self, row: MatrixRow) -> ScreenCell:
        return ScreenCell.of(self._matter(row), style="bold" if row.depth == 0 else "")

    def _cells(self, row: MatrixRow, roles: list[str]) -> Iterator[ScreenCell]:
        for role in roles:
            texts = list(self._holders(row, role))
            yield ScreenCell.of(*texts or ("-",), style="" if texts else "dim")

    def _holders(self, row: MatrixRow, role: str) -> Iterator[str]:
        if row.is_open:
            yield "?"
        for each in row.cells.get(role, ()):
            yield self.short[each.party] + ("" if each.certain else self.say("if-so"))

    def _meanings(self, found: Matrix) -> Iterator[str]:
        """Say what the short names stand for."""
        shown = {each.party for row in found.rows for held in row.cells.values() for each in held}
        meant = (
            (self.short[party], self.names.party(party))
            for party in self.names.words.parties
            if party in shown
        )
        pairs = [f"{short} = {name}" for short, name in meant if short != name]
        if pairs:
            yield self.say("semicolon").join(pairs)


def short_names(names: ScreenNames) -> dict[str, str]:
    """Name each party by its shortest alias in Chinese, by its id in English."""
    parties = names.words.parties
    if names.say.lang != "zh":
        return {party: party for party in parties}
    return {party.id: min((party.name, *party.aliases), key=_shortness) for party in parties.values()}


def _shortness(name: str) -> tuple[bool, int]:
    """Rank a name: short, but not a single character."""
    return width(name) < _TWO_CHARACTERS, width(name)
