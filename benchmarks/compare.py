"""
Time dutyroute and eight other engines on the same rules: `make bench`.

    python benchmarks/compare.py [--limit SECONDS]
    python benchmarks/compare.py --check    compare the answers of the installed engines, without timing

Each engine runs in a process of its own, in turns with dutyroute, after its answers
were compared with those of a plain interpreter. Writes `results.md` here and the
charts of docs/performance.md.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import workload
from peers import batches, measuring

HERE = Path(__file__).parent
IMAGES = HERE.parent / "docs" / "images"
LIMIT = 60.0
"""Seconds that one engine has at one size."""

Found = dict[str, Any]


def main(arguments: Sequence[str]) -> None:
    """Measure all, or the one thing that is asked for."""
    if arguments and arguments[0] == "--one":
        print(json.dumps(_one(*arguments[1:])))
        return
    if arguments == ["--check"]:
        print(*measuring.check(*workload.SIZES[0]), sep="\n")
        return
    limit = float(arguments[1]) if arguments[:1] == ["--limit"] else LIMIT
    floors = [_run(limit, "floors", *map(str, size)) for size in workload.SIZES]
    peers = [found for peer in measuring.PEERS for found in _sizes(peer, limit)]
    joined = [_run(limit * 3, "batches", *map(str, size)) for size in workload.SIZES[:2]]
    text = "\n".join(_report(floors, peers, joined)) + "\n"
    (HERE / "results.md").write_text(text, "utf-8")
    for number, (size, floor) in enumerate(zip(workload.SIZES, floors, strict=True)):
        rows = [each for each in peers if each["rules"] == size[0] and "us" in each]
        (IMAGES / f"performance-{number + 1}.svg").write_text(_chart(rows, floor, size), "utf-8")
    print(text)


def _one(kind: str, rules: str, matters: str, name: str = "") -> Found:
    size = int(rules), int(matters)
    if kind == "floors":
        return {"rules": size[0], **measuring.floors(*size)}
    if kind == "batches":
        with tempfile.TemporaryDirectory() as folder:
            return batches.measure(*size, Path(folder))
    return measuring.measure(name, *size, limit=10)


def _sizes(peer: Any, limit: float) -> Iterator[Found]:
    """Measure a peer at one size after the other, up to the one that it does not do."""
    failed = ""
    for rules, matters in workload.SIZES:
        about = {"name": peer.name, "rules": rules, "way": peer.way, "partitioned": peer.is_partitioned}
        found = {"error": failed} if failed else _run(limit, "peer", str(rules), str(matters), peer.name)
        if "error" in found:
            failed = failed or f"left out: {rules:,} rules were already too many"
        yield {**about, **found}


def _run(limit: float, *asked: str) -> Found:
    """Measure in a process of its own; say in one line why it could not be."""
    print(*asked, file=sys.stderr, flush=True)
    command = [sys.executable, __file__, "--one", *asked]
    environment = {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, env=environment)
    except subprocess.TimeoutExpired:
        return {"error": f"not done in {limit:.0f} s"}
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if line] or [
            f"ended with {done.returncode}"
        ]
        return {"error": said[-1][:160]}
    found: Found = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _report(floors: list[Found], peers: list[Found], joined: list[Found]) -> Iterator[str]:
    yield "# Times beside eight other engines"
    yield ""
    cores, model = os.cpu_count(), _model()
    yield (
        f"Made by `make bench` on {datetime.now(UTC).date()}: CPython {platform.python_version()}, "
        f"{platform.system()} {platform.release().split('-')[0]}, {cores} cores ({model}), shared with other work. "
        "Microseconds are of this machine; the ratios were measured in turns within one process and are what counts."
    )
    for size, floor in zip(workload.SIZES, floors, strict=True):
        yield from ("", f"## {size[0]:,} rules over {size[1]:,} matters", "")
        yield from _floors(floor)
        yield from (
            "",
            "| engine | version | µs a decision (lowest–highest) | p99 | times dutyroute | set up, ms | MB | |",
        )
        yield "|---|---|---|---|---|---|---|---|"
        mine = [each for each in peers if each["rules"] == size[0]]
        yield from (_row(each) for each in sorted(mine, key=lambda each: each.get("us", 1e12)))
    yield from _growth(floors, peers)
    yield from ("", "## A million incidents at once", "")
    yield "One thread each; duties and rules of every incident as columns. Seconds, median of three."
    yield from (
        "",
        "| rules | dutyroute | DuckDB | Polars | reading the Parquet | best of the two ÷ dutyroute |",
        "|---|---|---|---|---|---|",
    )
    yield from map(_joined, joined)
    yield from ("", "## What has to hold", "", *_held(floors, peers, joined))


def _floors(floor: Found) -> Iterator[str]:
    if "error" in floor:
        yield floor["error"]
        return
    yield (
        f"dutyroute: prepared {floor['prepared']:.2f} µs (p99 {floor['p99']:.2f}), from a mapping "
        f"{floor['mapping']:.2f} µs; compiled in {floor['build_ms']:.0f} ms, {floor['memory_mb']:.0f} MB. "
        f"The floor: an empty call {floor['empty']:.3f} µs, a lookup by a tuple of six {floor['lookup']:.2f} µs, "
        f"pydantic's validation {floor['pydantic']:.2f} µs."
    )


def _row(each: Found) -> str:
    if "us" not in each:
        return f"| {each['name']} | | | | | | | {each['error']} |".replace("\n", " ")
    low, high = each["spread"]
    return (
        f"| {each['name']} | {each['version']} | {each['us']:,.1f} ({low:,.1f}–{high:,.1f}) | {each['p99']:,.1f} "
        f"| {each['ratio']:,.1f} | {each['build_ms']:,.0f} | {each['memory_mb']:,.0f} | {each['way']} |"
    )


def _growth(floors: list[Found], peers: list[Found]) -> Iterator[str]:
    """Tell how many times as much a decision costs from the fewest rules to the most."""
    yield from ("", "## From the fewest rules to the most", "")
    few, _, many = (size[0] for size in workload.SIZES)
    yield f"How many times as much a decision costs with {many:,} rules as with {few:,}, and how many MB the rules then take."
    yield from ("", "| engine | times | MB |", "|---|---|---|")
    at = {(each["name"], each["rules"]): each for each in peers if "us" in each}
    whole = [(at[name, few], at[name, many]) for name, rules in at if rules == many and (name, few) in at]
    grown = [(each["name"], each["us"] / least["us"], each["memory_mb"]) for least, each in whole]
    ours = ("dutyroute", floors[-1]["prepared"] / floors[0]["prepared"], floors[-1]["memory_mb"])
    for name, times, memory in sorted([ours, *grown], key=lambda each: each[1]):
        yield f"| {name} | {times:,.1f} | {memory:,.0f} |"


def _joined(each: Found) -> str:
    if "error" in each:
        return f"| {each['error']} | | | | | |"
    best = min(each["DuckDB"], each["Polars"]) / each["dutyroute"]
    return (
        f"| {each['rules']:,} | {each['dutyroute']:.2f} | {each['DuckDB']:.2f} | {each['Polars']:.2f} "
        f"| {each['reading the Parquet']:.2f} | {best:.2f} |"
    )


def _held(floors: list[Found], peers: list[Found], joined: list[Found]) -> Iterator[str]:
    timed = [each for each in peers if "ratio" in each]
    whole = min((each for each in timed if not each["partitioned"]), key=lambda each: each["ratio"])
    split = min((each for each in timed if each["partitioned"]), key=lambda each: each["ratio"])
    grown = floors[2]["prepared"] / floors[0]["prepared"]
    lookups = floors[0]["prepared"] / floors[0]["lookup"]
    worst = min(min(e["DuckDB"], e["Polars"]) / e["dutyroute"] for e in joined if "error" not in e)
    for text, figure, holds in (
        (
            f"the best peer as documented ({whole['name']}, {whole['rules']:,} rules) costs",
            whole["ratio"],
            whole["ratio"] >= 3,
        ),
        (
            f"the best hand-partitioned peer ({split['name']}, {split['rules']:,} rules) costs",
            split["ratio"],
            split["ratio"] > 1,
        ),
        ("a prepared decision, in lookups (15 at most):", lookups, lookups <= 15),
        ("10,000 rules to 60 rules (3 at most):", grown, grown <= 3),
        ("a batch, best of DuckDB and Polars to dutyroute (1 at least):", worst, worst >= 1),
    ):
        yield f"- {text} {figure:.2f}{' times dutyroute' if 'costs' in text else ''}: {'holds' if holds else 'FALLS SHORT'}"


def _model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _chart(rows: list[Found], floor: Found, size: tuple[int, int]) -> str:
    """Draw bars on a logarithmic scale, dutyroute first."""
    from math import log10

    bars = [("dutyroute", floor["prepared"], "#0b6e4f")]
    bars += [(each["name"], each["us"], "#8a8f98") for each in sorted(rows, key=lambda each: each["us"])]
    least = -1.0
    width, top, step = 720, 46, 24
    scale = (width - 330) / (log10(max(us for _, us, _ in bars)) - least)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top + step * len(bars) + 10}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="100%" height="100%" fill="#ffffff"/><text x="10" y="22" font-size="15" fill="#222">µs a decision, '
        f"{size[0]:,} rules over {size[1]:,} matters (logarithmic)</text>",
    ]
    for number, (name, us, colour) in enumerate(bars):
        y, length = top + number * step, max((log10(us) - least) * scale, 1)
        lines.append(f'<text x="230" y="{y + 13}" text-anchor="end" fill="#222">{name}</text>')
        lines.append(f'<rect x="240" y="{y}" width="{length:.0f}" height="17" fill="{colour}"/>')
        lines.append(f'<text x="{246 + length:.0f}" y="{y + 13}" fill="#222">{us:,.2f}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
