"""Check: everything that can be told of a rulebook without an incident."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import cast

from dutyroute.analysis.checks.catalogue import CHECKS, grades
from dutyroute.analysis.checks.conditions import redundant_conditions
from dutyroute.analysis.checks.finding import SEVERITIES, Finding, Findings, FindingWriter, listed
from dutyroute.analysis.checks.idle_rules import RuleUse
from dutyroute.analysis.checks.obligations import breaches
from dutyroute.analysis.checks.open_facts import open_facts
from dutyroute.analysis.checks.survey import Exclusions, Parts, SurveyedDiagram, Topics
from dutyroute.analysis.checks.usage import UndecidedFlags, usage
from dutyroute.analysis.checks.versions import Versions
from dutyroute.analysis.checks.witness import Sighting
from dutyroute.diagnostics import Severity
from dutyroute.rulebook.conditions import verdict
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Plain

BUDGET = 50_000
"""How many places of one matter's diagram are visited before it counts as not proven."""


def check(
    rulebook: Rulebook, *, budget: int = BUDGET, parts: Parts | None = None, today: date | None = None
) -> Findings:
    """
    Find what is wrong with a rulebook, over every incident that it can be asked about.

    All matters, all values of all facts, all days on which a rule is in force:
    exact, by the leaves of the diagram. Where a matter has more than `budget`
    places, a `not-proven` finding says so, and nothing that depends on the rest
    of them is reported. Whoever checks an edited rulebook again and again gives
    the same `parts` each time: what an edit does not touch is not surveyed again,
    and the findings are the same. Those that the rulebook's files accept are marked;
    what was accepted on a day after `today`, if that is given, was not.

    >>> from dutyroute import Router
    >>> rulebook = Router.shipped().rulebook
    >>> check(rulebook).at_least("error")
    ()
    """
    graded = grades(rulebook)
    run = _CheckRun(rulebook, budget, parts or Parts(), today or date.max)
    found = [
        replace(finding, severity=cast(Severity, graded[finding.check]))
        for finding in run.findings()
        if graded[finding.check] != "off"
    ]
    order = {name: rank for rank, name in enumerate(CHECKS)}
    found.sort(key=lambda f: (SEVERITIES.index(f.severity), order[f.check]))
    accepted = {each.key: each for each in rulebook.accepted.values() if each.date <= run.today}
    marked = tuple(replace(each, accepted=accepted.get(each.key)) for each in found)
    return Findings(rulebook, marked, tuple(run.unproven))


class _CheckRun:
    """One check of a whole rulebook, matter by matter, and within each topic by topic."""

    def __init__(self, rulebook: Rulebook, budget: int, parts: Parts, today: date) -> None:
        self.rulebook = rulebook
        self.budget = budget
        self.today = today
        self.writer = FindingWriter(rulebook)
        self.rule_use = RuleUse()
        self.versions = Versions(rulebook)
        self.undecided = UndecidedFlags(rulebook)
        self.whole = SurveyedDiagram(rulebook)
        self.exclusions = Exclusions(rulebook, self.whole)
        self.parts = parts.of(Topics(rulebook, self.exclusions), self.whole)
        self.inner = {matter.parent for matter in rulebook.vocabulary.matters.values()}
        self.unproven: dict[str, list[SurveyedDiagram]] = {}
        self.unrouted: set[str] = set()

    def findings(self) -> Iterator[Finding]:
        """Yield all findings, then the entries of accepted findings that none of them is, or not yet."""
        found = set()
        for finding in self._findings():
            found.add(finding.key)
            yield finding
        for name, entry in self.rulebook.accepted.items():
            about = (entry.check, *entry.about)
            if entry.date > self.today:
                days = {"date": entry.date, "today": self.today}
                yield self.writer.finding("future-acceptance", ("accepted", name), days, about=about)
            # The part that was not examined may hold it; a check that does not exist is reported already.
            if entry.key not in found and not self.unproven and entry.check in CHECKS:
                values = {"check": entry.check, "about": listed(entry.about)}
                yield self.writer.finding("outdated-acceptance", ("accepted", name), values, about=about)

    def _findings(self) -> Iterator[Finding]:
        """Yield what each matter's leaves show, then what all of them together do."""
        for matter in self.rulebook.vocabulary.matters:
            yield from self._about(matter)
        # Rules that may match incidents that were not looked at.
        open_rules = {
            rule
            for matter, parts in self.unproven.items()
            for part in parts
            for rule in part.rulebook.rules
            if verdict(self.rulebook.conditions["rules", rule], {MATTER: matter}) is not False
        }
        yield from self.rule_use.findings(self.writer, open_rules)
        yield from redundant_conditions(self.writer, self.exclusions, self.rule_use.matched)
        yield from self.versions.findings(self.writer)
        yield from self.undecided.findings(self.writer)
        yield from open_facts(self.writer, self.whole)
        for finding in usage(self.writer):
            # A matter without any rule is unrouted already; it is reported once.
            if finding.check != "unused-matter" or finding.matter not in self.unrouted:
                yield finding

    def _about(self, matter: str) -> Iterator[Finding]:
        # A matter counts as routed as soon as one incident about it gives anybody a duty.
        is_routed = False
        # Topic by topic, since the diagram of all rules about a matter may explode.
        for part in self.parts:
            if not part.has_rules_about(matter):
                continue
            survey = part.survey(matter, self.budget)
            for looker in (self.rule_use, self.versions, self.undecided):
                looker.look(survey)
            yield from breaches(self.writer, survey)
            is_routed = is_routed or any(settlement.ruling.duties for _, settlement in survey.settled())
            if not survey.visit.is_complete:
                self.unproven.setdefault(matter, []).append(part)
        if matter in self.unproven:
            yield self._finding("not-proven", matter)
        elif not is_routed and matter not in self.inner:
            # What is declared impossible about a matter need not be routed.
            nothing = SurveyedDiagram(self.rulebook.only_impossible(), None, self.whole)
            survey = nothing.survey(matter, self.budget)
            for leaf in survey.visit.leaves[:1]:
                self.unrouted.add(matter)
                # By the matter alone it may be impossible: defaults can contradict each other.
                shown = Sighting.of(survey, leaf).shortest(lambda _: True)
                yield self._finding("unrouted-matter", matter, shown)

    def _finding(self, check: str, matter: str, shown: Mapping[str, Plain] | None = None) -> Finding:
        """Write something about a matter, whatever the other facts."""
        values = {"matter": self.writer.named("matters", matter), "budget": self.budget}
        witness = shown or {MATTER: matter}
        return self.writer.finding(check, ("matters", matter), values, witness=witness, matters=(matter,))
