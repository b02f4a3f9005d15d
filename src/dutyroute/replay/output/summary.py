"""Summary: the counts as JSON, for programs."""

from __future__ import annotations

import json
from pathlib import Path

from dutyroute.formats.atomic import write_whole
from dutyroute.replay.summary import Summary

__all__ = ["write_summary"]


def write_summary(summary: Summary, out: Path) -> Path:
    """Write `summary.json`; return its path."""
    path = out / "summary.json"
    with write_whole(path) as stream:
        stream.write(json.dumps(summary.as_dict(), ensure_ascii=False, indent=2).encode() + b"\n")
    return path
