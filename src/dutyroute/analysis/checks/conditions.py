"""Conditions that make no difference to the rule they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from dutyroute.analysis.checks.finding import Finding, FindingWriter
from dutyroute.analysis.checks.survey import Exclusions, survey_conditions
from dutyroute.analysis.checks.witness import Sighting
from dutyroute.analysis.parts import BRANCHES, At, Part, parts, replaced
from dutyroute.rulebook.conditions import Between, Condition, read, tests, verdict
from dutyroute.rulebook.vocabulary import MATTER

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
                about = (name, part.said)
                yield writer.finding(
                    "redundant-condition", ("rules", name), values, rules=(name,), about=about
                )


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
        without, _ = read(replaced(self.rule.when, part.at), self.rulebook.vocabulary, ())
        changed = ({**self.known, key: value} for value in self._values(key, without))
        told_apart = (each for each in changed if verdict(self.condition, each) != verdict(without, each))
        # A few values do: where the first six all contradict something, the proof decides.
        few = list(islice(told_apart, 6))
        impossible = self.impossible.values()
        if any(all(verdict(each, incident) is False for each in impossible) for incident in few):
            return False
        return None if few else True

    def _values(self, key: str, without: Condition) -> Iterable[Any]:
        """List a value of each class that both conditions tell apart; of dates, those in force."""
        fact, period = self.diagram.facts[key], self.rulebook.period(self.rule)
        if fact.type not in {"int", "date"}:
            # There may be thousands of matters, and the first ones do.
            words = self.rulebook.vocabulary
            return words.matters if key == MATTER else words.domain(fact)
        both = chain(tests(self.condition), tests(without))
        about = (test.accepts for test in both if test.fact == key)
        cuts: set[Any] = {cut for choice in about if isinstance(choice, Between) for cut in choice.cuts}
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
