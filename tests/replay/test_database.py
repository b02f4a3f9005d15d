"""A history in a database is only read, whatever the query says."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from dutyroute.errors import ReplayError
from dutyroute.replay import open_source
from services.postgresql import server, why_not

pytest.importorskip("sqlalchemy")

ROW = [{"id": "A", "matter": "clutter"}]


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.db"
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE cases (id text, matter text)")
        file.execute("INSERT INTO cases VALUES ('A', 'clutter')")
    return path


def refused(place: str, query: str) -> str:
    with pytest.raises(ReplayError) as caught:
        list(open_source(place, query=query).batches())
    return caught.value.code


def rows(place: str, query: str = "select id, matter from cases") -> list[dict[str, str]]:
    return [row for batch in open_source(place, query=query).batches() for row in batch.table.to_pylist()]


WRITING = [
    "drop table cases",
    "  -- select\n delete from cases",
    "/* select */ update cases set id = 'B'",
    "/*! delete from cases */ select 1",
    "insert into cases values ('B', '') returning id",
    "pragma writable_schema = on",
    "vacuum",
    "attach 'other.db' as other",
    "selection",
]


@pytest.mark.parametrize("query", WRITING)
@pytest.mark.parametrize("named", [str, "sqlite:///{}".format])
def test_what_is_no_query_is_refused(cases: Path, query: str, named: Callable[[Path], str]) -> None:
    assert (refused(named(cases), query), rows(str(cases))) == ("source-not-a-query", ROW)


@pytest.mark.parametrize(
    "query",
    [
        "with gone as (select 1) delete from cases",
        "with gone as (select 1) insert into cases select 'B', ''",
        "select 1; drop table cases",
    ],
)
def test_what_looks_like_a_query_cannot_write_either(cases: Path, query: str) -> None:
    assert (refused(str(cases), query), rows(str(cases))) == ("source-unreadable", ROW)


@pytest.mark.parametrize(
    "query",
    [
        "select * from cases",
        "(select * from cases)",
        "/* all */ SELECT * from cases",
        "-- all\nselect * from cases",
    ],
)
def test_queries_are_read(cases: Path, query: str) -> None:
    if query.startswith("("):  # which SQLite does not take
        assert refused(str(cases), query) == "source-unreadable"
    else:
        assert rows(str(cases), query) == ROW
    assert rows(f"sqlite:///file:{cases}?mode=rwc&uri=true", "select * from cases") == ROW


@pytest.mark.parametrize(
    "place", ["absent.db", "sqlite:///absent.db", "sqlite:///file:absent.db?mode=rwc&uri=true"]
)
def test_a_database_that_is_not_there_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (refused(place, "select 1"), list(tmp_path.iterdir())) == ("source-unreadable", [])


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://user:geheim@host:port/cases",
        "postgresql://user:geheim@host:99999/cases",
        "postgresql+pg8000://user:geheim@host/cases?sslmode=sometimes",
        "postgresql+pg8000://user@host/cases?password=geheim&password=geheim",
        "postgresql+pg8000://user@host/cases?password=geheim&option=1",
        "postgresql+nodriver://user:geheim@host/cases",
        "postgresql+no+driver://user:geheim@host/cases",
        "nodatabase://user:geheim@host/cases",
        "mssql+pyodbc:///?odbc_connect=PWD%3Dgeheim",
        "://geheim",
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_its_password(address: str) -> None:
    with pytest.raises(ReplayError) as caught:
        open_source(address, query="select 1")
    said = caught.value.describe("en") + caught.value.describe("zh")
    assert (caught.value.code, "geheim" in said) == ("source-address", False)


@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
def test_a_server_refuses_to_write(tmp_path_factory: pytest.TempPathFactory) -> None:
    with server(tmp_path_factory.mktemp("server")) as url:
        code = refused(url, "with made as (select 1) select * into copied from made")
        assert code == "source-unreadable"
        assert refused(url, "select set_config('transaction_read_only', 'off', true)") == "source-unreadable"
        assert rows(url, "values (1), (2)") == [{"column1": "1"}, {"column1": "2"}]
        with pytest.raises(ReplayError):
            open_source(f"{url}?sslmode=require", query="select 1")
        assert rows(f"{url}?sslmode=prefer&connect_timeout=5", "select 1 as one") == [{"one": "1"}]
