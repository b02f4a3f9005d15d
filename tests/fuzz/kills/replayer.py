"""
A program that replays a history, and may end itself as if it had been killed.

Called with a JSON text: the sources, the map, the folder of results, the ledger or
null, whether to resume, and before which of the things that it does with files it is
to be killed, 0 for never. Its output is how many such things it has done.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import UTC, datetime
from itertools import count
from typing import Any

from dutyroute.ledger import Ledger
from dutyroute.replay import Recorder, open_tasks, replay
from dutyroute.report.replay import render_replay
from fuzz.content import clerk

_WATCHED = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "sqlite3.connect", "fcntl.flock")
_AT = datetime(2026, 3, 1, tzinfo=UTC)


def main(asked: dict[str, Any]) -> None:
    """Replay once."""
    steps, done = count(1), 0
    tasks = open_tasks(asked["sources"], asked["map"], clerk().rulebook)
    ledger = None if asked["ledger"] is None else Ledger.open(asked["ledger"])
    book = clerk().rulebook
    if ledger is not None and not ledger.editions():
        ledger.publish(book.canonical().encode(), digest=book.digest, at=_AT)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal done
        if event in _WATCHED and (event != "open" or "/" in str(arguments[0])):
            done = next(steps)
            if done == asked["kill_at"]:
                os.kill(os.getpid(), signal.SIGKILL)

    recorder = None if ledger is None else Recorder(ledger, book, lambda: _AT)
    sys.addaudithook(watch)
    replay(
        tasks,
        clerk(),
        asked["out"],
        lang="zh",
        formats=asked["formats"],
        resume=asked["resume"],
        recorder=recorder,
        every=asked["every"],
        report=lambda summary: render_replay(summary, "zh"),
    )
    print(done)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
