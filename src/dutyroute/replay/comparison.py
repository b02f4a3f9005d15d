"""The same rows through two rulebooks, and who gains or loses work by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.analysis import CaseCount, CaseReader, Comparison, Region, diff
from dutyroute.analysis.differences.region import Bound, meets
from dutyroute.analysis.differences.wording import DiffWording
from dutyroute.errors import IncidentError
from dutyroute.messages import Lang
from dutyroute.replay.judging import Chunk
from dutyroute.replay.rows import JOIN, changes
from dutyroute.routing.arrow import SEPARATOR, combined, spread, whole
from dutyroute.routing.arrow import coded as coded_column
from dutyroute.routing.decision import Decision
from dutyroute.routing.router import Router
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["Contrast", "Moves", "Placement"]

Parties = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """Who leads and who has any role, before and after, for one pair of decisions."""

    leads: tuple[Parties, Parties]
    roles: tuple[Parties, Parties]

    @property
    def changes_hands(self) -> bool:
        """Whether others lead than before."""
        return set(self.leads[0]) != set(self.leads[1])


class Contrast:
    """Takes chunks through the old rulebook too, and counts what differs."""

    def __init__(
        self, old: Router, new: Router, as_of: date | None = None, written: dict[str, Any] | None = None
    ) -> None:
        self.old = old
        self.new = new
        self.as_of = as_of
        self.moves: Counter[Moves] = Counter()
        self.placement: Placement = Placement(old.rulebook, new.rulebook, self.regions, as_of)
        if written:
            self._load(written)

    @cached_property
    def regions(self) -> tuple[Any, ...]:
        """The regions of incidents that the two rulebooks decide differently."""
        return diff(self.old.rulebook, self.new.rulebook).regions

    def read(self, chunk: Chunk) -> Any:
        """Count one chunk; return the rows that change hands, with their regions by number."""
        before = self.old.route_table(self._known(chunk.facts), as_of=self.as_of)
        moves, index = self._pairs(before, chunk.routed)
        for entry in index.value_counts().to_pylist():
            self.moves[moves[entry["values"]]] += entry["counts"]
        regions = self.placement.read(chunk.facts)
        at = pc.indices_nonzero(pa.array([each.changes_hands for each in moves], pa.bool_()).take(index))
        index = index.take(at)
        was, now = (spread([JOIN.join(each.leads[side]) for each in moves], index) for side in (0, 1))
        return changes(chunk.rows.take(at), was, now, regions.take(at))

    def _known(self, facts: Any) -> Any:
        """Keep the facts that the old rulebook has."""
        known = self.old.rulebook.vocabulary.facts
        return facts.select([name for name in facts.column_names if name in known])

    def _pairs(self, before: Any, after: Any) -> tuple[tuple[Moves, ...], Any]:
        was, now = list(before.decisions), list(after.decisions)
        first, second = (whole(routed.index).cast(pa.int64()) for routed in (before, after))
        codes = pc.add(pc.multiply(first, pa.scalar(len(now), pa.int64())), second).dictionary_encode()
        places: dict[Moves, int] = {}
        at = [
            places.setdefault(_moves(was[code // len(now)], now[code % len(now)]), len(places))
            for code in codes.dictionary.to_pylist()
        ]
        return tuple(places), pa.array(at, pa.int32()).take(codes.indices)

    def to_dict(self) -> dict[str, Any]:
        """Write what was counted as plain data."""
        return {
            "moves": [[*moves.leads, *moves.roles, rows] for moves, rows in self.moves.items()],
            "regions": self.placement.counts,
        }

    def _load(self, written: dict[str, Any]) -> None:
        for *parties, rows in written["moves"]:
            was, now, had, has = map(tuple, parties)
            self.moves[Moves((was, now), (had, has))] = rows
        self.placement.counts = [list(counts) for counts in written["regions"]]

    def told(self, lang: Lang) -> dict[str, Any]:
        """Tell what differs: rows that change hands, each party's work, region by region."""
        said = DiffWording(self.old.rulebook, self.new.rulebook, lang)
        return {
            "old": _stamp(self.old),
            "new": _stamp(self.new),
            "rows": self.moves.total(),
            "changed": sum(rows for moves, rows in self.moves.items() if moves.changes_hands),
            "parties": list(self._parties(said)),
            "moves": list(self._moved(said)),
            "regions": list(self._told_regions(lang)),
        }

    def _parties(self, said: DiffWording) -> Iterator[dict[str, Any]]:
        counts: dict[str, Counter[str]] = {}
        for moves, rows in self.moves.items():
            for party, kinds in _kinds(moves):
                counts.setdefault(party, Counter()).update(dict.fromkeys(kinds, rows))
        kinds = ("before", "after", "gained", "lost", "any_before", "any_after")
        ordered = sorted(counts.items(), key=lambda each: (-each[1]["gained"] - each[1]["lost"], each[0]))
        for party, found in ordered:
            yield {"party": party, "name": said.party(party), **{kind: found[kind] for kind in kinds}}

    def _moved(self, said: DiffWording) -> Iterator[dict[str, Any]]:
        found: Counter[tuple[Parties, Parties]] = Counter()
        for moves, rows in self.moves.items():
            if moves.changes_hands:
                found[moves.leads] += rows
        for (was, now), rows in found.most_common():
            yield {
                "from": list(was),
                "to": list(now),
                "from_said": said.listed(map(said.party, was)),
                "to_said": said.listed(map(said.party, now)),
                "rows": rows,
            }

    def _told_regions(self, lang: Lang) -> Iterator[dict[str, Any]]:
        case_counts = tuple(CaseCount(*counts) for counts in self.placement.counts)
        comparison = Comparison(self.old.rulebook, self.new.rulebook, self.regions, case_counts)
        places = [place.region for group in comparison.groups for place in group.places]
        for region, told in zip(places, comparison.to_dict(lang)["regions"], strict=True):
            yield {**told, **told.pop("cases"), "number": self.regions.index(region) + 1}


