"""
Time a replay beside what pyarrow alone needs to read and write the same rows.

    python benchmarks/replay.py [ROWS]...

Each run is a process of its own, so that its peak of memory is its own. The files
lie in a temporary folder. Prints ratios within one run; the absolute figures are
of this machine only.
"""

from __future__ import annotations

import csv
import io
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

SIZES = (100_000, 1_000_000, 10_000_000)
BLOCK = 100_000
HEADINGS = ("编号", "日期", "街道", "事项", "行为人", "单位")
MATTERS = ("占用消防通道", "治安", "占道经营", "物业服务质量", "违法建设", "环境污染", "无照经营")
HANDLERS = ("街道办", "城管", "公安局", "住建局", "", "市场监管局", "某单位")
MAP = "map: {id: 编号, facts: {matter: 事项, reported_at: 日期, respondent: 行为人}, handler: 单位, area: 街道}\n"


def blocks(rows: int) -> Iterator[list[tuple[str, ...]]]:
    """Yield rows of a hotline, the same ones each time but for their number."""
    chance = random.Random(1)
    drawn = [
        (
            (date(2025, 1, 1) + timedelta(chance.randrange(365))).isoformat(),
            chance.choice("甲乙丙丁戊己庚") + "街道",
            chance.choice(MATTERS),
            chance.choice(("业主", "租户", "", "")),
            chance.choice(HANDLERS),
        )
        for _ in range(BLOCK)
    ]
    for first in range(0, rows, BLOCK):
        yield [(f"W{first + number:09}", *row) for number, row in enumerate(drawn[: rows - first])]


def write_parquet(rows: int, path: Path) -> None:
    schema = pa.schema([(name, pa.string()) for name in HEADINGS])
    with pq.ParquetWriter(path, schema) as writer:
        for block in blocks(rows):
            writer.write_table(pa.table([pa.array(c) for c in zip(*block, strict=True)], schema=schema))


def write_csv(rows: int, path: Path) -> None:
    with open(path, "wb") as stream:
        for block in ([HEADINGS], *blocks(rows)):
            text = io.StringIO()
            csv.writer(text).writerows(block)
            stream.write(text.getvalue().encode("gb18030"))


def copy(source: Path, target: Path) -> None:
    """Read and write with pyarrow alone."""
    if source.suffix == ".parquet":
        with pq.ParquetFile(source) as file, pq.ParquetWriter(target, file.schema_arrow) as writer:
            for batch in file.iter_batches(65_536):
                writer.write_batch(batch)
        return
    stream = pa.transcoding_input_stream(pa.OSFile(str(source)), "gb18030", "utf-8")
    reader = pyarrow.csv.open_csv(stream, pyarrow.csv.ReadOptions(block_size=1 << 22))
    with pyarrow.csv.CSVWriter(target, reader.schema) as out:
        for batch in reader:
            out.write_batch(batch)


def replay(source: Path, target: Path) -> float:
    """Replay a file; return the seconds that the second count of its rows took, its digest included."""
    from dutyroute import Router
    from dutyroute.replay import open_tasks, replay

    clerk = Router.shipped()
    (task,) = tasks = open_tasks([str(source)], None, clerk.rulebook, {})
    recount: Any = task.source.recount
    spent = 0.0

    def timed_recount() -> Any:
        nonlocal spent
        begun = time.perf_counter()
        found = recount()
        spent = time.perf_counter() - begun
        return found

    vars(task.source)["recount"] = timed_recount
    replay(tasks, clerk, target, formats=("parquet",))
    return spent


def make(rows: Path, target: Path) -> None:
    write = write_parquet if target.suffix == ".parquet" else write_csv
    write(int(str(rows)), target)


WORK: dict[str, Any] = {"copy": copy, "replay": replay, "make": make}


def timed(work: str, source: Path, target: Path) -> tuple[float, float, float]:
    """Do one piece of work in a process of its own; return seconds, those of a second count, the peak in MB."""
    done = subprocess.run(
        [sys.executable, __file__, work, source, target], capture_output=True, text=True, check=True
    )
    seconds, counting, peak = map(float, done.stdout.split())
    return seconds, counting, peak


def starting(folder: Path) -> float:
    """Return the seconds that a replay of a single row takes."""
    source = folder / "one.parquet"
    timed("make", Path("1"), source)
    seconds, _, _ = timed("replay", source, folder / "out-one")
    source.unlink()
    return seconds


def measure(rows: int, folder: Path) -> None:
    (folder / "map.yaml").write_text(MAP, "utf-8")
    start = starting(folder)
    for name in ("cases.parquet", "cases.csv"):
        source = folder / name
        timed("make", Path(str(rows)), source)  # not here: a child's peak begins at its parent's
        alone, _, _ = timed("copy", source, folder / f"copy-{name}")
        seconds, counting, peak = timed("replay", source, folder / f"out-{name}")
        print(
            f"{rows:>12,} rows  {source.suffix[1:]:<8} pyarrow {alone:6.2f} s  replay {seconds:6.2f} s  "
            f"ratio {seconds / alone:5.2f}  start {start:4.2f} s + {(seconds - start) / rows * 1e6:5.2f} µs a row  peak {peak:5.0f} MB  "
            f"second count {counting / seconds:5.1%}",
            flush=True,
        )
        source.unlink()


def main(arguments: list[str]) -> None:
    """Measure, or do the one piece of work that is asked for."""
    if arguments and arguments[0] in WORK:
        begun = time.perf_counter()
        counting = WORK[arguments[0]](Path(arguments[1]), Path(arguments[2])) or 0
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(time.perf_counter() - begun, counting, peak)
        return
    for rows in map(int, arguments or SIZES):
        with tempfile.TemporaryDirectory() as folder:
            measure(rows, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
