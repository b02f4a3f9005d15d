"""Rows that repeat an earlier row word for word."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.control import LOOKED_AT
from dutyroute.formats.atomic import write_whole

_SIZE = 8
"""Bytes of a fingerprint: of 250,000 rows, two different ones have the same once in 600 million runs."""
_BETWEEN = b"\x1f"
_NULL = b"\x00"
_NOTHING = _BETWEEN + _NULL + b" \t"


class Repeats:
    """
    Counts rows that repeat an earlier one in every column that it is given.

    Only the first `LOOKED_AT` rows of all are looked at, so that memory stays
    flat; the count says so.
    """

    def __init__(self, parts: Iterable[Path] = ()) -> None:
        self._seen: set[bytes] = set()
        self._fresh: list[bytes] = []
        self.rows: int = 0
        for part in parts:
            written = part.read_bytes()
            self.rows = int.from_bytes(written[:_SIZE], "big")
            self._seen.update(written[at : at + _SIZE] for at in range(_SIZE, len(written), _SIZE))

    def read(self, table: Any, *, skips_blank: bool = False) -> list[int]:
        """
        Look at the rows of a chunk; return the places of those that repeat an earlier one.

        With `skips_blank`, a row that says nothing repeats none.
        """
        rows = table.slice(0, max(LOOKED_AT - self.rows, 0))
        if not rows.num_rows or not rows.num_columns:
            return []
        self.rows += rows.num_rows
        columns = map(_bytes, rows.columns)
        joined = pc.binary_join_element_wise(
            *columns, pa.scalar(_BETWEEN), null_handling="replace", null_replacement=_NULL
        )
        repeated = []
        for place, text in enumerate(joined.to_pylist()):
            if skips_blank and not text.strip(_NOTHING):
                continue
            found = hashlib.blake2b(text, digest_size=_SIZE).digest()
            if found in self._seen:
                repeated.append(place)
            else:
                self._seen.add(found)
                self._fresh.append(found)
        return repeated

    def save(self, path: Path) -> None:
        """Write what was seen since the last time, so that a run can be resumed."""
        with write_whole(path) as stream:
            stream.write(self.rows.to_bytes(_SIZE, "big") + b"".join(self._fresh))
        self._fresh = []


def _bytes(values: Any) -> Any:
    plain = values.dictionary_decode() if isinstance(values, pa.DictionaryArray) else values
    if pa.types.is_binary(plain.type) or pa.types.is_large_binary(plain.type):
        return plain.cast(pa.binary())
    if pa.types.is_nested(plain.type):
        return pa.array([repr(value).encode() for value in plain.to_pylist()], pa.binary())
    return plain.cast(pa.string()).cast(pa.binary())
