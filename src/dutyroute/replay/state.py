"""State: how far a run has come, written so that no crash can spoil it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from dutyroute.errors import ReplayError
from dutyroute.formats.atomic import write_whole
from dutyroute.replay.tally import Tally

__all__ = ["FOLDER", "Folder", "State"]

FOLDER = ".unfinished"
_FORM = 1


@dataclass(slots=True)
class State:
    """
    What is done: everything before chunk `chunk` of source `source`.

    `stamp` tells what the run is about: a run with another stamp is another run.
    `rows` counts what came in, by source; `parts` how many parts are written;
    `recorded` is the last entry of a ledger that belongs to what is done, and
    `engines` what holding two engines against each other has come to.
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

    def as_dict(self) -> dict[str, Any]:
        """Write the state as plain data."""
        plain = {name: getattr(self, name) for name in State.__slots__ if name != "tally"}
        return {"form": _FORM, **plain, "tally": self.tally.as_dict()}


class Folder:
    """The folder in which an unfinished run keeps its parts and its state."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.path = out / FOLDER

    @property
    def _state(self) -> Path:
        return self.path / "state.json"

    def begin(self, stamp: dict[str, Any]) -> State:
        """
        Begin a run.

        Raises:
            ReplayError: if there is one that was not finished.
        """
        if self._state.exists():
            raise ReplayError("replay-unfinished", self._named())
        self._sweep()
        return State(stamp)

    def resume(self, stamp: dict[str, Any]) -> State:
        """
        Take up a run where it stopped.

        Raises:
            ReplayError: if there is none, or what it is about has changed.
        """
        if not self._state.exists():
            raise ReplayError("replay-nothing-to-resume", self._named())
        state = self._read()
        changed = next((key for key in stamp if state.stamp.get(key) != stamp[key]), None)
        if changed is not None:
            raise ReplayError("replay-changed", {"what": changed, **self._named()})
        for part in self._parts():
            if int(part.stem.rpartition("-")[2]) >= state.parts:
                part.unlink()  # written, but not yet vouched for when the run stopped
        return state

    def _read(self) -> State:
        try:
            written = json.loads(self._state.read_text("utf-8"))
            tally = Tally.of(written.pop("tally"))
            if written.pop("form") != _FORM:
                raise ValueError
            return State(**written, tally=tally)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ReplayError(
                "replay-state-unreadable", {"file": str(self._state), **self._named()}
            ) from None

    def save(self, state: State) -> None:
        """Put down how far the run has come; the parts are on disk before that."""
        text = json.dumps(state.as_dict(), ensure_ascii=False)
        with write_whole(self._state) as stream:
            stream.write(text.encode())

    def part(self, kind: str, number: int) -> Path:
        """Name a part of an output."""
        return self.path / f"{kind}-{number:06}.part"

    def draft(self, name: str) -> Path:
        """Name an output that is not whole yet."""
        return self.path / f"{name}.tmp"

    def parts(self, kind: str) -> list[Path]:
        """List the parts of an output, in order."""
        return sorted(self.path.glob(f"{kind}-*.part"))

    def clear(self) -> None:
        """Take away what an unfinished run left; nothing else is touched."""
        self._sweep()
        (self.path / "lock").unlink(missing_ok=True)
        self.path.rmdir()

    def _sweep(self) -> None:
        for file in (self._state, *self._parts(), *self.path.glob("*.tmp")):
            file.unlink(missing_ok=True)

    def _parts(self) -> list[Path]:
        return list(self.path.glob("*.part"))

    def _named(self) -> dict[str, str]:
        return {"out": str(self.out), "folder": str(self.path)}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """
        Keep a second run out; a run that died keeps nobody out.

        Raises:
            ReplayError: if another run is at work.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with open(self.path / "lock", "wb") as stream:
            _lock(stream, lambda: ReplayError("replay-busy", self._named()))
            yield


def _lock(stream: BinaryIO, busy: Callable[[], ReplayError]) -> None:
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise busy() from None
