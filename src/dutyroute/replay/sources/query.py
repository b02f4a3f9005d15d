"""Query: rows of a database, by any URL that SQLAlchemy takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from dutyroute.errors import ReplayError, needs
from dutyroute.replay.sources.batch import ROWS, Batch, Note, distinct, texts, unused
from dutyroute.replay.sources.other import written

__all__ = ["Query"]


class Query:
    """The rows that a query yields; the same rows in the same order each time is the query's matter."""

    size = None
    notes: tuple[Note, ...] = ()

    def __init__(self, place: str | Path, *, query: str | None = None, **settings: Any) -> None:
        with needs("sql"):
            import sqlalchemy
        self._engine = sqlalchemy.create_engine(
            f"sqlite:///{place}" if isinstance(place, Path) else place, poolclass=sqlalchemy.NullPool
        )
        self.path = place if isinstance(place, Path) else None
        self.name = str(place) if self.path else self._engine.url.render_as_string(hide_password=True)
        unused(self.name, settings)
        if not query:
            raise ReplayError("source-no-query", {"source": self.name})
        self._query = sqlalchemy.text(query)
        self._failure = sqlalchemy.exc.SQLAlchemyError
        try:
            with self._engine.connect() as connection:
                self.columns = distinct(list(connection.execute(self._query).keys()))
        except self._failure as error:
            raise self._unreadable(error) from None

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yield the chunks from one on."""
        done = index = 0
        try:
            with self._engine.connect().execution_options(stream_results=True) as connection:
                found = connection.execute(self._query)
                while listed := found.fetchmany(ROWS):
                    if index >= start:
                        rows = pa.array(range(done + 1, done + len(listed) + 1), pa.int64())
                        table = texts([[written(cell) for cell in row] for row in listed], self.columns)
                        yield Batch(index, rows, table, (), done + len(listed))
                    done += len(listed)
                    index += 1
        except self._failure as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: Exception) -> ReplayError:
        return ReplayError("source-unreadable", {"source": self.name, "reason": str(error).splitlines()[0]})
