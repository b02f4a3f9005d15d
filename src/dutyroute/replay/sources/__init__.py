"""Sources of rows: files of any kind and databases, in chunks that are the same each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from glob import glob, has_magic
from pathlib import Path
from typing import Any

from dutyroute.errors import ReplayError
from dutyroute.replay.sources.delimited import Delimited
from dutyroute.replay.sources.other import JsonLinesFile, Parquet, Query, Workbook

__all__ = ["KINDS", "expand", "open_source"]

KINDS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), Delimited),
    ".parquet": Parquet,
    **dict.fromkeys((".jsonl", ".ndjson"), JsonLinesFile),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls"), Workbook),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3"), Query),
}
"""How each kind of file is read, by its ending."""


def expand(paths: Iterable[str]) -> list[str]:
    """
    List the files of paths, folders and patterns, sorted; URLs as they are.

    Raises:
        ReplayError: if there is no file for a path.
    """
    listed: list[str] = []
    for path in paths:
        found = [path]
        if "://" not in path:
            if has_magic(path) and not Path(path).exists():
                found = sorted(glob(path, recursive=True))
            elif Path(path).is_dir():
                found = sorted(str(each) for each in Path(path).iterdir() if each.suffix.lower() in KINDS)
            if not found or not Path(found[0]).exists():
                raise ReplayError("replay-no-rows", {"paths": path})
        listed += found
    return listed


def open_source(path: str, **settings: Any) -> Any:
    """
    Open a source; how it is written is detected where no setting says it.

    `settings` may say `encoding`, `delimiter`, `sheet`, `header`, `query`; a
    setting that a kind of source has no use for is refused.

    Raises:
        ReplayError: if the source cannot be opened as what it is.
    """
    if "://" in path:
        return Query(path, **settings)
    kind = KINDS.get(Path(path).suffix.lower())
    if kind is None:
        raise ReplayError("source-unknown-kind", {"source": path, "known": " ".join(KINDS)})
    return kind(Path(path), **settings)
