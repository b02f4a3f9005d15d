"""A PostgreSQL server of our own for the tests of ledgers, and a database for each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.postgresql import database, server


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of our own."""
    with server(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture
def url(running: str, request: pytest.FixtureRequest) -> str:
    """A database of one's own."""
    return database(running, request.node.name)
