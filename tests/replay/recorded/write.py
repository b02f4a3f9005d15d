"""
Write the sample of this folder: a recorded run of an old version that was killed while it read its second source.

Run in this folder with the version of commit f5edd7f, and never with a newer one. The
ledger already has what the state of the run does not count.
"""

import os
import shutil
import sys
from pathlib import Path

from dutyroute.replay.recording import Recorder

from dutyroute import Ledger
from dutyroute.cli import main

written = 0


def write_and_die(self, write=Recorder.write):
    """Write as the recorder does; the second time the program ends before it can save its state."""
    global written
    found, written = write(self), written + 1
    if written == 2:
        os._exit(9)
    return found


def run(*arguments):
    child = os.fork()
    if not child:
        sys.argv = ["dutyroute", *arguments]
        main()
    os.waitpid(child, 0)


if __name__ == "__main__":
    shutil.rmtree("out", ignore_errors=True)
    Path("ledger.db").unlink(missing_ok=True)
    os.environ["DUTYROUTE_LANG"] = "zh"
    run("publish", "../unfinished/rules", "--ledger", "ledger.db", "--at", "2026-03-01T08:00Z")
    Recorder.write = write_and_die
    run("replay", "cases-1.csv", "cases-2.csv", "--map", "map.yaml", "--ledger", "ledger.db", "--out", "out")
    Path("out/.unfinished/lock").unlink(missing_ok=True)
    with Ledger.open("ledger.db") as ledger:  # what is in the log goes into the file
        ledger.last()
