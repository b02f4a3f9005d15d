"""Every command that the guides show is run, and prints what the guides say."""

from __future__ import annotations

import doctest
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from dutyroute.cli.app import run

ROOT = Path(__file__).parent.parent
PAGES = ("README*.md", "CONTRIBUTING.md", "docs/*.md", "docs/tutorials/*.md", "examples/README*.md")
GUIDES = sorted(path for pattern in PAGES for path in ROOT.glob(pattern))
_USED = re.compile(r"^(?:Rules: |规则：).*sha256:.*\n", re.MULTILINE)
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A command as a guide shows it, with the lines that it is said to print."""

    guide: str
    command: str
    printed: str

    @property
    def pattern(self) -> str:
        """What must be printed: a line `...` stands for any lines, `...` in a line for anything."""
        lines = (re.escape(line).replace(r"\.\.\.", ".*") for line in self.printed.splitlines())
        return "".join(r"(?:.*\n)*" if line == ".*" else f"{line}\n" for line in lines)

    @property
    def needs_a_shell(self) -> bool:
        """Whether it is more than one plain command line; those of the README take a shell all the same."""
        is_plain = re.fullmatch(r"dutyroute [^|;<>&$`*\n]*", self.command)
        # Java gets its locale from the Python that starts it, which takes a UTF-8 one where none
        # is set, but only when it starts itself: else Java finds no path that has Chinese letters.
        return not is_plain or self.guide.startswith("README") or "--spark" in self.command


def examples() -> list[Example]:
    """Find the commands in the guides: what follows `$ ` and names dutyroute or python3."""
    found = []
    for guide in GUIDES:
        for block in BLOCK.findall(guide.read_text("utf-8")):
            for shown in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, printed = shown.partition("\n")
                if re.match("python3 |cp |sed ", command) or "dutyroute" in command:
                    found.append(Example(str(guide.relative_to(ROOT)), command, printed))
    return found


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """For each guide a copy of what its commands read; they build on each other."""

    @cache
    def place(guide: str) -> Path:
        folder = tmp_path_factory.mktemp("guide")
        for name in ("rules", "cases", "examples"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        return folder

    return place


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a program `dutyroute`, and of the Python that runs it."""
    folder = tmp_path_factory.mktemp("bin")
    for name, started in (
        ("dutyroute", f'"{sys.executable}" -m dutyroute'),
        ("python3", f'"{sys.executable}"'),
    ):
        file = folder / name
        file.write_text(f'#!/bin/sh\nexec {started} "$@"\n', "utf-8")
        file.chmod(0o755)
    return folder


Environment = dict[str, str | None]


def in_a_shell(line: str, changes: Environment) -> tuple[int, str]:
    """Run a line as a reader would, and return the status with what it printed."""
    environment = {name: value for name, value in {**os.environ, **changes}.items() if value is not None}
    done = subprocess.run(
        ["sh", "-c", line], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120
    )
    return done.returncode, done.stdout.decode()


def in_this_process(line: str, changes: Environment) -> tuple[int, str]:
    """Run a plain command line without starting a program, which takes longer than most commands."""
    printed = io.BytesIO()
    # One stream, as in a shell: what goes to standard error stands where it was printed.
    stream = io.TextIOWrapper(printed, encoding="utf-8", write_through=True)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(stream), redirect_stderr(stream):
        for name, value in changes.items():
            if value is None:
                patch.delenv(name)
            else:
                patch.setenv(name, value)
        status = run(shlex.split(line)[1:])
        return status, printed.getvalue().decode()


def shown() -> list[object]:
    """Mark the examples of pages that need a cluster."""
    listed = examples()
    clusters = {each.guide for each in listed if "--spark" in each.command and "scale" in each.guide}
    marks = {True: [pytest.mark.spark], False: []}
    return [pytest.param(each, marks=marks[each.guide in clusters]) for each in listed]


@pytest.mark.skipif(os.name != "posix", reason="the guides show a POSIX shell")
@pytest.mark.parametrize("example", shown(), ids=lambda each: f"{each.guide}: {each.command[:60]}")
def test_a_command_prints_what_the_guide_says(
    example: Example,
    places: Callable[[str], Path],
    command: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if "--engine" in example.command and find_spec("durable_rules_engine") is None:
        pytest.skip("durable-rules is not installed: pip install 'dutyroute[rete]'")
    environment = {
        **{name: None for name in os.environ if name.startswith(("LC_", "LANG", "PYTHONIO"))},
        "DUTYROUTE_LANG": "zh" if "zh-CN" in example.guide else "en",
        "COLUMNS": "100",
        "PATH": os.pathsep.join((str(command), os.environ["PATH"])),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }
    monkeypatch.chdir(places(example.guide))
    ran = in_a_shell if example.needs_a_shell else in_this_process
    status, printed = ran(example.command, environment)
    assert "Traceback" not in printed
    # Which rulebook was used is said at each command; the guides show it where it matters.
    if not _USED.search(example.printed):
        printed = _USED.sub("", printed)
    if example.printed.strip():
        assert re.fullmatch(example.pattern, printed), f"{example.command}\nprints\n{printed}"
    else:
        assert status in (0, 1), printed


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(code, id=f"{guide.relative_to(ROOT)}: {number}")
        for guide in GUIDES
        for number, code in enumerate(
            re.findall(r"^```python\n(.*?)^```$", guide.read_text("utf-8"), re.M | re.S)
        )
    ],
)
def test_an_example_in_python_runs(code: str, tmp_path: Path) -> None:
    """In a folder that holds the rules, and nothing but warnings goes to standard error."""
    if "rete" in code and find_spec("durable_rules_engine") is None:
        pytest.skip("durable-rules is not installed: pip install 'dutyroute[rete]'")
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")


SESSIONS = [guide for guide in GUIDES if "```pycon" in guide.read_text("utf-8")]


@pytest.mark.parametrize("guide", SESSIONS, ids=lambda guide: str(guide.relative_to(ROOT)))
def test_a_session_prints_what_the_guide_says(
    guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks of a page are one session: each goes on where the one before ended."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```pycon\n(.*?)^```$", guide.read_text("utf-8"), re.M | re.S)
    session = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, guide.name, str(guide), 0)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(session, out=said.append)
    assert "".join(said) == ""


def test_every_command_is_shown_in_both_languages() -> None:
    from dutyroute.cli.options import COMMANDS

    for is_chinese in (False, True):
        shown = " ".join(each.command for each in examples() if ("zh-CN" in each.guide) is is_chinese)
        assert [command for command in COMMANDS if f"dutyroute {command}" not in shown] == []
