"""From plain data to a Rulebook: models validated, every identifier resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any, TypeVar

from pydantic import ValidationError

from dutyroute.diagnostics import Diagnostic, Place, Related, Span
from dutyroute.messages import both
from dutyroute.rulebook.conditions import Condition, read
from dutyroute.rulebook.oversight import Counter, Measure, OversightRules, Rating, Setting
from dutyroute.rulebook.references import unknown, unknown_names
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Header, Obligation, Recusal, Rule
from dutyroute.rulebook.types import Model
from dutyroute.rulebook.validation.models import CODES, translate
from dutyroute.rulebook.validation.oversight import OversightChecker
from dutyroute.rulebook.validation.references import Checker
from dutyroute.rulebook.vocabulary import MATTER, Fact, Flag, Instrument, Matter, Party, Role, Vocabulary

__all__ = ["KINDS", "link"]

KINDS: dict[str, type[Model]] = {
    "parties": Party,
    "roles": Role,
    "matters": Matter,
    "facts": Fact,
    "flags": Flag,
    "instruments": Instrument,
    "rules": Rule,
    "obligations": Obligation,
    "recusal": Recusal,
    "settings": Setting,
    "counters": Counter,
    "measures": Measure,
    "ratings": Rating,
}
"""The lists of a rulebook, and the model of their elements."""

Locate = Callable[[Place, str], Span | None]
M = TypeVar("M", bound=Model)


def link(data: Mapping[str, Any], span: Locate | None = None) -> tuple[Rulebook | None, list[Diagnostic]]:
    """
    Check plain data as a rulebook and build it.

    `data` holds the header under `rulebook` and a tuple for each of `KINDS`,
    and `impossible`; lists are tuples. `span` tells where a place stands in a
    file. Returns the rulebook, or None where there is any fault, and all faults.
    """
    return _Linker(data, span).link()


class _Linker:
    """One pass over one rulebook; what cannot be read is left out, and told."""

    def __init__(self, data: Mapping[str, Any], span: Locate | None) -> None:
        self.data = data
        self.span = span
        self.faults: list[Diagnostic] = []
        self.places: dict[tuple[str, str], int] = {}
        self.doubtful: set[Place] = set()

    def link(self) -> tuple[Rulebook | None, list[Diagnostic]]:
        header = self.header()
        words = self.vocabulary(header.date if header else None)
        rules = self.table("rules", Rule)
        obligations = self.table("obligations", Obligation)
        recusals = dict(self.models("recusal", Recusal))
        conditions = self.conditions(words, rules, obligations)
        oversight = self.oversight()
        tables = {**words.tables(), "rules": rules, **oversight.tables()}
        if header is not None:
            self.faults += unknown_names(header, ("rulebook",), tables)
        linked: dict[str, Mapping[str, Any]] = {
            "rules": rules,
            "obligations": obligations,
            **oversight.tables(),
        }
        for kind, entries in linked.items():
            for name, entry in entries.items():
                self.faults += unknown_names(entry, (kind, self.places[kind, name]), tables)
        for index, recusal in recusals.items():
            self.faults += unknown_names(recusal, ("recusal", index), tables)
        self.faults += Checker(words, self.places).check(header, rules, recusals)
        self.faults += OversightChecker(oversight, words, self.places).check()
        if header is None or self.faults:
            return None, self.told()
        impossible = tuple(self.listed("impossible"))
        return (
            Rulebook(
                header,
                words,
                rules,
                obligations,
                tuple(recusals.values()),
                impossible,
                conditions,
                self.spans(),
                oversight,
            ),
            [],
        )

    def header(self) -> Header | None:
        if "rulebook" not in self.data:
            self.faults.append(Diagnostic("missing-rulebook"))
            return None
        return self.model(Header, self.data["rulebook"], ("rulebook",))

    def vocabulary(self, date_fact: str | None) -> Vocabulary:
        facts = self.table("facts", Fact)
        facts.setdefault(MATTER, _MATTER_FACT)
        return Vocabulary(
            parties=self.table("parties", Party),
            roles=self.table("roles", Role),
            matters=self.rooted(self.table("matters", Matter)),
            facts=facts,
            flags=self.table("flags", Flag),
            instruments=self.table("instruments", Instrument),
            date_fact=date_fact,
        )

    def oversight(self) -> OversightRules:
        return OversightRules(
            settings=self.table("settings", Setting),
            counters=self.table("counters", Counter),
            measures=self.table("measures", Measure),
            ratings=self.table("ratings", Rating),
        )

    def rooted(self, matters: dict[str, Matter]) -> dict[str, Matter]:
        """Cut off parents that are unknown or run in a circle, and say so."""
        for name, matter in list(matters.items()):
            if matter.parent is None:
                continue
            at = ("matters", self.places["matters", name], "parent")
            if matter.parent not in matters:
                self.faults.append(unknown("matters", matter.parent, {"matters": matters}, at))
            elif _circular(name, matters):
                self.faults.append(Diagnostic("parent-cycle", {"word": name}, at))
            else:
                continue
            matters[name] = matter.model_copy(update={"parent": None})
        return matters

    def conditions(
        self, words: Vocabulary, rules: Mapping[str, Rule], obligations: Mapping[str, Obligation]
    ) -> dict[tuple[str, str | int], Condition]:
        written: dict[tuple[str, str | int], tuple[Any, Place]] = {}
        for name, rule in rules.items():
            written["rules", name] = rule.when, ("rules", self.places["rules", name], "when")
        for name, duty in obligations.items():
            written["obligations", name] = (
                duty.applies,
                ("obligations", self.places["obligations", name], "for"),
            )
        for index, impossible in enumerate(self.listed("impossible")):
            written["impossible", index] = impossible, ("impossible", index)
        read_all = {key: read(when, words, at) for key, (when, at) in written.items()}
        self.faults += [fault for _, faults in read_all.values() for fault in faults]
        return {key: condition for key, (condition, _) in read_all.items()}

    def table(self, kind: str, model: type[M]) -> dict[str, M]:
        """Read one list by identifier; a second entry of the same name is a fault."""
        found: dict[str, M] = {}
        for index, entry in self.models(kind, model):
            name: str = entry.id  # type: ignore[attr-defined]
            if name in found:
                first = Related("first-here", (kind, self.places[kind, name], "id"))
                at = (kind, index, "id")
                self.faults.append(Diagnostic("duplicate-id", {"word": name}, at, related=(first,)))
                continue
            found[name] = entry
            self.places[kind, name] = index
        return found

    def models(self, kind: str, model: type[M]) -> Iterator[tuple[int, M]]:
        for index, entry in enumerate(self.listed(kind)):
            found = self.model(model, entry, (kind, index))
            if found is not None:
                yield index, found

    def listed(self, kind: str) -> tuple[Any, ...]:
        written = self.data.get(kind, ())
        if isinstance(written, tuple):
            return written
        if kind == "recusal":
            return (written,)
        wanted = both("expected-entries")
        self.faults.append(Diagnostic("wrong-type", {"value": written, "expected": wanted}, (kind,)))
        return ()

    def model(self, model: type[M], entry: Any, at: Place) -> M | None:
        try:
            return model.model_validate(entry)
        except ValidationError as error:
            self.faults += translate(error, model, at)
            return self.repaired(model, entry, error, at)

    def repaired(self, model: type[M], entry: Any, error: ValidationError, at: Place) -> M | None:
        """
        Read an entry without its faulty keys, so that the rest of it is checked too.

        A rule with a mistyped basis is still a rule that others may name: without
        this, one fault would bring up others that are none.
        """
        if not isinstance(entry, Mapping):
            return None
        places = [detail["loc"] for detail in error.errors(include_url=False)]
        self.doubtful |= {(*at, *place) for place in places}
        kept = reduce(_without, places, entry)
        faulty = {place[0] for place in places if place}
        stand_ins = {key: value for key, value in _STAND_INS.items() if key in faulty and key not in kept}
        try:
            return model.model_validate({**kept, **stand_ins})
        except ValidationError:
            return None

    def told(self) -> list[Diagnostic]:
        """Return the faults, less those that only a stand-in for a faulty key brought up."""
        return [f for f in self.faults if f.code in _OWN or not _under(f.at, self.doubtful)]

    def _inner_places(self) -> Iterator[tuple[tuple[str, str | int], Place, str]]:
        """Yield the places of what has no list of its own: clauses, recusals, checks."""
        for (kind, name), index in self.places.items():
            clauses = self.data[kind][index].get("clauses", ()) if kind == "instruments" else ()
            for number, clause in enumerate(clauses):
                yield ("clauses", f"{name}/{clause['id']}"), (kind, index, "clauses", number, "id"), "value"
        for number, _ in enumerate(self.listed("recusal")):
            yield ("recusal", number), ("recusal", number, "fact"), "value"
        for word in self.data["rulebook"].get("checks", {}):
            yield ("checks", word), ("rulebook", "checks", word), "key"

    def spans(self) -> dict[tuple[str, str | int], Span]:
        if self.span is None:
            return {}
        found = {key: self.span((key[0], index, "id"), "value") for key, index in self.places.items()}
        for index, _ in enumerate(self.listed("impossible")):
            found["impossible", index] = self.span(("impossible", index), "value")  # type: ignore[index]
        found.update({key: self.span(at, on) for key, at, on in self._inner_places()})  # type: ignore[misc]
        return {key: span for key, span in found.items() if span is not None}


_STAND_INS: dict[str, Any] = {
    **dict.fromkeys(("title", "name", "english", "edition", "label", "heading"), "…"),
    **{"when": {}, "for": {}, "holders": {"at_least": 0}, "level": "city", "type": "bool"},
    **{"kind": "inspection", "subject": "community", "counts": {"kinds": ("complaint",)}},
    **{"basis": "inferred", "status": "draft", "clauses": (), "role": "lead", "cite": ("x/1",)},
}


_OWN = frozenset(CODES)
"""What the models themselves say; whatever else stands at a faulty key follows from it."""


def _without(entry: Any, place: Place) -> Any:
    """Take out of an entry what stands at a place, or the least that holds it."""
    if not place:
        return entry
    key, rest = place[0], place[1:]
    if isinstance(entry, Mapping) and key in entry:
        inner = _without(entry[key], rest) if _reaches(entry[key], rest) else None
        return {k: v for k, v in entry.items() if k != key} if inner is None else {**entry, key: inner}
    if isinstance(entry, tuple) and isinstance(key, int) and key < len(entry):
        inner = (_without(entry[key], rest),) if _reaches(entry[key], rest) else ()
        return (*entry[:key], *inner, *entry[key + 1 :])
    return _without(entry, rest)


def _reaches(entry: Any, place: Place) -> bool:
    """Tell whether a place, list positions aside, goes on inside an entry."""
    if not place or not isinstance(entry, Mapping | tuple):
        return False
    key, rest = place[0], place[1:]
    if isinstance(entry, Mapping):
        return key in entry or (isinstance(key, int) and _reaches(entry, rest))
    return isinstance(key, int) and key < len(entry)


def _under(at: Place, places: set[Place]) -> bool:
    return any(at[:depth] in places for depth in range(3, len(at) + 1))


_MATTER_FACT = Fact(id=MATTER, name="事项", english="matter", type="tree")


def _circular(name: str, matters: Mapping[str, Matter]) -> bool:
    seen = {name}
    parent = matters[name].parent
    while parent is not None and parent in matters:
        if parent in seen:
            return parent == name
        seen.add(parent)
        parent = matters[parent].parent
    return False
