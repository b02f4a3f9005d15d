"""A kill at any moment loses no event that was acknowledged, and repeats none."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from dutyroute import Ledger, LedgerStore, Overseer
from dutyroute.oversight import Event
from watching import LATENESS, event, expected, held, watched

WATCHER = str(Path(__file__).with_name("watcher.py"))
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
COMPANY = ("property-company", "甲")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")


def killed(path: Path, acknowledged: int) -> list[str]:
    """Let a watcher observe, kill it after so many answers; return all that it said."""
    with subprocess.Popen(
        [sys.executable, WATCHER, str(path)], stdout=subprocess.PIPE, env=ENVIRONMENT
    ) as one:
        assert one.stdout is not None
        lines = [one.stdout.readline() for _ in range(acknowledged)]
        one.kill()
        lines += one.stdout.readlines()
    return [line.decode().strip() for line in lines if line.endswith(b"\n")]


def stored(path: Path) -> list[Event]:
    with Ledger.open(path) as ledger:
        assert ledger.verify().fault is None
        return [event for _, event in LedgerStore(ledger).events()]


def test_a_kill_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    path, chance = tmp_path / "duties.db", random.Random(3)
    for _ in range(8):
        said = killed(path, chance.choice((0, 1, 2, 60, 200)))
        if path.exists() and path.stat().st_size:
            names = [each.id for each in stored(path)]
            assert len(names) == len(set(names))
            assert set(said) <= set(names)
    with Ledger.open(path) as ledger:
        overseer = Overseer(watched(), LedgerStore(ledger), lateness=LATENESS)
        state = overseer.state(COMPANY)
        events = stored(path)
        assert len(events) > 100
        assert held(COMPANY, overseer, state) == expected(events, "property-company", state.at)


def test_events_and_decisions_share_one_chain(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "duties.db") as ledger:
        overseer = Overseer(watched(), LedgerStore(ledger))
        overseer.observe_many([event(f"C{n}", "complaint", n) for n in range(5)])
        assert [entry.kind for entry in ledger.entries()] == ["event"] * 5
        assert ledger.verify().fault is None
        assert ledger.editions() == ()
