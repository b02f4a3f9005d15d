"""Obligations that some incident does not meet: gaps, conflicts, roles that recusal leaves empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from dutyroute.analysis.checks.finding import Finding, FindingWriter, listed
from dutyroute.analysis.checks.survey import Survey
from dutyroute.analysis.checks.witness import Sighting, counting
from dutyroute.diagram.places import Leaf
from dutyroute.diagram.resolution import Settlement
from dutyroute.diagram.ruling import Breach, Ruling
from dutyroute.diagram.unknowns import Reach
from dutyroute.messages import joined
from dutyroute.rulebook.rules import LEAD

ENFORCE = "enforce"
"""The role of whoever enforces against a violation."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What one finding is about, within a matter: check, obligation, and the rules behind it."""

    check: str
    obligation: str
    rules: frozenset[str]

    @classmethod
    def of(cls, ruling: Ruling, breach: Breach) -> _Kind:
        if breach.kind == "conflict":
            return cls("role-conflict", breach.obligation, frozenset(breach.rules))
        recused = [rule for r in ruling.recused if r.role == breach.role for rule in r.rules]
        if recused:
            return cls("recused-empty", breach.obligation, frozenset(recused))
        if breach.role == LEAD and not breach.holders:
            return cls("lead-gap", breach.obligation, frozenset())
        return cls("unmet-obligation", breach.obligation, frozenset(breach.rules))


FirstSeen = dict[_Kind, tuple[Leaf, Ruling, Breach]]


def breaches(writer: FindingWriter, survey: Survey) -> Iterator[Finding]:
    """
    Yield the obligations that some incident about a matter does not meet.

    One finding for each check and set of rules, whatever obligations it breaks. A conflict
    between more rules than another conflict's is left out: the smaller one is in it.
    """
    seen: FirstSeen = {}
    for leaf, settlement in survey.settled():
        for breach in settlement.ruling.breaches:
            kind = _Kind.of(settlement.ruling, breach)
            seen.setdefault(kind, (leaf, settlement.ruling, breach))
    has_told = False
    for kinds in _told_together(writer, seen):
        yield _finding(writer, survey, kinds, *seen[kinds[0]])
        if kinds[0].check == "lead-gap" and not has_told:
            # The first gap is enough: all want the same line in the same rule.
            enforcers = list(_enforcers(writer, survey, seen[kinds[0]][0]))
            has_told = bool(enforcers)
            yield from enforcers


def _finding(
    writer: FindingWriter, survey: Survey, kinds: list[_Kind], leaf: Leaf, ruling: Ruling, breach: Breach
) -> Finding:
    """Write what differs in the obligation only as one finding."""
    kind, obligations = kinds[0], [each.obligation for each in kinds]
    is_conflict = kind.check == "role-conflict"
    # Where no rule is behind it, those are named that give the role in other incidents.
    duties = (duty for _, settlement in survey.settled() for duty in settlement.ruling.duties)
    rules = sorted(kind.rules or {rule for d in duties if d.role == breach.role for rule in d.rules})
    owed = writer.rulebook.obligations[breach.obligation]
    recused = [each.party for each in ruling.recused if each.role == breach.role]
    return writer.finding(
        kind.check,
        ("rules", rules[0]) if is_conflict and rules else ("matters", survey.matter),
        {
            "matter": writer.named("matters", ruling.matter),
            "role": writer.named("roles", breach.role),
            "obligation": joined([writer.obligation(name) for name in obligations]),
            "holders": writer.names("parties", breach.holders),
            "recused": writer.names("parties", recused),
            "count": len(breach.holders),
            "least": owed.holders.least,
            "most": owed.holders.most,
            "rules": listed(rules),
        },
        rules=rules,
        others=[("obligations", name) for name in obligations],
        witness=Sighting.of(survey, leaf).shortest(partial(_is_same, kind=kind, breach=breach)),
        matters=(survey.matter,),
        obligations=obligations,
        # Not the rules that give the role elsewhere, and a conflict is the same whichever obligations see it.
        about=(survey.matter, breach.role, *sorted(kind.rules), *(() if is_conflict else obligations)),
    )


def _enforcers(writer: FindingWriter, survey: Survey, leaf: Leaf) -> Iterator[Finding]:
    """Yield a finding where an incident without a lead has an enforcer."""
    whole, rules = survey.diagram.whole, writer.rulebook.rules
    facts = survey.visit.facts(leaf)
    leaves = Reach(whole, survey.matter, {**writer.words.defaults, **facts}).leaves
    settled = [each.settlement for each in leaves if each.settlement is not None]
    certain = set[str].intersection(*(set(each.counting) for each in settled)) if settled else set[str]()
    found = sorted(name for name in certain if ENFORCE in rules[name].assign)
    if not found or any(map(_is_led, settled)):
        return
    counts = counting(found)
    sighting = Sighting(whole, survey.matter, facts, leaf)
    parties = list(
        dict.fromkeys(p for name in found for p, role, _ in rules[name].duties() if role == ENFORCE)
    )
    yield writer.finding(
        "enforcer-without-lead",
        ("rules", found[0]),
        {
            "matter": writer.named("matters", survey.matter),
            "enforcers": writer.names("parties", parties),
            "rules": listed(found),
            "party": parties[0],
        },
        rules=found,
        witness=sighting.shortest(lambda each: counts(each) and not _is_led(each)),
        matters=(survey.matter,),
        about=(survey.matter, *found),
    )


def _is_led(settlement: Settlement) -> bool:
    """Tell whether anybody leads, certainly or not."""
    return any(duty.role == LEAD for duty in settlement.ruling.duties)


def _told_together(writer: FindingWriter, seen: FirstSeen) -> Iterable[list[_Kind]]:
    """Put together what differs in the obligation only: it is one thing to correct."""
    same: dict[tuple[object, ...], list[_Kind]] = {}
    for kind in _without_larger_conflicts(seen):
        holders = writer.rulebook.obligations[kind.obligation].holders
        # The same rules conflict wherever they meet; a gap is the same only where one incident shows it.
        is_conflict, leaf = kind.check == "role-conflict", seen[kind][0]
        told = (holders.most, None) if is_conflict else (holders.least, leaf)
        same.setdefault((kind.check, kind.rules, *told), []).append(kind)
    return same.values()


def _without_larger_conflicts(seen: FirstSeen) -> list[_Kind]:
    """Leave out conflicts that hold a smaller conflict."""
    # Sets of rules as bits: there can be thousands of conflicts, each compared with all smaller ones.
    bits = {rule: 1 << i for i, rule in enumerate({rule for kind in seen for rule in kind.rules})}
    smaller: dict[str, list[int]] = {}
    kept = []
    for kind in sorted(seen, key=lambda kind: len(kind.rules)):
        if kind.check == "role-conflict":
            whole = sum(bits[rule] for rule in kind.rules)
            known = smaller.setdefault(kind.obligation, [])
            if any(whole & part == part for part in known):
                continue
            known.append(whole)
        kept.append(kind)
    return sorted(kept, key=list(seen).index)


def _is_same(settlement: Settlement, kind: _Kind, breach: Breach) -> bool:
    """Tell whether a leaf has the very same breach, and where recusal is behind it, the same recusal."""
    ruling = settlement.ruling
    return breach in ruling.breaches and (kind.check != "recused-empty" or _Kind.of(ruling, breach) == kind)
