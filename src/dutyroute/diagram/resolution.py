"""
From the rules that match to one ruling: overrides, recusal, defaults, obligations.

The order of the steps is the semantics (docs/semantics.md): an overridden rule
counts for nothing at all; `beside` asks which roles are named, whether or not
recusal leaves them a holder; recusal comes before defaults, so that a default may
fill a role that recusal left empty; `vacated` asks last whether recusal left a role
empty all the same; obligations are checked on the result. Only rules of an earlier
step decide whether one counts, so that no two can wait for each other. Which file or line a rule stands in never
matters: every list is sorted first.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Literal

from dutyroute.diagram.ruling import Breach, Duty, Recused, Ruling, shortest, strongest
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Assignment, Obligation, Rule
from dutyroute.rulebook.vocabulary import PHASES

Guard = tuple[str, str, str]
"""A rule, a party and a role that the party cannot hold, being itself concerned."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """
    What a set of matching rules comes to, with why the others do not count.

    `overridden` tells by which rule each rule is overridden; `idle` lists the
    defaults that were not needed, `unmet` the rules whose `beside` or `vacated` does
    not hold.
    `outcome` is equal for two settlements that give the same
    duties, flags and breaches, whatever rules they rest on.
    """

    ruling: Ruling
    matched: tuple[str, ...]
    overridden: Mapping[str, str]
    idle: tuple[str, ...]
    unmet: tuple[str, ...]
    outcome: tuple[Hashable, Hashable, Hashable]

    @property
    def counting(self) -> tuple[str, ...]:
        """The rules that count: none that is overridden, not needed or not met."""
        apart = {*self.overridden, *self.idle, *self.unmet}
        return tuple(rule for rule in self.matched if rule not in apart)


@dataclass(frozen=True, slots=True)
class _Steps:
    """Which rules count, which do not and why; and the roles that the first step names."""

    counting: list[Rule]
    idle: tuple[str, ...]
    unmet: tuple[str, ...]
    named: set[str]


class Settler:
    """Settles sets of matching rules by one rulebook's overrides and obligations."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rules: Mapping[str, Rule] = rulebook.rules
        self.obligations: Mapping[str, Obligation] = rulebook.obligations
        roles, phases = rulebook.vocabulary.roles, [None, *PHASES]
        # As a person reads the chain: who leads, then phase by phase, then as the vocabulary lists them.
        self.reading_order: list[str] = sorted(roles, key=lambda r: (r != LEAD, phases.index(roles[r].phase)))
        self._roles = {role: i for i, role in enumerate(self.reading_order)}
        self.parties: Mapping[str, int] = {party: i for i, party in enumerate(rulebook.vocabulary.parties)}

    def settle(
        self, matter: str, matched: Iterable[str], guards: Iterable[Guard], owed: Iterable[str]
    ) -> Settlement:
        """
        Settle what the matching rules come to.

        `guards` names the duties, as (rule, party, role), from which recusal bars
        their holder; `owed` the obligations that apply.
        """
        names = tuple(sorted(matched))
        overridden = self._overridden(names)
        barred = frozenset(guards)
        surviving = [self.rules[name] for name in names if name not in overridden]
        step = _counting(surviving, barred)
        duties = self._duties(step.counting, barred)
        breaches = tuple(
            breach
            for each in (self.obligations[name] for name in sorted(owed))
            if each.beside is None or each.beside.is_met(step.named)
            if (breach := self._breach(each, duties, step.counting, barred)) is not None
        )
        kinds = {breach.kind for breach in breaches}
        ruling = Ruling(
            matter=matter,
            status="conflict" if "conflict" in kinds else "unrouted" if kinds or not duties else "routed",
            lead=tuple(d.party for d in duties if d.role == LEAD),
            duties=duties,
            flags=tuple(sorted({flag for rule in step.counting for flag in rule.flag})),
            recused=_recused(step.counting, barred),
            breaches=breaches,
        )
        # By rules and clauses two leaves may differ and still say the same; then no fact is asked for it.
        outcome = (
            frozenset((d.party, d.role, d.to, d.within) for d in duties),
            ruling.flags,
            frozenset((b.obligation, b.kind, b.holders) for b in breaches),
        )
        return Settlement(ruling, names, overridden, step.idle, step.unmet, outcome)

    def rank(self, duty: Duty) -> tuple[int, int]:
        """Rank a duty in the chain: by its role as a person reads it, then by its party."""
        return self._roles[duty.role], self.parties[duty.party]

    def _overridden(self, matched: tuple[str, ...]) -> dict[str, str]:
        """
        Find which rules are overridden, and by which; one that is overridden overrides nothing.

        A rule is looked at once all that could override it are: overrides make no
        circle, so each has its turn, however long the chain.
        """
        if not any(self.rules[name].overrides for name in matched):
            return {}
        overriders: dict[str, list[str]] = {name: [] for name in matched}
        for name in matched:
            for other in self.rules[name].overrides:
                if other in overriders:
                    overriders[other].append(name)
        overridden: dict[str, str] = {}
        for name in TopologicalSorter(overriders).static_order():
            valid = [other for other in overriders[name] if other not in overridden]
            if valid:
                overridden[name] = valid[0]
        return overridden

    def _duties(self, rules: list[Rule], barred: frozenset[Guard]) -> tuple[Duty, ...]:
        """Merge the duties of all rules: one for each party and role."""
        merged: dict[tuple[str, str], list[tuple[Rule, Assignment]]] = {}
        for rule in rules:
            for party, role, assignment in _kept(rule, barred):
                merged.setdefault((party, role), []).append((rule, assignment))
        leads = {party for party, role in merged if role == LEAD}
        duties = [self._duty(party, role, found, leads) for (party, role), found in merged.items()]
        return tuple(sorted(duties, key=self.rank))

    def _duty(self, party: str, role: str, found: list[tuple[Rule, Assignment]], leads: set[str]) -> Duty:
        """Write one duty: whoever leads stands for `lead`, the shortest limit binds."""
        told = {each for _, assignment in found for each in assignment.to}
        told = (told - {LEAD}) | leads if LEAD in told else told
        rules = [rule for rule, _ in found]
        return Duty(
            party=party,
            role=role,
            to=tuple(sorted(told - {party}, key=self.parties.__getitem__)),
            within=shortest(assignment.within for _, assignment in found),
            rules=tuple(rule.id for rule in rules),
            clauses=tuple(sorted({clause for rule in rules for clause in rule.cite})),
            basis=strongest(rule.basis for rule in rules),
            default=all(rule.default is not None for rule in rules),
        )

    def _breach(
        self, owed: Obligation, duties: tuple[Duty, ...], rules: list[Rule], barred: frozenset[Guard]
    ) -> Breach | None:
        """Hold the duties against one obligation; holders that a joint rule puts together count as one."""
        holding = [d for d in duties if d.role == owed.role]
        # Each holder with the one that stands for it: two joint rules that share a party make one group.
        group = {d.party: d.party for d in holding}
        for rule in (r for r in rules if r.joint):
            together = [party for party, role, _ in _kept(rule, barred) if role == owed.role]
            merged = {group[party] for party in together}
            group.update({party: together[0] for party, found in group.items() if found in merged})
        count = len(set(group.values()))
        if owed.holders.least <= count <= owed.holders.most:
            return None
        backing = tuple(sorted({rule for d in holding for rule in d.rules}))
        kind: Literal["gap", "conflict"] = "gap" if count < owed.holders.least else "conflict"
        return Breach(owed.id, owed.role, kind, tuple(d.party for d in holding), backing)


