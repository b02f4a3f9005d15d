"""Flags that say something is undecided: a list for the people who can decide it."""

from __future__ import annotations

from collections.abc import Iterator

from dutyroute.analysis.finding import Finding
from dutyroute.analysis.standing import Sight, counting
from dutyroute.analysis.survey import Survey, Surveyed
from dutyroute.analysis.teller import Teller
from dutyroute.analysis.witness import smallest
from dutyroute.rules import Rulebook

__all__ = ["Undecided"]


class Undecided:
    """Which rules raise a flag that its vocabulary entry calls `undecided`, on which matters."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.flags = frozenset(f.id for f in rulebook.vocabulary.flags.values() if f.undecided)
        self.raising = [r.id for r in rulebook.rules.values() if not self.flags.isdisjoint(r.flag)]
        self.sights: dict[str, list[Sight]] = {}

    def look(self, survey: Survey) -> None:
        """Look which of the rules count in some incident about one more matter."""
        left = set(self.raising)
        for leaf, settlement in survey.settled() if left else ():
            counts = left.intersection(settlement.matched) - settlement.struck.keys() - set(settlement.idle)
            for rule in sorted(counts):
                self.sights.setdefault(rule, []).append(Sight(survey.matter, survey.path(leaf), leaf))
            left -= counts

    def findings(self, teller: Teller, diagram: Surveyed) -> Iterator[Finding]:
        """Tell each flag of each rule, with every matter on which it is raised."""
        for rule, sights in self.sights.items():
            matters = tuple(sight.matter for sight in sights)
            first = sights[0]
            for flag in self.rulebook.rules[rule].flag:
                if flag in self.flags:
                    yield teller.tell(
                        "undecided-flag",
                        ("rules", rule),
                        {
                            "flag": teller.named("flags", flag),
                            "rule": rule,
                            "matters": teller.names("matters", matters),
                        },
                        rules=(rule,),
                        others=[("flags", flag)],
                        witness=smallest(diagram, first.matter, first.path, counting([rule])),
                        matters=matters,
                    )
