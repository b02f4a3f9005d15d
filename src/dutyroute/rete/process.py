"""Process: a worker behind two pipes, replaced when it dies or says nothing."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from threading import Lock
from time import monotonic
from typing import IO, Any

from dutyroute.errors import EngineError, MissingExtraError
from dutyroute.rete.lowering import Shard

__all__ = ["LIMIT", "Worker"]

LIMIT = 60.0
"""How many seconds a worker has for one answer before it counts as hanging."""

_PROGRAM = "dutyroute.rete.worker"
_CHUNK = 1 << 16


class Worker:
    """
    Rulesets in a process of their own, which may crash or hang and harms nobody.

    A question that is not answered in time, or on which the process dies, is put
    once more, to a fresh process. Threads take turns; a process that was forked
    off starts a worker of its own.
    """

    def __init__(self, shards: Sequence[Shard], limit: float = LIMIT) -> None:
        """
        Prepare; nothing is started before the first question.

        Raises:
            MissingExtraError: if durable-rules is not installed.
        """
        if find_spec("durable_rules_engine") is None:
            raise MissingExtraError("rete", "durable_rules_engine")
        self.limit = limit
        self._opening = {"shards": [shard.as_list() for shard in shards], "limit": max(1.0, 2 * limit)}
        self._lock = Lock()
        self._running: _Running | None = None
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        """The process at work; None where there is none yet."""
        return None if self._running is None else self._running.pid

    def match(self, places: Sequence[int], facts: Sequence[Mapping[str, str | int]]) -> list[list[int]]:
        """
        Put facts to some of the rulesets; return for each the rows that it fires.

        Raises:
            EngineError: if the worker cannot be started, or fails twice.
        """
        line = _line([list(places), list(facts)])
        with self._lock:
            try:
                return self._answer(line)
            except _Failure:
                pass
            try:
                return self._answer(line)
            except _Failure as failure:
                raise EngineError(failure.code, failure.values) from None

    def _answer(self, line: bytes) -> list[list[int]]:
        # INVARIANT: a process that was asked has answered, or is ended. Else, after a Ctrl-C in
        # between, the answer to this question would be taken for that to the next one.
        is_answered = False
        try:
            answered: list[list[int]] = self._ready().ask(line, self.limit)["rows"]
            is_answered = True
        finally:
            if not is_answered:
                self._end()
        return answered

    def _ready(self) -> _Running:
        """Return the process at work, or start one."""
        if self._is_closed:
            raise EngineError("engine-closed")
        if self._running is not None and self._running.owner != os.getpid():
            self._running = None  # a fork's: not ours to speak to, nor to end
        if self._running is None:
            self._running = _Running()
            self._running.begin(_line(self._opening), self.limit)
        return self._running

    def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None and running.owner == os.getpid():
            running.end()

    def close(self) -> None:
        """End the process; what is asked afterwards is refused."""
        with self._lock:
            self._is_closed = True
            self._end()


class _Failure(Exception):
    """The process gave no answer; `code` and `values` say how."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(code)


class _Running:
    """One process, from its start to its end."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-W", "ignore", "-m", _PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                bufsize=0,
            )
        except OSError as error:
            raise EngineError("engine-not-started", {"reason": error.strerror or str(error)}) from None
        self._process = process
        self.pid = process.pid
        os.set_blocking(_pipe(process.stdin).fileno(), False)
        os.set_blocking(_pipe(process.stdout).fileno(), False)
        self.end = weakref.finalize(self, _end, process, self.owner)

    def begin(self, opening: bytes, limit: float) -> None:
        """
        Hand over the rules.

        Raises:
            EngineError: if durable-rules cannot be loaded there.
        """
        said = self.ask(opening, limit)
        if "error" in said:
            self.end()
            raise EngineError("engine-not-loaded", {"reason": said["error"]})

    def ask(self, line: bytes, limit: float) -> dict[str, Any]:
        """Write a line and wait for the answer, both within one limit."""
        until = monotonic() + limit
        left, answer = memoryview(line), b""
        with selectors.DefaultSelector() as waiting:
            waiting.register(_pipe(self._process.stdout), selectors.EVENT_READ)
            waiting.register(_pipe(self._process.stdin), selectors.EVENT_WRITE)
            while not answer.endswith(b"\n"):
                for key, _ in self._events(waiting, until, limit):
                    if key.fileobj is self._process.stdout:
                        answer += self._read()
                    else:
                        left = left[self._write(left) :]
                        if not left:
                            waiting.unregister(key.fileobj)
        said: dict[str, Any] = json.loads(answer)
        return said

    def _events(self, waiting: selectors.BaseSelector, until: float, limit: float) -> list[Any]:
        found = waiting.select(max(0.0, until - monotonic()))
        if not found and monotonic() >= until:
            raise _Failure("engine-hangs", limit=f"{limit:g}")
        return found

    def _read(self) -> bytes:
        found = os.read(_pipe(self._process.stdout).fileno(), _CHUNK)
        if not found:
            raise self._death()
        return found

    def _write(self, left: memoryview) -> int:
        try:
            return os.write(_pipe(self._process.stdin).fileno(), left[:_CHUNK])
        except BlockingIOError:
            return 0
        except BrokenPipeError:
            raise self._death() from None

    def _death(self) -> _Failure:
        """Say how the process ended; one that only closed its pipes is ended."""
        self.end()
        status = self._process.returncode
        how = signal.Signals(-status).name if status < 0 else f"exit {status}"
        return _Failure("engine-died", how=how)


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    """End a process for good and take note of it, so that none is left over."""
    if owner != os.getpid():
        return
    _pipe(process.stdin).close()
    _pipe(process.stdout).close()
    try:
        process.wait(0.2)  # it ends by itself where it can
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise AssertionError("the process was started with pipes")
    return stream


def _line(said: Any) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"


def _environment() -> dict[str, str]:
    """Let the worker find what this process finds, and nothing be changed by its surroundings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}
