"""What the READMEs show is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DEMO = re.compile(r"\$ make demo\n```\n.*?```console\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def ran(arguments: list[str], lang: str) -> str:
    environment = {**os.environ, "DUTYROUTE_LANG": lang, "COLUMNS": "100", "PYTHONUTF8": "1"}
    command = [sys.executable, *arguments]
    finished = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, env=environment, check=True
    )
    return finished.stdout


@pytest.mark.parametrize("readme, lang", [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_the_demo_prints_what_the_readme_shows(readme: str, lang: str) -> None:
    """The first incident of the demo, line by line."""
    found = DEMO.search(text(readme))
    assert found is not None
    shown = [line.rstrip() for line in found.group(1).strip().splitlines()]
    printed = ran(["-m", "dutyroute", "route", "cases/demo/incidents.yaml"], lang).splitlines()
    assert [line.rstrip() for line in printed[: len(shown)]] == shown


@pytest.mark.parametrize("readme, lang", [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_the_library_example_runs(readme: str, lang: str) -> None:
    """Each line that is said to print something prints it."""
    (code,) = PYTHON.findall(text(readme))
    expected = re.findall(r"print\(.*\)  # (\(.*\))$", code, re.MULTILINE)
    assert len(expected) == len(re.findall(r"# \(.*\)$", code, re.MULTILINE))
    printed = ran(["-c", code], lang).splitlines()
    assert [line for line in printed if line in expected] == expected


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_link_leads_somewhere(readme: str) -> None:
    """A newcomer never follows a link into nothing."""
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text(readme)) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []
