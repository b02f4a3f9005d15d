"""`pytest cases/` runs the case files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


def pytest_on(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=None, check=False)


def test_each_case_is_a_test_and_a_failed_one_shows_the_difference(tmp_path: Path) -> None:
    """A clerk reads the place, the case and the difference, and no traceback."""
    (tmp_path / "fire.yaml").write_text(CASE, "utf-8")
    ran = pytest_on(tmp_path)
    assert ran.returncode == 1
    assert "1 failed, 1 passed" in ran.stdout
    assert "fire.yaml:7:9: " in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr


def test_other_yaml_is_left_alone(tmp_path: Path) -> None:
    """Only files with cases are collected."""
    (tmp_path / "compose.yaml").write_text("services: {}\n", "utf-8")
    assert pytest_on(tmp_path).returncode == 5


def test_a_broken_case_file_shows_its_diagnostics(tmp_path: Path) -> None:
    """Faults are shown as `dutyroute check` shows them."""
    (tmp_path / "fire.yaml").write_text(CASE.replace("lead: fire-rescue", "leed: fire-rescue"), "utf-8")
    ran = pytest_on(tmp_path)
    assert (ran.returncode, "fire.yaml:11:14: " in ran.stdout, "unknown-key" in ran.stdout) == (2, True, True)


def test_the_rulebook_can_be_named(tmp_path: Path) -> None:
    """`--dutyroute-rules` says which rules the cases are about."""
    (tmp_path / "fire.yaml").write_text(CASE, "utf-8")
    ran = pytest_on(tmp_path, "--dutyroute-rules", str(tmp_path / "none"))
    assert (ran.returncode, "none" in ran.stdout) == (2, True)
