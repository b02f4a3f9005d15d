"""A ledger in a SQLite file."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

from dutyroute.errors import LedgerCorruptError, LedgerError
from dutyroute.ledger.entry import FIRST, Entry
from dutyroute.ledger.failure import failure
from dutyroute.ledger.storage import FORMAT, Batch, Compose

__all__ = ["SqliteStorage"]

_TABLES: Final = """
CREATE TABLE entry (
  number INTEGER PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
  previous TEXT NOT NULL, digest TEXT NOT NULL);
CREATE TABLE salt (number INTEGER NOT NULL, key TEXT NOT NULL, salt TEXT NOT NULL, PRIMARY KEY (number, key));
CREATE INDEX special ON entry (number) WHERE kind <> 'decision';
CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER entry_holds BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
"""
_COLUMNS: Final = "number, kind, at, body, previous, digest"
_ADD: Final = f"INSERT INTO entry ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
_PATIENCE: Final = 60.0
"""Seconds that a writer waits for the others."""


class SqliteStorage:
    """
    Keeps a ledger in one file, with write-ahead log and full synchronisation.

    Reading never writes, so that a copy on a read-only disk can be verified.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.file = path
        self.path = str(path)
        self._writer: sqlite3.Connection | None = None
        if create and (not path.exists() or path.stat().st_size == 0):
            with self._told():
                self._writer = self._opened()
        elif not path.exists():
            raise LedgerError(self.path, "ledger-missing")
        else:
            self._check()

    def append(self, compose: Compose) -> Batch:
        """Write the next entries in one transaction; return when they are durable."""
        with self._told():
            writer = self._writer = self._writer or self._opened()
            writer.execute("BEGIN IMMEDIATE")
            try:
                last = writer.execute(
                    "SELECT number, digest FROM entry ORDER BY number DESC LIMIT 1"
                ).fetchone()
                batch = compose(*(last or (0, FIRST)))
                writer.executemany(_ADD, map(_row, batch.entries))
                if batch.salts:
                    writer.executemany("INSERT INTO salt VALUES (?, ?, ?)", map(astuple, batch.salts))
                writer.execute("COMMIT")
            finally:
                if writer.in_transaction:
                    with suppress(sqlite3.Error):  # the failure before it is what is told
                        writer.execute("ROLLBACK")
        return batch

    def entries(self, start: int) -> Generator[Entry, None, None]:
        """Yield the entries from a number on, as they are stored."""
        yield from self._read(f"SELECT {_COLUMNS} FROM entry WHERE number >= ? ORDER BY number", start)

    def special(self, start: int) -> Generator[Entry, None, None]:
        """Yield the entries from a number on that are no decisions."""
        where = "kind <> 'decision' AND number >= ?"
        yield from self._read(f"SELECT {_COLUMNS} FROM entry WHERE {where} ORDER BY number", start)

    def salt(self, number: int, key: str) -> str | None:
        """Return what a value was mixed with; None once it is wiped."""
        with self._told(), closing(self._reader()) as reader:
            found = reader.execute("SELECT salt FROM salt WHERE number = ? AND key = ?", (number, key))
            row = found.fetchone()
            return row[0] if row else None

    def wipe(self, number: int) -> int:
        """Wipe the salts of an entry, its bytes too; return how many there were."""
        with self._told():
            writer = self._writer = self._writer or self._opened()
            writer.execute("PRAGMA secure_delete=ON")
            wiped = writer.execute("DELETE FROM salt WHERE number = ?", (number,)).rowcount
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return wiped

    def inspect(self) -> str | None:
        """Say what SQLite itself finds broken; None where nothing is."""
        with self._told(), closing(self._reader()) as reader:
            found = str(reader.execute("PRAGMA integrity_check(1)").fetchone()[0])
            return None if found == "ok" else found

    def close(self) -> None:
        """Let go of the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _read(self, query: str, start: int) -> Generator[Entry, None, None]:
        with self._told(), closing(self._reader()) as reader:
            yield from (Entry(*row) for row in reader.execute(query, (start,)))

    def _opened(self) -> sqlite3.Connection:
        """Open the file for writing, the tables made where it is new."""
        writer = _connected(self.path, "rwc")
        writer.execute("PRAGMA fullfsync=ON")
        _settled(writer, "PRAGMA journal_mode=WAL")
        writer.execute("PRAGMA synchronous=FULL")
        writer.execute("BEGIN IMMEDIATE")
        if not writer.execute("SELECT 1 FROM sqlite_master").fetchone():
            for statement in _TABLES.strip().split(";\n"):
                writer.execute(statement)
            writer.execute(f"PRAGMA user_version={FORMAT}")
        writer.execute("COMMIT")
        return writer

    def _reader(self) -> sqlite3.Connection:
        """Open the file for reading; a lone copy on a read-only disk as what it is."""
        try:
            return _probed(_connected(self.path, "ro"))
        except sqlite3.OperationalError:
            log = Path(f"{self.path}-wal")
            if not self.file.exists() or (log.exists() and log.stat().st_size):
                raise
            return _probed(_connected(self.path, "ro&immutable=1"))

    def _check(self) -> None:
        """Refuse a file that is no ledger, or one of a later form."""
        with self._told(), closing(self._reader()) as reader:
            tables = {row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            form = reader.execute("PRAGMA user_version").fetchone()[0]
        if not {"entry", "salt"} <= tables:
            raise LedgerError(self.path, "ledger-foreign")
        if form != FORMAT:
            raise LedgerError(self.path, "ledger-format", {"found": form, "known": FORMAT})

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite raises into what a ledger raises."""
        try:
            yield
        except sqlite3.Error as error:
            raise _told(self.path, error) from error
        except OSError as error:
            raise failure(self.path, error) from error


