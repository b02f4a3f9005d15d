"""Check: everything that can be told of a rulebook before anybody asks it anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import cast

from dutyroute.analysis.breach import breaches
from dutyroute.analysis.catalogue import CHECKS, grades
from dutyroute.analysis.condition import redundant_conditions
from dutyroute.analysis.finding import SEVERITIES, Finding, Findings
from dutyroute.analysis.flag import Undecided
from dutyroute.analysis.standing import Standings
from dutyroute.analysis.survey import Survey, Surveyed
from dutyroute.analysis.teller import Teller
from dutyroute.analysis.usage import usage
from dutyroute.analysis.version import Versions
from dutyroute.diagnostics import Severity
from dutyroute.explanation import verdict
from dutyroute.rules import Grade, Rulebook
from dutyroute.vocabulary import MATTER

__all__ = ["BUDGET", "CHECKS", "check"]

BUDGET = 50_000
"""How many places of one matter's diagram are looked at before it counts as not proven."""


def check(
    rulebook: Rulebook, *, budget: int = BUDGET, severities: Mapping[str, Grade] | None = None
) -> Findings:
    """
    Look at every incident that a rulebook can be asked about, and tell what is wrong.

    All matters, all values of all facts, all days on which a rule is in force:
    exact, by the leaves of the diagram. Where a matter has more than `budget`
    places, a `not-proven` finding says so, and nothing that hangs on the rest of
    them is told. `severities` go before those of the rulebook.

    Raises:
        UnknownCheck: if `severities` names a check that does not exist.
    """
    graded = grades(rulebook, severities)
    whole = _Whole(rulebook, budget)
    found = [
        replace(finding, severity=cast(Severity, graded[finding.check]))
        for finding in whole.findings()
        if graded[finding.check] != "off"
    ]
    order = {name: rank for rank, name in enumerate(CHECKS)}
    found.sort(key=lambda f: (SEVERITIES.index(f.severity), order[f.check]))
    return Findings(rulebook, tuple(found), tuple(whole.unproven))


class _Whole:
    """One look at a whole rulebook, matter by matter."""

    def __init__(self, rulebook: Rulebook, budget: int) -> None:
        self.rulebook = rulebook
        self.budget = budget
        self.teller = Teller(rulebook)
        self.diagram = Surveyed(rulebook)
        self.standings = Standings(self.diagram)
        self.versions = Versions(rulebook)
        self.undecided = Undecided(rulebook)
        self.unproven: list[str] = []
        self.unrouted: list[str] = []

    def findings(self) -> Iterator[Finding]:
        """Tell everything: what a matter's leaves show first, then what all of them do."""
        for matter in self.rulebook.vocabulary.matters:
            yield from self._about(self.diagram.survey(matter, self.budget))
        yield from self.standings.findings(self.teller, self._open())
        yield from redundant_conditions(self.teller, self.diagram, self.standings.matched)
        yield from self.versions.findings(self.teller, self.diagram)
        yield from self.undecided.findings(self.teller, self.diagram)
        for finding in usage(self.teller):
            if finding.check != "unused-matter" or finding.matter not in self.unrouted:
                yield finding  # a matter without any rule is told once

    def _about(self, survey: Survey) -> Iterator[Finding]:
        for looker in (self.standings, self.versions, self.undecided):
            looker.look(survey)
        yield from breaches(self.teller, survey)
        if not survey.is_complete:
            self.unproven.append(survey.matter)
            yield self._of("not-proven", survey.matter)
        elif self._is_unrouted(survey):
            self.unrouted.append(survey.matter)
            yield self._of("unrouted-matter", survey.matter)

    def _of(self, check: str, matter: str) -> Finding:
        """Tell something of a matter, whatever the other facts."""
        return self.teller.tell(
            check,
            ("matters", matter),
            {"matter": self.teller.named("matters", matter), "budget": self.budget},
            witness={MATTER: matter},
            matters=(matter,),
        )

    def _is_unrouted(self, survey: Survey) -> bool:
        """Tell whether nobody has a duty in any incident about a matter that has no parts."""
        is_leaf = survey.matter not in self._parents
        duties = [settlement.ruling.duties for _, settlement in survey.settled()]
        return is_leaf and bool(duties) and not any(duties)

    @cached_property
    def _parents(self) -> frozenset[str | None]:
        return frozenset(matter.parent for matter in self.rulebook.vocabulary.matters.values())

    def _open(self) -> frozenset[str]:
        """Name the rules that may apply to incidents that were not looked at."""
        conditions = {rule: self.rulebook.conditions["rules", rule] for rule in self.rulebook.rules}
        return frozenset(
            rule
            for rule, condition in conditions.items()
            if any(verdict(condition, {MATTER: matter}) is not False for matter in self.unproven)
        )
