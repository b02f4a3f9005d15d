"""
Two independent answers: the diagram's, and the oracle's, on the same incidents.

The seeded generator gives volume, Hypothesis the smallest example of a fault.
`make properties` goes on for `DUTYROUTE_FUZZ_N` comparisons, from `DUTYROUTE_FUZZ_SEED`.
"""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from agreement import INCIDENTS, compare, compare_seeds
from generate import rulebooks

BLOCKS, BLOCK = 10, 50
"""How many tests the suite's comparisons are spread over, and the rulebooks of each."""

FUZZ_N = int(os.environ.get("DUTYROUTE_FUZZ_N", "1000000"))
FUZZ_SEED = int(os.environ.get("DUTYROUTE_FUZZ_SEED", "1000000"))


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_router_agrees_with_the_oracle(block: int) -> None:
    """On 10,000 incidents: duties with all their fields, flags, recusals, breaches, what to ask."""
    kinds = compare_seeds(range(block * BLOCK, (block + 1) * BLOCK))
    assert kinds.total() == BLOCK * INCIDENTS


def test_the_generator_gives_every_kind_of_answer() -> None:
    """Agreement would mean little if everything were refused."""
    kinds = compare_seeds(range(-BLOCK, 0))
    wanted = {"routed", "incomplete", "unrouted", "conflict", "incident-impossible", "incident-no-rules-then"}
    assert {kind for kind, count in kinds.items() if count >= 5} == wanted


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rulebooks())
def test_no_small_example_sets_them_apart(drawn: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    """As before, with Hypothesis, which makes an example of disagreement as small as can be."""
    compare(*drawn)


@pytest.mark.fuzz
def test_the_router_agrees_with_the_oracle_for_long() -> None:
    """On as many incidents as asked for, on all processors."""
    step = BLOCK * INCIDENTS
    blocks = [
        range(FUZZ_SEED + i, FUZZ_SEED + i + BLOCK) for i in range(0, -(-FUZZ_N // step) * BLOCK, BLOCK)
    ]
    with ProcessPoolExecutor() as pool:
        kinds = sum(pool.map(compare_seeds, blocks), Counter())
    assert kinds.total() >= FUZZ_N


@pytest.mark.fuzz
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(rulebooks())
def test_no_small_example_sets_them_apart_for_long(
    drawn: tuple[dict[str, Any], list[dict[str, Any]]],
) -> None:
    """As in the suite, with other examples each time."""
    compare(*drawn)
