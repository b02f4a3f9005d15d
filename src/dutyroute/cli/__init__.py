"""The command line: composes, prints, exits. No logic."""

from __future__ import annotations

from dutyroute.cli.front import main

__all__ = ["main"]
