"""Placement: rows among the regions of a comparison, one look for each distinct combination."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.analysis import CaseReader, Region
from dutyroute.analysis.differences.region import Bound, meets
from dutyroute.errors import IncidentError
from dutyroute.replay.judging import column
from dutyroute.replay.rows import JOIN
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["Placement"]


class Placement:
    """
    Says of each row in which regions it lies.

    Values that no region tells apart are one class, so that the number of
    combinations depends on the regions and not on the rows. `counts` holds for
    each region the rows that lie in it and those that may.
    """

    def __init__(
        self, old: Rulebook, new: Rulebook, regions: Sequence[Region], as_of: date | None = None
    ) -> None:
        self.regions = regions
        self.counts = [[0, 0] for _ in regions]
        self._reader = CaseReader(old, new)
        self._date = new.header.date
        self._as_of = as_of
        self._bounds: dict[str, tuple[Bound, ...]] = _bounds(regions)

    def read(self, facts: Any) -> Any:
        """Return for each row the numbers of the regions it lies in, joined; and count them."""
        names = [name for name in facts.column_names if name in self._bounds or name == MATTER]
        codes = [self._coded(name, column(facts.column(name))) for name in names]
        combined, keys = _combined([each.indices for each in codes], facts.num_rows)
        texts = [self._place(names, [c.values[k] for c, k in zip(codes, key, strict=True)]) for key in keys]
        for entry in combined.value_counts().to_pylist():
            self._count(texts[entry["values"]], entry["counts"])
        words = [JOIN.join(_numbered(verdicts)) or None for verdicts in texts]
        return pa.array(words, pa.string()).dictionary_encode().take(combined)

    def _coded(self, name: str, values: Any) -> _Coded:
        """Number the classes of a column's values."""
        plain = values
        if pa.types.is_list(values.type) or pa.types.is_large_list(values.type):
            plain = pc.binary_join(values, JOIN)
        coded = plain if isinstance(plain, pa.DictionaryArray) else plain.dictionary_encode()
        known: dict[Any, int] = {}
        kept: list[Any] = []
        at = []
        for value in (*coded.dictionary.to_pylist(), None):
            read = value.split(JOIN) if name == MATTER and value is not None else value
            place = known.setdefault(self._class(name, value), len(known))
            if place == len(kept):
                kept.append(read)
            at.append(place)
        indices = pc.fill_null(coded.indices.cast(pa.int32()), len(at) - 1)
        return _Coded(pa.array(at, pa.int32()).take(indices), kept)

    def _class(self, name: str, value: Any) -> Any:
        if name == MATTER or value is None:
            return value
        return tuple(meets(bound, value) for bound in self._bounds[name])

    def _place(self, names: list[str], values: list[Any]) -> tuple[bool | None, ...]:
        given = dict(zip(names, values, strict=True))
        if self._as_of is not None and self._date is not None:
            given[self._date] = self._as_of
        try:
            case = self._reader.read(given)
        except IncidentError:
            return (False,) * len(self.regions)
        return tuple(case.is_in(region) for region in self.regions)

    def _count(self, verdicts: Iterable[bool | None], rows: int) -> None:
        for counts, verdict in zip(self.counts, verdicts, strict=True):
            if verdict is not False:
                counts[verdict is None] += rows


def _numbered(verdicts: Iterable[bool | None]) -> Iterator[str]:
    """Number the regions of a row from 1; with a mark where an unknown fact decides."""
    for number, verdict in enumerate(verdicts, 1):
        if verdict is not False:
            yield f"{number}" if verdict else f"{number}?"


class _Coded:
    """A column as numbers, with one value for each of them."""

    def __init__(self, indices: Any, values: list[Any]) -> None:
        self.indices = indices
        self.values = values


def _bounds(regions: Iterable[Region]) -> dict[str, tuple[Bound, ...]]:
    found: dict[str, dict[Bound, None]] = {}
    for region in regions:
        for fact, bound in region.where:
            found.setdefault(fact, {})[bound] = None
    return {fact: tuple(bounds) for fact, bounds in found.items()}


def _combined(columns: list[Any], rows: int) -> tuple[Any, list[tuple[int, ...]]]:
    """Number the distinct combinations of several columns; return the numbers and what each stands for."""
    numbers = pa.repeat(pa.scalar(0, pa.int32()), rows)
    keys: list[tuple[int, ...]] = [()]
    for values in columns:
        size = int(pc.max(values).as_py() or 0) + 1
        wide = pc.add(pc.multiply(numbers.cast(pa.int64()), size), values.cast(pa.int64()))
        coded = wide.dictionary_encode()
        keys = [(*keys[code // size], code % size) for code in coded.dictionary.to_pylist()]
        numbers = coded.indices
    return numbers, keys if rows else []
