"""Mapping: which column of a history is which fact, and how its values translate."""

from __future__ import annotations

from dutyroute.replay.mapping.map import Map, load_mapping
from dutyroute.replay.mapping.suggestion import Suggestion, suggest

__all__ = ["Map", "Suggestion", "load_mapping", "suggest"]
