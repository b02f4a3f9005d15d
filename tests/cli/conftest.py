"""The command line as the tests call it: in this process, and as a program of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click
import pytest
from click.testing import CliRunner

from dutyroute.cli.app import run as run_arguments


class Program(click.Command):
    """The program as click's test runner calls it."""

    def main(self, args: Sequence[str] | None = None, *_: object, **__: object) -> NoReturn:
        """Run the command line and end with its status."""
        sys.exit(run_arguments(list(args or ())))


HERE = Path(__file__).parent
RULES = str(HERE / "rules")


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str
    used: tuple[str, ...] = ()
    """The lines that say which rulebook was used; every command has one, so `err` leaves them out."""
    totals: tuple[str, ...] = ()
    """The lines of the control total of a file that `route` answers; `err` leaves them out, too."""


TOTAL = re.compile(r"^.+(?:: (?:File|Rows): |：(?:文件|行数)：).*\n", re.MULTILINE)
USED = re.compile(r"^(?:Rules: |规则：).*sha256:[0-9a-f]{12}\n", re.MULTILINE)

Run = Callable[..., Ran]


@pytest.fixture
def rules() -> str:
    """The folder of a small rulebook that only these tests use."""
    return RULES


@pytest.fixture
def run() -> Run:
    """Run a command line in this process."""

    def ran(
        *arguments: str,
        lang: str = "zh",
        columns: int = 100,
        input: str | bytes | None = None,
        encoding: str = "utf-8",
    ) -> Ran:
        environment = {"COLUMNS": str(columns), "DUTYROUTE_LANG": lang, "NO_COLOR": None, "FORCE_COLOR": None}
        runner = CliRunner(charset=encoding, env=environment)
        done = runner.invoke(Program("dutyroute"), list(arguments), input=input)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        err = TOTAL.sub("", USED.sub("", done.stderr))
        used, totals = (tuple(each.findall(done.stderr)) for each in (USED, TOTAL))
        return Ran(done.exit_code, done.stdout, err, used, totals)

    return ran


@pytest.fixture(scope="session")
def program() -> list[str]:
    """The command line as a program of its own."""
    return [sys.executable, "-m", "dutyroute"]


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The environment of a terminal that speaks Chinese."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHONIO"))
    }
    return {
        **kept,
        "DUTYROUTE_LANG": "zh",
        "COLUMNS": "100",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }


@pytest.fixture(scope="session")
def spawn(
    program: list[str], environment: dict[str, str]
) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run a command line as a program of its own, to its end."""

    def spawned(*arguments: str, input: bytes = b"", **more: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*program, *arguments], input=input, capture_output=True, env={**environment, **more}, timeout=60
        )

    return spawned


@pytest.fixture
def expected() -> Callable[[str], str]:
    """The text that a command must print, kept beside the tests."""

    def read(name: str) -> str:
        return (HERE / "expected" / name).read_text("utf-8")

    return read


@pytest.fixture
def undated() -> Callable[[str], str]:
    """Blank out what differs between two machines: digests."""
    return lambda text: re.sub(r"sha256:[0-9a-f]+", "sha256:…", text)
