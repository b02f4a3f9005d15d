"""What was acknowledged survives a kill at any moment, and the chain with it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dutyroute.ledger import Ledger

WRITER = str(Path(__file__).with_name("writer.py"))
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")


def start(path: Path, name: str, most: int = 10**6) -> Any:
    command = [sys.executable, WRITER, str(path), name, str(most)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT)


def killed(path: Path, name: str, acknowledged: int) -> list[str]:
    """Let a writer write, kill it after so many answers; return its last whole answer."""
    with start(path, name) as writer:
        lines = [writer.stdout.readline() for _ in range(acknowledged)]
        writer.kill()
        lines += writer.stdout.readlines()
    return [line.decode().strip() for line in lines if line.endswith(b"\n")]


def survive(tmp_path: Path, runs: int, seed: int) -> int:
    """Kill writers of one ledger again and again; return how many entries it then has."""
    path, chance = tmp_path / "duties.db", random.Random(seed)
    known: dict[int, str] = {}
    for run in range(runs):
        for line in killed(path, f"R{run}", chance.choice((0, 0, 1, 2, 3, 10, 40))):
            number, digest = line.split()
            known[int(number)] = digest
        if path.exists() and path.stat().st_size:
            with Ledger.open(path) as ledger:
                verdict = ledger.verify()
                assert verdict.fault is None
                stored = {entry.number: entry.digest for entry in ledger.entries()}
            assert known.items() <= stored.items(), f"run {run}: acknowledged and lost"
    return len(stored)


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    assert survive(tmp_path, 30, seed=5) > 100


@pytest.mark.fuzz
def test_two_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    assert survive(tmp_path, 200, seed=7) > 1000


def test_processes_that_append_at_once_make_one_chain(tmp_path: Path) -> None:
    """All start on a ledger that none has made yet; no entry has two successors."""
    path = tmp_path / "duties.db"
    writers = [start(path, name, most=60) for name in ("A", "B", "C")]
    answers = [writer.communicate(timeout=60)[0].decode().splitlines() for writer in writers]
    assert [(writer.returncode, len(lines)) for writer, lines in zip(writers, answers, strict=True)] == [
        (0, 60)
    ] * 3
    with Ledger.open(path, create=False) as ledger:
        entries = list(ledger.entries())
        assert ledger.verify().fault is None
    digests = {str(entry.number): entry.digest for entry in entries}
    assert len(entries) == 3 * 60 * 2
    assert all(digests[number] == digest for lines in answers for number, digest in map(str.split, lines))
    mine = [e.content["incident"]["id"] for e in entries if e.content["incident"]["id"].startswith("A")]
    assert mine == sorted(mine, key=lambda name: int(name[2:]))
