"""The places of a kill, each with what is done there."""

from __future__ import annotations

import random
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from fuzz.kills.disks import can_mount, full, read_only
from fuzz.kills.ledgers import cut, forked, restarted, server_of_our_own, written
from fuzz.kills.replays import interrupted
from fuzz.trial import Wrong
from services.postgresql import database, why_not

__all__ = ["Places"]

_PATIENCE: Final = 300
"""Seconds that a trial may take."""

_Trial = Callable[[Path, random.Random], None]


class Places:
    """Kills programs; a PostgreSQL server is started when the first place needs it."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._server: tuple[str, Path] | None = None
        self._places: Mapping[str, _Trial] = {
            "replay": interrupted,
            "sqlite": lambda folder, chance: written(str(folder / "duties.db"), chance),
            "forked": lambda folder, chance: forked(self._url(folder, chance), chance),
            "full-disk": full,
            **({"read-only-disk": read_only} if can_mount() else {}),
            **({} if why_not() else self._on_a_server()),
        }

    def _on_a_server(self) -> Mapping[str, _Trial]:
        return {
            "postgresql": lambda _, chance: written(self._database(chance), chance),
            "proxy-before": lambda _, chance: cut(self._database(chance), "before", chance),
            "proxy-after": lambda _, chance: cut(self._database(chance), "after", chance),
            "restart": lambda _, chance: restarted(self._database(chance), self._running()[1], chance),
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The places that there are on this machine."""
        return tuple(self._places)

    def __enter__(self) -> Places:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stack.close()

    def hold(self, name: str, seed: str) -> str:
        """Kill once at a place; return what is wrong, nothing where all is as it should be."""
        try:
            with tempfile.TemporaryDirectory(prefix="fuzz-kill-") as folder, _in_time():
                self._places[name](Path(folder), random.Random(f"{seed}/{name}"))
        except Wrong as wrong:
            return f"{wrong}\n{traceback.format_exc()}"
        except Exception as error:
            return f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
        return ""

    def _running(self) -> tuple[str, Path]:
        if self._server is None:
            self._server = self._stack.enter_context(server_of_our_own())
        return self._server

    def _database(self, chance: random.Random) -> str:
        return database(self._running()[0], f"{chance.random()}{id(chance)}")

    def _url(self, folder: Path, chance: random.Random) -> str:
        if why_not() or chance.random() < 0.3:
            return str(folder / "duties.db")
        return self._database(chance)


@contextmanager
def _in_time() -> Iterator[None]:
    """Stop what does not end."""

    def stop(*_: Any) -> None:
        raise Wrong(f"it takes longer than {_PATIENCE} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(_PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
