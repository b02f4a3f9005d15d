"""A wide matrix on a terminal: tables for each branch of the matters, with what is held and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dutyroute.analysis import Matrix, MatrixRow
from dutyroute.cli.view.names import ScreenNames
from dutyroute.cli.view.terminal import GAP, Screen, ScreenCell, ScreenColumn
from dutyroute.cli.view.wrapping import indented, longest
from dutyroute.diagnostics import width
from dutyroute.messages import Lang, chosen
from dutyroute.rulebook.vocabulary import Party

_INDENT = "  "


class MatrixWriter:
    """Draws the matrix with short names of parties, below it what they stand for."""

    def __init__(self, names: ScreenNames, found: Matrix) -> None:
        self.names = names
        self.found = found
        self.screen: Screen = Screen()
        self.short: dict[str, str] = _short_names(names.words.parties.values(), names.lang)

    def write(self, legend: Iterable[str]) -> None:
        """Draw every table, then the legend."""
        for branch in _branches(self.found.rows):
            for roles in self._tables(branch):
                rows = [row for row in branch if row.is_open or not row.cells.keys().isdisjoint(roles)]
                self._draw(rows, roles)
        for text in (*self._meanings(), *legend):
            self.screen.line(text)

    def _draw(self, rows: Sequence[MatrixRow], roles: Sequence[str]) -> None:
        """Draw one table; names of matters and holders stay whole, headings are broken where that helps."""
        columns = [ScreenColumn(self.names.say("matter")), *(self._column(role) for role in roles)]
        drawn = []
        for row in rows:
            held = [tuple(self._holders(row, role)) for role in roles]
            cells = (
                ScreenCell(tuple((each,) for each in holders or ("-",)), "", "" if holders else "dim", True)
                for holders in held
            )
            drawn.append([ScreenCell.of(*self._matter(row), style="" if row.depth else "bold"), *cells])
        self.screen.table(columns, drawn)
        self.screen.line()

    def _column(self, role: str) -> ScreenColumn:
        return ScreenColumn(self.names.role(role), breaks=True)

    def _matter(self, row: MatrixRow) -> list[str]:
        """Name a matter by its depth; a long name is broken, so that some roles fit beside it."""
        return indented(self.names.matter(row.matter), self.screen.cells // 3, _INDENT * row.depth)

    def _tables(self, rows: Sequence[MatrixRow]) -> Iterator[list[str]]:
        """Fill table after table with the roles that somebody holds in these matters, in the chain's order."""
        first = max(width(line) for row in rows for line in (*self._matter(row), self.names.say("matter")))
        cells = left = self.screen.cells - first - GAP
        roles: list[str] = []
        for role in self.found.held():
            texts = [text for row in rows if role in row.cells for text in self._holders(row, role)]
            if not texts:
                continue
            name = self.names.role(role)
            # A heading may take two lines.
            needed = min(max(*map(width, texts), longest(name), (width(name) + 1) // 2), cells)
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
        """Say what the short names stand for, and what the tables leave out."""
        shown = {each.party for row in self.found.rows for held in row.cells.values() for each in held}
        meant = [(self.short[p], self.names.party(p)) for p in self.names.words.parties if p in shown]
        pairs = [f"{short} = {name}" for short, name in meant if short != name]
        if pairs:
            yield self.names.say("semicolon").join(pairs)
        yield self.names.say("matrix-left-out")
        empty = [row.matter for row in self.found.rows if not (row.cells or row.is_open)]
        if empty:
            yield self.names.say("matrix-empty", matters=self.names.listed(map(self.names.matter, empty)))


def _branches(rows: Sequence[MatrixRow]) -> list[list[MatrixRow]]:
    """Part the rows before each matter that others are below; those that stand alone stay together."""
    branches: list[list[MatrixRow]] = []
    for place, row in enumerate(rows):
        has_below = any(each.depth for each in rows[place + 1 : place + 2])
        if not branches or (row.depth == 0 and (has_below or branches[-1][-1].depth)):
            branches.append([])
        branches[-1].append(row)
    return branches


def _short_names(parties: Iterable[Party], lang: Lang) -> dict[str, str]:
    """Give each party a name for a narrow column: its shortest in Chinese, in English its id or initials."""
    found: dict[str, str] = {}
    for party in parties:
        initials = "".join(part[0] for part in party.id.upper().split("-"))
        english = party.id if len(initials) < 2 or initials in found.values() else initials
        found[party.id] = chosen(lang, min((party.name, *party.aliases), key=_shortness), english)
    return found


def _shortness(name: str) -> tuple[bool, int]:
    """Rank a name: short, but not a single Chinese character, which would say nothing."""
    return width(name) < 4, width(name)
