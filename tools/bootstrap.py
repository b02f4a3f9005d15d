"""
Make a virtual environment with the pinned packages, unless it is there already.

    python3 tools/bootstrap.py [--extra dev] [--venv .venv] [--python PYTHON]

A finished environment has a stamp; a second call finds it and does nothing. This needs
pip, but neither root nor `ensurepip` (which a bare Debian lacks), and runs on Python 3.7.

Every package, the build tools included, must have a hash that constraints.txt names.
"""

from __future__ import annotations  # SyntaxError? This Python is too old: make PYTHON=python3.11

import argparse
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO, Iterator, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")
PINS = "constraints.txt"
BUILDERS = ("hatchling", "pip", "setuptools")
"""Build tools for what comes as source: hatchling for dutyroute, setuptools for pyspark and durable_rules."""
ENGINE = "durable_rules"
"""The second engine. It comes as C source, so it cannot be installed everywhere."""
PROBE = (
    "import os, sys; print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3],"
    " os.path.realpath(sys.executable), sep='\\n')"
)


class SetupError(Exception):
    """What went wrong and how to fix it, in one line."""


class Python(NamedTuple):
    """
    An interpreter: its kind, its version and its path.

    The path has its symlinks resolved: `python3` may belong to the environment that
    is about to be remade, and an upgrade moves it.
    """

    kind: str
    version: str
    place: str

    @property
    def fits(self) -> bool:
        """Whether dutyroute runs on it."""
        return self.kind == "cpython" and tuple(map(int, self.version.split("."))) >= OLDEST


def running() -> Python:
    """Return the interpreter that runs this file."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Python(sys.implementation.name, version, os.path.realpath(sys.executable))


def ask(name: str) -> Python | None:
    """Return the interpreter of that name or path, or None if it does not run."""
    # -I: neither the current folder nor PYTHONPATH may change the answer.
    command = [name, "-I", "-c", PROBE]
    try:
        said = subprocess.check_output(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return Python(*os.fsdecode(said).rstrip("\n").split("\n", 2))


def choose(name: str | None = None) -> Python:
    """Return the interpreter with that name; without a name the running one, else one on PATH."""
    this = running()
    if this.fits and not name:
        return this
    for python in map(ask, [name] if name else NAMES):
        if python and python.fits:
            return python
    raise SetupError(
        f"needs CPython from 3.11 on: found none as {name or ', '.join(NAMES)}, and this is "
        f"{this.kind} {this.version}; install one, or name it: make PYTHON=/path/to/python3.12"
    )


def fingerprint(python: Python, extra: str, venv: Path) -> str:
    """Return a digest of everything that an environment depends on; its scripts contain its path."""
    files = [(ROOT / name).read_bytes() for name in ("pyproject.toml", PINS)]
    texts = [os.fsencode(text) for text in (*python, extra, str(venv))]
    return hashlib.sha256(repr(files + texts).encode()).hexdigest()


def is_made(venv: Path, digest: str) -> bool:
    """Whether the environment was finished, from the same pins and Python."""
    try:
        return (venv / "stamp").read_text() == digest and (venv / "bin" / "python").exists()
    except OSError:
        return False


@contextlib.contextmanager
def locked(venv: Path) -> Iterator[BinaryIO]:
    """
    Lock the log file beside the environment, so that set-ups run one at a time.

    The log is the lock because every child process writes to it: if this process is
    killed, the lock lasts until its children have ended too.
    """
    with open(f"{venv}.log", "a+b") as log:
        try:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another set-up of {venv.name}")
            fcntl.flock(log, fcntl.LOCK_EX)
        log.truncate(0)
        yield log


def variables() -> dict[str, str]:
    """Return the environment variables with which to run venv and pip."""
    # Packages on PYTHONPATH would count as installed, and be missing later.
    inherited = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    ours = {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PYTHONUTF8": "1",  # venv fails on a UTF-8 path in a GBK locale
        "PIP_USER": "0",  # `user = true` in a pip.conf fails in a virtual environment
        # durable-rules, the second engine, calls a function that Python 3.13 removed.
        "CPPFLAGS": f"-DPyEval_CallObject=PyObject_CallObject {os.environ.get('CPPFLAGS', '')}",
    }
    return {**inherited, **ours}


def succeeds(command: list[str], log: BinaryIO) -> bool:
    """Run a command in the project's root, with its output in the log; tell whether it succeeded."""
    log.write(os.fsencode(f"$ {' '.join(command)}\n"))
    log.flush()
    try:
        return subprocess.call(command, cwd=ROOT, env=variables(), stdout=log, stderr=log) == 0
    except OSError as error:  # there is no such command
        log.write(f"{error}\n".encode())
        return False


def complaint(log: BinaryIO) -> str:
    """Return the line of the log that says what went wrong."""
    log.seek(0)
    text = log.read().decode("utf-8", "replace")
    if "Retry(total=0" in text:  # pip would blame the pins
        return "pip cannot reach its package index: check the network and `pip config list`"
    if "DO NOT MATCH THE HASHES" in text:
        others = ", ".join(re.findall(r"^ +(\S+==\S+) from ", text, re.MULTILINE))
        return (
            f"what the package index has as {others} is not what {PINS} has the hash of: install it "
            "nowhere; or, if you changed that version, run `python3 tools/pins.py --renew`"
        )
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return ([line for line in lines if re.match(r"ERROR: |\w+Error: ", line)] or lines)[-1]


