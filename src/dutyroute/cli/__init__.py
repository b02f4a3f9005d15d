"""The command line: composes, prints, exits. No logic."""

from __future__ import annotations

from dutyroute.cli.app import main

__all__ = ["main"]
