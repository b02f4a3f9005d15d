"""An entry that is recorded with a key is recorded once."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dutyroute.errors import LedgerError
from dutyroute.ledger import Draft, Entry, Ledger
from scribe import DECISION, EDITION, START, incident


def append(ledger: Ledger, number: int, key: str | None, **options: Any) -> Entry:
    return ledger.append(incident(number), DECISION, edition=EDITION, at=START, key=key, **options)


def test_the_same_key_and_incident_return_the_entry_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "duties.db"
    with Ledger.open(path) as ledger:
        first = append(ledger, 1, "a")
        assert append(ledger, 1, "a") == first
        assert append(ledger, 1, None).number == 2
    with Ledger.open(path) as ledger:
        assert append(ledger, 1, "a") == first
        assert (ledger.last(), ledger.verify().fault) == (2, None)


def test_the_same_key_with_another_incident_is_refused(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "duties.db") as ledger:
        append(ledger, 1, "a")
        with pytest.raises(LedgerError) as caught:
            append(ledger, 2, "a")
        assert (caught.value.reason, ledger.last()) == ("ledger-key-taken", 1)


def test_of_several_drafts_all_or_none_are_written(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "duties.db") as ledger:
        append(ledger, 1, "a")
        drafts = [Draft(incident(n), DECISION, EDITION, START, (), key) for n, key in ((3, "c"), (2, "a"))]
        with pytest.raises(LedgerError):
            ledger.append_many(drafts)
        with pytest.raises(LedgerError):  # within one transaction, too
            ledger.append_many([drafts[0], Draft(incident(4), DECISION, EDITION, START, (), "c")])
        assert ledger.last() == 1
        written = ledger.append_many([drafts[0], drafts[0]])
        assert (written[0], ledger.last()) == (written[1], 2)


def test_a_redacted_value_is_part_of_what_is_compared(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "duties.db") as ledger:
        first = append(ledger, 1, "a", redact=("text",))
        other = {**incident(1), "text": "别的"}
        assert append(ledger, 1, "a", redact=("text",)) == first
        with pytest.raises(LedgerError):
            ledger.append(other, DECISION, edition=EDITION, at=START, key="a", redact=("text",))
        # Once the salt is wiped nobody can tell, and nothing is left to guess from.
        assert ledger.forget(1) == 1
        assert ledger.append(other, DECISION, edition=EDITION, at=START, key="a", redact=("text",)) == first


def test_threads_with_one_key_write_one_entry(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "duties.db") as ledger, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: append(ledger, 1, "a"), range(50)))
        assert (set(found), ledger.last()) == ({found[0]}, 1)


@pytest.mark.parametrize("key", ["\ud800", "a\0b"])
def test_a_key_that_no_database_holds_is_refused(tmp_path: Path, key: str) -> None:
    with Ledger.open(tmp_path / "duties.db") as ledger, pytest.raises(LedgerError) as caught:
        append(ledger, 1, key)
    assert caught.value.reason == "ledger-content"


def test_forked_processes_have_connections_of_their_own(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "duties.db") as ledger:
        append(ledger, 0, None)
        children = []
        for child in range(3):
            if not (process := os.fork()):
                status = 1
                try:
                    for number in range(20):
                        append(ledger, number, f"{child}-{number}")
                    status = 0
                finally:
                    os._exit(status)
            children.append(process)
        assert [os.waitpid(process, 0)[1] for process in children] == [0, 0, 0]
        append(ledger, 1, None)
        assert (ledger.last(), ledger.verify().fault) == (62, None)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER entry_stays",
        "DROP INDEX special",
        "DROP TRIGGER entry_holds; CREATE TRIGGER entry_holds BEFORE UPDATE ON entry BEGIN SELECT 1; END",
        "CREATE TRIGGER more AFTER INSERT ON entry BEGIN DELETE FROM salt; END",
    ],
)
def test_what_guards_the_entries_is_verified(tmp_path: Path, change: str) -> None:
    path = tmp_path / "duties.db"
    with Ledger.open(path) as ledger:
        append(ledger, 1, "a")
        assert ledger.verify().fault is None
        with closing(sqlite3.connect(path)) as file:
            file.executescript(change)
        fault = ledger.verify().fault
        assert (fault and fault.reason) == "ledger-unguarded"


@pytest.mark.parametrize("number", [0, -3])
def test_an_entry_before_the_first_is_seen(tmp_path: Path, number: int) -> None:
    path = tmp_path / "duties.db"
    with Ledger.open(path) as ledger:
        append(ledger, 1, None)
        with closing(sqlite3.connect(path)) as file, file:
            file.execute(f"INSERT INTO entry SELECT {number}, kind, at, body, previous, digest FROM entry")
        fault = ledger.verify().fault
        assert (fault and fault.reason) == "ledger-gap"


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.db"
    os.mkfifo(pipe)
    with pytest.raises(LedgerError) as caught:
        Ledger.open(pipe, create=False)
    assert caught.value.reason == "ledger-foreign"


def test_nobody_else_reads_a_ledger_or_its_export(tmp_path: Path) -> None:
    path, copy = tmp_path / "duties.db", tmp_path / "duties.jsonl"
    with Ledger.open(path) as ledger:
        append(ledger, 1, None)
        ledger.export(copy)
        files = [path, copy, *tmp_path.glob("duties.db-*")]
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
