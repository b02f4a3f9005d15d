"""The sources of a replay by their paths, each with the map that its columns are read by."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from glob import glob, has_magic
from inspect import signature
from pathlib import Path
from typing import Any, Protocol

from dutyroute.errors import ReplayError
from dutyroute.formats.encoding import detect
from dutyroute.messages.outside import masked_path
from dutyroute.messages.reason import reason
from dutyroute.replay.mapping.format import misfit
from dutyroute.replay.mapping.map import Map, load_map
from dutyroute.replay.sources.batch import Recount, state_of
from dutyroute.replay.sources.database import Query
from dutyroute.replay.sources.delimited import Delimited
from dutyroute.replay.sources.other import JsonLinesFile, Parquet, Workbook
from dutyroute.rulebook.rulebook import Rulebook

_HEAD = 1 << 20

_KINDS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), Delimited),
    ".parquet": Parquet,
    **dict.fromkeys((".jsonl", ".ndjson"), JsonLinesFile),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls"), Workbook),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3"), Query),
}
"""How each kind of file is read, by its ending."""

_MARKS: dict[bytes, Callable[..., Any]] = {
    b"PK\x03\x04": Workbook,
    b"\xd0\xcf\x11\xe0": Workbook,
    b"PAR1": Parquet,
    b"SQLite format 3": Query,
}
"""How files of some kinds begin."""

_MARKUP = re.compile(
    rb"mime-version:|[^<]{0,40}<\s*(?:!doctype|!--|\?xml|html|head|meta|body|table|style)", re.IGNORECASE
)

_DELIMITED = re.compile(rb"[^\0\r\n]*[,;\t|][^\0]*\Z")
"""What a text of several columns begins with."""


class Source(Protocol):
    """
    Rows from somewhere, in chunks that are the same each time.

    `size` is in bytes or rows; `path` is the file behind it, None for a server.
    `notes` are what was detected: keys of messages, each with what fills it; `encoding`,
    `delimiter` and `cells`, fields of a `SourceTotal`, are what a kind of source has of them.
    A row has the number of its line in the file, if it has one and `is_numbered_by_line`.
    """

    path: Path | None
    name: str
    size: int | None
    columns: tuple[str, ...]
    notes: dict[str, dict[str, object]]
    is_numbered_by_line: bool
    encoding: str | None
    delimiter: str | None
    cells: Mapping[str, Any]

    def batches(self, start: int = 0) -> Iterator[Any]:
        """Yield the chunks from number `start` on."""

    def recount(self) -> Recount:
        """Count the rows by other means than the reader's."""

    def unchanged(self) -> AbstractContextManager[None]:
        """Check that a file is still the one that was opened."""


@dataclass(frozen=True, slots=True)
class Task:
    """A source, and the map that its columns are read by."""

    source: Source
    mapping: Map


def open_tasks(
    paths: Sequence[str],
    map_path: str | Path | None,
    rulebook: Rulebook,
    reading: Mapping[str, Any] | None = None,
) -> tuple[Task, ...]:
    """
    Open every source and load its map; without a `map_path`, the one beside the source.

    `reading` overrules what the map says of how the sources are written: `encoding`,
    `delimiter`, `sheet`, `header`, `query`.

    Raises:
        ReplayError: if there is nothing to replay, or no map for it, or more than one.
        RulebookError: with every fault found in the maps.
    """
    said = {name: value for name, value in (reading or {}).items() if value is not None}
    loaded: dict[Path, Map] = {}  # a thousand files of a folder have one map
    opened = []
    listed, repeated = _once(expand(paths))
    for path in listed:
        at = map_beside(path) if map_path is None else Path(map_path)
        mapping = loaded.get(at) or loaded.setdefault(at, load_map(at, rulebook))
        source = open_mapped(path, mapping, said)
        if path in repeated:
            source.notes["note-given-twice"] = {}
        opened.append(Task(source, mapping))
    if not opened:
        raise ReplayError("replay-no-rows", {"paths": " ".join(paths)})
    return tuple(opened)


def open_mapped(path: str, mapping: Map, reading: Mapping[str, Any]) -> Source:
    """
    Open a source that has every column of a map; `reading` overrules what the map says of its form.

    Raises:
        ReplayError: if it cannot be opened, or lacks a column.
    """
    source: Source = open_source(path, **{**mapping.format, **reading})
    if isinstance(source, JsonLinesFile) and not set(mapping.columns()) <= set(source.columns):
        source.look_further(mapping.columns())
    # A wrong encoding makes headings that no map names.
    shown = f"{source.name} ({source.encoding.upper()})" if source.encoding else source.name
    mapping.fit(shown, source.columns)
    return source


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
                found = sorted(str(each) for each in Path(path).iterdir() if each.suffix.lower() in _KINDS)
            if not found or not Path(found[0]).exists():
                raise ReplayError("replay-no-rows", {"paths": masked_path(path)})
        listed += found
    return listed


