"""The same replay on a Spark cluster, batch by batch through `mapInArrow`."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.control import RunRecord
from dutyroute.errors import ReplayError, needs
from dutyroute.formats.atomic import write_whole_text
from dutyroute.messages import Lang, language
from dutyroute.messages.outside import masked
from dutyroute.messages.reason import reason
from dutyroute.replay.control import cluster_total
from dutyroute.replay.inputs import refuse_all_but_parquet
from dutyroute.replay.judging import ChunkReader
from dutyroute.replay.mapping.map import Map
from dutyroute.replay.outcome import BAD_ROW, Outcome
from dutyroute.replay.output import REPORT, open_listing, reject_lines, whole_set, write_rejects
from dutyroute.replay.rows import RECORDS
from dutyroute.replay.sources.batch import ROWS, SourceBatch
from dutyroute.replay.state import Folder
from dutyroute.replay.summary import Summary, Tally
from dutyroute.replay.wording import Wording
from dutyroute.routing.router import Router
from dutyroute.rulebook.shipped import packaged

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SOURCE: Final = "_source"
ROW: Final = "_row"
"""The columns that say from which file a row is, and its number there, from 1."""

_QUIET: Final = packaged("replay", "log4j2.properties").absolute()
_OUT = pa.schema(
    [("kind", pa.string()), ("source", pa.string()), ("row", pa.int64()), ("content", pa.binary())]
)
_DDL = "kind string, source string, row bigint, content binary"


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """
    Open a session with a master, as in `local[4]` or `spark://host:7077`, and close it.

    Raises:
        MissingExtraError: if pyspark is not installed.
        ReplayError: if there is no Java, or no such master.
    """
    with needs("spark"):
        from pyspark.sql import SparkSession
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise ReplayError("spark-no-java")
    settings = {
        "spark.app.name": "dutyroute replay",
        "spark.log.level": "ERROR",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_QUIET.as_uri()}",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": str(sys.stderr.isatty()).lower(),
        "spark.sql.session.timeZone": "UTC",
        # Sockets of the file system, not of the network: no other user of the machine can
        # connect to the data of the workers, and no firewall stands between them.
        "spark.python.unix.domain.socket.enabled": "true",
        # A worker that waits for more than a minute is let go, and says so with a traceback. Only
        # one stage has work for them, so that one worker for each partition costs little.
        "spark.python.worker.reuse": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(ROWS),
        # Partitions of this size at least, or the results of a large history come back in
        # thousands of pieces.
        "spark.sql.adaptive.advisoryPartitionSizeInBytes": "16m",
        "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
    }
    if master.startswith("local"):
        # The workers are on this machine and have to run the Python that this process runs.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    with _failures(master):
        opened = SparkSession.builder.master(master).config(map=settings).getOrCreate()
    try:
        yield opened
    finally:
        opened.stop()


@contextmanager
def _failures(what: str) -> Iterator[None]:
    """Raise an error of the cluster as a `ReplayError` of one line: a Java trace has hundreds."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        if isinstance(error, PySparkException) and error.getCondition() == "UNABLE_TO_INFER_SCHEMA":
            raise ReplayError("spark-not-parquet", {"source": what}) from error
        cause = getattr(error, "java_exception", None)
        why = reason(str(cause) if cause is not None else error)
        raise ReplayError("spark-failed", {"source": what, "reason": why}) from error


def read(spark: SparkSession, *paths: str) -> DataFrame:
    """
    Read Parquet files, or folders of them; each row knows its file and its number.

    Raises:
        ReplayError: if there is nothing there that Spark can read, or something else.
    """
    refuse_all_but_parquet(paths)
    with _failures(" ".join(paths)):
        frame = spark.read.option("pathGlobFilter", "*.parquet").parquet(*paths)
        return frame.select("*", "_metadata.file_path", "_metadata.row_index").withColumnsRenamed(
            {"file_path": SOURCE, "row_index": ROW}
        )


