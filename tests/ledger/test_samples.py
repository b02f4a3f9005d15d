"""
Ledgers that the first release wrote stay valid: they open, verify, and can be continued.

`samples/` was written once, by the code before the packages were reorganised, and must
never be written again: a ledger, its export, a checkpoint and the content of its edition;
a ledger whose edition has what files of rules may not have any more; and the first ledger on
PostgreSQL, as a dump.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from dutyroute import Checkpoint, Ledger, LedgerStore, Overseer, Router
from dutyroute.rulebook.editions import restore
from services.postgresql import load_dump, server, why_not
from watching import watched

SAMPLES = Path(__file__).parent / "samples"
AT = datetime(2026, 4, 1, 8, tzinfo=UTC)
TEXT = "三楼走道堆物 \U0001f600"

CONTINUED = "09a93934f308af66319a807cef08d32f1bc86a7671c67e338b0162e11d5d175c"
"""SHA-256 of the export of the sample, continued by the old code as `test_…continued…` does it."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Copy the ledger: the sample itself is never opened for writing."""
    return Path(shutil.copy(SAMPLES / "ledger.db", tmp_path / "ledger.db"))


@pytest.mark.parametrize("name", ["ledger.db", "export.jsonl"])
def test_an_old_ledger_verifies_against_its_old_checkpoint(name: str, tmp_path: Path) -> None:
    copy = shutil.copy(SAMPLES / name, tmp_path / name)
    with Ledger.open(copy, create=False) as ledger:
        found = ledger.verify([Checkpoint.read(SAMPLES / "checkpoint.json")])
    assert (found.fault, found.size, found.checkpoints) == (None, 12, 1)


def test_an_old_ledger_is_exported_byte_for_byte(path: Path, tmp_path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.export(tmp_path / "export.jsonl")
    assert (tmp_path / "export.jsonl").read_bytes() == (SAMPLES / "export.jsonl").read_bytes()


def test_an_old_edition_is_read_and_decides_what_it_decided(path: Path) -> None:
    with Ledger.open(path) as ledger:
        (edition,) = ledger.editions()
        assert edition.content == (SAMPLES / "edition.json").read_bytes()
        book = restore(edition, ledger.path)
        assert (book.digest, book.canonical().encode()) == (edition.digest, edition.content)
        for entry in ledger.entries():
            if entry.kind == "decision":
                said = {k: v for k, v in entry.content["incident"].items() if k != "text"}
                assert Router(book).route(said).to_dict() == entry.content["decision"]


def test_a_text_hashed_out_long_ago_can_still_be_proven(path: Path) -> None:
    with Ledger.open(path) as ledger:
        assert (ledger.proves(2, "text", TEXT), ledger.proves(2, "text", TEXT[:-1])) == (True, False)


def test_an_old_ledger_is_continued_as_the_old_code_would(path: Path, tmp_path: Path) -> None:
    continue_it(path, tmp_path)


@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
def test_an_old_ledger_on_postgresql_is_continued_as_well(tmp_path: Path) -> None:
    with server(tmp_path) as url:
        load_dump(SAMPLES / "postgresql.sql", url)
        with Ledger.open(url, create=False) as ledger:
            found = ledger.verify([Checkpoint.read(SAMPLES / "checkpoint.json")])
            assert (found.fault, found.size, found.checkpoints) == (None, 12, 1)
            assert (ledger.proves(2, "text", TEXT), ledger.proves(2, "text", TEXT[:-1])) == (True, False)
            ledger.export(tmp_path / "export.jsonl")
        assert (tmp_path / "export.jsonl").read_bytes() == (SAMPLES / "export.jsonl").read_bytes()
        continue_it(url, tmp_path)
        with Ledger.open(url) as ledger:  # keys are new
            again = [ledger.append({}, {}, edition="", at=AT, key="a").number for _ in range(2)]
            assert (again, ledger.verify().fault) == ([16, 16], None)


def continue_it(path: Path | str, tmp_path: Path) -> None:
    incident = {"id": "A-5", "matter": "parking", "cars": 4, "reported_at": "2026-03-31"}
    complaint = {"id": "E9", "kind": "complaint", "at": "2026-02-09", "property_company": "甲"}
    with Ledger.open(path) as ledger:
        edition = ledger.editions()[-1]
        decision = Router(restore(edition, ledger.path)).route(incident)
        ledger.append(incident, decision.to_dict(), edition=edition.digest, at=AT)
        with Overseer(watched(), LedgerStore(ledger, clock=lambda: AT)) as overseer:
            proposed = overseer.observe(complaint)
        ledger.checkpoint(author="审计科", at=AT)
        ledger.export(tmp_path / "continued.jsonl")
        assert ledger.verify().is_sound
    assert [(each.measure, each.number) for each in proposed] == [("talk", 1), ("ban", 1)]
    assert sha256((tmp_path / "continued.jsonl").read_bytes()).hexdigest() == CONTINUED
