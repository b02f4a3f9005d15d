"""
Independent parts: rules that share no fact are looked at apart, and the answer is the oracle's.

Groups of rules over facts of their own, which give each other's duties and flags,
limit them, tell more parties, override, fall back, wait and are owed.
"""

from __future__ import annotations

import os

import pytest

from agreement import compare
from books import Data, obligation, questions, rule, written
from generate import Dice

PARTIES = ("housing", "planning", "street-office", "owners-committee")
ROLES = ("enforce", "handle", "inspect")
KNOWN: Data = {
    "respondent": "owner",
    "reporter": "resident",
    "has_company": True,
    "urgent": False,
    "occupied": True,
    "bidders": 3,
    "floor": 2,
    "reported_at": "2026-01-05",
    "built_on": "2020-01-05",
}
SEEDS = int(os.environ.get("DUTYROUTE_FUZZ_N", "0")) // 100 or 300


def grouped(seed: int) -> tuple[Data, list[Data]]:
    """Write a rulebook of two to four groups, and incidents that leave most facts open."""
    dice = Dice(("parts", seed))
    groups = [[f"g{g}f{f}" for f in range(dice.count(1, 3))] for g in range(dice.count(2, 4))]
    groups = [group for i, group in enumerate(groups) if sum(map(len, groups[: i + 1])) <= 8]
    rules: list[Data] = []
    for number, group in enumerate(groups):
        for n in range(dice.count(1, 3)):
            rules.append(one(dice, f"r{number}-{n}", group, [r["id"] for r in rules]))
    owed = [
        obligation(
            f"o{n}",
            {"matter": "complaint"},
            dice.pick((*ROLES, "lead")),
            **{dice.pick(("exactly", "at_most", "at_least")): 1},
        )
        for n in range(dice.count(0, 2))
    ]
    facts = [fact for group in groups for fact in group]
    impossible = [
        {f: dice.chance(50) for f in dice.some(facts, 1, 2)}
        for _ in range(dice.count(0, 1) * dice.count(0, 1))
    ]
    sections = {"obligations": owed, "impossible": tuple(impossible), "facts": questions(*facts)}
    incidents = [
        {"matter": "complaint", **KNOWN, **{f: dice.chance(50) for f in dice.some(facts, 0, 2)}}
        for _ in range(4)
    ]
    return written(*rules, **{k: tuple(v) for k, v in sections.items() if v}), incidents


def one(dice: Dice, name: str, group: list[str], earlier: list[str]) -> Data:
    when: Data = {fact: dice.chance(60) for fact in dice.some(group, 0 if dice.chance(10) else 1, 2)}
    more: Data = {"basis": dice.pick(("explicit", "inferred", "assumed"))}
    duty: Data = {"party": dice.pick(PARTIES)}
    if dice.chance(30):
        duty["to"] = tuple(dice.some((*PARTIES, "lead"), 1, 2))
    if dice.chance(30):
        duty["within"] = dice.pick(("24h", "3d", "1w"))
    role = dice.pick((*ROLES, "lead"))
    if dice.chance(25):
        more["flag"] = dice.pick(("undetermined", "joint-meeting"))
    if dice.chance(10):
        more["default"] = role
    elif dice.chance(10):
        more["beside"] = dice.pick((("lead",), {"not": ("enforce",)}))
    if earlier and dice.chance(15):
        more["overrides"] = (dice.pick(earlier),)
    return rule(name, when, {role: duty}, **more)


@pytest.mark.parametrize("block", range(6))
def test_parts_together_say_what_the_whole_says(block: int) -> None:
    """Whole rulings are compared: duties with all their fields, flags, breaches, what to ask."""
    for seed in range(block * SEEDS // 6, (block + 1) * SEEDS // 6):
        compare(*grouped(seed))
