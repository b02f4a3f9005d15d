"""Columns: a text column read value by distinct value, and taken back by index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.replay.mapping.reading import Fault, Reading
from dutyroute.replay.sources.batch import BadRow

__all__ = ["Column", "first_of", "read_column", "rejects", "texts_of", "trimmed"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as read."""

    values: Any
    """For each row its value, null where nothing is said; lists, or encoded by the distinct values."""
    faults: Any
    """For each row the name of its fault; null where there is none."""
    texts: Any
    """What was written."""


def texts_of(values: Any) -> Any:
    """Return a column as dictionary-encoded texts, whatever its type."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        if pa.types.is_string(kind.value_type):
            return values
        return pa.DictionaryArray.from_arrays(values.indices, values.dictionary.cast(pa.string()))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        coded = values.dictionary_encode()
        return pa.DictionaryArray.from_arrays(coded.indices, coded.dictionary.cast(pa.string()))
    if pa.types.is_string(kind):
        return values.dictionary_encode()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pc.binary_join(values.cast(pa.list_(pa.string())), "\x1f").dictionary_encode()
    coded = values.dictionary_encode()
    words = [None if value is None else _word(value) for value in coded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(words, pa.string()))


def trimmed(values: Any) -> Any:
    """Return a column's texts without the blanks around them, blank where nothing is said."""
    if pa.types.is_string(values.type):
        return pc.utf8_trim_whitespace(pc.fill_null(values, ""))
    coded = texts_of(values)
    words = pc.utf8_trim_whitespace(coded.dictionary)
    if coded.null_count:
        return pc.fill_null(pa.DictionaryArray.from_arrays(coded.indices, words).cast(pa.string()), "")
    return pa.DictionaryArray.from_arrays(coded.indices, words)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value)


def read_column(values: Any, reading: Reading, kind: Any) -> Column:
    """Read each distinct text once."""
    coded = texts_of(values)
    read = [None if text is None else reading(text) for text in coded.dictionary.to_pylist()]
    faults = [value.value if isinstance(value, Fault) else None for value in read]
    sound = [None if isinstance(value, Fault) else value for value in read]
    return Column(_spread(sound, kind, coded.indices), _faulty(faults, coded.indices), coded)


def _spread(values: Sequence[Any], kind: Any, indices: Any) -> Any:
    """Give each row its value; a null is a null of the row, so that nobody has to look for it."""
    if pa.types.is_list(kind):
        return pa.array(values, kind).take(indices)
    places: dict[Any, int] = {}
    at = [None if value is None else places.setdefault(value, len(places)) for value in values]
    return pa.DictionaryArray.from_arrays(pa.array(at, pa.int32()).take(indices), pa.array(places, kind))


def _faulty(faults: Sequence[str | None], indices: Any) -> Any:
    if not any(faults):
        return pa.nulls(len(indices), pa.string())
    return pa.array(faults, pa.string()).take(indices)


def first_of(columns: Sequence[Column]) -> Column:
    """Take for each row the first column that says something; a fault counts where none does."""
    if len(columns) == 1:
        return columns[0]
    values = pc.coalesce(*(_plain(each.values) for each in columns))
    faults = pc.coalesce(*(each.faults for each in columns))
    texts = [pc.fill_null(each.texts.cast(pa.string()), "") for each in columns]
    return Column(
        values,
        pc.if_else(pc.is_valid(values), pa.scalar(None, pa.string()), faults),
        pc.binary_join_element_wise(*texts, " / ").dictionary_encode(),
    )


def _plain(values: Any) -> Any:
    return values.dictionary_decode() if isinstance(values, pa.DictionaryArray) else values


def rejects(column: Column, rows: Any, name: str) -> list[BadRow]:
    """List the rows whose value is none."""
    if column.faults.null_count == len(column.faults):
        return []
    at = pc.indices_nonzero(pc.is_valid(column.faults))
    found = zip(
        rows.take(at).to_pylist(),
        column.texts.take(at).to_pylist(),
        column.faults.take(at).to_pylist(),
        strict=True,
    )
    return [BadRow(row, name, text or "", fault) for row, text, fault in found]