def _counting(surviving: list[Rule], barred: frozenset[Guard]) -> _Steps:
    """Tell which of the rules that are not overridden count, in three steps."""
    first = [rule for rule in surviving if not rule.waits]
    named = {role for rule in first for role in rule.assign}
    # After recusal: a duty that its holder cannot have leaves room for a default.
    held = {role for rule in first for _, role, _ in _kept(rule, barred)}
    unmet = {rule.id for rule in surviving if rule.beside is not None and not rule.beside.is_met(named)}
    idle = tuple(rule.id for rule in surviving if rule.default in held and rule.id not in unmet)
    counting = [rule for rule in surviving if rule.id not in unmet and rule.default not in held]
    if any(rule.vacated is not None for rule in counting):
        earlier = [rule for rule in counting if rule.vacated is None]
        filled = {role for rule in earlier for _, role, _ in _kept(rule, barred)}
        emptied = {role for rule in earlier for role in rule.assign} - filled
        unmet |= {rule.id for rule in counting if rule.vacated not in {None, *emptied}}
        counting = [rule for rule in counting if rule.id not in unmet]
    return _Steps(counting, idle, tuple(sorted(unmet)), named)


def _kept(rule: Rule, barred: frozenset[Guard]) -> Iterator[tuple[str, str, Assignment]]:
    """Yield the duties of a rule from which recusal does not bar their holder."""
    return (duty for duty in rule.duties() if (rule.id, duty[0], duty[1]) not in barred)


def _recused(rules: list[Rule], barred: frozenset[Guard]) -> tuple[Recused, ...]:
    found: dict[tuple[str, str], list[str]] = {}
    for rule in rules if barred else ():
        for party, role, _ in rule.duties():
            if (rule.id, party, role) in barred:
                found.setdefault((party, role), []).append(rule.id)
    return tuple(Recused(party, role, tuple(found[party, role])) for party, role in sorted(found))
