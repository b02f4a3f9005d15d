"""Where nothing can be written, nothing is half-written, and the error says so."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dutyroute.errors import LedgerError
from dutyroute.ledger import Draft, Entry, Ledger
from scribe import DECISION, EDITION, START, draft, fill, incident

pytestmark = pytest.mark.skipif(os.name != "posix", reason="disks and permissions are POSIX")

LARGE = Draft({**incident(1), "text": "走道堆物" * 20_000}, DECISION, EDITION, START)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root and leave to mount")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def until_full(ledger: Ledger) -> list[Entry]:
    """Append until the disk is full; return what was acknowledged."""
    written: list[Entry] = []
    reason = ""
    while not reason:
        try:
            written += ledger.append_many([LARGE, LARGE])
        except LedgerError as error:
            reason = error.reason
    assert reason == "ledger-full"
    return written


def test_a_full_disk_loses_nothing_and_leaves_nothing_half_written(small_disk: Path) -> None:
    with Ledger.open(small_disk / "duties.db") as ledger:
        written = until_full(ledger)
        assert written
        assert list(ledger.entries()) == written
        assert ledger.verify().is_sound
        with pytest.raises(LedgerError) as caught:
            ledger.export(small_disk / "copy.jsonl")
    assert caught.value.reason == "ledger-full"
    assert list(small_disk.glob("copy*")) == []


def test_a_ledger_goes_on_once_there_is_space_again(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * 300_000)
    with Ledger.open(small_disk / "duties.db") as ledger:
        written = until_full(ledger)
        ballast.unlink()
        assert ledger.append_many([draft(1)])[0].number == len(written) + 1
        assert ledger.verify().is_sound


def test_a_ledger_cannot_be_made_on_a_full_disk(small_disk: Path) -> None:
    with pytest.raises(OSError, match="No space"):
        (small_disk / "ballast").write_bytes(b"\0" * 2_000_000)
    with pytest.raises(LedgerError) as caught:
        Ledger.open(small_disk / "duties.db")
    assert caught.value.reason == "ledger-full"


LIMITED = """
import resource, sys
from test_writing import LARGE
from scribe import draft
from dutyroute.errors import LedgerError
from dutyroute.ledger import Ledger
with Ledger.open(sys.argv[1]) as ledger:
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
    try:
        while True:
            ledger.append_many([draft(1), LARGE, LARGE])
    except LedgerError as error:
        print(error.reason, sum(1 for _ in ledger.entries()))
"""


def test_a_file_that_may_not_grow_is_reported(tmp_path: Path) -> None:
    """The system's limit on the size of a file: it needs neither root nor a disk."""
    path = tmp_path / "duties.db"
    places = [str(Path(__file__).parent), *filter(None, sys.path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert done.stderr == ""
    reason, count = done.stdout.split()
    assert reason in ("ledger-system", "ledger-full")
    with Ledger.open(path, create=False) as ledger:
        assert (ledger.verify().is_sound, ledger.verify().size) == (True, int(count))
        assert int(count) % 3 == 0
        assert int(count) > 0


def test_a_database_with_a_limit_of_its_own_is_reported(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "duties.db") as ledger:
        ledger.append_many([draft(1)])
        ledger._storage._writer.get().execute("PRAGMA max_page_count=200")  # type: ignore[attr-defined]
        written = until_full(ledger)
        assert [*ledger.entries()][1:] == written
        assert ledger.verify().is_sound


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A ledger in a folder where nobody may write."""
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere; the test of a read-only disk stands for this one")
    path = tmp_path / "shelf" / "duties.db"
    path.parent.mkdir()
    fill(path, 3)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    yield path
    path.parent.chmod(0o755)


def test_a_read_only_file_can_be_verified_and_not_written(read_only: Path) -> None:
    before = read_only.read_bytes()
    with Ledger.open(read_only, create=False) as ledger:
        assert (ledger.verify().is_sound, ledger.verify().size) == (True, 4)
        with pytest.raises(LedgerError) as caught:
            ledger.append_many([draft(1)])
    assert caught.value.reason == "ledger-read-only"
    assert read_only.read_bytes() == before


def test_a_read_only_disk_can_be_verified_and_not_written(small_disk: Path) -> None:
    path = small_disk / "duties.db"
    fill(path, 3)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    before = path.read_bytes()
    with Ledger.open(path, create=False) as ledger:
        assert (ledger.verify().is_sound, ledger.verify().size) == (True, 4)
        with pytest.raises(LedgerError) as caught:
            ledger.append_many([draft(1)])
        assert caught.value.reason == "ledger-read-only"
        with pytest.raises(LedgerError):
            ledger.checkpoint(at=START)
    assert (path.read_bytes(), [file.name for file in small_disk.iterdir()]) == (before, ["duties.db"])


def test_a_ledger_in_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        Ledger.open(tmp_path / "absent" / "duties.db")
    assert caught.value.reason == "ledger-system"


def test_a_stuck_session_holds_up_nobody_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "duties.db"
    monkeypatch.setattr("dutyroute.ledger.sqlite._PATIENCE", 0.2)
    fill(path, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as stuck, Ledger.open(path) as ledger:
        ledger.append_many([draft(1)])
        stuck.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError) as caught:
            ledger.append_many([draft(2)])
        with Ledger.open(path) as other:  # reading waits for nobody
            assert (caught.value.reason, other.verify().size) == ("ledger-busy", 3)
            with pytest.raises(LedgerError) as again:
                other.append_many([draft(2)])
            assert again.value.reason == "ledger-busy"
        stuck.execute("COMMIT")
        assert (ledger.append_many([draft(2)])[0].number, ledger.verify().fault) == (4, None)
