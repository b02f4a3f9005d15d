"""
All rows of a table walk down the diagram together, fact by fact.

Row by row, Python would look at each value of a million rows. Together, each
distinct pair of a place and a value is looked at once, and the rest is Arrow's:
a column of places is mapped to the next one by a table of a few hundred entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.places import Leaf, Node
from dutyroute.rulebook.vocabulary import MATTER, Fact, Plain

Coded = tuple[Any, list[tuple[Any, Any]]]
"""A column as numbers; and for each number what no rule can tell its values from, and one of them."""

End = tuple[Node | Leaf | None, int]
"""A leaf, and a number that tells apart rows which differ in what their decisions list as assumed."""

_OPEN = 0
"""The place of a row that cannot be walked on: a fact is unknown, or has a value that is none of its own."""


class TableWalk:
    """
    Rows on their way down a diagram.

    Each row is at a place, which has a number. In one step all rows go on that
    are at a test of one fact; facts are taken in the diagram's order, so that one
    pass over them is enough.
    """

    def __init__(self, diagram: Diagram, columns: Mapping[str, Coded], as_of: date | None = None) -> None:
        self.diagram = diagram
        self.columns: Mapping[str, Coded] = columns
        defaults = diagram.rulebook.vocabulary.defaults
        self._given = {name: value for name, value in defaults.items() if name not in columns}
        day = diagram.rulebook.header.date
        if as_of is not None and day is not None:
            self._given[day] = as_of
        self._places: list[Node | Leaf | None] = [None]
        self._numbers: dict[Node | Leaf, int] = {}

    def ends(self) -> tuple[list[End], Any, list[int], Any] | None:
        """
        Walk; return the ends, for each row which, for each end its first row, and the open rows.

        None where the diagram has become too large to walk on.
        """
        if MATTER not in self.columns:
            return None
        row_places = self._begin()
        ranked = sorted({*self.columns, *self._given} - {MATTER}, key=self.diagram.order.__getitem__)
        for fact in ranked:
            row_places = self._step(fact, row_places)
            if self.diagram.is_full:
                return None
        # Number the ends that are reached, and find the first row of each.
        is_leaf = [isinstance(place, Leaf) for place in self._places]
        closed = pa.array(is_leaf, pa.bool_()).take(row_places)
        silent, size = self._silent()
        wide = pc.add(pc.multiply(row_places.cast(pa.int64()), pa.scalar(size, pa.int64())), silent)
        reached = pc.if_else(closed, wide, pa.scalar(None, pa.int64())).dictionary_encode()
        ends = [(self._places[n // size], n % size) for n in reached.dictionary.to_pylist()]
        at = pc.indices_nonzero(closed)
        rows = pa.table({"leaf": reached.indices.take(at), "row": at})
        firsts = rows.group_by("leaf").aggregate([("row", "min")]).sort_by("leaf")
        index = pc.fill_null(reached.indices, 0)
        return ends, index, firsts.column("row_min").to_pylist(), pc.invert(closed)

    def _silent(self) -> tuple[Any, int]:
        """Number for each row the facts with `unless_said` that it does not give; return how many numbers there are."""
        found: Any = pa.scalar(0, pa.int64())
        size = 1
        for name in filter(self.diagram.rulebook.vocabulary.unless_said.__contains__, self.columns):
            codes, kinds = self.columns[name]
            bits = pa.array([size if value is None else 0 for _, value in kinds], pa.int64())
            found, size = pc.add(found, bits.take(codes)), size * 2
        return found, size

    def _begin(self) -> Any:
        """Put every row before the first test of its matter, unless one of its values is not allowed."""
        # All values are looked at, also those of facts that no test asks for: an incident with a
        # wrong value is refused, and its row must not come to a leaf.
        codes, kinds = self.columns[MATTER]
        matters = self.diagram.rulebook.vocabulary.matters
        roots = [self._number(self.diagram.root(m)) if m in matters else _OPEN for _, m in kinds]
        row_places = pa.array(roots, pa.int32()).take(codes)
        for name, (codes, kinds) in self.columns.items():
            sound = [name == MATTER or self._is_sound(self.diagram.facts[name], *kind) for kind in kinds]
            if not all(sound):
                is_sound = pa.array(sound, pa.bool_()).take(codes)
                row_places = pc.if_else(is_sound, row_places, pa.scalar(_OPEN, pa.int32()))
        return row_places

    def _is_sound(self, fact: Fact, kind: Any, value: Any) -> bool:
        """Whether an incident may have a value; unknown is no mistake."""
        if value is None:
            return True
        if fact.type in ("int", "date"):
            return bool(kind[0] == "stretch")
        return self.diagram.rulebook.vocabulary.takes(fact, value)

    def _step(self, fact: str, row_places: Any) -> Any:
        """Let the rows that stand before a test of this fact go on."""
        tests = [isinstance(place, Node) and place.fact == fact for place in self._places]
        if not any(tests):
            return row_places
        if fact in self._given:
            values: list[Plain | None] = [self._given[fact]]
            codes: Any = pa.scalar(1, pa.int32())
        else:
            values = [value for _, value in self.columns[fact][1]]
            codes = pc.add(self.columns[fact][0], pa.scalar(1, pa.int32()))
        taken = pc.if_else(pa.array(tests, pa.bool_()).take(row_places), codes, pa.scalar(0, pa.int32()))
        size = len(values) + 1
        # A pair of a place and a value as one number: so Arrow finds the distinct ones by itself.
        wide = pc.add(
            pc.multiply(row_places.cast(pa.int64()), pa.scalar(size, pa.int64())), taken.cast(pa.int64())
        )
        pairs = wide.dictionary_encode()
        after = [self._after(pair // size, pair % size, values) for pair in pairs.dictionary.to_pylist()]
        return pa.array(after, pa.int32()).take(pairs.indices)

    def _after(self, place: int, code: int, values: list[Plain | None]) -> int:
        node = self._places[place]
        if code == 0 or not isinstance(node, Node):
            return place
        value = values[code - 1]
        return _OPEN if value is None else self._number(self.diagram.child(node, value))

    def _number(self, place: Node | Leaf) -> int:
        found = self._numbers.get(place)
        if found is None:
            found = self._numbers[place] = len(self._places)
            self._places.append(place)
        return found
