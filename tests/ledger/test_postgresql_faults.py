"""PostgreSQL when processes are forked, another session is stuck, the server refuses, and a guard is gone."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dutyroute.errors import LedgerError
from dutyroute.ledger import Ledger, postgresql
from scribe import DECISION, EDITION, START, draft, incident
from services.postgresql import administer, why_not
from services.proxy import Side, proxy

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

sqlalchemy = pytest.importorskip("sqlalchemy")


@contextmanager
def session(url: str, *statements: str) -> Iterator[None]:
    """Keep a transaction open in which some statements were executed."""
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
            yield
    finally:
        engine.dispose()


def test_forked_processes_lose_nothing(url: str) -> None:
    with Ledger.open(url) as ledger:
        before = ledger.append_many([draft(0)])[0].number
        children = []
        for child in range(3):
            if not (process := os.fork()):
                status = 1
                try:
                    for number in range(10):
                        ledger.append_many([draft(child * 10 + number)])
                    status = 0
                finally:
                    os._exit(status)
            children.append(process)
        assert [os.waitpid(process, 0)[1] for process in children] == [0, 0, 0]
        ledger.append_many([draft(1)])
        assert (ledger.last() - before, ledger.verify().fault) == (31, None)


def test_a_key_is_kept_once(url: str) -> None:
    with Ledger.open(url) as ledger:
        options = {"edition": EDITION, "at": START, "key": "a"}
        first = ledger.append(incident(1), DECISION, **options)
        assert ledger.append(incident(1), DECISION, **options) == first
        with pytest.raises(LedgerError) as caught:
            ledger.append(incident(2), DECISION, **options)
        assert (caught.value.reason, ledger.last()) == ("ledger-key-taken", first.number)


def test_a_ledger_opens_while_another_session_is_stuck(url: str) -> None:
    Ledger.open(url).close()
    with session(url, "SELECT pg_advisory_xact_lock(1685419129)"), Ledger.open(url) as ledger:
        assert ledger.verify().fault is None


STUCK = {
    "a writer": "SELECT pg_advisory_xact_lock(1685419129)",
    "an administrator": "LOCK TABLE dutyroute_entry IN ACCESS EXCLUSIVE MODE",
    "the same number": "INSERT INTO dutyroute_entry VALUES (3, 'decision', '', '', '', '')",
}


@pytest.mark.parametrize("statement", STUCK.values(), ids=STUCK)
def test_a_stuck_session_holds_up_nobody_for_ever(
    url: str, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(postgresql._SESSION, "lock_timeout", "200ms")
    with Ledger.open(url) as ledger:
        ledger.append_many([draft(1)])
        with Ledger.open(url) as other:  # does not know the last entry, and asks for the lock
            ledger.append_many([draft(2)])
            with session(url, statement):
                for each in (other,) if "advisory" in statement else (ledger, other):
                    with pytest.raises(LedgerError) as caught:
                        each.append_many([draft(3)])
                    assert caught.value.reason == "ledger-busy"
            assert [entry.number for entry in other.append_many([draft(3)])] == [3]
        assert (ledger.append_many([draft(4)])[0].number, ledger.verify().fault) == (4, None)


def refusing(error: str) -> tuple[str, str]:
    """Have the server refuse each new entry."""
    body = f"BEGIN RAISE {error}; END"
    return (
        f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        "CREATE TRIGGER refuse BEFORE INSERT ON dutyroute_entry FOR EACH ROW EXECUTE FUNCTION refuse()",
    )


SHORT = {"text": "三楼"}
"""An event that no error would cut off."""

REFUSED = {
    "a rule of the server's": (("ALTER TABLE dutyroute_entry ADD CHECK (number < 2)",), "ledger-system"),
    "a key of another table": (refusing("unique_violation USING CONSTRAINT = 'other_pkey'"), "ledger-system"),
    "always another writer": (
        refusing("unique_violation USING CONSTRAINT = 'dutyroute_entry_pkey'"),
        "ledger-busy",
    ),
}


@pytest.mark.parametrize("statements, reason", REFUSED.values(), ids=REFUSED)
def test_what_the_server_refuses_is_not_tried_without_end_and_shows_no_incident(
    url: str, statements: tuple[str, ...], reason: str
) -> None:
    with Ledger.open(url) as ledger:
        ledger.append_many([draft(1)])
        administer(url, *statements)
        with pytest.raises(LedgerError) as caught:
            ledger.note([SHORT], at=START)
        printed = "".join(traceback.format_exception(caught.value))
        assert (caught.value.reason, "三楼" in printed) == (reason, False)
        assert ledger.verify().size == 1


PRINTING = """
import sys
from dutyroute import Ledger, LedgerError
from scribe import draft

with Ledger.open(sys.argv[1]) as ledger:
    ledger.append_many([draft(1)])
    print("written", flush=True)
    input()
    for number in range(2, 5):
        try:
            ledger.append_many([draft(number)])
        except LedgerError as error:
            print(error.reason)
    print(ledger.verify().is_sound)
