"""Checks across a rulebook: every identifier exists, no word stands for two things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from dutyroute.diagnostics import Diagnostic, Place, Related, nearest
from dutyroute.rulebook.conditions import expected
from dutyroute.rulebook.rules import LEAD, Header, Obligation, Recusal, Rule
from dutyroute.rulebook.vocabulary import MATTER, Entry, Fact, Vocabulary, suggestion

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
        obligations: Mapping[str, Obligation],
        recusals: Iterable[Recusal],
    ) -> Iterator[Diagnostic]:
        """Yield every fault; nothing is assumed of what is checked."""
        yield from self._names()
        for fact in self.words.facts.values():
            yield from self._fact(fact)
        yield from self._clauses()
        if header is not None:
            yield from self._header(header, rules)
        for rule in rules.values():
            yield from self._rule(rule, rules)
        yield from self._override_cycles(rules)
        for obligation in obligations.values():
            yield from self._known(
                "role", [(obligation.role, (*self._at("obligations", obligation.id), "role"))]
            )
        for index, recusal in enumerate(recusals):
            yield from self._recusal(recusal, ("recusal", index))

    def _at(self, kind: str, name: str) -> Place:
        return (kind, self.places.get((kind, name), 0))

    # -- vocabulary

    def _names(self) -> Iterator[Diagnostic]:
        tables: dict[str, Mapping[str, Entry]] = {
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
            return
        found = self.words.facts.get(header.date)
        if found is None:
            yield self.unknown("fact", header.date, self.words.facts, ("rulebook", "date"))
        elif found.type != "date":
            yield Diagnostic("not-a-date-fact", {"word": header.date}, ("rulebook", "date"))

    def _rule(self, rule: Rule, rules: Mapping[str, Rule]) -> Iterator[Diagnostic]:
        at = self._at("rules", rule.id)
        if not rule.assign and not rule.flag:
            yield Diagnostic("empty-rule", {"word": rule.id}, (*at, "id"))
        yield from self._known("role", ((role, (*at, "assign", role)) for role in rule.assign), on="key")
        yield from self._known("party", _parties(rule, at))
        yield from self._known("flag", ((f, (*at, "flag", i)) for i, f in enumerate(rule.flag)))
        yield from self._cited(rule.cite, (*at, "cite"))
        yield from self._repeated(rule, at)
        if rule.default is not None and rule.default not in rule.assign:
            yield Diagnostic("default-not-assigned", {"word": rule.default}, (*at, "default"))
        if rule.joint and not any(len(_holders(a)) > 1 for a in rule.assign.values()):
            yield Diagnostic("joint-of-one", {}, (*at, "joint"), "key")
        for index, other in enumerate(rule.overrides):
            place = (*at, "overrides", index)
            if other == rule.id:
                yield Diagnostic("override-cycle", {"word": other}, place)
            elif other not in rules:
                yield self.unknown("rule", other, {}, place, known=rules)

    def _repeated(self, rule: Rule, at: Place) -> Iterator[Diagnostic]:
        for role, assignments in rule.assign.items():
            counts = Counter(party for a in assignments for party in a.party)
            for party in (p for p, n in counts.items() if n > 1):
                yield Diagnostic("repeated-party", {"word": party, "role": role}, (*at, "assign", role))

    def _cited(self, references: tuple[str, ...], at: Place) -> Iterator[Diagnostic]:
        for index, reference in enumerate(references):
            instrument, _, clause = reference.partition("/")
            if instrument not in self.words.instruments:
                yield self.unknown("instrument", instrument, {}, (*at, index), known=self.words.instruments)
            elif self.words.clause(reference) is None:
                known = [c.id for c in self.words.instruments[instrument].clauses]
                yield self.unknown("clause", clause, {}, (*at, index), known=known)

    def _override_cycles(self, rules: Mapping[str, Rule]) -> Iterator[Diagnostic]:
        for name, rule in rules.items():
            for index, other in enumerate(rule.overrides):
                if other != name and name <= other and name in _overridden(other, rules):
                    at = (*self._at("rules", name), "overrides", index)
                    back = Related("also-here", (*self._at("rules", other), "overrides"))
                    yield Diagnostic("override-cycle", {"word": other}, at, related=(back,))

    def _recusal(self, recusal: Recusal, at: Place) -> Iterator[Diagnostic]:
        yield from self._known("role", ((r, (*at, "roles", i)) for i, r in enumerate(recusal.roles)))
        yield from self._cited(recusal.cite, (*at, "cite"))
        fact = self.words.facts.get(recusal.fact)
        if fact is None:
            yield self.unknown("fact", recusal.fact, self.words.facts, (*at, "fact"))
        elif not {v.id for v in fact.values} & set(self.words.parties):
            yield Diagnostic("recusal-without-party", {"word": recusal.fact}, (*at, "fact"))

    # -- identifiers

    def _known(self, kind: str, used: Iterable[tuple[str, Place]], on: Any = "value") -> Iterator[Diagnostic]:
        tables: dict[str, Mapping[str, Entry]] = {
            "party": self.words.parties,
            "role": self.words.roles,
            "flag": self.words.flags,
        }
        entries = tables[kind]
        for name, at in used:
            if name not in entries and not (kind == "party" and name == LEAD and "to" in at):
                yield self.unknown(kind, name, entries, at, on)

    @staticmethod
    def unknown(
        kind: str,
        word: str,
        entries: Mapping[str, Any],
        at: Place,
        on: Any = "value",
        known: Iterable[str] = (),
    ) -> Diagnostic:
        """Tell an unknown identifier, with the one that was most likely meant."""
        near = suggestion(word, entries) or nearest(word, known)
        return Diagnostic(f"unknown-{kind}", {"word": word, "suggestion": near}, at, on)


def _parties(rule: Rule, at: Place) -> Iterator[tuple[str, Place]]:
    for role, assignments in rule.assign.items():
        for index, assignment in enumerate(assignments):
            place = (*at, "assign", role, index)
            yield from ((p, (*place, "party", i)) for i, p in enumerate(assignment.party))
            yield from ((p, (*place, "to", i)) for i, p in enumerate(assignment.to))


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


def _ambiguous(entries: Mapping[str, tuple[Entry, Place]]) -> Iterator[Diagnostic]:
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
