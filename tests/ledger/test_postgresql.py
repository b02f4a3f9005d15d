"""The same ledger on a real PostgreSQL server."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from dutyroute import LedgerStore, Overseer
from dutyroute.errors import LedgerError
from dutyroute.ledger import Ledger
from scribe import DECISION, EDITION, RULES, START, draft, incident
from services.postgresql import administer, why_not
from watching import event, watched

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

sqlalchemy = pytest.importorskip("sqlalchemy")
WRITER = str(Path(__file__).with_name("writer.py"))


def test_what_is_recorded_comes_back(url: str, tmp_path: Path) -> None:
    """Editions, decisions, hashed-out text, checkpoints, and an export that agrees."""
    with Ledger.open(url) as ledger:
        ledger.publish(RULES, digest=EDITION, author="甲", note="首版", at=START)
        ledger.append_many([draft(1), draft(2, redact=("text",))])
        signed = ledger.checkpoint(author="审计科", at=START)
        last = ledger.append({**incident(3), "text": "\x00\U0001f600"}, DECISION, edition=EDITION, at=START)
        assert last.content["incident"]["text"] == "\x00\U0001f600"
        assert ledger.edition(EDITION[:12]).content == RULES
        assert (ledger.proves(3, "text", incident(2)["text"]), ledger.proves(3, "text", "x")) == (True, False)
        assert ledger.forget(3) == 1
        verdict = ledger.verify([signed])
        assert (verdict.is_sound, verdict.size, verdict.checkpoints) == (True, 5, 1)
        assert ledger.export(tmp_path / "copy.jsonl") == 5
        with Ledger.open(tmp_path / "copy.jsonl") as copy:
            assert copy.verify([signed]) == verdict
            assert list(copy.entries()) == list(ledger.entries())


def test_what_was_observed_is_there_after_a_restart(url: str) -> None:
    events = [event(f"C{number}", "complaint", number, "property-company") for number in range(12)]
    with Ledger.open(url) as ledger:
        proposed = Overseer(watched(), LedgerStore(ledger)).observe_many(events)
        before = ledger.last()
    with Ledger.open(url) as ledger:
        again = Overseer(watched(), LedgerStore(ledger))
        assert again.observe_many(events) == ()
        assert (ledger.last(), ledger.verify().is_sound) == (before, True)
        memory = Overseer(watched())
        assert memory.observe_many(events) == proposed
        assert [again.state(each) for each in again.subjects()] == [
            memory.state(s) for s in memory.subjects()
        ]


def test_a_long_ledger_is_read_page_by_page(url: str) -> None:
    with Ledger.open(url) as ledger:
        ledger.append_many([draft(number) for number in range(2001)])
        assert [entry.number for entry in ledger.entries(1000)] == list(range(1000, 2002))
        assert ledger.verify().size == 2001


def test_threads_and_processes_that_append_at_once_make_one_chain(url: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, WRITER, url]
    writers = [
        subprocess.Popen([*command, name, "30"], stdout=subprocess.PIPE, env=environment) for name in "AB"
    ]
    with Ledger.open(url) as ledger:
        threads = [Thread(target=ledger.append_many, args=([draft(n), draft(n)],)) for n in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        answers = [writer.communicate(timeout=60)[0].decode().splitlines() for writer in writers]
        digests = {str(entry.number): entry.digest for entry in ledger.entries()}
        assert ledger.verify().fault is None
    assert len(digests) == 2 * 60 + 60
    assert [len(lines) for lines in answers] == [30, 30]
    assert all(digests[number] == digest for lines in answers for number, digest in map(str.split, lines))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM dutyroute_entry WHERE number = 2",
        "UPDATE dutyroute_entry SET body = '{}' WHERE number = 2",
        "TRUNCATE dutyroute_entry",
    ],
)
def test_the_database_refuses_changes_and_what_gets_past_it_is_seen(url: str, statement: str) -> None:
    with Ledger.open(url) as ledger:
        ledger.append_many([draft(number) for number in range(5)])
        signed = ledger.checkpoint(at=START)
        with pytest.raises(sqlalchemy.exc.SQLAlchemyError, match="never changed"):
            administer(url, statement)
        assert ledger.verify([signed]).is_sound
        administer(url, "ALTER TABLE dutyroute_entry DISABLE TRIGGER ALL", statement)
        fault = ledger.verify([signed]).fault
        assert fault is not None
        assert fault.entry == (1 if "TRUNCATE" in statement else 2)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_killed_connection_loses_nothing_and_the_ledger_goes_on(url: str) -> None:
    """Whether or not the entry after the kill is taken: it is there exactly if it was acknowledged."""
    with Ledger.open(url) as ledger:
        written = ledger.append_many([draft(1)])
        administer(
            url,
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()",
        )
        try:
            written += ledger.append_many([draft(2)])
        except LedgerError as error:
            refused = error.reason
        else:
            refused = "ledger-system"
        written += ledger.append_many([draft(3)])
        assert (refused, list(ledger.entries())) == ("ledger-system", written)
        assert ledger.verify().is_sound
    gc.collect()  # the driver leaves the socket of a dead connection open


def test_what_cannot_be_used_is_reported_without_its_password(url: str) -> None:
    absent = url.replace("postgres@", "postgres:secret@").rpartition("/")[0] + "/absent"
    with pytest.raises(LedgerError) as caught:
        Ledger.open(absent)
    assert caught.value.reason == "ledger-system"
    assert "secret" not in str(caught.value)
    with pytest.raises(LedgerError) as missing:
        Ledger.open(url, create=False)
    assert missing.value.reason == "ledger-missing"


def test_a_database_that_may_only_be_read_can_be_verified_and_not_written(url: str) -> None:
    with Ledger.open(url) as ledger:
        ledger.append_many([draft(1)])
    name = url.rpartition("/")[2]
    administer(url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with Ledger.open(url, create=False) as ledger:
        assert ledger.verify().size == 1
        with pytest.raises(LedgerError) as caught:
            ledger.append_many([draft(2)])
    assert caught.value.reason == "ledger-read-only"
