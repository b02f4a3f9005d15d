"""Whether the cases would notice the small mistakes that a person might make in a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from dutyroute.analysis.diff.diff import Region, changes_in
from dutyroute.analysis.mutation.mutants import Mutant, mutants
from dutyroute.cases.cases import Case
from dutyroute.cases.run import run
from dutyroute.routing.explanation import verdict
from dutyroute.routing.router import Router
from dutyroute.rulebook.conditions import Condition, read
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["Mutant", "Score", "Survivor", "applied", "mutants", "score"]


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no case noticed; `region` holds incidents whose decision it changes."""

    mutant: Mutant
    region: Region


@dataclass(frozen=True, slots=True)
class Score:
    """
    How many mutants the cases noticed.

    `equivalent` ones change no decision: proved by an empty diff, and left out
    of the rate.
    """

    killed: int
    equivalent: tuple[Mutant, ...]
    survivors: tuple[Survivor, ...]

    @property
    def rate(self) -> float:
        """Between 0 and 1, of the mutants that change some decision."""
        of = self.killed + len(self.survivors)
        return self.killed / of if of else 1.0


def score(
    rulebook: Rulebook,
    cases: Sequence[Case],
    made: Iterable[Mutant] | None = None,
    watch: Callable[[Mutant], None] = lambda _: None,
) -> Score:
    """
    Try every mutant against the cases; a case notices one by failing.

    Cases that fail as it is are left out: they would notice anything. `watch` is
    told of each mutant as it is tried.
    """
    trying = _Trying(rulebook, cases)
    killed = 0
    equivalent: list[Mutant] = []
    survivors: list[Survivor] = []
    for mutant in mutants(rulebook) if made is None else made:
        watch(mutant)
        if trying.notice(mutant):
            killed += 1
        elif region := trying.changed(mutant):
            survivors.append(Survivor(mutant, region))
        else:
            equivalent.append(mutant)
    return Score(killed, tuple(equivalent), tuple(survivors))


class _Trying:
    """Cases that pass, and the rulebook that they pass under."""

    def __init__(self, rulebook: Rulebook, cases: Sequence[Case]) -> None:
        self.rulebook = rulebook
        router = Router(rulebook)
        self.cases = [case for case in cases if run(case, router).passed]
        self._recent: list[Case] = []

    def notice(self, mutant: Mutant) -> bool:
        """Tell whether a case fails under a mutant; only those that it can touch are run."""
        changed = applied(self.rulebook, mutant)
        conditions = self._conditions(changed, mutant)
        router = Router(changed)
        return any(not run(case, router).passed for case in self.cases if _touched(case, conditions))

    def changed(self, mutant: Mutant) -> Region | None:
        """Return incidents whose decision a mutant changes; None where it is proved that none is."""
        changed = applied(self.rulebook, mutant)
        conditions = self._conditions(changed, mutant)
        matters = [m for m in self.rulebook.vocabulary.matters if _possible(conditions, {MATTER: m})]
        found = list(changes_in(self.rulebook, changed, matters))
        return min(found, key=lambda region: (not region.proven, len(region.witness)), default=None)

    def _conditions(self, changed: Rulebook, mutant: Mutant) -> tuple[Condition, ...]:
        key = "rules", mutant.rule.id
        return self.rulebook.conditions[key], changed.conditions[key]


def applied(rulebook: Rulebook, mutant: Mutant) -> Rulebook:
    """Return the rulebook with a mutant in place of its rule."""
    name = mutant.rule.id
    condition, _ = read(mutant.rule.when, rulebook.vocabulary, ())
    return replace(
        rulebook,
        rules={**rulebook.rules, name: mutant.rule},
        conditions={**rulebook.conditions, ("rules", name): condition},
    )


def _touched(case: Case, conditions: tuple[Condition, ...]) -> bool:
    """Tell whether a rule can match a case's incident before or after the mistake."""
    facts = case.incident.facts
    return any(_possible(conditions, {**facts, MATTER: matter}) for matter in case.incident.matters)


def _possible(conditions: tuple[Condition, ...], values: dict[str, object]) -> bool:
    return any(verdict(condition, values) is not False for condition in conditions)  # type: ignore[arg-type]
