"""Conditions that make no difference to the rule they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from dutyroute.analysis.checks.finding import Finding, FindingWriter
from dutyroute.analysis.checks.survey import Exclusions, survey_conditions
from dutyroute.analysis.checks.witness import Sighting
from dutyroute.rulebook.conditions import Between, Choice, OneOf, Test, read, tests, verdict
from dutyroute.rulebook.vocabulary import MATTER, Plain
from dutyroute.rulebook.written import written

__all__ = ["ConditionPart", "parts_of", "redundant_conditions"]

When = Mapping[str, Any]
At = tuple[str | int, ...]

_BRANCHES = ("any", "all")


@dataclass(frozen=True, slots=True)
class ConditionPart:
    """One part of a rule's `when`: how it is written, where, and what is left without it."""

    part: str
    at: At
    without: dict[str, Any]


def parts_of(when: When) -> Iterator[ConditionPart]:
    """
    Leave out each part of a condition in turn: keys, branches, values, ends.

    >>> [each.part for each in parts_of({"matter": ("fire", "noise"), "residential": True})]
    ['matter: [fire, noise]', 'matter: fire', 'matter: noise', 'residential: true']
    """
    for key, value in when.items():
        without = {k: v for k, v in when.items() if k != key}
        yield ConditionPart(f"{key}: {written(value)}", (key,), without)
        for part, at, less in _parts_of_value(key, value):
            yield ConditionPart(part, (key, *at), {**when, key: less})


def _parts_of_value(key: str, value: Any) -> Iterator[tuple[str, At, Any]]:
    """Yield each part of what stands under one key, its place, and what is left without it."""
    if isinstance(value, tuple):
        for i, each in enumerate(value) if len(value) > 1 else ():
            yield f"{key}: {written(each)}", (i,), value[:i] + value[i + 1 :]
        for i, branch in enumerate(value) if key in _BRANCHES else ():
            for inner in parts_of(branch):
                if inner.without:
                    less = (*value[:i], inner.without, *value[i + 1 :])
                    yield f"{key}: {inner.part}", (i, *inner.at), less
    elif key == "not":
        yield from ((inner.part, inner.at, inner.without) for inner in parts_of(value) if inner.without)
    elif isinstance(value, Mapping) and set(value) == {"not"}:
        for part, at, less in _parts_of_value(key, value["not"]):
            yield part, ("not", *at), {"not": less}
    elif isinstance(value, Mapping) and len(value) > 1:
        for end, limit in value.items():
            rest = {k: v for k, v in value.items() if k != end}
            yield f"{key}: {{{end}: {written(limit)}}}", (end,), rest


def redundant_conditions(
    writer: FindingWriter, exclusions: Exclusions, sightings: Mapping[str, Sighting]
) -> Iterator[Finding]:
    """
    Yield each part of a condition without which the rule would match the same incidents.

    `sightings` holds the rules that match any. Where a whole condition makes no
    difference, its parts are not reported one by one.
    """
    # Rules that match nothing are dead, which is said already: all their parts are redundant.
    for name, sighting in sightings.items():
        reported: list[At] = []
        for part in _RedundantParts(exclusions, name, sighting).find():
            if not any(part.at[: len(at)] == at for at in reported):
                reported.append(part.at)
                values = {"rule": name, "condition": part.part}
                yield writer.finding("redundant-condition", ("rules", name), values, rules=(name,))


