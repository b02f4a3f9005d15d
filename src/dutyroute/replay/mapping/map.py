"""A map turns the columns of a chunk into facts, handler, area and id, column by column."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.diagnostics import nearest
from dutyroute.errors import ReplayError, RulebookError
from dutyroute.replay.mapping.reading import (
    Fault,
    MappedColumn,
    Read,
    Reading,
    fact_reading,
    first_of,
    handler_reading,
    read_column,
    rejects,
    texts_of,
    trimmed,
)
from dutyroute.replay.mapping.written import MapReader
from dutyroute.replay.sources.batch import BadRow, SourceBatch
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["Map", "Mapped", "load_map"]

_REMEMBERED = 50_000
"""How many texts of a column are remembered from chunk to chunk."""

_KINDS = {"bool": pa.bool_(), "int": pa.int64(), "date": pa.date32()}


def load_map(path: str | Path, rulebook: Rulebook) -> Map:
    """
    Read a map.yaml.

    Raises:
        RulebookError: with every fault of the file, each with its place.
    """
    reader = MapReader(Path(path), rulebook)
    data = reader.read() if not reader.faults else {}
    if reader.faults:
        raise RulebookError(tuple(reader.faults))
    return Map(data, rulebook)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A chunk as the map reads it, column by column; rejected rows are still in every column."""

    facts: Any
    handler: Any
    handler_raw: Any
    area: Any
    id: Any
    rejects: tuple[BadRow, ...]
    rejected: Any


class Map:
    """What a map.yaml says, ready to read chunks."""

    def __init__(self, data: dict[str, Any], rulebook: Rulebook) -> None:
        """Take what `MapReader.read` returns."""
        words = rulebook.vocabulary
        self._made_of = data, rulebook
        self.format: dict[str, Any] = data["format"]
        self.id_columns: tuple[str, ...] = data["id"]
        # Unfinished runs hold this digest: the form of `data` is part of their format.
        canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)
        self.digest: str = f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"
        self._facts: dict[str, dict[str, Any]] = data["facts"]
        self._handler: dict[str, Any] = data["handler"]
        self._area: tuple[str, ...] = data["area"].get("column", ())
        self._skip: dict[str, tuple[Any, ...]] = data["skip"]
        self._types = {name: words.facts[name] for name in self._facts}
        # Cached: a text comes again in every chunk, and each chunk asks for its distinct texts.
        self._readings: dict[str, Reading] = {}
        for name, part in self._facts.items():
            reading = fact_reading(
                words.facts[name], words, part.get("values") or {}, part.get("dates") or ()
            )
            self._readings[name] = lru_cache(_REMEMBERED)(_several(reading, part))
        kinds = (self._handler.get(kind) or {} for kind in ("values", "ends_with", "contains"))
        party = _otherwise(handler_reading(words, *kinds), self._handler.get("otherwise", "unknown"))
        self._party: Reading = lru_cache(_REMEMBERED)(party)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._made_of

    def columns(self) -> Iterator[str]:
        """Yield the columns that the map names."""
        for part in (*self._facts.values(), self._handler):
            yield from part.get("column", ())
        yield from (*self.id_columns, *self._area, *self._skip)

    def fit(self, source: str, columns: Sequence[str]) -> None:
        """
        Check that a source has every column that the map names.

        Raises:
            ReplayError: naming the first that it lacks.
        """
        for column in self.columns():
            if column not in columns:
                near, known = nearest(column, columns), "、".join(columns)
                values = {"source": source, "column": column, "suggestion": near, "known": known}
                raise ReplayError("map-no-such-column", values)

    def apply(self, batch: SourceBatch) -> Mapped:
        """Read a chunk by the vocabulary; what cannot be read is listed and marked."""
        table, rows = batch.table, batch.rows
        bad = list(self._skipped(table, rows))
        facts = {}
        for name, part in self._facts.items():
            column = self._fact(name, part, table)
            facts[name] = column.values
            shown = " / ".join(part.get("column", ()))
            bad += rejects(column, rows, shown)
            # Other facts may be unknown; without a matter there is nothing to decide.
            if name == MATTER and part.get("otherwise") != "unknown":
                bad += _missing(column, rows, shown)
        handler = raw = pa.nulls(table.num_rows, pa.string())
        if names := self._handler.get("column", ()):
            column = self._read(names, table, self._party, pa.string())
            handler, raw = column.values, column.texts
            bad += rejects(column, rows, " / ".join(names))
        # Rejected rows stay in every column, so that all columns have the same rows.
        rejected = pc.is_in(rows, pa.array(sorted({each.row for each in bad}), pa.int64()))
        area = self._text(self._area, table) if self._area else None
        ids = self._text(self.id_columns, table) if self.id_columns else rows.cast(pa.string())
        return Mapped(pa.table(facts), handler, raw, area, ids, tuple(bad), rejected)

    def _fact(self, name: str, part: dict[str, Any], table: Any) -> MappedColumn:
        is_list = "separator" in part or any(isinstance(v, list) for v in _values(part))
        kind = _KINDS.get(self._types[name].type, pa.string())
        if name == MATTER and is_list:
            kind = pa.list_(pa.string())
        if "column" in part:
            return self._read(part["column"], table, self._readings[name], kind)
        value = part.get("value")
        constant = date.fromisoformat(value) if kind == pa.date32() and isinstance(value, str) else value
        none = pa.nulls(table.num_rows, pa.string())
        return MappedColumn(pa.repeat(pa.scalar(constant, kind), table.num_rows), none, none)

    def _read(self, names: Iterable[str], table: Any, reading: Reading, kind: Any) -> MappedColumn:
        return first_of([read_column(_named(table, name), reading, kind) for name in names])

    def _skipped(self, table: Any, rows: Any) -> Iterator[BadRow]:
        for name, values in self._skip.items():
            texts = texts_of(_named(table, name))
            wanted = {str(value) for value in values}
            at = [text in wanted for text in texts.dictionary.to_pylist()]
            hit = pc.fill_null(pa.array(at, pa.bool_()).take(texts.indices), False)
            for place in pc.indices_nonzero(hit).to_pylist():
                yield BadRow(rows[place].as_py(), name, texts[place].as_py(), "row-skipped")

    def _text(self, names: Sequence[str], table: Any) -> Any:
        """Return columns as one column of texts."""
        columns = [_named(table, name) for name in names]
        if len(columns) == 1:
            return trimmed(columns[0])
        texts = [pc.fill_null(texts_of(column).cast(pa.string()), "") for column in columns]
        return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*texts, " / "))


