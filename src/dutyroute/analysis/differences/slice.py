"""The part of two rulebooks that can bear on what differs between them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace

from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Obligation, Rule

__all__ = ["sliced"]


def sliced(old: Rulebook, new: Rulebook, *, grounded: bool) -> tuple[Rulebook, Rulebook]:
    """
    Cut two rulebooks down to what can bear on their differences.

    First forward: the rules and obligations that were edited, what they strike
    out, the roles and flags that these give, the defaults that wait for those
    roles. Then backward: everything that decides the roles and flags so found.
    The decisions of the two slices differ where, and as, those of the rulebooks
    do, and compare many times faster. Where `grounded`, a rule that rests on
    other words counts as edited.
    """
    if _impossible(old) != _impossible(new) or _defaults(old) != _defaults(new):
        return old, new
    moved = _Moved(old, new, grounded)
    kept = _Kept((old, new), moved)
    return kept.of(old), kept.of(new)


def _impossible(book: Rulebook) -> frozenset[Hashable]:
    return frozenset(condition for key, condition in book.conditions.items() if key[0] == "impossible")


def _defaults(book: Rulebook) -> frozenset[Hashable]:
    return frozenset(
        (fact.id, fact.default) for fact in book.vocabulary.facts.values() if fact.default is not None
    )


class _Moved:
    """The rules, roles and flags that an edit may move."""

    def __init__(self, old: Rulebook, new: Rulebook, grounded: bool) -> None:
        self.books = old, new
        self.owed = _edited(_owed(old), _owed(new))
        self.roles: set[str] = {
            book.obligations[name].role
            for name in self.owed
            for book in self.books
            if name in book.obligations
        }
        self.flags: set[str] = set()
        self.rules: set[str] = set()
        waiting = list(_edited(_said(old, grounded), _said(new, grounded)))
        while waiting:
            name = waiting.pop()
            if name not in self.rules:
                self.rules.add(name)
                waiting += self._struck(name)
                waiting += self._reached(name)

    def _named(self, name: str) -> Iterator[Rule]:
        return (book.rules[name] for book in self.books if name in book.rules)

    def _struck(self, name: str) -> Iterator[str]:
        for rule in self._named(name):
            yield from rule.overrides

    def _reached(self, name: str) -> Iterator[str]:
        """Note the roles and flags of a rule; yield the rules that wait for those roles."""
        for rule in self._named(name):
            self.flags.update(rule.flag)
            fresh = set(rule.assign) - self.roles
            self.roles |= fresh
            for book in self.books if fresh else ():
                yield from (
                    r.id
                    for r in book.rules.values()
                    if r.default in fresh or (LEAD in fresh and _tells_lead(r))
                )


class _Kept:
    """What has to be known to tell what becomes of the roles and flags that may move."""

    def __init__(self, books: tuple[Rulebook, Rulebook], moved: _Moved) -> None:
        self.books = books
        self.owed = {o.id for book in books for o in book.obligations.values() if o.role in moved.roles}
        self.owed |= moved.owed
        self.rules: set[str] = set()
        self._roles: set[str] = set()
        waiting = [*moved.rules, *self._giving(moved.roles)]
        waiting += [r.id for book in books for r in book.rules.values() if moved.flags.intersection(r.flag)]
        while waiting:
            name = waiting.pop()
            if name not in self.rules:
                self.rules.add(name)
                waiting += self._deciding(name)

    def _giving(self, roles: Iterable[str]) -> Iterator[str]:
        """Yield the rules that give any of some roles, those not asked about before."""
        fresh = set(roles) - self._roles
        self._roles |= fresh
        for book in self.books if fresh else ():
            yield from (rule.id for rule in book.rules.values() if not fresh.isdisjoint(rule.assign))

    def _deciding(self, name: str) -> Iterator[str]:
        """Yield the rules on which it hangs whether, and how, a rule counts."""
        for book in self.books:
            rule = book.rules.get(name)
            if rule is None:
                continue
            yield from (r.id for r in book.rules.values() if name in r.overrides)
            yield from self._giving([rule.default] if rule.default else [])
            yield from self._giving([LEAD] if _tells_lead(rule) else [])

    def of(self, book: Rulebook) -> Rulebook:
        """Cut one rulebook down to what is kept."""
        rules = {name: rule for name, rule in book.rules.items() if name in self.rules}
        owed = {name: each for name, each in book.obligations.items() if name in self.owed}
        cut = {("rules", name) for name in book.rules if name not in rules}
        cut |= {("obligations", name) for name in book.obligations if name not in owed}
        conditions = {key: condition for key, condition in book.conditions.items() if key not in cut}
        return replace(book, rules=rules, obligations=owed, conditions=conditions)


def _edited(was: dict[str, Hashable], now: dict[str, Hashable]) -> set[str]:
    return {name for name in (*was, *now) if was.get(name) != now.get(name)}


def _said(book: Rulebook, grounded: bool) -> dict[str, Hashable]:
    return {
        name: (book.conditions["rules", name], *_rule(book, rule), grounded and _grounds(rule))
        for name, rule in book.rules.items()
    }


def _grounds(rule: Rule) -> Hashable:
    return rule.basis, frozenset(rule.cite)


def _rule(book: Rulebook, rule: Rule) -> Iterator[Hashable]:
    """Yield everything that a rule says, but for its condition and its words."""
    period = book.period(rule)
    yield frozenset((p, role, a.to, a.within) for p, role, a in rule.duties())
    yield rule.default, frozenset(rule.overrides), frozenset(rule.flag), rule.joint
    yield (book.header.date, period.since, period.until) if period.since or period.until else None
    yield frozenset(_barred(book, rule))


def _barred(book: Rulebook, rule: Rule) -> Iterator[Hashable]:
    for recusal in book.recusals:
        values = {value.id for value in book.vocabulary.facts[recusal.fact].values}
        for party, role, _ in rule.duties():
            if role in recusal.roles and party in values:
                yield recusal.fact, party, role


def _owed(book: Rulebook) -> dict[str, Hashable]:
    return {
        name: (book.conditions["obligations", name], *_bounds(each))
        for name, each in book.obligations.items()
    }


def _bounds(owed: Obligation) -> tuple[Hashable, ...]:
    return owed.role, owed.holders.least, owed.holders.most


def _tells_lead(rule: Rule) -> bool:
    return any(LEAD in assignment.to for _, _, assignment in rule.duties())
