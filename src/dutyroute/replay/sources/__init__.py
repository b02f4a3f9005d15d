"""Sources: rows from files of any kind, in chunks that are the same each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from glob import glob, has_magic
from pathlib import Path
from typing import Any

from dutyroute.errors import ReplayError
from dutyroute.replay.sources.delimited import Delimited
from dutyroute.replay.sources.other import Lines, Parquet, Workbook
from dutyroute.replay.sources.query import Query

__all__ = ["KINDS", "open_source", "sources"]

KINDS: dict[str, Callable[..., Any]] = {
    ".csv": Delimited,
    ".tsv": Delimited,
    ".txt": Delimited,
    ".parquet": Parquet,
    ".jsonl": Lines,
    ".ndjson": Lines,
    ".xlsx": Workbook,
    ".xlsm": Workbook,
    ".xls": Workbook,
    ".db": Query,
    ".sqlite": Query,
    ".sqlite3": Query,
}
"""How each kind of file is read, by its ending."""


def sources(paths: Iterable[str]) -> list[str]:
    """
    List the files that paths, folders and patterns stand for, sorted; URLs as they are.

    Raises:
        ReplayError: if a path stands for nothing.
    """
    return [each for path in paths for each in _expanded(path)]


def _expanded(path: str) -> list[str]:
    if "://" in path:
        return [path]
    if has_magic(path) and not Path(path).exists():
        found = sorted(glob(path, recursive=True))
    elif Path(path).is_dir():
        found = sorted(str(each) for each in Path(path).iterdir() if each.suffix.lower() in KINDS)
    else:
        found = [path]
    if not found or not Path(found[0]).exists():
        raise ReplayError("replay-no-rows", {"paths": path})
    return found


def open_source(path: str, **settings: Any) -> Any:
    """
    Open a source; what is not said of how it is written is found out.

    `settings` may say `encoding`, `delimiter`, `sheet`, `header`, `query`; what
    a kind of source has no use for is refused.

    Raises:
        ReplayError: if the source cannot be opened as what it is.
    """
    if "://" in path:
        return Query(path, **settings)
    kind = KINDS.get(Path(path).suffix.lower())
    if kind is None:
        raise ReplayError("source-unknown-kind", {"source": path, "known": " ".join(KINDS)})
    return kind(Path(path), **settings)
