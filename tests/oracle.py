"""
A plain interpreter of what a rulebook means, written to be obviously right.

It follows docs/semantics.md sentence by sentence and reads the rulebook as its
author wrote it. It knows nothing of diagrams: each unknown fact is tried with
every value that could matter. Slow on purpose; the router must agree with it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from datetime import date
from itertools import product
from typing import Any, TypeVar

from asking import asked
from dutyroute.diagram.ruling import Breach, Duty, Recused, Ruling, Status
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Assignment, Beside, Obligation, Rule
from dutyroute.rulebook.types import Basis
from dutyroute.rulebook.vocabulary import Fact
from thresholds import around, compared

__all__ = ["Oracle", "Refused"]

Facts = Mapping[str, Any]
When = Mapping[str, Any]
Held = tuple[str, str]
"""A party and a role."""

STRENGTH: tuple[Basis, ...] = ("assumed", "inferred", "explicit")
PHASES = ("discover", "intake", "decide", "act", "oversee", "support", "settle", "carry-out")
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
}


class Refused(Exception):
    """An incident without an answer; the code says why, as the router's error does."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Oracle:
    """Answers incidents by one rulebook; what was settled once is kept."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.book = rulebook
        self.words = rulebook.vocabulary
        self.rules = [rule for rule in rulebook.rules.values() if not rule.draft]
        self.parties = list(self.words.parties)
        self.roles = sorted(self.words.roles, key=self._role_rank)
        self.domains = {fact.id: self._domain(fact) for fact in self.words.facts.values()}
        self.lines = {matter: self._line(matter) for matter in self.words.matters}
        self._settled: dict[Hashable, Ruling] = {}

    def route(self, incident: Facts) -> tuple[Ruling, ...]:
        """
        Answer an incident, one ruling for each of its matters.

        Facts and values are given by id; None stands for unknown.
        """
        defaults = {f.id: f.default for f in self.words.facts.values() if f.default is not None}
        given = {**defaults, **incident}
        self._check_day(given)
        matters = incident["matter"]
        listed = matters if isinstance(matters, list | tuple) else [matters]
        return tuple(self._rule({**given, "matter": matter}) for matter in listed)

    def _check_day(self, given: Facts) -> None:
        """Refuse a day before every rule begins, or after every rule has ended."""
        day = given.get(self.book.header.date or "")
        if day is not None and not self._is_day(day):
            raise Refused("incident-no-rules-then")

    def _is_day(self, day: date) -> bool:
        """Tell whether a day is neither before every rule begins nor after every rule has ended."""
        periods = [self._period(rule) for rule in self.rules]
        is_early = all(since is not None and day < since for since, _ in periods)
        is_late = all(until is not None and until <= day for _, until in periods)
        return not periods or not (is_early or is_late)

    # -- conditions

    def holds(self, when: When, facts: Facts) -> bool:
        """Tell whether a written condition holds of facts that are all known."""
        return all(self._part_holds(key, written, facts) for key, written in when.items())

    def _part_holds(self, key: str, written: Any, facts: Facts) -> bool:
        if key == "any":
            return any(self.holds(when, facts) for when in written)
        if key == "all":
            return all(self.holds(when, facts) for when in written)
        if key == "not":
            return not self.holds(written, facts)
        return _accepts(written, self.lines[facts[key]] if key == "matter" else (facts[key],))

    def _line(self, matter: str) -> tuple[str, ...]:
        """List a matter and all above it: a condition on any of these is met."""
        parent = self.words.matters[matter].parent
        return (matter,) if parent is None else (matter, *self._line(parent))

    # -- all facts known

    def answer(self, facts: Facts) -> Ruling | None:
        """Answer for facts that are all known; None where they cannot be."""
        if any(self.holds(when, facts) for when in self.book.impossible):
            return None
        matching = frozenset(rule.id for rule in self.rules if self._matches(rule, facts))
        owed = frozenset(o.id for o in self.book.obligations.values() if self.holds(o.applies, facts))
        barred = frozenset((facts[r.fact], role) for r in self.book.recusals for role in r.roles)
        key = facts["matter"], matching, owed, barred
        if key not in self._settled:
            self._settled[key] = self._settle(*key)
        return self._settled[key]

    def _matches(self, rule: Rule, facts: Facts) -> bool:
        since, until = self._period(rule)
        day = facts.get(self.book.header.date or "")
        if (since is not None and day < since) or (until is not None and until <= day):
            return False
        return self.holds(rule.when, facts)

    def _period(self, rule: Rule) -> tuple[Any, Any]:
        period = self.book.header.in_force if rule.in_force is None else rule.in_force
        return (None, None) if period is None else (period.since, period.until)

    def _settle(
        self, matter: str, matching: Iterable[str], owed: Iterable[str], barred: Collection[Held]
    ) -> Ruling:
        """Apply overrides, then recusal, then defaults, then who steps in; merge the duties; check what is owed."""
        matched = [self.book.rules[name] for name in sorted(matching)]
        surviving = [rule for rule in matched if not _is_struck(rule, matched)]
        plain = [rule for rule in surviving if not (rule.default or rule.beside or rule.vacated)]
        named = {role for rule in plain for role in rule.assign}
        assigned = {held[1] for rule in plain for held in _held(rule, barred)}
        needed = [rule for rule in surviving if rule.default not in assigned]
        second = [rule for rule in needed if not rule.vacated and _stands_beside(rule.beside, named)]
        filled = {held[1] for rule in second for held in _held(rule, barred)}
        emptied = {role for rule in second for role in rule.assign} - filled
        ids = {rule.id for rule in second}
        counting = [rule for rule in needed if rule.id in ids or rule.vacated in emptied]
        said = [(rule, p, role, a) for rule in counting for p, role, a in rule.duties()]
        kept = [each for each in said if each[1:3] not in barred]
        leads = self._by_rank({party for _, party, role, _ in kept if role == "lead"})
        duties = [self._duty(key, kept, leads) for key in self._chain({each[1:3] for each in kept})]
        obligations = [
            o for n in sorted(owed) if _stands_beside((o := self.book.obligations[n]).beside, named)
        ]
        breaches = [b for o in obligations if (b := _breach(o, counting, duties)) is not None]
        return Ruling(
            matter=matter,
            status=_status(duties, breaches),
            lead=tuple(leads),
            duties=tuple(duties),
            flags=_sorted(flag for rule in counting for flag in rule.flag),
            recused=_recused(each for each in said if each[1:3] in barred),
            breaches=tuple(breaches),
        )

    def _duty(self, key: Held, kept: Iterable[Said], leads: Collection[str]) -> Duty:
        """Make one duty of all that the counting rules say of a party and role."""
        party, role = key
        rules = [rule for rule, *held, _ in kept if held == [party, role]]
        assignments = [assignment for _, *held, assignment in kept if held == [party, role]]
        told = {other for assignment in assignments for other in assignment.to}
        if "lead" in told:
            told = told - {"lead"} | set(leads)
        return Duty(
            party=party,
            role=role,
            to=tuple(self._by_rank(told - {party})),
            within=min((a.within for a in assignments if a.within), key=_length, default=None),
            rules=_sorted(rule.id for rule in rules),
            clauses=_sorted(clause for rule in rules for clause in rule.cite),
            basis=max((rule.basis for rule in rules), key=STRENGTH.index),
            default=all(rule.default is not None for rule in rules),
        )

    # -- unknown facts

    def _rule(self, given: Facts) -> Ruling:
        """Answer for one matter, whatever the unknown facts turn out to be."""
        unknown = [fact for fact in self.words.facts if given.get(fact) is None]
        completions = {
            tuple(each[fact] for fact in unknown): self.answer(each) for each in self.completions(given)
        }
        possible = {id(ruling): ruling for ruling in completions.values() if ruling is not None}
        if not possible:
            # What is not given is then taken to be as open as what is said to be unknown.
            silent = [f for f in unknown if f not in given and self.words.facts[f].unless_said is not None]
            if not silent:
                raise Refused("incident-impossible")
            return self._rule({**given, **dict.fromkeys(silent)})
        outcomes = {key: _outcome(ruling) for key, ruling in possible.items()}
        answers = {values: outcomes.get(id(ruling)) for values, ruling in completions.items()}
        return self._combined(list(possible.values()), asked(unknown, answers))

    def completions(self, given: Facts) -> Iterator[Facts]:
        """Fill in the unknown facts in every way; one that is not given lacks the values it has only if said."""
        unknown = [fact for fact in self.words.facts if given.get(fact) is None]
        domains = []
        for fact in unknown:
            exclusion = self.words.facts[fact].unless_said if fact not in given else None
            excluded = exclusion.values if exclusion is not None else ()
            domains.append([value for value in self.domains[fact] if value not in excluded])
        for values in product(*domains):
            yield {**given, **dict(zip(unknown, values, strict=True))}

    def _domain(self, fact: Fact) -> tuple[Any, ...]:
        """List every value of a fact, or numbers and days enough to stand for all."""
        if fact.type == "bool":
            return True, False
        if fact.type == "enum":
            return tuple(value.id for value in fact.values)
        if fact.type == "tree":
            return tuple(self.words.matters)
        thresholds = set(self._thresholds(fact)) or {date(2026, 1, 1) if fact.type == "date" else 0}
        nearby = {near for value in thresholds for near in around(value)}
        if fact.type == "date":
            return tuple(
                sorted(day for day in nearby if fact.id != self.book.header.date or self._is_day(day))
            )
        return tuple(sorted(filter(fact.allows, nearby)))

    def _thresholds(self, fact: Fact) -> Iterator[Any]:
        """Yield every number or day that the rulebook compares a fact with."""
        rules, obligations = self.rules, self.book.obligations.values()
        for when in (*(r.when for r in rules), *(o.applies for o in obligations), *self.book.impossible):
            yield from compared(when, fact.id)
        bounds = (fact.at_least, fact.at_most)
        periods = (self._period(rule) for rule in rules) if fact.id == self.book.header.date else ()
        yield from (end for period in (bounds, *periods) for end in period if end is not None)

    def _combined(self, rulings: list[Ruling], asked: tuple[str, ...]) -> Ruling:
        """Make one ruling of several: certain is what stands in each of them."""
        keys = {(duty.party, duty.role) for ruling in rulings for duty in ruling.duties}
        duties = [self._over(key, rulings) for key in self._chain(keys)]
        flags = [frozenset(ruling.flags) for ruling in rulings]
        return Ruling(
            matter=rulings[0].matter,
            status=_combined_status(rulings),
            lead=tuple(duty.party for duty in duties if duty.role == "lead" and duty.certain),
            duties=tuple(duties),
            flags=_sorted(_all(*flags)),
            recused=_combined_reasons(ruling.recused for ruling in rulings),
            breaches=_combined_reasons(ruling.breaches for ruling in rulings),
            ask=asked,
            possible_flags=_sorted(_any(*flags) - _all(*flags)),
        )

    def _over(self, key: Held, rulings: list[Ruling]) -> Duty:
        """Make one duty of what several answers say of a party and role."""
        found = [duty for ruling in rulings for duty in ruling.duties if (duty.party, duty.role) == key]
        told = [frozenset(duty.to) for duty in found]
        limits = [duty.within for duty in found]
        return Duty(
            *key,
            to=tuple(self._by_rank(_all(*told))),
            within=None if None in limits else max((limit for limit in limits if limit), key=_length),
            rules=_sorted(rule for duty in found for rule in duty.rules),
            clauses=_sorted(clause for duty in found for clause in duty.clauses),
            basis=min((duty.basis for duty in found), key=STRENGTH.index),
            certain=len(found) == len(rulings),
            default=any(duty.default for duty in found),
            to_possible=_sorted(_any(*told) - _all(*told)),
        )

    # -- the order in which people read

    def _role_rank(self, role: str) -> tuple[bool, int]:
        phase = self.words.roles[role].phase
        return role != "lead", 0 if phase is None else 1 + PHASES.index(phase)

    def _by_rank(self, parties: Iterable[str]) -> list[str]:
        return sorted(parties, key=self.parties.index)

    def _chain(self, keys: Iterable[Held]) -> list[Held]:
        return sorted(keys, key=lambda key: (self.roles.index(key[1]), self.parties.index(key[0])))


R = TypeVar("R", Breach, Recused)
Said = tuple[Rule, str, str, Assignment]
"""A rule that counts, and a party, role and assignment that it names."""


def _accepts(written: Any, value: tuple[Any, ...]) -> bool:
    """Tell whether a value will do, given with all that it counts as."""
    if isinstance(written, tuple):
        return any(each in value for each in written)
    if isinstance(written, dict) and "not" in written:
        return not _accepts(written["not"], value)
    if isinstance(written, dict):
        return all(COMPARE[end](value[0], bound) for end, bound in written.items())
    return written in value


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


_all, _any = frozenset[str].intersection, frozenset[str].union


def _is_struck(rule: Rule, matching: Sequence[Rule]) -> bool:
    """Tell whether a matching rule that is not itself struck overrides this one."""
    return any(rule.id in other.overrides and not _is_struck(other, matching) for other in matching)


def _stands_beside(beside: Beside | None, named: set[str]) -> bool:
    """Tell whether the roles that have to be named are, and those that must not be are not."""
    return beside is None or (not named & set(beside.none) if beside.none else bool(named & set(beside.some)))


def _held(rule: Rule, barred: Collection[Held]) -> set[Held]:
    """List the parties and roles of a rule that recusal leaves."""
    return {(party, role) for party, role, _ in rule.duties()} - set(barred)


def _recused(dropped: Iterable[Said]) -> tuple[Recused, ...]:
    rules: dict[Held, set[str]] = {}
    for rule, party, role, _ in dropped:
        rules.setdefault((party, role), set()).add(rule.id)
    return tuple(Recused(*key, _sorted(rules[key])) for key in sorted(rules))


def _breach(owed: Obligation, rules: Iterable[Rule], duties: Iterable[Duty]) -> Breach | None:
    holding = [duty for duty in duties if duty.role == owed.role]
    holders = tuple(duty.party for duty in holding)
    joint = [{p for p, role in _held(rule, ()) if role == owed.role} for rule in rules if rule.joint]
    count, allowed = _count(holders, joint), owed.holders
    least = allowed.at_least or 0 if allowed.exactly is None else allowed.exactly
    most = allowed.at_most if allowed.exactly is None else allowed.exactly
    backing = _sorted(rule for duty in holding for rule in duty.rules)
    if count < least:
        return Breach(owed.id, owed.role, "gap", holders, backing)
    if most is not None and count > most:
        return Breach(owed.id, owed.role, "conflict", holders, backing)
    return None


def _count(holders: Iterable[str], together: Iterable[set[str]]) -> int:
    """Count holders; those whom some rule makes joint count as one."""
    groups: list[set[str]] = [{party} for party in holders]
    for joint in together:
        touched = [group for group in groups if group & joint]
        groups = [group for group in groups if not group & joint]
        groups += [set().union(*touched)] if touched else []
    return len(groups)


def _length(within: str) -> tuple[float, str]:
    return int(within.rstrip("dhw")) / {"h": 168, "d": 7, "w": 1, "wd": 5}[within.strip("0123456789")], within


def _status(duties: Sequence[Duty], breaches: Sequence[Breach]) -> Status:
    if any(breach.kind == "conflict" for breach in breaches):
        return "conflict"
    return "unrouted" if breaches or not duties else "routed"


def _combined_status(rulings: list[Ruling]) -> Status:
    statuses = {ruling.status for ruling in rulings}
    if len({_outcome(ruling) for ruling in rulings}) == 1 or statuses == {"unrouted"}:
        return rulings[0].status
    return "conflict" if statuses <= {"conflict", "unrouted"} else "incomplete"


def _combined_reasons(of: Iterable[tuple[R, ...]]) -> tuple[R, ...]:
    """Put together what is the same breach or recusal, whatever rules it rests on."""
    listed = list(of)
    found: dict[R, list[R]] = {}
    for each in (each for some in listed for each in some):
        found.setdefault(replace(each, rules=()), []).append(each)
    return tuple(
        replace(
            key, rules=_sorted(rule for each in same for rule in each.rules), certain=len(same) == len(listed)
        )
        for key, same in sorted(found.items(), key=lambda item: astuple(item[0]))
    )


def _outcome(ruling: Ruling) -> Hashable:
    """Return what makes two answers differ: duties, flags and breaches, not their reasons."""
    duties = frozenset((duty.party, duty.role, duty.to, duty.within) for duty in ruling.duties)
    return duties, ruling.flags, frozenset((b.obligation, b.kind, b.holders) for b in ruling.breaches)
