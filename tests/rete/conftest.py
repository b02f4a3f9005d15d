"""What the tests of the second engine need: durable-rules, and a look at its processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from books import entry, linked, questions, rule, written
from dutyroute import Rulebook


@pytest.fixture(autouse=True)
def _needs_durable_rules() -> None:
    if find_spec("durable_rules_engine") is None:
        pytest.skip("durable-rules is not installed: pip install 'dutyroute[rete]'")


def children(parent: int | None = None) -> list[int]:
    """List the workers that a process has, dead ones that nobody took note of among them."""
    of = str(os.getpid() if parent is None else parent)
    found = []
    for shown in Path("/proc").glob("[0-9]*"):
        try:
            words = (shown / "stat").read_text().rpartition(")")[2].split()
            command = (shown / "cmdline").read_bytes()
        except OSError:
            continue
        if words[1] == of and (b"dutyroute.rete.worker" in command or words[0] == "Z"):
            found.append(int(shown.name))
    return found


@pytest.fixture
def workers() -> Callable[..., list[int]]:
    return children


@pytest.fixture
def no_process_is_left() -> Iterator[None]:
    before = set(children())
    yield
    assert set(children()) - before == set()


@pytest.fixture
def many_questions() -> Rulebook:
    """Twelve yes-no facts, each of which changes the answer by itself: 4,096 answers."""
    names = [f"q{i}" for i in range(12)]
    flags = tuple(entry(f"flag-{i}", f"标志{i}") for i in range(12))
    rules = [rule(f"rule-{i}", {name: True}, flag=f"flag-{i}") for i, name in enumerate(names)]
    return linked(written(*rules, facts=questions(*names), flags=flags))
