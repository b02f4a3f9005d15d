"""Arrow columns as numbers: each distinct value is looked at once, each row says which it has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.formats.timestamp import day_of

SEPARATOR: Final = "\x1f"
"""The separator of a list's words when it is read as one text; no word contains it."""


def whole(values: Any) -> Any:
    """Return a column, chunked or not, as one array."""
    if not isinstance(values, pa.ChunkedArray):
        return values
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()


def coded(values: Any, zone: tzinfo | None = None) -> Any:
    """
    Encode an array by its distinct values; a list by its joined words, a moment by its day.

    Moments in UTC stay moments where no zone says which day it is.

    Raises:
        TypeError: for values of a type that no fact has.
    """
    kind = values.type
    if isinstance(values, pa.ExtensionArray):
        return coded(values.storage, zone)
    if pa.types.is_run_end_encoded(kind):
        return coded(pc.run_end_decode(values), zone)
    if pa.types.is_dictionary(kind):
        return coded(values.dictionary_decode(), zone) if pa.types.is_timestamp(kind.value_type) else values
    try:
        if hasattr(kind, "value_type"):
            is_plain = pa.types.is_list(kind) or pa.types.is_large_list(kind)
            listed = values if is_plain else pa.array(values.to_pylist(), pa.list_(pa.string()))
            return _listed(listed.cast(pa.list_(pa.string())))
        if not pa.types.is_timestamp(kind):
            return values.dictionary_encode()
        if kind.tz is None:
            return values.cast(pa.date32(), safe=False).dictionary_encode()
        # In all zones offsets have been multiples of a quarter of an hour since 1972: few moments are left.
        quarters = pc.floor_temporal(values.cast(pa.timestamp("us"), safe=False), 15, unit="minute")
        found = quarters.dictionary_encode()
        moments = [moment.replace(tzinfo=UTC) for moment in found.dictionary.to_pylist()]
    except (pa.ArrowException, ValueError, OverflowError):
        raise TypeError(str(kind)) from None
    named = pa.array(moments, pa.timestamp("us", "UTC"))
    if zone is not None:
        named = pa.array([day_of(moment, zone) for moment in moments], pa.date32())
    return pa.DictionaryArray.from_arrays(found.indices, named)


def _listed(values: Any) -> Any:
    """Encode lists of words, each joined to one text; an empty one holds the separator alone."""
    joined = pc.binary_join(values, SEPARATOR)
    if values.flatten().null_count or pc.min(pc.list_value_length(values)).as_py() == 0:
        # A null within a list is a word that nobody wrote, not a list that is unknown.
        rows = (None if row is None else [each or "" for each in row] for row in values.to_pylist())
        joined = pa.array(
            [None if row is None else SEPARATOR.join(row) or SEPARATOR for row in rows], pa.string()
        )
    return joined.dictionary_encode()


def coded_texts(values: Any) -> Any:
    """Encode a column by its distinct values, which are texts or cast to texts."""
    found = whole(values)
    if not isinstance(found, pa.DictionaryArray):
        return found.cast(pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(found.indices, found.dictionary.cast(pa.string()))


def texts(values: Any) -> Any:
    """Return a column as one array of plain texts."""
    found = whole(values)
    if isinstance(found, pa.DictionaryArray):
        return found.dictionary.cast(pa.string()).take(found.indices)
    return found.cast(pa.string())


def spread(words: Sequence[str | None], index: Any) -> Any:
    """Give each row its word; `index` says for each row which of the words."""
    return pa.array(words, pa.string()).dictionary_encode().take(index)


def combined(
    columns: Sequence[Any], rows: int, most: int | None = None
) -> tuple[Any, list[tuple[int, ...]]] | None:
    """
    Number the distinct combinations of columns of numbers, in the order in which they come.

    Returns for each row its number, and for each number what it combines; None
    where there are more than `most`.
    """
    numbers: Any = pa.repeat(pa.scalar(0, pa.int32()), rows)
    keys: list[tuple[int, ...]] = [()] if rows else []
    for values in columns if rows else ():
        size = pc.max(values).as_py() + 1
        # 64 bits hold the product: the first factor counts rows, the second one column's values.
        wide = pc.add(pc.multiply(numbers.cast(pa.int64()), size), values.cast(pa.int64()))
        found = wide.dictionary_encode()
        if most is not None and len(found.dictionary) > most:
            return None
        keys = [(*keys[code // size], code % size) for code in found.dictionary.to_pylist()]
        numbers = found.indices
    return numbers, keys
