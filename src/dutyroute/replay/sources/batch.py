"""Some rows of a source as columns, and the rows that could not be split into columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.errors import ReplayError
from dutyroute.messages import Lang, text

# INVARIANT: chunks of unfinished runs are counted by this size.
ROWS: Final = 65_536
"""How many rows a chunk has at most."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row, or a value in it, that cannot be read; `values` fill the words of the reason."""

    row: int
    column: str
    value: str
    reason: str
    values: Mapping[str, object] = field(default_factory=dict)

    def describe(self, lang: Lang) -> str:
        """Say why."""
        return text(self.reason, lang).said(self.values)


@dataclass(frozen=True, slots=True)
class SourceBatch:
    """
    A chunk: rows as columns, and beside them those that could not be split.

    `rows` holds the number of each row of the table in its source, from 1, the
    headings not counted; `done` how much of the source is behind, in the unit of its size.
    """

    rows: Any
    table: Any
    bad: tuple[BadRow, ...]
    done: int


@dataclass(frozen=True, slots=True)
class Recount:
    """
    What was found of a source without its reader: its rows, None if they cannot be counted so.

    `by` names the means; `lines` are those of a text, `digest` is over all bytes.
    """

    rows: int | None = None
    by: str | None = None
    lines: int | None = None
    digest: str | None = None


class Chunked:
    """A source that always yields the same chunks; a file that changes meanwhile is refused."""

    name: str
    before: tuple[Path, tuple[int, ...]] | None = None
    """A file, and what `state_of` said of it before it was opened; None where it may change."""
    is_numbered_by_line: bool = True
    """Whether a row has the number of its line in the file, where it has one."""
    encoding: str | None = None
    delimiter: str | None = None
    cells: Mapping[str, Any] = {}

    def batches(self, start: int = 0) -> Iterator[SourceBatch]:
        """
        Yield the chunks from number `start` on.

        Raises:
            ReplayError: if the source cannot be read on.
        """
        with self.unchanged():
            yield from islice(self._chunks(), start, None)

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """
        Check that the file is still the one that was opened, also where half of it cannot be read.

        Raises:
            ReplayError: if it is not: some rows are of one file and some of another.
        """
        fault = None
        try:
            yield
        except Exception as error:  # a file that was cut off may be anything to what reads it
            fault = error
        if self.before is not None and state_of(self.before[0]) != self.before[1]:
            raise ReplayError("source-changed", {"source": self.name}) from fault
        if fault is not None:
            raise fault

    def _chunks(self) -> Iterator[SourceBatch]:
        raise NotImplementedError

    def recount(self) -> Recount:
        """Count the rows by other means than the reader's."""
        raise NotImplementedError


def state_of(path: Path) -> tuple[int, ...]:
    """Return what shows that a file was written to or replaced; nothing for one that is gone."""
    try:
        about = path.stat()
    except OSError:
        return ()
    return about.st_size, about.st_mtime_ns, about.st_ino


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """
    Name columns apart: a second `街道` is `街道.2`, one without a heading by its place.

    >>> distinct(["街道", "", "街道 "])
    ('街道', '#2', '街道.2')
    """
    found: dict[str, None] = {}
    for place, written in enumerate(names, 1):
        name = written.strip().replace("\r\n", "\n") or f"#{place}"
        # A heading may already be called `街道.2`.
        count, fresh = 1, name
        while fresh in found:
            count += 1
            fresh = f"{name}.{count}"
        found[fresh] = None
    return tuple(found)


def repeated(names: Sequence[str]) -> dict[str, dict[str, object]]:
    """Note the headings that are over several columns."""
    told = [name.strip() for name in names if name.strip()]
    several = dict.fromkeys(name for name in told if told.count(name) > 1)
    return {"note-columns-twice": {"columns": "、".join(several)}} if several else {}


def counted(first: int, count: int) -> Any:
    """Number rows one after the other."""
    return pc.add(_numbers(max(count, ROWS)).slice(0, count), first)


@cache
def _numbers(count: int) -> Any:
    # Made once: turning Python's numbers into Arrow's takes longer than to add to all of them.
    return pa.array(range(count), pa.int64())


def text_batch(
    rows: Sequence[tuple[int, Sequence[Any]]], columns: Sequence[str], done: int, bad: Sequence[BadRow] = ()
) -> SourceBatch:
    """Make a chunk of numbered rows of texts."""
    numbers = pa.array([number for number, _ in rows], pa.int64())
    listed = list(zip(*(row for _, row in rows), strict=True)) if rows else [()] * len(columns)
    table = pa.record_batch([pa.array(each, pa.string()) for each in listed], names=list(columns))
    return SourceBatch(numbers, table, tuple(bad), done)
