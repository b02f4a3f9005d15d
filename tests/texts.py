"""The texts as PyYAML reads them: area → code → fields."""

from __future__ import annotations

from pathlib import Path

import yaml

from dutyroute import messages

__all__ = ["AREAS", "FILES"]

FILES = sorted(Path(messages.__file__).parent.glob("*.yaml"))
AREAS: dict[str, dict[str, dict[str, str]]] = {
    file.stem: yaml.safe_load(file.read_text("utf-8")) for file in FILES
}
