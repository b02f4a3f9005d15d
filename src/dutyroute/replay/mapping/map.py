"""
What a map.yaml makes of the columns of a chunk.

That is facts, handler, area and id, column by column.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, TypeVar

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
    unsaid,
)
from dutyroute.replay.mapping.written import MapReader, several
from dutyroute.replay.sources.batch import BadRow, SourceBatch
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, UNKNOWN, Lookup, folded

_REMEMBERED = 50_000
"""How many texts of a column are remembered from chunk to chunk."""

_KINDS = {"bool": pa.bool_(), "int": pa.int64(), "date": pa.date32()}


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
    matter_raw: Any
    unread: Mapping[str, Counter[str]]
    """By fact, and by `handler`, the texts that mean nothing known, of rows that are not skipped."""


class Map:
    """What a map.yaml says, ready to read chunks."""

    needed: ClassVar[tuple[str, ...]] = (MATTER,)
    """The facts without which a row is rejected; others may be unknown."""
    reader: ClassVar[type[MapReader]] = MapReader

    def __init__(self, data: dict[str, Any], rulebook: Rulebook, path: str = "") -> None:
        """Take what `MapReader.read` returns."""
        words = rulebook.vocabulary
        self._made_of = data, rulebook, path
        self.path = path
        self.format: dict[str, Any] = data["format"]
        self.id_columns: tuple[str, ...] = data["id"]
        # Unfinished runs hold this digest: the form of `data` is part of their format.
        canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)
        self.digest: str = f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"
        self._facts: dict[str, dict[str, Any]] = data["facts"]
        self._handler: dict[str, Any] = data["handler"]
        self._area: tuple[str, ...] = data["area"].get("column", ())
        self._skip: dict[str, tuple[Any, ...]] = data["skip"]
        self.timezone: str | None = data.get("timezone") or rulebook.header.timezone
        zone = read_zone(self.timezone) if self.timezone else None
        self._words = words
        self._types = {name: words.facts[name] for name in self._facts}
        # Cached: a text comes again in every chunk, and each chunk asks for its distinct texts.
        self._readings: dict[str, Reading] = {}
        self._unreadable: dict[str, Callable[[str | None], tuple[str, ...]]] = {}
        for name, part in self._facts.items():
            values, dates = part.get("values") or {}, several(part.get("dates"))
            reading = fact_reading(words.facts[name], words, values, dates, zone)
            self._readings[name] = lru_cache(_REMEMBERED)(_split(reading, part, self._unknown(name)))
            self._unreadable[name] = lru_cache(_REMEMBERED)(partial(_unread, reading, part))
        kinds = (self._handler.get(kind) or {} for kind in ("values", "ends_with", "contains"))
        # Of a handler that nobody knows the row is kept, unless the map says otherwise.
        kept = {"otherwise": self._handler.get("otherwise", "unknown")}
        reading = handler_reading(words, *kinds)
        self._party: Reading = lru_cache(_REMEMBERED)(_split(reading, kept))
        self._unreadable["handler"] = lru_cache(_REMEMBERED)(partial(_unread, reading, kept))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._made_of

    def by(self, rulebook: Rulebook) -> Map:
        """Return the same map with the words of another rulebook; facts that it lacks are left out."""
        data, _, path = self._made_of
        facts = {name: part for name, part in data["facts"].items() if name in rulebook.vocabulary.facts}
        return Map({**data, "facts": facts}, rulebook, path)

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
        is_case = pc.invert(_are(bad, rows))
        facts, unread, matter = {}, {}, pa.nulls(table.num_rows, pa.string())
        for name, part in self._facts.items():
            column = self._fact(name, part, table)
            facts[name] = column.values
            unread[name] = self._unread(name, part.get("column", ()), table, column, is_case)
            if name == MATTER:
                matter = column.texts
            is_needed = name in self.needed and part.get("otherwise") != "unknown"
            bad += rejects(column, rows, " / ".join(part.get("column", ())), is_needed=is_needed)
        handler = raw = pa.nulls(table.num_rows, pa.string())
        if names := self._handler.get("column", ()):
            column = self._read(names, table, self._party, pa.string())
            handler, raw = column.values, column.texts
            bad += rejects(column, rows, " / ".join(names))
            unread["handler"] = self._unread("handler", names, table, column, is_case)
        # Rejected rows stay in every column, so that all columns have the same rows.
        rejected = _are(bad, rows)
        area = self._text(self._area, table) if self._area else None
        ids = self._text(self.id_columns, table) if self.id_columns else rows.cast(pa.string())
        unread = {name: counts for name, counts in unread.items() if counts}
        return Mapped(pa.table(facts), handler, raw, area, ids, tuple(bad), rejected, matter, unread)

    def _unread(
        self, name: str, columns: Iterable[str], table: Any, found: MappedColumn, is_case: Any
    ) -> Counter[str]:
        """Count the texts of which nothing was understood, where another column did not help either."""
        counts: Counter[str] = Counter()
        for column in columns:
            coded = texts_of(table.column(column))
            # Each distinct text once, and its rows only if it is not understood.
            unread = [self._unreadable[name](text) for text in coded.dictionary.to_pylist()]
            if any(unread):
                at = coded.indices.filter(pc.and_(is_case, pc.is_null(found.values)))
                for entry in at.drop_null().value_counts().to_pylist():
                    for text in unread[entry["values"]]:
                        counts[text] += entry["counts"]
        return counts

    def _fact(self, name: str, part: dict[str, Any], table: Any) -> MappedColumn:
        kind = _KINDS.get(self._types[name].type, pa.string())
        if name == MATTER and _is_list(part):
            kind = pa.list_(pa.string())
        if "column" in part:
            return self._read(part["column"], table, self._readings[name], kind, self._unknown(name))
        value = unsaid(self._types[name], self._words, part.get("value"))
        none = pa.nulls(table.num_rows, pa.string())
        return MappedColumn(pa.repeat(pa.scalar(value, kind), table.num_rows), none, none)

    def _unknown(self, fact: str) -> str | None:
        """Return what a fact is read as that is said to be unknown; None where that is the same as a blank."""
        return UNKNOWN if fact in self._words.unless_said else None

    def _read(
        self, names: Iterable[str], table: Any, reading: Reading, kind: Any, unknown: str | None = None
    ) -> MappedColumn:
        return first_of([read_column(table.column(name), reading, kind) for name in names], unknown)

    def _text(self, names: Sequence[str], table: Any) -> Any:
        """Return columns as one column of texts."""
        columns = [table.column(name) for name in names]
        if len(columns) == 1:
            return trimmed(columns[0])
        texts = [pc.fill_null(texts_of(column).cast(pa.string()), "") for column in columns]
        return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*texts, " / "))


M = TypeVar("M", bound=Map)


def load_map(path: str | Path, rulebook: Rulebook) -> Map:
    """
    Read a map.yaml.

    Raises:
        RulebookError: with every fault of the file, each with its place.
    """
    return load_kind(Map, path, rulebook)


def load_kind(kind: type[M], path: str | Path, rulebook: Rulebook) -> M:
    """Read a map of some kind, as `load_map` does."""
    reader = kind.reader(Path(path), rulebook)
    data = reader.read() if not reader.faults else {}
    if reader.faults:
        raise RulebookError(tuple(reader.faults))
    return kind(data, rulebook, str(path))


def _is_list(part: dict[str, Any]) -> bool:
    """Tell whether a text can mean several matters."""
    values = (part.get("values") or {}).values()
    return "separator" in part or any(isinstance(value, list) for value in values)


def _are(bad: Iterable[BadRow], rows: Any) -> Any:
    """Tell for each row whether it is among the bad ones."""
    return pc.is_in(rows, pa.array(sorted({each.row for each in bad}), pa.int64()))


def _parts(text: str, separator: str | None) -> list[str]:
    """Split a cell; `；` also separates what is written with `;`, as names are compared."""
    if not separator:
        return [text]
    # Of a separator that is a blank nothing is left.
    shown = folded(separator)
    return folded(text).split(shown) if shown else text.split(separator)


def _unread(reading: Reading, part: dict[str, Any], text: str | None) -> tuple[str, ...]:
    """List what of a cell is no value, as its author would write it into the map."""
    if text is None:
        return ()
    parts = _parts(text, part.get("separator"))
    return tuple(dict.fromkeys(each.strip() for each in parts if isinstance(reading(each), Fault)))


def _split(reading: Reading, part: dict[str, Any], unknown: str | None = None) -> Reading:
    """Split a text at the separator, where there is one; several matters are a list."""
    separator, is_list = part.get("separator"), _is_list(part)

    def read(text: str) -> Read:
        found = [reading(each) for each in _parts(text, separator)]
        fault = next((value for value in found if isinstance(value, Fault)), None)
        if fault is not None:
            # What is no value is unknown where the map says so; a cell of bytes that are no text is not.
            is_let_pass = part.get("otherwise") == "unknown" and (separator or fault not in UNREADABLE)
            return unknown if is_let_pass else fault
        if not is_list:
            return found[0]
        several = (value if isinstance(value, list) else [value] for value in found if value is not None)
        return list(dict.fromkeys(chain.from_iterable(several))) or None

    return read