def clear(venv: Path) -> None:
    """Remove the environment, finished or half-made."""
    if venv.is_symlink():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(venv)


def create(python: Python, venv: Path, log: BinaryIO) -> list[str]:
    """Make an empty environment; return the command of a pip that installs into it."""
    inner = str(venv / "bin" / "python")
    clear(venv)
    if succeeds([python.place, "-m", "venv", str(venv)], log):
        return [inner, "-m", "pip"]
    clear(venv)
    if not succeeds([python.place, "-m", "venv", "--without-pip", str(venv)], log):
        raise SetupError(f"`{python.place} -m venv` failed: {complaint(log)}")
    for pip in ([python.place, "-m", "pip"], ["python3", "-m", "pip"], ["pip3"]):
        borrowed = [*pip, "--python", inner]
        if succeeds([*borrowed, "--version"], log):
            return borrowed
    raise SetupError(
        "found no pip from 22.3 on; install one (on Debian, python3-venv brings it) and run this again"
    )


def add(pip: list[str], wanted: tuple[str, ...], python: Python, log: BinaryIO) -> bool:
    """
    Install packages and what they need, at the pinned versions; tell whether it succeeded.

    They are built without isolation: pip checks no hashes inside an isolated build.
    """
    pins = [python.place, "-I", str(ROOT / "tools" / "pins.py"), *wanted]
    try:
        text = subprocess.check_output(pins, stderr=subprocess.PIPE)
    except subprocess.CalledProcessError as error:
        raise SetupError(error.stderr.decode("utf-8", "replace").strip().split("\n")[-1]) from None
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(text)
        file.flush()
        step = ["install", "--require-hashes", "--no-build-isolation", "--requirement", file.name]
        return succeeds([*pip, *step], log)


def install(pip: list[str], inner: list[str], extra: str, python: Python, log: BinaryIO) -> None:
    """
    Install the pinned packages of one extra, then the project, editable.

    The build tools come first, by the pip that is there; everything else by the pinned
    one, whatever came with the interpreter. pip refuses to check hashes and to install
    something editable at once.
    """
    project = ["install", "--no-deps", "--no-build-isolation", "--editable", "."]
    if not (
        add(pip, BUILDERS, python, log)
        and add(inner, (f"dutyroute[{extra}]",), python, log)
        and succeeds([*inner, *project], log)
    ):
        raise SetupError(f"{complaint(log)}; see {Path(log.name).name}, and run this again")


def add_engine(pip: list[str], python: Python, log: BinaryIO) -> None:
    """
    Build the second engine where that is possible; everything else works without it.

    Not from pip's cache: a wheel that was built on Python 3.13 without our CPPFLAGS
    would be reused, and cannot be imported.
    """
    if not add([*pip, "--no-cache-dir"], (ENGINE,), python, log):
        say("built no second engine (it needs a C compiler and Python's headers); going on without it")


def point_relatively(venv: Path) -> None:
    """
    Replace the absolute path of `src` in the editable install by a relative one.

    Python 3.11 reads that file in the encoding of the locale. With an absolute path
    through a folder with a Chinese name it would not start under LC_ALL=C.
    """
    for pointer in venv.glob("lib/python*/site-packages/_dutyroute.pth"):
        pointer.write_text(os.path.relpath(ROOT / "src", pointer.parent) + "\n")


def set_up(extra: str = "dev", venv: str = ".venv", python: str | None = None) -> Path:
    """Make the environment unless it is there, and return its path."""
    place = ROOT / venv
    chosen = choose(python)
    digest = fingerprint(chosen, extra, place)
    if is_made(place, digest):
        return place
    with locked(place) as log:
        if not is_made(place, digest):  # another set-up may have made it in the meantime
            say(f"making {venv} with Python {chosen.version} (once, up to a minute)")
            pip = create(chosen, place, log)
            inner = [str(place / "bin" / "python"), "-m", "pip"]
            install(pip, inner, extra, chosen, log)
            add_engine(inner, chosen, log)
            point_relatively(place)
            # INVARIANT: the stamp is written last; an environment without it is made anew.
            (place / "stamp").write_text(digest)
    return place


def say(line: str) -> None:
    """Print a line about the progress."""
    print(f"set-up: {line}", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        description="Make a virtual environment with the pinned packages, unless it is there already."
    )
    parser.add_argument("--extra", default="dev", help="which extra of pyproject.toml (default: dev)")
    parser.add_argument("--venv", default=".venv", help="its name (default: .venv)")
    parser.add_argument("--python", help="the Python to make it with (default: this one, or one on PATH)")
    given = parser.parse_args(arguments)
    if not given.venv.startswith(".venv") or "/" in given.venv:
        parser.error("--venv must start with .venv: it may be removed, and git must ignore it")
    try:
        set_up(given.extra, given.venv, given.python)
    except (SetupError, OSError) as error:
        say(f"failed: {error}")
        return 1
    except KeyboardInterrupt:
        say("interrupted; run it again to start over")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
