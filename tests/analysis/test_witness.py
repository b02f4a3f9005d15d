"""Every witness shows its finding to the router, and says nothing that it need not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from books import book, linked, rule
from dutyroute import IncidentError, Router, Rulebook, Ruling
from dutyroute.analysis import Finding, check
from dutyroute.analysis.checks.finding import FindingWriter
from findings import flags
from generate import Dice, Writer

BREACHES = {"lead-gap": "gap", "unmet-obligation": "gap", "recused-empty": "gap", "role-conflict": "conflict"}


def shows(router: Router, finding: Finding, witness: dict[str, Any]) -> bool:
    """Tell whether an incident shows a finding for certain."""
    try:
        (ruling,) = router.route(witness).rulings
        (explanation,) = router.explain(witness)
    except IncidentError:
        return False
    standing = {reason.rule: reason.standing for reason in explanation.reasons}
    leaves = router._reach(router.incident(witness), ruling.matter).leaves
    rulings = [leaf.settlement.ruling for leaf in leaves if leaf.settlement]
    if finding.check in BREACHES:
        return _is_broken(router, finding, ruling, rulings)
    if finding.check == "unrouted-matter":
        return ruling.status != "routed" and not ruling.duties
    if finding.check == "undecided-flag":
        return standing[finding.rules[0]] == "counts" and bool(ruling.flags)
    if finding.check == "date-gap":
        return not set(finding.rules) & set(standing) or {standing[r] for r in finding.rules} == {"failed"}
    if finding.check == "enforcer-without-lead":
        leads = any(duty.role == "lead" for duty in ruling.duties)
        return not leads and all(standing[rule] == "counts" for rule in finding.rules)
    if finding.check == "shadowed-rule":
        matched = [leaf.settlement.matched for leaf in leaves if leaf.settlement]
        is_sure = all(finding.rules[0] in names for names in matched)
        return is_sure and standing[finding.rules[0]] in {"overridden", "idle", "unmet"}
    about = finding.rules if finding.check == "date-overlap" else finding.rules[:1]
    return all(standing[rule] == "counts" for rule in about)


def _is_broken(router: Router, finding: Finding, ruling: Ruling, rulings: list[Ruling]) -> bool:
    """Tell whether the answer has the breach for certain, and for the same rules however facts turn out."""
    key = finding.obligation, BREACHES[finding.check]
    if not any(b.certain and (b.obligation, b.kind) == key for b in ruling.breaches):
        return False
    if finding.check == "recused-empty":
        aside = [{rule for r in each.recused for rule in r.rules} for each in rulings]
        return all(rules.issuperset(finding.rules) for rules in aside)
    told = FindingWriter(router.rulebook)
    alike = [
        {
            b
            for b in each.breaches
            if (b.obligation, b.kind) == key and (not b.holders or b.rules == finding.rules)
        }
        for each in rulings
    ]
    return any(
        told.names("parties", b.holders) == finding.values["holders"] for b in set.intersection(*alike)
    )


def outcome(ruling: Ruling) -> object:
    return {(d.party, d.role, d.to, d.within, d.certain) for d in ruling.duties}, ruling.flags, ruling.status


def without(book: Rulebook, rule: str) -> Rulebook:
    conditions = {key: c for key, c in book.conditions.items() if key != ("rules", rule)}
    return replace(book, rules={n: r for n, r in book.rules.items() if n != rule}, conditions=conditions)


def made(seed: object) -> Rulebook:
    data = Writer(Dice(seed)).rulebook()
    data["flags"] = tuple({**flag, "undecided": True} for flag in data["flags"])
    return linked(data)


def test_a_witness_says_what_a_default_would_contradict() -> None:
    """Whoever does not mention `in_community` says that it is true, which here no complaint can be."""
    found = check(
        book(
            rule("raise", {"matter": "complaint"}, {"handle": "housing"}, flag="undetermined"),
            flags=flags(undecided=True),
            impossible=({"matter": "complaint", "in_community": True},),
        )
    )
    (finding,) = (each for each in found if each.check == "undecided-flag")
    assert finding.witness == {"matter": "complaint", "in_community": False}
    assert Router(found.rulebook).route(finding.witness).flags == ("undetermined",)


@pytest.mark.parametrize("batch", range(4))
def test_a_witness_shows_what_was_found_with_no_fact_to_spare(batch: int) -> None:
    shown = 0
    for number in range(20):
        book = made(("witness", batch * 20 + number))
        router = Router(book)
        for finding in check(book):
            witness = dict(finding.witness)
            if not witness or finding.check == "not-proven":
                continue
            assert shows(router, finding, witness), (finding, batch * 20 + number)
            shown += 1
            for fact in set(witness) - {"matter"} if finding.check != "date-gap" else ():
                fewer = {f: v for f, v in witness.items() if f != fact}
                assert not shows(router, finding, fewer), (finding, fact)
    assert shown > 60


@pytest.mark.parametrize("number", range(60))
def test_without_a_redundant_rule_its_witness_is_decided_alike(number: int) -> None:
    book = made(("redundant", number))
    for finding in check(book):
        if finding.check == "redundant-rule":
            before, after = (
                Router(each).route(finding.witness) for each in (book, without(book, finding.rules[0]))
            )
            assert [outcome(r) for r in before.rulings] == [outcome(r) for r in after.rulings]
