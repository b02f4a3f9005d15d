"""From each clause to the rules that cite it and the matters in which they count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.unknowns import Reach, TooOpen
from dutyroute.rulebook.conditions import verdict
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["Citing", "Trace", "matters_of_rules", "trace"]


@dataclass(frozen=True, slots=True)
class Citing:
    """A rule that cites a clause, and the matters in which it can count."""

    rule: str
    matters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """
    One clause, by its reference, with the rules that rest on it.

    `duty` tells whether the clause bears duties: such a clause without a rule
    that can count is unmapped.
    """

    clause: str
    duty: bool
    rules: tuple[Citing, ...]

    @property
    def matters(self) -> tuple[str, ...]:
        """Every matter in which one of the rules can count."""
        return tuple(dict.fromkeys(matter for citing in self.rules for matter in citing.matters))

    @property
    def is_unmapped(self) -> bool:
        """Whether the clause bears duties that no rule carries."""
        return self.duty and not self.matters


def trace(rulebook: Rulebook, diagram: Diagram | None = None) -> tuple[Trace, ...]:
    """Trace every clause, in the instruments' order."""
    found = matters_of_rules(rulebook, diagram or Diagram(rulebook))
    citing: dict[str, list[Citing]] = {}
    for rule in rulebook.rules.values():
        for clause in dict.fromkeys(rule.cite):
            citing.setdefault(clause, []).append(Citing(rule.id, found[rule.id]))
    return tuple(
        Trace(reference, clause.duty, tuple(citing.get(reference, ())))
        for reference, clause in rulebook.vocabulary.clauses()
    )


def matters_of_rules(rulebook: Rulebook, diagram: Diagram) -> Mapping[str, tuple[str, ...]]:
    """
    List for each rule the matters in which it counts for some incident.

    Every leaf of every matter is visited. A matter with too many to visit is
    left to the rules' own word: each that names it is taken to count there.
    """
    found: dict[str, list[str]] = {rule: [] for rule in rulebook.rules}
    for matter in rulebook.vocabulary.matters:
        try:
            leaves = Reach(diagram, matter, {}).leaves
        except TooOpen:
            # Too many to visit: better to name a matter too many than to call a clause unmapped.
            about = {MATTER: matter}
            counting = {r for r in found if verdict(rulebook.conditions["rules", r], about) is not False}
        else:
            counting = {rule for leaf in leaves if leaf.settlement for rule in leaf.settlement.counting}
        for rule in counting:
            found[rule].append(matter)
    return {rule: tuple(matters) for rule, matters in found.items()}
