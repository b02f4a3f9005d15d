"""Why a rule counts or does not: each condition's verdict, nearest misses first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from dutyroute.diagnostics import nearest
from dutyroute.diagram.resolution import Settlement
from dutyroute.diagram.unknowns import Reach
from dutyroute.errors import IncidentError
from dutyroute.record import JsonRecord
from dutyroute.routing.decision import PlainValue
from dutyroute.rulebook.conditions import foreseen, one_of, read, verdict
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Rule
from dutyroute.rulebook.types import Named
from dutyroute.rulebook.vocabulary import MATTER, Facts, Term, spellings

Standing = Literal["counts", "possible", "overridden", "idle", "unmet", "failed"]
"""
A rule counts, may count, is overridden, is a default that is not needed, has a
`beside` or `vacated` that does not hold, or does not match; in order of interest.
"""


_Pairs = tuple[Annotated[tuple[str, str], Named("party", "role")], ...]
"""Parties with their roles."""


@dataclass(frozen=True, slots=True)
class ConditionVerdict(JsonRecord):
    """
    What became of one condition.

    `written` is the condition as its author wrote it, `given` the incident's
    value (None where unknown), `held` True, False, or None where it hangs on an
    unknown fact. `fact` is `any`, `all` or `not` for a nested condition.
    """

    fact: str
    written: Any
    given: PlainValue | None
    held: bool | None


@dataclass(frozen=True, slots=True)
class Reason(JsonRecord):
    """
    Why one rule counts in a matter, or does not.

    `by` names the rules that override it; `recused` the (party, role) pairs
    that fall away because the party is itself concerned.
    """

    rule: str
    standing: Standing
    conditions: tuple[ConditionVerdict, ...]
    duties: _Pairs
    by: tuple[str, ...] = ()
    recused: _Pairs = ()

    def gives(self, party: str, role: str | None) -> bool:
        """Tell whether the rule would give a party a role (any role, if None)."""
        return any(p == party and role in (None, r) for p, r in self.duties)


@dataclass(frozen=True, slots=True)
class Explanation(JsonRecord):
    """Every rule about a matter, with why; and the facts still to be asked."""

    matter: str
    reasons: tuple[Reason, ...]
    ask: tuple[str, ...]


def explain_ruling(rulebook: Rulebook, reach: Reach) -> Explanation:
    """Tell of every rule about a matter whether it counts, by the leaves reached."""
    matter, values = reach.matter, {**reach.values, MATTER: reach.matter}
    # A rule matches in one part only; the others say nothing of it.
    by_part = [[leaf.settlement for leaf in part.leaves if leaf.settlement] for part in reach.parts]
    settled = {name: part for part in by_part for each in part for name in each.matched}
    reasons = [
        _reason(rulebook, rule, settled.get(name, []), values)
        for name, rule in rulebook.deciding.items()
        if verdict(rulebook.conditions["rules", name], {MATTER: matter}) is not False
    ]
    return Explanation(matter, tuple(sorted(reasons, key=_nearness)), reach.ask)


def _nearness(reason: Reason) -> tuple[int, int, int, str]:
    """Rank what counts first, then what misses by the fewest conditions."""
    held = [verdict.held for verdict in reason.conditions]
    return get_args(Standing).index(reason.standing), held.count(False), held.count(None), reason.rule


def _reason(rulebook: Rulebook, rule: Rule, settled: list[Settlement], values: Facts) -> Reason:
    name = rule.id
    matched = [s for s in settled if name in s.matched]
    overridden = [s for s in matched if name in s.overridden]
    counting = sum(name in s.counting for s in matched)
    standing: Standing = "failed"
    if counting:
        standing = "counts" if counting == len(settled) else "possible"
    elif matched:
        is_idle = any(name in s.idle for s in matched)
        standing = "overridden" if overridden else "idle" if is_idle else "unmet"
    recused = {(r.party, r.role) for s in matched for r in s.ruling.recused if name in r.rules}
    return Reason(
        rule=name,
        standing=standing,
        conditions=tuple(_verdicts(rulebook, rule, values)),
        duties=tuple((party, role) for party, role, _ in rule.duties()),
        by=tuple(sorted({s.overridden[name] for s in overridden})),
        recused=tuple(sorted(recused)),
    )


def _verdicts(rulebook: Rulebook, rule: Rule, values: Facts) -> Iterator[ConditionVerdict]:
    # Read once more from the author's words, entry by entry: the compiled condition is joined and
    # simplified, and no longer says which entry failed.
    for fact, written in rule.when.items():
        condition, _ = read({fact: written}, rulebook.vocabulary, ())
        yield ConditionVerdict(
            fact, written, values.get(fact), foreseen(condition, values, rulebook.vocabulary)
        )
    period, dated = rulebook.period(rule), rulebook.header.date
    if dated is not None and (period.since or period.until):
        day: Any = values.get(dated)
        ends = {"from": period.since, "until": period.until}
        yield ConditionVerdict("in_force", ends, day, None if day is None else day in period)


def near(entries: Mapping[str, Term], word: str, kind: str) -> str:
    """
    Return an entry's id, given by id, name or alias.

    Raises:
        IncidentError: if there is none, with the nearest.
    """
    found = spellings(entries.values())[word]
    if found is not None:
        return found
    raise IncidentError("incident-wrong-value", kind, word, one_of(entries), nearest(word, entries))
