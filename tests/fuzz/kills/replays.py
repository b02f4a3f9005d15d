"""Kills of replays: a resumed run leaves what an uninterrupted one leaves, and records each row once."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import time
import zipfile
from atexit import register
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from dutyroute.ledger import Ledger
from fuzz.content import history
from fuzz.files.histories import map_text
from fuzz.kills.ledgers import ENVIRONMENT
from fuzz.trial import Wrong

__all__ = ["interrupted", "resumed_after"]

_PROGRAM = str(Path(__file__).with_name("replayer.py"))
_TOLD = re.compile(rb"LedgerError|OSError|No space left")
_WHEN = "docProps/core.xml"
_FORMATS = (["csv"], ["parquet", "csv"], ["xlsx"])


def interrupted(folder: Path, chance: random.Random) -> None:
    """Kill a replay once or several times, and resume it until it ends."""
    model = _uninterrupted(chance.randrange(len(_FORMATS)), is_recorded=chance.random() < 0.5)
    asked = model.asked_for(folder)
    for _ in range(chance.randint(1, 3)):
        _killed(asked, chance, model)
        if _is_finished(asked):
            break
    _finish(asked, model)


def resumed_after(folder: Path, chance: random.Random, mend: Callable[[], None]) -> None:
    """Run a replay that fails for want of something, mend that, and resume it until it ends."""
    model = _uninterrupted(chance.randrange(len(_FORMATS)), is_recorded=chance.random() < 0.5)
    asked = model.asked_for(folder)
    done = _run(asked)
    if done.returncode and not _TOLD.search(done.stderr):
        raise Wrong(f"it fails otherwise than for want of room: {done.stderr.decode()[-800:]}")
    mend()
    if done.returncode:
        _is_finished(asked)
        _finish(asked, model)


def _is_finished(asked: dict[str, Any]) -> bool:
    """Tell whether a run came to its end; one that did not is to be resumed, or to begin."""
    out = Path(asked["out"])
    asked["resume"] = (out / ".unfinished").exists()
    return not asked["resume"] and (out / "summary.json").exists()


def _finish(asked: dict[str, Any], model: _Model) -> None:
    if not _is_finished(asked):
        done = _run(asked)
        if done.returncode:
            raise Wrong(f"it cannot be resumed: {done.stderr.decode()[-800:]}")
    found, wanted = _results(Path(asked["out"])), model.results
    if found != wanted:
        differing = sorted(name for name in found.keys() | wanted if found.get(name) != wanted.get(name))
        raise Wrong(f"{', '.join(differing)} differ from those of an uninterrupted run")
    if asked["ledger"] is not None and _recorded(Path(asked["ledger"])) != model.recorded:
        raise Wrong("the ledger differs from that of an uninterrupted run")


@dataclass(frozen=True, slots=True)
class _Model:
    """A run without a kill: what it leaves and records, how many steps and seconds it takes."""

    asked: dict[str, Any]
    results: dict[str, bytes]
    recorded: list[Any]
    steps: int
    seconds: float

    def asked_for(self, folder: Path) -> dict[str, Any]:
        """Ask for the same in another folder."""
        ledger = None if self.asked["ledger"] is None else str(folder / "duties.db")
        return {**self.asked, "out": str(folder / "out"), "ledger": ledger}


@cache
def _uninterrupted(number: int, *, is_recorded: bool) -> _Model:
    folder, chance = Path(mkdtemp(prefix="fuzz-replay-")), random.Random(number)
    register(shutil.rmtree, folder, ignore_errors=True)
    sources = []
    for place in range(5):
        path = folder / f"{place}.csv"
        records = history(chance, 40)
        lines = [",".join(records[0].cells), *(",".join(each.cells.values()) for each in records)]
        lines[chance.randrange(1, 40)] += ",多余"  # a bad row
        path.write_text("\n".join(lines), "utf-8")
        sources.append(str(path))
    at = folder / "map.yaml"
    at.write_text(map_text(), "utf-8")
    ledger = str(folder / "duties.db") if is_recorded else None
    own = {"out": str(folder / "out"), "ledger": ledger, "formats": _FORMATS[number]}
    asked = {"sources": sources, "map": str(at), **own, "resume": False, "every": 1, "kill_at": 0}
    begun = time.monotonic()
    done = _run(asked)
    seconds = time.monotonic() - begun
    if done.returncode:
        raise Wrong(f"it does not run: {done.stderr.decode()[-800:]}")
    recorded = [] if ledger is None else _recorded(Path(ledger))
    return _Model(asked, _results(folder / "out"), recorded, int(done.stdout), seconds)


def _run(asked: dict[str, Any]) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, _PROGRAM, json.dumps(asked)]
    return subprocess.run(command, capture_output=True, env=ENVIRONMENT, timeout=120)


def _killed(asked: dict[str, Any], chance: random.Random, model: _Model) -> None:
    """Kill it before one of its steps, or after some time."""
    if chance.random() < 0.7:
        _run({**asked, "kill_at": chance.randint(1, model.steps)})
        return
    command = [sys.executable, _PROGRAM, json.dumps(asked)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT
    ) as one:
        time.sleep(chance.uniform(0.4, 1) * model.seconds)
        one.kill()


def _results(out: Path) -> dict[str, bytes]:
    """Read all that a run left."""
    found = {}
    for path in out.rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                # One part of a workbook says when it was made.
                found |= {f"{path.name}/{part}": book.read(part) for part in book.namelist() if part != _WHEN}
        elif path.is_file():
            found[str(path.relative_to(out))] = path.read_bytes()
    return found


def _recorded(path: Path) -> list[Any]:
    with Ledger.open(path) as ledger:
        fault = ledger.verify().fault
        if fault is not None:
            raise Wrong(f"the ledger is not sound: {fault.describe('en')}")
        return [(entry.kind, entry.body) for entry in ledger.entries()]
