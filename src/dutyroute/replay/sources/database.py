"""Histories that lie in a database: the rows of a query, which cannot change anything there."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dutyroute.errors import ReplayError, needs
from dutyroute.formats.digest import file_digest
from dutyroute.ledger.address import AddressError, read_address
from dutyroute.messages.outside import encodable
from dutyroute.messages.reason import reason
from dutyroute.replay.sources.batch import ROWS, Chunked, Recount, SourceBatch, distinct, repeated, text_batch
from dutyroute.replay.sources.sheet import as_text

if TYPE_CHECKING:
    from sqlalchemy import URL

# What a query begins with, after blanks, brackets and comments; `/*!` is none to MySQL, which runs it.
_QUERY = re.compile(
    r"(?:\s|\(|--[^\n]*\n|/\*(?!!).*?\*/)*(?:select|with|values|table)\b", re.IGNORECASE | re.DOTALL
)

_READ_ONLY: Final[Mapping[str, str]] = {
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
}
"""How a session of a database is kept from writing, where its driver has no option for it."""

_PATIENCE: Final = 600
"""Seconds that a PostgreSQL server may take for a query."""


class Query(Chunked):
    """
    The rows that a query of a database yields, by any URL that SQLAlchemy takes.

    The database is opened for reading only, where it knows how, and nothing is ever
    committed. A run can be resumed only if the query yields the same rows in the
    same order each time.
    """

    size = None

    def __init__(self, place: str | Path, *, query: str | None = None) -> None:
        with needs("sql"):
            import sqlalchemy
        self.path: Path | None = place if isinstance(place, Path) else None
        try:
            address = read_address(f"sqlite:///{place}" if self.path else str(place))
        except AddressError as error:
            raise ReplayError("source-address", {"source": error.shown, "reason": error.said}) from None
        self.name: str | Any = encodable(str(place)) if self.path else address.shown
        if not query:
            raise ReplayError("source-no-query", {"source": self.name})
        if not _QUERY.match(query):
            raise ReplayError(
                "source-not-a-query", {"source": self.name, "query": " ".join(query.split())[:60]}
            )
        options: dict[str, Any] = {"connect_args": dict(address.arguments)}
        if "timeout" in address.arguments:
            options["connect_args"]["timeout"] = _PATIENCE
        url = address.url
        if url.drivername in ("sqlite", "sqlite+pysqlite"):
            options["creator"] = lambda: _sqlite(address.url)
            url = url.set(query={})  # it is opened for reading, whatever its options say
        elif address.url.drivername.startswith("duckdb"):
            options["connect_args"]["read_only"] = True
        self._query = sqlalchemy.text(query)
        # A line of its own: the query may end in a comment.
        self._count = sqlalchemy.text(f"SELECT COUNT(*) FROM (\n{query.rstrip().rstrip(';')}\n) AS counted")
        with self._failures():
            self._engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool, **options)
        with self._connected() as connection:
            names = list(connection.execute(self._query).keys())
        self.columns: tuple[str, ...] = distinct(names)
        self.notes: dict[str, dict[str, object]] = repeated(names)

    def _chunks(self) -> Iterator[SourceBatch]:
        with self._connected(stream_results=True) as connection:
            found = connection.execute(self._query)
            done = 0
            while listed := found.fetchmany(ROWS):
                rows = list(enumerate(([as_text(cell) for cell in row] for row in listed), done + 1))
                done += len(rows)
                yield text_batch(rows, self.columns, done)

    def recount(self) -> Recount:
        """Let the database count the rows of the query, where it can."""
        try:
            with self._connected() as connection:
                counted = Recount(connection.execute(self._count).scalar_one(), "count-query")
        except ReplayError:  # two columns of one name, or no alias allowed
            counted = Recount()
        return counted if self.path is None else replace(counted, digest=file_digest(self.path))

    @contextmanager
    def _connected(self, **options: Any) -> Iterator[Any]:
        """Connect for reading; what is left open is taken back."""
        kind = self._engine.dialect.name
        if kind == "postgresql":
            options["postgresql_readonly"] = True
        with self._failures(), self._engine.connect().execution_options(**options) as connection:
            if kind in _READ_ONLY:
                connection.exec_driver_sql(_READ_ONLY[kind])
            yield connection

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Say what a driver has to say; each has errors of its own, of many kinds."""
        try:
            yield
        except ReplayError:
            raise
        except Exception as error:
            raise ReplayError("source-unreadable", {"source": self.name, "reason": reason(error)}) from None


def _sqlite(url: URL) -> sqlite3.Connection:
    """Open a file of SQLite for reading; one that is not there is not made."""
    name = url.database or ":memory:"
    address = name.partition("?")[0] if name.startswith("file:") else Path(name).absolute().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, check_same_thread=False)
    connection.execute("PRAGMA query_only=ON")  # keeps attached files, too, from being written
    return connection
