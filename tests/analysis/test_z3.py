"""Gaps, conflicts, dead, shadowed and redundant rules, held against z3."""

from __future__ import annotations

import pytest

from books import Data, linked
from dutyroute.analysis import Findings, check
from dutyroute.analysis.checks.conditions import removable
from dutyroute.analysis.checks.versions import Versions
from dutyroute.analysis.parts import Part, replaced
from generate import Dice, Writer

pytest.importorskip("z3", reason="pip install 'dutyroute[proof]'")

from analysis.proof import Proof

GAPS = {"lead-gap", "unmet-obligation", "recused-empty"}


def echoing(seed: object) -> Data:
    """Write a rulebook at random, and into it some rules that nearly repeat others."""
    dice = Dice(seed)
    data = Writer(dice).rulebook()
    echoes = [echo(dice, rule, f"echo-{i}") for i, rule in enumerate(dice.some(data["rules"], 1, 3))]
    return {**data, "rules": (*data["rules"], *echoes)}


def echo(dice: Dice, rule: Data, name: str) -> Data:
    made = {key: value for key, value in rule.items() if key not in {"overrides", "joint"} or dice.chance(50)}
    when = dict(rule["when"])
    if when and dice.chance(60):
        del when[dice.pick(list(when))]
    assign = rule.get("assign", {})
    if len(assign) > 1 and rule.get("default") is None and dice.chance(40):
        assign = {role: assign[role] for role in dice.some(list(assign), 1, 1)}
        made.pop("joint", None)
    if assign and not rule.get("vacated") and dice.chance(30):
        made["default"] = dice.pick(list(assign))
    return {**made, "id": name, "when": when, **({"assign": assign} if assign else {})}


def disagreements(seed: object) -> list[str]:
    book = linked(echoing(seed))
    found, proof = check(book), Proof(book)
    assert found.unproven == ()
    about = _about_rules, _about_conditions, _about_versions, _about_obligations
    return [wrong for each in about for wrong in each(found, proof)]


def _about_rules(found: Findings, proof: Proof) -> list[str]:
    told = {(f.check, f.rules[0]) for f in found if f.check.endswith("-rule")}
    wrong = []
    for rule in found.rulebook.rules:
        if rule not in proof.deciding:  # of a draft, only that nothing can match it
            if proof.is_dead(rule) is not (("dead-rule", rule) in told):
                wrong.append(f"dead-rule {rule}, a draft")
            continue
        dead, shadowed = proof.is_dead(rule), proof.is_shadowed(rule)
        redundant = not dead and not shadowed and proof.changes_nothing(rule)
        verdicts = {"dead-rule": dead, "redundant-rule": redundant}
        if shadowed and proof.changes_nothing(rule) is False:
            verdicts["shadowed-rule"] = (
                "shadowed-rule",
                rule,
            ) in told  # it strikes out others: either will do
        else:
            verdicts["shadowed-rule"] = shadowed
        wrong += [f"{c} {rule}: z3 says {v}" for c, v in verdicts.items() if v is not ((c, rule) in told)]
    return wrong


def _about_conditions(found: Findings, proof: Proof) -> list[str]:
    wrong = []
    for name, rule in proof.deciding.items():
        told = [
            f.values["condition"] for f in found if f.check == "redundant-condition" and f.rules == (name,)
        ]
        expected: list[Part] = []
        for less in removable(rule.when) if not proof.is_dead(name) else ():
            inside = any(less.at[: len(whole.at)] == whole.at for whole in expected)
            without = replaced(rule.when, less.at)
            if not inside and not proof.exists(proof.match[name] != proof.matches(rule, without)):
                expected.append(less)
        if told != [less.said for less in expected]:
            wrong.append(f"{name}: {told} instead of {expected}")
    return wrong


def _about_versions(found: Findings, proof: Proof) -> list[str]:
    told = {f.rules for f in found if f.check == "date-overlap"}
    counts = proof.whole.counts
    both = {(a, b) for a, b in Versions(found.rulebook).pairs if proof.exists(counts[a], counts[b])}
    return [f"overlaps: {told} instead of {both}"] if told != both else []


def _about_obligations(found: Findings, proof: Proof) -> list[str]:
    kinds = {**dict.fromkeys(GAPS, "gap"), "role-conflict": "conflict"}
    told = {(name, f.matter, kinds[f.check]) for f in found if f.check in kinds for name in f.obligations}
    wrong = [f"{key}: z3 finds none" for key in sorted(told, key=str) if not proof.is_broken(*key)]
    for name in found.rulebook.obligations:
        for kind in ("gap", "conflict"):
            others = [matter for matter in proof.matters if (name, matter, kind) not in told]
            if proof.is_broken(name, others, kind):
                wrong.append(f"{name}: z3 finds a {kind} about one of {others}")
    return wrong


@pytest.mark.parametrize("batch", range(20))
def test_the_check_agrees_with_z3(batch: int) -> None:
    for number in range(10):
        seed = ("z3", batch * 10 + number)
        assert disagreements(seed) == [], seed


@pytest.mark.fuzz
@pytest.mark.parametrize("batch", range(200))
def test_the_check_agrees_with_z3_at_length(batch: int) -> None:
    for number in range(10):
        seed = ("z3-fuzz", batch * 10 + number)
        assert disagreements(seed) == [], seed
