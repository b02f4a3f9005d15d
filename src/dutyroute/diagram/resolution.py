"""From the rules that match to one ruling: overrides, recusal, defaults, obligations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dutyroute.diagram.ruling import Breach, Duty, Recused, Ruling, Status, shortest, strongest
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Obligation, Rule
from dutyroute.rulebook.vocabulary import Phase

__all__ = ["Settlement", "Settler"]

Guard = tuple[str, str, str]
"""A rule, a party and a role that the party cannot hold, being itself concerned."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """
    What a set of matching rules comes to, with why the others do not count.

    `struck` tells which rule struck out which; `idle` lists the defaults that
    were not needed. `outcome` is equal for two settlements that give the same
    duties, flags and breaches, whatever rules they rest on.
    """

    ruling: Ruling
    matched: tuple[str, ...]
    struck: Mapping[str, str]
    idle: tuple[str, ...]
    outcome: object

    @property
    def counting(self) -> tuple[str, ...]:
        """The rules that count: neither struck out nor a default that is not needed."""
        return tuple(rule for rule in self.matched if rule not in self.struck and rule not in self.idle)


class Settler:
    """Settles sets of matching rules by one rulebook's overrides and obligations."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rules: Mapping[str, Rule] = rulebook.rules
        self.obligations: Mapping[str, Obligation] = rulebook.obligations
        self.reading_order: list[str] = _reading_order(rulebook)
        self._roles = {role: i for i, role in enumerate(self.reading_order)}
        self._parties = {party: i for i, party in enumerate(rulebook.vocabulary.parties)}

    def settle(
        self, matter: str, matched: Iterable[str], guards: Iterable[Guard], owed: Iterable[str]
    ) -> Settlement:
        """
        Settle what the matching rules come to.

        `guards` names the duties, as (rule, party, role), from which recusal bars
        their holder; `owed` the obligations that apply.
        """
        rules = tuple(sorted(matched))
        struck = self._strike(rules)
        barred = frozenset(guards)
        surviving = [self.rules[name] for name in rules if name not in struck]
        counting, idle = self._needed(surviving, barred)
        duties = self._duties(counting, barred)
        breaches = self._breaches(duties, counting, sorted(owed), barred)
        ruling = Ruling(
            matter=matter,
            status=_status(duties, breaches),
            lead=tuple(d.party for d in duties if d.role == LEAD),
            duties=duties,
            flags=tuple(sorted({flag for rule in counting for flag in rule.flag})),
            recused=self._recused(counting, barred),
            breaches=breaches,
        )
        return Settlement(ruling, rules, struck, idle, _outcome(ruling))

    def rank(self, duty: Duty) -> tuple[int, int]:
        """Rank a duty in the chain: by its role as a person reads it, then by its party."""
        return self._roles[duty.role], self._parties[duty.party]

    def _strike(self, matched: tuple[str, ...]) -> dict[str, str]:
        """
        Strike out overridden rules; a struck rule strikes nothing.

        A rule is settled once all that could strike it are: overrides make no
        circle, so each has its turn, however long the chain.
        """
        if not any(self.rules[name].overrides for name in matched):
            return {}
        strikers: dict[str, list[str]] = {name: [] for name in matched}
        for name in matched:
            for other in self.rules[name].overrides:
                if other in strikers:
                    strikers[other].append(name)
        waiting = {name: len(others) for name, others in strikers.items()}
        ready = [name for name in matched if not waiting[name]]
        struck: dict[str, str] = {}
        for name in ready:  # grows while it is walked
            standing = [other for other in strikers[name] if other not in struck]
            if standing:
                struck[name] = standing[0]
            for other in self.rules[name].overrides:
                if other in waiting:
                    waiting[other] -= 1
                    if not waiting[other]:
                        ready.append(other)
        return struck

    def _needed(self, rules: list[Rule], guards: frozenset[Guard]) -> tuple[list[Rule], tuple[str, ...]]:
        """Keep a default only where no rule without one assigns its role."""
        held = {role for rule in rules if rule.default is None for _, role in self._kept(rule, guards)}
        counting = [rule for rule in rules if rule.default not in held]
        return counting, tuple(rule.id for rule in rules if rule.default in held)

    def _kept(self, rule: Rule, guards: frozenset[Guard]) -> Iterable[tuple[str, str]]:
        for party, role, _ in rule.duties():
            if (rule.id, party, role) not in guards:
                yield party, role

    def _duties(self, rules: list[Rule], guards: frozenset[Guard]) -> tuple[Duty, ...]:
        """Merge the duties of all rules: one for each party and role."""
        merged: dict[tuple[str, str], _Draft] = {}
        for rule in rules:
            kept = set(self._kept(rule, guards))
            for party, role, assignment in rule.duties():
                if (party, role) in kept:
                    merged.setdefault((party, role), _Draft()).add(rule, assignment.to, assignment.within)
        leads = [party for party, role in merged if role == LEAD]
        leads.sort(key=self._parties.__getitem__)
        ranked = sorted(merged, key=lambda key: (self._roles[key[1]], self._parties[key[0]]))
        return tuple(merged[key].duty(*key, leads, self._parties) for key in ranked)

    def _recused(self, rules: list[Rule], guards: frozenset[Guard]) -> tuple[Recused, ...]:
        if not guards:
            return ()
        found: dict[tuple[str, str], list[str]] = {}
        for rule in rules:
            kept = set(self._kept(rule, guards))
            for party, role, _ in rule.duties():
                if (party, role) not in kept:
                    found.setdefault((party, role), []).append(rule.id)
        return tuple(Recused(party, role, tuple(found[party, role])) for party, role in sorted(found))

    def _breaches(
        self, duties: tuple[Duty, ...], rules: list[Rule], owed: Iterable[str], guards: frozenset[Guard]
    ) -> tuple[Breach, ...]:
        found = (self._breach(self.obligations[name], duties, rules, guards) for name in owed)
        return tuple(breach for breach in found if breach is not None)

    def _breach(
        self, owed: Obligation, duties: tuple[Duty, ...], rules: list[Rule], guards: frozenset[Guard]
    ) -> Breach | None:
        holding = [d for d in duties if d.role == owed.role]
        count = self._count([d.party for d in holding], owed.role, rules, guards)
        if owed.holders.least <= count <= owed.holders.most:
            return None
        kind = "gap" if count < owed.holders.least else "conflict"
        backing = tuple(sorted({rule for d in holding for rule in d.rules}))
        return Breach(owed.id, owed.role, kind, tuple(d.party for d in holding), backing)  # type: ignore[arg-type]

    def _count(self, holders: list[str], role: str, rules: list[Rule], guards: frozenset[Guard]) -> int:
        """Count holders; those that a joint rule puts together count as one."""
        group = {party: party for party in holders}
        for rule in (r for r in rules if r.joint):
            together = [party for party, held in self._kept(rule, guards) if held == role]
            merged = {group[party] for party in together}
            group.update({p: together[0] for p, g in group.items() if g in merged})
        return len(set(group.values()))


