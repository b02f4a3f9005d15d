"""Conditions that make no difference to the rule they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from dutyroute.analysis.checks.finding import Finding, FindingWriter
from dutyroute.analysis.checks.survey import Exclusions, survey_conditions
from dutyroute.analysis.checks.witness import Sighting
from dutyroute.analysis.parts import BRANCHES, At, Part, parts, replaced
from dutyroute.rulebook.conditions import Between, Choice, OneOf, Test, read, tests, verdict
from dutyroute.rulebook.vocabulary import MATTER, Plain

__all__ = ["redundant_conditions", "removable"]

When = Mapping[str, Any]


def removable(when: When) -> Iterator[Part]:
    """
    Yield each part that a condition can do without: keys, branches, values, ends.

    >>> [each.said for each in removable({"matter": ("fire", "noise"), "residential": True})]
    ['matter: [fire, noise]', 'matter: fire', 'matter: noise', 'residential: true']
    """
    # Without its only part a list or a branch is no condition any more; a whole `when` is.
    return (part for part in parts(when) if len(part.among) > 1 or part.among is when)


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
                values = {"rule": name, "condition": part.said}
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

    def find(self) -> list[Part]:
        """List the parts that make no difference, in the order written."""
        verdicts = {part.at: (part, self._by_one_fact(part)) for part in removable(self.rule.when)}
        proven = self._proven([part for part, verdict in verdicts.values() if verdict is None])
        return [part for at, (part, verdict) in verdicts.items() if verdict or at in proven]

    def _by_one_fact(self, part: Part) -> bool | None:
        """
        Tell whether a part is redundant by changing its fact alone; None if that does not tell.

        The incident that is known to match stays as it is but for this fact. Where
        some value then comes out otherwise, and contradicts nothing, the part makes
        a difference; where no value at all does, it makes none.
        """
        key = str(part.at[0])
        tested = [each.key for each in parts(self.rule.when) if each.kind == "entry"]
        if key in (*BRANCHES, "not") or tested.count(key) > 1:
            return None  # the fact is tested in several places
        # A few values do: where the first six all contradict something, the proof decides.
        changed = list(islice(self._told_apart(key, self.rule.when, replaced(self.rule.when, part.at)), 6))
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

    def _proven(self, doubtful: list[Part]) -> set[At]:
        """Compile the conditions without each part beside the whole one; keep what never differs."""
        if not doubtful:
            return set()
        words, when = self.rulebook.vocabulary, self.rule.when
        conditions = {str(i): read(replaced(when, p.at), words, ())[0] for i, p in enumerate(doubtful)}
        conditions["whole"] = self.condition
        left = dict(enumerate(doubtful))
        for survey in survey_conditions(self.rulebook, self.rule, conditions, self.impossible):
            for _, settlement in survey.settled():
                whole = "whole" in settlement.matched
                left = {i: part for i, part in left.items() if (str(i) in settlement.matched) is whole}
            if not survey.visit.is_complete:
                return set()
        return {part.at for part in left.values()}
