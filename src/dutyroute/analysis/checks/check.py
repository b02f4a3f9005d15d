"""Check: everything that can be told of a rulebook before anybody asks it anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import cast

from dutyroute.analysis.checks.catalogue import CHECKS, grades
from dutyroute.analysis.checks.conditions import redundant_conditions
from dutyroute.analysis.checks.finding import SEVERITIES, Finding, Findings
from dutyroute.analysis.checks.flags import Undecided
from dutyroute.analysis.checks.idle_rules import Standings
from dutyroute.analysis.checks.impossible import Exclusions, excluded
from dutyroute.analysis.checks.obligations import breaches
from dutyroute.analysis.checks.survey import Surveyed
from dutyroute.analysis.checks.teller import Teller
from dutyroute.analysis.checks.topics import Parts, Topics
from dutyroute.analysis.checks.usage import usage
from dutyroute.analysis.checks.versions import Versions
from dutyroute.diagnostics import Severity
from dutyroute.rulebook.conditions import verdict
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.types import Grade
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["BUDGET", "CHECKS", "check"]

BUDGET = 50_000
"""How many places of one matter's diagram are looked at before it counts as not proven."""


def check(
    rulebook: Rulebook,
    *,
    budget: int = BUDGET,
    severities: Mapping[str, Grade] | None = None,
    parts: Parts | None = None,
) -> Findings:
    """
    Look at every incident that a rulebook can be asked about, and tell what is wrong.

    All matters, all values of all facts, all days on which a rule is in force:
    exact, by the leaves of the diagram. Where a matter has more than `budget`
    places, a `not-proven` finding says so, and nothing that hangs on the rest of
    them is told. `severities` go before those of the rulebook. Whoever checks
    again and again gives the same `parts` each time: what an edit does not touch
    is not looked at again, and the findings are the same.

    Raises:
        UnknownCheck: if `severities` names a check that does not exist.
    """
    graded = grades(rulebook, severities)
    whole = _Whole(rulebook, budget, parts or Parts())
    found = [
        replace(finding, severity=cast(Severity, graded[finding.check]))
        for finding in whole.findings()
        if graded[finding.check] != "off"
    ]
    order = {name: rank for rank, name in enumerate(CHECKS)}
    found.sort(key=lambda f: (SEVERITIES.index(f.severity), order[f.check]))
    return Findings(rulebook, tuple(found), tuple(whole.unproven))


class _Whole:
    """One look at a whole rulebook, matter by matter, and each role and flag by itself."""

    def __init__(self, rulebook: Rulebook, budget: int, parts: Parts) -> None:
        self.rulebook = rulebook
        self.budget = budget
        self.teller = Teller(rulebook)
        self.standings = Standings()
        self.versions = Versions(rulebook)
        self.undecided = Undecided(rulebook)
        self.whole = Surveyed(rulebook)
        self.exclusions = Exclusions(rulebook, self.whole)
        topics = Topics(rulebook, self.exclusions)
        self.parts = parts.of(topics, self.whole)
        self.unproven: dict[str, list[Surveyed]] = {}
        self.unrouted: list[str] = []

    def findings(self) -> Iterator[Finding]:
        """Tell everything: what a matter's leaves show first, then what all of them do."""
        for matter in self.rulebook.vocabulary.matters:
            yield from self._about(matter)
        yield from self.standings.findings(self.teller, self._open())
        yield from redundant_conditions(self.teller, self.exclusions, self.standings.matched)
        yield from self.versions.findings(self.teller)
        yield from self.undecided.findings(self.teller)
        for finding in usage(self.teller):
            if finding.check != "unused-matter" or finding.matter not in self.unrouted:
                yield finding  # a matter without any rule is told once

    def _about(self, matter: str) -> Iterator[Finding]:
        is_routed = False
        for part in (part for part in self.parts if part.says_something_of(matter)):
            survey = part.survey(matter, self.budget)
            for looker in (self.standings, self.versions, self.undecided):
                looker.look(survey)
            yield from breaches(self.teller, survey)
            is_routed = is_routed or any(settlement.ruling.duties for _, settlement in survey.settled())
            if not survey.is_complete:
                self.unproven.setdefault(matter, []).append(part)
        if matter in self.unproven:
            yield self._of("not-proven", matter)
        elif not is_routed and self._is_unrouted(matter):
            self.unrouted.append(matter)
            yield self._of("unrouted-matter", matter)

    def _of(self, check: str, matter: str) -> Finding:
        """Tell something of a matter, whatever the other facts."""
        return self.teller.tell(
            check,
            ("matters", matter),
            {"matter": self.teller.named("matters", matter), "budget": self.budget},
            witness={MATTER: matter},
            matters=(matter,),
        )

    def _is_unrouted(self, matter: str) -> bool:
        """Tell whether a matter that nobody has duties on is one without parts, and possible."""
        if matter in self._parents:
            return False
        nothing = replace(self.rulebook, rules={}, obligations={}, conditions=excluded(self.rulebook))
        return bool(Surveyed(nothing, None, self.whole).survey(matter, self.budget).leaves)

    @cached_property
    def _parents(self) -> frozenset[str | None]:
        return frozenset(matter.parent for matter in self.rulebook.vocabulary.matters.values())

    def _open(self) -> frozenset[str]:
        """Name the rules that may apply to incidents that were not looked at."""
        return frozenset(
            rule
            for matter, parts in self.unproven.items()
            for part in parts
            for rule in part.rulebook.rules
            if verdict(self.rulebook.conditions["rules", rule], {MATTER: matter}) is not False
        )
