"""
Rulebooks and incidents at random, using every feature of the language.

A `Writer` draws from `Dice`: a seeded generator for volume, or Hypothesis, which
shrinks what fails to the least that fails.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any, TypeVar

from hypothesis import strategies as st

from books import WORDS, Data, obligation, recusal, rule, written

__all__ = ["Dice", "Writer", "rulebooks", "seeded"]

T = TypeVar("T")


class Dice:
    """Where choices come from; `roll(n)` returns a whole number below n, 0 the simplest."""

    def __init__(self, seed: object) -> None:
        self._random = random.Random(repr(seed))

    def roll(self, sides: int) -> int:
        return int(self._random.random() * sides)

    def chance(self, percent: int) -> bool:
        return self.roll(100) >= 100 - percent

    def count(self, low: int, high: int) -> int:
        return low + self.roll(high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        return options[self.roll(len(options))]

    def some(self, options: Sequence[T], low: int, high: int) -> list[T]:
        """Pick several different ones, in any order."""
        left, found = list(options), []
        for _ in range(min(self.count(low, high), len(left))):
            found.append(left.pop(self.roll(len(left))))
        return found


class DrawnDice(Dice):
    """Choices that Hypothesis makes, and makes smaller."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def roll(self, sides: int) -> int:
        return self._draw(st.integers(0, sides - 1))


PARTIES, ROLES, MATTERS, FLAGS = (
    [e["id"] for e in WORDS[kind]] for kind in ("parties", "roles", "matters", "flags")
)
FACTS: dict[str, Data] = {e["id"]: e for e in WORDS["facts"]}
YES_NO = [name for name, fact in FACTS.items() if fact["type"] == "bool"]
COMBINATIONS = [dict(zip(YES_NO, each, strict=True)) for each in product((False, True), repeat=len(YES_NO))]
CLAUSES = ("opinion/1.1", "opinion/1.2", "opinion/2.1")
NUMBERS = {"bidders": (0, 1, 3, 4, 9), "floor": (-2, 0, 7, 8)}
DAYS = (date.min, date(2026, 1, 1), date(2026, 1, 2), date(2026, 7, 1), date(2027, 1, 1))
ENDS = (
    ("at_least", "less_than"),
    ("more_than", "at_most"),
    ("at_least", "at_most"),
    ("more_than", "less_than"),
)


