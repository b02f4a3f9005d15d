"""A wide matrix on a terminal: the columns that do not fit go into a table below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dutyroute.analysis import Matrix, MatrixRow
from dutyroute.cli.view.names import ScreenNames
from dutyroute.cli.view.terminal import GAP, Screen, ScreenCell, ScreenColumn
from dutyroute.diagnostics import width
from dutyroute.messages import chosen


class MatrixWriter:
    """Draws the matrix with short names of parties, below it what they stand for."""

    def __init__(self, names: ScreenNames, found: Matrix) -> None:
        self.names = names
        self.found = found
        self.screen: Screen = Screen()
        parties = names.words.parties
        self.short: dict[str, str] = {
            p.id: chosen(names.lang, min((p.name, *p.aliases), key=_shortness), p.id)
            for p in parties.values()
        }

    def write(self, legend: Iterable[str]) -> None:
        """Draw every table, then the legend."""
        matters = (width(self._matter(row)) for row in self.found.rows)
        # A long name of a matter is broken, so that some roles fit beside it.
        first = min(max(matters, default=1), self.screen.cells // 3)
        for roles in self._tables(self.screen.cells - first - GAP):
            headings = (self.names.say("matter"), *map(self.names.role, roles))
            columns = [ScreenColumn(heading, breaks=True) for heading in headings]
            rows = []
            for row in self.found.rows:
                held = [tuple(self._holders(row, role)) for role in roles]
                cells = (ScreenCell.of(*each or ("-",), style="" if each else "dim") for each in held)
                rows.append([ScreenCell.of(self._matter(row), style="" if row.depth else "bold"), *cells])
            self.screen.table(columns, rows)
            self.screen.line()
        for text in (*self._meanings(), *legend):
            self.screen.line(text)

    def _matter(self, row: MatrixRow) -> str:
        return "  " * row.depth + self.names.matter(row.matter)

    def _tables(self, cells: int) -> Iterator[list[str]]:
        """Fill table after table with roles, in the chain's order."""
        roles: list[str] = []
        left = cells
        for role in self.found.held():
            texts = [self.names.role(role), *(t for row in self.found.rows for t in self._holders(row, role))]
            needed = min(max(1, *map(width, texts)), cells)
            if roles and needed > left:
                yield roles
                roles, left = [], cells
            roles.append(role)
            left -= needed + GAP
        if roles:
            yield roles

    def _holders(self, row: MatrixRow, role: str) -> Iterator[str]:
        # Too many answers to list: nothing is known of the cell.
        if row.is_open:
            yield "?"
        for each in row.cells.get(role, ()):
            yield self.short[each.party] + ("" if each.certain else self.names.say("if-so"))

    def _meanings(self) -> Iterator[str]:
        """Say what the short names stand for."""
        shown = {each.party for row in self.found.rows for held in row.cells.values() for each in held}
        meant = [(self.short[p], self.names.party(p)) for p in self.names.words.parties if p in shown]
        pairs = [f"{short} = {name}" for short, name in meant if short != name]
        if pairs:
            yield self.names.say("semicolon").join(pairs)


def _shortness(name: str) -> tuple[bool, int]:
    """Rank a name: short, but not a single Chinese character, which would say nothing."""
    return width(name) < 4, width(name)
