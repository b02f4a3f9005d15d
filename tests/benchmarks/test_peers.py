"""The engines beside which dutyroute is timed answer as a plain interpreter does, or are not timed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
RULES, MATTERS = 60, 43


@pytest.fixture
def peers(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What measures the peers, imported as `make bench` does."""
    monkeypatch.syspath_prepend(str(FOLDER))
    from peers import measuring

    return measuring


def incidents(peers: Any, count: int) -> list[dict[str, Any]]:
    return [peers.form.flat(each) for each in peers.workload.incidents(MATTERS, count)]


def test_every_engine_that_is_installed_answers_as_the_oracle() -> None:
    """SQLite always is; the others where `make bench` has put them. C code of others runs elsewhere."""
    command = [sys.executable, str(FOLDER / "compare.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "SQLite" in done.stdout.splitlines()


def test_dutyroute_is_held_to_the_same_oracle(peers: Any) -> None:
    listed = peers.form.rules(RULES, MATTERS)
    decide = peers.ours(peers.workload.router(RULES, MATTERS))
    peers.hold(lambda incident: decide(peers._day(incident)), listed, incidents(peers, 500))


def test_an_engine_that_forgets_a_rule_is_not_timed(peers: Any) -> None:
    listed = peers.form.rules(RULES, MATTERS)
    forgetful = peers.form.oracle(listed[:30])
    with pytest.raises(peers.WrongAnswer, match="instead of"):
        peers.hold(forgetful, listed, incidents(peers, 500))


def test_what_is_measured_is_a_ratio_within_one_process(peers: Any) -> None:
    peers.TURN, peers.WARM, peers.ROUNDS = 0.01, 0.01, 3
    found = peers.measure("SQLite", RULES, MATTERS, limit=10)
    assert (found["name"], found["rules"]) == ("SQLite", RULES)
    assert found["us"] > 0
    assert found["ratio"] == pytest.approx(found["us"] / found["ours"], rel=1.0)
