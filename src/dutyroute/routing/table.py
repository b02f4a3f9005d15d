"""
Many incidents at once: each distinct combination of facts is decided once.

Values that no rule can tell apart are one class; a million rows about a few
dozen kinds of incident are a few dozen decisions. Where there are too many
combinations, all rows walk the diagram together, and each leaf is decided once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import repeat
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dutyroute.diagram.columns import Coded, TableWalk
from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.items import items_of
from dutyroute.errors import IncidentError
from dutyroute.formats.timestamp import day_of
from dutyroute.messages import both
from dutyroute.routing import arrow
from dutyroute.routing.arrow import SEPARATOR, combined, texts, whole
from dutyroute.routing.decision import DecisionOrError, due_dates
from dutyroute.routing.incident import whole_number
from dutyroute.rulebook.conditions import Between, expected, tests
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact, Lookup, spellings

Decide = Callable[[Mapping[str, Any]], DecisionOrError]

_FEW = 5_000
"""
Up to how many combinations are decided one by one, without a walk of all rows.

A walk costs some passes over all rows, whatever they hold; so many decisions cost about as much.
"""

_ID_TYPES = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_integer,
    pa.types.is_null,
)

_INDEX = re.compile("__index_level_[0-9]+__")
"""What a frame of pandas calls its index where it has no name, as after a sort or a selection of rows."""

_CAP = 200_000
"""How many answers are remembered between batches: memory stays flat whatever comes in."""


@dataclass(frozen=True)
class Routed:
    """
    The answers to a table of incidents.

    `decisions` holds one answer for each distinct combination of facts, an
    `IncidentError` where there is none; `index` says for each row which. `ids`
    are the incidents' own, None where the table has no column for them.
    """

    decisions: tuple[DecisionOrError, ...]
    index: Any
    ids: Any = None

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, row: int) -> DecisionOrError:
        place: int = self.index[row].as_py()
        return self._named(place, None if self.ids is None else self.ids[row].as_py())

    def __iter__(self) -> Iterator[DecisionOrError]:
        ids = repeat(None) if self.ids is None else self.ids.to_pylist()
        return map(self._named, self.index.to_pylist(), ids)

    def _named(self, place: int, incident: str | None) -> DecisionOrError:
        answer = self.decisions[place]
        return answer if incident is None else replace(answer, incident=incident)

    @cached_property
    def table(self) -> Any:
        """The answers as columns, a row for each incident: its id, status, lead, rules and so on, its error."""
        answers = self.decisions
        cells = {name: pa.array([_cell(a, name) for a in answers], kind) for name, kind in _COLUMNS.items()}
        rows = {name: values.take(self.index) for name, values in cells.items()}
        return pa.table({"incident": self._incidents, **rows})

    @cached_property
    def duties(self) -> Any:
        """The duties as a long table: a row for each incident, matter, party and role."""
        listed = pa.array([list(_duties(answer)) for answer in self.decisions], pa.list_(pa.struct(_DUTY)))
        taken = listed.take(self.index)
        incidents = self._incidents.take(pc.list_parent_indices(taken))
        flat = taken.flatten()
        return pa.table({"incident": incidents, **{name: flat.field(name) for name in _DUTY}})

    @cached_property
    def _incidents(self) -> Any:
        """For each row the incident's id; where the table has none, the number of the row."""
        return pa.array(map(str, range(len(self))), pa.string()) if self.ids is None else self.ids


_DUTY = {
    **dict.fromkeys(("matter", "party", "role"), pa.string()),
    "to": pa.list_(pa.string()),
    "within": pa.string(),
    "due": pa.date32(),
    "certain": pa.bool_(),
    **dict.fromkeys(("rules", "clauses"), pa.list_(pa.string())),
}


def _duties(answer: DecisionOrError) -> Iterator[dict[str, Any]]:
    if isinstance(answer, IncidentError):
        return
    ends = {(each.matter, each.party, each.role): each.date for each in answer.due}
    for matter, duty in ((ruling.matter, duty) for ruling in answer.rulings for duty in ruling.duties):
        due = ends.get((matter, duty.party, duty.role))
        yield {name: getattr(duty, name, None) for name in _DUTY} | {"matter": matter, "due": due}


_COLUMNS = {
    "status": pa.string(),
    **dict.fromkeys(("lead", "rules", "clauses", "flags", "ask"), pa.list_(pa.string())),
    "error": pa.string(),
}


def _cell(answer: DecisionOrError, name: str) -> Any:
    if isinstance(answer, IncidentError):
        return answer.code if name == "error" else None
    if name in ("rules", "clauses"):
        return list(dict.fromkeys(each for duty in answer.duties for each in getattr(duty, name)))
    found = getattr(answer, name, None)  # a decision has no error
    return list(found) if isinstance(found, tuple) else found


def _assuming(answer: DecisionOrError, pair: tuple[str, date]) -> DecisionOrError:
    """List one more fact as assumed."""
    if isinstance(answer, IncidentError):
        return answer
    return replace(answer, assumed=(*answer.assumed, pair))


