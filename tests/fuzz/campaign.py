"""A campaign: trials of all kinds within a budget of minutes, continued where the last one stopped."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final

from fuzz.kinds import KINDS, trial
from fuzz.places import Places
from fuzz.trial import Made, small
from fuzz.worker import Worker

__all__ = ["Campaign", "again", "totals"]

_FILES: Final = 1_000
_WAYS: Final = 200
_KILLS: Final = 40
"""How often each kind, each way and each place is tried before the others fall behind."""
_KEPT: Final = 5
"""How many faults of one way are kept; all are counted."""


@dataclass(slots=True)
class Campaign:
    """What has been tried with a seed, kept in a folder."""

    folder: Path
    seed: str
    tried: Counter[str] = field(default_factory=Counter)
    """How often, by `kind/way` and `kill/place`."""
    by_kind: Counter[str] = field(default_factory=Counter)
    by_way: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    """How files ended, by `kind/read`, `kind/refused` and `kind/wrong`."""
    found: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0

    @classmethod
    def resumed(cls, folder: Path, seed: str) -> Campaign:
        """Take up the campaign of a seed, or begin it."""
        campaign = cls(folder / seed, seed)
        if campaign._state.exists():
            state = json.loads(campaign._state.read_text("utf-8"))
            campaign.ended = Counter(state["ended"])
            campaign.found, campaign.seconds = state["found"], state["seconds"]
            for what, times in state["tried"].items():
                campaign._count(what, times)
        return campaign

    def _count(self, what: str, times: int = 1) -> None:
        kind, way = _named(what)
        self.tried[what] += times
        if kind != "kill":
            self.by_kind[kind] += times
            self.by_way[way] += times

    @property
    def _state(self) -> Path:
        return self.folder / "state.json"

    def save(self) -> None:
        """Write down how far it has come."""
        self.folder.mkdir(parents=True, exist_ok=True)
        told = {name: getattr(self, name) for name in ("tried", "ended", "found", "seconds")}
        draft = self._state.with_suffix(".tmp")
        draft.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
        draft.replace(self._state)

    def run(self, minutes: float, only: Sequence[str] = ()) -> int:
        """Try what begins with one of some words until the time is up; return how many faults were found."""
        begun = saved = monotonic()
        before, already = len(self.found), self.seconds
        with Worker() as worker, Places() as places:
            wanted = [each for each in _all(places) if each.startswith(tuple(only) or "")]
            while monotonic() - begun < minutes * 60:
                what = min(wanted, key=self._progress)
                self._try(what, worker, places)
                self.seconds = already + monotonic() - begun
                if monotonic() - saved > 10:
                    self.save()
                    saved = monotonic()
        self.save()
        return len(self.found) - before

    def _progress(self, what: str) -> tuple[float, int]:
        """Tell how much of what is wanted has been done, of the way or of the kind, whichever is further behind."""
        kind, way = _named(what)
        if kind == "kill":
            return self.tried[what] / _KILLS, self.tried[what]
        return min(self.by_way[way] / _WAYS, self.by_kind[kind] / _FILES), self.tried[what]

    def _try(self, what: str, worker: Worker, places: Places) -> None:
        kind, _, way = what.partition("/")
        seed = f"{self.seed}/{self.tried[what]}"
        self._count(what)
        if kind == "kill":
            wrong = places.hold(way, seed)
            if wrong:
                self._report(what, seed, wrong, None)
            return
        made = trial(kind, way, seed)
        said, trace = worker.hold(made)
        is_wrong = said not in ("read", "refused")
        self.ended[f"{kind}/{'wrong' if is_wrong else said}"] += 1
        if is_wrong and sum(each["what"] == what for each in self.found) < _KEPT:
            smallest, said, trace = _smallest(kind, way, seed, worker) or (made, said, trace)
            self._report(what, seed, f"{said}\n{trace}", smallest)

    def _report(self, what: str, seed: str, wrong: str, made: Made | None) -> None:
        name = f"{what}-{seed.rpartition('/')[2]}".replace("/", "-").replace(":", "-")
        kept = self.folder / "found" / name
        if made is not None:
            made.keep(kept, seed=seed, wrong=wrong)
        else:
            kept.mkdir(parents=True, exist_ok=True)
            told = {"place": what.partition("/")[2], "seed": seed, "wrong": wrong}
            (kept / "kill.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
        self.found.append(
            {"what": what, "seed": seed, "wrong": small(wrong.partition("\n")[0]), "kept": str(kept)}
        )
        print(f"{what} {seed}: {self.found[-1]['wrong']}\n  again: make fuzz AGAIN={kept}", flush=True)


def _all(places: Places) -> list[str]:
    files = [f"{kind}/{way}" for kind, about in KINDS.items() for way in about.ways]
    return [*files, *(f"kill/{place}" for place in places.names)]


def _named(what: str) -> tuple[str, str]:
    """Return kind and way; a way of damaging is one whatever the format of the events or incidents."""
    kind, _, way = what.partition("/")
    return kind, way.rpartition(":")[2]


def _smallest(kind: str, way: str, seed: str, worker: Worker) -> tuple[Made, str, str] | None:
    """Find the fewest rows with which the same seed still shows a fault."""
    for rows in range(1, 12):
        made = trial(kind, way, seed, rows)
        said, trace = worker.hold(made)
        if said not in ("read", "refused"):
            return made, said, trace
    return None


def again(folder: Path) -> str:
    """Try again what was kept; return what is wrong, nothing where that is mended."""
    if (folder / "kill.json").exists():
        told = json.loads((folder / "kill.json").read_text("utf-8"))
        with Places() as places:
            return places.hold(told["place"], told["seed"])
    with Worker() as worker:
        said, trace = worker.hold(Made.load(folder))
    return "" if said in ("read", "refused") else f"{said}\n{trace}"


def totals(campaign: Campaign, write: Callable[[str], Any] = sys.stdout.write) -> None:
    """Print what was tried, by kind, by way of damaging and by place of a kill."""
    places = {
        what.partition("/")[2]: times for what, times in campaign.tried.items() if what.startswith("kill/")
    }
    _table(write, "files", campaign.by_kind, lambda kind: _ended(campaign, kind))
    _table(write, "ways of damaging", campaign.by_way)
    _table(write, "kills", places)
    write(f"{campaign.seconds / 60:.1f} minutes, {len(campaign.found)} faults\n")


def _ended(campaign: Campaign, kind: str) -> str:
    return ", ".join(f"{campaign.ended[f'{kind}/{how}']} {how}" for how in ("read", "refused", "wrong"))


def _table(
    write: Callable[[str], Any],
    title: str,
    counts: Mapping[str, int],
    more: Callable[[str], str] = lambda _: "",
) -> None:
    write(f"{title}: {sum(counts.values())}\n")
    for name, times in sorted(counts.items()):
        write(f"  {name:24}{times:7}  {more(name)}".rstrip() + "\n")