class _RedundantParts:
    """
    Finds the redundant parts of one rule's condition.

    Compiling the condition with and without a part is an exact proof, and slow.
    Most parts are settled before by one incident that matches the rule: change the
    fact of the part alone, and see whether the rule still matches.
    """

    def __init__(self, exclusions: Exclusions, name: str, sighting: Sighting) -> None:
        self.rulebook = exclusions.rulebook
        self.diagram = exclusions.whole
        self.rule = self.rulebook.rules[name]
        self.condition = self.rulebook.conditions["rules", name]
        self.known = {**sighting.path, MATTER: sighting.matter}
        tested = {test.fact for test in tests(self.condition)}
        self.impossible = exclusions.about({*tested, self.rulebook.header.date or "", *sighting.path})

    def find(self) -> list[ConditionPart]:
        """List the parts that make no difference, in the order written."""
        verdicts = {part.at: (part, self._by_one_fact(part)) for part in parts_of(self.rule.when)}
        proven = self._proven([part for part, verdict in verdicts.values() if verdict is None])
        return [part for at, (part, verdict) in verdicts.items() if verdict or at in proven]

    def _by_one_fact(self, part: ConditionPart) -> bool | None:
        """
        Tell whether a part is redundant by changing its fact alone; None if that does not tell.

        The incident that is known to match stays as it is but for this fact. Where
        some value then comes out otherwise, and contradicts nothing, the part makes
        a difference; where no value at all does, it makes none.
        """
        key = str(part.at[0])
        nested = [self.rule.when[k] for k in (*_BRANCHES, "not") if k in self.rule.when]
        if key in (*_BRANCHES, "not") or any(key in _keys(each) for each in nested):
            return None  # the fact is tested in several places
        # A few values do: where the first six all contradict something, the proof decides.
        changed = list(islice(self._told_apart(key, self.rule.when, part.without), 6))
        if not changed:
            return True
        for value in changed:
            incident = {**self.known, key: value}
            if all(verdict(condition, incident) is False for condition in self.impossible.values()):
                return False
        return None

    def _told_apart(self, key: str, one: When, other: When) -> Iterator[Plain]:
        """Yield values of a fact at which two conditions differ; a condition without it takes all."""
        choices: list[Choice | None] = []
        for when in (one, other):
            test = read({key: when[key]}, self.rulebook.vocabulary, ())[0] if key in when else None
            choices.append(test.accepts if isinstance(test, Test) else None)
        for value in self._values(key, [choice for choice in choices if choice is not None]):
            if len({choice is None or value in choice for choice in choices}) > 1:
                yield value

    def _values(self, key: str, choices: list[Choice]) -> Iterable[Any]:
        """List a value of each class that the choices tell apart; of dates, those in force."""
        fact, period = self.diagram.facts[key], self.rulebook.period(self.rule)
        if fact.type not in {"int", "date"}:
            sets = [choice.values for choice in choices if isinstance(choice, OneOf)]
            if len(sets) > 1:
                return sets[0] ^ sets[1]
            # There may be thousands of matters, and the first ones do.
            return self.rulebook.vocabulary.matters if key == MATTER else self.diagram.domain(fact)
        cuts: set[Any] = {cut for c in choices if isinstance(c, Between) for cut in c.cuts}
        is_dated = key == self.rulebook.header.date
        cuts |= {day for day in (period.since, period.until) if is_dated and day is not None}
        values: Iterable[Any] = self.diagram.stretches(fact, sorted(cuts)) if cuts else ()
        return (value for value in values if not is_dated or value in period)

    def _proven(self, doubtful: list[ConditionPart]) -> set[At]:
        """Compile the conditions without each part beside the whole one; keep what never differs."""
        if not doubtful:
            return set()
        words = self.rulebook.vocabulary
        conditions = {str(i): read(part.without, words, ())[0] for i, part in enumerate(doubtful)}
        conditions["whole"] = self.condition
        left = dict(enumerate(doubtful))
        for survey in survey_conditions(self.rulebook, self.rule, conditions, self.impossible):
            for _, settlement in survey.settled():
                whole = "whole" in settlement.matched
                left = {i: part for i, part in left.items() if (str(i) in settlement.matched) is whole}
            if not survey.visit.is_complete:
                return set()
        return {part.at for part in left.values()}


def _keys(when: Any) -> set[str]:
    """Gather all keys inside a nested condition."""
    if isinstance(when, tuple):
        return {key for each in when for key in _keys(each)}
    if isinstance(when, Mapping):
        return set(when).union(*map(_keys, when.values()))
    return set()
