"""
Hold a few ratios to those of an earlier run: `make bench-smoke`.

Ratios of figures taken turn by turn travel between machines where seconds do
not. A ratio more than 1.5 times its baseline is a regression and exits with 1,
anything below is only printed. `--accept` writes the baselines anew.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import workload
from run import Fields, inline, loaded

BASELINES = Path(__file__).with_name("smoke.json")
MOST = 1.5
"""How many times its baseline a ratio may be."""
ROUNDS = 25
COUNT = 1_000
ROWS = 20_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print each ratio beside its baseline, and return the exit code."""
    parser = argparse.ArgumentParser(description="Hold a few ratios to those of an earlier run.")
    parser.add_argument("--against", type=Path, default=BASELINES, help="the baselines")
    parser.add_argument("--accept", action="store_true", help="write the baselines anew")
    asked = parser.parse_args(arguments)
    measured = ratios(medians(passes()))
    if asked.accept:
        asked.against.write_text(json.dumps(measured, indent=2) + "\n", "utf-8")
    baselines = json.loads(asked.against.read_text("utf-8"))
    print(table(measured, baselines))
    return 1 if regressions(measured, baselines) else 0


def passes() -> dict[str, Callable[[], object]]:
    """Return what is timed, by name: each one pass over the same incidents."""
    small, large = (loaded(*workload.SIZES[i]) for i in (0, 2))
    given = list(workload.incidents(43, COUNT))
    wide = list(workload.incidents(7_000, COUNT))
    look_up = inline({_key(each): index for index, each in enumerate(given)})
    rows = list(workload.incidents(43, ROWS))
    batch = pa.Table.from_pylist(rows)
    return {
        "lookup": _each(look_up, given),
        "pydantic": _each(Fields.model_validate, given),
        "prepared": _each(small.route, [small.incident(each) for each in given]),
        "mapping": _each(small.route, given),
        "large": _each(large.route, [large.incident(each) for each in wide]),
        "batch": lambda: small.route_table(batch),
        "floor": lambda: {_key(each) for each in rows},
    }


def medians(timed: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Time all in turn, several rounds, so that a slow stretch hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in timed}
    for call in timed.values():
        call()
    for _ in range(rounds):
        for name, call in timed.items():
            start = time.perf_counter()
            call()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def ratios(seconds: Mapping[str, float]) -> dict[str, float]:
    """Relate what is guarded to its floor."""
    pairs = {
        "route, prepared / dict lookup by 6-tuple": ("prepared", "lookup"),
        "route, from a mapping / pydantic validation": ("mapping", "pydantic"),
        "route at 10,000 rules / at 60 rules": ("large", "prepared"),
        "route_table / a set of the rows as tuples": ("batch", "floor"),
    }
    return {name: round(seconds[a] / seconds[b], 3) for name, (a, b) in pairs.items()}


def regressions(measured: Mapping[str, float], baselines: Mapping[str, float]) -> list[str]:
    """
    Name the ratios that are more than 1.5 times their baseline.

    Raises:
        ValueError: if a ratio has no baseline, or a baseline no ratio.
    """
    if measured.keys() != baselines.keys():
        odd = ", ".join(sorted(measured.keys() ^ baselines.keys()))
        raise ValueError(f"ratios and baselines differ: {odd}; write them anew with --accept")
    return [name for name, ratio in measured.items() if ratio > MOST * baselines[name]]


def table(measured: Mapping[str, float], baselines: Mapping[str, float]) -> str:
    """Draw the ratios beside their baselines."""
    worse = regressions(measured, baselines)
    lines = [f"{'ratio':<48}{'measured':>10}{'baseline':>10}"]
    for name, ratio in measured.items():
        lines.append(f"{name:<48}{ratio:>10.2f}{baselines[name]:>10.2f}{'  WORSE' if name in worse else ''}")
    return "\n".join(lines)


def _key(given: workload.Plain) -> tuple[Any, ...]:
    return tuple(value for fact, value in given.items() if fact != "id")


def _each(call: Callable[[Any], object], over: Sequence[Any]) -> Callable[[], object]:
    def one_pass() -> None:
        for each in over:
            call(each)

    return one_pass


if __name__ == "__main__":
    raise SystemExit(main())
