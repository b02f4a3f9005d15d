"""Flags that say something is undecided: a list for the people who can decide it."""

from __future__ import annotations

from collections.abc import Iterator

from dutyroute.analysis.checks.finding import Finding
from dutyroute.analysis.checks.idle_rules import Sight, counting
from dutyroute.analysis.checks.survey import Survey
from dutyroute.analysis.checks.teller import Teller
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["Undecided"]


class Undecided:
    """Which rules raise a flag that its vocabulary entry calls `undecided`, on which matters."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.flags = frozenset(f.id for f in rulebook.vocabulary.flags.values() if f.undecided)
        self.sights: dict[tuple[str, str], list[Sight]] = {}

    def look(self, survey: Survey) -> None:
        """Look which rules raise the flag that a survey is about, on one more matter."""
        topic, rules = survey.diagram.topic, survey.diagram.rulebook.rules
        if topic is None or topic.kind != "flags" or topic.name not in self.flags:
            return
        left = {name for name, rule in rules.items() if rule.flag}
        for leaf, settlement in survey.settled():
            counts = left.intersection(settlement.matched) - settlement.struck.keys() - set(settlement.idle)
            for rule in sorted(counts):
                self.sights.setdefault((topic.name, rule), []).append(Sight.of(survey, leaf))
            left -= counts

    def findings(self, teller: Teller) -> Iterator[Finding]:
        """Tell each flag of each rule, with every matter on which it is raised."""
        for (flag, rule), sights in self.sights.items():
            matters = tuple(sight.matter for sight in sights)
            named = {"flag": teller.named("flags", flag), "matters": teller.names("matters", matters)}
            yield teller.tell(
                "undecided-flag",
                ("rules", rule),
                {**named, "rule": rule},
                rules=(rule,),
                others=[("flags", flag)],
                witness=sights[0].smallest(counting([rule])),
                matters=matters,
            )
