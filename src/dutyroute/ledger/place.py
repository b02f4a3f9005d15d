"""From a path or URL to the place where a ledger is kept."""

from __future__ import annotations

from pathlib import Path

from dutyroute.errors import LedgerError
from dutyroute.ledger.export import ExportStorage
from dutyroute.ledger.sqlite import SqliteStorage
from dutyroute.ledger.storage import Storage

__all__ = ["placed"]

_SQLITE = "sqlite:///"


def placed(url: str | Path, *, create: bool) -> Storage:
    """
    Open what a path or URL names; SQLAlchemy's spelling of URLs.

    Raises:
        LedgerError: if it names nothing that can hold a ledger.
    """
    text = str(url)
    if isinstance(url, str) and "://" in url and not text.startswith(_SQLITE):
        return _served(text, create=create)
    path = Path(text.removeprefix(_SQLITE) if isinstance(url, str) else text)
    if not path.name or "\0" in text:
        raise LedgerError(text, "ledger-url")
    return ExportStorage(path) if ExportStorage.is_one(path) else SqliteStorage(path, create=create)


def _served(url: str, *, create: bool) -> Storage:
    """Open a ledger on a database server."""
    if url.partition("://")[0] not in ("postgresql", "postgresql+pg8000"):
        raise LedgerError(url.partition("://")[0] + "://…", "ledger-url")
    from dutyroute.ledger.postgresql import PostgresqlStorage

    return PostgresqlStorage(url, create=create)
