"""The part of two rulebooks that can bear on what differs between them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from dutyroute.analysis.deciding import GivingRules
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Obligation, Rule

Books = tuple[Rulebook, Rulebook]


def rule_content(rule: Rule, *, grounded: bool) -> tuple[Hashable, ...]:
    """
    Return what a rule says besides its condition, its period and its words.

    Equal for rules that do the same; where `grounded`, only for those that also
    rest on the same clauses with the same certainty.
    """
    duties = frozenset((p, role, a.to, a.within) for p, role, a in rule.duties())
    grounds = (rule.basis, frozenset(rule.cite)) if grounded else None
    counts = rule.default, rule.beside, rule.vacated, rule.draft
    return duties, counts, frozenset(rule.overrides), frozenset(rule.flag), rule.joint, grounds


def obligation_content(owed: Obligation) -> tuple[Hashable, ...]:
    """Return what an obligation says besides its condition and its words."""
    return owed.role, owed.holders.least, owed.holders.most, owed.beside


@dataclass(frozen=True, slots=True)
class _Slice:
    """Rules, obligations, roles and flags, by their names; of the roles, those `named` anew somewhere."""

    rules: set[str] = field(default_factory=set)
    obligations: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)


def sliced(old: Rulebook, new: Rulebook, *, grounded: bool) -> Books:
    """
    Cut two rulebooks down to what can bear on their differences.

    First forward: the rules and obligations that were edited, what they override,
    the roles and flags that these give, the rules that wait for those roles
    (`default`, `beside`, `vacated`). Then backward: everything that decides the roles and
    flags so found.
    The decisions of the two slices differ where, and as, those of the rulebooks
    do, and compare many times faster. Where `grounded`, a rule that rests on
    other words counts as edited.
    """
    books = old, new
    impossible = [set(book.only_impossible().conditions.values()) for book in books]
    if impossible[0] != impossible[1] or old.vocabulary.defaults != new.vocabulary.defaults:
        return books  # these bear on every rule, so that nothing can be cut
    kept = _deciding(books, _affected(books, grounded))
    return _cut(old, kept), _cut(new, kept)


def _affected(books: Books, grounded: bool) -> _Slice:
    """Gather the rules, roles and flags that an edit may affect."""
    found = _Slice(obligations=_edited(*map(_obligations, books)), named=_named_anew(books))
    for book in books:
        found.roles.update(book.obligations[n].role for n in found.obligations if n in book.obligations)
    # Only what can change its answer has to be followed: an edited rule, the rules it
    # overrides, and the rules that count or not by who holds a role that it gives.
    waiting = list(_edited(*(_rules(book, grounded) for book in books)))
    for book in books:
        waiting += [
            r.id for r in book.rules.values() if r.beside and not found.named.isdisjoint(r.beside.roles)
        ]
    while waiting:
        name = waiting.pop()
        if name in found.rules:
            continue
        found.rules.add(name)
        for rule in (book.rules[name] for book in books if name in book.rules):
            waiting += rule.overrides
            found.flags.update(rule.flag)
            fresh = set(rule.assign) - found.roles
            found.roles.update(fresh)
            waiting += [
                other.id
                for book in books
                if fresh
                for other in book.rules.values()
                if {other.default, other.vacated} & fresh
                or (LEAD in fresh and any(LEAD in a.to for _, _, a in other.duties()))
            ]
    return found


def _named_anew(books: Books) -> set[str]:
    """
    Gather the roles that may be named where they were not, or no more where they were.

    A rule that only gives its roles to other parties, or on other grounds, names
    what it named before, so that no `beside` anywhere comes out differently.
    """
    waiting = list(_edited(*map(_naming, books)))
    seen, roles = set[str](), set[str]()
    while waiting:
        name = waiting.pop()
        for rule in (book.rules[name] for book in books if name in book.rules and name not in seen):
            roles.update(rule.assign)
            waiting += rule.overrides
        seen.add(name)
    return roles


def _naming(book: Rulebook) -> dict[str, Hashable]:
    """Return what decides which roles each rule names, and where."""
    return {
        name: (
            book.conditions["rules", name],
            _days(book, rule),
            (rule.default, rule.beside, rule.vacated, rule.draft),
            frozenset(rule.overrides),
            frozenset(rule.assign),
        )
        for name, rule in book.rules.items()
    }


def _days(book: Rulebook, rule: Rule) -> Hashable:
    """Return on which days of which fact a rule is in force; None where it always is."""
    period = book.period(rule)
    return (book.header.date, period.since, period.until) if period.since or period.until else None


def _deciding(books: Books, affected: _Slice) -> _Slice:
    """Gather the rules and obligations that decide what becomes of the affected roles and flags."""
    owed = [
        owed
        for owed in (each for book in books for each in book.obligations.values())
        if owed.id in affected.obligations
        or owed.role in affected.roles
        or not affected.named.isdisjoint(owed.awaited)
    ]
    awaited = {role for each in owed for role in (each.role, *each.awaited)}
    # Both rulebooks are read together: a rule that was deleted decides in the old one only.
    rules = GivingRules(*(book.rules for book in books))
    found, _ = rules.deciding(affected.roles, affected.flags, awaited)
    return _Slice(rules=found, obligations={each.id for each in owed})


def _cut(book: Rulebook, kept: _Slice) -> Rulebook:
    rules = {name: rule for name, rule in book.rules.items() if name in kept.rules}
    owed = {name: each for name, each in book.obligations.items() if name in kept.obligations}
    conditions = {
        key: condition
        for key, condition in book.conditions.items()
        if key[0] == "impossible" or key[1] in (rules if key[0] == "rules" else owed)
    }
    return replace(book, rules=rules, obligations=owed, conditions=conditions)


def _edited(was: dict[str, Hashable], now: dict[str, Hashable]) -> set[str]:
    return {name for name in (*was, *now) if was.get(name) != now.get(name)}


def _rules(book: Rulebook, grounded: bool) -> dict[str, Hashable]:
    """Return everything that each rule says but its words, with its recusals."""
    found: dict[str, Hashable] = {}
    for name, rule in book.rules.items():
        barred = frozenset((each.fact, each.party, each.role) for each in book.barred(name))
        content = rule_content(rule, grounded=grounded)
        found[name] = book.conditions["rules", name], content, _days(book, rule), barred
    return found


def _obligations(book: Rulebook) -> dict[str, Hashable]:
    owed = book.obligations
    return {name: (book.conditions["obligations", name], obligation_content(owed[name])) for name in owed}
