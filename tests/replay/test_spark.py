"""A replay on a cluster: the same rows as on one machine, whatever happens to the workers."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17, and there is none"),
]

MAP = """map:
  id: 编号
  facts: {matter: 事项, reported_at: 日期, respondent: 行为人}
  handler: 单位
  area: 街道
"""
CLUSTER = "local-cluster[2,1,1024]"
FILES, ROWS = 8, 40_000
MATTERS = ("占用消防通道", "治安", "占道经营", "物业服务质量", "违法建设", "不知道什么事", "", "无照经营")
HANDLERS = ("街道办", "城管", "公安局", "住建局", "", None, "=某单位", "街道; 社区")


def history(seed: int) -> Any:
    chance = random.Random(seed)
    days = [date(2025, 1, 1) + timedelta(chance.randrange(365)) for _ in range(ROWS)]
    columns = {
        "编号": [f"W{seed}-{number}" for number in range(ROWS)],
        "日期": [day.isoformat() if chance.random() < 0.999 else "某日" for day in days],
        "街道": [chance.choice("甲乙丙丁") + "街道" for _ in days],
        "事项": [chance.choice(MATTERS) for _ in days],
        "行为人": [chance.choice(("业主", "租户", None)) for _ in days],
        "单位": [chance.choice(HANDLERS) for _ in days],
    }
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of Parquet files, one of them empty, whose names have blanks and Chinese."""
    folder = tmp_path_factory.mktemp("spark")
    (folder / "历史 案件").mkdir()
    for seed in range(FILES):
        pq.write_table(history(seed), folder / "历史 案件" / f"{seed} 月.parquet")
    pq.write_table(history(0).slice(0, 0), folder / "历史 案件" / "空.parquet")
    (folder / "历史 案件" / "map.yaml").write_text(MAP, "utf-8")
    assert ran(folder, "--out", "local").returncode == 1
    return folder


def command(*options: str) -> list[str]:
    formats = ("--format", "csv", "--format", "parquet")
    return [sys.executable, "-m", "dutyroute", "replay", "历史 案件", *formats, *options]


ENVIRONMENT = {**os.environ, "DUTYROUTE_LANG": "en", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def ran(place: Path, *options: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    env = {**ENVIRONMENT, **more}
    return subprocess.run(command(*options), cwd=place, env=env, capture_output=True, timeout=300)


def rows(out: Path) -> Any:
    """The rows to look at, in order."""
    table = pq.read_table(out / "divergences.parquet")
    plain = pa.table([column.cast(pa.string()) for column in table.columns], names=table.column_names)
    numbered = plain.set_column(1, "row", table.column("row").cast(pa.int64()))
    return numbered.sort_by([("source", "ascending"), ("row", "ascending")]).to_pylist()


def counted(out: Path) -> dict[str, Any]:
    """The summary without the run, and what only one machine looks at: the files' digests, and repeated rows."""
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary.pop("repeated") is not None
    del summary["run"]
    summary.pop("rate_without_repeated", None)
    summary["inputs"] = [{"name": each["name"], "rows": each["rows"]} for each in summary["inputs"]]
    for name in ("reasons", "confusion"):
        summary[name].sort(key=str)
    return summary


def assert_same(place: Path, out: str) -> None:
    assert counted(place / out) == counted(place / "local")
    assert rows(place / out) == rows(place / "local")
    for name in ("divergences.csv", "rejects.csv"):
        assert (place / out / name).read_bytes() == (place / "local" / name).read_bytes()


def test_a_cluster_gives_every_row_what_one_machine_gives_it(place: Path) -> None:
    done = ran(place, "--spark", CLUSTER, "--out", "cluster")
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False), done.stderr.decode()
    assert counted(place / "cluster")["rows"] == FILES * ROWS
    assert_same(place, "cluster")
    inputs = json.loads((place / "cluster" / "summary.json").read_text("utf-8"))["inputs"]
    # Spark counts the rows once more, and says what it does not count.
    assert {(each["counted"] == each["rows"], each["counted_by"]) for each in inputs} == {(True, "cluster")}
    assert {(each["rows_repeated"], "note-cluster" in each["notes"]) for each in inputs} == {(None, True)}
    assert "Recorded handler" in (place / "cluster" / "report.html").read_text("utf-8")


IDLE = """
import time
from dutyroute.replay import spark
with spark.session("local[1]") as session:
    print(session.range(7).mapInArrow(lambda batches: batches, "id bigint").count())
    time.sleep(75)
"""


def test_a_worker_that_is_let_go_says_nothing() -> None:
    """Spark lets go of one that had no work for a minute, as while a long listing is written."""
    done = subprocess.run([sys.executable, "-c", IDLE], env=ENVIRONMENT, capture_output=True, timeout=300)
    assert (done.stdout, b"Traceback" in done.stderr) == (b"7\n", False), done.stderr.decode()


def executors(group: int) -> set[int]:
    """Find the executors that a run has started, by their session."""
    return {pid for pid, words in running(group) if b"CoarseGrainedExecutorBackend" in words}


def is_at_work(group: int) -> bool:
    """Whether any executor has a Python worker."""
    return any(b"pyspark.daemon" in words for _, words in running(group))


def running(group: int) -> Iterator[tuple[int, bytes]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                session = int((folder / "stat").read_text().rpartition(")")[2].split()[3])
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if session == group:
                yield int(folder.name), words


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found by /proc")
def test_a_lost_executor_loses_no_row(place: Path) -> None:
    """One of two executors is killed in mid-run; its rows are done again, once."""
    words = command("--spark", CLUSTER, "--out", "killed")
    with subprocess.Popen(
        words,
        cwd=place,
        env=ENVIRONMENT,
        start_new_session=True,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as run:
        while run.poll() is None and not (is_at_work(run.pid) and len(executors(run.pid)) == 2):
            time.sleep(0.05)
        first = executors(run.pid)
        os.kill(min(first), signal.SIGKILL)
        replaced: set[int] = set()
        while run.poll() is None and not replaced:
            replaced = executors(run.pid) - first
            time.sleep(0.05)
        _, complaints = run.communicate(timeout=300)
    assert (run.returncode, len(first), len(replaced)) == (1, 2, 1), complaints.decode()
    assert_same(place, "killed")


def test_what_a_cluster_cannot_do_is_said_in_one_line(place: Path, tmp_path: Path) -> None:
    said = {
        ("--spark", "nonsense"): "Spark failed on `nonsense`: ",
        ("--spark", "local[1]", "--resume"): "--resume cannot be used with --spark",
        ("--spark", "local[1]", "--delimiter", ";"): "--delimiter cannot be used with --spark",
    }
    for options, expected in said.items():
        done = ran(place, *options, "--out", "none")
        assert done.returncode == 2
        assert expected in done.stderr.decode(), done.stderr.decode()
        assert "Traceback" not in done.stderr.decode()
    done = ran(place, "--spark", "local[1]", "--out", "none", PATH=str(tmp_path), JAVA_HOME="")
    assert (done.returncode, "Spark needs Java, but no Java was found" in done.stderr.decode()) == (2, True)
    (tmp_path / "空").mkdir()
    shutil.copy(place / "历史 案件" / "map.yaml", tmp_path / "空")
    done = subprocess.run(
        [*command("--spark", "local[1]")[:4], "空", "--spark", "local[1]"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        timeout=120,
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False), done.stderr.decode()
