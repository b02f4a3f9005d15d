"""Files that somebody writes to while they are read: refused, since no result would be about one file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutyroute import Router
from dutyroute.errors import ReplayError
from dutyroute.replay import open_source, open_tasks, replay
from dutyroute.replay.control import read_of
from dutyroute.rulebook.shipped import shipped

HISTORY = shipped("rules").parent / "cases" / "history"


def grow(path: Path) -> None:
    with open(path, "ab") as stream:
        stream.write(path.read_bytes())


def shrink(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def overwrite(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[:-3] + b"2" + raw[-2:])


def replace(path: Path) -> None:
    other = path.with_name("other")
    shutil.copy2(path, other)
    os.replace(other, path)


CHANGES = pytest.mark.parametrize("change", [grow, shrink, empty, overwrite, replace, Path.unlink])


@pytest.fixture(params=["csv", "jsonl", "parquet"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of each kind, with three cases."""
    path = tmp_path / f"cases.{request.param}"
    if request.param == "csv":
        path.write_text("number,what\n1,a\n2,b\n3,c\n", "utf-8")
    elif request.param == "jsonl":
        path.write_text("".join(f'{{"number": {n}, "what": "a"}}\n' for n in (1, 2, 3)), "utf-8")
    else:
        pq.write_table(pa.table({"number": [1, 2, 3], "what": ["a", "b", "c"]}), path)
    return path


@CHANGES
def test_a_file_that_changes_before_it_is_read_to_the_end_is_refused(
    file: Path, change: Callable[[Path], None]
) -> None:
    source = open_source(str(file))
    os.utime(file, ns=(0, 0))  # however coarse the clock of the file system is, a change is seen
    source.before = open_source(str(file)).before
    change(file)
    with pytest.raises(ReplayError) as refused:
        list(source.batches())
    assert (refused.value.code, refused.value.values) == ("source-changed", {"source": str(file)})


@CHANGES
def test_a_file_that_changes_before_it_is_counted_again_is_refused(
    file: Path, change: Callable[[Path], None]
) -> None:
    """Its digest would be that of another file than the rows are of."""
    source = open_source(str(file))
    assert sum(batch.table.num_rows for batch in source.batches()) == 3
    read_of(source)
    change(file)
    with pytest.raises(ReplayError) as refused:
        read_of(source)
    assert refused.value.code == "source-changed"


@CHANGES
def test_a_run_over_a_file_that_changes_leaves_no_results(
    change: Callable[[Path], None], tmp_path: Path
) -> None:
    for path in HISTORY.glob("hotline-2025*"):
        shutil.copy(path, tmp_path)
    cases, out, router = tmp_path / "hotline-2025.csv", tmp_path / "out", Router.shipped()
    tasks = open_tasks([str(cases)], None, router.rulebook)
    with pytest.raises(ReplayError) as refused:
        replay(tasks, router, out, progress=lambda _: change(cases))
    assert refused.value.code == "source-changed"
    assert list(out.glob("[!.]*")) == []
