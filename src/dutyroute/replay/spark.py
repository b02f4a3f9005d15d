"""The same replay on a Spark cluster, batch by batch through `mapInArrow`."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.errors import ReplayError, needs
from dutyroute.messages import Lang, language
from dutyroute.replay.judging import ChunkReader
from dutyroute.replay.mapping.map import Map
from dutyroute.replay.output import open_listing, reject_lines, write_rejects
from dutyroute.replay.rows import RECORDS
from dutyroute.replay.sources.batch import ROWS, SourceBatch
from dutyroute.replay.summary import Summary, Tally
from dutyroute.replay.wording import Wording
from dutyroute.routing.router import Router
from dutyroute.rulebook.shipped import packaged

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["judged", "read", "replay", "session"]

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
    builder: Any = SparkSession.builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    with _failures(master):
        opened = builder.getOrCreate()
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
        cause = getattr(error, "java_exception", None)
        said = str(cause if cause is not None else error).strip().splitlines()
        raise ReplayError("spark-failed", {"source": what, "reason": said[0] if said else ""}) from error


def read(spark: SparkSession, *paths: str) -> DataFrame:
    """
    Read Parquet files, or folders of them; each row knows its file and its number.

    Raises:
        ReplayError: if there is nothing there that Spark can read.
    """
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

    Returns a frame, lazily, that holds by `source` and number of the first `row` in
    `content`: of kind `records` some rows that are not simply agreed with, as an Arrow
    stream of the columns `RECORDS`; of kind `rejects` the faults of some rows, as CSV
    lines; of kind `tally` the counts of one stretch of a source, as JSON.
    `name` turns the address of a file into the name that it is shown under.
    """
    # Broadcast: each worker gets the router and the map once, and not with every task.
    shared = frame.sparkSession.sparkContext.broadcast((router, mapping))
    columns = dict.fromkeys((*mapping.columns(), SOURCE, ROW))
    work = _Work(shared, as_of, lang or language(), name)
    return frame.select(*(f"`{column}`" for column in columns)).mapInArrow(work, _DDL)


@dataclass(frozen=True)
class _Work:
    """What a worker does with the batches of one partition."""

    shared: Any
    as_of: date | None
    lang: Lang
    name: Callable[[str], str]

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Yield the records and rejects of each batch, and a tally at the end of each stretch."""
        router, mapping = self.shared.value
        stretch = None
        for source, rows, table in (part for batch in batches for part in _parts(batch)):
            if stretch is None or stretch.source != source:
                if stretch is not None:
                    yield stretch.counted()
                stretch = _Stretch(
                    source, self.name(source), rows[0].as_py(), ChunkReader(router, self.as_of)
                )
            yield from stretch.read(mapping, rows, table, self.lang)
        if stretch is not None:
            yield stretch.counted()


def _parts(batch: Any) -> Iterator[tuple[str, Any, Any]]:
    """Split a batch where its rows come from another file: the file, their numbers, the rows."""
    # Rows of a file stand together, so runs of the same name are found without looking at each.
    sources = batch.column(SOURCE)
    ends = pc.run_end_encode(sources).run_ends.to_pylist() if batch.num_rows else []
    for start, end in zip([0, *ends], ends, strict=False):
        part = batch.slice(start, end - start)
        yield sources[start].as_py(), pc.add(part.column(ROW), 1), part.drop_columns([SOURCE, ROW])


class _Stretch:
    """Rows of one file that one worker reads in their order."""

    def __init__(self, source: str, name: str, first: int, reader: ChunkReader) -> None:
        self.source = source
        self.name = name
        self.first = first
        self.reader = reader
        self.tally = Tally()

    def read(self, mapping: Map, rows: Any, table: Any, lang: Lang) -> Iterator[Any]:
        """Take some rows through; yield what has to be kept of them."""
        mapped = mapping.apply(SourceBatch(rows, table, (), 0))
        chunk = self.reader.read(self.name, rows, mapped)
        chunk.count(self.tally)
        self.tally.reject(chunk.rejected)
        first, records = rows[0].as_py(), chunk.records()
        if records.num_rows:
            # As one cell: Spark would write every word of every row out, an Arrow stream
            # holds the distinct words once.
            sink = pa.BufferOutputStream()
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            with pa.ipc.new_stream(sink, records.schema, options=options) as stream:
                stream.write_table(records)
            yield self._row("records", first, sink.getvalue().to_pybytes())
        lines = reject_lines(self.name, mapped.rejects, lang)
        if lines:
            yield self._row("rejects", first, lines)

    def counted(self) -> Any:
        """Return the row that holds what was counted."""
        return self._row("tally", self.first, json.dumps(self.tally.to_dict()).encode())

    def _row(self, kind: str, row: int, content: bytes) -> Any:
        cells = {"kind": kind, "source": self.name, "row": row, "content": content}
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
) -> Summary:
    """
    Replay Parquet files on a cluster; write what came of them into a folder.

    The cluster decides. The rows to look at come here in the order of files and
    rows, a partition at a time, and are written like those of any other replay.
    If a worker is lost, its rows are done again.

    Raises:
        ReplayError: if there is nothing to read, a column is missing, the cluster
            fails, or the rows do not add up.
    """
    from pyspark import StorageLevel

    out, lang = Path(out), lang or language()
    named = _FileNames(tuple(paths), str(Path.cwd()))
    frame = read(spark, *paths)
    mapping.fit(" ".join(paths), frame.columns)
    out.mkdir(parents=True, exist_ok=True)
    with _failures(" ".join(paths)):
        found = judged(frame, mapping, router, as_of=as_of, lang=lang, name=named)
        # Kept on disk: it is read three times below, and would be decided three times.
        found = found.persist(StorageLevel.DISK_ONLY)
        tally, counted = Tally(), {named(file): 0 for file in sorted(frame.inputFiles())}
        # Sorted by source and row, so that the same rows become the examples in every run.
        for row in sorted(found.where("kind = 'tally'").select("source", "row", "content").collect()):
            each = Tally.from_dict(json.loads(bytes(row.content)))
            tally.add(each)
            counted[row.source] = counted.get(row.source, 0) + each.rows
        rows = frame.count()
        if rows != tally.rows:
            values = {"rows": rows, "counted": tally.rows, "out": str(out)}
            raise ReplayError("replay-does-not-add-up", values)
        wording = Wording(router.rulebook, lang)
        written = [out / f"divergences.{form}" for form in formats]
        _write_listings(found, written, wording)
        rejects = out / "rejects.csv"
        write_rejects(_ordered(found, "rejects"), rejects, wording)
        found.unpersist()
    inputs = tuple({"name": name, "rows": rows} for name, rows in counted.items())
    files = (*written, rejects, out / "summary.json")
    summary = Summary(tally, router.rulebook, inputs, (mapping.digest,), as_of, files)
    summary.write(out / "summary.json")
    return summary


@dataclass(frozen=True)
class _FileNames:
    """Names files as they were asked for: by a given path, else from the folder one stands in."""

    given: tuple[str, ...]
    here: str

    def __call__(self, address: str) -> str:
        """Turn the address of a file into the name that it is shown under."""
        if not address.startswith("file:"):
            return unquote(address)
        path = unquote(urlsplit(address).path)
        # The path as it was given, so that the same rows have the same names as on one machine.
        for each in self.given:
            root = os.path.normpath(os.path.join(self.here, each))
            if path == root or path.startswith(f"{root}{os.sep}"):
                return each.rstrip(os.sep) + path[len(root) :]
        return os.path.relpath(path, self.here) if path.startswith(f"{self.here}{os.sep}") else path


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
