"""A small rulebook without a fault, into which a test puts one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

BASE = Path(__file__).parent.parent / "rulebooks" / "bad" / "_base"


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder `rules` of the small rulebook, named as a user standing beside it would."""
    shutil.copytree(BASE, tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    return Path("rules")
