"""A process that tries files, so that one that ends the process or never ends costs one trial."""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import tempfile
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from fuzz.kinds import hold
from fuzz.trial import Made, Wrong

__all__ = ["PATIENCE", "Worker"]

PATIENCE: Final = 90
"""Seconds that a trial may take; reading a workbook is stopped by the program itself after a minute."""

_MEMORY: Final = 6 << 30
_MOST_GROWTH: Final = 1 << 20
"""How many kilobytes a trial may add to the most memory that the process has used."""


def _serve(connection: Connection, folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        with suppress(EOFError):
            made: Made | None = connection.recv()
            if made is not None:
                connection.send(_tried(made, folder))
                continue
        return


def _tried(made: Made, folder: Path) -> tuple[str, str]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        found = hold(made, folder)
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before > _MOST_GROWTH:
            raise Wrong("it takes more than a gigabyte of memory")
    except Wrong as wrong:
        return str(wrong), traceback.format_exc()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found, ""


class Worker:
    """Tries one file after the other in a process of its own; a new one where that has ended."""

    def __init__(self) -> None:
        # In memory where there is such a place: a replay waits for the disk again and again.
        memory = Path("/dev/shm")
        self._folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=memory if memory.is_dir() else None))
        self._process: Any = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def hold(self, made: Made) -> tuple[str, str]:
        """Try a file: `read`, `refused` or what is wrong with it, and the traceback."""
        if self._process is None:
            context = multiprocessing.get_context("spawn")
            self._connection, other = context.Pipe()
            self._process = context.Process(target=_serve, args=(other, self._folder / "trial"), daemon=True)
            self._process.start()
            other.close()
        try:
            self._connection.send(made)
            if not self._connection.poll(PATIENCE):
                self._end()
                return f"no answer within {PATIENCE} s", ""
            answer: tuple[str, str] = self._connection.recv()
            return answer
        except (EOFError, OSError):
            self._process.join()
            status = self._process.exitcode
            self._process = None
            return f"the process ended with status {status}", ""

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
