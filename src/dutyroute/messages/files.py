"""Messages about files that cannot be read as YAML rules."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES"]

MESSAGES: dict[str, dict[Lang, Text]] = {}
