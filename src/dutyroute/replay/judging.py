"""One judgement for each distinct decision and handler, taken back to the rows by index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.errors import IncidentError
from dutyroute.replay.mapping.map import Mapped
from dutyroute.replay.mapping.reading import is_nothing
from dutyroute.replay.outcome import Judgement, Outcome, judge
from dutyroute.replay.rows import Rows, records
from dutyroute.replay.summary import Example, Tally
from dutyroute.routing.arrow import coded_texts, texts, whole
from dutyroute.routing.decision import Decision
from dutyroute.routing.router import Router
from dutyroute.routing.table import Routed

_CAP = 200_000
"""How many decisions are remembered between batches: memory stays flat whatever comes in."""

_OUTCOMES = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class Chunk:
    """
    The rows of one batch that could be read.

    `judgements` are distinct, `index` says for each row which is its own;
    `rejected` counts the rows that the map could not read.
    """

    facts: Any
    rows: Rows
    judgements: tuple[Judgement, ...]
    index: Any
    routed: Routed
    rejected: int

    def records(self) -> Any:
        """Return the rows that are not simply agreed with, as a table of `RECORDS`."""
        differs = [each.outcome is not Outcome.AGREE for each in self.judgements]
        at = pc.indices_nonzero(pa.array(differs, pa.bool_()).take(self.index))
        return records(self.rows.take(at), self.judgements, self.index.take(at))

    def count(self, tally: Tally) -> None:
        """Add the rows to a tally, and the first rows of each judgement as examples."""
        for entry in pc.value_counts(self.index).to_pylist():
            tally.count(self.judgements[entry["values"]], entry["counts"])
        codes = pa.array([_OUTCOMES.index(each.outcome) for each in self.judgements], pa.int8())
        outcomes = codes.take(self.index)
        days = self.rows.date
        months = pc.add(pc.multiply(pc.year(days), 100), pc.month(days))  # 201802
        for month, outcome, rows in _split(months, outcomes):
            shown = "" if month is None else f"{month // 100:04}-{month % 100:02}"
            tally.months.setdefault(shown, Counter())[outcome] += rows
        for area, outcome, rows in _split(whole(self.rows.area), outcomes):
            if area is not None:
                tally.count_area(area, outcome, rows)
        for place, judgement in enumerate(self.judgements):
            wanted = tally.wants(judgement)
            if wanted > 0:
                at = pc.indices_nonzero(pc.equal(self.index, place))[:wanted]
                for example in _examples(self.rows.take(at)):
                    tally.show(judgement, example)

    def count_repeats(self, tally: Tally, numbers: Any) -> None:
        """Add the rows with some numbers, which repeat earlier ones; those that were rejected are bad rows."""
        if tally.repeats is None or not len(numbers):
            return
        again = self.index.filter(pc.is_in(whole(self.rows.row), numbers))
        for entry in again.value_counts().to_pylist():
            tally.repeats[self.judgements[entry["values"]].outcome] += entry["counts"]
        tally.repeats[Outcome.BAD_ROW] += len(numbers) - len(again)


class ChunkReader:
    """Routes and judges batches that a map has read; what was judged once is remembered."""

    def __init__(self, router: Router, as_of: date | None = None) -> None:
        self.router = router
        self.as_of = as_of
        # By identity: the same decision comes again and again, and to hash one costs more than
        # all the rest. The decision is kept beside, so that no other can get its identity.
        self._known: dict[tuple[int, str | None, bool], tuple[Decision | IncidentError, Judgement]] = {}
        self._distinct: dict[Judgement, Judgement] = {}

    def read(self, source: str, numbers: Any, mapped: Mapped) -> Chunk:
        """Route and judge the rows that the map could read; `numbers` holds their numbers in the source."""
        rejected = whole(mapped.rejected)
        kept = pc.indices_nonzero(pc.invert(rejected))
        facts, handler = mapped.facts, mapped.handler
        rows = self.rows(source, numbers, mapped)
        if len(kept) < len(rejected):
            facts, rows, handler = facts.take(kept), rows.take(kept), handler.take(kept)
        routed = self.router.route_table(facts, as_of=self.as_of)
        judgements, index = self._judged(routed, handler, rows.recorded)
        return Chunk(facts, rows, judgements, index, routed, len(rejected) - len(kept))

    def rows(self, source: str, numbers: Any, mapped: Mapped) -> Rows:
        """Return what tells the rows of a batch, those that could not be read too."""
        area = pa.nulls(len(mapped.rejected), pa.string()) if mapped.area is None else whole(mapped.area)
        return Rows(
            source,
            numbers,
            whole(mapped.id),
            self._days(mapped.facts),
            area,
            mapped.handler_raw,
            mapped.matter_raw,
        )

    def _days(self, facts: Any) -> Any:
        """Return the day of each row, whatever day the rules are asked for."""
        name = self.router.rulebook.header.date
        if name is None or name not in facts.column_names:
            return pa.nulls(facts.num_rows, pa.date32())
        days = whole(facts.column(name))
        if isinstance(days, pa.DictionaryArray):
            return days.dictionary.cast(pa.date32()).take(days.indices)
        return days.cast(pa.date32())

    def _judged(self, routed: Routed, handler: Any, recorded: Any) -> tuple[tuple[Judgement, ...], Any]:
        """
        Return the distinct judgements, and for each row which is its own.

        `handler` holds parties, null where none is known; `recorded` is the text
        as written, null or blank where none is.
        """
        coded = coded_texts(handler)
        parties = coded.dictionary.to_pylist()
        # Each row's pair of decision and handler as one number. Behind the known parties come
        # two more codes: somebody is recorded whom nobody knows, and nobody is recorded.
        size = len(parties) + 2
        code = pc.coalesce(pc.cast(coded.indices, pa.int64()), _code_if_recorded(recorded, len(parties)))
        pairs = pc.add(
            pc.multiply(pc.cast(whole(routed.index), pa.int64()), pa.scalar(size, pa.int64())), code
        )
        distinct = pairs.dictionary_encode()
        found = [
            self._judgement(routed.decisions[pair // size], pair % size, parties)
            for pair in distinct.dictionary.to_pylist()
        ]
        # By identity again: `_distinct` sees to it that equal judgements are one object.
        places: dict[int, int] = {}
        at = pa.array([places.setdefault(id(each), len(places)) for each in found], pa.int32())
        return tuple({id(each): each for each in found}.values()), at.take(distinct.indices)

    def _judgement(self, decision: Decision | IncidentError, code: int, parties: list[str]) -> Judgement:
        handler = parties[code] if code < len(parties) else None
        is_recorded = code <= len(parties)
        key = id(decision), handler, is_recorded
        found = self._known.get(key)
        if found is None:
            made = judge(decision, handler, is_recorded=is_recorded)
            if len(self._known) >= _CAP:
                self._known.clear()
            found = self._known[key] = decision, self._distinct.setdefault(made, made)
        return found[1]


def _code_if_recorded(recorded: Any, count: int) -> Any:
    """Number a handler that is no party: `count` where one was written, else one more."""
    written = coded_texts(recorded)
    blank = count + 1
    # A dash or 不详 is how a file says that nobody is recorded.
    codes = [blank if text is None or is_nothing(text) else count for text in written.dictionary.to_pylist()]
    return pc.fill_null(pa.array(codes, pa.int64()).take(written.indices), blank)


def _split(keys: Any, outcomes: Any) -> Iterator[tuple[Any, Outcome, int]]:
    """Count rows by a key and their outcome."""
    coded = keys if isinstance(keys, pa.DictionaryArray) else keys.dictionary_encode()
    words = [*coded.dictionary.to_pylist(), None]
    places = pc.fill_null(coded.indices.cast(pa.int64()), len(words) - 1)
    # Key and outcome as one number, so that Arrow counts the pairs.
    pairs = pc.add(pc.multiply(places, len(_OUTCOMES)), outcomes.cast(pa.int64()))
    for entry in pairs.value_counts().to_pylist():
        place, outcome = divmod(entry["values"], len(_OUTCOMES))
        yield words[place], _OUTCOMES[outcome], entry["counts"]


def _examples(rows: Rows) -> Iterator[Example]:
    columns = [texts(values).to_pylist() for values in (rows.id, rows.recorded, rows.area)]
    places = zip(rows.row.to_pylist(), rows.date.to_pylist(), *columns, strict=True)
    for number, day, name, recorded, area in places:
        yield Example(rows.source, number, name or "", str(day or ""), recorded or "", area or "")
