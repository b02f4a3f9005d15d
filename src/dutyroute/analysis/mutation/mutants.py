"""The small mistakes that a person might make in a rule."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from dutyroute.analysis.differences.region import beside
from dutyroute.analysis.differences.wording import DiffWording
from dutyroute.analysis.parts import BRANCHES, parts, replaced
from dutyroute.messages import LANGUAGES, Lang, word
from dutyroute.rulebook.conditions import read, verdict
from dutyroute.rulebook.references import references
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Rule
from dutyroute.rulebook.vocabulary import MATTER

Written = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule with one small mistake in it; `said` words the mistake in each language."""

    kind: str
    said: Mapping[Lang, str]
    rule: Rule


class _Mistake(NamedTuple):
    """
    A mistake, and what it makes of the rule as it is written.

    `was` and `now` are what stood there and what stands there now, each with the
    kind of name that it is.
    """

    kind: str
    was: tuple[str, Any] | None
    now: tuple[str, Any] | None
    written: Written


def mutants(rulebook: Rulebook) -> Iterator[Mutant]:
    """Make every small mistake in every rule, each once, in a fixed order."""
    words = {lang: DiffWording(rulebook, rulebook, lang) for lang in LANGUAGES}
    # The order is fixed, so that two runs can be compared and a run can be cut short.
    for name in sorted(rulebook.deciding):
        rule = rulebook.rules[name]
        seen = {repr(rule)}
        for mistake in _Mistakes(rulebook, rule).all():
            mutated = _valid(mistake.written, rulebook)
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
        self.written: Written = rule.written()

    def all(self) -> Iterator[_Mistake]:
        """Yield every mistake, with the rule as it is then."""
        yield from self._in_assign()
        yield from self._in_when()
        period = self.book.period(self.rule)
        ends = {k: day for k, day in (("from", period.since), ("until", period.until)) if day}
        for end, day in ends.items():
            for shifted in beside(day):
                changed = {**self.written, "in_force": {**ends, end: shifted}}
                yield _Mistake("date", ("day", day), ("day", shifted), changed)
        for key in ("default", "beside", "vacated", "joint", "flag", "overrides"):
            if key in self.written:
                was = ("flags", self.rule.flag) if key == "flag" else None
                yield _Mistake(f"{key}-forgotten", was, None, replaced(self.written, (key,)))
        if self.rule.beside:
            yield from self._in_beside(self.written["beside"])
        if self.rule.assign:
            yield from self._added()

    def _in_assign(self) -> Iterator[_Mistake]:
        """Take one name for another, or forget it, wherever the rule names parties and roles."""
        for ref, name, at, on in references(self.rule):
            if at[0] != "assign":
                continue
            was, assign = (ref.kind, name), self.written["assign"]
            if on == "key":
                wrong = self._confused("roles", name, assign)
                renamed = {wrong if role == name else role: given for role, given in assign.items()}
                changed = {**self.written, "assign": renamed}
                if self.rule.default == name:
                    changed["default"] = wrong
                yield _Mistake("role", was, ("roles", wrong), changed)
            elif at[-2] == "to":
                was = ("roles", LEAD) if name == LEAD else was
                told = assign[at[1]][at[2]]["to"]
                left = tuple(each for each in told if each != name)
                yield _Mistake("to-forgotten", was, None, replaced(self.written, at[:-1], left))
            else:
                assignments = assign[at[1]]
                parties = assignments[at[2]]["party"]
                wrong = self._confused("parties", name, parties)
                yield _Mistake("party", was, ("parties", wrong), replaced(self.written, at, wrong))
                # An assignment without a party, and a role without an assignment, are none.
                alone = at[:3] if len(assignments) > 1 else at[:2]
                left = replaced(self.written, at if len(parties) > 1 else alone)
                yield _Mistake("party-forgotten", was, None, left)

    def _in_beside(self, written: Mapping[str, tuple[str, ...]]) -> Iterator[_Mistake]:
        """Turn `beside` into its contrary, or forget one of its roles."""
        ((key, roles),) = written.items()
        contrary = {"not" if key == "any" else "any": roles}
        yield _Mistake("beside-negated", None, None, {**self.written, "beside": contrary})
        for role in roles if len(roles) > 1 else ():
            left = {key: tuple(each for each in roles if each != role)}
            yield _Mistake("beside-role-forgotten", ("roles", role), None, {**self.written, "beside": left})

    def _confused(self, kind: str, name: str, others: Collection[str]) -> str:
        """Return the name that stands in for another by mistake, one that is not there already."""
        # Nobody takes another role for the lead: it stands first and has its own obligations.
        known = [each for each in self.book.tables[kind] if each != LEAD]
        return _following([each for each in known if each == name or each not in others], name)

    def _in_when(self) -> Iterator[_Mistake]:
        """Drop, negate, widen, narrow or shift each test, at any depth."""
        for part in parts(self.rule.when):
            key, value, at = part.key, part.value, ("when", *part.at)
            said = ("when", (key, value))
            without = replaced(self.written, at)
            is_one_of_many = len(part.among) > 1
            if part.kind == "entry":
                yield _Mistake("dropped", said, None, without)
                if key not in (*BRANCHES, "not"):
                    is_negated = isinstance(value, Mapping) and set(value) == {"not"}
                    negated = value["not"] if is_negated else {"not": value}
                    yield _Mistake("negated", said, None, replaced(self.written, at, negated))
            elif part.kind == "branch" and is_one_of_many:
                yield _Mistake("branch-forgotten", ("when", ("all", (value,))), None, without)
            elif part.kind == "end":
                was = "when", (key, part.among)
                for shifted in beside(value):
                    now = "when", (key, replaced(part.among, (part.at[-1],), shifted))
                    yield _Mistake("shifted", was, now, replaced(self.written, at, shifted))
            elif part.kind == "value":
                if is_one_of_many:
                    yield _Mistake("value-forgotten", said, None, without)
                for kind, wrong in self._wrong(key, value):
                    if wrong not in part.among:
                        now = ("when", (key, wrong))
                        yield _Mistake(kind, said, now, replaced(self.written, at, wrong))

    def _wrong(self, key: str, value: Any) -> Iterator[tuple[str, Any]]:
        """Yield what might stand for a value by mistake: wider, narrower, next, one off."""
        fact, matters = self.book.vocabulary.facts[key], self.book.vocabulary.matters
        if key == MATTER:
            parent = matters[value].parent
            yield from (("widened", parent),) if parent else ()
            yield from [("narrowed", m) for m, entry in matters.items() if entry.parent == value][:1]
        elif fact.type == "enum":
            yield "value", _following([each.id for each in fact.values], value)
        elif fact.type in {"int", "date"}:
            yield from (("shifted", point) for point in beside(value))

    def _added(self) -> Iterator[_Mistake]:
        """Make a rule a default, or let it override another, where it is not meant to."""
        if self.rule.default is None:
            role = LEAD if LEAD in self.rule.assign else next(iter(self.rule.assign))
            yield _Mistake("default-added", ("roles", role), None, {**self.written, "default": role})
        # One such mistake for each rule is enough: noticing it takes the same kind of case.
        other = next(filter(self._could_override, sorted(self.book.rules)), None)
        if other is not None:
            changed = {**self.written, "overrides": (*self.rule.overrides, other)}
            yield _Mistake("overrides-added", ("rule", other), None, changed)

    def _could_override(self, name: str) -> bool:
        """Tell whether another rule can match beside this one and give one of its roles."""
        other = self.book.rules[name]
        if other.id == self.rule.id or other.overrides or other.id in self.rule.overrides:
            return False
        conditions = [self.book.conditions["rules", rule] for rule in (self.rule.id, other.id)]
        return not set(other.assign).isdisjoint(self.rule.assign) and any(
            all(verdict(condition, {MATTER: matter}) is not False for condition in conditions)
            for matter in self.book.vocabulary.matters
        )


def _following(words: list[str], word: str) -> str:
    """Return the next word of a list, the first after the last: a slip in a pick list."""
    return words[(words.index(word) + 1) % len(words)] if word in words else words[0]
