"""
Worker: durable-rules behind two pipes, in a process that is replaced when it dies or hangs.

Its C code has been seen to crash and to loop on ordinary input. In a process of
its own it can do that without harm: a question that is not answered is put once
more to a fresh process, and a second failure is an error, never a guess.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from threading import Lock, Timer
from time import monotonic
from typing import Any

from dutyroute.errors import EngineError, MissingExtraError
from dutyroute.formats.process import python
from dutyroute.messages.reason import reason
from dutyroute.rete.lowering import Shard

LIMIT = 60.0
"""How many seconds a worker has for one answer before it counts as hanging."""

_PROGRAM = "dutyroute.rete.worker"


class Worker:
    """
    Rulesets in a process of their own, which may crash or hang without harm to the caller.

    Threads take turns; a process that was forked off starts a worker of its own.
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
        rules = [[[rule.number, rule.terms] for rule in shard.rules] for shard in shards]
        # The worker ends itself later than it is ended, for the case that nobody is left to do so.
        self._opening = {"shards": rules, "limit": max(1.0, 2 * limit)}
        self._lock = Lock()
        self._running: _Running | None = None
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        """The process at work; None where there is none yet."""
        return None if self._running is None else self._running.process.pid

    def match(self, places: Sequence[int], facts: Sequence[Mapping[str, str | int]]) -> list[list[int]]:
        """
        Put facts to some of the rulesets; return for each the rules that it fires, by their numbers.

        Raises:
            EngineError: if the worker cannot be started, or fails twice.
        """
        with self._lock:
            # Whatever went wrong, a fresh process has one try; what it says then is final.
            with suppress(EngineError):
                return self._answer([places, facts])
            return self._answer([places, facts])

    def _answer(self, question: Any) -> list[list[int]]:
        # INVARIANT: a process that was asked has answered, or is ended. Else, after a Ctrl-C in
        # between, the answer to this question would be taken for that to the next one.
        try:
            if self._is_closed:
                raise EngineError("engine-closed")
            if self._running is not None and self._running.owner != os.getpid():
                self._running = None  # a fork's: not ours to speak to, nor to end
            if self._running is None:
                self._running = _Running()
                said = self._running.ask(self._opening, self.limit)
                if "error" in said:
                    raise EngineError("engine-not-loaded", {"reason": reason(said["error"])})
            answered: list[list[int]] = self._running.ask(question, self.limit)["fired"]
        except BaseException:
            self._end()
            raise
        return answered

    def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.end()

    def close(self) -> None:
        """End the process; what is asked afterwards is refused."""
        with self._lock:
            self._is_closed = True
            self._end()


class _Running:
    """One process, from its start to its end."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        command, env = python("-m", _PROGRAM)
        pipe = subprocess.PIPE
        try:
            self.process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=env
            )
        except OSError as error:
            raise EngineError("engine-not-started", {"reason": reason(error)}) from None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._questions, self._answers = self.process.stdin, self.process.stdout
        self.end = weakref.finalize(self, _end, self.process, self.owner)

    def ask(self, question: Any, limit: float) -> Any:
        """Write a line and read the answer; a process that takes longer than the limit is killed."""
        line = json.dumps(question, separators=(",", ":")).encode() + b"\n"
        # Killed, it closes its pipes, and whatever waits for them goes on: this needs no other timeout.
        watchdog = Timer(limit, self.process.kill)
        watchdog.daemon = True
        asked = monotonic()
        watchdog.start()
        try:
            self._questions.write(line)
            self._questions.flush()
            answer = self._answers.readline()
        except BrokenPipeError:
            answer = b""
        finally:
            watchdog.cancel()
        if answer.endswith(b"\n"):
            return json.loads(answer)
        if monotonic() - asked >= limit:
            raise EngineError("engine-hangs", {"limit": f"{limit:g}"})
        self.end()  # one that only closed its pipes has no status yet
        status = self.process.returncode
        how = signal.Signals(-status).name if status < 0 else f"exit {status}"
        raise EngineError("engine-died", {"how": how})


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    """End a process and wait for its end, so that none is left over."""
    if owner != os.getpid():
        return
    for pipe in filter(None, (process.stdin, process.stdout)):
        with suppress(BrokenPipeError):  # what was not read any more is still in the buffer
            pipe.close()
    try:
        process.wait(0.2)  # it ends by itself where it can
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
