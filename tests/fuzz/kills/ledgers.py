"""Kills of processes that write to a ledger, and connections and servers that go away."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from dutyroute.errors import LedgerError
from dutyroute.ledger import Ledger
from fuzz.kills.writer import drafts, key_of, record
from fuzz.trial import Wrong
from services.postgresql import dying_connections, restart, server
from services.proxy import Side, proxy

__all__ = [
    "ENVIRONMENT",
    "WRITER",
    "Told",
    "cut",
    "forked",
    "go_on",
    "hold_ledger",
    "recorded",
    "restarted",
    "server_of_our_own",
    "written",
]

WRITER = str(Path(__file__).with_name("writer.py"))
ENVIRONMENT = {
    # A program that compiled everything anew would take seconds to start.
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
}
"""What programs are started with: they find what this one finds."""
_UNKNOWN = ("ledger-unknown", "ledger-interrupted")


@dataclass(slots=True)
class Told:
    """What writers were told: the entries that are recorded, and the keys that are certainly not."""

    recorded: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)

    def read(self, lines: Iterable[bytes]) -> None:
        """Take in what a writer said; a line that was cut off says nothing."""
        for line in lines:
            if line.endswith(b"\n"):
                key, entry = line.decode().strip().split(" ", 1)
                self.recorded[key] = entry


def hold_ledger(url: str, told: Told, wanted: Iterable[str] | None = None) -> None:
    """
    Check that a ledger is sound and holds once what was told, and nothing that was not.

    With `wanted` it has to hold these keys and no others.
    """
    with Ledger.open(url, create=False) as ledger:
        fault = ledger.verify().fault
        if fault is not None:
            raise Wrong(f"the ledger is not sound: {fault.describe('en')}")
        entries = [entry for entry in ledger.entries() if entry.kind == "decision"]
    found = {key_of(entry): f"{entry.number} {entry.digest}" for entry in entries}
    twice = [key for key, times in Counter(map(key_of, entries)).items() if times > 1]
    if twice:
        raise Wrong(f"{twice[0]} is recorded twice")
    for key, entry in told.recorded.items():
        if found.get(key) != entry:
            raise Wrong(f"{key} was acknowledged as {entry} and is {found.get(key)}")
    if lies := sorted(told.absent & found.keys()):
        raise Wrong(f"{lies[0]} was told as not recorded, and it is")
    if wanted is not None and (missing := set(wanted) ^ found.keys()):
        raise Wrong(f"{sorted(missing)[0]} is missing, or was never asked for")


# -- writers that are killed


def written(url: str, chance: random.Random) -> None:
    """Kill a writer after some answers and some milliseconds; then another one does what it left."""
    told, each = Told(), chance.choice((1, 1, 3))
    with subprocess.Popen(
        [sys.executable, WRITER, url, "R", str(each)], stdout=subprocess.PIPE, env=ENVIRONMENT
    ) as writer:
        assert writer.stdout is not None
        told.read([writer.stdout.readline() for _ in range(chance.choice((0, 0, 1, 2, 5, 20)) * each)])
        time.sleep(chance.random() * 0.02)
        writer.kill()
        told.read(writer.stdout.readlines())
    if told.recorded:  # or there may be no ledger yet
        hold_ledger(url, told)
    number = max((int(key.split("-")[1]) for key in told.recorded), default=-1)
    go_on(url, told, [f"R-{n}-{place}" for n in range(number + 3) for place in range(each)])


def go_on(url: str, told: Told, keys: list[str]) -> None:
    """Record everything once more, with the same keys: what is there stays, and the rest is added."""
    with Ledger.open(url) as ledger:
        before = {key_of(entry) for entry in ledger.entries() if entry.kind == "decision"}
        ledger.append_many(drafts(keys))
    hold_ledger(url, told, before | set(keys))


def forked(url: str, chance: random.Random) -> None:
    """Fork writers from a process that has the ledger open, kill one of them, and write on in the parent."""
    told, readers = Told(), []
    with Ledger.open(url) as ledger:
        ledger.append_many(drafts(["P-0"]))
        children = []
        for child in range(3):
            reading, writing = os.pipe()
            process = os.fork()
            if not process:
                _write_and_exit(ledger, f"C{child}", writing)
            os.close(writing)
            children.append(process)
            readers.append(reading)
        if chance.random() < 0.5:
            time.sleep(chance.random() * 0.05)
            os.kill(children[0], signal.SIGKILL)
        keys = [f"P-{number}" for number in range(1, 6)]
        for key in keys:
            (entry,) = ledger.append_many(drafts([key]))
            told.recorded[key] = f"{entry.number} {entry.digest}"
        if children:
            with suppress(ProcessLookupError):
                os.kill(children[0], signal.SIGKILL)
        statuses = _waited(children)
    for reading in readers:
        with os.fdopen(reading, "rb") as stream:
            told.read(stream.readlines())
    if any(statuses[1:]):
        raise Wrong(f"forked writers ended with status {statuses[1:]}")
    hold_ledger(url, told)
    go_on(url, told, [f"C{child}-{number}" for child in range(3) for number in range(8)])


def _write_and_exit(ledger: Ledger, name: str, to: int) -> None:
    status = 1
    try:
        for number in range(8):
            record(ledger, [f"{name}-{number}"], to)
        status = 0
    finally:
        os._exit(status)


def _waited(children: list[int]) -> list[int]:
    """Wait for processes to end; those that hang are killed, and told as such."""
    deadline, statuses = time.monotonic() + 60, []
    for process in children:
        done = (0, 0)
        while not done[0] and time.monotonic() < deadline:
            done = os.waitpid(process, os.WNOHANG)
            time.sleep(0.005)
        if not done[0]:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            raise Wrong("a forked writer hangs")
        statuses.append(done[1])
    return statuses


# -- connections and servers that go away


def cut(url: str, side: Side, chance: random.Random) -> None:
    """Cut a writer's connection at a statement, before the server has it or before its answer comes back."""
    statement = "commit" if side == "after" or chance.random() < 0.7 else chance.choice(("insert", "select"))
    told, keys = Told(), [f"K-{number}" for number in range(6)]
    with proxy(url) as (line, through), Ledger.open(through) as ledger:
        at = chance.randrange(len(keys))
        for number, key in enumerate(keys):
            if number == at:
                line.arm(statement, side, down=chance.choice((0, 0, 0.3, 1.5)))
            recorded(url, ledger, key, told)
        if not line.cuts and statement != "select":
            raise Wrong("the connection was not cut: the proxy knows no such statement")
    hold_ledger(url, told, keys)


