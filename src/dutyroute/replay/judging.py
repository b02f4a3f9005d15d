"""Judging: one verdict for each distinct decision and handler, taken back by index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.errors import IncidentError
from dutyroute.replay.outcome import Outcome, Verdict, judge
from dutyroute.routing.decision import Decision

__all__ = ["Judge", "Judged", "Routed", "coded_column", "column", "text_column"]


_CAP = 200_000
"""How many decisions are remembered between batches: memory stays flat whatever comes in."""


class Routed(Protocol):
    """Decisions, one for each distinct combination, and each row's place among them."""

    @property
    def decisions(self) -> Any:
        """The distinct decisions, or errors."""

    @property
    def index(self) -> Any:
        """For each row the place of its decision."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows with their verdicts: the distinct verdicts, and each row's place among them."""

    verdicts: tuple[Verdict, ...]
    index: Any

    def counts(self) -> Iterator[tuple[Verdict, int]]:
        """Yield each verdict with its rows."""
        counted = pc.value_counts(self.index)
        for entry in counted.to_pylist():
            yield self.verdicts[entry["values"]], entry["counts"]

    def outcomes(self) -> Any:
        """Return each row's outcome, as an index into `Outcome`."""
        places = {outcome: place for place, outcome in enumerate(Outcome)}
        codes = pa.array([places[verdict.outcome] for verdict in self.verdicts], pa.int8())
        return codes.take(self.index)

    def spread(self, words: list[str | None]) -> Any:
        """Give each row the word of its verdict."""
        return pa.array(words, pa.string()).dictionary_encode().take(self.index)


class Judge:
    """Judges batches; what was judged once is remembered."""

    def __init__(self) -> None:
        # By identity: the same decision comes again and again, and to hash one costs more than all the rest.
        self._known: dict[tuple[int, str | None, bool], tuple[Decision | IncidentError, Verdict]] = {}
        self._verdicts: dict[Verdict, Verdict] = {}

    def judge(self, routed: Routed, handler: Any, recorded: Any) -> Judged:
        """
        Give every row its verdict.

        `handler` holds parties, null where none is known; `recorded` is the text
        as written, null or blank where none is.
        """
        coded = column(handler).dictionary_encode() if len(handler) else column(handler)
        parties = coded.dictionary.to_pylist() if isinstance(coded, pa.DictionaryArray) else []
        decisions = list(routed.decisions)
        pairs = self._pairs(routed, coded, recorded, len(parties))
        distinct = pairs.dictionary_encode()
        found = [
            self._verdict(decisions[pair // (len(parties) + 2)], pair % (len(parties) + 2), parties)
            for pair in distinct.dictionary.to_pylist()
        ]
        places: dict[int, int] = {}
        at = pa.array([places.setdefault(id(verdict), len(places)) for verdict in found], pa.int32())
        kept = {id(verdict): verdict for verdict in found}
        return Judged(tuple(kept.values()), at.take(distinct.indices))

    def _pairs(self, routed: Routed, coded: Any, recorded: Any, count: int) -> Any:
        """Number the pair of decision and handler: unknown parties come last, then nobody at all."""
        codes = (
            _if_recorded(recorded, count)
            if not count
            else pc.coalesce(pc.cast(coded.indices, pa.int64()), _if_recorded(recorded, count))
        )
        index = pc.cast(column(routed.index), pa.int64())
        return pc.add(pc.multiply(index, pa.scalar(count + 2, pa.int64())), codes)

    def _verdict(self, decision: Decision | IncidentError, code: int, parties: list[str]) -> Verdict:
        handler = parties[code] if code < len(parties) else None
        key = id(decision), handler, code <= len(parties)
        found = self._known.get(key)
        if found is None:
            verdict = judge(decision, handler, is_recorded=code <= len(parties))
            if len(self._known) >= _CAP:
                self._known.clear()
            found = self._known[key] = decision, self._verdicts.setdefault(verdict, verdict)
        return found[1]


def _if_recorded(recorded: Any, count: int) -> Any:
    """Number a handler that is no party: `count` where one was written, else one more."""
    written = coded_column(recorded)
    blank = pa.scalar(count + 1, pa.int64())
    is_blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(written.dictionary)), 0)
    codes = pc.if_else(pc.fill_null(is_blank, True), blank, pa.scalar(count, pa.int64()))
    return pc.fill_null(codes.take(written.indices), blank)


def column(values: Any) -> Any:
    """Return a column as one array."""
    if not isinstance(values, pa.ChunkedArray):
        return values
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()


def coded_column(values: Any) -> Any:
    """Return a column as one array of texts, encoded by its distinct values."""
    found = column(values)
    if not isinstance(found, pa.DictionaryArray):
        return found.cast(pa.string()).dictionary_encode()
    if pa.types.is_string(found.type.value_type):
        return found
    return pa.DictionaryArray.from_arrays(found.indices, found.dictionary.cast(pa.string()))


def text_column(values: Any) -> Any:
    """Return a column as one array of plain texts."""
    found = column(values)
    if isinstance(found, pa.DictionaryArray):
        texts = found.dictionary.cast(pa.string())
        return texts.take(found.indices)
    return found.cast(pa.string())
