"""Addresses of databases: of ledgers, and of histories that a query yields."""

from __future__ import annotations

import json
import random
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from dutyroute import Ledger
from fuzz.content import HOSTILE, history
from fuzz.files.histories import map_text
from fuzz.reader import command, refusing, replayed_from
from fuzz.trial import Made, Refused, Row, Seen

__all__ = ["WAYS", "make", "read"]

_GOOD = "postgresql+pg8000://clerk:{secret}@127.0.0.1:1/duties"
_QUERY = "SELECT * FROM cases ORDER BY 编号"


def make(way: str, chance: random.Random, size: int) -> Made:
    """Make an address; that of a file with rows yields them, any other has to be refused."""
    secret = f"s3cr3t{chance.randrange(10**8):08}"
    records = history(chance, size)
    about: dict[str, Any] = {"query": _QUERY, "records": [dict(each.cells) for each in records]}
    about["address"] = address = _WAYS[way](secret, chance)
    rows: tuple[Row, ...] = ()
    if way == "sound":
        ordered = sorted(records, key=lambda each: each.cells["编号"])
        rows = tuple(Row(at, each.known) for at, each in enumerate(ordered, 1))
    elif way == "odd-query":
        about["query"], about["address"] = address, "sqlite:///{folder}/cases.sqlite3"
    written = json.dumps(about).encode()
    hidden = secret if secret in str(about["address"]) else ""
    how = chance.choice(("ledger", "history", "command")) if not rows else chance.choice(("", "command"))
    is_open = way in ("sqlite", "odd-query")
    return Made(
        "addresses",
        way,
        "address.json",
        written,
        rows,
        map_text(),
        not rows,
        is_open=is_open,
        secret=hidden,
        how=how,
    )


def read(made: Made, path: Path, chance: random.Random) -> Seen:
    """Open the address as a ledger or as a history, by the library or the command."""
    about = json.loads(path.read_bytes())
    _database(path.with_name("cases.sqlite3"), about["records"])
    address = about["address"].replace("{folder}", str(path.parent))
    with _no_names():
        if made.rows:
            return _rows(made, path, address, about["query"], chance)
        if made.how == "ledger":
            with refusing(made), Ledger.open(address, create=False) as ledger:
                ledger.verify()
        elif made.how == "history":
            return _rows(made, path, address, about["query"], chance)
        else:
            named = chance.choice((("ledger", "verify"), ("ledger", "show"), ("history",)))
            status, _, told = command(
                made, *named, *(("--ledger",) if named == ("history",) else ()), address
            )
            if status:
                raise Refused(told)
    return Seen()


def _rows(made: Made, path: Path, address: str, query: str, chance: random.Random) -> Seen:
    at = path.with_name("map.yaml")
    at.write_text(map_text({"query": query}), "utf-8", "surrogatepass")
    return replayed_from(made, address, path.parent, chance)


class _no_names:  # noqa: N801
    """Let no name be looked up: that would ask servers elsewhere, and take long."""

    def __enter__(self) -> None:
        self._own = socket.getaddrinfo

        def look_up(host: Any, *others: Any, **more: Any) -> Any:
            if host in ("localhost", "127.0.0.1", "::1", None):
                return self._own(host, *others, **more)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        socket.getaddrinfo = look_up

    def __exit__(self, *_: object) -> None:
        socket.getaddrinfo = self._own


def _database(path: Path, records: list[dict[str, str]]) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        names = list(records[0])
        file.execute(f"CREATE TABLE cases ({', '.join(names)})")
        marks = ", ".join("?" * len(names))
        file.executemany(f"INSERT INTO cases VALUES ({marks})", [list(each.values()) for each in records])


def _sound(_: str, chance: random.Random) -> str:
    return chance.choice(("sqlite:///{folder}/cases.sqlite3", "sqlite+pysqlite:///{folder}/cases.sqlite3"))


def _ports(secret: str, chance: random.Random) -> str:
    port = chance.choice(
        ("0", "-1", "65536", "99999999999", "", "x", "１", "1.5", "1:2", " 1", "\n1", "+1", "0x1")
    )
    return _GOOD.format(secret=secret).replace(":1/", f":{port}/")


def _drivers(secret: str, chance: random.Random) -> str:
    names = (
        "postgres",
        "postgresql",
        "postgresql+psycopg2",
        "postgresql+asyncpg",
        "postgresql+",
        "+pg8000",
        "mysql",
    )
    more = (
        "mysql+pymysql",
        "oracle",
        "mssql+pyodbc",
        "duckdb",
        "http",
        "file",
        "",
        "postgresql+os",
        "a+b+c",
        "x" * 500,
    )
    odd = (
        "postgresql+sqlalchemy.util",
        "PostgreSQL",
        "postgresql ",
        "jdbc:postgresql",
        "sqlite+aiosqlite",
        "..",
    )
    return _GOOD.format(secret=secret).replace("postgresql+pg8000", chance.choice((*names, *more, *odd)))


