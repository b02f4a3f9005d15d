"""Holds the router's answers against the oracle's; importable by other processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pprint import pformat
from typing import Any

from books import WORDS, linked
from dutyroute import IncidentError, Router
from generate import seeded
from oracle import Oracle, Refused

__all__ = ["INCIDENTS", "compare", "compare_seeds"]

INCIDENTS = 20
"""How many incidents are put to each rulebook."""


def by_router(router: Router, incident: dict[str, Any]) -> Any:
    try:
        return router.route(incident).rulings
    except IncidentError as error:
        return error.code


def by_oracle(oracle: Oracle, incident: dict[str, Any]) -> Any:
    try:
        return oracle.route(incident)
    except Refused as refused:
        return refused.code


def compare(data: dict[str, Any], incidents: Iterable[dict[str, Any]]) -> Counter[str]:
    """Hold the two answers against each other, whole; count what kinds of answer there were."""
    rulebook = linked(data)
    router, oracle = Router(rulebook), Oracle(rulebook)
    kinds: Counter[str] = Counter()
    for incident in incidents:
        found, expected = by_router(router, incident), by_oracle(oracle, incident)
        assert found == expected, told(data, incident, found, expected)
        kinds[found if isinstance(found, str) else found[0].status] += 1
    return kinds


def told(data: dict[str, Any], incident: dict[str, Any], found: object, expected: object) -> str:
    own = {key: value for key, value in data.items() if key not in WORDS}
    parts = {"rulebook": own, "incident": incident, "router": found, "oracle": expected}
    return "\n".join(f"-- {name}\n{pformat(part, width=110)}" for name, part in parts.items())


def compare_seeds(seeds: range) -> Counter[str]:
    return sum((compare(*seeded(seed, INCIDENTS)) for seed in seeds), Counter())
