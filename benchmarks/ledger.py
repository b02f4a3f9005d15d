"""
Time recording in the ledger beside bare inserts at the same durability.

Bare means what one would write without a ledger: the incident and the decision
as JSON, one row each, in the same database with the same synchronisation and
the same number of rows to a transaction. Prints ratios; at most 1.5 is wanted.
`python benchmarks/ledger.py [ROUNDS]`; PostgreSQL is measured where Debian's
server is installed.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from dutyroute import Ledger, Router
from dutyroute.ledger import Draft
from services.postgresql import server, why_not

SIZES = (1, 100, 1000)
AT = datetime(2026, 3, 1, tzinfo=UTC)
Write = Callable[[list[Draft]], object]


def main() -> None:
    """Measure SQLite, and PostgreSQL where there is one."""
    rounds = int(sys.argv[1]) if sys.argv[1:] else 15
    draft = example()
    print(f"a row of {len(_incident(draft)) + len(_decision(draft)):,} characters; median of {rounds} rounds")
    with tempfile.TemporaryDirectory() as folder, sqlite(Path(folder)) as (bare, ledger):
        compare("SQLite", bare, ledger, draft, rounds)
    if reason := why_not():
        print(f"PostgreSQL: {reason}")
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        server(Path(folder)) as url,
        postgresql(url) as (bare, ledger),
    ):
        compare("PostgreSQL", bare, ledger, draft, rounds)


def example() -> Draft:
    """Route an everyday incident."""
    router = Router.shipped()
    incident = {"id": "A-2026-0001", "matter": "illegal-construction", "text": "六楼露台搭建阳光房。" * 10}
    decision = router.route(incident).to_dict()
    return Draft(incident, decision, router.rulebook.digest, AT)


def _incident(draft: Draft) -> str:
    return json.dumps(draft.incident, ensure_ascii=False)


def _decision(draft: Draft) -> str:
    return json.dumps(draft.decision, ensure_ascii=False)


def compare(name: str, bare: Write, ledger: Write, draft: Draft, rounds: int) -> None:
    """Write with both in turns, so that a slow moment of the disk hits both."""
    for size in SIZES:
        drafts, times = [draft] * size, 20 if size == 1 else 1
        for write in (bare, ledger):
            write(drafts)
        pairs = [(_timed(bare, drafts, times), _timed(ledger, drafts, times)) for _ in range(rounds)]
        plain, kept = (median(column) / times for column in zip(*pairs, strict=True))
        ratio = median(kept / plain for plain, kept in pairs)
        print(
            f"{name:10}  {size:5} a transaction: {ratio:4.2f} ({kept * 1e3:8.2f} ms, bare {plain * 1e3:8.2f} ms)"
        )


def _timed(write: Write, drafts: list[Draft], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        write(drafts)
    return time.perf_counter() - start


@contextmanager
def sqlite(folder: Path) -> Iterator[tuple[Write, Write]]:
    """Open a bare table and a ledger, each in a file of its own."""
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as file:
        for statement in ("journal_mode=WAL", "synchronous=FULL"):
            file.execute(f"PRAGMA {statement}")
        file.execute(
            "CREATE TABLE record (number INTEGER PRIMARY KEY, at TEXT, edition TEXT, incident TEXT, decision TEXT)"
        )

        def bare(drafts: list[Draft]) -> None:
            file.execute("BEGIN IMMEDIATE")
            rows = ((d.at.isoformat(), d.edition, _incident(d), _decision(d)) for d in drafts)
            file.executemany("INSERT INTO record (at, edition, incident, decision) VALUES (?, ?, ?, ?)", rows)
            file.execute("COMMIT")

        with Ledger.open(folder / "ledger.db") as ledger:
            yield bare, ledger.append_many


@contextmanager
def postgresql(url: str) -> Iterator[tuple[Write, Write]]:
    """Open a bare table and a ledger on the same server, by the same driver."""
    import sqlalchemy

    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            sqlalchemy.text(
                "CREATE TABLE record (number BIGSERIAL PRIMARY KEY, at TEXT, edition TEXT, incident TEXT, decision TEXT)"
            )
        )
    add = sqlalchemy.text(
        "INSERT INTO record (at, edition, incident, decision) VALUES (:at, :edition, :incident, :decision)"
    )

    def row(draft: Draft) -> dict[str, Any]:
        said = {"incident": _incident(draft), "decision": _decision(draft)}
        return {"at": draft.at.isoformat(), "edition": draft.edition, **said}

    def bare(drafts: list[Draft]) -> None:
        with engine.begin() as connection:
            connection.execute(add, [row(draft) for draft in drafts])

    with Ledger.open(url) as ledger:
        yield bare, ledger.append_many
    engine.dispose()


if __name__ == "__main__":
    main()
