"""
An independent oracle: a rulebook's meaning as formulas, for z3 to decide.

Written from docs/semantics.md and from the rules as their author wrote them; it
knows nothing of diagrams, compiled conditions or settlements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, cached_property
from typing import Any

import z3

from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Beside, Rule, hours

TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)
FOREVER = 10**9
"""More hours than any time limit has."""


def either(*parts: Any) -> Any:
    """At least one holds; parts that plainly do not are left out, which z3's Python side is slow at."""
    left = [part for part in parts if part is not FALSE]
    return z3.Or(*left) if left else FALSE


def both(*parts: Any) -> Any:
    """All hold."""
    return FALSE if any(part is FALSE for part in parts) else z3.And(*parts)


class Proof:
    """Asks z3 whether some incident exists; facts are variables, the matter is one of them."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.words = book.vocabulary
        self.facts = {name: self._variable(name) for name in self.words.facts}
        self.matters = list(self.words.matters)
        self.solver = z3.Solver()
        self.solver.add(*self._domains(), self.asked, z3.Not(self.impossible))
        self.match = {name: self.matches(rule, rule.when) for name, rule in book.rules.items()}
        self.barred = cache(self._barred)
        self.deciding = {name: rule for name, rule in book.rules.items() if not rule.draft}
        self.whole = Outcome(self, self.deciding)

    def exists(self, *conditions: Any) -> bool:
        """Tell whether some incident that can be asked about fulfils all conditions."""
        answer = self.solver.check(*conditions)
        assert answer != z3.unknown
        return bool(answer == z3.sat)

    def about(self, *matters: str) -> Any:
        return z3.Or(*(self.facts["matter"] == self.matters.index(matter) for matter in matters))

    def is_dead(self, rule: str) -> bool:
        return not self.exists(self.match[rule])

    def is_shadowed(self, rule: str) -> bool:
        return not self.is_dead(rule) and not self.exists(self.whole.counts[rule])

    def changes_nothing(self, rule: str) -> bool:
        """Tell whether every incident has the same outcome without a rule."""
        others = {name: r for name, r in self.deciding.items() if name != rule}
        return not self.exists(self.whole.differs(Outcome(self, others)))

    def is_broken(self, obligation: str, matters: str | list[str], kind: str) -> bool:
        about = self.about(*([matters] if isinstance(matters, str) else matters))
        return self.exists(about, self.whole.breach(obligation, kind))

    def _barred(self, party: str, role: str) -> Any:
        """Whether a recusal keeps a party from a role."""
        about = [r for r in self.book.recusals if role in r.roles]
        facts = [r.fact for r in about if party in self._ids(r.fact)]
        return either(*(self._is(fact, party) for fact in facts))

    # -- facts

    def _variable(self, name: str) -> Any:
        return z3.Bool(name) if self.words.facts[name].type == "bool" else z3.Int(name)

    def _domains(self) -> Iterator[Any]:
        for name, fact in self.words.facts.items():
            variable = self.facts[name]
            if fact.type in {"enum", "tree"}:
                yield z3.And(variable >= 0, variable < len(self._ids(name)))
            elif fact.type == "date":
                yield z3.And(variable >= date.min.toordinal(), variable <= date.max.toordinal())
            elif fact.type == "int":
                yield z3.And(*(variable >= n for n in [fact.at_least] if n is not None))
                yield z3.And(*(variable <= n for n in [fact.at_most] if n is not None))

    def _ids(self, name: str) -> list[str]:
        if name == "matter":
            return self.matters
        return [value.id for value in self.words.facts[name].values]

    @cached_property
    def asked(self) -> Any:
        """The days from the first on which a rule is in force to the last."""
        day = self.facts.get(self.book.header.date or "")
        periods = [self.book.period(rule) for rule in self.book.rules.values() if not rule.draft]
        if day is None or not periods:
            return TRUE
        limits = []
        if all(p.since for p in periods):
            limits.append(day >= min(p.since.toordinal() for p in periods if p.since))
        if all(p.until for p in periods):
            limits.append(day < max(p.until.toordinal() for p in periods if p.until))
        return z3.And(*limits)

    @cached_property
    def impossible(self) -> Any:
        return z3.Or(*(self.holds(when) for when in self.book.impossible))

    # -- conditions

    def holds(self, when: Mapping[str, Any]) -> Any:
        return z3.And(*(self._part(key, value) for key, value in when.items()))

    def _part(self, key: str, value: Any) -> Any:
        if key == "any":
            return z3.Or(*map(self.holds, value))
        if key == "all":
            return z3.And(*map(self.holds, value))
        if key == "not":
            return z3.Not(self.holds(value))
        return self._accepts(key, value)

    def _accepts(self, fact: str, value: Any) -> Any:
        if isinstance(value, tuple):
            return z3.Or(*(self._accepts(fact, each) for each in value))
        if not isinstance(value, Mapping):
            return self._is(fact, value)
        if "not" in value:
            return z3.Not(self._accepts(fact, value["not"]))
        variable = self.facts[fact]
        numbers = {end: n.toordinal() if isinstance(n, date) else n for end, n in value.items()}
        compared = {
            "at_least": lambda n: variable >= n,
            "more_than": lambda n: variable > n,
            "at_most": lambda n: variable <= n,
            "less_than": lambda n: variable < n,
        }
        return z3.And(*(compared[end](n) for end, n in numbers.items()))

    def _is(self, fact: str, value: Any) -> Any:
        variable = self.facts[fact]
        if fact == "matter":
            return z3.Or(*(variable == i for i, m in enumerate(self.matters) if self._is_below(m, value)))
        if isinstance(value, bool):
            return variable if value else z3.Not(variable)
        if isinstance(value, str):
            return variable == self._ids(fact).index(value)
        return variable == (value.toordinal() if isinstance(value, date) else value)

    def _is_below(self, matter: str | None, top: str) -> bool:
        while matter is not None and matter != top:
            matter = self.words.matters[matter].parent
        return matter is not None

    def matches(self, rule: Rule, when: Mapping[str, Any]) -> Any:
        """Whether a rule would apply if its condition were another."""
        period, day = self.book.period(rule), self.facts.get(self.book.header.date or "")
        limits = [] if day is None else [day >= period.since.toordinal()] if period.since else []
        limits += [] if day is None else [day < period.until.toordinal()] if period.until else []
        return z3.And(self.holds(when), *limits)


class Outcome:
    """What the rules given come to, as formulas over the facts of a proof."""

    def __init__(self, proof: Proof, rules: Mapping[str, Rule]) -> None:
        self.proof = proof
        self.rules = rules
        self.parties = list(proof.words.parties)
        self.roles = list(proof.words.roles)
        # Each formula is made once: it takes z3's Python side longer to make them than z3 to solve them.
        self.gives = cache(self._gives)
        self.told = cache(self._told)
        self.limit = cache(self._limit)
        self.flagged = cache(self._flagged)
        self.count = cache(self._count)
        self.breach = cache(self._breach)
        self._struck: dict[str, Any] = {}
        self.survives = {name: both(proof.match[name], z3.Not(self._is_struck(name))) for name in rules}
        plain = [rule for rule in rules.values() if not rule.awaited]
        held = {role: either(*(self._keeps_any(rule, role) for rule in plain)) for role in self.roles}
        self.named = {
            role: either(*(self.survives[rule.id] for rule in plain if role in rule.assign))
            for role in self.roles
        }
        self.counts = {
            name: both(
                self.survives[name],
                z3.Not(held[rule.default]) if rule.default else TRUE,
                self._is_beside(rule.beside),
            )
            for name, rule in rules.items()
            if rule.vacated is None
        }
        # In the order of the steps: whether these count hangs on all rules above.
        self.counts |= {
            name: both(self.survives[name], self._is_vacated(rule.vacated))
            for name, rule in rules.items()
            if rule.vacated is not None
        }
        self.has = {(p, r): either(*self._giving(p, r)) for p in self.parties for r in self.roles}

    def _is_beside(self, beside: Beside | None) -> Any:
        """Whether what a `beside` wants to be named is, or is not."""
        if beside is None:
            return TRUE
        named = either(*(self.named[role] for role in beside.roles))
        return named if beside.some else z3.Not(named)

    def _is_vacated(self, role: str) -> Any:
        """Whether rules of the first two steps assign a role, and recusal leaves nobody in it."""
        earlier = [rule for rule in self.rules.values() if rule.vacated is None]
        assigned = either(*(self.counts[rule.id] for rule in earlier if role in rule.assign))
        kept = (self.gives(rule.id, p, r) for rule in earlier for p, r, _ in rule.duties() if r == role)
        return both(assigned, z3.Not(either(*kept)))

    def _is_struck(self, name: str) -> Any:
        if name not in self._struck:
            strikers = [other for other, rule in self.rules.items() if name in rule.overrides]
            self._struck[name] = either(
                *(both(self.proof.match[other], z3.Not(self._is_struck(other))) for other in strikers)
            )
        return self._struck[name]

    def _keeps_any(self, rule: Rule, role: str) -> Any:
        kept = (z3.Not(self.proof.barred(p, r)) for p, r, _ in rule.duties() if r == role)
        return both(self.survives[rule.id], either(*kept))

    def _gives(self, rule: str, party: str, role: str) -> Any:
        if not any((p, r) == (party, role) for p, r, _ in self.rules[rule].duties()):
            return FALSE
        return both(self.counts[rule], z3.Not(self.proof.barred(party, role)))

    def _giving(self, party: str, role: str) -> Iterable[Any]:
        return (self.gives(rule, party, role) for rule in self.rules)

    # -- what is told of a duty

    def _told(self, party: str, role: str, to: str) -> Any:
        """Whether a party that holds a role does so towards another."""
        if to == party:
            return FALSE
        found = []
        for rule in self.rules.values():
            named = {t for p, r, a in rule.duties() if (p, r) == (party, role) for t in a.to}
            towards = either(
                TRUE if to in named else FALSE, self.has[to, "lead"] if "lead" in named else FALSE
            )
            found.append(both(self.gives(rule.id, party, role), towards))
        return either(*found)

    def _limit(self, party: str, role: str) -> Any:
        """The shortest time limit of a duty, ranked; limits as long are told apart by their text."""
        ranked = self._ranks
        found: Any = z3.IntVal(FOREVER)
        for rule in self.rules.values():
            for p, r, a in rule.duties():
                if (p, r) == (party, role) and a.within:
                    rank = ranked.index(a.within)
                    found = z3.If(both(self.gives(rule.id, p, r), found > rank), rank, found)
        return found

    @cached_property
    def _ranks(self) -> list[str]:
        written = {
            a.within for rule in self.proof.book.rules.values() for _, _, a in rule.duties() if a.within
        }
        return sorted(written, key=lambda within: (hours(within), within))

    # -- obligations

    def _count(self, role: str) -> Any:
        """How many hold a role; those whom joint rules put together count once."""
        joined = self._joined(role)
        first = [
            both(self.has[p, role], *(z3.Not(joined[q, p]) for q in self.parties[:i]))
            for i, p in enumerate(self.parties)
        ]
        return z3.Sum([z3.If(is_first, 1, 0) for is_first in first])

    def _joined(self, role: str) -> dict[tuple[str, str], Any]:
        pairs = [(p, q) for p in self.parties for q in self.parties]
        joint = [name for name, rule in self.rules.items() if rule.joint]
        near = {
            (p, q): either(*(both(self.gives(r, p, role), self.gives(r, q, role)) for r in joint))
            for p, q in pairs
        }
        for via in self.parties if joint else ():
            near = {(p, q): either(near[p, q], both(near[p, via], near[via, q])) for p, q in pairs}
        return near

    def _breach(self, obligation: str, kind: str) -> Any:
        owed = self.proof.book.obligations[obligation]
        count, holders = self.count(owed.role), owed.holders
        most = holders.exactly if holders.exactly is not None else holders.at_most
        too_many = FALSE if most is None else count > most
        failing = count < holders.least if kind == "gap" else too_many
        return both(self.proof.holds(owed.applies), self._is_beside(owed.beside), failing)

    # -- comparison

    def differs(self, other: Outcome) -> Any:
        """Some duty, whom it is towards, its limit, some flag or some breach is another."""
        parts = []
        for key in (key for key in self.has if self.has[key] is not FALSE):
            parts.append(self.has[key] != other.has[key])
            parts.append(both(self.has[key], self.limit(*key) != other.limit(*key)))
            parts += [_apart(self.told(*key, to), other.told(*key, to)) for to in self.parties]
        parts += [_apart(self.flagged(f), other.flagged(f)) for f in self.proof.words.flags]
        for name in self.proof.book.obligations:
            parts += [
                _apart(self.breach(name, kind), other.breach(name, kind)) for kind in ("gap", "conflict")
            ]
        return either(*parts)

    def _flagged(self, flag: str) -> Any:
        return either(*(self.counts[name] for name, rule in self.rules.items() if flag in rule.flag))


def _apart(one: Any, other: Any) -> Any:
    return FALSE if one is FALSE and other is FALSE else one != other
