"""
What a map.yaml makes of the columns of a chunk.

That is facts, handler, area and id, column by column.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.diagnostics import nearest
from dutyroute.errors import ReplayError, RulebookError
from dutyroute.formats.timestamp import read_zone
from dutyroute.replay.mapping.reading import (
    UNREADABLE,
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
from dutyroute.replay.mapping.written import MapReader, several
from dutyroute.replay.sources.batch import BadRow, SourceBatch
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Lookup, folded

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
        written = data.get("timezone")
        zone = rulebook.header.zone if written is None else read_zone(written)
        self._types = {name: words.facts[name] for name in self._facts}
        # Cached: a text comes again in every chunk, and each chunk asks for its distinct texts.
        self._readings: dict[str, Reading] = {}
        for name, part in self._facts.items():
            values, dates = part.get("values") or {}, several(part.get("dates"))
            reading = fact_reading(words.facts[name], words, values, dates, zone)
            self._readings[name] = lru_cache(_REMEMBERED)(_split(reading, part))
        kinds = (self._handler.get(kind) or {} for kind in ("values", "ends_with", "contains"))
        # Of a handler that nobody knows the row is kept, unless the map says otherwise.
        kept = {"otherwise": self._handler.get("otherwise", "unknown")}
        self._party: Reading = lru_cache(_REMEMBERED)(_split(handler_reading(words, *kinds), kept))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._made_of

    def by(self, rulebook: Rulebook) -> Map:
        """Return the same map with the words of another rulebook; facts that it lacks are left out."""
        data, _ = self._made_of
        facts = {name: part for name, part in data["facts"].items() if name in rulebook.vocabulary.facts}
        return Map({**data, "facts": facts}, rulebook)

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
        bad: list[BadRow] = []
        for name, values in self._skip.items():
            skipped = Lookup(dict.fromkeys(map(str, values), Fault.SKIPPED))
            column = read_column(table.column(name), skipped.__getitem__, pa.string())
            bad += rejects(column, rows, name)
        facts = {}
        for name, part in self._facts.items():
            column = self._fact(name, part, table)
            facts[name] = column.values
            # Other facts may be unknown; without a matter there is nothing to decide.
            is_needed = name == MATTER and part.get("otherwise") != "unknown"
            bad += rejects(column, rows, " / ".join(part.get("column", ())), is_needed=is_needed)
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
        kind = _KINDS.get(self._types[name].type, pa.string())
        if name == MATTER and _is_list(part):
            kind = pa.list_(pa.string())
        if "column" in part:
            return self._read(part["column"], table, self._readings[name], kind)
        value = part.get("value")
        none = pa.nulls(table.num_rows, pa.string())
        return MappedColumn(pa.repeat(pa.scalar(value, kind), table.num_rows), none, none)

    def _read(self, names: Iterable[str], table: Any, reading: Reading, kind: Any) -> MappedColumn:
        return first_of([read_column(table.column(name), reading, kind) for name in names])

    def _text(self, names: Sequence[str], table: Any) -> Any:
        """Return columns as one column of texts."""
        columns = [table.column(name) for name in names]
        if len(columns) == 1:
            return trimmed(columns[0])
        texts = [pc.fill_null(texts_of(column).cast(pa.string()), "") for column in columns]
        return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*texts, " / "))


def _is_list(part: dict[str, Any]) -> bool:
    """Tell whether a text can mean several matters."""
    values = (part.get("values") or {}).values()
    return "separator" in part or any(isinstance(value, list) for value in values)


def _split(reading: Reading, part: dict[str, Any]) -> Reading:
    """Split a text at the separator, where there is one; several matters are a list."""
    separator, is_list = part.get("separator"), _is_list(part)
    # Compared as names are: `；` also separates what is written with `;`. Of blanks nothing would be left.
    shown = folded(separator) if separator else ""

    def read(text: str) -> Read:
        parts = folded(text).split(shown) if shown else text.split(separator) if separator else [text]
        found = [reading(each) for each in parts]
        fault = next((value for value in found if isinstance(value, Fault)), None)
        if fault is not None:
            # What is no value is unknown where the map says so; a cell of bytes that are no text is not.
            is_let_pass = part.get("otherwise") == "unknown" and (separator or fault not in UNREADABLE)
            return None if is_let_pass else fault
        if not is_list:
            return found[0]
        several = (value if isinstance(value, list) else [value] for value in found if value is not None)
        return list(dict.fromkeys(chain.from_iterable(several))) or None

    return read