class _Draft:
    """One duty while the rules that give it are gathered."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.to: set[str] = set()
        self.limits: set[str] = set()

    def add(self, rule: Rule, to: tuple[str, ...], within: str | None) -> None:
        self.rules.append(rule)
        self.to.update(to)
        self.limits.update((within,) if within else ())

    def duty(self, party: str, role: str, leads: list[str], order: Mapping[str, int]) -> Duty:
        """Close the duty: whoever leads stands for `lead`, the shortest limit binds."""
        told = (self.to - {LEAD}) | (set(leads) if LEAD in self.to else set())
        return Duty(
            party=party,
            role=role,
            to=tuple(sorted(told - {party}, key=order.__getitem__)),
            within=shortest(self.limits),
            rules=tuple(rule.id for rule in self.rules),
            clauses=tuple(sorted({clause for rule in self.rules for clause in rule.cite})),
            basis=strongest(rule.basis for rule in self.rules),
            default=all(rule.default is not None for rule in self.rules),
        )


def _status(duties: tuple[Duty, ...], breaches: tuple[Breach, ...]) -> Status:
    kinds = {breach.kind for breach in breaches}
    if "conflict" in kinds:
        return "conflict"
    return "unrouted" if "gap" in kinds or not duties else "routed"


def _outcome(ruling: Ruling) -> object:
    duties = frozenset((d.party, d.role, d.to, d.within) for d in ruling.duties)
    return duties, ruling.flags, frozenset((b.obligation, b.kind, b.holders) for b in ruling.breaches)


def _reading_order(rulebook: Rulebook) -> list[str]:
    """Order roles as a person reads the chain: lead, then phase by phase."""
    phases = [None, *(phase.value for phase in Phase)]
    roles = rulebook.vocabulary.roles
    return sorted(roles, key=lambda r: (r != LEAD, phases.index(roles[r].phase), list(roles).index(r)))