def refuse_all_but_parquet(paths: Iterable[str]) -> None:
    """
    Refuse files of this machine that Spark would leave out, as far as their names show it.

    Raises:
        ReplayError: with the first file of another kind, or a folder without any.
    """
    for path in paths:
        for each in glob(path, recursive=True) or [path]:
            at = Path(each)
            if at.is_dir():
                files = sorted(str(file) for file in at.rglob("*") if file.suffix.lower() in _KINDS)
                others = [file for file in files if not file.endswith(".parquet")] if files else [each]
            else:
                # What is elsewhere, as in a store of a cluster, may be a folder: only Spark can tell.
                is_file = at.exists() or at.suffix.lower() in _KINDS
                others = [each] if is_file and at.suffix != ".parquet" else []
            if others:
                raise ReplayError("spark-not-parquet", {"source": others[0]})


def _once(paths: Iterable[str]) -> tuple[list[str], set[str]]:
    """List each source once, whatever its paths; and those that were given again."""
    first: dict[object, str] = {}
    again = set()
    for path in paths:
        about = None if "://" in path else os.stat(path)
        identity = (about.st_dev, about.st_ino) if about else path
        if identity in first:
            again.add(first[identity])
        first.setdefault(identity, path)
    return list(first.values()), again


def open_source(path: str, **settings: Any) -> Any:
    """
    Open a source; how it is written is detected where no setting says it.

    `settings` may say `encoding`, `delimiter`, `sheet`, `header`, `query`; a
    setting that a kind of source has no use for is refused.

    Raises:
        ReplayError: if the source cannot be opened as what it is.
    """
    at: str | Path = path if "://" in path else Path(path)
    kind = _kind(at) if isinstance(at, Path) else Query
    # Where a password may stand in an address is not known before it is read.
    shown = masked_path(path) if isinstance(at, Path) else f"{path.partition('://')[0]}://…"
    if isinstance(at, Path) and at.exists() and not at.is_file():  # reading from a device may never end
        raise ReplayError("source-not-a-file", {"source": shown})
    if kind is None:
        raise ReplayError("source-unknown-kind", {"source": shown, "known": " ".join(_KINDS)})
    said = {key: value for key, value in settings.items() if value is not None}
    for key, value in said.items():
        wanted = misfit(key, value)
        if wanted is not None:
            values = {"source": shown, "setting": key, key: value, "value": value, "expected": wanted}
            known = "source-unknown-encoding" if key == "encoding" else "source-wrong-setting"
            raise ReplayError(known, values)
    unused = [key for key in said if key not in signature(kind).parameters]
    # A database may be written to: its rows are read as they were at one moment.
    before = (at, state_of(at)) if isinstance(at, Path) and kind is not Query else None
    try:
        source = kind(at, **{key: value for key, value in said.items() if key not in unused})
    except UnicodeError as error:  # UTF-16 without a mark at the start, for one
        raise ReplayError("source-unreadable", {"source": shown, "reason": reason(error)}) from None
    source.before = before
    if unused:
        raise ReplayError("source-has-no-use", {"source": source.name, "setting": unused[0]})
    return source


def _kind(path: Path) -> Callable[..., Any] | None:
    """
    Find how a file is read: by its content where that tells, else by its ending.

    Raises:
        ReplayError: if it is a page or a document in XML, whatever it is called.
    """
    kind = _KINDS.get(path.suffix.lower())
    if kind is None or not path.is_file():
        return kind
    with open(path, "rb") as stream:
        head = stream.read(1_024)
    found = next((each for mark, each in _MARKS.items() if head.startswith(mark)), None)
    if found is None and _MARKUP.match(head.replace(b"\0", b"")):
        raise ReplayError("source-is-markup", {"source": str(path)})
    # Many systems call a text a workbook, so that a spreadsheet opens it.
    text = head.replace(b"\0", b"") if detect(head).name.startswith("utf-16") else head
    is_text = _DELIMITED.match(text) is not None
    return found or (Delimited if kind is Workbook and is_text else kind)


def map_beside(path: str) -> Path:
    """
    Find the map of a source: called after it, or the only one in its folder.

    Raises:
        ReplayError: if there is none, or several.
    """
    file = Path(path)
    folder = file if file.is_dir() else file.parent
    listed = sorted(folder.glob("*map.yaml")) if folder.is_dir() else []
    named = [each for each in listed if each.name.startswith(f"{file.stem}.")]
    if len(named or listed) == 1:
        return (named or listed)[0]
    if not listed:
        raise ReplayError("replay-no-map", {"source": path})
    raise ReplayError("replay-many-maps", {"source": path, "maps": " ".join(each.name for each in listed)})


def fingerprint(source: Source) -> dict[str, Any]:
    """Identify a source by its size, time and first megabyte, which shows an edit and is fast."""
    if source.path is None:
        return {"name": source.name}
    about = source.path.stat()
    with open(source.path, "rb") as stream:
        head = hashlib.sha256(stream.read(_HEAD)).hexdigest()
    # INVARIANT: unfinished runs hold this; another form would make them differ from themselves.
    return {"name": source.name, "size": about.st_size, "changed": about.st_mtime_ns, "head": head}
