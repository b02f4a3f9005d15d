"""`pytest cases/` runs the case files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CASE = """\
cases:
  - id: right
    title: 占用消防通道由街道查处
    incident: {matter: fire-lane-blocking}
    expect: {lead: street-office}
    because: 三（二）1（5）
  - id: wrong
    title: 占用消防通道由消防查处
    english: The fire brigade enforces
    incident: {matter: fire-lane-blocking}
    expect: {lead: fire-rescue}
    because: 故意写错
"""


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A folder of cases; a rulebook next to it would be theirs, so no other test's folder is next to it."""
    folder = tmp_path / "cases"
    folder.mkdir()
    return folder


def pytest_on(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=None, check=False)


def test_each_case_is_a_test_and_a_failed_one_shows_the_difference(cases: Path) -> None:
    """A clerk reads the place, the case and the difference, and no traceback."""
    (cases / "fire.yaml").write_text(CASE, "utf-8")
    ran = pytest_on(cases)
    assert ran.returncode == 1
    assert "1 failed, 1 passed" in ran.stdout
    assert "fire.yaml:7:9: " in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr


def test_other_yaml_is_left_alone(cases: Path) -> None:
    """Only files with cases are collected."""
    (cases / "compose.yaml").write_text("services: {}\n", "utf-8")
    assert pytest_on(cases).returncode == 5


def test_a_broken_case_file_shows_its_diagnostics(cases: Path) -> None:
    """Faults are shown as `dutyroute check` shows them."""
    (cases / "fire.yaml").write_text(CASE.replace("lead: fire-rescue", "leed: fire-rescue"), "utf-8")
    ran = pytest_on(cases)
    assert (ran.returncode, "fire.yaml:11:14: " in ran.stdout, "unknown-key" in ran.stdout) == (2, True, True)


def test_the_rulebook_can_be_named(cases: Path) -> None:
    """`--dutyroute-rules` says which rules the cases are about."""
    (cases / "fire.yaml").write_text(CASE, "utf-8")
    ran = pytest_on(cases, "--dutyroute-rules", str(cases / "none"))
    assert (ran.returncode, "none" in ran.stdout) == (2, True)
