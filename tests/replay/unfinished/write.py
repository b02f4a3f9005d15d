"""
Write the sample of this folder: a run of an old version that stopped after its first source.

Run in this folder with the version of commit f5edd7f, and never with a newer one.
"""

import shutil
from pathlib import Path

from dutyroute.replay.opening import tasks

from dutyroute import Router
from dutyroute.replay.run import replay

SOURCES = ("cases-1.csv", "cases-2.csv")


def run(out, progress):
    new, old = Router.load("rules"), Router.load("rules-before")
    settings = {"lang": "zh", "formats": ("csv", "parquet"), "old": old, "progress": progress}
    return replay(tasks(SOURCES, "map.yaml", new.rulebook, {}), new, out, **settings)


def stop(step):
    if step.source == "cases-2.csv":
        raise KeyboardInterrupt


if __name__ == "__main__":
    for folder in ("finished", "stopped"):
        shutil.rmtree(folder, ignore_errors=True)
    run("finished", lambda step: None)
    try:
        run("stopped", stop)
    except KeyboardInterrupt:
        Path("stopped/.unfinished/lock").unlink()
