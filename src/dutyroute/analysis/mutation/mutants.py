"""The small mistakes that a person might make in a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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
Slip = tuple[str, Any, Any, Written]
"""A kind of mistake, what stood there, what stands there now, and the whole as it is now."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule with one small mistake in it; `said` words the mistake in each language."""

    kind: str
    said: Mapping[Lang, str]
    rule: Rule


def mutants(rulebook: Rulebook) -> Iterator[Mutant]:
    """Make every small mistake in every rule, each once, in a fixed order."""
    words = {lang: DiffWording(rulebook, rulebook, lang) for lang in LANGUAGES}
    for name in sorted(rulebook.rules):
        rule = rulebook.rules[name]
        seen = {repr(rule)}
        for kind, was, now, written in _Slips(rulebook, rule).all():
            mutated = _valid(written, rulebook)
            if mutated is not None and repr(mutated) not in seen:
                seen.add(repr(mutated))
                yield Mutant(kind, {lang: _said(words[lang], kind, was, now) for lang in LANGUAGES}, mutated)


def _valid(written: Written, book: Rulebook) -> Rule | None:
    """Return the rule, unless the loader would refuse it: then no case need notice."""
    try:
        rule = Rule.model_validate(written)
    except ValidationError:
        return None
    _, faults = read(rule.when, book.vocabulary, ())
    is_whole = bool(rule.assign or rule.flag) and (rule.default is None or rule.default in rule.assign)
    return rule if is_whole and not faults else None


def _said(words: DiffWording, kind: str, was: Any, now: Any) -> str:
    values = {"was": _named(words, was), "now": _named(words, now)}
    return word(f"mistake-{kind}", words.lang, **values)


def _named(words: DiffWording, what: Any) -> str:
    """Word what stood or stands there: a pair of how to name it, and it."""
    if what is None:
        return ""
    kind, entry = what
    if kind == "party":
        return words.party(entry)
    if kind == "role":
        return words.role(entry)
    if kind == "flag":
        return words.listed(words.flag(flag) for flag in entry)
    if kind == "when":
        return words.condition(*entry)
    return str(entry)