class Writer:
    """Writes rulebooks and incidents over `WORDS` as the dice fall."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice

    # -- rulebooks

    def rulebook(self) -> Data:
        dice = self.dice
        names = dice.some([f"rule-{letter}" for letter in "abcdefgh"], 1, 7)
        rules: list[Data] = []
        for name in names:
            rules.append(self.echo(name, rules) if rules and dice.chance(15) else self.rule(name, rules))
        data = written(
            *(dice.some(rules, len(rules), len(rules))),
            header={"in_force": self.period()} if dice.chance(15) else {},
            obligations=tuple(self.obligation(f"owed-{i}") for i in range(dice.count(0, 3))),
            recusal=self.recusal(),
            impossible=tuple(self.condition(2) for _ in range(dice.count(1, 2))) if dice.chance(40) else (),
        )
        for fact in data["facts"]:
            if dice.chance(10):
                fact["default"] = self.value(fact["id"])
            elif fact["type"] == "enum" and dice.chance(40):
                fact["unless_said"] = {"not": self.excluded(fact["id"])}
        return data

    def excluded(self, fact: str) -> Any:
        """Write values of an enumerated fact that it has only if they are said; one is left."""
        values = self.values(fact)
        listed = tuple(self.dice.some(values, 1, len(values) - 1))
        return listed[0] if len(listed) == 1 and self.dice.chance(50) else listed

    def rule(self, name: str, earlier: Sequence[Data]) -> Data:
        dice = self.dice
        assign = {role: self.assignments() for role in dice.some(ROLES, 1, 3)} if dice.chance(90) else {}
        made = rule(name, self.condition(), assign, basis=dice.pick(("explicit", "inferred", "assumed")))
        made["cite"] = tuple(dice.some(CLAUSES, 1, 2))
        if dice.chance(20) or not assign:
            made["flag"] = tuple(dice.some(FLAGS, 1, 2))
        if assign and dice.chance(25):
            made["default"] = dice.pick(list(assign))
        if earlier and dice.chance(30):
            made["overrides"] = tuple(each["id"] for each in dice.some(earlier, 1, 2))
        if any(len(_holders(a)) > 1 for a in assign.values()) and dice.chance(40):
            made["joint"] = True
        if dice.chance(20):
            made["in_force"] = self.period()
        if dice.chance(20):
            made["beside"] = self.beside()
        if made.keys().isdisjoint({"default", "beside"}) and dice.chance(15):
            made["vacated"] = dice.pick(ROLES)
        if dice.chance(5):
            made["draft"] = True
        return made

    def beside(self) -> Any:
        """Write which roles other rules have to name, or must not."""
        roles = tuple(self.dice.some(ROLES, 1, 3))
        return self.dice.pick((roles, roles[0], {"not": roles}, {"not": roles[0]}))

    def echo(self, name: str, earlier: Sequence[Data]) -> Data:
        """Write a rule that gives the duties of another, told and timed differently."""
        made = self.rule(name, earlier)
        assign = self.dice.pick(earlier).get("assign", {})
        again = {role: tuple(self.assignment([p]) for p in _holders(assign[role])) for role in assign}
        for key in ("default", "joint", "beside", "vacated"):
            made.pop(key, None)
        return made | ({"assign": again} if again else {"flag": FLAGS[0]})

    def assignments(self) -> Any:
        """Write the holders of a role in one of the ways there are."""
        dice = self.dice
        parties = dice.some(PARTIES, 1, 3)
        if dice.chance(60):
            return parties[0] if len(parties) == 1 else tuple(parties)
        cut = dice.count(1, len(parties))
        parts = [part for part in (parties[:cut], parties[cut:]) if part]
        listed = tuple(self.assignment(part) for part in parts)
        return listed[0] if len(listed) == 1 else listed

    def assignment(self, parties: list[str]) -> Any:
        dice = self.dice
        if len(parties) == 1 and dice.chance(20):
            return parties[0]
        made: Data = {"party": tuple(parties)}
        if dice.chance(60):
            made["to"] = tuple(dice.some([*PARTIES, "lead", "lead"], 1, 3))
        if dice.chance(50):
            made["within"] = dice.pick(("24h", "1d", "36h", "5d", "1w", "1wd", "5wd"))
        return made

    def obligation(self, name: str) -> Data:
        dice = self.dice
        low = dice.count(0, 2)
        holders = dice.pick(
            [
                {"exactly": dice.count(0, 2)},
                {"at_least": low},
                {"at_most": low},
                {"at_least": low, "at_most": 2},
            ]
        )
        made = obligation(name, self.condition(), dice.pick(ROLES), **holders)
        return made | ({"beside": self.beside()} if dice.chance(20) else {})

    def recusal(self) -> Any:
        dice = self.dice
        facts = dice.some(("respondent", "reporter"), 0, 2)
        listed = tuple(recusal(fact, *dice.some(ROLES, 1, 3)) for fact in facts)
        return listed[0] if len(listed) == 1 and dice.chance(50) else listed

    def tight_rulebook(self) -> Data:
        """Write a rulebook in which few combinations of the yes-no facts are possible."""
        dice = self.dice
        odd, lenient = dice.roll(2), dice.pick((0, 0, 20, 50))
        possible = [c for c in COMBINATIONS if sum(c.values()) % 2 == odd or dice.chance(lenient)]
        rules = [self.rule(f"rule-{letter}", ()) for letter in "abc"[: dice.count(1, 3)]]
        for each in rules:
            each["when"] = {"any": tuple(dice.some(possible, 1, len(possible)))}
        if dice.chance(50):  # a fact that is tested and changes nothing
            idle = self.rule("rule-low", ()) | {"when": {"floor": {"less_than": 3}}}
            rules += [idle, idle | {"id": "rule-high", "when": {"floor": {"at_least": 3}}}]
        return written(*rules, impossible=tuple(c for c in COMBINATIONS if c not in possible))

    def tight_incident(self) -> Data:
        return self.incident(1) | dict.fromkeys(["floor", *self.dice.some(YES_NO, 2, 4)], None)

    def period(self) -> Data:
        since, until = sorted(self.dice.some(DAYS[1:], 2, 2))
        kept = self.dice.pick((("from",), ("until",), ("from", "until")))
        return {end: day for end, day in (("from", since), ("until", until)) if end in kept}

    # -- conditions

    def condition(self, least: int = 0, depth: int = 0) -> Data:
        dice = self.dice
        made: Data = {}
        if depth == 0 and dice.chance(60):
            made["matter"] = self.accepted("matter")
        for fact in dice.some(list(FACTS), max(0, least - len(made)), 2):
            made[fact] = self.accepted(fact)
        if depth < 2 and dice.chance(20):
            made[dice.pick(("any", "all"))] = tuple(
                self.condition(1, depth + 1) for _ in range(dice.count(1, 2))
            )
        if depth < 2 and dice.chance(12):
            made["not"] = self.condition(1, depth + 1)
        if depth > 0 and dice.chance(15):
            made["matter"] = self.accepted("matter")
        return made

    def accepted(self, fact: str) -> Any:
        """Write what values of a fact will do."""
        dice = self.dice
        if fact in NUMBERS or FACTS.get(fact, {}).get("type") == "date":
            made = self.stretch(fact) if dice.chance(60) else self.chosen(fact)
        else:
            made = self.chosen(fact)
        while dice.chance(20):
            made = {"not": made}
        return made

    def chosen(self, fact: str) -> Any:
        listed = self.dice.some(self.values(fact), 1, 3)
        return listed[0] if len(listed) == 1 else tuple(listed)

    def stretch(self, fact: str) -> Data:
        """Write a range with something in it, one end or both."""
        dice = self.dice
        low, high = sorted(dice.some(self.values(fact), 2, 2))
        lower, upper = dice.pick(ENDS)
        made = {lower: low, upper: high}
        if dice.chance(50) or _is_empty(made):
            del made[dice.pick((lower, upper))]
        elif dice.chance(30) and low > self.values(fact)[0]:  # a second end, further out
            made["at_least" if lower == "more_than" else "more_than"] = self.values(fact)[0]
        return made

    def values(self, fact: str) -> Sequence[Any]:
        """List the values that rules and incidents may give a fact."""
        if fact == "matter":
            return MATTERS
        if fact in NUMBERS:
            return NUMBERS[fact]
        kind = FACTS[fact]["type"]
        if kind == "enum":
            return [value["id"] for value in FACTS[fact]["values"]]
        return (True, False) if kind == "bool" else DAYS

    def value(self, fact: str) -> Any:
        """Pick a value for an incident: those that rules name, and their neighbours."""
        picked = self.dice.pick(self.values(fact))
        if fact == "floor" or (fact in FACTS and FACTS[fact]["type"] == "date"):
            step = self.dice.pick((0, 0, 1, -1))
            return picked + (step if fact == "floor" else timedelta(days=max(step, 0)))
        return self.dice.count(0, 9) if fact == "bidders" else picked

    # -- incidents

    def incident(self, unknown: int = 4) -> Data:
        """Write an incident with at most so many unknown facts."""
        dice = self.dice
        matters = dice.some(MATTERS, 1, 3 if dice.chance(20) else 1)
        made: Data = {"matter": matters[0] if len(matters) == 1 else matters}
        count = min(unknown, dice.pick((0, 1, 1, 2, 2, 2, 3, 3, 4)))
        open_facts = dice.some(list(FACTS), count, count)
        for fact in FACTS:
            if fact not in open_facts:
                made[fact] = self.value(fact)
            elif dice.chance(50):
                made[fact] = None
        return made


def _holders(assigned: Any) -> list[str]:
    """List the parties of an assignment, however it is written."""
    if isinstance(assigned, str):
        return [assigned]
    if isinstance(assigned, dict):
        return _holders(assigned["party"])
    return [party for part in assigned for party in _holders(part)]


def _is_empty(stretch: Data) -> bool:
    (lower, low), (_, high) = stretch.items()
    if isinstance(low, date):
        return lower == "more_than" and (high - low).days <= 1
    return bool(lower == "more_than" and high - low <= 1)


@st.composite
def rulebooks(draw: st.DrawFn, incidents: int = 3) -> tuple[Data, list[Data]]:
    """Draw the data of a rulebook, and incidents to answer with it."""
    return _written(Writer(DrawnDice(draw)), incidents)


def seeded(seed: object, incidents: int) -> tuple[Data, list[Data]]:
    """Write the data of a rulebook, and incidents, the same ones for the same seed."""
    return _written(Writer(Dice(seed)), incidents)


def _written(writer: Writer, incidents: int) -> tuple[Data, list[Data]]:
    if writer.dice.chance(10):
        return writer.tight_rulebook(), [writer.tight_incident() for _ in range(incidents)]
    return writer.rulebook(), [writer.incident() for _ in range(incidents)]
