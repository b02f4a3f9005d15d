"""A ledger as a text file: one line for each entry, closed by the root over all."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Final

from dutyroute.errors import LedgerError
from dutyroute.formats.atomic import write_named
from dutyroute.ledger.audit import ChainVerifier
from dutyroute.ledger.canonical import canonical
from dutyroute.ledger.entry import Entry
from dutyroute.ledger.storage import FORMAT, Batch, Compose, Storage, system_error
from dutyroute.messages.reason import reason

_NAME: Final = "dutyroute-ledger"
_OPENING: Final = f'{{"{_NAME}":{FORMAT}}}'


def write(path: Path, chain: ChainVerifier, entries: Iterable[Entry]) -> int:
    """
    Write entries to a file, whole or not at all; return their number.

    `chain` verifies them on the way, so that a corrupt ledger is not copied.

    Raises:
        LedgerCorruptError: if an entry is not what was written.
        LedgerError: if the file cannot be written.
    """
    try:
        with write_named(path) as file:
            # As the ledger itself: it names people. Where a file is there, its own mode stays.
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # a device is everybody's
                os.fchmod(file.fileno(), 0o600)
            file.write(f"{_OPENING}\n".encode())
            for entry in entries:
                chain.add(entry)
                file.write(f"{_line(entry)}\n".encode())
            file.write(f"{_closing(chain)}\n".encode())
    except OSError as error:
        raise system_error(str(path), error) from error
    return chain.size


def _line(entry: Entry) -> str:
    # Canonical JSON of the entry with its body unquoted, written by hand as in `seal`.
    return (
        f'{{"at":"{entry.at}","body":{entry.body},"digest":"{entry.digest}",'
        f'"kind":"{entry.kind}","number":{entry.number},"previous":"{entry.previous}"}}'
    )


def _closing(chain: ChainVerifier) -> str:
    """Write the last line: without it, nobody could tell that lines at the end are missing."""
    return canonical({"head": chain.head, "root": chain.tree.root(), "size": chain.size})


class ExportStorage(Storage):
    """Reads a ledger from its export; nothing can be added to one."""

    def __init__(self, path: Path) -> None:
        self.file = path
        self.path: str = str(path)

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

    def entries(self, start: int, *, skips_decisions: bool = False) -> Generator[Entry, None, None]:
        """Yield the entries from a number on, as the file has them, verified from the first on."""
        chain, line = ChainVerifier(self.path), _OPENING
        try:
            # Only "\n" ends a line: other line ends are legal inside a JSON text.
            with self.file.open(encoding="utf-8", newline="\n") as file:
                for line in file:
                    if line != f"{_OPENING}\n" and not line.startswith('{"head":'):
                        entry = self._read(line.removesuffix("\n"), chain)
                        chain.add(entry)
                        if entry.number >= start and not (skips_decisions and entry.kind == "decision"):
                            yield entry
        except UnicodeDecodeError as error:
            raise chain.fault("ledger-unreadable", detail=reason(error)) from error
        except OSError as error:
            raise system_error(self.path, error) from error
        if line != f"{_closing(chain)}\n":
            raise chain.fault("ledger-unclosed")

    def _read(self, line: str, chain: ChainVerifier) -> Entry:
        """Read one line; it must be exactly the line that would be written, byte for byte."""
        try:
            found = json.loads(line)
            found["body"] = canonical(found["body"])
            entry = Entry(**found)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise chain.fault("ledger-shape") from error
        if _line(entry) != line:
            raise chain.fault("ledger-shape")
        return entry
