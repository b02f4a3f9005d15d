"""A ledger as a text file: one line an entry, closed by the root over all."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from dutyroute.errors import LedgerError
from dutyroute.ledger.audit import Walk
from dutyroute.ledger.canonical import canonical
from dutyroute.ledger.entry import Entry
from dutyroute.ledger.failure import failure
from dutyroute.ledger.storage import FORMAT, Batch, Compose

__all__ = ["ExportStorage", "write"]

_NAME: Final = "dutyroute-ledger"
_OPENING: Final = f'{{"{_NAME}":{FORMAT}}}'


def write(path: Path, origin: str, entries: Iterable[Entry]) -> int:
    """
    Write entries to a file that is there whole or not at all; return their number.

    Raises:
        LedgerCorruptError: if an entry is not what was written.
        LedgerError: if the file cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    walk = Walk(origin)
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in _lines(walk, entries))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise failure(str(path), error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return walk.size


def _lines(walk: Walk, entries: Iterable[Entry]) -> Iterator[str]:
    yield _OPENING
    for entry in entries:
        walk.take(entry)
        yield _line(entry)
    yield canonical({"head": walk.head, "root": walk.tree.root(), "size": walk.size})


def _line(entry: Entry) -> str:
    return (
        f'{{"at":"{entry.at}","body":{entry.body},"digest":"{entry.digest}",'
        f'"kind":"{entry.kind}","number":{entry.number},"previous":"{entry.previous}"}}'
    )


class ExportStorage:
    """Reads a ledger from its export; nothing can be added to one."""

    def __init__(self, path: Path) -> None:
        self.file = path
        self.path = str(path)

    @staticmethod
    def is_one(path: Path) -> bool:
        """Tell whether a file begins as an export does."""
        try:
            with path.open("rb") as file:
                return file.read(len(_NAME) + 3).startswith(b'{"' + _NAME.encode())
        except OSError:
            return False

    def append(self, compose: Compose) -> Batch:
        """Refuse: an export is a copy."""
        raise LedgerError(self.path, "ledger-export")

    def entries(self, start: int) -> Generator[Entry, None, None]:
        """Yield the entries from a number on, as they stand in the file."""
        walk, line = Walk(self.path), _OPENING
        try:
            with self.file.open(encoding="utf-8", newline="\n") as file:
                for line in file:
                    if line != f"{_OPENING}\n" and not line.startswith('{"head":'):
                        entry = self._read(line.removesuffix("\n"), walk)
                        walk.take(entry)
                        if entry.number >= start:
                            yield entry
        except UnicodeDecodeError as error:
            raise walk.fault("ledger-unreadable", detail=str(error)) from error
        except OSError as error:
            raise failure(self.path, error) from error
        closing = canonical({"head": walk.head, "root": walk.tree.root(), "size": walk.size})
        if line != f"{closing}\n":
            raise walk.fault("ledger-unclosed")

    def special(self, start: int) -> Generator[Entry, None, None]:
        """Yield the entries from a number on that are no decisions."""
        return (entry for entry in self.entries(start) if entry.kind != "decision")

    def salt(self, number: int, key: str) -> str | None:
        """Return None: an export carries no salts."""
        return None

    def wipe(self, number: int) -> int:
        """Return 0: an export carries no salts."""
        return 0

    def inspect(self) -> str | None:
        """Return None: a file is read line by line as it is audited."""
        return None

    def close(self) -> None:
        """Do nothing: the file is open only while it is read."""

    def _read(self, line: str, walk: Walk) -> Entry:
        """Read one line; it must be exactly the line that would be written."""
        try:
            found = json.loads(line)
            found["body"] = canonical(found["body"])
            entry = Entry(**found)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise walk.fault("ledger-shape") from error
        if _line(entry) != line:
            raise walk.fault("ledger-shape")
        return entry
