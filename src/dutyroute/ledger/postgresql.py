"""A ledger on a PostgreSQL server."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from dutyroute.errors import LedgerError, needs
from dutyroute.ledger.address import PATIENCE, AddressError, read_address
from dutyroute.ledger.entry import FIRST, Entry
from dutyroute.ledger.storage import COLUMNS, FORMAT, Batch, Compose, PerProcess, Storage
from dutyroute.messages.reason import reason

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_LOCK: Final = 0x64757479
"""The advisory lock that a writer holds until its transaction ends."""

_KEYS: Final = """CREATE TABLE dutyroute_idempotency (
  key TEXT PRIMARY KEY, number BIGINT NOT NULL, incident TEXT NOT NULL)"""
_REFUSE: Final = "BEGIN RAISE EXCEPTION 'entries are never changed or deleted'; END"
_TABLES: Final = (
    """CREATE TABLE dutyroute_entry (
      number BIGINT PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
      previous TEXT NOT NULL, digest TEXT NOT NULL)""",
    """CREATE TABLE dutyroute_salt (
      number BIGINT NOT NULL, key TEXT NOT NULL, salt TEXT NOT NULL, PRIMARY KEY (number, key))""",
    f"CREATE TABLE dutyroute_format AS SELECT {FORMAT} AS format",
    "CREATE INDEX dutyroute_special ON dutyroute_entry (number) WHERE kind <> 'decision'",
    f"""CREATE FUNCTION dutyroute_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      {_REFUSE} $$""",
    """CREATE TRIGGER dutyroute_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON dutyroute_entry
      FOR EACH STATEMENT EXECUTE FUNCTION dutyroute_refuse()""",
    _KEYS,
)
_GUARDS: Final = {
    "dutyroute_stays": """SELECT count(*) = 1 AND bool_and(tgname = 'dutyroute_stays' AND tgenabled = 'O'
      AND tgtype = 58 AND tgqual IS NULL AND tgattr::text = '' AND tgfoid = to_regproc('dutyroute_refuse'))
      FROM pg_trigger WHERE tgrelid = 'dutyroute_entry'::regclass AND NOT tgisinternal""",
    "dutyroute_refuse": f"""SELECT btrim(prosrc, E' \\n') = $${_REFUSE}$$
      FROM pg_proc WHERE oid = to_regproc('dutyroute_refuse')""",
    "dutyroute_entry": """SELECT relkind = 'r' AND NOT relrowsecurity
      AND NOT EXISTS (SELECT FROM pg_rewrite WHERE ev_class = pg_class.oid)
      FROM pg_class WHERE oid = 'dutyroute_entry'::regclass""",
    "dutyroute_entry_pkey": """SELECT count(*) = 1 FROM pg_index WHERE indrelid = 'dutyroute_entry'::regclass
      AND indisprimary AND indisvalid AND indkey::text = (SELECT attnum::text FROM pg_attribute
      WHERE attrelid = 'dutyroute_entry'::regclass AND attname = 'number')""",
}
"""What guards the entries, each with a query that tells whether it does; 58 is before update, delete or truncate."""
_ADD: Final = f"""INSERT INTO dutyroute_entry ({COLUMNS})
    VALUES (:number, :kind, :at, :body, :previous, :digest)"""
_PAGE: Final = 1000
_REASONS: Final = {
    "53100": "ledger-full",
    "25006": "ledger-read-only",
    "42501": "ledger-read-only",
    # Waited too long for a lock or an answer, was in a deadlock, found every connection taken.
    **dict.fromkeys(("55P03", "57014", "40P01", "53300"), "ledger-busy"),
}
_TAKEN: Final = ("dutyroute_entry_pkey", "dutyroute_idempotency_pkey")
"""What the server refuses where another writer was first; any other conflict stays one when tried again."""
_TRIES: Final = 100

_SESSION: Final = {
    # Each commit waits for the disk, whatever the server is configured to do.
    "synchronous_commit": "on",
    # A session that is stuck, of this program or another, must not hold up others without end: each
    # waits less than the socket does, and the server ends one whose client has vanished.
    "lock_timeout": f"{PATIENCE * 600}ms",
    "statement_timeout": f"{PATIENCE * 800}ms",
    "idle_in_transaction_session_timeout": f"{PATIENCE * 2000}ms",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}

# The pool logs a connection that broke, with its traceback, and Python prints that where the program
# has no logging of its own. The ledger raises the same error.
logging.getLogger("sqlalchemy.pool.impl.QueuePool.dutyroute").addHandler(logging.NullHandler())


@dataclass(slots=True)
class _Session:
    """What one process has of a server: its connections, and the entry that it wrote last."""

    engine: Engine
    last: tuple[int, str] | None = None


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
        try:
            address = read_address(url)
        except AddressError as error:
            raise LedgerError(error.shown, "ledger-address", {"detail": error.said}) from None
        self.path: str = address.shown
        self._sql = sqlalchemy.text

        def connect() -> _Session:
            engine = sqlalchemy.create_engine(
                address.url,
                connect_args={**address.arguments, "startup_params": _SESSION},
                pool_pre_ping=True,  # a connection may have died while it was not used
                hide_parameters=True,  # they hold incidents, and errors are printed
                pool_logging_name="dutyroute",
            )
            return _Session(engine)

        self._own = PerProcess(connect)
        try:
            with self._translated():
                self._check(create=create)
        except LedgerError:
            self.close()
            raise

    def append(self, compose: Compose) -> Batch:
        """Write the next entries in one transaction; return when they are durable."""
        from sqlalchemy.exc import IntegrityError

        with self._translated():
            for _ in range(_TRIES):
                try:
                    return self._attempt(compose)
                except IntegrityError as error:
                    # Another writer was first: `last` is now forgotten.
                    if _fields(error).get("n") not in _TAKEN:
                        raise
        raise LedgerError(self.path, "ledger-busy", {"detail": f"{_TRIES} ×"})

    def _attempt(self, compose: Compose) -> Batch:
        session = self._own.get()
        with session.engine.connect() as connection:
            # Forget the last entry until the commit: after an error nobody knows whether it is there.
            last, session.last = session.last, None
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
            if batch.keys:
                # In one statement: a replay writes half a million of them.
                add = self._sql(
                    "INSERT INTO dutyroute_idempotency SELECT * FROM unnest"
                    "(CAST(:key AS text[]), CAST(:number AS bigint[]), CAST(:incident AS text[]))"
                )
                names = ("key", "number", "incident")
                connection.execute(add, {n: [getattr(key, n) for key in batch.keys] for n in names})
            try:
                connection.commit()
            except Exception as error:
                # The commit may have reached the server although its answer did not come back.
                if batch.entries and not self._is_committed(batch.entries[-1], error):
                    raise LedgerError(self.path, "ledger-lost", {"detail": _detail(error)}) from error
        if batch.entries:
            session.last = (batch.entries[-1].number, batch.entries[-1].digest)
        return batch

    def _is_committed(self, entry: Entry, lost: Exception) -> bool:
        """
        Find out on a new connection whether a transaction was committed.

        Raises:
            LedgerError: if nobody can tell, for the server does not answer.
        """
        from sqlalchemy.exc import SQLAlchemyError

        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with self._own.get().engine.connect() as connection:
                    # The lost transaction may still be open on the server. It holds the number, so an
                    # insert of the same number waits for its end, and is then taken back.
                    add = self._sql(f"{_ADD} ON CONFLICT DO NOTHING")
                    if connection.execute(add, asdict(entry)).rowcount:
                        connection.rollback()
                        return False
                    query = self._sql("SELECT digest FROM dutyroute_entry WHERE number = :number")
                    return bool(connection.execute(query, {"number": entry.number}).scalar() == entry.digest)
            except (SQLAlchemyError, OSError) as error:
                if time.monotonic() > deadline or _fields(error).get("C") in ("55P03", "57014"):
                    raise LedgerError(self.path, "ledger-unknown", {"detail": _detail(lost)}) from lost
                time.sleep(0.5)  # it may be starting again

    def entries(self, start: int, *, skips_decisions: bool = False) -> Generator[Entry, None, None]:
        """Yield the entries from a number on, as they are stored; an index finds those without decisions."""
        # Page by page: pg8000 would otherwise fetch a whole ledger into memory.
        condition = "kind <> 'decision'" if skips_decisions else "TRUE"
        query = self._sql(
            f"SELECT {COLUMNS} FROM dutyroute_entry"
            f" WHERE number >= :start AND {condition} ORDER BY number LIMIT {_PAGE}"
        )
        while True:
            with self._reading() as connection:
                page = [Entry(*row) for row in connection.execute(query, {"start": start})]
            yield from page
            if len(page) < _PAGE:
                return
            start = page[-1].number + 1

    def keyed(self, keys: Collection[str]) -> Mapping[str, tuple[str, Entry]]:
        """Return the entries recorded under keys, each with the digest of its incident."""
        query = self._sql(
            f"SELECT key, incident, {COLUMNS} FROM dutyroute_idempotency JOIN dutyroute_entry"
            " USING (number) WHERE key = ANY(:keys)"
        )
        with self._reading() as connection:
            if not self._has(connection, "dutyroute_idempotency"):
                self._make_keys()  # a ledger of an earlier version
            found = connection.execute(query, {"keys": list(keys)})
            return {key: (incident, Entry(*row)) for key, incident, *row in found}

    def salt(self, number: int, key: str) -> str | None:
        """Return the salt of a redacted value; None once it is wiped."""
        query = self._sql("SELECT salt FROM dutyroute_salt WHERE number = :number AND key = :key")
        with self._reading() as connection:
            row = connection.execute(query, {"number": number, "key": key}).fetchone()
            return row[0] if row else None

    def wipe(self, number: int) -> int:
        """Wipe the salts of an entry; return how many there were."""
        query = self._sql("DELETE FROM dutyroute_salt WHERE number = :number")
        with self._translated(), self._own.get().engine.begin() as connection:
            return connection.execute(query, {"number": number}).rowcount

    def inspect(self) -> tuple[str, str] | None:
        """Return what does not guard the entries as it should: a trigger, a key, a rule that hides rows."""
        with self._reading() as connection:
            odd = [
                name for name, query in _GUARDS.items() if not connection.execute(self._sql(query)).scalar()
            ]
        return ("ledger-unguarded", ", ".join(odd)) if odd else None

    def close(self) -> None:
        """Close the connections."""
        if (session := self._own.drop()) is not None:
            session.engine.dispose()

    def _has(self, connection: Connection, table: str) -> bool:
        """Tell whether there is a table."""
        return (
            connection.execute(self._sql("SELECT to_regclass(:name)"), {"name": table}).scalar() is not None
        )

    def _make_keys(self) -> None:
        """Make the table of keys; another process may be doing the same."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self._own.get().engine.begin() as connection:
                connection.execute(self._sql(_KEYS))
        except SQLAlchemyError:
            with self._reading() as connection:
                if not self._has(connection, "dutyroute_idempotency"):
                    raise

    def _check(self, *, create: bool) -> None:
        """Make the tables where there are none; refuse those of a later version."""
        with self._own.get().engine.begin() as connection:
            # Only who makes the tables needs to be alone: who opens a ledger need not wait for a writer.
            if create and not self._has(connection, "dutyroute_format"):
                connection.execute(self._sql(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            if self._has(connection, "dutyroute_format"):
                version = connection.execute(self._sql("SELECT format FROM dutyroute_format")).scalar_one()
                if version != FORMAT:
                    raise LedgerError(self.path, "ledger-format", {"found": version, "known": FORMAT})
            elif create:
                for statement in _TABLES:
                    connection.execute(self._sql(statement))
            else:
                raise LedgerError(self.path, "ledger-missing")

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Connect to read something."""
        with self._translated(), self._own.get().engine.connect() as connection:
            yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn errors of the server into those of the ledger."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            fields, cause = _fields(error), getattr(error, "orig", None) or error
            if isinstance(fields, dict):
                fields.pop("D", None)  # quotes the row that the server refused: an incident
            code = _REASONS.get(str(fields.get("C")), "ledger-system")
            # From the driver's error, for that of SQLAlchemy has the row in its text already.
            raise LedgerError(self.path, code, {"detail": _detail(error)}) from cause


def _fields(error: Exception) -> Mapping[str, Any]:
    """Return what the server says of an error, by PostgreSQL's own letters; nothing where it said nothing."""
    cause = getattr(error, "orig", None) or error
    said = cause.args[0] if cause.args else None
    return said if isinstance(said, dict) else {}


def _detail(error: Exception) -> dict[str, str]:
    """Say in a few words what went wrong."""
    return reason(_fields(error).get("M") or getattr(error, "orig", None) or error)
