"""The control total of each source of a replay: what was read, counted while it was, and counted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dutyroute.control import SourceTotal
from dutyroute.record import JsonRecord
from dutyroute.replay.inputs import Source, Task
from dutyroute.replay.mapping.map import Map
from dutyroute.replay.outcome import Outcome
from dutyroute.replay.sources.other import JsonLinesFile
from dutyroute.replay.summary import comparable, interval, rate

_FIELDS: Final = ("note-encoding", "note-comma", "note-tab", "note-semicolon", "note-mark", "note-sheet")
"""Notes that say what a field of the total says; the others are about what a person should look at."""


@dataclass(slots=True)
class SourceCount(JsonRecord):
    """
    What is counted of one source while it is read.

    `counts` are its rows by outcome and `repeats` those of them that repeat an earlier
    row; `ids` counts those whose id an earlier row of the run has. Of the source's rows,
    the first `looked_at` were looked at for that.
    """

    # Unfinished runs hold this.
    counts: Counter[Outcome] = field(default_factory=Counter)
    repeats: Counter[Outcome] = field(default_factory=Counter)
    ids: int = 0
    looked_at: int = 0


def source_total(task: Task, rows: int, count: SourceCount | None) -> SourceTotal:
    """
    Return what was read of a source, and count its rows again by other means.

    `count` is None where an older version began the run.

    Raises:
        OSError: if the source is a file that cannot be read any more.
    """
    known, name = count or SourceCount(), task.source.name
    return SourceTotal(
        name,
        rows,
        ids_repeated=known.ids if count and task.mapping.id_columns else None,
        rows_repeated=known.repeats.total() if count else None,
        looked_at=known.looked_at if count else None,
        rate_without_repeated=rate(known.counts - known.repeats),
        **read_of(task.source),
        **_rates(known.counts),
        **mapped_of(task.mapping, task.source.columns),
    )


def read_of(source: Source | JsonLinesFile) -> dict[str, Any]:
    """Return the fields of a control total that the source itself tells, with a second count of its rows."""
    with source.unchanged():  # else the digest would be that of another file
        again = source.recount()
    return {
        "bytes": source.path.stat().st_size if source.path else None,
        "digest": again.digest,
        "lines": again.lines,
        "counted": again.rows,
        "counted_by": again.by,
        "encoding": source.encoding and source.encoding.upper(),
        "delimiter": source.delimiter,
        **source.cells,
        "notes": {key: found for key, found in source.notes.items() if key not in _FIELDS},
    }


def cluster_total(
    name: str, mapping: Map, columns: Sequence[str], counts: Counter[Outcome], counted: int
) -> SourceTotal:
    """Return what a cluster read of a file; it counts no rows that repeat others, and no bytes."""
    told = {**_rates(counts), **mapped_of(mapping, columns), "notes": {"note-cluster": {}}}
    return SourceTotal(name, counts.total(), counted=counted, counted_by="cluster", **told)


def _rates(counts: Counter[Outcome]) -> dict[str, Any]:
    return {"compared": comparable(counts), "rate": rate(counts), "interval": interval(counts)}


def mapped_of(mapping: Map, columns: Sequence[str]) -> dict[str, Any]:
    """Say by which map which columns are read."""
    named = tuple(dict.fromkeys(mapping.columns()))
    return {
        "columns_read": tuple(each for each in columns if each in named),
        "columns_not_read": tuple(each for each in columns if each not in named),
        "columns_missing": tuple(each for each in named if each not in columns),
        "timezone": mapping.timezone,
        "map": mapping.path,
        "map_digest": mapping.digest,
    }
