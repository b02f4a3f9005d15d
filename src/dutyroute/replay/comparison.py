"""The same rows through two rulebooks, and who gains or loses work by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import repeat
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.analysis import CaseCount, CaseReader, Comparison, Region, diff
from dutyroute.analysis.differences.region import Bound, meets
from dutyroute.analysis.differences.wording import DiffWording
from dutyroute.analysis.differences.words import WordChange, Words
from dutyroute.errors import IncidentError
from dutyroute.messages import Lang
from dutyroute.replay.judging import Chunk
from dutyroute.replay.mapping.map import Mapped
from dutyroute.replay.rows import JOIN, Rows, changes
from dutyroute.routing.arrow import SEPARATOR, coded, combined, spread, whole
from dutyroute.routing.decision import Decision
from dutyroute.routing.router import Router
from dutyroute.rulebook.vocabulary import HANDLER, MATTER

Parties = tuple[str, ...]
Reread = tuple[str, str | None, str | None]
"""A fact, and its value as the old and as the new words have it."""


class Moves(NamedTuple):
    """For one pair of decisions: who led, who leads now, who had any role, who has one now."""

    was: Parties
    now: Parties
    had: Parties
    has: Parties

    @property
    def changes_hands(self) -> bool:
        """Whether others lead than before."""
        return set(self.was) != set(self.now)


class Contrast:
    """
    Takes chunks through the old rulebook too, and counts what differs.

    Values that no region tells apart are one class, so that the number of
    combinations depends on the regions and not on the rows. `counts` holds for
    each region the rows that lie in it and those that may.
    """

    def __init__(
        self, old: Router, new: Router, as_of: date | None = None, written: dict[str, Any] | None = None
    ) -> None:
        """Begin to count, or go on from what `to_dict` wrote."""
        self.old = old
        self.new = new
        self.as_of = as_of
        self.regions: tuple[Region, ...] = diff(old.rulebook, new.rulebook).regions
        self.counts: list[list[int]] = [[0, 0] for _ in self.regions]
        self._reader = CaseReader(old.rulebook, new.rulebook)
        self._bounds: dict[str, dict[Bound, None]] = {}
        for region in self.regions:
            for fact, bound in region.where:
                self._bounds.setdefault(fact, {})[bound] = None
        self.moves: Counter[Moves] = Counter()
        self.words: tuple[WordChange, ...] = Words(old.rulebook, new.rulebook).changes
        # Rows that either side reads otherwise, by fact and both values.
        self.reread_rows: Counter[Reread] = Counter()
        if written:
            for *parties, rows in written["moves"]:
                self.moves[Moves(*map(tuple, parties))] = rows
            self.counts = [list(counts) for counts in written["regions"]]
            for fact, was, now, rows in written.get("words", ()):
                self.reread_rows[fact, was, now] = rows

    def to_dict(self) -> dict[str, Any]:
        """Return what was counted as plain data."""
        return {
            "moves": [[*moves, rows] for moves, rows in self.moves.items()],
            "regions": self.counts,
            **({"words": [[*key, rows] for key, rows in self.reread_rows.items()]} if self.words else {}),
        }

    def read(self, chunk: Chunk) -> Any:
        """Count one chunk; return the rows that change hands, with their regions by number."""
        known = self.old.rulebook.vocabulary.facts
        facts = chunk.facts.select([name for name in chunk.facts.column_names if name in known])
        regions = self._place(chunk.facts)
        return self._changed(chunk.rows, self.old.route_table(facts, as_of=self.as_of), chunk.routed, regions)

    def reread(self, rows: Rows, mapped: Mapped, older: Mapped) -> Any:
        """
        Count one chunk that each side has read by its own words; return what `read` does.

        Rows that only one side can read are among them: on the other, nobody leads.
        """
        unread, was_unread = whole(mapped.rejected), whole(older.rejected)
        kept = pc.indices_nonzero(pc.invert(pc.and_(unread, was_unread)))
        everyone = pa.array(range(len(unread)), pa.int64())
        differs = pc.xor(unread, was_unread)
        none = pa.scalar(None, pa.string())
        columns = {
            name: [each.facts.column(name) for each in (older, mapped)] for name in older.facts.column_names
        }
        for name, sides in {**columns, HANDLER: [older.handler, mapped.handler]}.items():
            pair = [coded(whole(values)).dictionary_decode().cast(pa.string()) for values in sides]
            other = pc.not_equal(*(pc.fill_null(values, "") for values in pair))
            # Nothing is decided by who handled a case, so such a row lies where it did.
            differs = differs if name == HANDLER else pc.or_(differs, other)
            at = pc.indices_nonzero(pc.and_(other, pc.invert(pc.and_(unread, was_unread))))
            self.reread_rows.update(zip(repeat(name), *(v.take(at).to_pylist() for v in pair)))
        for change in (each for each in self.words if each.unsaid):
            names = mapped.facts.column_names
            fact = change.fact or ""
            given = whole(mapped.facts.column(fact)) if fact in names else pa.nulls(len(unread))
            self.reread_rows[fact, None, None] += given.take(kept).null_count
            differs = pc.or_(differs, pc.is_null(given))
        after, before = (
            router.route_table(
                each.facts.take(pc.if_else(missing, None, everyone).take(kept)), as_of=self.as_of
            )
            for router, each, missing in ((self.new, mapped, unread), (self.old, older, was_unread))
        )
        alike = pc.indices_nonzero(pc.invert(differs))
        placed = self._place(mapped.facts.take(alike))
        # A row that each side reads otherwise lies in no region.
        place = pc.index_in(everyone.take(kept), value_set=alike.cast(pa.int64()))
        regions = pc.fill_null(placed.take(place), "")
        regions = pc.if_else(differs.take(kept), "words", pc.if_else(pc.equal(regions, ""), none, regions))
        return self._changed(rows.take(kept), before, after, regions)

    def _changed(self, rows: Rows, before: Any, after: Any, regions: Any) -> Any:
        """Count the pairs of decisions; return the rows that change hands."""
        moves, index = self._pairs(before, after)
        for entry in index.value_counts().to_pylist():
            self.moves[moves[entry["values"]]] += entry["counts"]
        at = pc.indices_nonzero(pa.array([each.changes_hands for each in moves], pa.bool_()).take(index))
        index = index.take(at)
        was, now = (spread([JOIN.join(each[side]) for each in moves], index) for side in (0, 1))
        return changes(rows.take(at), was, now, regions.take(at))

    def _pairs(self, before: Any, after: Any) -> tuple[tuple[Moves, ...], Any]:
        """Compare each distinct pair of decisions once; return for each row which pair it has."""
        was, now = list(before.decisions), list(after.decisions)
        # The pair of decisions as one number: 64 bits, as both may be many.
        first, second = (whole(routed.index).cast(pa.int64()) for routed in (before, after))
        codes = pc.add(pc.multiply(first, pa.scalar(len(now), pa.int64())), second).dictionary_encode()
        places: dict[Moves, int] = {}
        at = []
        for code in codes.dictionary.to_pylist():
            (led, had), (leads, has) = _held(was[code // len(now)]), _held(now[code % len(now)])
            at.append(places.setdefault(Moves(led, leads, had, has), len(places)))
        return tuple(places), pa.array(at, pa.int32()).take(codes.indices)

    def _place(self, facts: Any) -> Any:
        """
        Return for each row the numbers of the regions it lies in, joined; and count them.

        Regions are numbered from 1; a mark says that an unknown fact decides.
        """
        day = self.new.rulebook.header.date
        names = [name for name in facts.column_names if name in self._bounds or name == MATTER]
        codes = [self._coded(name, whole(facts.column(name))) for name in names]
        distinct = combined([indices for indices, _ in codes], facts.num_rows)
        assert distinct is not None  # there is no limit to the combinations
        index, keys = distinct
        found: list[list[bool | None]] = []
        for key in keys:
            given = {name: kinds[kind] for name, (_, kinds), kind in zip(names, codes, key, strict=True)}
            if self.as_of is not None and day is not None:
                given[day] = self.as_of
            try:
                case = self._reader.read(given)
            except IncidentError:
                found.append([False] * len(self.regions))
            else:
                # None where an unknown fact decides.
                found.append([case.is_in(region) for region in self.regions])
        for entry in index.value_counts().to_pylist():
            for counts, is_in in zip(self.counts, found[entry["values"]], strict=True):
                if is_in is not False:
                    counts[is_in is None] += entry["counts"]
        numbered = (
            [f"{number}{'' if is_in else '?'}" for number, is_in in enumerate(each, 1) if is_in is not False]
            for each in found
        )
        return spread([JOIN.join(each) or None for each in numbered], index)

    def _coded(self, name: str, values: Any) -> tuple[Any, list[Any]]:
        """Number the classes of a column's values; return them with one value of each class."""
        column = coded(values)
        known: dict[Any, int] = {}
        kept: list[Any] = []
        at = []
        for value in (*column.dictionary.to_pylist(), None):
            kind = value
            if name == MATTER and value is not None:
                value = value.split(SEPARATOR)
            elif value is not None:
                kind = tuple(meets(bound, value) for bound in self._bounds[name])
            place = known.setdefault(kind, len(known))
            if place == len(kept):
                kept.append(value)
            at.append(place)
        indices = pc.fill_null(column.indices.cast(pa.int32()), len(at) - 1)
        return pa.array(at, pa.int32()).take(indices), kept

    def told(self, lang: Lang) -> dict[str, Any]:
        """Return what differs, in words: rows that change hands, each party's work, each region."""
        words = DiffWording(self.old.rulebook, self.new.rulebook, lang)
        # The regions and their groups are those of `dutyroute diff`, with the rows in place of cases.
        case_counts = tuple(CaseCount(*counts) for counts in self.counts)
        comparison = Comparison(self.old.rulebook, self.new.rulebook, self.regions, case_counts)
        places = [place.region for group in comparison.groups for place in group.places]
        told = comparison.to_dict(lang)
        changed: Counter[tuple[Parties, Parties]] = Counter()
        for moves, rows in self.moves.items():
            if moves.changes_hands:
                changed[moves.was, moves.now] += rows
        return {
            "old": told["old"],
            "new": told["new"],
            "rows": self.moves.total(),
            "changed": changed.total(),
            "parties": list(self._parties(words)),
            "moves": [
                {
                    "from": list(was),
                    "to": list(now),
                    "from_said": words.listed(map(words.party, was)),
                    "to_said": words.listed(map(words.party, now)),
                    "rows": rows,
                }
                for (was, now), rows in changed.most_common()
            ],
            "words": [
                {**change, "rows": self._rows_with(each)}
                for each, change in zip(self.words, told["words"], strict=True)
            ],
            "regions": [
                {**region, **region.pop("cases"), "number": self.regions.index(place) + 1}
                for place, region in zip(places, told["regions"], strict=True)
            ],
        }

    def _rows_with(self, change: WordChange) -> int:
        """Count the rows that are read otherwise because of a change of words."""
        # Of rows that do not give a fact there is no value to be counted by.
        wanted = (None, None) if change.unsaid else (change.old, change.new)
        return sum(
            rows
            for (fact, *read), rows in self.reread_rows.items()
            if fact == change.fact and tuple(read) == wanted
        )

    def _parties(self, words: DiffWording) -> Iterator[dict[str, Any]]:
        """Count for each party the rows that it leads or holds a role in, before and after."""
        kinds = ("before", "after", "gained", "lost", "any_before", "any_after")
        counts: dict[str, Counter[str]] = {}
        for moves, rows in self.moves.items():
            was, now, had, has = map(set, moves)
            for kind, parties in zip(kinds, (was, now, now - was, was - now, had, has), strict=True):
                for party in parties:
                    counts.setdefault(party, Counter())[kind] += rows
        ordered = sorted(counts.items(), key=lambda each: (-each[1]["gained"] - each[1]["lost"], each[0]))
        for party, found in ordered:
            yield {"party": party, "name": words.party(party), **{kind: found[kind] for kind in kinds}}


def _held(decision: Decision | IncidentError) -> tuple[Parties, Parties]:
    """Return who leads, and who certainly holds any role."""
    if isinstance(decision, IncidentError):
        return (), ()
    holders = {duty.party for duty in decision.duties if duty.certain}
    return tuple(sorted(decision.lead)), tuple(sorted(holders))
