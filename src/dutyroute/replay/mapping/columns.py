"""A column of texts read value by distinct value, and taken back to the rows by index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.replay.mapping.reading import Fault, Reading
from dutyroute.replay.sources.batch import BadRow
from dutyroute.routing.arrow import coded as coded_column
from dutyroute.routing.arrow import coded_texts

__all__ = ["MappedColumn", "first_of", "read_column", "rejects", "texts_of", "trimmed"]


@dataclass(frozen=True, slots=True)
class MappedColumn:
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
        return coded_texts(values)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        coded = values.dictionary_encode()
        return pa.DictionaryArray.from_arrays(coded.indices, coded.dictionary.cast(pa.string()))
    if pa.types.is_string(kind) or pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return coded_column(values)
    coded = values.dictionary_encode()
    words = [None if value is None else _text(value) for value in coded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(words, pa.string()))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.date().isoformat() if isinstance(value, datetime) else str(value)


def trimmed(values: Any) -> Any:
    """Return a column's texts without the blanks around them, blank where nothing is said."""
    if pa.types.is_string(values.type):
        return pc.utf8_trim_whitespace(pc.fill_null(values, ""))
    coded = texts_of(values)
    words = pc.utf8_trim_whitespace(coded.dictionary)
    if coded.null_count:
        return pc.fill_null(pa.DictionaryArray.from_arrays(coded.indices, words).cast(pa.string()), "")
    return pa.DictionaryArray.from_arrays(coded.indices, words)


def read_column(values: Any, reading: Reading, kind: Any) -> MappedColumn:
    """Read each distinct text once."""
    coded = texts_of(values)
    read = [None if text is None else reading(text) for text in coded.dictionary.to_pylist()]
    faults = [value.value if isinstance(value, Fault) else None for value in read]
    sound = [None if isinstance(value, Fault) else value for value in read]
    if pa.types.is_list(kind):
        found = pa.array(sound, kind).take(coded.indices)
    else:
        # Texts that mean the same become one value. A null is a null of the row, not an entry
        # of the dictionary, so that nobody has to look for it.
        places: dict[Any, int] = {}
        at = [None if value is None else places.setdefault(value, len(places)) for value in sound]
        indices = pa.array(at, pa.int32()).take(coded.indices)
        found = pa.DictionaryArray.from_arrays(indices, pa.array(places, kind))
    none = pa.nulls(len(coded), pa.string())
    return MappedColumn(
        found, pa.array(faults, pa.string()).take(coded.indices) if any(faults) else none, coded
    )


def first_of(columns: Sequence[MappedColumn]) -> MappedColumn:
    """Take for each row the first column that says something; a fault counts where none does."""
    if len(columns) == 1:
        return columns[0]
    plain = (each.values for each in columns)
    values = pc.coalesce(*(v.dictionary_decode() if isinstance(v, pa.DictionaryArray) else v for v in plain))
    faults = pc.coalesce(*(each.faults for each in columns))
    texts = [pc.fill_null(each.texts.cast(pa.string()), "") for each in columns]
    return MappedColumn(
        values,
        pc.if_else(pc.is_valid(values), pa.scalar(None, pa.string()), faults),
        pc.binary_join_element_wise(*texts, " / ").dictionary_encode(),
    )


def rejects(column: MappedColumn, rows: Any, name: str) -> list[BadRow]:
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
