"""
Run the tests on every CPython that dutyroute supports and this machine has.

    python3 tools/test_all.py

Looks on PATH and among the versions of pyenv, and takes the newest of each minor
version. Each gets its own environment (`.venv-3.12` …), with pytest and without ruff
and mypy. Interpreters that are skipped are printed with the reason.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import bootstrap
from bootstrap import Python

NEWEST = (3, 14)
"""The newest version for which the pinned packages have wheels."""


def places() -> list[str]:
    """Return the paths of all files that are named like a Python 3."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders = [*map(Path, os.get_exec_path()), *sorted(pyenv.glob("versions/*/bin"))]
    found = [
        str(path)
        for folder in folders
        for path in sorted(folder.glob("python3*"))
        if re.fullmatch(r"python3(\.\d+)?", path.name)
    ]
    return list(dict.fromkeys(found))


def numbers(python: Python) -> tuple[int, ...]:
    """Return the version as numbers, so that versions can be sorted."""
    return tuple(map(int, python.version.split(".")))


def sort_out(pythons: set[Python]) -> tuple[dict[str, Python], list[str]]:
    """Return the newest interpreter of each minor version, and for each other one why it is skipped."""
    chosen: dict[str, Python] = {}
    skipped = []
    for python in sorted(pythons, key=lambda python: (numbers(python), python.place), reverse=True):
        minor = ".".join(map(str, numbers(python)[:2]))
        if not python.fits:
            reason = "not CPython from 3.11 on"
        elif numbers(python)[:2] > NEWEST:
            reason = "newer than the pinned packages know"
        elif minor in chosen:
            reason = f"{chosen[minor].version} is newer"
        else:
            chosen[minor] = python
            continue
        skipped.append(f"skipped {python.kind} {python.version} ({python.place}): {reason}")
    return dict(reversed(chosen.items())), skipped


def passes(minor: str, python: Python) -> bool:
    """Whether the tests pass on one interpreter."""
    print(f"\n== {python.version} ({python.place})", flush=True)
    try:
        venv = bootstrap.set_up(extra="test", venv=f".venv-{minor}", python=python.place)
    except bootstrap.SetupError as error:
        print(f"set-up failed: {error}")
        return False
    command = [
        str(venv / "bin" / "pytest"),
        "-q",
        "-n",
        "logical",
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
    ]
    return subprocess.run(command, cwd=bootstrap.ROOT).returncode == 0


def main() -> int:
    """Run the command and return its exit code."""
    pythons = {python for python in map(bootstrap.ask, places()) if python}
    chosen, skipped = sort_out(pythons)
    failed = [minor for minor, python in chosen.items() if not passes(minor, python)]
    print("", *skipped, sep="\n")
    print(f"ran on {', '.join(chosen) or 'no Python'}; failed on {', '.join(failed) or 'none'}")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
