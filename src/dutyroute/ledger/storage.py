"""What a ledger asks of the place where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final, Protocol

from dutyroute.ledger.entry import Entry
from dutyroute.ledger.redaction import Salt

__all__ = ["FORMAT", "Batch", "Compose", "Storage"]

FORMAT: Final = 1
"""The number of the tables' form; a later one is refused, not guessed at."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that are written together or not at all, and their salts."""

    entries: tuple[Entry, ...]
    salts: tuple[Salt, ...] = ()


Compose = Callable[[int, str], Batch]
"""Makes the entries that follow the last one, given its number and digest."""


class Storage(Protocol):
    """A place that keeps entries; SQLite and PostgreSQL are such places."""

    path: str
    """The place as messages name it, passwords left out."""

    def append(self, compose: Compose) -> Batch:
        """Write the next entries in one transaction; return when they are durable."""
        ...

    def entries(self, start: int) -> Generator[Entry, None, None]:
        """Yield the entries from a number on, as they are stored."""
        ...

    def special(self, start: int) -> Generator[Entry, None, None]:
        """Yield the entries from a number on that are no decisions."""
        ...

    def salt(self, number: int, key: str) -> str | None:
        """Return what a value was mixed with; None once it is wiped."""
        ...

    def wipe(self, number: int) -> int:
        """Wipe the salts of an entry; return how many there were."""
        ...

    def inspect(self) -> str | None:
        """Say what the database itself finds broken; None where nothing is."""
        ...

    def close(self) -> None:
        """Let go of the place."""
        ...
