"""What the command's exit status means."""

from __future__ import annotations

from typing import Final

__all__ = ["FINE", "FOUND", "INTERRUPTED", "LEDGER", "PIPE_CLOSED", "RULEBOOK", "USAGE"]

FINE: Final = 0
FOUND: Final = 1
"""Findings, differences, or an incident that was not answered."""
USAGE: Final = 2
RULEBOOK: Final = 3
LEDGER: Final = 4
"""The ledger no longer says what it said."""
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141
"""What the shell reports for any program whose reader went away."""
