"""Rules that never apply, never count, or change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dutyroute.analysis.checks.alone import RuleContradiction
from dutyroute.analysis.checks.finding import Finding
from dutyroute.analysis.checks.redundancy import needed_at, stand_ins
from dutyroute.analysis.checks.survey import Survey, Surveyed
from dutyroute.analysis.checks.teller import Teller, Worded, listed, why
from dutyroute.analysis.checks.witness import Wanted, smallest
from dutyroute.diagram.diagram import Leaf
from dutyroute.diagram.resolution import Settlement
from dutyroute.rulebook.vocabulary import Plain

__all__ = ["Sight", "Standings", "counting"]


@dataclass(frozen=True, slots=True)
class Sight:
    """Where something was first seen: a leaf, and an incident that ends in it."""

    diagram: Surveyed
    matter: str
    path: dict[str, Plain]
    leaf: Leaf

    @classmethod
    def of(cls, survey: Survey, leaf: Leaf) -> Sight:
        """Note a leaf of a survey."""
        return cls(survey.diagram, survey.matter, survey.path(leaf), leaf)

    def smallest(self, wanted: Wanted) -> dict[str, Plain]:
        """Return the least that an incident must say for what is wanted here to be certain."""
        return smallest(self.diagram, self.matter, self.path, wanted)

    @property
    def settlement(self) -> Settlement:
        """What the leaf comes to."""
        assert self.leaf.settlement is not None, "a sight is of a possible leaf"
        return self.leaf.settlement


class Standings:
    """What became of each rule over all leaves looked at so far."""

    def __init__(self) -> None:
        self.matched: dict[str, Sight] = {}
        self.counted: dict[str, Sight] = {}
        self.needed: set[str] = set()
        self.struck_by: dict[str, set[str]] = {}
        self.idle: dict[str, Sight] = {}

    def look(self, survey: Survey) -> None:
        """Look at the leaves of one more matter."""
        for leaf, settlement in survey.settled():
            unsettled = [rule for rule in settlement.matched if rule not in self.needed]
            for rule in unsettled:
                self._see(rule, survey, leaf, settlement)
            self.needed |= needed_at(survey.diagram, survey.matter, leaf, unsettled)

    def _see(self, rule: str, survey: Survey, leaf: Leaf, settlement: Settlement) -> None:
        sights = [self.matched] if rule not in self.matched else []
        if rule in settlement.struck:
            self.struck_by.setdefault(rule, set()).add(settlement.struck[rule])
        else:
            seen = self.idle if rule in settlement.idle else self.counted
            sights += [seen] if rule not in seen else []
        if sights:
            sight = Sight.of(survey, leaf)
            for where in sights:
                where[rule] = sight

    def findings(self, teller: Teller, open_rules: frozenset[str]) -> Iterator[Finding]:
        """
        Tell the rules that do nothing; the strongest that can be said of each.

        `open_rules` are those about a matter that was not looked at whole: of
        them nothing is said but what their own conditions prove.
        """
        for rule in teller.rulebook.rules:
            if rule not in self.matched:
                yield from self._dead(teller, rule, is_open=rule in open_rules)
            elif rule in open_rules or rule in self.needed:
                continue
            elif rule not in self.counted:
                yield self._shadowed(teller, rule)
            else:
                yield self._redundant(teller, rule)

    def _dead(self, teller: Teller, rule: str, *, is_open: bool) -> Iterator[Finding]:
        reason = RuleContradiction(teller.rulebook, rule).reason(is_sure=not is_open)
        if reason is not None:
            yield teller.tell("dead-rule", ("rules", rule), {"rule": rule, "why": why(reason)}, rules=(rule,))

    def _shadowed(self, teller: Teller, rule: str) -> Finding:
        by = self.struck_by.get(rule, set()) | self._holding(teller, rule)
        return self._tell(teller, "shadowed-rule", rule, sorted(by), self._why(teller, rule, sorted(by)))

    def _why(self, teller: Teller, rule: str, by: list[str]) -> Worded:
        strikers = sorted(self.struck_by.get(rule, ()))
        if rule not in self.idle:
            return why("struck", by=listed(strikers))
        role = teller.named("roles", teller.rulebook.rules[rule].default or "")
        if not strikers:
            return why("idle", by=listed(by), role=role)
        return why("struck-or-idle", by=listed(strikers), role=role)

    def _holding(self, teller: Teller, rule: str) -> set[str]:
        """Name the rules that hold a fallback's role where it was first seen idle."""
        sight, role = self.idle.get(rule), teller.rulebook.rules[rule].default
        duties = sight.settlement.ruling.duties if sight else ()
        return {holder for duty in duties if duty.role == role for holder in duty.rules}

    def _redundant(self, teller: Teller, rule: str) -> Finding:
        sight = self.counted[rule]
        by = stand_ins(sight.diagram, sight.matter, sight.leaf, rule)
        reason = why("same", by=listed(by)) if by else why("recused")
        return self._tell(teller, "redundant-rule", rule, by, reason)

    def _tell(self, teller: Teller, check: str, rule: str, by: list[str], reason: Worded) -> Finding:
        sight = self.counted.get(rule) or self.matched[rule]
        wanted = counting([rule]) if rule in self.counted else _matching(rule)
        return teller.tell(
            check,
            ("rules", rule),
            {"rule": rule, "why": reason},
            rules=(rule, *by),
            others=[("rules", other) for other in by],
            witness=sight.smallest(wanted),
            matters=(sight.matter,),
        )


def counting(rules: Iterable[str]) -> Wanted:
    """Want leaves at which all of some rules count."""
    names = frozenset(rules)

    def wanted(leaf: Leaf) -> bool:
        found = leaf.settlement
        return found is not None and names <= set(found.matched) - found.struck.keys() - set(found.idle)

    return wanted


def _matching(rule: str) -> Wanted:
    return lambda leaf: leaf.settlement is not None and rule in leaf.settlement.matched