def judged(
    frame: DataFrame,
    mapping: Map,
    router: Router,
    *,
    as_of: date | None = None,
    lang: Lang | None = None,
    name: Callable[[str], str] = str,
) -> DataFrame:
    """
    Take a frame with the columns `_source` and `_row` through map, diagram and judge.

    Returns a lazy frame with the columns `source`, `row`, `kind` and `content`. `row`
    is the number of the first row covered. `content` depends on `kind`: `records`, the
    rows whose outcome is not `agree`, as an Arrow stream of the columns `RECORDS`;
    `rejects`, the faults of rows, as CSV lines; `tally`, the counts of one stretch of a
    source, as JSON.
    `name` turns the address of a file into the name that it is shown under.
    """
    # Broadcast: each worker gets the router and the map once, and not with every task.
    shared = frame.sparkSession.sparkContext.broadcast((router, mapping))
    columns = dict.fromkeys((*mapping.columns(), SOURCE, ROW))
    work = partial(_judged, shared, as_of, lang or language(), name)
    return frame.select(*(f"`{column}`" for column in columns)).mapInArrow(work, _DDL)


def _judged(
    shared: Any, as_of: date | None, lang: Lang, name: Callable[[str], str], batches: Iterator[Any]
) -> Iterator[Any]:
    """Take one partition through: yield records and rejects, and a tally after the rows of each file."""
    router, mapping = shared.value
    reader = ChunkReader(router, as_of)
    parts = (part for batch in batches for part in _parts(batch))
    for file, stretch in groupby(parts, key=itemgetter(0)):
        source, tally, begun = name(file), Tally(), 0
        for _, rows, table in stretch:
            first = rows[0].as_py()
            begun = begun or first
            mapped = mapping.apply(SourceBatch(rows, table, (), 0))
            chunk = reader.read(source, rows, mapped)
            chunk.count(tally)
            tally.count_unread(mapped.unread)
            tally.count(BAD_ROW, chunk.rejected)
            records, lines = chunk.records(), reject_lines(source, mapped.rejects, lang)
            if records.num_rows:
                yield _row("records", source, first, _streamed(records))
            if lines:
                yield _row("rejects", source, first, lines)
        yield _row("tally", source, begun, json.dumps(tally.to_dict()).encode())


def _parts(batch: Any) -> Iterator[tuple[str, Any, Any]]:
    """Split a batch where its rows come from another file: the file, their numbers, the rows."""
    # Rows of a file stand together, so runs of the same name are found without looking at each.
    sources = batch.column(SOURCE)
    ends = pc.run_end_encode(sources).run_ends.to_pylist() if batch.num_rows else []
    for start, end in zip([0, *ends], ends, strict=False):
        part = batch.slice(start, end - start)
        yield sources[start].as_py(), pc.add(part.column(ROW), 1), part.drop_columns([SOURCE, ROW])


def _streamed(records: Any) -> Any:
    """Write records as one Arrow stream, which holds each distinct word once."""
    # As one cell: Spark would write every word of every row out.
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(sink, records.schema, options=options) as stream:
        stream.write_table(records)
    return sink.getvalue().to_pybytes()


def _row(kind: str, source: str, row: int, content: bytes) -> Any:
    cells = {"kind": kind, "source": source, "row": row, "content": content}
    return pa.RecordBatch.from_pylist([cells], _OUT)