class _Slips:
    """Makes the mistakes in one rule."""

    def __init__(self, book: Rulebook, rule: Rule) -> None:
        self.book = book
        self.rule = rule
        self.written: Written = rule.model_dump(by_alias=True, exclude_defaults=True)

    def all(self) -> Iterator[Slip]:
        """Yield every mistake, with the rule as it is then."""
        yield from self._in_assign()
        for kind, was, now, when in self._in_when(self.written["when"]):
            yield kind, was, now, {**self.written, "when": when}
        yield from self._in_period()
        yield from self._left_out()
        yield from self._added()

    def _in_assign(self) -> Iterator[Slip]:
        roles = [role for role in self.book.vocabulary.roles if role != LEAD]
        assign = self.written.get("assign", {})
        for role, assignments in assign.items():
            others = {r: a for r, a in assign.items() if r != role}
            wrong = _following([r for r in roles if r not in others], role)
            renamed = {**self.written, "assign": {**others, wrong: assignments}}
            if self.rule.default == role:
                renamed["default"] = wrong
            yield "role", ("role", role), ("role", wrong), renamed
            for index, each in enumerate(assignments):
                for kind, was, now, fresh in self._in_assignment(each):
                    kept = (*assignments[:index], *((fresh,) if fresh else ()), *assignments[index + 1 :])
                    yield (
                        kind,
                        was,
                        now,
                        {**self.written, "assign": {**others, role: kept} if kept else others},
                    )

    def _in_assignment(self, each: Written) -> Iterator[Slip]:
        for index, party in enumerate(each["party"]):
            others = (*each["party"][:index], *each["party"][index + 1 :])
            wrong = _following([p for p in self.book.vocabulary.parties if p not in others], party)
            swapped = (*each["party"][:index], wrong, *each["party"][index + 1 :])
            yield "party", ("party", party), ("party", wrong), {**each, "party": swapped}
            yield "party-forgotten", ("party", party), None, {**each, "party": others} if others else {}
        for told in each.get("to", ()):
            to = tuple(t for t in each["to"] if t != told)
            yield "to-forgotten", ("role" if told == LEAD else "party", told), None, {**each, "to": to}

    def _in_when(self, when: Mapping[str, Any]) -> Iterator[Slip]:
        """Drop, negate, widen, narrow or shift each test, at any depth."""
        for key, value in when.items():
            said = ("when", (key, value))
            yield "dropped", said, None, {k: v for k, v in when.items() if k != key}
            if key not in ("any", "all", "not"):
                yield "negated", said, None, {**when, key: _negated(value)}
            for kind, was, now, changed in self._in_test(key, value):
                yield kind, was, now, {**when, key: changed}

    def _in_test(self, key: str, value: Any) -> Iterator[tuple[str, Any, Any, Any]]:
        if key in ("any", "all"):
            yield from self._in_branches(value)
        elif key == "not":
            yield from self._in_when(value)
        elif isinstance(value, Mapping) and "not" in value:
            yield from ((k, was, now, {"not": v}) for k, was, now, v in self._in_test(key, value["not"]))
        elif isinstance(value, Mapping):
            yield from self._in_range(key, value)
        else:
            yield from self._in_values(key, value)

    def _in_branches(self, branches: tuple[Any, ...]) -> Iterator[tuple[str, Any, Any, Any]]:
        for index, part in enumerate(branches):
            before, after = branches[:index], branches[index + 1 :]
            if len(branches) > 1:
                yield "branch-forgotten", ("when", ("all", (part,))), None, (*before, *after)
            for kind, was, now, changed in self._in_when(part):
                yield kind, was, now, (*before, changed, *after)

    def _in_range(self, key: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any, Any]]:
        for end, point in value.items():
            for shifted in beside(point):
                changed = {**value, end: shifted}
                yield "shifted", ("when", (key, value)), ("when", (key, changed)), changed

    def _in_values(self, key: str, value: Any) -> Iterator[tuple[str, Any, Any, Any]]:
        listed = value if isinstance(value, tuple) else (value,)
        for index, each in enumerate(listed):
            others = (*listed[:index], *listed[index + 1 :])
            if others:
                yield "value-forgotten", ("when", (key, each)), None, others
            for kind, wrong in self._wrong(key, each):
                if wrong not in others:
                    changed = (*listed[:index], wrong, *listed[index + 1 :])
                    yield kind, ("when", (key, each)), ("when", (key, wrong)), changed

    def _wrong(self, key: str, value: Any) -> Iterator[tuple[str, Any]]:
        """Yield what might stand for a value by mistake: wider, narrower, next, one off."""
        fact = self.book.vocabulary.facts[key]
        matters = self.book.vocabulary.matters
        if key == MATTER:
            parent = matters[value].parent
            yield from (("widened", parent),) if parent else ()
            yield from [("narrowed", m) for m, entry in matters.items() if entry.parent == value][:1]
        elif fact.type == "enum":
            yield "value", _following(list(self.book.vocabulary.domain(fact)), value)
        elif fact.type in {"int", "date"}:
            yield from (("shifted", point) for point in beside(value))

    def _in_period(self) -> Iterator[Slip]:
        period = self.book.period(self.rule)
        ends = {k: day for k, day in (("from", period.since), ("until", period.until)) if day}
        for end, day in ends.items():
            for shifted in beside(day):
                yield (
                    "date",
                    ("day", day),
                    ("day", shifted),
                    {**self.written, "in_force": {**ends, end: shifted}},
                )

    def _left_out(self) -> Iterator[Slip]:
        """Forget what changes how a rule counts beside others."""
        for key in ("default", "joint", "flag", "overrides"):
            if key in self.written:
                was = ("flag", self.rule.flag) if key == "flag" else None
                yield f"{key}-forgotten", was, None, {k: v for k, v in self.written.items() if k != key}

    def _added(self) -> Iterator[Slip]:
        """Make a rule a default, or let it strike out another, where it is not meant to."""
        if not self.rule.assign:
            return
        if self.rule.default is None:
            role = LEAD if LEAD in self.rule.assign else next(iter(self.rule.assign))
            yield "default-added", ("role", role), None, {**self.written, "default": role}
        for other in self._beside()[:1]:
            overrides = (*self.rule.overrides, other)
            yield "overrides-added", ("rule", other), None, {**self.written, "overrides": overrides}

    def _beside(self) -> list[str]:
        """List the rules that can match beside this one and give one of its roles."""
        return [
            other.id
            for other in sorted(self.book.rules.values(), key=lambda rule: rule.id)
            if other.id != self.rule.id
            and not other.overrides
            and other.id not in self.rule.overrides
            and not set(other.assign).isdisjoint(self.rule.assign)
            and any(
                self._about(self.rule.id, m) and self._about(other.id, m)
                for m in self.book.vocabulary.matters
            )
        ]

    def _about(self, rule: str, matter: str) -> bool:
        return verdict(self.book.conditions["rules", rule], {MATTER: matter}) is not False


def _negated(value: Any) -> Any:
    return value["not"] if isinstance(value, Mapping) and set(value) == {"not"} else {"not": value}


def _following(words: list[str], word: str) -> str:
    """Return the next word of a list, the first after the last: a slip in a pick list."""
    return words[(words.index(word) + 1) % len(words)] if word in words else words[0]
