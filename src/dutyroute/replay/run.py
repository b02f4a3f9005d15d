"""Every row of every source once, in chunks, so that a run can be resumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import InitVar, dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from dutyroute.control import LOOKED_AT, RunRecord
from dutyroute.errors import ReplayError
from dutyroute.formats.atomic import write_whole_text
from dutyroute.messages import Lang, language
from dutyroute.replay.control import SourceCount, source_total
from dutyroute.replay.duplicates import Repeats
from dutyroute.replay.inputs import Source, Task, fingerprint
from dutyroute.replay.judging import ChunkReader
from dutyroute.replay.mapping.map import Map
from dutyroute.replay.outcome import BAD_ROW
from dutyroute.replay.output import (
    REPORT,
    Listings,
    drop_earlier,
    open_listings,
    reject_lines,
    thread,
    write_part,
    write_rejects,
)
from dutyroute.replay.rows import CHANGES, RECORDS
from dutyroute.replay.sources.batch import SourceBatch
from dutyroute.replay.state import Folder, RunState
from dutyroute.replay.summary import Summary
from dutyroute.replay.wording import Wording
from dutyroute.routing.agreement import Agreement
from dutyroute.routing.router import Router

if TYPE_CHECKING:
    from dutyroute.replay.comparison import Contrast
    from dutyroute.replay.recorder import Recorder

_Item = TypeVar("_Item")

_LISTED = {"records": ("divergences", RECORDS), "changes": ("changes", CHANGES)}
"""The kinds of tables that a run lists, each with the name of its file and its columns."""

_REJECTS, _SUMMARY = "rejects.csv", "summary.json"

EVERY = 8
"""After how many chunks a run saves how far it has come: half a million rows at most are done again."""


@dataclass(frozen=True, slots=True)
class Step:
    """
    How far a run has come in a source: `done` of `size`, in bytes or rows.

    `rows` counts all rows so far, `fresh` those since the run was begun or resumed.
    """

    source: str
    done: int
    size: int | None
    rows: int
    fresh: int


def replay(
    tasks: Iterable[Task],
    router: Router,
    out: str | Path,
    *,
    lang: Lang | None = None,
    formats: Sequence[str] = ("csv",),
    as_of: date | None = None,
    resume: bool = False,
    old: Router | None = None,
    recorder: Recorder | None = None,
    second: Router | None = None,
    every: int = EVERY,
    progress: Callable[[Step], None] = lambda _: None,
    report: Callable[[Summary], str] | None = None,
    run: RunRecord | None = None,
) -> Summary:
    """
    Replay historical cases and write the results into a folder.

    `as_of` asks for the rules of one day instead of each row's own. With `old`,
    the rows also go through another rulebook, and the summary tells which
    change hands. With `second`, a router of the same rulebook and the other
    engine, every row is decided twice, and the summary tells whether the two
    agree. A `recorder` puts every decision into a ledger, once. A run that is
    interrupted can be continued with `resume`, as long as neither files nor rules
    have changed; its results are the same as without the interruption. `report`
    makes the page that belongs to the other files: what an earlier run wrote into
    the folder is deleted when those of this one take its place, and until all
    have, the run is unfinished. `run` says when and how it was asked for. The rows
    of each source are counted a second time, without its reader: see
    `Summary.totals_match`.

    Raises:
        ReplayError: if a run cannot be begun or resumed, or the rows do not add up.
        MissingExtraError: if a format needs a package that is not installed.
        LedgerError: if a decision cannot be recorded; the run can be resumed.
        EngineError: if the second engine fails; the run can be resumed.
    """
    folder, used = Folder(Path(out)), lang or language()
    with folder.locked():
        work = _Run(tuple(tasks), router, folder, used, as_of, old, second, recorder, resume)
        try:
            summary = work.list_rows(formats, every, progress, run)
            work.finish(summary, report)
            return summary
        except Exception:
            # What failed before its first checkpoint and recorded nothing has nothing to go on with.
            if not work.state.parts and recorder is None:
                folder.clear()
            raise


@dataclass
class _Run:
    """A run, from its beginning or from where an earlier one stopped."""

    tasks: tuple[Task, ...]
    router: Router
    folder: Folder
    lang: Lang
    as_of: date | None
    old: Router | None
    second: Router | None
    recorder: Recorder | None
    resume: InitVar[bool]

    def __post_init__(self, resume: bool) -> None:
        # What identifies the run: one with another stamp is not the same run.
        stamp = {
            "inputs": [fingerprint(task.source) for task in self.tasks],
            "map": [task.mapping.digest for task in self.tasks],
            "rulebook": self.router.rulebook.digest,
            "old": self.old.rulebook.digest if self.old else None,
            "as-of": self.as_of.isoformat() if self.as_of else None,
            "engine": "both" if self.second else self.router.engine,
        }
        self.state: RunState = self.folder.resume(stamp) if resume else self.folder.begin(stamp)
        if self.recorder is not None and self.state.recorded:
            self.recorder.resume(self.state.recorded)
        elif self.recorder is not None:
            # Saved before anything is recorded: however early the run stops, it can be resumed.
            self.folder.save(self.state)
        self.reader = ChunkReader(self.router, self.as_of)
        # What has been read since the last checkpoint, by kind.
        self.tables: dict[str, list[Any]] = {"records": []}
        self.contrast: Contrast | None = None
        if self.old is not None:
            # Loads the analysis, which a plain replay does not need.
            from dutyroute.replay.comparison import Contrast

            self.contrast = Contrast(self.old, self.router, self.as_of, self.state.compared)
            self.tables["changes"] = []
        # Each side of a comparison reads by its own words; a thousand files have one map.
        self._older_maps: dict[int, Map] = {}
        self.agreement: Agreement | None = None
        if self.second is not None:
            self.agreement = Agreement(self.router, self.second, self.state.engines)
        self.repeats = Repeats(self.folder.parts("repeats"))
        self.ids = Repeats(self.folder.parts("ids"))
        self.wording = Wording(self.router.rulebook, self.lang)
        self._rejects: list[bytes] = []

    def list_rows(
        self,
        formats: Sequence[str],
        every: int,
        progress: Callable[[Step], None],
        run: RunRecord | None,
    ) -> Summary:
        """Read every source and put the listings into the folder; return what there is to say of the run."""
        folder = self.folder
        files = [
            (kind, folder.out / f"{name}.{form}", folder.path / f"{name}.{form}.tmp", schema)
            for kind, (name, schema) in _LISTED.items()
            if kind in self.tables
            for form in formats
        ]
        with open_listings(files, self.wording) as listings:
            for kind in self.tables:  # of a resumed run: the files are written anew
                for part in folder.parts(kind):
                    listings.add(kind, part)
            self.read(listings, every, progress)
            listings.wait()
            # Counted again before anything takes its place: a source may have changed by now.
            summary = self._summary([path for _, path, _, _ in files], run)
            drop_earlier(folder.out)
        return summary

    def read(self, listings: Listings, every: int, progress: Callable[[Step], None]) -> None:
        """
        Read every source from where the run stands to its end; save the state at each `every` chunks.

        Raises:
            ReplayError: if the rows that came in are not those that were counted.
        """
        state = self.state
        before = sum(state.rows.values())
        for place in range(state.source, len(self.tasks)):
            task = self.tasks[place]
            start = state.chunk if place == state.source else 0
            if state.numbering == "rows":
                self._check_chunks(task.source, start)
            for number, batch in enumerate(prefetch(task.source.batches(start)), start=start):
                self._read_batch(task, batch)
                state.source, state.chunk = place, number + 1
                rows = sum(state.rows.values())
                progress(Step(task.source.name, batch.done, task.source.size, rows, rows - before))
                if (number + 1 - start) % every == 0:
                    self._checkpoint(listings)
            state.source, state.chunk = place + 1, 0
            self._checkpoint(listings)
        rows, counted = sum(state.rows.values()), state.tally.rows
        if rows != counted:
            values = {"rows": rows, "counted": counted, "out": str(self.folder.out)}
            raise ReplayError("replay-does-not-add-up", values)

    def _check_chunks(self, source: Source, start: int) -> None:
        """
        Check that the chunks of an older version's run are those of this one.

        Raises:
            ReplayError: if they are not; rows would be lost or counted twice.
        """
        source.is_numbered_by_line = False
        done = sum(_size(batch) for batch in islice(source.batches(), start))
        if start and done != self.state.rows.get(source.name, 0):
            values = {"out": str(self.folder.out), "folder": str(self.folder.path)}
            raise ReplayError("replay-changed", {"what": "chunks", **values})

    def _read_batch(self, task: Task, batch: Any) -> None:
        """Take one batch through; rows that come in and rows that come out are counted apart."""
        state, name = self.state, task.source.name
        # INVARIANT: every row of the batch is counted in `rows` here and in the tally below, which
        # `read` compares.
        mapped = task.mapping.apply(batch)
        state.rows[name] = state.rows.get(name, 0) + _size(batch)
        before = Counter(state.tally.counts), Counter(state.tally.repeats or {}), self.repeats.rows
        chunk = self.reader.read(name, batch.rows, mapped)
        chunk.count(state.tally)
        state.tally.count_unread(mapped.unread)
        # A row with another id and the same words is a repetition.
        ids = list(task.mapping.id_columns)
        repeated = self.repeats.read(batch.table.drop_columns(ids))
        state.tally.repeated += len(repeated)
        chunk.count_repeats(state.tally, batch.rows.take(pa.array(repeated, pa.int64())))
        state.tally.count(BAD_ROW, len(batch.bad) + chunk.rejected)
        if state.sources is not None:
            count = state.sources.setdefault(name, SourceCount())
            count.counts += Counter(state.tally.counts) - before[0]
            count.repeats += Counter(state.tally.repeats) - before[1]
            count.looked_at += self.repeats.rows - before[2]
            if self.repeats.rows < LOOKED_AT:  # bad rows, of which no more can be known
                count.looked_at += len(batch.bad)
            count.ids += len(self.ids.read(batch.table.select(ids), skips_blank=True))
        self.tables["records"].append(chunk.records())
        lines = reject_lines(name, (*batch.bad, *mapped.rejects), self.lang)
        if lines:
            self._rejects.append(lines)
        if self.contrast is not None:
            rows = self.reader.rows(name, batch.rows, mapped) if self.contrast.words else None
            changed = (
                self.contrast.read(chunk)
                if rows is None
                else self.contrast.reread(rows, mapped, self._older(task.mapping).apply(batch))
            )
            self.tables["changes"].append(changed)
        if self.agreement is not None:
            self.agreement.read(chunk.facts, chunk.routed, self.as_of)
        if self.recorder is not None:
            self.recorder.take(chunk)

    def _older(self, mapping: Map) -> Map:
        """Return a map with the old rulebook's words."""
        assert self.old is not None
        if id(mapping) not in self._older_maps:
            self._older_maps[id(mapping)] = mapping.by(self.old.rulebook)
        return self._older_maps[id(mapping)]

    def _checkpoint(self, listings: Listings) -> None:
        """Write what has been read, then save the state that counts it."""
        state, folder, number = self.state, self.folder, self.state.parts
        if self.recorder is not None:
            self.recorder.write()
        for kind, tables in self.tables.items():
            part = folder.part(kind, number)
            write_part(tables, part, _LISTED[kind][1])
            listings.add(kind, part)
            tables.clear()
        write_rejects(self._rejects, folder.part("rejects", number))
        self.repeats.save(folder.part("repeats", number))
        self.ids.save(folder.part("ids", number))
        self._rejects = []
        state.parts = number + 1
        state.compared = self.contrast.to_dict() if self.contrast is not None else {}
        state.engines = self.agreement.count.to_dict() if self.agreement is not None else {}
        folder.save(state)

    def _summary(self, written: Sequence[Path], run: RunRecord | None) -> Summary:
        """Say what was read and what came of it; the rows of each source are counted again."""
        state, out = self.state, self.folder.out
        totals = [
            source_total(task, state.rows.get(task.source.name, 0), state.count_of(task.source.name))
            for task in self.tasks
        ]
        return Summary(
            state.tally,
            self.router.rulebook,
            tuple(totals),
            tuple(dict.fromkeys(task.mapping.digest for task in self.tasks)),
            self.as_of,
            (*written, out / _REJECTS, out / _SUMMARY),
            self.contrast.told(self.lang) if self.contrast is not None else {},
            state.engines,
            run,
        )

    def finish(self, summary: Summary, report: Callable[[Summary], str] | None) -> None:
        """Write what is left to write, and delete the parts."""
        folder = self.folder
        # The state is deleted last: a run that stops in between can be resumed, and finishes again.
        rejects = [part.read_bytes() for part in folder.parts("rejects")]
        write_rejects(rejects, folder.out / _REJECTS, self.wording)
        summary.write(folder.out / _SUMMARY)
        if report is not None:
            write_whole_text(folder.out / REPORT, report(summary))
        folder.clear()


def _size(batch: SourceBatch) -> int:
    return int(batch.table.num_rows) + len(batch.bad)


def prefetch(items: Iterator[_Item]) -> Iterator[_Item]:
    """
    Make the next item in a thread; yield the items in order. No item may be None.

    All are made in one thread, because a database connection may be used only in
    the thread that opened it. An error there is raised here, in its turn.

    >>> list(prefetch(iter("abc")))
    ['a', 'b', 'c']
    """
    with thread() as pool:
        coming = pool.submit(next, items, None)
        while (found := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield found
