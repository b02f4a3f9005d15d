"""Task: a source, and the map that says which of its columns is what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Mapping", "Source", "Task"]


class Source(Protocol):
    """Rows from somewhere, in chunks that are the same each time."""

    name: str
    size: int | None
    notes: tuple[Any, ...]

    def batches(self, start: int = 0) -> Iterator[Any]:
        """Yield the chunks from one on."""


class Mapping(Protocol):
    """Says which column is which fact, and how values translate."""

    digest: str
    id_columns: tuple[str, ...]

    def apply(self, batch: Any) -> Any:
        """Read a chunk by the vocabulary."""


@dataclass(frozen=True, slots=True)
class Task:
    """A source, and the map that its columns are read by."""

    source: Source
    mapping: Mapping