def recorded(url: str, ledger: Ledger, key: str, told: Told) -> None:
    """Record a decision until it is; check that whatever is told on the way is true."""
    deadline = time.monotonic() + 60
    while True:
        try:
            (entry,) = ledger.append_many(drafts([key]))
        except LedgerError as error:
            # As the message says: what is unknown may be there, anything else is not.
            if error.reason not in _UNKNOWN and key in _keys(url):
                raise Wrong(f"{key} was told as not recorded ({error.reason}), and it is") from error
            if time.monotonic() > deadline:
                raise Wrong(f"still not recorded after a minute: {error}") from error
            time.sleep(0.05)
            continue
        told.recorded[key] = f"{entry.number} {entry.digest}"
        return


def _keys(url: str) -> set[str]:
    """Look up on a connection of one's own which keys are recorded, however long the server is away."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with Ledger.open(url, create=False) as ledger:
                return set(map(key_of, ledger.entries()))
        except LedgerError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def restarted(url: str, folder: Path, chance: random.Random) -> None:
    """Restart the server while a writer is at work, in an orderly way or as if it had crashed."""
    told, keys = Told(), [f"S-{number}" for number in range(chance.randint(20, 60))]
    mode = chance.choice(("fast", "immediate"))
    with dying_connections(), Ledger.open(url) as ledger:
        ledger.append_many(drafts(["S-first"]))
        stopping = Thread(target=restart, args=(folder, mode))
        begin = chance.randrange(10)
        for number, key in enumerate(keys):
            if number == begin:
                stopping.start()
            recorded(url, ledger, key, told)
        stopping.join()
    hold_ledger(url, told, ["S-first", *keys])


@contextmanager
def server_of_our_own() -> Iterator[tuple[str, Path]]:
    """Start a server; yield its URL and its folder."""
    with TemporaryDirectory(prefix="fuzz-server-") as folder, server(Path(folder)) as url:
        yield url, Path(folder)
