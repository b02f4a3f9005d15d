"""A ledger in a SQLite file."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple
from pathlib import Path
from typing import Final

from dutyroute.errors import LedgerCorruptError, LedgerError
from dutyroute.ledger.entry import FIRST, Entry
from dutyroute.ledger.storage import COLUMNS, FORMAT, Batch, Compose, PerProcess, Storage, system_error
from dutyroute.messages.reason import reason

_TABLES: Final = """
CREATE TABLE entry (
  number INTEGER PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
  previous TEXT NOT NULL, digest TEXT NOT NULL);
CREATE TABLE salt (number INTEGER NOT NULL, key TEXT NOT NULL, salt TEXT NOT NULL, PRIMARY KEY (number, key));
CREATE INDEX special ON entry (number) WHERE kind <> 'decision';
CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER entry_holds BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
"""
_KEYS: Final = """CREATE TABLE IF NOT EXISTS idempotency (
  key TEXT PRIMARY KEY, number INTEGER NOT NULL, incident TEXT NOT NULL)"""
"""Made when the first key is kept: ledgers of earlier versions do not have it."""
_ADD: Final = f"INSERT INTO entry ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
_PATIENCE: Final = 60.0
"""Seconds that a writer waits for other writers."""
_REASONS: Final = {
    sqlite3.SQLITE_FULL: "ledger-full",
    **dict.fromkeys((sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM), "ledger-read-only"),
    **dict.fromkeys((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED), "ledger-busy"),
}
_BROKEN: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FORMAT)


class SqliteStorage(Storage):
    """
    Keeps a ledger in one SQLite file.

    Reading never writes, so that a copy on a read-only disk can be verified.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.file = path
        self.path: str = str(path)
        self._writer = PerProcess(self._open_writer)
        if not create and not path.exists():
            raise LedgerError(self.path, "ledger-missing")
        is_new = create and (not path.exists() or path.stat().st_size == 0)
        with self._translated():
            tables, version = (set(), FORMAT) if is_new else self._described()
            # A file with nothing in it is one that another process has begun, and maybe did not finish.
            if create and not tables and version in (0, FORMAT):
                self._writer.get()
                tables, version = self._described()
        if not {"entry", "salt"} <= tables:
            raise LedgerError(self.path, "ledger-foreign")
        if version != FORMAT:
            raise LedgerError(self.path, "ledger-format", {"found": version, "known": FORMAT})

    def append(self, compose: Compose) -> Batch:
        """Write the next entries in one transaction; return when they are durable."""
        with self._translated():
            writer = self._writer.get()
            # IMMEDIATE takes the write lock before the last entry is looked up. A transaction
            # that took it only on the first INSERT could have read an entry that is no longer
            # the last, and SQLite would refuse it without waiting.
            writer.execute("BEGIN IMMEDIATE")
            try:
                newest = writer.execute("SELECT number, digest FROM entry ORDER BY number DESC LIMIT 1")
                batch = compose(*(newest.fetchone() or (0, FIRST)))
                # Not `astuple`, which calls `deepcopy` for every field.
                rows = ((e.number, e.kind, e.at, e.body, e.previous, e.digest) for e in batch.entries)
                writer.executemany(_ADD, rows)
                if batch.salts:
                    writer.executemany("INSERT INTO salt VALUES (?, ?, ?)", map(astuple, batch.salts))
                if batch.keys:
                    writer.execute(_KEYS)
                    writer.executemany("INSERT INTO idempotency VALUES (?, ?, ?)", map(astuple, batch.keys))
                writer.execute("COMMIT")
            finally:
                if writer.in_transaction:
                    with suppress(sqlite3.Error):  # the error before it is the one to report
                        writer.execute("ROLLBACK")
        return batch

    def entries(self, start: int, *, skips_decisions: bool = False) -> Generator[Entry, None, None]:
        """Yield the entries from a number on, as they are stored; an index finds those without decisions."""
        condition = "kind <> 'decision'" if skips_decisions else "TRUE"
        query = f"SELECT {COLUMNS} FROM entry WHERE {condition} AND number >= ? ORDER BY number"
        with self._translated(), closing(self._open_reader()) as reader:
            yield from (Entry(*row) for row in reader.execute(query, (start,)))

    def keyed(self, keys: Collection[str]) -> Mapping[str, tuple[str, Entry]]:
        """Return the entries recorded under keys, each with the digest of its incident."""
        with self._translated(), closing(self._open_reader()) as reader:
            if not reader.execute("SELECT 1 FROM sqlite_master WHERE name = 'idempotency'").fetchone():
                return {}
            query = (
                f"SELECT key, incident, {COLUMNS} FROM idempotency JOIN entry USING (number)"
                " WHERE key IN (SELECT value FROM json_each(?))"
            )
            found = reader.execute(query, (json.dumps(list(keys)),))
            return {key: (incident, Entry(*row)) for key, incident, *row in found}

    def salt(self, number: int, key: str) -> str | None:
        """Return the salt of a redacted value; None once it is wiped."""
        with self._translated(), closing(self._open_reader()) as reader:
            found = reader.execute("SELECT salt FROM salt WHERE number = ? AND key = ?", (number, key))
            row = found.fetchone()
            return row[0] if row else None

    def wipe(self, number: int) -> int:
        """Wipe the salts of an entry; return how many there were."""
        # A plain DELETE leaves the bytes in free pages and in the log: overwrite the pages,
        # and empty the log into the file at once.
        with self._translated():
            writer = self._writer.get()
            writer.execute("PRAGMA secure_delete=ON")
            wiped = writer.execute("DELETE FROM salt WHERE number = ?", (number,)).rowcount
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return wiped

    def inspect(self) -> tuple[str, str] | None:
        """Return what SQLite itself reports as broken, or what does not guard the entries as it should."""
        with self._translated(), closing(self._open_reader()) as reader:
            found = str(reader.execute("PRAGMA integrity_check(1)").fetchone()[0])
            if found != "ok":
                return "ledger-database", found
            defined = _definitions(reader)
        with closing(sqlite3.connect(":memory:")) as model:
            model.executescript(_TABLES)
            wanted = _definitions(model)
        # Whatever else is defined does not matter, except what acts when an entry is written.
        odd = [name for name, sql in wanted.items() if defined.get(name) != sql]
        odd += [name for name, sql in defined.items() if name not in wanted and "TRIGGER" in sql.upper()]
        return ("ledger-unguarded", ", ".join(odd)) if odd else None

    def close(self) -> None:
        """Close the file."""
        if (writer := self._writer.drop()) is not None:
            writer.close()

    def _open_writer(self) -> sqlite3.Connection:
        """Open the file for writing; make the tables where it is new."""
        # Incidents name people: nobody else may read them. What SQLite lays beside the file gets its mode.
        with suppress(OSError):  # it is there, or SQLite says why it cannot be
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        writer = _connected(self.path, "rwc")
        # WAL lets readers go on while somebody writes, and makes a commit one write to one file.
        # NORMAL, which WAL is often used with, may lose the last commits in a power failure. FULL
        # waits for the disk at each commit: a decision that was reported as recorded must be
        # there. On macOS even fsync does not reach the disk; fullfsync does.
        writer.execute("PRAGMA fullfsync=ON")
        for attempt in range(200):  # SQLite itself does not wait here while another process is busy
            try:
                writer.execute("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or attempt == 199:
                    raise
                time.sleep(0.05)
        writer.execute("PRAGMA synchronous=FULL")
        writer.execute("BEGIN IMMEDIATE")
        if not writer.execute("SELECT 1 FROM sqlite_master").fetchone():
            for statement in _TABLES.strip().split(";\n"):
                writer.execute(statement)
            writer.execute(f"PRAGMA user_version={FORMAT}")
        writer.execute("COMMIT")
        return writer

    def _open_reader(self) -> sqlite3.Connection:
        """Open the file for reading, also where nothing can be written beside it."""
        try:
            return _reader(self.path, "ro")
        except sqlite3.OperationalError:
            # A reader of a WAL database makes a `-shm` file, which a read-only disk refuses.
            # `immutable` does without, and would ignore a log, so there must not be one.
            log = Path(f"{self.path}-wal")
            if not self.file.exists() or (log.exists() and log.stat().st_size):
                raise
            return _reader(self.path, "ro&immutable=1")

    def _described(self) -> tuple[set[str], int]:
        """Return the names of all that is defined in the file, and the version of the format."""
        with closing(self._open_reader()) as reader:
            tables = {row[0] for row in reader.execute("SELECT name FROM sqlite_master")}
            return tables, reader.execute("PRAGMA user_version").fetchone()[0]

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn errors of SQLite and of the system into those of the ledger."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None)
            primary = None if code is None else code & 0xFF
            detail = {"detail": reason(error)}
            if primary == sqlite3.SQLITE_NOTADB:
                raise LedgerError(self.path, "ledger-foreign") from error
            if primary in _BROKEN or (primary is None and "decode" in str(error)):
                raise LedgerCorruptError(self.path, "ledger-broken", detail) from error
            is_unwritable = self.file.is_file() and not os.access(self.file.parent, os.W_OK)
            if primary == sqlite3.SQLITE_CANTOPEN and is_unwritable:
                primary = sqlite3.SQLITE_READONLY  # the log beside the file could not be created
            raise LedgerError(self.path, _REASONS.get(primary or 0, "ledger-system"), detail) from error
        except OSError as error:
            raise system_error(self.path, error) from error


def _definitions(connection: sqlite3.Connection) -> dict[str, str]:
    """Return how everything in a database was defined, by its name."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: " ".join(sql.split()) for name, sql in found}


def _connected(path: str, mode: str) -> sqlite3.Connection:
    """Connect to a file; threads may share the connection, since `Ledger` lets only one write."""
    url = Path(path).absolute().as_uri() + f"?mode={mode}"
    return sqlite3.connect(url, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)


def _reader(path: str, mode: str) -> sqlite3.Connection:
    """Connect and read something, so that a file that cannot be read fails here and is closed again."""
    reader = _connected(path, mode)
    try:
        reader.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error:
        reader.close()
        raise
    return reader
