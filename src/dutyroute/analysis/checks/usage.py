"""What a rulebook defines and does not use, and what somebody still has to settle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dutyroute.analysis.checks.catalogue import CHECKS
from dutyroute.analysis.checks.finding import Finding
from dutyroute.analysis.checks.teller import Teller, listed
from dutyroute.analysis.differences.traced import tests_of
from dutyroute.diagnostics import nearest
from dutyroute.messages import LANGUAGES, both
from dutyroute.rulebook.conditions import OneOf
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["usage"]


def usage(teller: Teller) -> Iterator[Finding]:
    """Tell whatever the rulebook's own words show, without an incident."""
    yield from _unknown_checks(teller)
    yield from _uncited(teller)
    yield from _unused(teller)
    yield from _assumed(teller)
    yield from _empty(teller)


def _unknown_checks(teller: Teller) -> Iterator[Finding]:
    for word in teller.rulebook.header.checks:
        if word not in CHECKS:
            known = listed(tuple(CHECKS))
            values = {"word": word, "suggestion": nearest(word, CHECKS), "known": known}
            yield teller.tell("unknown-check", ("checks", word), values)


def _uncited(teller: Teller) -> Iterator[Finding]:
    """Tell duty-bearing clauses that no rule cites, and duties that rest on none."""
    rules, words = teller.rulebook.rules, teller.words
    cited = {clause for rule in rules.values() for clause in rule.cite}
    bearing = {name for name, clause in words.clauses() if clause.duty}
    for name, _ in words.clauses():
        if name in bearing - cited:
            yield teller.tell(
                "uncited-clause", ("clauses", name), {"clause": _clause(teller, name)}, clauses=(name,)
            )
    for rule in rules.values():
        if rule.assign and bearing.isdisjoint(rule.cite):
            told = {"rule": rule.id, "clauses": listed([f"{c} {words.label(c)}" for c in rule.cite])}
            yield teller.tell("uncited-rule", ("rules", rule.id), told, rules=(rule.id,))


def _clause(teller: Teller, name: str) -> dict[Any, str]:
    clause = teller.words.clause(name)
    label, headings = teller.words.label(name), (clause.heading, clause.english) if clause else ("", "")
    return both("check-clause", id=name, label=label, heading=dict(zip(LANGUAGES, headings, strict=True)))


def _unused(teller: Teller) -> Iterator[Finding]:
    for check, kind, used in _uses(teller.rulebook):
        for name in getattr(teller.words, kind):
            if name not in used:
                matters = (name,) if kind == "matters" else ()
                yield teller.tell(check, (kind, name), {"word": teller.named(kind, name)}, matters=matters)


def _uses(rulebook: Rulebook) -> Iterator[tuple[str, str, set[str]]]:
    """List what rules and obligations name, kind by kind."""
    rules, owed = rulebook.rules.values(), rulebook.obligations.values()
    yield "unused-party", "parties", {party for rule in rules for party in _parties(rule.assign)}
    yield "unused-role", "roles", {role for r in rules for role in r.assign} | {o.role for o in owed}
    yield "unused-flag", "flags", {flag for rule in rules for flag in rule.flag}
    yield "unused-fact", "facts", {MATTER, *_facts(rulebook)}
    yield "unused-matter", "matters", set(_matters(rulebook))


def _parties(assign: Mapping[str, Any]) -> Iterator[str]:
    for assignments in assign.values():
        for each in assignments:
            yield from (*each.party, *each.to)


def _facts(rulebook: Rulebook) -> Iterator[str]:
    yield from (test.fact for condition in rulebook.conditions.values() for test in tests_of(condition))
    yield from (recusal.fact for recusal in rulebook.recusals)
    if rulebook.header.date is not None:
        yield rulebook.header.date


def _matters(rulebook: Rulebook) -> Iterator[str]:
    """Yield every matter that a rule or an obligation may be about, and those above it."""
    for key, condition in rulebook.conditions.items():
        if key[0] != "impossible":
            about = [test.accepts for test in tests_of(condition) if test.fact == MATTER]
            if not about:
                yield from rulebook.vocabulary.matters
            for choice in about:
                for matter in choice.values if isinstance(choice, OneOf) else ():
                    yield str(matter)
                    yield from rulebook.vocabulary.above(str(matter))


def _assumed(teller: Teller) -> Iterator[Finding]:
    """Tell the rules and recusals that rest on nobody's words."""
    for rule in teller.rulebook.rules.values():
        if rule.basis == "assumed":
            what = both("check-rule", id=rule.id, title={lang: rule.called(lang) for lang in LANGUAGES})
            yield teller.tell("assumed-basis", ("rules", rule.id), {"what": what}, rules=(rule.id,))
    for index, recusal in enumerate(teller.rulebook.recusals):
        if recusal.basis == "assumed":
            what = both("check-recusal", fact=recusal.fact)
            yield teller.tell("assumed-basis", ("recusal", index), {"what": what}, clauses=recusal.cite)


def _empty(teller: Teller) -> Iterator[Finding]:
    """Tell the settings of oversight that nobody has decided on, and what is off without them."""
    charter = teller.rulebook.charter
    for setting in charter.empty():
        off = [m.id for m in charter.measures.values() if setting.id in charter.needs(m)]
        values = {
            "setting": {lang: f"{setting.id} {setting.called(lang)}" for lang in LANGUAGES},
            "measures": listed(off) if off else "",
        }
        yield teller.tell("empty-setting", ("settings", setting.id), values, clauses=setting.cite)
