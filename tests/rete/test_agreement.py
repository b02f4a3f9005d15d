"""What is said where two engines give different answers, and that a killed worker loses no row."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from books import book, rule
from dutyroute import ReplayError, Router, Rulebook
from dutyroute.replay import Step, open_tasks, replay
from dutyroute.routing.agreement import Agreement
from dutyroute.rulebook.shipped import shipped

LANE = rule("lane", {"matter": "fire-violation"}, {"lead": "street-office"})


def other(**change: Any) -> Rulebook:
    """Return a rulebook that says something else where an owner does it and it is urgent."""
    more = rule("more", {"respondent": "owner", "urgent": True, **change}, {"inspect": "planning"})
    return book(LANE, more)


@pytest.fixture
def agreement() -> Iterator[Agreement]:
    """Two engines that differ in truth: the second one goes by another rulebook."""
    with Router(other(), engine="rete") as second:
        yield Agreement(Router(book(LANE)), second)


FULL = {
    "id": "A-1",
    "matter": ["complaint", "fire-lane"],
    "respondent": "owner",
    "urgent": True,
    "occupied": False,
    "bidders": 3,
    "reported_at": "2026-03-01",
}


def hold(agreement: Agreement, given: dict[str, Any]) -> None:
    incident = agreement.first.incident(given)
    agreement.hold(incident, agreement.first.route(incident))


def test_the_least_that_sets_two_engines_apart_is_told(agreement: Agreement) -> None:
    """One matter is left, and no fact at all: the second engine cannot rule the duty out."""
    hold(agreement, FULL)
    (shown,) = agreement.count.to_dict()["shown"]
    assert shown["met"] == "A-1"
    assert shown["incident"] == {"matter": "fire-lane", "in_community": None, "reported_at": None}
    assert [duty["party"] for duty in shown["first"]["duties"]] == ["street-office"]
    assert [duty["party"] for duty in shown["second"]["duties"]] == ["street-office", "planning"]


def test_what_is_needed_to_set_them_apart_is_kept() -> None:
    """Here one engine thinks that what is urgent is the same whoever leads: unknown, they agree."""
    leads = [
        rule("yes", {"urgent": True}, {"lead": "housing"}),
        rule("no", {"urgent": False}, {"lead": "planning"}),
    ]
    turned = [
        rule("yes", {"urgent": False}, {"lead": "housing"}),
        rule("no", {"urgent": True}, {"lead": "planning"}),
    ]
    with Router(book(*turned), engine="rete") as second:
        agreement = Agreement(Router(book(*leads)), second)
        hold(agreement, {**FULL, "matter": "fire-lane"})
    (shown,) = agreement.count.to_dict()["shown"]
    assert shown["incident"] == {
        "matter": "fire-lane",
        "urgent": True,
        "in_community": None,
        "reported_at": None,
    }


def test_agreement_is_counted_row_by_row(agreement: Agreement) -> None:
    """A table is compared by its distinct incidents; rows are what is counted."""
    table = pa.table({"matter": ["clutter", "clutter", "fire-lane"], "respondent": ["property-company"] * 3})
    agreement.read(table, agreement.first.route_table(table))
    assert (agreement.count.agreed, agreement.holds) == (3, True)
    table = pa.table({"matter": ["clutter"] * 3, "respondent": ["owner", "owner", "property-company"]})
    agreement.read(table, agreement.first.route_table(table))
    assert (agreement.count.agreed, agreement.count.disagreed, agreement.holds) == (4, 2, False)
    (shown,) = agreement.count.to_dict()["shown"]
    assert shown["incident"] == {"matter": "clutter", "in_community": None, "reported_at": None}


def test_the_same_fault_is_agreement_and_too_open_is_neither(many_questions: Rulebook) -> None:
    with Router(many_questions, engine="rete") as second:
        agreement = Agreement(Router(many_questions), second)
        hold(agreement, {"matter": "complaint"})
        assert (agreement.count.agreed, agreement.count.open, agreement.count.disagreed) == (0, 1, 0)
        assert not agreement.holds


def test_counts_go_on_where_a_run_is_taken_up(agreement: Agreement) -> None:
    hold(agreement, FULL)
    again = Agreement(agreement.first, agreement.second, json.loads(json.dumps(agreement.count.to_dict())))
    hold(again, {"matter": "complaint", "urgent": False})
    assert (again.count.agreed, again.count.disagreed, len(again.count.shown)) == (1, 1, 1)


# -- a whole replay


def replayed(
    out: Path, engine: str, *, disturb: Callable[[subprocess.Popen[bytes]], int] | None = None
) -> dict[str, Any]:
    """Replay the shipped history as a program of its own; return its summary and what it listed."""
    words = ["replay", str(shipped("cases") / "history"), "--out", str(out), "--engine", engine]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "DUTYROUTE_LANG": "en",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "dutyroute", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as running:
        kills = disturb(running) if disturb else 0
        _, complained = running.communicate(timeout=120)
    assert running.returncode == 1, complained.decode()  # some rows diverge, as they should
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    del summary["run"]  # when and how it ran
    with open(out / "divergences.csv", encoding="utf-8-sig", newline="") as stream:
        return {
            "summary": summary,
            "rows": list(csv.reader(stream)),
            "kills": kills,
            "said": complained.decode(),
        }


def test_both_engines_agree_on_the_shipped_history(tmp_path: Path) -> None:
    both = replayed(tmp_path, "both")
    assert both["summary"].pop("engines") == {"agreed": 2247, "open": 0, "disagreed": 0, "shown": []}
    assert both["said"].endswith("Two engines compared: 2,247 of 2,247 answers are equal, 0 differ.\n")


def test_a_run_that_is_taken_up_has_compared_every_row_once(tmp_path: Path) -> None:
    """Interrupted between two sources; with another engine it would be another run."""

    def interrupt(step: Step) -> None:
        if "hotline" in step.source:
            raise KeyboardInterrupt

    router = Router.shipped()
    work = open_tasks([str(shipped("cases") / "history")], None, router.rulebook, {})
    with Router(router.rulebook, engine="rete") as second:
        with pytest.raises(KeyboardInterrupt):
            replay(work, router, tmp_path, second=second, progress=interrupt)
        with pytest.raises(ReplayError) as caught:
            replay(work, router, tmp_path, resume=True)
        assert (caught.value.code, caught.value.values["what"]) == ("replay-changed", "engine")
        summary = replay(work, router, tmp_path, second=second, resume=True)
    assert summary.engines == {"agreed": 2247, "open": 0, "disagreed": 0, "shown": []}
    assert summary.engines_agree


def seconds(process: int) -> float:
    """Tell how long a process has computed."""
    user, system = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
def test_a_worker_killed_in_mid_replay_loses_no_row(
    tmp_path: Path, workers: Callable[..., list[int]]
) -> None:
    """Killed for good, several times: the replay ends as though nothing had been."""

    def disturb(running: subprocess.Popen[bytes]) -> int:
        killed: set[int] = set()
        while running.poll() is None and len(killed) < 4:
            for worker in set(workers(running.pid)) - killed:
                with suppress(OSError):  # it has come to its own end
                    # Let it get to work, however busy the machine: killed twice on one question, it is an error.
                    while seconds(worker) < 0.5 and running.poll() is None:
                        time.sleep(0.005)
                    os.kill(worker, signal.SIGKILL)
                    killed.add(worker)
            time.sleep(0.005)
        return len(killed)

    disturbed = replayed(tmp_path / "disturbed", "rete", disturb=disturb)
    assert disturbed["kills"] >= 3
    quiet = replayed(tmp_path / "quiet", "diagram")
    assert disturbed["summary"] == quiet["summary"]
    assert disturbed["rows"] == quiet["rows"]
