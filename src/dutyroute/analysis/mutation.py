"""Small mistakes a person might make in a rule, and whether the cases would notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from dutyroute.analysis.diff import Region
from dutyroute.analysis.sides import Sides
from dutyroute.conditions import read
from dutyroute.diagram import Diagram
from dutyroute.explanation import verdict
from dutyroute.rules import LEAD, Rule, Rulebook
from dutyroute.vocabulary import MATTER

__all__ = ["Mutant", "Score", "Survivor", "mutants", "score"]

Written = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule with one small mistake in it; `kind` names the mistake, `detail` where it is."""

    kind: str
    detail: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that changes decisions and that no case noticed; `region` tells which."""

    mutant: Mutant
    region: Region


@dataclass(frozen=True, slots=True)
class Score:
    """
    How many mutants the cases noticed.

    `equivalent` ones change no decision: proved by an empty diff, and left out
    of the rate.
    """

    killed: int
    equivalent: int
    survivors: tuple[Survivor, ...]

    @property
    def rate(self) -> float:
        """Between 0 and 1, of the mutants that change some decision."""
        of = self.killed + len(self.survivors)
        return self.killed / of if of else 1.0


def score(
    rulebook: Rulebook,
    notices: Callable[[Rulebook, frozenset[str]], bool],
    made: Iterable[Mutant] | None = None,
) -> Score:
    """
    Try every mutant against the cases.

    `notices` tells whether any case about one of the given matters fails under a
    changed rulebook.
    """
    original = Diagram(rulebook)
    killed = equivalent = 0
    survivors = []
    for mutant in mutants(rulebook) if made is None else made:
        changed = applied(rulebook, mutant)
        matters = affected(rulebook, changed, mutant.rule.id)
        if notices(changed, matters):
            killed += 1
            continue
        region = Sides(original, Diagram(changed, original.order)).first(matters)
        if region is None:
            equivalent += 1
        else:
            survivors.append(Survivor(mutant, region))
    return Score(killed, equivalent, tuple(survivors))


def applied(rulebook: Rulebook, mutant: Mutant) -> Rulebook:
    """Return the rulebook with a mutant in place of its rule."""
    name = mutant.rule.id
    condition, _ = read(mutant.rule.when, rulebook.vocabulary, ())
    return replace(
        rulebook,
        rules={**rulebook.rules, name: mutant.rule},
        conditions={**rulebook.conditions, ("rules", name): condition},
    )


def affected(old: Rulebook, new: Rulebook, rule: str) -> frozenset[str]:
    """List the matters whose decisions a change of one rule could touch."""
    conditions = [book.conditions["rules", rule] for book in (old, new)]
    matters = old.vocabulary.matters
    return frozenset(m for m in matters if any(verdict(c, {MATTER: m}) is not False for c in conditions))


def mutants(rulebook: Rulebook) -> Iterator[Mutant]:
    """Make every small mistake in every rule, each once, in a fixed order."""
    for name in sorted(rulebook.rules):
        rule = rulebook.rules[name]
        seen = {repr(rule)}
        for kind, detail, written in _mistakes(_plain(rule), rulebook):
            try:
                mutated = Rule.model_validate(written)
            except ValidationError:
                continue  # a mistake that the loader would refuse
            if repr(mutated) not in seen and (mutated.assign or mutated.flag):
                seen.add(repr(mutated))
                yield Mutant(kind, detail, mutated)


def _plain(rule: Rule) -> Written:
    return rule.model_dump(by_alias=True, exclude_defaults=True)


def _mistakes(rule: Written, book: Rulebook) -> Iterator[tuple[str, str, Written]]:
    yield from _in_assign(rule, book)
    for at, changed in _in_condition(rule["when"], book):
        yield "condition", at, {**rule, "when": changed}
    yield from _in_period(rule)
    yield from _toggled(rule)


def _in_assign(rule: Written, book: Rulebook) -> Iterator[tuple[str, str, Written]]:
    """Name another party or role, forget a party, forget whom to tell."""
    parties, roles = list(book.vocabulary.parties), [r for r in book.vocabulary.roles if r != LEAD]
    for role, assignments in rule.get("assign", {}).items():
        others = {r: a for r, a in rule["assign"].items() if r != role}
        if (wrong := _following(roles, role)) not in others:
            yield "role", f"{role} → {wrong}", {**rule, "assign": {**others, wrong: assignments}}
        for index, each in enumerate(assignments):
            for what, party in _in_parties(each, parties):
                rest = (*assignments[:index], *((party,) if party else ()), *assignments[index + 1 :])
                assign = {**others, role: rest} if rest else others
                yield "party", f"{role}: {what}", _consistent({**rule, "assign": assign})


def _consistent(rule: Written) -> Written:
    """Drop `default` and `joint` where the mistake took away what they speak of."""
    if rule.get("default") not in (None, *rule["assign"]):
        rule = {k: v for k, v in rule.items() if k != "default"}
    return rule


def _in_parties(each: Written, parties: list[str]) -> Iterator[tuple[str, Written | None]]:
    for index, party in enumerate(each["party"]):
        others = (*each["party"][:index], *each["party"][index + 1 :])
        wrong = _following([p for p in parties if p not in others], party)
        yield f"{party} → {wrong}", {**each, "party": (*each["party"][:index], wrong, *each["party"][index + 1 :])}
        yield f"{party} → —", {**each, "party": others} if others else None
    for told in each.get("to", ()):
        yield f"to {told} → —", {**each, "to": tuple(t for t in each["to"] if t != told)}


def _following(words: list[str], word: str) -> str:
    """Return the next word of a list, the first after the last: a slip in a pick list."""
    return words[(words.index(word) + 1) % len(words)] if word in words else words[0]


def _in_condition(when: Mapping[str, Any], book: Rulebook) -> Iterator[tuple[str, Written]]:
    """Drop, negate, widen, narrow or shift each test, at any depth."""
    for key, value in when.items():
        rest = {k: v for k, v in when.items() if k != key}
        yield f"{key} → —", rest
        for at, changed in _in_test(key, value, book):
            yield at, {**when, key: changed}
        if key not in ("any", "all", "not") and not (isinstance(value, Mapping) and "not" in value):
            if not isinstance(value, Mapping):
                yield f"{key} → not", {**when, key: {"not": value}}


def _in_test(key: str, value: Any, book: Rulebook) -> Iterator[tuple[str, Any]]:
    if key in ("any", "all"):
        for index, part in enumerate(value):
            if len(value) > 1:
                yield f"{key}[{index}] → —", (*value[:index], *value[index + 1 :])
            for at, changed in _in_condition(part, book):
                yield f"{key}[{index}] {at}", (*value[:index], changed, *value[index + 1 :])
    elif key == "not":
        yield from ((f"not {at}", changed) for at, changed in _in_condition(value, book))
    elif isinstance(value, Mapping):
        yield from _in_range(key, value, book)
    else:
        yield from _in_values(key, value, book)


def _in_range(key: str, value: Mapping[str, Any], book: Rulebook) -> Iterator[tuple[str, Any]]:
    if "not" in value:
        yield f"{key} → without not", value["not"]
        yield from ((at, {"not": changed}) for at, changed in _in_values(key, value["not"], book))
        return
    for end, point in value.items():
        for shifted in _shifted(point):
            yield f"{key} {end} {point} → {shifted}", {**value, end: shifted}


def _shifted(point: Any) -> Iterator[Any]:
    step: Any = timedelta(days=1) if isinstance(point, date) else 1
    yield from (point - step, point + step)


def _in_values(key: str, value: Any, book: Rulebook) -> Iterator[tuple[str, Any]]:
    listed = value if isinstance(value, tuple) else (value,)
    for index, each in enumerate(listed):
        others = (*listed[:index], *listed[index + 1 :])
        if others:
            yield f"{key}: {each} → —", others
        for wrong in _slips(key, each, book):
            if wrong not in others:
                yield f"{key}: {each} → {wrong}", (*listed[:index], wrong, *listed[index + 1 :])


def _slips(key: str, value: Any, book: Rulebook) -> Iterator[Any]:
    """Yield what might stand for a value by mistake: wider, narrower, next, one off."""
    fact = book.vocabulary.facts[key]
    if key == MATTER:
        parent = book.vocabulary.matters[value].parent
        yield from (parent,) if parent else ()
        yield from [m for m, entry in book.vocabulary.matters.items() if entry.parent == value][:1]
    elif fact.type == "enum":
        yield _following(list(book.vocabulary.domain(fact)), value)
    elif fact.type in {"int", "date"}:
        yield from _shifted(value)


def _in_period(rule: Written) -> Iterator[tuple[str, str, Written]]:
    period = rule.get("in_force") or {}
    for end, day in period.items():
        if isinstance(day, date):
            for shifted in _shifted(day):
                yield "date", f"{end} {day} → {shifted}", {**rule, "in_force": {**period, end: shifted}}


def _toggled(rule: Written) -> Iterator[tuple[str, str, Written]]:
    """Forget or add what changes how a rule counts beside others."""
    for key in ("default", "joint", "overrides", "flag"):
        if key in rule:
            yield key, f"{key} → —", {k: v for k, v in rule.items() if k != key}
    if "default" not in rule and rule.get("assign"):
        role = LEAD if LEAD in rule["assign"] else next(iter(rule["assign"]))
        yield "default", f"default: {role}", {**rule, "default": role}
