"""Two times of an edition: when it was written, which nobody chooses, and when its publisher says it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from books import book, rule
from dutyroute import IncidentError, LedgerError, Router, Rulebook
from dutyroute.formats.timestamp import stamp
from dutyroute.ledger import Checkpoint, Edition, Ledger
from dutyroute.ledger.canonical import canonical
from dutyroute.ledger.entry import FIRST as ZEROS
from dutyroute.ledger.entry import Entry, seal
from scribe import DECISION, EDITION, RULES, incident

MARCH, MAY, JUNE = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 5, 6))
CLUTTER = {"matter": "clutter"}
FIRST, CORRECTED = (book(rule("a", CLUTTER, {"lead": lead})) for lead in ("housing", "planning"))


class Clock:
    """A clock that is set by hand."""

    now = JUNE

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def publish(ledger: Ledger, rulebook: Rulebook, stated: datetime | None = None) -> Edition:
    return ledger.publish(rulebook.canonical().encode(), digest=rulebook.digest, stated=stated)


def old_ledger(path: Path, *entries: tuple[str, datetime]) -> Path:
    """Write a ledger as the first version did, which took any time from a person."""
    edition = {"author": "", "content": RULES.decode(), "digest": EDITION, "note": ""}
    decision = {"decision": DECISION, "edition": EDITION, "incident": incident(1)}
    bodies = {"edition": canonical(edition), "decision": canonical(decision)}
    Ledger.open(path).close()
    rows: list[Entry] = []
    for number, (kind, at) in enumerate(entries, 1):
        previous = rows[-1].digest if rows else ZEROS
        rows.append(seal(number, kind, stamp(at), bodies[kind], previous))
    with closing(sqlite3.connect(path)) as file, file:
        values = [(e.number, e.kind, e.at, e.body, e.previous, e.digest) for e in rows]
        file.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", values)
    return path


def test_what_was_known_goes_by_the_clock_and_what_was_stated_by_the_word(
    tmp_path: Path, clock: Clock
) -> None:
    with Ledger.open(tmp_path / "ledger.db", clock=clock) as ledger:
        first = publish(ledger, FIRST, stated=MARCH)
        clock.now = JUNE + timedelta(days=1)
        second = publish(ledger, CORRECTED, stated=MAY)
        assert [(e.published, e.stated) for e in (first, second)] == [(JUNE, MARCH), (clock.now, MAY)]
        router = Router(CORRECTED, ledger=ledger)
        with pytest.raises(LedgerError, match=r"no rulebook had been published|还没有发布过"):
            router.route(CLUTTER, as_known=MAY)
        assert router.route(CLUTTER, as_known=JUNE).lead == ("housing",)
        assert router.route(CLUTTER, as_known=clock.now).lead == ("planning",)
        assert router.route(CLUTTER, as_stated=MARCH).lead == ("housing",)
        assert router.route(CLUTTER, as_stated=MAY).lead == ("planning",)


def test_an_answer_by_a_stated_time_is_marked(tmp_path: Path, clock: Clock) -> None:
    with Ledger.open(tmp_path / "ledger.db", clock=clock) as ledger:
        publish(ledger, FIRST, stated=MARCH)
        router = Router(FIRST, ledger=ledger)
        assert router.route(CLUTTER, as_stated=MAY).to_dict()["rulebook"]["as_stated"] is True
        assert "as_stated" not in router.route(CLUTTER, as_known=JUNE).to_dict()["rulebook"]
        assert "as_stated" not in router.route(CLUTTER).to_dict()["rulebook"]
        assert router.stated(MAY).ledger is None


@pytest.mark.parametrize(
    "stated, reason",
    [
        (JUNE + timedelta(seconds=1), "ledger-stated-future"),
        (MAY - timedelta(seconds=1), "ledger-stated-before"),
    ],
)
def test_a_time_that_cannot_be_is_refused(
    tmp_path: Path, clock: Clock, stated: datetime, reason: str
) -> None:
    with Ledger.open(tmp_path / "ledger.db", clock=clock) as ledger:
        publish(ledger, FIRST, stated=MAY)
        with pytest.raises(LedgerError) as caught:
            publish(ledger, CORRECTED, stated=stated)
        assert (caught.value.reason, ledger.last()) == (reason, 1)
        assert publish(ledger, CORRECTED, stated=MAY).number == 2


def test_an_old_edition_has_one_time_for_both(tmp_path: Path, clock: Clock) -> None:
    path = old_ledger(tmp_path / "old.db", ("edition", MAY))
    with Ledger.open(path, clock=clock) as ledger:
        (edition,) = ledger.editions()
        assert (edition.published, edition.stated, edition.is_stated) == (MAY, MAY, False)
        with pytest.raises(LedgerError) as caught:
            publish(ledger, FIRST, stated=MARCH)
        assert caught.value.reason == "ledger-stated-before"


@pytest.mark.parametrize(
    "entries",
    [
        [("edition", MARCH), ("edition", datetime(2099, 1, 1, tzinfo=UTC))],
        [("edition", MARCH), ("edition", JUNE), ("decision", MAY)],
        [("edition", JUNE), ("edition", MARCH), ("decision", MAY)],
    ],
)
def test_an_old_time_that_cannot_be_right_binds_nobody(
    tmp_path: Path, clock: Clock, entries: list[tuple[str, datetime]]
) -> None:
    with Ledger.open(old_ledger(tmp_path / "old.db", *entries), clock=clock) as ledger:
        found = ledger.verify()
        assert (found.is_sound, bool(found.future or found.disordered)) == (True, True)
        with pytest.raises(LedgerError) as caught:  # what comes before it still binds
            publish(ledger, FIRST, stated=MARCH - timedelta(days=1))
        assert caught.value.reason == "ledger-stated-before"
        assert publish(ledger, FIRST, stated=MAY).stated == MAY


def test_the_newest_edition_is_the_last_in_the_chain(tmp_path: Path, clock: Clock) -> None:
    path = old_ledger(tmp_path / "old.db", ("edition", MAY))
    with Ledger.open(path, clock=lambda: MARCH) as ledger:  # a clock that went wrong
        publish(ledger, FIRST)
    with Ledger.open(path, clock=clock) as ledger:
        router = Router(FIRST, ledger=ledger)
        assert router.known(JUNE).rulebook.digest == ledger.editions()[-1].digest == FIRST.digest
        assert ledger.verify().disordered == ((1, 2),)


def test_times_in_the_future_are_named_and_small_differences_are_not(tmp_path: Path, clock: Clock) -> None:
    later = JUNE + timedelta(seconds=2)
    path = old_ledger(
        tmp_path / "old.db", ("edition", MAY), ("decision", later), ("decision", JUNE), ("decision", MAY)
    )
    with Ledger.open(path, clock=clock) as ledger:
        found = ledger.verify()
        assert (found.fault, found.future, found.disordered) == (None, (), ((2, 4),))
        clock.now = MARCH
        assert ledger.verify().future == (1, 2, 3, 4)


@pytest.mark.parametrize(
    "change", [{"author": "甲"}, {"note": "四月"}, {"at": "2026-03-01T00:00:00.000000Z"}]
)
def test_a_checkpoint_says_who_signed_when_and_why(
    tmp_path: Path, clock: Clock, change: dict[str, str]
) -> None:
    with Ledger.open(tmp_path / "ledger.db", clock=clock) as ledger:
        publish(ledger, FIRST)
        signed = ledger.checkpoint(author="审计局", note="三月")
        publish(ledger, CORRECTED)
        assert ledger.verify([signed]).fault is None
        values = {name: getattr(signed, name) for name in ("size", "root", "head", "at", "author", "note")}
        fault = ledger.verify([Checkpoint(**{**values, **change})]).fault
        assert fault is not None
        assert (fault.reason, fault.entry) == ("ledger-checkpoint-differs", 2)


def test_a_copy_from_before_the_checkpoint_cannot_confirm_who_signed(tmp_path: Path, clock: Clock) -> None:
    with Ledger.open(tmp_path / "ledger.db", clock=clock) as ledger:
        publish(ledger, FIRST)
        ledger.export(tmp_path / "copy.jsonl")
        signed = ledger.checkpoint(author="审计局")
    with Ledger.open(tmp_path / "copy.jsonl") as copy:
        found = copy.verify([signed])
        assert (found.fault, found.unconfirmed) == (None, 1)


def test_a_checkpoint_is_written_when_the_clock_says(tmp_path: Path, clock: Clock) -> None:
    with Ledger.open(tmp_path / "ledger.db", clock=clock) as ledger:
        publish(ledger, FIRST)
        signed = ledger.checkpoint(stated=MAY)
        assert (signed.at, ledger.entry(2).moment) == (stamp(MAY), JUNE)
        with pytest.raises(LedgerError) as caught:
            ledger.checkpoint(stated=JUNE + timedelta(days=1))
        assert caught.value.reason == "ledger-stated-future"


def test_no_rule_is_in_force_is_still_told(tmp_path: Path, clock: Clock) -> None:
    later = book(rule("a", CLUTTER, {"lead": "housing"}, in_force={"from": JUNE.date()}))
    with Ledger.open(tmp_path / "ledger.db", clock=clock) as ledger:
        publish(ledger, later, stated=MARCH)
        with pytest.raises(IncidentError):
            Router(later, ledger=ledger).route(CLUTTER, as_of=MARCH.date(), as_stated=MAY)
