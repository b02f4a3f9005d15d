"""What a rulebook defines and does not use, and what somebody still has to settle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dutyroute.analysis.catalogue import CHECKS
from dutyroute.analysis.finding import Finding
from dutyroute.analysis.teller import Teller, listed
from dutyroute.analysis.trace import tests_of
from dutyroute.diagnostics import nearest
from dutyroute.messages import LANGUAGES
from dutyroute.messages.findings import WORDS
from dutyroute.rules import Rulebook
from dutyroute.vocabulary import MATTER

__all__ = ["usage"]


def usage(teller: Teller) -> Iterator[Finding]:
    """Tell whatever the rulebook's own words show, without an incident."""
    yield from _unknown_checks(teller)
    yield from _uncited(teller)
    yield from _unused(teller)
    yield from _assumed(teller)


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
    return {
        lang: WORDS["clause"][lang].format(id=name, label=label, heading=heading)
        for lang, heading in zip(LANGUAGES, headings, strict=True)
    }


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
    whens = [*(rule.when for rule in rules), *(o.applies for o in owed)]
    named = {str(matter) for when in whens for matter in _matters(when)} & set(rulebook.vocabulary.matters)
    reached = {m for name in named for m in rulebook.vocabulary.below(name)}
    yield "unused-matter", "matters", reached.union(*map(rulebook.vocabulary.above, named))


def _parties(assign: Mapping[str, Any]) -> Iterator[str]:
    for assignments in assign.values():
        for each in assignments:
            yield from (*each.party, *each.to)


def _facts(rulebook: Rulebook) -> Iterator[str]:
    yield from (test.fact for condition in rulebook.conditions.values() for test in tests_of(condition))
    yield from (recusal.fact for recusal in rulebook.recusals)
    if rulebook.header.date is not None:
        yield rulebook.header.date


def _matters(written: Any) -> Iterator[Any]:
    """Yield every matter that a condition names, at any depth."""
    if isinstance(written, tuple):
        for each in written:
            yield from _matters(each)
    elif isinstance(written, Mapping):
        for key, value in written.items():
            yield from _scalars(value) if key == MATTER else _matters(value)


def _scalars(written: Any) -> Iterator[Any]:
    if isinstance(written, tuple | Mapping):
        for each in written.values() if isinstance(written, Mapping) else written:
            yield from _scalars(each)
    else:
        yield written


def _assumed(teller: Teller) -> Iterator[Finding]:
    """Tell the rules and recusals that rest on nobody's words."""
    for rule in teller.rulebook.rules.values():
        if rule.basis == "assumed":
            what = {
                lang: WORDS["rule"][lang].format(id=rule.id, title=rule.called(lang)) for lang in LANGUAGES
            }
            yield teller.tell("assumed-basis", ("rules", rule.id), {"what": what}, rules=(rule.id,))
    for index, recusal in enumerate(teller.rulebook.recusals):
        if recusal.basis == "assumed":
            what = {lang: WORDS["recusal"][lang].format(fact=recusal.fact) for lang in LANGUAGES}
            yield teller.tell("assumed-basis", ("recusal", index), {"what": what}, clauses=recusal.cite)
