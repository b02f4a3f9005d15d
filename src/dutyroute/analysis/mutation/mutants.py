"""The small mistakes that a person might make in a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from dutyroute.analysis.differences.region import beside
from dutyroute.analysis.differences.wording import DiffWording
from dutyroute.messages import LANGUAGES, Lang, word
from dutyroute.rulebook.conditions import read, verdict
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Rule
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["Mutant", "mutants"]

Written = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule with one small mistake in it; `said` words the mistake in each language."""

    kind: str
    said: Mapping[Lang, str]
    rule: Rule


class _Mistake(NamedTuple):
    """
    A mistake, and what it makes of the whole that it stands in.

    `was` and `now` are what stood there and what stands there now, each with the
    kind of name that it is. The whole is a list of values inside a test, the
    `when` around that, and in the end the rule.
    """

    kind: str
    was: tuple[str, Any] | None
    now: tuple[str, Any] | None
    whole: Any


def mutants(rulebook: Rulebook) -> Iterator[Mutant]:
    """Make every small mistake in every rule, each once, in a fixed order."""
    words = {lang: DiffWording(rulebook, rulebook, lang) for lang in LANGUAGES}
    # The order is fixed, so that two runs can be compared and a run can be cut short.
    for name in sorted(rulebook.rules):
        rule = rulebook.rules[name]
        seen = {repr(rule)}
        for mistake in _Mistakes(rulebook, rule).all():
            mutated = _valid(mistake.whole, rulebook)
            if mutated is not None and repr(mutated) not in seen:
                seen.add(repr(mutated))
                said = {lang: _said(words[lang], mistake) for lang in LANGUAGES}
                yield Mutant(mistake.kind, said, mutated)


def _valid(written: Written, book: Rulebook) -> Rule | None:
    """Return the rule, unless the loader would refuse it: then no case need notice."""
    try:
        rule = Rule.model_validate(written)
    except ValidationError:
        return None
    _, faults = read(rule.when, book.vocabulary, ())
    is_whole = bool(rule.assign or rule.flag) and (rule.default is None or rule.default in rule.assign)
    return rule if is_whole and not faults else None


def _said(words: DiffWording, mistake: _Mistake) -> str:
    def named(what: tuple[str, Any] | None) -> str:
        if what is None:
            return ""
        kind, entry = what
        if kind == "flags":
            return words.listed(words.flag(flag) for flag in entry)
        if kind == "when":
            return words.condition(*entry)
        return words.called(kind, entry) if kind in ("parties", "roles") else str(entry)

    return word(f"mistake-{mistake.kind}", words.lang, was=named(mistake.was), now=named(mistake.now))


