"""Versions of a rule: days that neither covers, days that both cover."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

from dutyroute.analysis.checks.finding import BothLanguages, Finding, FindingWriter, listed
from dutyroute.analysis.checks.survey import Survey, survey_conditions
from dutyroute.analysis.checks.witness import Sighting, counting
from dutyroute.messages import both
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Period, Rule

Pair = tuple[str, str]
"""Two rules, the one that begins first before the other."""


class Versions:
    """
    The rules that are versions of one another, and the days between them.

    Two rules are versions of one rule when one of them at least has a period of
    its own, they share a role or a flag, and either their titles are the same
    or, both having a period, their conditions are.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.pairs: dict[Pair, None] = dict.fromkeys(_pairs(rulebook))
        self.overlaps: dict[Pair, Sighting] = {}

    def look(self, survey: Survey) -> None:
        """Look for incidents about one more matter in which two versions count."""
        for leaf, settlement in survey.settled() if self.pairs else ():
            counts = set(settlement.counting)
            for pair in self.pairs.keys() - self.overlaps.keys():
                if counts.issuperset(pair):
                    self.overlaps[pair] = Sighting.of(survey, leaf)

    def findings(self, writer: FindingWriter) -> Iterator[Finding]:
        """Yield the pairs that overlap, and those between which there are days without either."""
        for pair in self.pairs:
            if pair in self.overlaps:
                check, sighting = "date-overlap", self.overlaps[pair]
                periods = [self.rulebook.period(self.rulebook.rules[rule]) for rule in pair]
                since = max((p.since for p in periods if p.since), default=None)
                until = min((p.until for p in periods if p.until), default=None)
            elif (empty := self._between(pair)) and (found := self._on(empty, pair)):
                check, sighting, since, until = "date-gap", found, empty.since, empty.until
            else:
                continue
            yield writer.finding(
                check,
                ("rules", pair[1]),
                {"rules": listed(pair), "days": _days(since, until)},
                rules=pair,
                witness=sighting.shortest(counting(pair)),
                matters=(sighting.matter,),
            )

    def _on(self, days: Period, pair: Pair) -> Sighting | None:
        """Find an incident on some days that would match both versions but for their periods."""
        # Days without a version are a gap only if there is such an incident, which is the witness.
        conditions = {rule: self.rulebook.conditions["rules", rule] for rule in pair}
        timed = self.rulebook.rules[pair[0]].model_copy(update={"in_force": days})
        impossible = self.rulebook.only_impossible().conditions
        for survey in survey_conditions(self.rulebook, timed, conditions, impossible):
            for leaf, settlement in survey.settled():
                if len(settlement.matched) == len(pair):
                    return Sighting.of(survey, leaf)
        return None

    def _between(self, pair: Pair) -> Period | None:
        """Return the days after one version and before the other on which no version is in force."""
        family = [r for p in self.pairs if set(p) & set(pair) for r in p]
        periods = [self.rulebook.period(self.rulebook.rules[rule]) for rule in (*pair, *family)]
        end, begin = periods[0].until, periods[1].since
        if end is None or begin is None or end >= begin:
            return None
        if any((p.since is None or p.since < begin) and (p.until is None or p.until > end) for p in periods):
            return None  # a third version covers some of it, and is its own neighbour
        return Period.model_validate({"from": end, "until": begin})


def _pairs(rulebook: Rulebook) -> Iterator[Pair]:
    """Pair the versions of each rule, in time; a rule without dates pairs with dated ones only."""
    groups: dict[object, list[Rule]] = {}
    for name, rule in rulebook.deciding.items():
        groups.setdefault(("title", rule.title), []).append(rule)
        if rule.in_force is not None:
            groups.setdefault(("condition", rulebook.conditions["rules", name]), []).append(rule)
    for group in groups.values():
        ordered = sorted(group, key=lambda rule: (rulebook.period(rule).since or date.min, rule.id))
        for one, other in combinations(ordered, 2) if any(r.in_force for r in group) else ():
            shares_role = not one.assign.keys().isdisjoint(other.assign)
            shares_flag = not set(one.flag).isdisjoint(other.flag)
            if (one.in_force or other.in_force) and (shares_role or shares_flag):
                yield one.id, other.id


def _days(since: date | None, until: date | None) -> BothLanguages:
    """Name a stretch of days by its first and its last."""
    last = until - timedelta(days=1) if until else None
    key = "days" if since and last else "days-from" if since else "days-until" if last else "always"
    return both(f"check-{key}", since=since, last=last)
