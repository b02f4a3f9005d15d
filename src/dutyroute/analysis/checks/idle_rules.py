"""Rules that never match, never count, or change nothing where they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dutyroute.analysis.checks.finding import BothLanguages, Finding, FindingWriter, listed
from dutyroute.analysis.checks.survey import Conditions, Survey, survey_conditions
from dutyroute.analysis.checks.witness import Sighting, counting, matching
from dutyroute.messages import both
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Rule


class RuleUse:
    """What became of each rule over all leaves seen so far, and the findings that follow."""

    def __init__(self) -> None:
        self.matched: dict[str, Sighting] = {}
        self.counted: dict[str, Sighting] = {}
        self.idle: dict[str, Sighting] = {}
        self.unmet: set[str] = set()
        self.overridden_by: dict[str, set[str]] = {}
        self.needed: set[str] = set()

    def look(self, survey: Survey) -> None:
        """Look at the leaves of one more matter."""
        diagram = survey.diagram
        # Needed is a rule without which the outcome would be another somewhere. Where few rules match
        # this shows soonest. Of a matter that is not surveyed completely, no rule is called redundant.
        settled = sorted(survey.settled(), key=lambda pair: len(pair[1].matched))
        for leaf, settlement in settled if survey.visit.is_complete else ():
            for rule in (name for name in settlement.matched if name not in self.needed):
                without = diagram.without(survey.matter, leaf, rule)
                if diagram.view(without) != diagram.view(settlement):
                    self.needed.add(rule)
        for leaf, settlement in survey.settled():
            for rule in settlement.matched:
                if rule in self.needed and rule in self.matched:
                    continue
                groups = [self.matched]
                if rule in settlement.overridden:
                    self.overridden_by.setdefault(rule, set()).add(settlement.overridden[rule])
                elif rule in settlement.unmet:
                    self.unmet.add(rule)
                else:
                    groups.append(self.idle if rule in settlement.idle else self.counted)
                if any(rule not in group for group in groups):
                    sighting = Sighting.of(survey, leaf)
                    for group in groups:
                        group.setdefault(rule, sighting)

    def findings(self, writer: FindingWriter, open_rules: set[str]) -> Iterator[Finding]:
        """
        Yield the strongest thing that can be said of each rule that does nothing.

        `open_rules` are those about a matter that was not surveyed completely: of
        them only what their own conditions prove is said.
        """
        # Each rule is reported once, by the strongest: dead, else shadowed, else redundant.
        for rule in writer.rulebook.rules:
            if rule not in self.matched:
                # The leaves know nothing of drafts.
                is_sure = rule in writer.rulebook.deciding and rule not in open_rules
                reason = _why_dead(writer.rulebook, rule, is_sure=is_sure)
                if reason is not None:
                    values = {"rule": rule, "why": both(f"why-{reason}")}
                    yield writer.finding("dead-rule", ("rules", rule), values, rules=(rule,))
            elif rule not in open_rules and rule not in self.needed:
                if rule in self.counted:
                    check, sighting, wanted = "redundant-rule", self.counted[rule], counting([rule])
                    by = _giving_the_same(sighting, rule)
                    why = both("why-same", by=listed(by)) if by else both("why-recused")
                else:
                    check, sighting, wanted = "shadowed-rule", self.matched[rule], matching(rule)
                    by, why = self._shadowed(writer, rule)
                yield writer.finding(
                    check,
                    ("rules", rule),
                    {"rule": rule, "why": why},
                    rules=(rule, *by),
                    witness=sighting.shortest(wanted),
                    matters=(sighting.matter,),
                    # Not the rules behind it: they are those of the example, which any edit may change.
                    about=(rule,),
                )

    def _shadowed(self, writer: FindingWriter, rule: str) -> tuple[list[str], BothLanguages]:
        """Name the rules that override a rule, or hold the role that it waits for, and say so."""
        overriding = sorted(self.overridden_by.get(rule, ()))
        written = writer.rulebook.rules[rule]
        by, default, beside = set(overriding), written.default, written.beside
        if rule in self.idle:
            settled = self.idle[rule].leaf.settlement
            duties = settled.ruling.duties if settled else ()
            by |= {holder for duty in duties if duty.role == default for holder in duty.rules}
        unmet = "kept" if written.vacated else "unmet"
        reasons = {"struck": bool(overriding), "idle": rule in self.idle, unmet: rule in self.unmet}
        key = "-or-".join(reason for reason, holds in reasons.items() if holds)
        return sorted(by), both(
            f"why-{key}",
            by=listed(overriding or sorted(by)),
            role=writer.named("roles", default) if default else "",
            beside=writer.names("roles", beside.roles) if beside else "",
            vacated=writer.named("roles", written.vacated) if written.vacated else "",
        )


def _why_dead(rulebook: Rulebook, rule: str, *, is_sure: bool) -> str | None:
    """
    Name the reason why no incident matches a rule; None where some incident does.

    `is_sure` means that no incident does, so that only the reason is open. It is
    found by dropping, one after the other, what might prevent a match.
    """
    written = rulebook.rules[rule]
    # Each step drops one thing that may prevent a match; the first that lets one happen is the reason.
    impossible = rulebook.only_impossible().conditions
    if not is_sure and _matches(rulebook, written, impossible) is not False:
        return None
    if _matches(rulebook, written, {}):
        return "impossible"
    timeless = replace(rulebook, header=rulebook.header.model_copy(update={"in_force": None}))
    if _matches(timeless, written.model_copy(update={"in_force": None}), {}):
        return "period"
    return "contradiction"


def _matches(rulebook: Rulebook, rule: Rule, impossible: Conditions) -> bool | None:
    """Tell whether some incident matches a rule; None where there are too many to look at."""
    condition = {rule.id: rulebook.conditions["rules", rule.id]}
    surveys = list(survey_conditions(rulebook, rule, condition, impossible))
    if any(rule.id in settlement.matched for survey in surveys for _, settlement in survey.settled()):
        return True
    return False if all(survey.visit.is_complete for survey in surveys) else None


def _giving_the_same(sighting: Sighting, rule: str) -> list[str]:
    """Name the rules that give, without a rule, the duties and flags that it gives."""
    diagram, topic = sighting.diagram, sighting.diagram.topic
    rules, own = diagram.rulebook.rules, diagram.rulebook.rules[rule]
    pairs = {(party, role) for party, role, _ in own.duties() if topic is None or role == topic.name}
    left = diagram.without(sighting.matter, sighting.leaf, rule)
    giving = {r for d in left.ruling.duties if (d.party, d.role) in pairs for r in d.rules}
    return sorted(giving | {r for r in left.counting if not set(own.flag).isdisjoint(rules[r].flag)})
