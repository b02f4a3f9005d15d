"""The shipped histories: reproducible, large enough, dirty as real ones, replayed in whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dutyroute import Router
from dutyroute.replay import Outcome, open_tasks, replay
from dutyroute.rulebook.shipped import shipped

ROOT = Path(__file__).parents[2]
HISTORY = shipped("cases") / "history"
DATA = ROOT.parent / "shared" / "data"
MAPS = Path(__file__).parent / "maps"


def test_the_generator_gives_the_files_that_are_shipped(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "tools" / "make_history.py", tmp_path], check=True, timeout=60)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in HISTORY.glob("*.csv")}


def test_every_row_of_the_shipped_histories_is_counted(tmp_path: Path) -> None:
    """Two thousand rows and more, in two encodings, each outcome that a map leaves open among them."""
    clerk = Router.shipped()
    summary = replay(open_tasks([str(HISTORY)], None, clerk.rulebook, {}), clerk, tmp_path)
    assert [entry.rows for entry in summary.inputs] == [900, 1_400]
    assert sum(summary.counts.values()) == summary.rows == 2_300
    reached = {outcome for outcome, rows in summary.counts.items() if rows}
    assert reached == set(Outcome) - {Outcome.UNROUTABLE}
    assert summary.tally.repeated > 30
    assert sorted(summary.tally.areas) == ["东湖街道", "北山镇", "南桥镇", "城关街道", "河口镇", "西岭街道"]


@pytest.mark.parametrize(
    "name, rows, compared",
    [("pingshan_2018", 6_952, 1_500), ("nyc311_2018", 6_765, 4_000)],
)
def test_a_real_history_is_replayed_in_whole(name: str, rows: int, compared: int, tmp_path: Path) -> None:
    file = DATA / f"{name}.csv"
    if not file.exists():
        pytest.skip("the real histories are not here")
    clerk, chosen = Router.shipped(), MAPS / f"{name.partition('_')[0]}.map.yaml"
    summary = replay(open_tasks([str(file)], str(chosen), clerk.rulebook, {}), clerk, tmp_path)
    counts = summary.counts
    assert summary.rows == sum(counts.values()) == rows
    assert counts[Outcome.AGREE] + counts[Outcome.IN_CHAIN] + counts[Outcome.DIVERGE] > compared
    assert counts[Outcome.BAD_ROW] == len({line.split(b",")[1] for line in _rejected(tmp_path)})


def _rejected(out: Path) -> list[bytes]:
    return (out / "rejects.csv").read_bytes().splitlines()[1:]
