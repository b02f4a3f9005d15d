"""A ledger on a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from dutyroute.errors import LedgerError, needs
from dutyroute.ledger.entry import FIRST, Entry
from dutyroute.ledger.storage import COLUMNS, FORMAT, Batch, Compose, Storage

if TYPE_CHECKING:
    from sqlalchemy import Engine

_LOCK: Final = 0x64757479
"""The advisory lock that a writer holds until its transaction ends."""

_TABLES: Final = (
    """CREATE TABLE dutyroute_entry (
      number BIGINT PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
      previous TEXT NOT NULL, digest TEXT NOT NULL)""",
    """CREATE TABLE dutyroute_salt (
      number BIGINT NOT NULL, key TEXT NOT NULL, salt TEXT NOT NULL, PRIMARY KEY (number, key))""",
    f"CREATE TABLE dutyroute_format AS SELECT {FORMAT} AS format",
    "CREATE INDEX dutyroute_special ON dutyroute_entry (number) WHERE kind <> 'decision'",
    """CREATE FUNCTION dutyroute_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'entries are never changed or deleted'; END $$""",
    """CREATE TRIGGER dutyroute_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON dutyroute_entry
      FOR EACH STATEMENT EXECUTE FUNCTION dutyroute_refuse()""",
)
_ADD: Final = f"""INSERT INTO dutyroute_entry ({COLUMNS})
    VALUES (:number, :kind, :at, :body, :previous, :digest)"""
_PAGE: Final = 1000
_REASONS: Final = {"53100": "ledger-full", "25006": "ledger-read-only", "42501": "ledger-read-only"}


class PostgresqlStorage(Storage):
    """
    Keeps a ledger in the tables `dutyroute_…` of a database.

    A writer continues from the entry that it wrote last. If another process has
    written since, the number is taken, the server refuses the insert, and the
    writer tries again: now under an advisory lock, after looking up the last entry.
    """

    # Optimistic first, because asking for the lock and the last entry costs two more round
    # trips to the server, and most ledgers have one writer. The primary key decides who was
    # first, so no two entries can get the same number either way.

    def __init__(self, url: str, *, create: bool = True) -> None:
        with needs("postgresql"):
            import pg8000  # type: ignore[import-untyped]  # noqa: F401
            import sqlalchemy
        address = sqlalchemy.make_url(url).set(drivername="postgresql+pg8000")
        self.path: str = address.render_as_string(hide_password=True)
        self._sql = sqlalchemy.text
        self._last: tuple[int, str] | None = None
        # Each commit waits for the disk, whatever the server is configured to do.
        durable = {"startup_params": {"synchronous_commit": "on"}}
        self._engine: Engine = sqlalchemy.create_engine(address, connect_args=durable)
        try:
            with self._translated():
                self._check(create=create)
        except LedgerError:
            self._engine.dispose()
            raise

    def append(self, compose: Compose) -> Batch:
        """Write the next entries in one transaction; return when they are durable."""
        from sqlalchemy.exc import IntegrityError

        with self._translated():
            while True:
                with suppress(IntegrityError):  # another writer was first: `_last` is now forgotten
                    return self._attempt(compose)

    def _attempt(self, compose: Compose) -> Batch:
        with self._engine.begin() as connection:
            # Forget the last entry until the commit: after an error nobody knows whether it is there.
            last, self._last = self._last, None
            if last is None:
                connection.execute(self._sql(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                newest = self._sql("SELECT number, digest FROM dutyroute_entry ORDER BY number DESC LIMIT 1")
                row = connection.execute(newest).fetchone()
                last = (row[0], row[1]) if row else (0, FIRST)
            batch = compose(*last)
            if batch.entries:
                connection.execute(self._sql(_ADD), [asdict(entry) for entry in batch.entries])
            if batch.salts:
                add = self._sql("INSERT INTO dutyroute_salt VALUES (:number, :key, :salt)")
                connection.execute(add, [asdict(salt) for salt in batch.salts])
        if batch.entries:
            self._last = (batch.entries[-1].number, batch.entries[-1].digest)
        return batch

    def entries(self, start: int, *, skips_decisions: bool = False) -> Generator[Entry, None, None]:
        """Yield the entries from a number on, as they are stored; an index finds those without decisions."""
        # Page by page: pg8000 would otherwise fetch a whole ledger into memory.
        condition = "kind <> 'decision'" if skips_decisions else "TRUE"
        query = self._sql(
            f"SELECT {COLUMNS} FROM dutyroute_entry"
            f" WHERE number >= :start AND {condition} ORDER BY number LIMIT {_PAGE}"
        )
        while True:
            with self._translated(), self._engine.connect() as connection:
                page = [Entry(*row) for row in connection.execute(query, {"start": start})]
            yield from page
            if len(page) < _PAGE:
                return
            start = page[-1].number + 1

    def salt(self, number: int, key: str) -> str | None:
        """Return the salt of a redacted value; None once it is wiped."""
        query = self._sql("SELECT salt FROM dutyroute_salt WHERE number = :number AND key = :key")
        with self._translated(), self._engine.connect() as connection:
            row = connection.execute(query, {"number": number, "key": key}).fetchone()
            return row[0] if row else None

    def wipe(self, number: int) -> int:
        """Wipe the salts of an entry; return how many there were."""
        query = self._sql("DELETE FROM dutyroute_salt WHERE number = :number")
        with self._translated(), self._engine.begin() as connection:
            return connection.execute(query, {"number": number}).rowcount

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _check(self, *, create: bool) -> None:
        """Make the tables where there are none; refuse those of a later version."""
        with self._engine.begin() as connection:
            connection.execute(self._sql(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            if connection.execute(self._sql("SELECT to_regclass('dutyroute_format')")).scalar() is not None:
                version = connection.execute(self._sql("SELECT format FROM dutyroute_format")).scalar_one()
                if version != FORMAT:
                    raise LedgerError(self.path, "ledger-format", {"found": version, "known": FORMAT})
            elif create:
                for statement in _TABLES:
                    connection.execute(self._sql(statement))
            else:
                raise LedgerError(self.path, "ledger-missing")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn errors of the server into those of the ledger."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            cause = getattr(error, "orig", None) or error
            said = cause.args[0] if cause.args else None
            fields = said if isinstance(said, dict) else {}  # as pg8000 gives what the server says
            reason = _REASONS.get(str(fields.get("C")), "ledger-system")
            raise LedgerError(self.path, reason, {"detail": str(fields.get("M") or cause)}) from error
