"""Incidents that would cover what the cases leave out, the shortest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from dutyroute.analysis.coverage.coverage import Coverage, Measure
from dutyroute.errors import IncidentError
from dutyroute.routing.router import Router
from dutyroute.rulebook.vocabulary import MATTER, Plain

__all__ = ["Suggestion", "suggestions"]

Goal = tuple[str, object]
"""What is to be covered: a rule, a branch, a season or a leaf."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An incident, and what it would cover: rules, branches, leaves, days."""

    incident: dict[str, Plain]
    goals: tuple[Goal, ...]


def suggestions(measure: Measure, coverage: Coverage, most: int) -> Iterator[Suggestion]:
    """
    Yield at most so many incidents, each covering something that is missing.

    Each is the one that covers most of what is still missing, the shortest of
    these first. Rules, conditions and periods come before leaves.
    """
    router = Router(measure.rulebook)
    yield from islice(chain(_main(measure, coverage, router), _leaves(measure, coverage, router)), most)


def _main(measure: Measure, coverage: Coverage, router: Router) -> Iterator[Suggestion]:
    missing = _main_goals(coverage)
    candidates = [each for each in _candidates(measure, coverage) if _routes(router, each)]
    reach = [frozenset(_goals(measure, candidate)) for candidate in candidates]
    while missing and reach:
        best = max(range(len(reach)), key=lambda i: (len(reach[i] & missing), -len(candidates[i])))
        covered = reach[best] & missing
        if not covered:
            return
        yield Suggestion(candidates[best], tuple(sorted(covered, key=repr)))
        missing -= covered


def _leaves(measure: Measure, coverage: Coverage, router: Router) -> Iterator[Suggestion]:
    for leaf in sorted(coverage.leaves.missing, key=lambda leaf: len(measure.ground.leaves[leaf])):
        incident = measure.ground.leaves[leaf]
        if _routes(router, incident):
            yield Suggestion(dict(incident), (("leaf", leaf),))


def _main_goals(coverage: Coverage) -> set[Goal]:
    return {
        *(("rule", rule) for rule in coverage.rules.missing),
        *(("branch", branch) for branch in coverage.branches.missing),
        *(("season", season) for season in coverage.seasons.missing),
    }


def _candidates(measure: Measure, coverage: Coverage) -> Sequence[dict[str, Plain]]:
    """List an incident for each thing that is missing."""
    anything = next(iter(measure.rulebook.vocabulary.matters))
    dated = measure.rulebook.header.date or ""
    found = [measure.ground.counting[rule] for rule in coverage.rules.missing]
    found += [{MATTER: anything, **measure.witnesses[branch]} for branch in coverage.branches.missing]
    found += [{MATTER: anything, dated: season.day} for season in coverage.seasons.missing]
    return [dict(each) for each in {tuple(sorted(c.items())): c for c in found}.values()]


def _routes(router: Router, incident: dict[str, Plain]) -> bool:
    try:
        router.route(incident)
    except IncidentError:
        return False
    return True


def _goals(measure: Measure, incident: dict[str, Plain]) -> Iterator[Goal]:
    """Yield all that an incident reaches."""
    defaults = {f.id: f.default for f in measure.rulebook.vocabulary.facts.values() if f.default is not None}
    reached = measure.by({**defaults, **incident})
    yield from (("rule", rule) for rule in reached.rules)
    yield from (("branch", branch) for branch in reached.branches)
    yield from (("season", s) for s in measure.seasons if s.day in reached.days)
