"""Disks that are full or read-only: real ones of a few kilobytes where they can be mounted, else limits of a process."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from dutyroute.errors import LedgerError
from dutyroute.ledger import Ledger
from fuzz.content import history, rules_text
from fuzz.files.histories import map_text
from fuzz.kills import replays
from fuzz.kills.ledgers import ENVIRONMENT, WRITER, Told, go_on, hold_ledger, recorded
from fuzz.kills.writer import drafts
from fuzz.trial import Wrong
from services.postgresql import server, why_not

__all__ = ["can_mount", "full", "read_only"]

_ROOM_FOR_A_SERVER = 160_000


@dataclass(frozen=True, slots=True)
class _Disk:
    """A disk of so many kilobytes."""

    path: Path

    def grow(self, kilobytes: int) -> None:
        _mount("-o", f"remount,size={kilobytes}k", str(self.path))

    def lock(self, *, is_locked: bool) -> None:
        _mount("-o", f"remount,{'ro' if is_locked else 'rw'}", str(self.path))


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


@contextmanager
def _disk(folder: Path, kilobytes: int) -> Iterator[_Disk]:
    path = folder / "disk"
    path.mkdir(parents=True)
    _mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(path))
    try:
        yield _Disk(path)
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@cache
def can_mount() -> bool:
    """Tell whether this process may mount a disk."""
    with TemporaryDirectory() as folder:
        try:
            with _disk(Path(folder), 64):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


def full(folder: Path, chance: random.Random) -> None:
    """Write to a disk until it is full; then go on when there is room again."""
    if not can_mount() or chance.random() < 0.2:
        _limited(folder, chance)
    elif why_not() is None and chance.random() < 0.15:
        _full_server(folder, chance)
    elif chance.random() < 0.5:
        _full_ledger(folder, chance)
    else:
        _full_replay(folder, chance)


def _limited(folder: Path, chance: random.Random) -> None:
    """Let no file of a writer grow beyond a limit."""
    most, path, told = chance.randrange(60_000, 400_000), str(folder / "duties.db"), Told()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    command = [sys.executable, WRITER, path, "R", "1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT, preexec_fn=limit
    ) as writer:
        out, err = writer.communicate(timeout=120)
    told.read(out.splitlines(keepends=True))
    if b"LedgerError" not in err:
        raise Wrong(f"a file that cannot grow is told as {err.decode()[-300:]}")
    told.absent.add(f"R-{len(told.recorded)}-0")
    if told.recorded:
        hold_ledger(path, told)
    go_on(path, Told(told.recorded), [f"R-{number}-0" for number in range(len(told.recorded) + 2)])


def _full_ledger(folder: Path, chance: random.Random) -> None:
    told = Told()
    with _disk(folder, chance.randrange(100, 600)) as disk:
        path = disk.path / "duties.db"
        with Ledger.open(path) as ledger:
            for number in range(10**6):
                keys = [f"F-{number}-{place}" for place in range(chance.choice((1, 1, 4)))]
                try:
                    entries = ledger.append_many(drafts(keys))
                except LedgerError as error:
                    told.absent.update(keys)
                    _expect(error, "ledger-full")
                    break
                told.recorded |= {key: f"{e.number} {e.digest}" for key, e in zip(keys, entries, strict=True)}
            hold_ledger(str(path), told)
            disk.grow(8_000)
            (entry,) = ledger.append_many(drafts(["F-after-0"]))
            told.recorded["F-after-0"] = f"{entry.number} {entry.digest}"
        hold_ledger(str(path), told, told.recorded)


def _expect(error: LedgerError, reason: str) -> None:
    if error.reason != reason:
        raise Wrong(f"it is told as {error.reason}, not as {reason}: {error.describe('en')}")


def _full_replay(folder: Path, chance: random.Random) -> None:
    """Fill the disk of a replay's results; the command says so, and a resumed run leaves what any other does."""
    with _disk(folder, chance.randrange(8, 120)) as disk:
        replays.resumed_after(disk.path, chance, lambda: disk.grow(20_000))
    with _disk(folder / "command", 8) as disk:
        _command_says(folder, disk.path / "out")


def _command_says(folder: Path, out: Path) -> None:
    """Check that the command tells in words that it cannot write, whatever it has tried."""
    rules = folder / "rules"
    rules.mkdir()
    (rules / "rules.yaml").write_text(rules_text(), "utf-8")
    records = history(random.Random(1), 200)
    lines = [",".join(records[0].cells), *(",".join(each.cells.values()) for each in records)]
    (folder / "cases.csv").write_text("\n".join(lines), "utf-8")
    (folder / "map.yaml").write_text(map_text(), "utf-8")
    command = [
        sys.executable,
        "-m",
        "dutyroute",
        "replay",
        "cases.csv",
        "--map",
        "map.yaml",
        "--rules",
        "rules",
    ]
    done = subprocess.run(
        [*command, "--out", str(out)], cwd=folder, capture_output=True, env=ENVIRONMENT, timeout=120
    )
    if b"Traceback" in done.stderr or done.returncode not in (1, 2, 4) or not done.stderr.strip():
        raise Wrong(f"the command ends with {done.returncode}: {done.stderr.decode()[-400:]}")


def _full_server(folder: Path, chance: random.Random) -> None:
    """Fill the disk of a PostgreSQL server, which may stop because of it and start again."""
    told, keys = Told(), [f"G-{number}" for number in range(8)]
    folder.chmod(0o755)
    with _disk(folder, _ROOM_FOR_A_SERVER) as disk, server(disk.path) as url:
        with Ledger.open(url) as ledger:
            recorded(url, ledger, keys[0], told)
            ballast = disk.path / "ballast"
            about = os.statvfs(disk.path)
            free = about.f_bavail * about.f_frsize - chance.choice((0, 20_000, 200_000))
            ballast.write_bytes(b"\0" * max(free, 0))
            refused = 0
            for number in range(400):
                try:
                    big = drafts([f"G-big-{number}"])[0]
                    ledger.append(
                        {**big.incident, "text": "满" * 20_000}, {}, edition="", at=big.at, key=big.key
                    )
                except LedgerError:
                    refused += 1
                    break
            ballast.unlink()
            if not refused:
                raise Wrong("the disk did not fill: the trial shows nothing")
            for key in keys[1:]:
                recorded(url, ledger, key, told)
        hold_ledger(url, told)


def read_only(folder: Path, chance: random.Random) -> None:
    """Write to a disk that is read-only; reading goes on, and so does writing when it may be written again."""
    keys, told = [f"O-{number}" for number in range(chance.randint(1, 9))], Told()
    with _disk(folder, 4_000) as disk:
        path = disk.path / "duties.db"
        with Ledger.open(path) as ledger:
            entries = ledger.append_many(drafts(keys))
        told.recorded = {key: f"{e.number} {e.digest}" for key, e in zip(keys, entries, strict=True)}
        disk.lock(is_locked=True)
        hold_ledger(str(path), told, keys)
        try:
            with Ledger.open(path) as ledger:
                ledger.append_many(drafts(["O-no"]))
        except LedgerError as error:
            _expect(error, "ledger-read-only")
        else:
            raise Wrong("it is told as recorded on a disk that is read-only")
        _command_says(folder, disk.path / "out")
        disk.lock(is_locked=False)
        go_on(str(path), told, [*keys, "O-after"])
