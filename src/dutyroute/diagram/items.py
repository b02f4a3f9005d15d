"""What a diagram follows to its leaves: rules, recusals, obligations, impossible conditions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from dutyroute.rulebook.conditions import AllOf, Between, Condition, OneOf, Test, join, tests
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Fact

Item = tuple[str, Any]
"""("rules", id), ("obligations", id), ("impossible", index), ("guard", (rule, party, recusal))."""


def items_of(rulebook: Rulebook) -> Iterator[tuple[Item, Condition]]:
    """List what the diagram follows: rules, their recusals, obligations, impossibilities."""
    conditions = rulebook.conditions
    for name in rulebook.deciding:
        condition = _in_force(rulebook, name)
        yield ("rules", name), condition
        # Recusal is one more condition beside each rule that it concerns: so the diagram decides it
        # with everything else, and a leaf knows which duties fall away.
        for index, party, fact in sorted({(b.recusal, b.party, b.fact) for b in rulebook.barred(name)}):
            concerned = Test(fact, OneOf(frozenset({party})))
            yield ("guard", (name, party, index)), _both(condition, concerned)
    for kind in ("obligations", "impossible"):
        yield from ((key, found) for key, found in conditions.items() if key[0] == kind)


def _in_force(rulebook: Rulebook, name: str) -> Condition:
    """Add to a rule's condition that the date lies in its period."""
    condition = rulebook.conditions["rules", name]
    period = rulebook.period(rulebook.rules[name])
    # A period is a test of the date like any other: no second mechanism for "the rules of that day".
    cuts: tuple[date, ...] = tuple(day for day in (period.since, period.until) if day is not None)
    if not cuts or rulebook.header.date is None:
        return condition
    return _both(condition, Test(rulebook.header.date, Between(cuts, first=period.since is None)))


def _both(one: Condition, other: Condition) -> Condition:
    """Join two conditions, flat, so that the matter stays in sight at the top."""
    return join((*_parts(one), *_parts(other)), any_of=False)


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, AllOf) else (condition,)


def by_matter(
    items: Sequence[tuple[Item, Condition]], matters: Mapping[str, Any]
) -> tuple[dict[str, list[int]], list[int]]:
    """File items by the matters that they are about; the others are everywhere."""
    by_matter: dict[str, list[int]] = {matter: [] for matter in matters}
    everywhere: list[int] = []
    for index, (_, condition) in enumerate(items):
        about = [p.accepts for p in _parts(condition) if isinstance(p, Test) and p.fact == MATTER]
        if not about:  # or only within an `any`: then it may be about every matter
            everywhere.append(index)
            continue
        for matter in frozenset.intersection(
            *(choice.values for choice in about if isinstance(choice, OneOf))
        ):
            by_matter[str(matter)].append(index)
    return by_matter, everywhere


def order_of(items: Sequence[tuple[Item, Condition]], facts: Mapping[str, Fact]) -> dict[str, int]:
    """Test the facts that most items test first; the file's order plays no part."""
    counts = Counter(test.fact for _, condition in items for test in tests(condition))
    # What most items test narrows most. Ties go by name, so that two builds of one rulebook are the same.
    ranked = sorted(facts, key=lambda fact: (-counts[fact], fact))
    return {fact: rank for rank, fact in enumerate(ranked)}
