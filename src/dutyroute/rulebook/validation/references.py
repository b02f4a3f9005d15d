"""Checks across a rulebook: no word stands for two things, and entries go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from dutyroute.diagnostics import Diagnostic, Place, Related
from dutyroute.rulebook.conditions import expected
from dutyroute.rulebook.rules import Header, Recusal, Rule
from dutyroute.rulebook.vocabulary import MATTER, Fact, Term, Vocabulary

__all__ = ["Checker"]

RESERVED = frozenset({"id", "any", "all", "not", "text"})
"""Words that an incident or a condition needs for itself."""


class Checker:
    """Checks one rulebook's references; `places` tells each entry's index."""

    def __init__(self, words: Vocabulary, places: Mapping[tuple[str, str], int]) -> None:
        self.words = words
        self.places = places

    def check(
        self,
        header: Header | None,
        rules: Mapping[str, Rule],
        recusals: Mapping[int, Recusal],
    ) -> Iterator[Diagnostic]:
        """Yield every fault; nothing is assumed of what is checked."""
        yield from self._names()
        for fact in self.words.facts.values():
            yield from self._fact(fact)
        yield from self._clauses()
        if header is not None:
            yield from self._header(header, rules)
        for rule in rules.values():
            yield from self._rule(rule)
        yield from self._override_cycles(rules)
        for index, recusal in recusals.items():
            yield from self._recusal(recusal, ("recusal", index))

    def _at(self, kind: str, name: str) -> Place:
        return (kind, self.places.get((kind, name), 0))

    # -- vocabulary

    def _names(self) -> Iterator[Diagnostic]:
        tables: dict[str, Mapping[str, Term]] = {
            "parties": self.words.parties,
            "roles": self.words.roles,
            "matters": self.words.matters,
            "facts": self.words.facts,
            "flags": self.words.flags,
        }
        for kind, entries in tables.items():
            yield from _ambiguous(
                {n: (e, self._at(kind, n)) for n, e in entries.items() if (kind, n) in self.places}
            )

    def _fact(self, fact: Fact) -> Iterator[Diagnostic]:
        if ("facts", fact.id) not in self.places:
            return
        at = self._at("facts", fact.id)
        spelled = [(fact.id, "id"), (fact.name, "name"), (fact.english, "english")]
        spelled += [(alias, "aliases") for alias in fact.aliases]
        for word, key in spelled:
            if word in RESERVED:
                yield Diagnostic("reserved-name", {"word": word}, (*at, key))
        if (fact.type == "tree") is not (fact.id == MATTER):
            yield Diagnostic("tree-is-matter", {"word": fact.id}, (*at, "type"))
        if fact.type == "enum" and not fact.values:
            yield Diagnostic("missing-key", {"key": "values"}, at)
        for key in self._misplaced(fact):
            yield Diagnostic("key-not-for-type", {"key": key, "type": fact.type}, (*at, key), "key")
        yield from _ambiguous({v.id: (v, (*at, "values", i)) for i, v in enumerate(fact.values)})
        twice = Counter(v.id for v in fact.values)
        for index, value in enumerate(fact.values):
            if twice[value.id] > 1:
                yield Diagnostic("duplicate-id", {"word": value.id}, (*at, "values", index, "id"))
        yield from self._default(fact, (*at, "default"))

    @staticmethod
    def _misplaced(fact: Fact) -> Iterator[str]:
        if fact.values and fact.type != "enum":
            yield "values"
        if fact.type != "int":
            yield from (k for k in ("at_least", "at_most") if getattr(fact, k) is not None)
        if fact.default is not None and fact.type == "tree":
            yield "default"

    def _default(self, fact: Fact, at: Place) -> Iterator[Diagnostic]:
        value: Any = fact.default
        if value is None or fact.type == "tree":
            return
        domain = self.words.domain(fact) if fact.type == "enum" else ()
        kinds: dict[str, type] = {"enum": str, "bool": bool, "int": int, "date": date}
        right = type(value) is kinds[fact.type] and (fact.type != "enum" or value in domain)
        if not right or (fact.type == "int" and not fact.allows(value)):
            wanted = expected(fact, self.words.entries(fact))
            yield Diagnostic("wrong-value", {"fact": fact.id, "value": value, "expected": wanted}, at)

    def _clauses(self) -> Iterator[Diagnostic]:
        for instrument in self.words.instruments.values():
            seen: dict[str, int] = {}
            for index, clause in enumerate(instrument.clauses):
                at = (*self._at("instruments", instrument.id), "clauses", index, "id")
                if clause.id in seen:
                    first = Related("first-here", (*at[:-2], seen[clause.id], "id"))
                    yield Diagnostic("duplicate-id", {"word": clause.id}, at, related=(first,))
                seen.setdefault(clause.id, index)

    # -- header, rules, recusal

    def _header(self, header: Header, rules: Mapping[str, Rule]) -> Iterator[Diagnostic]:
        if header.date is None:
            if header.in_force is not None:
                yield Diagnostic("no-date-fact", {}, ("rulebook", "in_force"), "key")
            for rule in rules.values():
                if rule.in_force is not None:
                    yield Diagnostic("no-date-fact", {}, (*self._at("rules", rule.id), "in_force"), "key")

    def _rule(self, rule: Rule) -> Iterator[Diagnostic]:
        at = self._at("rules", rule.id)
        if not rule.assign and not rule.flag:
            yield Diagnostic("empty-rule", {"word": rule.id}, (*at, "id"))
        yield from self._repeated(rule, at)
        if rule.default is not None and rule.default not in rule.assign:
            yield Diagnostic("default-not-assigned", {"word": rule.default}, (*at, "default"))
        if rule.joint and not any(len(_holders(a)) > 1 for a in rule.assign.values()):
            yield Diagnostic("joint-of-one", {}, (*at, "joint"), "key")
        for index, other in enumerate(rule.overrides):
            if other == rule.id:
                yield Diagnostic("override-cycle", {"word": other}, (*at, "overrides", index))

    def _repeated(self, rule: Rule, at: Place) -> Iterator[Diagnostic]:
        for role, assignments in rule.assign.items():
            counts = Counter(party for a in assignments for party in a.party)
            for party in (p for p, n in counts.items() if n > 1):
                yield Diagnostic("repeated-party", {"word": party, "role": role}, (*at, "assign", role))

    def _override_cycles(self, rules: Mapping[str, Rule]) -> Iterator[Diagnostic]:
        for name, rule in rules.items():
            for index, other in enumerate(rule.overrides):
                if other != name and name <= other and name in _overridden(other, rules):
                    at = (*self._at("rules", name), "overrides", index)
                    back = Related("also-here", (*self._at("rules", other), "overrides"))
                    yield Diagnostic("override-cycle", {"word": other}, at, related=(back,))

    def _recusal(self, recusal: Recusal, at: Place) -> Iterator[Diagnostic]:
        fact = self.words.facts.get(recusal.fact)
        if fact is not None and not {v.id for v in fact.values} & set(self.words.parties):
            yield Diagnostic("recusal-without-party", {"word": recusal.fact}, (*at, "fact"))


def _holders(assignments: Iterable[Any]) -> set[str]:
    return {party for assignment in assignments for party in assignment.party}


def _overridden(name: str, rules: Mapping[str, Rule]) -> set[str]:
    """List all rules that one strikes out, directly or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        rule = rules.get(waiting.pop())
        fresh = set(rule.overrides) - found if rule else set()
        found |= fresh
        waiting += fresh
    return found


def _ambiguous(entries: Mapping[str, tuple[Term, Place]]) -> Iterator[Diagnostic]:
    """Tell names and aliases that stand for two entries of one kind."""
    owner: dict[str, str] = {}
    for name, (entry, at) in entries.items():
        for spelling in dict.fromkeys((name, entry.name, entry.english, *entry.aliases)):
            first = owner.setdefault(spelling.casefold(), name)
            if first != name:
                related = (Related("first-here", (*entries[first][1], "id")),)
                yield Diagnostic(
                    "ambiguous-name",
                    {"word": spelling, "first": first, "second": name},
                    (*at, "id"),
                    related=related,
                )