def _moves(was: Decision | IncidentError, now: Decision | IncidentError) -> Moves:
    return Moves((_leads(was), _leads(now)), (_holders(was), _holders(now)))


def _leads(decision: Decision | IncidentError) -> Parties:
    return () if isinstance(decision, IncidentError) else tuple(sorted(decision.lead))


def _holders(decision: Decision | IncidentError) -> Parties:
    if isinstance(decision, IncidentError):
        return ()
    return tuple(sorted({duty.party for duty in decision.duties if duty.certain}))


def _kinds(moves: Moves) -> Iterator[tuple[str, Iterable[str]]]:
    """Say for each party what the rows of a move are to it."""
    (was, now), (had, has) = moves.leads, moves.roles
    for party in {*was, *now, *had, *has}:
        kinds = {
            "before": party in was,
            "after": party in now,
            "gained": party in now and party not in was,
            "lost": party in was and party not in now,
            "any_before": party in had,
            "any_after": party in has,
        }
        yield party, [kind for kind, holds in kinds.items() if holds]


def _stamp(router: Router) -> dict[str, str]:
    book = router.rulebook
    return {"id": book.id, "edition": book.edition, "digest": book.digest}


class Placement:
    """
    Says of each row in which regions it lies.

    Values that no region tells apart are one class, so that the number of
    combinations depends on the regions and not on the rows. `counts` holds for
    each region the rows that lie in it and those that may.
    """

    def __init__(
        self, old: Rulebook, new: Rulebook, regions: Sequence[Region], as_of: date | None = None
    ) -> None:
        self.regions = regions
        self.counts = [[0, 0] for _ in regions]
        self._reader = CaseReader(old, new)
        self._date = new.header.date
        self._as_of = as_of
        self._bounds: dict[str, tuple[Bound, ...]] = _bounds(regions)

    def read(self, facts: Any) -> Any:
        """Return for each row the numbers of the regions it lies in, joined; and count them."""
        names = [name for name in facts.column_names if name in self._bounds or name == MATTER]
        codes = [self._coded(name, whole(facts.column(name))) for name in names]
        distinct = combined([indices for indices, _ in codes], facts.num_rows)
        assert distinct is not None
        index, keys = distinct
        found = [
            self._place(names, [kinds[k] for (_, kinds), k in zip(codes, key, strict=True)]) for key in keys
        ]
        for entry in index.value_counts().to_pylist():
            for counts, is_in in zip(self.counts, found[entry["values"]], strict=True):
                if is_in is not False:
                    counts[is_in is None] += entry["counts"]
        return spread([JOIN.join(_numbered(each)) or None for each in found], index)

    def _coded(self, name: str, values: Any) -> tuple[Any, list[Any]]:
        """Number the classes of a column's values."""
        coded = coded_column(values)
        known: dict[Any, int] = {}
        kept: list[Any] = []
        at = []
        for value in (*coded.dictionary.to_pylist(), None):
            read = value.split(SEPARATOR) if name == MATTER and value is not None else value
            place = known.setdefault(self._class(name, value), len(known))
            if place == len(kept):
                kept.append(read)
            at.append(place)
        indices = pc.fill_null(coded.indices.cast(pa.int32()), len(at) - 1)
        return pa.array(at, pa.int32()).take(indices), kept

    def _class(self, name: str, value: Any) -> Any:
        if name == MATTER or value is None:
            return value
        return tuple(meets(bound, value) for bound in self._bounds[name])

    def _place(self, names: list[str], values: list[Any]) -> tuple[bool | None, ...]:
        given = dict(zip(names, values, strict=True))
        if self._as_of is not None and self._date is not None:
            given[self._date] = self._as_of
        try:
            case = self._reader.read(given)
        except IncidentError:
            return (False,) * len(self.regions)
        return tuple(case.is_in(region) for region in self.regions)


def _numbered(places: Iterable[bool | None]) -> Iterator[str]:
    """Number the regions of a row from 1; with a mark where an unknown fact decides."""
    for number, is_in in enumerate(places, 1):
        if is_in is not False:
            yield f"{number}" if is_in else f"{number}?"


def _bounds(regions: Iterable[Region]) -> dict[str, tuple[Bound, ...]]:
    found: dict[str, dict[Bound, None]] = {}
    for region in regions:
        for fact, bound in region.where:
            found.setdefault(fact, {})[bound] = None
    return {fact: tuple(bounds) for fact, bounds in found.items()}
