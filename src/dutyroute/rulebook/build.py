"""From plain data to a Rulebook: models validated, every identifier resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from dutyroute.diagnostics import Diagnostic, Place, Related, Span, nearest, several
from dutyroute.messages import both
from dutyroute.rulebook.accepted import Acceptance
from dutyroute.rulebook.calendars import Calendar, check_calendar
from dutyroute.rulebook.conditions import Condition, read
from dutyroute.rulebook.instrument import Instrument
from dutyroute.rulebook.oversight import Counter, Deadline, Measure, OversightRules, Rating, Setting
from dutyroute.rulebook.references import type_at, unknown, unknown_names
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Header, Obligation, Recusal, Rule
from dutyroute.rulebook.types import Model
from dutyroute.rulebook.validation.entries import check_recusals, check_rules, check_vocabulary
from dutyroute.rulebook.validation.models import CODES, translate
from dutyroute.rulebook.validation.oversight import check_oversight
from dutyroute.rulebook.vocabulary import MATTER, Fact, Flag, Matter, Party, Role, Vocabulary

_VOCABULARY: dict[str, type[Model]] = {
    "parties": Party,
    "roles": Role,
    "matters": Matter,
    "facts": Fact,
    "flags": Flag,
    "instruments": Instrument,
}
_DUTIES: dict[str, type[Model]] = {"rules": Rule, "obligations": Obligation}
_OVERSIGHT: dict[str, type[Model]] = {
    "settings": Setting,
    "counters": Counter,
    "measures": Measure,
    "ratings": Rating,
    "deadlines": Deadline,
}
KINDS: dict[str, type[Model]] = {
    **_VOCABULARY,
    **_DUTIES,
    "recusal": Recusal,
    "calendars": Calendar,
    **_OVERSIGHT,
    "accepted": Acceptance,
}
"""The lists of a rulebook, and the model of their elements."""
_NAMED_BY = {"accepted": "check", "calendars": "year"}
"""The key that tells entries of a list apart, where it is not `id`."""

Locate = Callable[[Place, str], Span | None]
_Key = tuple[str, str | int]
"""What a rulebook keeps by: the kind and the identifier, or the position where there is none."""


_LATER = frozenset({"ambiguous-name", "empty-period", "key-without-value", "placeholder", "reserved-name"})
"""Faults that found less when the first editions were published: those stay as they are."""


_NEED_A_VALUE: dict[str, tuple[str, ...]] = {
    "rulebook": ("date", "timezone", "in_force"),
    "rules": ("default", "beside", "vacated", "in_force"),
    "obligations": ("beside",),
    "matters": ("parent",),
    "facts": ("default", "unless_said", "at_least", "at_most"),
}
"""Keys that may be left out, but decide something: with nothing after them they would count as left out."""


def link(
    data: Mapping[str, Any], span: Locate | None = None, *, is_published: bool = False
) -> tuple[Rulebook | None, list[Diagnostic]]:
    """
    Check plain data as a rulebook and build it.

    `data` holds the header under `rulebook` and a tuple for each of `KINDS`,
    and `impossible`; lists are tuples. `span` tells where a place stands in a
    file. Returns the rulebook, or None where there is any fault, and all faults.
    What has been published once is not refused by a check that became stricter since.
    """
    return _Linker(data, span, _LATER if is_published else frozenset()).link()


class _Linker:
    """One pass over one rulebook; what cannot be read is left out and reported."""

    def __init__(self, data: Mapping[str, Any], span: Locate | None, passed: frozenset[str]) -> None:
        self.data = data
        self.span = span
        self.passed = passed
        self.faults: list[Diagnostic] = []
        self.places: dict[tuple[str, str], int] = {}
        self.doubtful: set[Place] = set()

    def link(self) -> tuple[Rulebook | None, list[Diagnostic]]:
        header: Header | None = None
        if "rulebook" in self.data:
            header = self.model(Header, self.data["rulebook"], ("rulebook",))
        else:
            self.faults.append(Diagnostic("missing-rulebook"))
        tables: dict[str, Any] = {kind: self.table(kind) for kind in KINDS if kind != "recusal"}
        # Every incident has a matter, whether or not the vocabulary defines the fact.
        tables["facts"].setdefault(MATTER, Fact(id=MATTER, name="事项", english="matter", type="tree"))
        self.cut_parents(tables["matters"])
        recusals: dict[int, Any] = dict(self.models("recusal"))
        words = Vocabulary(**{kind: tables[kind] for kind in _VOCABULARY})
        oversight = OversightRules(**{kind: tables[kind] for kind in _OVERSIGHT})
        conditions = self.conditions(words, tables)
        self.check_names(header, recusals, {**tables, **words.tables()})
        self.faults += self.empty_keys()
        self.faults += check_vocabulary(words, self.places)
        self.faults += check_rules(header, tables["rules"], words, self.places)
        self.faults += check_recusals(recusals, words)
        self.faults += check_oversight(oversight, words, self.places)
        for name, calendar in tables["calendars"].items():
            self.faults += check_calendar(calendar, ("calendars", self.places["calendars", name]))
        self.faults = [fault for fault in self.faults if fault.code not in self.passed]
        if header is None or self.faults:
            # What only a stand-in for a faulty key brought up is nobody's fault.
            told = [fault for fault in self.faults if fault.code in CODES or not self.is_doubtful(fault.at)]
            return None, [self.advised(fault, {**tables, **words.tables()}) for fault in told]
        duties = (tables["rules"], tables["obligations"], tuple(recusals.values()))
        impossible = tuple(self.listed("impossible"))
        made = Rulebook(header, words, *duties, impossible, conditions, self.spans(), oversight)
        return replace(made, accepted=tables["accepted"], calendars=tables["calendars"]), []

    def advised(self, fault: Diagnostic, tables: Mapping[str, Any]) -> Diagnostic:
        """Suggest the entry that goes by what is no identifier; for a new one, the name made an identifier."""
        word, kind = str(fault.values.get("word")), str(fault.at[0]) if fault.at else ""
        suggestion: str | None = None
        if fault.code == "bad-reference":
            label = word.rpartition("/")[2]
            clauses = tables["clauses"].items()
            suggestion = next((name for name, clause in clauses if clause.label == label), None)
        elif fault.code != "bad-identifier":
            return fault
        elif fault.at[-1] == "id":
            made = re.sub("[^a-z0-9]+", "-", word.lower()).strip("-")
            suggestion = made if re.match("[a-z]", made) else None
        elif kind in KINDS and (ref := type_at(KINDS[kind], fault.at[2:], fault.on)[1]):
            if parts := several(word, tables.get(ref.kind, ())):
                values = {"word": word, "listed": ", ".join(parts)}
                return replace(fault, code="list-without-brackets", values=values)
            suggestion = nearest(word, tables.get(ref.kind, {}))
        return replace(fault, values={**fault.values, "suggestion": suggestion})

    def is_doubtful(self, at: Place) -> bool:
        """Return whether something at or above a place could not be read, and a stand-in is there."""
        # A place of two parts is a whole entry: one of its keys being faulty says nothing of the others.
        return any(at[:depth] in self.doubtful for depth in range(3, len(at) + 1))

    def check_names(self, header: Header | None, recusals: Mapping[int, Model], tables: Any) -> None:
        """Look up every name that an entry uses; the parents of matters have been looked up."""
        named: list[tuple[Model, Place]] = [] if header is None else [(header, ("rulebook",))]
        for kind in (*_DUTIES, *_OVERSIGHT):
            named += [(entry, (kind, self.places[kind, name])) for name, entry in tables[kind].items()]
        named += [(recusal, ("recusal", index)) for index, recusal in recusals.items()]
        self.faults += [fault for entry, at in named for fault in unknown_names(entry, at, tables)]

    def empty_keys(self) -> Iterator[Diagnostic]:
        """
        Yield each key that needs a value and has none, and each `in_force: {}`.

        As "on any day" the latter would lift the rulebook's own period, which nobody means.
        """
        for kind, keys in _NEED_A_VALUE.items():
            written = self.data.get(kind)
            listed = written if isinstance(written, tuple) else ()
            entries = (
                [((kind,), written)] if kind == "rulebook" else [((kind, i), e) for i, e in enumerate(listed)]
            )
            for at, entry in ((at, entry) for at, entry in entries if isinstance(entry, Mapping)):
                if entry.get("in_force") == {}:
                    yield Diagnostic("empty-period", {}, (*at, "in_force"), "key")
                for key in (key for key in keys if key in entry and entry[key] is None):
                    yield Diagnostic("key-without-value", {"key": key}, (*at, key), "key")

    def cut_parents(self, matters: dict[str, Matter]) -> None:
        """Cut off parents that are unknown or run in a circle, so that the rest is a tree."""
        for name, matter in list(matters.items()):
            at = ("matters", self.places["matters", name], "parent")
            if matter.parent is not None and matter.parent not in matters:
                self.faults.append(unknown("matters", matter.parent, {"matters": matters}, at))
            elif name in _ancestors(name, matters):
                self.faults.append(Diagnostic("parent-cycle", {"word": name}, at))
            else:
                continue
            # The tree is walked upwards without a guard later on; a circle would never end.
            matters[name] = matter.model_copy(update={"parent": None})

    def conditions(self, words: Vocabulary, tables: Mapping[str, Any]) -> dict[_Key, Condition]:
        """Read every condition of rules, obligations and impossibilities."""
        written: list[tuple[_Key, Any, Place]] = []
        for kind, key in (("rules", "when"), ("obligations", "for")):
            for name, entry in tables[kind].items():
                when = entry.when if kind == "rules" else entry.applies
                written.append(((kind, name), when, (kind, self.places[kind, name], key)))
        for index, impossible in enumerate(self.listed("impossible")):
            written.append((("impossible", index), impossible, ("impossible", index)))
        found: dict[_Key, Condition] = {}
        for named, when, at in written:
            found[named], faults = read(when, words, at)
            self.faults += faults
        return found

    def table(self, kind: str) -> dict[str, Any]:
        """Read one list by identifier; a second entry of the same name is a fault."""
        found: dict[str, Any] = {}
        for index, entry in self.models(kind):
            if entry.id in found:
                key = _NAMED_BY.get(kind, "id")
                first = Related("first-here", (kind, self.places[kind, entry.id], key))
                at = (kind, index, key)
                code = "calendar-twice" if kind == "calendars" else "duplicate-id"
                self.faults.append(Diagnostic(code, {"word": entry.id}, at, related=(first,)))
            else:
                found[entry.id] = entry
                self.places[kind, entry.id] = index
        return found

    def models(self, kind: str) -> Iterator[tuple[int, Any]]:
        """Yield the entries of a list that can be read, each with its position."""
        for index, entry in enumerate(self.listed(kind)):
            found = self.model(KINDS[kind], entry, (kind, index))
            if found is not None:
                yield index, found

    def listed(self, kind: str) -> tuple[Any, ...]:
        written = self.data.get(kind, ())
        if isinstance(written, tuple) or kind == "recusal":
            return written if isinstance(written, tuple) else (written,)
        wanted = both("expected-entries")
        self.faults.append(Diagnostic("wrong-type", {"value": written, "expected": wanted}, (kind,)))
        return ()

    def model(self, model: type[Model], entry: Any, at: Place) -> Any:
        try:
            return model.model_validate(entry)
        except ValidationError as error:
            self.faults += translate(error, model, at)
            return self.repaired(model, entry, error, at)

    def repaired(self, model: type[Model], entry: Any, error: ValidationError, at: Place) -> Any:
        """
        Read an entry without its faulty keys, so that the rest of it is checked too.

        A rule with a mistyped basis is still a rule that others may name: without
        this, one fault would bring up others that are none.
        """
        if not isinstance(entry, Mapping):
            return None
        # INVARIANT: every fault of the model itself is reported already; what follows only finds more.
        places = [detail["loc"] for detail in error.errors(include_url=False)]
        self.doubtful |= {(*at, *place) for place in places}
        kept = entry
        for place in places:
            left = _without(kept, place)
            kept = kept if left is None else left
        faulty = {place[0] for place in places if place}
        stand_ins = {key: value for key, value in _STAND_INS.items() if key in faulty and key not in kept}
        try:
            return model.model_validate({**kept, **stand_ins})
        except ValidationError:
            return None

    def spans(self) -> dict[_Key, Span]:
        """Return the place of everything that has a name or a position."""
        if self.span is None:
            return {}
        found: dict[_Key, Span | None] = {}
        for (kind, name), index in self.places.items():
            found[kind, name] = self.span((kind, index, _NAMED_BY.get(kind, "id")), "value")
            for number, clause in enumerate(self.data[kind][index].get("clauses", ())):
                at = (kind, index, "clauses", number, "id")
                found["clauses", f"{name}/{clause['id']}"] = self.span(at, "value")
        for kind, inner in (("impossible", ()), ("recusal", ("fact",))):
            for number in range(len(self.listed(kind))):
                found[kind, number] = self.span((kind, number, *inner), "value")
        for word in self.data["rulebook"].get("checks", {}):
            found["checks", word] = self.span(("rulebook", "checks", word), "key")
        return {key: span for key, span in found.items() if span is not None}


# Values that pass the model and bring up as few faults as possible; they never reach a Rulebook.
_STAND_INS: dict[str, Any] = {
    **dict.fromkeys(("title", "name", "english", "edition", "label", "heading"), "…"),
    **{"when": {}, "for": {}, "holders": {"at_least": 0}, "level": "city", "type": "bool"},
    **{"kind": "inspection", "subject": "community", "counts": {"kinds": ("complaint",)}},
    **{"basis": "inferred", "status": "draft", "clauses": (), "role": "lead", "cite": ("x/1",)},
}


def _without(entry: Any, place: Place) -> Any:
    """Return an entry less the least in it that holds a place; None where that is the whole entry."""
    if not place or not isinstance(entry, Mapping | tuple):
        return None
    key, rest = place[0], place[1:]
    if isinstance(entry, Mapping):
        if key not in entry:
            # Of a single one that is written without a list, the model counts positions too.
            return _without(entry, rest) if isinstance(key, int) else None
        inner = _without(entry[key], rest)
        return {k: v for k, v in entry.items() if k != key} if inner is None else {**entry, key: inner}
    if not isinstance(key, int) or key >= len(entry):
        return None
    inner = _without(entry[key], rest)
    return (*entry[:key], *(() if inner is None else (inner,)), *entry[key + 1 :])


def _ancestors(name: str, matters: Mapping[str, Matter]) -> set[str]:
    """List the matters above one, as far up as they are known and do not repeat."""
    found: set[str] = set()
    parent = matters[name].parent
    while parent is not None and parent in matters and parent not in found:
        found.add(parent)
        parent = matters[parent].parent
    return found