class Frame:
    """Takes columns of facts apart into distinct combinations, and has each decided once."""

    def __init__(
        self,
        rulebook: Rulebook,
        decide: Decide,
        diagram: Callable[[], Diagram] | None = None,
        few: int = _FEW,
    ) -> None:
        """
        Prepare to take tables.

        With a `diagram`, tables of more than a `few` combinations walk it, all rows
        at once, and what ends in the same leaf is decided once; without, every
        combination is.
        """
        self.facts: Mapping[str, Fact] = rulebook.vocabulary.facts
        self._book, self._words = rulebook, rulebook.vocabulary
        # As an incident's keys are read: facts by id, name or alias, and the incident's own words.
        self._names = Lookup({"id": "id", "text": "text", **spellings(self.facts.values())})
        self._diagram = diagram
        self._few = None if diagram is None else few
        self.date: str | None = rulebook.header.date
        self._zone = rulebook.header.zone
        self.days: tuple[date, date] = rulebook.days
        self._decide = decide
        self._cuts = _cuts(rulebook)
        self._known: dict[tuple[Any, ...], DecisionOrError] = {}

    def route(self, given: Any, as_of: date | None = None, today: Callable[[], date] | None = None) -> Routed:
        """Answer every row; a day taken from `today` is assumed."""
        table = given if isinstance(given, pa.Table) else self._table(given)
        columns: dict[str, Any] = {}
        for name, values in zip(table.column_names, table.columns, strict=True):
            if _INDEX.fullmatch(name):
                continue
            fact = self._names[name]
            if fact is None or fact in columns:
                # Each of its rows would be refused; an unknown column is not ignored.
                twice = IncidentError("incident-fact-twice", name)
                refused = self._decide({name: None}) if fact is None else twice
                return Routed((refused,), pa.repeat(pa.scalar(0, pa.int32()), table.num_rows))
            columns[fact] = values
        # No rule reads these two; the ids would make a combination of each row.
        ids, _ = columns.pop("id", None), columns.pop("text", None)
        found = self._routed(columns, table.num_rows, as_of, today)
        return found if ids is None else replace(found, ids=self._ids(ids))

    def _table(self, given: Any) -> Any:
        """Turn a frame, or columns by name, into a table."""
        try:
            return pa.table(given)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            for name in given.keys() if hasattr(given, "keys") else ():
                try:
                    pa.array(given[name], from_pandas=True)
                except (pa.ArrowInvalid, pa.ArrowTypeError):  # its values have several types
                    kinds = sorted({type(each).__name__ for each in given[name] if each is not None})
                    raise self._wrong(name, ", ".join(kinds)) from None
            raise

    def _ids(self, values: Any) -> Any:
        """Return the incidents' own ids as texts; whole numbers may come as floats."""
        found = whole(values)
        kind = found.type.value_type if pa.types.is_dictionary(found.type) else found.type
        try:
            if pa.types.is_floating(kind):
                largest = pc.max(pc.abs(found)).as_py()
                if largest is not None and largest >= 2**53:  # from there on floats skip numbers
                    raise TypeError
                found = found.cast(pa.int64())
            elif not any(is_one(kind) for is_one in _ID_TYPES):
                raise TypeError
            return texts(found)
        except (pa.ArrowException, TypeError):
            raise self._wrong("id", str(kind)) from None

    def _wrong(self, name: str, kind: str) -> IncidentError:
        """Make the error about a column whose type its fact cannot have."""
        fact = self._names[name] or name
        wanted = expected(self.facts[fact], self._words) if fact in self.facts else both("expected-text")
        return IncidentError("incident-wrong-value", fact, kind, wanted)

    def _routed(
        self, columns: dict[str, Any], rows: int, as_of: date | None, today: Callable[[], date] | None
    ) -> Routed:
        assumed: date | None = None
        if as_of is None and today is not None and self.date is not None and self.date not in columns:
            as_of = assumed = today()
        if as_of is not None:
            columns.pop(self.date or "", None)
        names = list(columns)
        coded = [self._coded(name, whole(values)) for name, values in columns.items()]
        found = self._each(names, coded, rows, as_of, self._few)
        if found is None and self._diagram is not None:
            found = self._walked(self._diagram(), names, coded, as_of)
        found = found or self._each(names, coded, rows, as_of, None)
        assert found is not None  # without a limit there is always an answer
        if self._book.has_limits and self.date in columns:
            return self._by_day(found, columns[self.date])
        if assumed is None or self.date is None:
            return found
        pair = (self.date, assumed)
        return Routed(tuple(_assuming(answer, pair) for answer in found.decisions), found.index)

    def _by_day(self, found: Routed, days: Any) -> Routed:
        """Tell of each row when its limits end: rows of other days share an answer, but not that."""
        coded = arrow.coded(whole(days), self._zone)
        values = [*coded.dictionary.to_pylist(), None]
        at = pc.fill_null(coded.indices.cast(pa.int32()), len(values) - 1)
        distinct = combined([found.index, at], len(days))
        assert distinct is not None  # without a limit there is always an answer
        numbers, keys = distinct
        return Routed(tuple(self._dated(found.decisions[a], values[day]) for a, day in keys), numbers)

    def _dated(self, answer: DecisionOrError, day: Any) -> DecisionOrError:
        if isinstance(answer, IncidentError):
            return answer
        since = {self.date or "": None if day is None else day_of(day, self._zone)}
        return replace(answer, due=due_dates(self._book, answer.rulings, since))

    def _each(
        self, names: list[str], coded: list[Coded], rows: int, as_of: date | None, most: int | None
    ) -> Routed | None:
        """Decide each distinct combination; None where there are more than so many."""
        distinct = combined([codes for codes, _ in coded], rows, most)
        if distinct is None:
            return None
        numbers, keys = distinct
        answers = [
            self._answer(names, [kinds[k] for (_, kinds), k in zip(coded, key, strict=True)], as_of)
            for key in keys
        ]
        return Routed(tuple(answers), numbers)

    def _walked(
        self, diagram: Diagram, names: list[str], coded: list[Coded], as_of: date | None
    ) -> Routed | None:
        """Decide each leaf that rows end in, and each combination of those that no walk can end."""
        ends = TableWalk(diagram, dict(zip(names, coded, strict=True)), as_of).ends()
        if ends is None:
            return None
        reached, index, firsts, open_rows = ends
        answers = []
        for end, row in zip(reached, firsts, strict=True):
            key = (as_of, *names, *end)
            answer = self._known.get(key)
            if answer is None:
                kinds = [kinds[codes[row].as_py()] for codes, kinds in coded]
                answer = self._known[key] = self._answer(names, kinds, as_of)
            answers.append(answer)
        # Rows with unknown facts, or values that are wrong, end in no leaf: they are decided as they are.
        at = pc.indices_nonzero(open_rows)
        rest = self._each(names, [(codes.take(at), kinds) for codes, kinds in coded], len(at), as_of, None)
        assert rest is not None
        if len(at):
            shifted = pc.add(rest.index, pa.scalar(len(answers), pa.int32()))
            index = pc.replace_with_mask(index, open_rows, shifted)
        return Routed((*answers, *rest.decisions), index)

    def _coded(self, name: str, values: Any) -> Coded:
        """Number the classes of a column's values, null last; return each with one value of it."""
        try:
            coded = arrow.coded(values, self._zone)
        except TypeError as error:
            raise self._wrong(name, str(error)) from None
        found: dict[Any, tuple[int, Any]] = {}
        at = []
        for value in (*coded.dictionary.to_pylist(), None):
            plain = _plain(self.facts[name], value)
            place, _ = found.setdefault(self._class(self.facts[name], plain), (len(found), plain))
            at.append(place)
        indices = pc.fill_null(coded.indices.cast(pa.int32()), len(at) - 1)
        return pa.array(at, pa.int32()).take(indices), [(kind, plain) for kind, (_, plain) in found.items()]

    def _class(self, fact: Fact, value: Any) -> Any:
        """
        Say what no rule can tell a value from.

        A value that no incident may have stays itself: the error names it.
        """
        cuts = self._cuts.get(fact.id, ())
        if fact.type == "int" and value.__class__ is int and fact.allows(value):
            return ("stretch", bisect_right(cuts, value))
        if isinstance(value, datetime):
            return ("moment",)  # which is refused, whichever it is
        if fact.type == "date" and value.__class__ is date:
            first, last = self.days
            is_outside = fact.id == self.date and not first <= value <= last
            return ("day", value) if is_outside else ("stretch", bisect_right(cuts, value))
        return value.__class__, value

    def _answer(self, names: list[str], kinds: list[tuple[Any, Any]], as_of: date | None) -> DecisionOrError:
        """Decide what is not known yet; classes tell, whichever of their values came first."""
        key = (as_of, *names, *(kind for kind, _ in kinds))
        found = self._known.get(key)
        if found is None:
            plain = (list(value) if isinstance(value, tuple) else value for _, value in kinds)
            given = self._words.in_cells(dict(zip(names, plain, strict=True)))
            if as_of is not None and self.date is not None:
                given[self.date] = as_of
            if len(self._known) >= _CAP:
                self._known.clear()  # simpler than forgetting the oldest, and as rare
            found = self._known[key] = self._decide(given)
        return found


def _plain(fact: Fact, value: Any) -> Any:
    """Return a value as an incident gives it; several matters as a tuple."""
    if fact.id == MATTER and isinstance(value, str) and SEPARATOR in value:
        return () if value == SEPARATOR else tuple(value.split(SEPARATOR))
    if fact.type == "int" and value.__class__ is not int and (number := whole_number(value)) is not None:
        return number
    return value


def _cuts(rulebook: Rulebook) -> dict[str, tuple[Any, ...]]:
    """Gather for each number and date the points at which any rule may turn."""
    found: dict[str, set[Any]] = {}
    for _, condition in items_of(rulebook):
        for test in tests(condition):
            if isinstance(test.accepts, Between):
                found.setdefault(test.fact, set()).update(test.accepts.cuts)
    return {fact: tuple(sorted(points)) for fact, points in found.items()}