"""


def test_a_restart_prints_no_incident(url: str) -> None:
    """A program without logging of its own prints whatever the pool of connections logs."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    program = subprocess.Popen(
        [sys.executable, "-c", PRINTING, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == b"written\n"
    administer(
        url,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()",
    )
    out, err = program.communicate(b"\n", timeout=60)
    assert (out, err) == (b"True\n", b"")


DROPPED = "DROP TRIGGER dutyroute_stays ON dutyroute_entry"
MADE = (
    "CREATE TRIGGER dutyroute_stays BEFORE {when} ON dutyroute_entry"
    " FOR EACH STATEMENT {only} EXECUTE FUNCTION dutyroute_refuse()"
)
ALL = "UPDATE OR DELETE OR TRUNCATE"
UNGUARDED = {
    "no trigger": ((DROPPED,), "dutyroute_stays"),
    "a trigger that is off": (("ALTER TABLE dutyroute_entry DISABLE TRIGGER USER",), "dutyroute_stays"),
    "a trigger that never fires": (
        (DROPPED, MADE.format(when=ALL, only="WHEN (false)")),
        "dutyroute_stays",
    ),
    "a trigger for one column": (
        (DROPPED, MADE.format(when=ALL.replace("UPDATE", "UPDATE OF kind"), only="")),
        "dutyroute_stays",
    ),
    "a trigger for deletions": ((DROPPED, MADE.format(when="DELETE", only="")), "dutyroute_stays"),
    "one more trigger": (refusing("NOTICE 'x'"), "dutyroute_stays"),
    "no function": (("DROP FUNCTION dutyroute_refuse CASCADE",), "dutyroute_stays, dutyroute_refuse"),
    "a function that lets pass": (
        (
            "CREATE OR REPLACE FUNCTION dutyroute_refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN IF false THEN RAISE EXCEPTION 'x'; END IF; return OLD; END $$",
        ),
        "dutyroute_refuse",
    ),
    "a rule": (("CREATE RULE quiet AS ON UPDATE TO dutyroute_entry DO INSTEAD NOTHING",), "dutyroute_entry"),
    "rows that are hidden": (("ALTER TABLE dutyroute_entry ENABLE ROW LEVEL SECURITY",), "dutyroute_entry"),
    "no key": (
        ("ALTER TABLE dutyroute_entry DROP CONSTRAINT dutyroute_entry_pkey",),
        "dutyroute_entry_pkey",
    ),
}


@pytest.mark.parametrize("statements, missing", UNGUARDED.values(), ids=UNGUARDED)
def test_verify_tells_which_guard_is_gone(url: str, statements: tuple[str, ...], missing: str) -> None:
    with Ledger.open(url) as ledger:
        ledger.append_many([draft(1)])
        assert ledger.verify().fault is None
        administer(url, *statements)
        fault = ledger.verify().fault
        assert fault is not None
        assert (fault.reason, fault.values["detail"]) == ("ledger-unguarded", missing)


@pytest.mark.parametrize("number", [0, -5])
def test_an_entry_before_the_first_is_found(url: str, number: int) -> None:
    with Ledger.open(url) as ledger:
        ledger.append_many([draft(1)])
        row = "SELECT kind, at, body, previous, digest FROM dutyroute_entry"
        administer(url, f"INSERT INTO dutyroute_entry SELECT {number}, each.* FROM ({row}) AS each")
        fault = ledger.verify().fault
        assert fault is not None
        assert (fault.reason, fault.values["found"]) == ("ledger-gap", number)


def told(ledger: Ledger, number: int, key: str | None = None) -> int | str:
    """Record a decision; return the number of its entry, or the reason why there is none."""
    try:
        return ledger.append(incident(number), DECISION, edition=EDITION, at=START, key=key).number
    except LedgerError as error:
        return error.reason


def test_a_commit_whose_answer_was_lost_is_recorded_once_and_told_so(url: str) -> None:
    with proxy(url) as (line, through), Ledger.open(through) as ledger:
        ledger.append_many([draft(1)])
        line.arm("commit", "after")
        assert (told(ledger, 2), line.cuts, ledger.last()) == (2, 1, 2)
        assert ledger.entry(2).content["incident"] == incident(2)
        assert ledger.verify().fault is None


def test_a_commit_that_never_arrived_is_told_as_not_recorded(url: str) -> None:
    with proxy(url) as (line, through), Ledger.open(through) as ledger:
        ledger.append_many([draft(1)])
        line.arm("commit", "before")
        assert (told(ledger, 2), line.cuts, ledger.last()) == ("ledger-lost", 1, 1)
        assert told(ledger, 2) == 2


@pytest.mark.parametrize("side, number", [("before", 3), ("after", 2)])
def test_what_nobody_can_tell_is_recorded_once_with_the_same_key(
    url: str, side: Side, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server does not answer after the cut; meanwhile another writer takes the next number."""
    monkeypatch.setattr(postgresql, "PATIENCE", 0.1)
    with proxy(url) as (line, through), Ledger.open(through) as ledger, Ledger.open(url) as other:
        ledger.append_many([draft(1)])
        line.arm("commit", side, down=1)
        assert told(ledger, 2, "a") == "ledger-unknown"
        other.append_many([draft(3)])
        assert told(other, 2, "a") == number
        assert (other.last(), other.verify().fault) == (3, None)