def _values(part: dict[str, Any]) -> Iterable[Any]:
    return (part.get("values") or {}).values()


def _several(reading: Reading, part: dict[str, Any]) -> Reading:
    """Split a text at the separator, where there is one; several matters are a list."""
    separator = part.get("separator")
    whole = _otherwise(reading, part.get("otherwise", "reject"))
    if separator is None:
        if not any(isinstance(value, list) for value in _values(part)):
            return whole
        return lambda text: [found] if isinstance(found := whole(text), str) else found

    def read(text: str) -> Read:
        found = [reading(each) for each in text.split(separator)]
        fault = next((value for value in found if isinstance(value, Fault)), None)
        if fault is not None:
            return None if part.get("otherwise") == "unknown" else fault
        several = (value if isinstance(value, list) else [value] for value in found if value is not None)
        return list(dict.fromkeys(chain.from_iterable(several))) or None

    return read


def _otherwise(reading: Reading, otherwise: str) -> Reading:
    """Take what is no value for unknown where the map says so; bytes that are no text never."""
    if otherwise != "unknown":
        return reading

    def read(text: str) -> Read:
        found = reading(text)
        return None if isinstance(found, Fault) and found is not Fault.BYTES else found

    return read


def _missing(column: MappedColumn, rows: Any, name: str) -> Iterator[BadRow]:
    """List the rows that say nothing of their matter."""
    if not column.values.null_count:
        return
    at = pc.indices_nonzero(pc.and_(pc.is_null(column.values), pc.is_null(column.faults)))
    texts = column.texts.take(at).to_pylist()
    for row, text in zip(rows.take(at).to_pylist(), texts, strict=True):
        yield BadRow(row, name, text or "", "value-missing")


def _named(table: Any, name: str) -> Any:
    return table.column(table.schema.get_field_index(name))
