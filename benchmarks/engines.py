"""
Time the two engines on the same incidents: the shipped rulebook, and generated ones.

Prints wall seconds of this machine, what the worker's memory came to, and whether
the answers were equal. Needs the extra `rete`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import Any

import workload

from dutyroute import IncidentError, Router, Rulebook
from dutyroute.cases import load_cases
from dutyroute.rete.engine import Rete
from dutyroute.rulebook.build import link
from dutyroute.rulebook.loader import load
from dutyroute.rulebook.shipped import shipped

COUNT = 2_000


def main() -> None:
    """Time the rulebooks, or those that the command line names: shipped, open, 60, 1000, 10000."""
    named = sys.argv[1:] or ["shipped", "open", "60", "1000", "10000"]
    book = load(shipped("rules"))
    if "shipped" in named:
        cases = [case.incident for case in load_cases([shipped("cases")], book)]
        _compare("shipped, the shipped cases", book, cases * 5)
    if "open" in named:
        _compare("shipped, only the matter known", book, [{"matter": m} for m in book.vocabulary.matters] * 3)
    for rules, matters in workload.SIZES:
        if str(rules) in named:
            found, _ = link(workload.rulebook(rules, matters))
            assert found is not None
            _compare(f"{rules:,} rules", found, list(workload.incidents(matters, COUNT)))


def _compare(name: str, book: Rulebook, incidents: list[Any]) -> None:
    """Route the incidents by either engine, the diagram warm, the worker with its rules."""
    diagram = Router(book)
    begun = perf_counter()
    with Router(book, engine="rete") as second:
        first = second.incident(incidents[0])
        _answer(second, first)
        ready = perf_counter() - begun
        read = [second.incident(each) for each in incidents]
        _timed(diagram, read)
        _timed(second, read)
        (fast, one), (slow, other) = _timed(diagram, read), _timed(second, read)
        memory = _memory(second)
    equal = sum(a == b for a, b in zip(one, other, strict=True))
    count = len(read)
    print(
        f"{name:32} diagram {count / fast:9,.0f}/s  rete {count / slow:7,.0f}/s  ready in {ready:5.2f} s"
        f"  worker {memory:4.0f} MB  {equal:,} of {count:,} equal",
        flush=True,
    )


def _timed(router: Router, incidents: Iterable[Any]) -> tuple[float, list[Any]]:
    begun = perf_counter()
    answers = [_answer(router, incident) for incident in incidents]
    return perf_counter() - begun, answers


def _answer(router: Router, incident: Any) -> Any:
    try:
        return router.route(incident).rulings
    except IncidentError as error:
        return error.code


def _memory(router: Router) -> float:
    """Return the worker's peak in megabytes, as Linux tells it."""
    assert isinstance(router._engine, Rete)
    status = Path(f"/proc/{router._engine.worker.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
