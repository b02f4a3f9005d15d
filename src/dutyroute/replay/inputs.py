"""Opening: sources by their paths, each with the map that its columns are read by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dutyroute.errors import ReplayError
from dutyroute.replay import mapping as maps
from dutyroute.replay import sources as found
from dutyroute.replay.task import Task
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["first", "map_beside", "tasks"]

_MAP = "*map.yaml"


def tasks(
    paths: Sequence[str], map_path: str | None, rulebook: Rulebook, reading: Mapping[str, Any]
) -> tuple[Task, ...]:
    """
    Open every source and load its map, each map once.

    `reading` says how the sources are written where neither they nor the map do.

    Raises:
        ReplayError: if there is nothing to replay, or no map for it, or more than one.
        RulebookError: with every fault found in the maps.
    """
    loaded: dict[Path, Any] = {}
    opened = []
    for path in found.sources(paths):
        at = Path(map_path) if map_path is not None else map_beside(str(path))
        if at not in loaded:
            loaded[at] = maps.load_mapping(at, rulebook)
        source = found.open_source(path, **_settings(loaded[at], reading))
        loaded[at].fit(source)
        opened.append(Task(source, loaded[at]))
    if not opened:
        raise ReplayError("replay-no-rows", {"paths": " ".join(paths)})
    return tuple(opened)


def first(paths: Sequence[str], reading: Mapping[str, Any]) -> Any:
    """
    Open the first of some sources, to draft a map of it.

    Raises:
        ReplayError: if there is none, or it cannot be opened.
    """
    return found.open_source(found.sources(paths)[0], **_said(reading))


def map_beside(path: str) -> Path:
    """
    Find the map of a source: called after it, or the only one in its folder.

    Raises:
        ReplayError: if there is none, or several.
    """
    file = Path(path)
    folder = file if file.is_dir() else file.parent
    listed = sorted(folder.glob(_MAP)) if folder.is_dir() else []
    named = [each for each in listed if each.name.startswith(f"{file.stem}.")]
    if len(named or listed) == 1:
        return (named or listed)[0]
    if not listed:
        raise ReplayError("replay-no-map", {"source": path})
    raise ReplayError("replay-many-maps", {"source": path, "maps": " ".join(each.name for each in listed)})


def _settings(mapping: Any, reading: Mapping[str, Any]) -> dict[str, Any]:
    """Let the command line overrule the map."""
    return {**mapping.format, **_said(reading)}


def _said(reading: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in reading.items() if value is not None}
