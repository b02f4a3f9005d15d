"""What all tests share."""

from pathlib import Path

import pytest

collect_ignore = ["cli/input", "rulebooks"]
"""Case files that tests feed to the program, some of them faulty: no tests themselves."""

LONGEST = (
    "test_docs.py",
    "analysis/test_z3.py",
    "fuzz/test_fuzz.py",
    "properties/test_router_and_oracle.py",
    "rete/test_agreement.py",
    "rete/test_process.py",
    "rete/test_equal.py",
    "cli/test_replay.py",
    "cli/test_process.py",
    "test_frame.py",
    "replay/test_run.py",
    "cli/test_oversee.py",
    "loader/test_hostile.py",
    "replay/test_sources.py",
    "properties/test_regions.py",
    "oversight/test_overseer.py",
    "test_architecture.py",
    "oversight/test_kills.py",
    "ledger/test_kills.py",
    "properties/test_leaves.py",
    "analysis/test_witness.py",
)
"""The files that take longest, roughly by falling time."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where processes share the files, start with the longest: then no process is left with one at the end."""
    if not hasattr(config, "workerinput"):
        return
    here = Path(__file__).parent
    places = {here / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
