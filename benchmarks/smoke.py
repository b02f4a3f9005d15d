"""
Compare a few ratios of times with those of an earlier run: `make bench-smoke`.

Ratios of times that are taken in turns hold on other machines too, where seconds do
not. A ratio of more than 1.5 times its baseline is a regression: the exit code is 1.
`--accept` writes new baselines. `--load` also prints what loading a rulebook takes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import workload
import yaml

from dutyroute import Router

BASELINES = Path(__file__).with_name("smoke.json")
MOST = 1.5
"""How many times its baseline a ratio may be."""
ROUNDS = 25
COUNT = 1_000
ROWS = 20_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print each ratio beside its baseline, and return the exit code."""
    parser = argparse.ArgumentParser(
        description="Compare a few ratios of times with those of an earlier run."
    )
    parser.add_argument("--against", type=Path, default=BASELINES, help="the file of baselines")
    parser.add_argument("--accept", action="store_true", help="write new baselines")
    parser.add_argument("--load", action="store_true", help="also time loading, and measure its memory")
    asked = parser.parse_args(arguments)
    measured = ratios(medians(passes()))
    if asked.accept:
        asked.against.write_text(json.dumps(measured, indent=2) + "\n", "utf-8")
    baselines = json.loads(asked.against.read_text("utf-8"))
    print(table(measured, baselines))
    if asked.load:
        print(loading("the shipped rulebook", None), loading("10,000 rules", workload.SIZES[2]), sep="\n")
    return 1 if regressions(measured, baselines) else 0


def passes() -> dict[str, Callable[[], object]]:
    """Return what is timed, by name: each one pass over the same incidents."""
    small, large = (workload.router(*workload.SIZES[i]) for i in (0, 2))
    given = list(workload.incidents(43, COUNT))
    wide = list(workload.incidents(7_000, COUNT))
    rows = list(workload.incidents(43, ROWS))
    batch = pa.Table.from_pylist(rows)
    shipped = Router.shipped()
    unknown = [shipped.incident({"matter": matter}) for matter in shipped.rulebook.vocabulary.matters]
    lines = [json.dumps(each.to_dict(), ensure_ascii=False) for each in unknown]
    objects = [json.loads(shipped.route(each).to_json()) for each in unknown]
    keys = [tuple(v for fact, v in each.items() if fact != "id") for each in given]
    places, nine = {key: n for n, key in enumerate(keys)}, keys[:9]
    return {
        "lookup": _each(workload.look_up(given), given),
        "pydantic": _each(workload.model(43).model_validate, given),
        "nine": lambda: [[places[key] for key in nine] for _ in unknown],
        "unknown": _each(shipped.route, unknown),
        "lines": _each(lambda line: shipped.route(json.loads(line)).to_json(), lines),
        "json": lambda: [(json.loads(a), json.dumps(b)) for a, b in zip(lines, objects, strict=True)],
        "prepared": _each(small.route, [small.incident(each) for each in given]),
        "mapping": _each(small.route, given),
        "large": _each(large.route, [large.incident(each) for each in wide]),
        "batch": lambda: small.route_table(batch),
        "floor": lambda: {tuple(v for fact, v in each.items() if fact != "id") for each in rows},
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
        "route, only the matter known / 9 dict lookups": ("unknown", "nine"),
        "JSON line to JSON line / json.loads, json.dumps": ("lines", "json"),
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


def _each(call: Callable[[Any], object], over: Sequence[Any]) -> Callable[[], object]:
    def one_pass() -> None:
        for each in over:
            call(each)

    return one_pass


_LOAD = """
import json, sys, time
from dutyroute import Router
def load():
    start = time.perf_counter()
    router = Router.load(sys.argv[1]) if len(sys.argv) > 1 else Router.shipped()
    for matter in router.rulebook.vocabulary.matters:
        router.diagram.root(matter)
    return time.perf_counter() - start
def peak():
    # Linux only; ru_maxrss would count the parent's memory, which a child inherits until it has its own
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(status["VmHWM"].split()[0]) / 1024
empty = peak()
first = load()
print(json.dumps({"megabytes": peak() - empty, "seconds": min(first, load(), load())}))
"""


def loading(name: str, size: tuple[int, int] | None) -> str:
    """Load and compile a rulebook in a process of its own; tell the seconds warm and the peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _LOAD]
        if size is not None:
            text = yaml.safe_dump(_written(workload.rulebook(*size)), allow_unicode=True)
            Path(folder, "rules.yaml").write_text(text, "utf-8")
            command.append(folder)
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return f"load and compile {name}: {found['seconds']:.2f} s, {found['megabytes']:.0f} MB"


def _written(data: Any) -> Any:
    """Turn what the linker takes into what a file holds: one instrument, lists for tuples."""
    if isinstance(data, dict):
        plain = {k: _written(v) for k, v in data.items() if k != "instruments" and v is not None}
        if "instruments" in data:
            plain["instrument"] = _written(data["instruments"][0])
        return plain
    return [_written(v) for v in data] if isinstance(data, tuple) else data


if __name__ == "__main__":
    raise SystemExit(main())