def replay(
    spark: SparkSession,
    paths: Sequence[str],
    mapping: Map,
    router: Router,
    out: str | Path,
    *,
    lang: Lang | None = None,
    formats: Sequence[str] = ("csv",),
    as_of: date | None = None,
    report: Callable[[Summary], str] | None = None,
    run: RunRecord | None = None,
) -> Summary:
    """
    Replay Parquet files on a cluster; write what came of them into a folder.

    The cluster decides. The rows to look at come here in the order of files and
    rows, a partition at a time, and are written like those of any other replay.
    Spark counts the rows of each file a second time. Ids and rows that repeat others
    are not counted, nor are files looked at as a whole; the control totals say so.
    If a worker is lost, its rows are done again.

    Raises:
        ReplayError: if there is nothing to read, a column is missing, the cluster
            fails.
    """
    from pyspark import StorageLevel

    out, lang = Path(out), lang or language()
    named = partial(_named, tuple(paths), str(Path.cwd()))
    frame = read(spark, *paths)
    mapping.fit(" ".join(paths), frame.columns)
    # Nothing is kept to go on with; yet the folder is marked while the files take their places.
    folder = Folder(out)
    with folder.locked(), _failures(" ".join(paths)):
        folder.keep_unfinished()
        found = judged(frame, mapping, router, as_of=as_of, lang=lang, name=named)
        # Kept on disk: it is read three times below, and would be decided three times.
        found = found.persist(StorageLevel.DISK_ONLY)
        tally, counts = Tally(), {named(file): Counter[Outcome]() for file in sorted(frame.inputFiles())}
        # Sorted by source and row, so that the same rows become the examples in every run.
        for row in sorted(found.where("kind = 'tally'").select("source", "row", "content").collect()):
            each = Tally.from_dict(json.loads(bytes(row.content)))
            tally.add(each)
            counts.setdefault(row.source, Counter()).update(each.counts)
        # Without a reader or a worker of ours. A file of no rows is in no group.
        found_rows = frame.groupBy(SOURCE).count().collect()
        again = {named(row[SOURCE]): int(row["count"]) for row in found_rows}
        columns = [each for each in frame.columns if each not in (SOURCE, ROW)]
        inputs = tuple(
            cluster_total(name, mapping, columns, counted, again.get(name, 0))
            for name, counted in counts.items()
        )
        written = [out / f"divergences.{form}" for form in formats]
        rejects, path = out / "rejects.csv", out / "summary.json"
        files = (*written, rejects, path)
        summary = Summary(tally, router.rulebook, inputs, (mapping.digest,), as_of, files, run=run)
        wording = Wording(router.rulebook, lang)
        with whole_set(out):
            _write_listings(found, written, wording)
            write_rejects(_ordered(found, "rejects"), rejects, wording)
            summary.write(path)
            if report is not None:
                write_whole_text(out / REPORT, report(summary))
        found.unpersist()
    return summary


def _named(given: tuple[str, ...], here: str, address: str) -> str:
    """Name a file as it was asked for: by a given path, else from the folder one stands in."""
    if not address.startswith("file:"):
        return masked(unquote(address))
    path = unquote(urlsplit(address).path)
    # The path as it was given, so that the same rows have the same names as on one machine.
    for each in given:
        root = os.path.normpath(os.path.join(here, each))
        if path == root or path.startswith(f"{root}{os.sep}"):
            return each.rstrip(os.sep) + path[len(root) :]
    return os.path.relpath(path, here) if path.startswith(f"{here}{os.sep}") else path


def _ordered(found: DataFrame, kind: str) -> Iterator[bytes]:
    """Bring contents here in the order of files and rows."""
    # A partition at a time: all of them together may not fit into this machine's memory.
    rows = found.where(f"kind = '{kind}'").orderBy("source", "row").select("content")
    for row in rows.toLocalIterator():
        yield bytes(row.content)


def _write_listings(found: DataFrame, paths: Sequence[Path], wording: Wording) -> None:
    """Write the rows to look at, in every format at once: they are brought here only once."""
    with ExitStack() as stack:
        opened = (open_listing(path, path.with_name(f"{path.name}.tmp"), RECORDS, wording) for path in paths)
        writers = [stack.enter_context(each) for each in opened]
        for content in _ordered(found, "records"):
            table = pa.ipc.open_stream(content).read_all()
            for write in writers:
                write(table)
