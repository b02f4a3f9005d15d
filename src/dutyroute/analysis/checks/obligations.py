"""Obligations that some incident does not meet: gaps, conflicts, recusal's empty chairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dutyroute.analysis.checks.finding import Finding
from dutyroute.analysis.checks.survey import Survey
from dutyroute.analysis.checks.teller import Teller, listed
from dutyroute.analysis.checks.witness import Wanted, smallest
from dutyroute.diagram.diagram import Leaf
from dutyroute.diagram.ruling import Breach, Ruling
from dutyroute.rulebook.rules import LEAD

__all__ = ["breaches"]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What one finding is about, within a matter: check, obligation, and the rules behind it."""

    check: str
    obligation: str
    rules: frozenset[str]


Sights = dict[_Kind, tuple[Leaf, Ruling, Breach]]
"""Where each kind was first seen."""


def breaches(teller: Teller, survey: Survey) -> Iterator[Finding]:
    """
    Tell the obligations that some incident about a matter does not meet.

    One finding for each check, obligation and set of rules. A conflict between
    more rules than another conflict's is left out: the smaller one is in it.
    """
    sights: Sights = {}
    for leaf, settlement in survey.settled():
        for breach in settlement.ruling.breaches:
            kind = _kind(settlement.ruling, breach)
            sights.setdefault(kind, (leaf, settlement.ruling, breach))
    for kind in _least(sights):
        yield _finding(teller, survey, kind, sights)


def _kind(ruling: Ruling, breach: Breach) -> _Kind:
    if breach.kind == "conflict":
        return _Kind("role-conflict", breach.obligation, frozenset(breach.rules))
    aside = [rule for r in ruling.recused if r.role == breach.role for rule in r.rules]
    if aside:
        return _Kind("recused-empty", breach.obligation, frozenset(aside))
    if breach.role == LEAD and not breach.holders:
        return _Kind("lead-gap", breach.obligation, frozenset())
    return _Kind("unmet-obligation", breach.obligation, frozenset(breach.rules))


def _least(sights: Sights) -> list[_Kind]:
    """Leave out conflicts that hold a smaller conflict; rules as bits, since there can be thousands."""
    bits = {rule: 1 << i for i, rule in enumerate({rule for kind in sights for rule in kind.rules})}
    smaller: dict[str, list[int]] = {}
    kept = []
    for kind in sorted(sights, key=lambda kind: len(kind.rules)):
        if kind.check == "role-conflict":
            whole = sum(bits[rule] for rule in kind.rules)
            known = smaller.setdefault(kind.obligation, [])
            if any(whole & part == part for part in known):
                continue
            known.append(whole)
        kept.append(kind)
    return sorted(kept, key=list(sights).index)


def _finding(teller: Teller, survey: Survey, kind: _Kind, sights: Sights) -> Finding:
    leaf, ruling, breach = sights[kind]
    rules = sorted(kind.rules) or _elsewhere(survey, breach.role)
    told = [("rules", rule) for rule in rules]
    return teller.tell(
        kind.check,
        told[0] if kind.check == "role-conflict" and told else ("matters", survey.matter),
        {**_values(teller, ruling, breach), "rules": listed(rules)},
        rules=rules,
        others=[("obligations", breach.obligation), *told],
        witness=smallest(survey.diagram, survey.matter, survey.path(leaf), _same(kind, breach)),
        matters=(survey.matter,),
        obligation=breach.obligation,
    )


def _values(teller: Teller, ruling: Ruling, breach: Breach) -> dict[str, object]:
    owed = teller.rulebook.obligations[breach.obligation]
    aside = [recused.party for recused in ruling.recused if recused.role == breach.role]
    return {
        "matter": teller.named("matters", ruling.matter),
        "role": teller.named("roles", breach.role),
        "obligation": teller.obligation(breach.obligation),
        "holders": teller.names("parties", breach.holders),
        "recused": teller.names("parties", aside),
        "count": len(breach.holders),
        "least": owed.holders.least,
        "most": owed.holders.most,
    }


def _same(kind: _Kind, breach: Breach) -> Wanted:
    """Want leaves with the very same breach, and where recusal is behind it, the same recusal."""

    def wanted(leaf: Leaf) -> bool:
        ruling = leaf.settlement.ruling if leaf.settlement else None
        if ruling is None or breach not in ruling.breaches:
            return False
        return kind.check != "recused-empty" or _kind(ruling, breach) == kind

    return wanted


def _elsewhere(survey: Survey, role: str) -> list[str]:
    """List the rules that give a role in other incidents about the matter."""
    duties = (duty for _, settlement in survey.settled() for duty in settlement.ruling.duties)
    return sorted({rule for duty in duties if duty.role == role for rule in duty.rules})
