"""PostgreSQL when processes are forked, and when another session is stuck."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from dutyroute.errors import LedgerError
from dutyroute.ledger import Ledger
from scribe import DECISION, EDITION, START, draft, incident
from services.postgresql import server, why_not

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

sqlalchemy = pytest.importorskip("sqlalchemy")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with server(tmp_path_factory.mktemp("server")) as running:
        yield running


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
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as stuck:
        stuck.execute(sqlalchemy.text("SELECT pg_advisory_xact_lock(1685419129)"))
        with Ledger.open(url) as ledger:
            assert ledger.verify().fault is None
    engine.dispose()
