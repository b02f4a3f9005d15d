"""Conditions that make no difference to the rule they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from dutyroute.analysis.checks.alone import Alone
from dutyroute.analysis.checks.finding import Finding
from dutyroute.analysis.checks.idle_rules import Sight
from dutyroute.analysis.checks.impossible import Exclusions, facts_of
from dutyroute.analysis.checks.teller import Teller
from dutyroute.rulebook.conditions import Between, Choice, Condition, OneOf, Test, read, verdict
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Rule
from dutyroute.rulebook.vocabulary import MATTER, Plain
from dutyroute.rulebook.written import written

__all__ = ["Lesser", "lesser", "redundant_conditions"]

When = Mapping[str, Any]
At = tuple[str | int, ...]

_BRANCHES = ("any", "all")


@dataclass(frozen=True, slots=True)
class Lesser:
    """A rule's `when` with one part left out: which part, where, and what is left."""

    part: str
    at: At
    when: dict[str, Any]


def lesser(when: When) -> Iterator[Lesser]:
    """
    Leave out each part of a condition in turn: keys, branches, values, ends.

    >>> [each.part for each in lesser({"matter": ("fire", "noise"), "residential": True})]
    ['matter: [fire, noise]', 'matter: fire', 'matter: noise', 'residential: true']
    """
    for key, value in when.items():
        yield Lesser(f"{key}: {_flow(value)}", (key,), {k: v for k, v in when.items() if k != key})
        for part, at, less in _lesser_value(key, value):
            yield Lesser(part, (key, *at), {**when, key: less})


def _lesser_value(key: str, value: Any) -> Iterator[tuple[str, At, Any]]:
    if isinstance(value, tuple):
        yield from _lesser_list(key, value)
    elif key == "not":
        yield from ((inner.part, inner.at, inner.when) for inner in lesser(value) if inner.when)
    elif isinstance(value, Mapping) and set(value) == {"not"}:
        for part, at, less in _lesser_value(key, value["not"]):
            yield part, ("not", *at), {"not": less}
    elif isinstance(value, Mapping) and len(value) > 1:
        for end in value:
            yield (
                f"{key}: {{{end}: {_flow(value[end])}}}",
                (end,),
                {k: v for k, v in value.items() if k != end},
            )


def _lesser_list(key: str, value: tuple[Any, ...]) -> Iterator[tuple[str, At, Any]]:
    if len(value) > 1:
        for i, each in enumerate(value):
            yield f"{key}: {_flow(each)}", (i,), value[:i] + value[i + 1 :]
    if key in _BRANCHES:
        for i, branch in enumerate(value):
            for inner in lesser(branch):
                if inner.when:
                    less = (*value[:i], inner.when, *value[i + 1 :])
                    yield f"{key}: {inner.part}", (i, *inner.at), less