def _options(secret: str, chance: random.Random) -> str:
    keys = (
        "sslmode",
        "sslrootcert",
        "connect_timeout",
        "application_name",
        "host",
        "options",
        "x",
        "",
        "sslmode&sslmode",
    )
    values = (
        "require",
        "verify-full",
        "nonsense",
        "",
        "1",
        "-1",
        "1e9",
        "a\0b",
        "/etc/passwd",
        "/nowhere",
        "127.0.0.1",
        "%",
    )
    said = "&".join(f"{chance.choice(keys)}={chance.choice(values)}" for _ in range(chance.randint(1, 2)))
    return f"{_GOOD.format(secret=secret)}?{said}"


def _passwords(secret: str, chance: random.Random) -> str:
    """Put the password where people put it, or break the address at it."""
    return chance.choice(
        (
            f"postgresql://127.0.0.1:1/duties?user=a&password={secret}",
            f"postgresql://127.0.0.1:1/duties?sslpassword={secret}",
            f"postgresql://127.0.0.1:1/duties?options=-c%20password%3D{secret}",
            f"postgresql://a:{secret}@@127.0.0.1:1/duties",
            f"postgresql://a:{secret}/x@127.0.0.1:1/duties",
            f"postgresql://a:{secret}#@127.0.0.1:1/duties",
            f"postgresql://a:{secret}%zz@127.0.0.1:1/duties",
            f"postgresql://a:{secret}@127.0.0.1:port/duties",
            f"postgresql://a:{secret}@[::1:1/duties",
            f"postgresql:/a:{secret}@127.0.0.1:1/duties",
            f"postgresql//a:{secret}@127.0.0.1:1/duties",
            f"postgresql：//a:{secret}@127.0.0.1:1/duties",
            f"postgresql://a:{secret}",
            f" postgresql://a:{secret}@127.0.0.1:1/duties",
            f"postgresql://a:{secret}@127.0.0.1:1/duties?{secret}",
            f"mysql+pymysql://a:{secret}@127.0.0.1:1/duties?passwd={secret}",
            f"mssql://?odbc_connect=UID=a;PWD={secret}",
            f"://a:{secret}@127.0.0.1",
            f"a:{secret}@127.0.0.1:1/duties",
        )
    )


def _hostile(secret: str, chance: random.Random) -> str:
    text = chance.choice((*HOSTILE, "\ud800", "\0", "a" * 5_000, "\r\n", "%00", "%0a", "%1b[31m"))
    place = chance.choice(("clerk", "127.0.0.1", "duties"))
    return _GOOD.format(secret=secret).replace(place, text)


def _sqlite(_: str, chance: random.Random) -> str:
    names = (
        "sqlite://",
        "sqlite:///",
        "sqlite:////",
        "sqlite:///{folder}",
        "sqlite:///{folder}/none.db",
        "sqlite:///:memory:",
    )
    odd = (
        "sqlite:///file:{folder}/cases.sqlite3?mode=rwc&uri=true",
        "sqlite:///{folder}/a\0b",
        "sqlite:///{folder}/cases.sqlite3?x=1",
    )
    more = (
        "sqlite:///{folder}/address.json",
        "sqlite://127.0.0.1/x.db",
        "sqlite:///{folder}/" + "x" * 300,
        "sqlite:////dev/null",
    )
    return chance.choice((*names, *odd, *more))


def _queries(_: str, chance: random.Random) -> str:
    return chance.choice(
        (
            *(
                "",
                " ",
                "drop table cases",
                "DELETE FROM cases",
                "select",
                "select * from nothing",
                "select 1; drop table cases",
            ),
            *(
                "with x as (select 1) delete from cases",
                "pragma journal_mode=wal",
                "attach '/x' as x",
                "/* */ drop table cases",
            ),
            *(
                "values (1)",
                "select '\x1b[31m'",
                "select x'ff'",
                "select 1/0, 1e400, null",
                ":x",
                "select :x",
                "(select 1)",
            ),
            *(
                "select * from cases where 编号 = '",
                "select '" + "x" * 9_999 + "'",
                "vacuum into '/tmp/x'",
                "\0",
                "select 1 as 编号",
            ),
            "with recursive c(x) as (select 1 union all select x + 1 from c limit 3) select x as 编号 from c",
        )
    )


_WAYS: dict[str, Callable[[str, random.Random], str]] = {
    "sound": _sound,
    "ports": _ports,
    "drivers": _drivers,
    "options": _options,
    "passwords": _passwords,
    "hostile-text": _hostile,
    "sqlite": _sqlite,
    "odd-query": _queries,
}
WAYS = tuple(_WAYS)
