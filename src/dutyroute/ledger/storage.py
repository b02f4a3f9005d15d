"""What a ledger asks of the place where it is kept."""

from __future__ import annotations

import errno
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Generator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from dutyroute.errors import LedgerError
from dutyroute.ledger.entry import Entry, Key, Salt
from dutyroute.messages.reason import reason

_Made = TypeVar("_Made")

COLUMNS: Final = "number, kind, at, body, previous, digest"
"""The columns of the table of entries, as the fields of `Entry`."""

FORMAT: Final = 1
"""The version of the tables; a ledger of a later version is refused, not guessed at."""

_REASONS: Final = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "ledger-full"),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "ledger-read-only"),
}


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that are written together or not at all, with their salts and keys."""

    entries: tuple[Entry, ...]
    salts: tuple[Salt, ...] = ()
    keys: tuple[Key, ...] = ()


Compose = Callable[[int, str], Batch]
"""
Makes the next entries, given the number and digest of the last one.

A storage calls it inside the transaction that keeps other writers out: only
there is it known which entry is the last. It may be called again after a failed
attempt.
"""


class PerProcess(Generic[_Made]):
    """
    Something that each process makes for itself.

    A child that is forked inherits its parent's connections and locks, but may use
    neither: two processes on one connection mix up their messages, and a lock that
    another thread of the parent held is never released. `os.register_at_fork`
    would not see a fork by a library in C, so the process is looked at each time.
    """

    def __init__(self, make: Callable[[], _Made]) -> None:
        self._make = make
        # What belongs to a parent stays here and is never closed: closing it would end the parent's.
        self._made: dict[int, _Made] = {}

    def get(self) -> _Made:
        """Return what this process has made; make it where there is none."""
        process = os.getpid()
        found = self._made.get(process)
        # Of two threads that make one at the same time, both go on with the first.
        return self._made.setdefault(process, self._make()) if found is None else found

    def drop(self) -> _Made | None:
        """Give up what this process has made, and return it to be closed."""
        return self._made.pop(os.getpid(), None)


class Storage(ABC):
    """
    A place that keeps entries: a SQLite file, a PostgreSQL database, an export.

    What is not abstract here is right for a place without salts that cannot
    check itself, such as an export.
    """

    path: str
    """The place as messages name it, passwords left out."""

    @abstractmethod
    def append(self, compose: Compose) -> Batch:
        """Write the next entries in one transaction; return when they are durable."""

    @abstractmethod
    def entries(self, start: int, *, skips_decisions: bool = False) -> Generator[Entry, None, None]:
        """Yield the entries from a number on, as they are stored; close it to stop early."""

    def keyed(self, keys: Collection[str]) -> Mapping[str, tuple[str, Entry]]:
        """Return the entries recorded under keys, each with the digest of its incident."""
        return {}

    def salt(self, number: int, key: str) -> str | None:
        """Return the salt of a redacted value; None once it is wiped."""
        return None

    def wipe(self, number: int) -> int:
        """Wipe the salts of an entry; return how many there were."""
        return 0

    def inspect(self) -> tuple[str, str] | None:
        """Return what is wrong with the database itself: the code of a message, and what fills it."""
        return None

    def close(self) -> None:  # noqa: B027 - an export is open only while it is read
        """Release the file or the connections."""


def system_error(path: str, error: OSError) -> LedgerError:
    """Turn an error of the operating system into one of the ledger."""
    code = _REASONS.get(error.errno or 0, "ledger-system")
    return LedgerError(path, code, {"detail": reason(error)})