class _Mistakes:
    """Makes the mistakes in one rule."""

    def __init__(self, book: Rulebook, rule: Rule) -> None:
        self.book = book
        self.rule = rule
        self.written: Written = rule.model_dump(by_alias=True, exclude_defaults=True)

    def all(self) -> Iterator[_Mistake]:
        """Yield every mistake, with the rule as it is then."""
        yield from self._in_assign()
        for each in self._in_when(self.written["when"]):
            yield each._replace(whole={**self.written, "when": each.whole})
        yield from self._in_period()
        for key in ("default", "joint", "flag", "overrides"):
            if key in self.written:
                was = ("flags", self.rule.flag) if key == "flag" else None
                yield _Mistake(f"{key}-forgotten", was, None, _without(self.written, key))
        yield from self._added()

    def _in_assign(self) -> Iterator[_Mistake]:
        # Nobody takes another role for the lead: it stands first and has its own obligations.
        roles = [role for role in self.book.vocabulary.roles if role != LEAD]
        assign = self.written.get("assign", {})
        for role, assignments in assign.items():
            others = _without(assign, role)
            wrong = _following([r for r in roles if r not in others], role)
            renamed = {**self.written, "assign": {**others, wrong: assignments}}
            if self.rule.default == role:
                renamed["default"] = wrong
            yield _Mistake("role", ("roles", role), ("roles", wrong), renamed)
            for index, assignment in enumerate(assignments):
                for each in self._in_assignment(assignment):
                    kept = _put(assignments, index, *([each.whole] if each.whole else []))
                    changed = {**others, role: kept} if kept else others
                    yield each._replace(whole={**self.written, "assign": changed})

    def _in_assignment(self, assignment: Written) -> Iterator[_Mistake]:
        parties = assignment["party"]
        for index, party in enumerate(parties):
            others = _put(parties, index)
            wrong = _following([p for p in self.book.vocabulary.parties if p not in others], party)
            swapped = {**assignment, "party": _put(parties, index, wrong)}
            yield _Mistake("party", ("parties", party), ("parties", wrong), swapped)
            left = {**assignment, "party": others} if others else {}
            yield _Mistake("party-forgotten", ("parties", party), None, left)
        for told in assignment.get("to", ()):
            to = tuple(t for t in assignment["to"] if t != told)
            kind = "roles" if told == LEAD else "parties"
            yield _Mistake("to-forgotten", (kind, told), None, {**assignment, "to": to})

    def _in_when(self, when: Mapping[str, Any]) -> Iterator[_Mistake]:
        """Drop, negate, widen, narrow or shift each test, at any depth."""
        for key, value in when.items():
            said = ("when", (key, value))
            yield _Mistake("dropped", said, None, _without(when, key))
            if key not in ("any", "all", "not"):
                is_negated = isinstance(value, Mapping) and set(value) == {"not"}
                negated = value["not"] if is_negated else {"not": value}
                yield _Mistake("negated", said, None, {**when, key: negated})
            for each in self._in_test(key, value):
                yield each._replace(whole={**when, key: each.whole})

    def _in_test(self, key: str, value: Any) -> Iterator[_Mistake]:
        if key in ("any", "all"):
            for index, part in enumerate(value):
                if len(value) > 1:
                    yield _Mistake("branch-forgotten", ("when", ("all", (part,))), None, _put(value, index))
                for each in self._in_when(part):
                    yield each._replace(whole=_put(value, index, each.whole))
        elif key == "not":
            yield from self._in_when(value)
        elif isinstance(value, Mapping) and "not" in value:
            for each in self._in_test(key, value["not"]):
                yield each._replace(whole={"not": each.whole})
        elif isinstance(value, Mapping):
            for end, point in value.items():
                for shifted in beside(point):
                    changed = {**value, end: shifted}
                    yield _Mistake("shifted", ("when", (key, value)), ("when", (key, changed)), changed)
        else:
            yield from self._in_values(key, value if isinstance(value, tuple) else (value,))

    def _in_values(self, key: str, values: tuple[Any, ...]) -> Iterator[_Mistake]:
        for index, value in enumerate(values):
            said, others = ("when", (key, value)), _put(values, index)
            if others:
                yield _Mistake("value-forgotten", said, None, others)
            for kind, wrong in self._wrong(key, value):
                if wrong not in others:
                    yield _Mistake(kind, said, ("when", (key, wrong)), _put(values, index, wrong))

    def _wrong(self, key: str, value: Any) -> Iterator[tuple[str, Any]]:
        """Yield what might stand for a value by mistake: wider, narrower, next, one off."""
        fact, matters = self.book.vocabulary.facts[key], self.book.vocabulary.matters
        if key == MATTER:
            parent = matters[value].parent
            yield from (("widened", parent),) if parent else ()
            yield from [("narrowed", m) for m, entry in matters.items() if entry.parent == value][:1]
        elif fact.type == "enum":
            yield "value", _following(list(self.book.vocabulary.domain(fact)), value)
        elif fact.type in {"int", "date"}:
            yield from (("shifted", point) for point in beside(value))

    def _in_period(self) -> Iterator[_Mistake]:
        period = self.book.period(self.rule)
        ends = {k: day for k, day in (("from", period.since), ("until", period.until)) if day}
        for end, day in ends.items():
            for shifted in beside(day):
                changed = {**self.written, "in_force": {**ends, end: shifted}}
                yield _Mistake("date", ("day", day), ("day", shifted), changed)

    def _added(self) -> Iterator[_Mistake]:
        """Make a rule a default, or let it override another, where it is not meant to."""
        if not self.rule.assign:
            return
        if self.rule.default is None:
            role = LEAD if LEAD in self.rule.assign else next(iter(self.rule.assign))
            yield _Mistake("default-added", ("roles", role), None, {**self.written, "default": role})
        # One such mistake for each rule is enough: noticing it takes the same kind of case.
        for name in sorted(self.book.rules):
            if self._could_override(self.book.rules[name]):
                overrides = (*self.rule.overrides, name)
                yield _Mistake(
                    "overrides-added", ("rule", name), None, {**self.written, "overrides": overrides}
                )
                return

    def _could_override(self, other: Rule) -> bool:
        """Tell whether another rule can match beside this one and give one of its roles."""
        if other.id == self.rule.id or other.overrides or other.id in self.rule.overrides:
            return False
        conditions = [self.book.conditions["rules", rule] for rule in (self.rule.id, other.id)]
        return not set(other.assign).isdisjoint(self.rule.assign) and any(
            all(verdict(condition, {MATTER: matter}) is not False for condition in conditions)
            for matter in self.book.vocabulary.matters
        )


def _without(mapping: Mapping[str, Any], key: str) -> Written:
    return {k: v for k, v in mapping.items() if k != key}


def _put(items: tuple[Any, ...], index: int, *new: Any) -> tuple[Any, ...]:
    """Put other items, or none, in the place of one."""
    return (*items[:index], *new, *items[index + 1 :])


def _following(words: list[str], word: str) -> str:
    """Return the next word of a list, the first after the last: a slip in a pick list."""
    return words[(words.index(word) + 1) % len(words)] if word in words else words[0]
