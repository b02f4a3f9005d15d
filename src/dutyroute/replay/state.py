"""
How far a run has come, written so that no crash can spoil it.

Until a run is finished its folder holds `.unfinished`. Every few chunks the run
writes what it has read as one more part of each output, each whole or not at
all, and after that the state, which says how many parts there are. A resumed run
deletes parts that the state does not count, which were written when the run
stopped, and goes on with the chunk that the state names; every chunk of a source
is the same each time. When all is read, the parts are put together and deleted.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dutyroute.errors import ReplayError
from dutyroute.formats.atomic import write_whole_text
from dutyroute.formats.json import parse
from dutyroute.replay.control import SourceCount
from dutyroute.replay.summary import Tally

FOLDER = ".unfinished"
_FORM = 1


@dataclass(slots=True)
class RunState:
    """
    What is done: everything before chunk `chunk` of source `source`.

    `stamp` tells what the run is about: a run with another stamp is another run.
    `rows` counts what came in, by source; `parts` how many parts are written;
    `recorded` is the last entry of a ledger that belongs to what an earlier version
    of this program did; `compared` and `engines` are the counts of a second rulebook and a second engine;
    `sources` counts more of each source, None if an older version began the run;
    `numbering` tells whether a row has the number of its line or of its place among the rows.
    """

    stamp: dict[str, Any]
    source: int = 0
    chunk: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    parts: int = 0
    tally: Tally = field(default_factory=Tally)
    compared: dict[str, Any] = field(default_factory=dict)
    recorded: int = 0
    engines: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, SourceCount] | None = None
    # INVARIANT: a state that does not say it was begun when rows were counted without blank lines.
    numbering: str = "rows"

    def count_of(self, source: str) -> SourceCount | None:
        """Return what was counted of a source; None if an older version began the run."""
        return None if self.sources is None else self.sources.get(source, SourceCount())

    def to_json(self) -> str:
        """Write the state as JSON."""
        plain = {name: getattr(self, name) for name in RunState.__slots__}
        plain["tally"] = self.tally.to_dict()
        if self.sources is not None:
            plain["sources"] = {name: count.to_dict() for name, count in self.sources.items()}
        return json.dumps({"form": _FORM, **plain}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> RunState:
        """
        Read what `to_json` wrote.

        Raises:
            ValueError, KeyError, TypeError, AttributeError: if it is something else.
        """
        written = parse(text)
        tally = Tally.from_dict(written.pop("tally"))
        if written.get("sources") is not None:
            read = {name: SourceCount.from_dict(count) for name, count in written["sources"].items()}
            written["sources"] = read
        if written.pop("form") != _FORM:
            raise ValueError("a state of another form")
        return cls(**written, tally=tally)


class Folder:
    """The folder in which an unfinished run keeps its parts and its state."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.path: Path = out / FOLDER
        self._state: Path = self.path / "state.json"
        self._was_begun: bool = self.path.exists()

    def begin(self, stamp: dict[str, Any]) -> RunState:
        """
        Begin a run.

        Raises:
            ReplayError: if there is one that was not finished.
        """
        self.keep_unfinished()
        self._sweep()
        # Saved before anything is read: a run that is killed at once can be resumed, too.
        state = RunState(stamp, sources={}, numbering="lines")
        self.save(state)
        return state

    def keep_unfinished(self) -> None:
        """
        Keep a run that was not finished from being overwritten.

        Raises:
            ReplayError: if there is one.
        """
        if self._state.exists():
            raise ReplayError("replay-unfinished", self._named())

    def resume(self, stamp: dict[str, Any]) -> RunState:
        """
        Resume a run where it stopped.

        Raises:
            ReplayError: if there is none, or what it is about has changed.
        """
        if not self._state.exists():
            if self._was_begun:  # and killed before it could save anything
                return self.begin(stamp)
            raise ReplayError("replay-nothing-to-resume", self._named())
        try:
            state = RunState.from_json(self._state.read_text("utf-8"))
        except (ValueError, KeyError, TypeError, AttributeError):
            values = {"file": str(self._state), **self._named()}
            raise ReplayError("replay-state-unreadable", values) from None
        changed = next((key for key in stamp if state.stamp.get(key) != stamp[key]), None)
        if changed is not None:
            raise ReplayError("replay-changed", {"what": changed, **self._named()})
        for part in list(self.path.glob("*.part")):
            if int(part.stem.rpartition("-")[2]) >= state.parts:
                part.unlink()
        return state

    def save(self, state: RunState) -> None:
        """Record how far the run has come; the parts are on disk before that."""
        write_whole_text(self._state, state.to_json())

    def part(self, kind: str, number: int) -> Path:
        """Name a part of an output."""
        return self.path / f"{kind}-{number:06}.part"

    def parts(self, kind: str) -> list[Path]:
        """List the parts of an output, in order."""
        return sorted(self.path.glob(f"{kind}-*.part"))

    def clear(self) -> None:
        """Delete what an unfinished run left, and nothing else."""
        self._sweep()

    def _sweep(self) -> None:
        for file in (self._state, *self.path.glob("*.part"), *self.path.glob("*.tmp")):
            file.unlink(missing_ok=True)

    def _named(self) -> dict[str, str]:
        return {"out": str(self.out), "folder": str(self.path)}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """
        Keep a second run out while this one is at work.

        Raises:
            ReplayError: if another run is at work.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with open(self.path / "lock", "wb") as stream:
            try:
                # The system gives the lock back when the process ends, however it ends.
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ReplayError("replay-busy", self._named()) from None
            try:
                yield
            finally:
                # Without a state there is nothing to go on with, whether all is done or nothing was begun.
                if not self._state.exists():
                    (self.path / "lock").unlink(missing_ok=True)
                    self.path.rmdir()