def _flow(value: Any) -> str:
    """Write a value as YAML does on one line."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + "}"
    return written(value)


def redundant_conditions(
    teller: Teller, exclusions: Exclusions, sights: Mapping[str, Sight]
) -> Iterator[Finding]:
    """
    Tell each part of a condition without which the rule would apply to the same incidents.

    `sights` holds the rules that apply to any. Where a whole condition makes no
    difference, its parts are not told one by one.
    """
    for name, sight in sights.items():
        told: list[At] = []
        for each in _RedundantParts(teller.rulebook, exclusions, name, sight).redundant():
            if not any(each.at[: len(at)] == at for at in told):
                told.append(each.at)
                yield teller.tell(
                    "redundant-condition",
                    ("rules", name),
                    {"rule": name, "condition": each.part},
                    rules=(name,),
                )


class _RedundantParts:
    """Looks for redundant parts of one rule's condition: by one changed fact, else by proof."""

    def __init__(self, rulebook: Rulebook, exclusions: Exclusions, name: str, sight: Sight) -> None:
        self.rulebook = rulebook
        self.diagram = exclusions.whole
        self.rule = rulebook.rules[name]
        self.condition = rulebook.conditions["rules", name]
        self.known = {**sight.path, MATTER: sight.matter}
        self.impossible = exclusions.about(
            {*facts_of(self.condition), rulebook.header.date or "", *sight.path}
        )

    def redundant(self) -> list[Lesser]:
        """List the parts that make no difference, in the order written."""
        verdicts = {each.at: (each, self._at_a_glance(each)) for each in lesser(self.rule.when)}
        proven = self._proven([each for each, verdict in verdicts.values() if verdict is None])
        return [each for at, (each, verdict) in verdicts.items() if verdict or at in proven]

    def _at_a_glance(self, less: Lesser) -> bool | None:
        """
        Tell whether a part is redundant by changing its fact alone; None if that does not tell.

        The incident known to fulfil the rule stays as it is but for this fact.
        Where some value then comes out otherwise, and contradicts nothing, the
        part makes a difference; where no value at all does, it makes none.
        """
        key = str(less.at[0])
        if not _stands_alone(key, self.rule):
            return None
        before, after = self._test(key, self.rule.when), self._test(key, less.when)
        changed = list(islice(self._told_apart(key, before, after), 6))
        if not changed:
            return True
        return False if any(self._is_possible({**self.known, key: v}) for v in changed) else None

    def _test(self, key: str, when: When) -> Condition | None:
        return read({key: when[key]}, self.rulebook.vocabulary, ())[0] if key in when else None

    def _told_apart(self, key: str, one: Condition | None, other: Condition | None) -> Iterator[Plain]:
        """Yield values of a fact at which two tests of it differ; no test takes everything."""
        choices = [test.accepts if isinstance(test, Test) else None for test in (one, other)]
        for value in self._values(key, [choice for choice in choices if choice is not None]):
            if len({choice is None or value in choice for choice in choices}) > 1:
                yield value

    def _values(self, key: str, choices: Sequence[Choice]) -> Iterable[Any]:
        """List a value of each class that the choices tell apart, of dates those in force."""
        fact, period = self.diagram.facts[key], self.rulebook.period(self.rule)
        if fact.type not in {"int", "date"}:
            sets = [choice.values for choice in choices if isinstance(choice, OneOf)]
            return sets[0] ^ sets[1] if len(sets) > 1 else self._domain(key)
        cuts: set[Any] = {cut for c in choices if isinstance(c, Between) for cut in c.cuts}
        is_dated = key == self.rulebook.header.date
        cuts |= {day for day in (period.since, period.until) if is_dated and day is not None}
        values: Iterable[Any] = self.diagram.stretches(fact, sorted(cuts)) if cuts else ()
        return (value for value in values if not is_dated or value in period)

    def _domain(self, key: str) -> Iterable[Plain]:
        if key == MATTER:
            return self.rulebook.vocabulary.matters  # there may be thousands, and the first ones do
        return self.diagram.domain(self.diagram.facts[key])

    def _is_possible(self, values: Mapping[str, Plain]) -> bool:
        return all(verdict(condition, values) is False for condition in self.impossible.values())

    def _proven(self, doubtful: list[Lesser]) -> set[At]:
        """Compile the doubtful conditions beside the whole one; redundant is what never parts from it."""
        if not doubtful:
            return set()
        words = self.rulebook.vocabulary
        conditions = {str(i): read(each.when, words, ())[0] for i, each in enumerate(doubtful)}
        left = dict(enumerate(doubtful))
        for survey in Alone(
            self.rulebook, self.rule, {**conditions, "whole": self.condition}, self.impossible
        ).surveys():
            for _, settlement in survey.settled():
                whole = "whole" in settlement.matched
                left = {i: e for i, e in left.items() if (str(i) in settlement.matched) is whole}
            if not survey.is_complete:
                return set()
        return {each.at for each in left.values()}


def _stands_alone(key: str, rule: Rule) -> bool:
    """Tell whether a fact is tested by one key at the top of a condition, and nowhere else."""
    nested = (rule.when[k] for k in (*_BRANCHES, "not") if k in rule.when)
    return key not in (*_BRANCHES, "not") and not any(key in _keys(each) for each in nested)


def _keys(written: Any) -> set[str]:
    """Gather all keys inside a nested condition."""
    if isinstance(written, tuple):
        return {key for each in written for key in _keys(each)}
    if isinstance(written, Mapping):
        return set(written).union(*map(_keys, written.values()))
    return set()