def _row(entry: Entry) -> tuple[Any, ...]:
    return (entry.number, entry.kind, entry.at, entry.body, entry.previous, entry.digest)


def _connected(path: str, mode: str) -> sqlite3.Connection:
    """Connect to a file; threads share the connection, guarded by the ledger."""
    url = Path(path).absolute().as_uri() + f"?mode={mode}"
    return sqlite3.connect(url, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)


def _probed(reader: sqlite3.Connection) -> sqlite3.Connection:
    """Read a first word, so that what cannot be read is closed again at once."""
    try:
        reader.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error:
        reader.close()
        raise
    return reader


def _settled(writer: sqlite3.Connection, statement: str) -> None:
    """Run a statement that two processes may want at once and that SQLite does not wait for."""
    for _ in range(200):
        try:
            writer.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.05)
        else:
            return
    writer.execute(statement)


_REASONS: Final = {
    sqlite3.SQLITE_FULL: "ledger-full",
    sqlite3.SQLITE_READONLY: "ledger-read-only",
    sqlite3.SQLITE_PERM: "ledger-read-only",
    sqlite3.SQLITE_BUSY: "ledger-busy",
    sqlite3.SQLITE_LOCKED: "ledger-busy",
}
_BROKEN: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FORMAT)


def _told(path: str, error: sqlite3.Error) -> LedgerError:
    """Find the words for what SQLite says."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary == sqlite3.SQLITE_NOTADB:
        return LedgerError(path, "ledger-foreign")
    if primary in _BROKEN or (primary is None and "decode" in str(error)):
        return LedgerCorruptError(path, "ledger-broken", {"detail": str(error)})
    if (
        primary == sqlite3.SQLITE_CANTOPEN
        and Path(path).is_file()
        and not os.access(Path(path).parent, os.W_OK)
    ):
        primary = sqlite3.SQLITE_READONLY  # the log beside the file could not be made
    return LedgerError(path, _REASONS.get(primary or 0, "ledger-system"), {"detail": str(error)})
