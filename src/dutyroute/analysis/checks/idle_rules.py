"""Rules that never match, never count, or change nothing where they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dutyroute.analysis.checks.finding import BothLanguages, Finding, FindingWriter, listed
from dutyroute.analysis.checks.survey import Conditions, Survey, SurveyedDiagram, survey_conditions
from dutyroute.analysis.checks.witness import Sighting, counting, matching
from dutyroute.diagram.diagram import Leaf
from dutyroute.diagram.resolution import Settlement
from dutyroute.diagram.ruling import Duty, shortest
from dutyroute.messages import both
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Assignment, Rule

__all__ = ["RuleUse"]


class RuleUse:
    """What became of each rule over all leaves seen so far, and the findings that follow."""

    def __init__(self) -> None:
        self.matched: dict[str, Sighting] = {}
        self.counted: dict[str, Sighting] = {}
        self.idle: dict[str, Sighting] = {}
        self.overridden_by: dict[str, set[str]] = {}
        self.needed: set[str] = set()

    def look(self, survey: Survey) -> None:
        """Look at the leaves of one more matter."""
        for leaf, settlement in survey.settled():
            undecided = [rule for rule in settlement.matched if rule not in self.needed]
            for rule in undecided:
                self._note(rule, survey, leaf, settlement)
            if undecided:
                at_leaf = _RulesAtLeaf(survey.diagram, survey.matter, leaf)
                self.needed.update(rule for rule in undecided if at_leaf.is_needed(rule))

    def _note(self, rule: str, survey: Survey, leaf: Leaf, settlement: Settlement) -> None:
        """Keep where a rule was first seen to match, and to count or to be idle."""
        groups = [self.matched]
        if rule in settlement.overridden:
            self.overridden_by.setdefault(rule, set()).add(settlement.overridden[rule])
        else:
            groups.append(self.idle if rule in settlement.idle else self.counted)
        groups = [group for group in groups if rule not in group]
        if groups:  # the path is only worked out where it is kept
            sighting = Sighting.of(survey, leaf)
            for group in groups:
                group[rule] = sighting

    def findings(self, writer: FindingWriter, open_rules: set[str]) -> Iterator[Finding]:
        """
        Yield the strongest thing that can be said of each rule that does nothing.

        `open_rules` are those about a matter that was not surveyed completely: of
        them only what their own conditions prove is said.
        """
        # Each rule is reported once, by the strongest: dead, else shadowed, else redundant.
        for rule in writer.rulebook.rules:
            if rule not in self.matched:
                reason = _why_dead(writer.rulebook, rule, is_sure=rule not in open_rules)
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
                )

    def _shadowed(self, writer: FindingWriter, rule: str) -> tuple[list[str], BothLanguages]:
        """Name the rules that override a rule, or hold the role that it waits for, and say so."""
        overriding = sorted(self.overridden_by.get(rule, ()))
        by, default = set(overriding), writer.rulebook.rules[rule].default
        if rule in self.idle:
            settled = self.idle[rule].leaf.settlement
            duties = settled.ruling.duties if settled else ()
            by |= {holder for duty in duties if duty.role == default for holder in duty.rules}
        key = ("struck-or-idle" if overriding else "idle") if rule in self.idle else "struck"
        role = writer.named("roles", default) if default else ""
        return sorted(by), both(f"why-{key}", by=listed(overriding or sorted(by)), role=role)


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


class _RulesAtLeaf:
    """
    Which rules are needed at one leaf: without which would the outcome be another?

    Settling a leaf again for each of its rules is what a check would spend most
    of its time on. For most rules the answer follows from the settlement: one
    that alone gives a duty is needed, one whose every word others say too is not.
    """

    def __init__(self, diagram: SurveyedDiagram, matter: str, leaf: Leaf) -> None:
        assert leaf.settlement is not None, "only possible leaves are surveyed"
        self.diagram, self.matter, self.leaf = diagram, matter, leaf
        self.rules = diagram.rulebook.rules
        self.settlement = leaf.settlement
        topic, duties = diagram.topic, leaf.settlement.ruling.duties
        self.idle = [self.rules[name] for name in leaf.settlement.idle]
        self.shown_roles = (topic.name, LEAD) if topic else tuple(diagram.rulebook.vocabulary.roles)
        self.duties = {(d.party, d.role): d for d in duties}
        spare = {(party, role) for rule in self.idle for party, role, _ in rule.duties()}
        # INVARIANT: with a topic, the outcome compared is the topic's only.
        # Rules that alone give a duty of the topic, which no idle default would give in their place.
        self.sole = {
            duty.rules[0]
            for key, duty in self.duties.items()
            if len(duty.rules) == 1 and key not in spare and (topic is None or duty.role == topic.name)
        }

    def is_needed(self, name: str) -> bool:
        """Tell whether the outcome would be another without a matching rule."""
        if (found := self._without_settling(name)) is not None:
            return found
        view = self.diagram.view
        return view(self.diagram.without(self.matter, self.leaf, name)) != view(self.settlement)

    def _without_settling(self, name: str) -> bool | None:
        """Tell the same from the settlement at hand; None where only settling again tells."""
        rule, overridden = self.rules[name], self.settlement.overridden
        if name in overridden:
            return False  # an overridden rule overrides nothing and gives nothing
        if any(other in overridden for other in rule.overrides):
            return None
        if name in self.settlement.idle:
            return False
        if name in self.sole:
            return True
        holds_back = rule.default is None and any(idle.default in rule.assign for idle in self.idle)
        if rule.joint or rule.flag or holds_back:
            return None
        is_covered = all(
            self._is_covered(rule, duty, assignment)
            for party, role, assignment in rule.duties()
            if role in self.shown_roles
            if (duty := self.duties.get((party, role))) is not None and name in duty.rules
        )
        return False if is_covered else None

    def _is_covered(self, rule: Rule, duty: Duty, assignment: Assignment) -> bool:
        """Tell whether others give a duty too, to the same parties and as soon."""
        others = [
            a
            for name in duty.rules
            if name != rule.id
            for party, role, a in self.rules[name].duties()
            if (party, role) == (duty.party, duty.role)
        ]
        told = {party for other in others for party in other.to}
        limits = [other.within for other in others]
        in_time = shortest((*limits, assignment.within)) == shortest(limits)
        return bool(others) and told.issuperset(assignment.to) and in_time
