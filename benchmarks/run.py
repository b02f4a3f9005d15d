"""
Time dutyroute beside what it is made of: `make bench-parts`.

Prints ratios within one run; the absolute figures are of this machine only.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pyperf
import workload
import yaml
from pydantic import BaseModel, ConfigDict

from dutyroute import Router
from dutyroute.rulebook.build import link

COUNT = 2_000
"""How many incidents one timed pass goes through."""

FACTS = ("matter", "community_kind", "has_property_company", "is_public_area", "repeat_count", "reported_at")


class Fields(BaseModel):
    """The same fields as pydantic alone validates them."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    id: str
    matter: Literal[tuple(f"matter-{i}" for i in range(43))]  # type: ignore[valid-type]
    community_kind: Literal[workload.KINDS]  # type: ignore[valid-type]
    has_property_company: bool
    is_public_area: bool
    repeat_count: int
    reported_at: date


def main() -> None:
    """Time everything and print the ratios."""
    runner = pyperf.Runner(processes=3, values=5, warmups=2)
    small, large = (loaded(*workload.SIZES[i]) for i in (0, 2))
    given = list(workload.incidents(43, COUNT))
    keys = {tuple(i[f] for f in FACTS): index for index, i in enumerate(given)}
    medians = {
        "lookup": _time(
            runner, "dict lookup by 6-tuple", lambda i: keys[tuple([i[f] for f in FACTS])], given
        ),
        "inline": _time(runner, "dict lookup, key spelled out", inline(keys), given),
        "pydantic": _time(runner, "pydantic validation", Fields.model_validate, given),
        "route": _time(runner, "route, prepared", small.route, [small.incident(i) for i in given]),
        "mapping": _time(runner, "route, from a mapping", small.route, given),
        "large": _time(runner, "route, prepared, 10,000 rules", large.route, _prepared(large)),
    }
    if not runner.args.worker:
        _report(medians)


def loaded(rules: int, matters: int) -> Router:
    """Return a router over a generated rulebook."""
    book, faults = link(workload.rulebook(rules, matters))
    if book is None:
        raise SystemExit(str(faults[0]))
    return Router(book)


def _prepared(router: Router) -> list[Any]:
    return [router.incident(i) for i in workload.incidents(7_000, COUNT)]


def inline(keys: dict[Any, int]) -> Callable[[Any], int]:
    """Return the dict lookup with its key spelled out."""

    def look_up(i: Any) -> int:
        return keys[
            i["matter"],
            i["community_kind"],
            i["has_property_company"],
            i["is_public_area"],
            i["repeat_count"],
            i["reported_at"],
        ]

    return look_up


def _time(runner: pyperf.Runner, name: str, call: Callable[[Any], Any], over: Sequence[Any]) -> float:
    """Return the median seconds of one call, timed over all incidents in turn."""

    def one_pass() -> None:
        for each in over:
            call(each)

    bench = runner.bench_func(name, one_pass, inner_loops=len(over))
    return bench.median() if bench is not None and not runner.args.worker else 0.0


def _report(medians: dict[str, float]) -> None:
    loads = {"shipped": _load(None), "10,000 rules": _load(workload.SIZES[2])}
    rows = [
        ("route, prepared / dict lookup by 6-tuple", medians["route"] / medians["inline"], 15),
        ("route, from a mapping / pydantic validation", medians["mapping"] / medians["pydantic"], 3),
        ("route at 10,000 rules / at 60 rules", medians["large"] / medians["route"], 3),
        ("load and compile the shipped rulebook, ms", loads["shipped"]["seconds"] * 1_000, 150),
        ("load and compile 10,000 rules, s", loads["10,000 rules"]["seconds"], 3),
        ("… peak memory above an empty process, MB", loads["10,000 rules"]["megabytes"], 200),
    ]
    print(f"\n{'ratio or figure':<48}{'measured':>10}{'at most':>10}")
    for name, measured, most in rows:
        print(f"{name:<48}{measured:>10.2f}{most:>10}{'' if measured <= most else '  OVER'}")


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


def _load(size: tuple[int, int] | None) -> dict[str, float]:
    """Load a rulebook in a process of its own; seconds warm, megabytes of the first load."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = []
        if size is not None:
            path = Path(folder) / "rules.yaml"
            path.write_text(yaml.safe_dump(_written(workload.rulebook(*size)), allow_unicode=True), "utf-8")
            arguments = [folder]
        command = [sys.executable, "-c", _LOAD, *arguments]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # type: ignore[no-any-return]


def _written(data: Any) -> Any:
    """Turn what the linker takes into what a file holds: one instrument, lists for tuples."""
    if isinstance(data, dict):
        plain = {k: _written(v) for k, v in data.items() if k != "instruments" and v is not None}
        if "instruments" in data:
            plain["instrument"] = _written(data["instruments"][0])
        return plain
    return [_written(v) for v in data] if isinstance(data, tuple) else data


if __name__ == "__main__":
    main()
