"""One ruling over several: over answers of which one will hold, or over parts that all hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain, product
from operator import attrgetter
from typing import Any, TypeVar

from dutyroute.diagram.places import Leaf
from dutyroute.diagram.resolution import Settler
from dutyroute.diagram.ruling import Breach, Duty, Recused, Ruling, Status, shortest, strongest, weakest
from dutyroute.rulebook.rules import LEAD, hours

T = TypeVar("T")
R = TypeVar("R", Recused, Breach)
_holding = attrgetter("party", "role")


def combine(leaves: Sequence[Leaf], ask: tuple[str, ...], place: Callable[[Duty], tuple[int, int]]) -> Ruling:
    """
    Write one ruling over several leaves: certain is what all of them say.

    `place` ranks a duty in the chain, so that the display is stable.
    """
    rulings = [leaf.ruling for leaf in leaves if leaf.ruling is not None]
    if len(rulings) == 1:
        return replace(rulings[0], ask=ask)
    status = _status({ruling.status for ruling in rulings}, len({leaf.outcome for leaf in leaves}) == 1)
    certain_flags = set.intersection(*(set(ruling.flags) for ruling in rulings))
    duties = [
        _weaker(found, is_certain=len(found) == len(rulings))
        for found in _grouped([ruling.duties for ruling in rulings], _holding)
    ]
    return _ruling(rulings, len(rulings), status, sorted(duties, key=place), certain_flags, ask)


def join(
    rulings: list[Ruling],
    levels: Iterable[set[int]],
    is_one_answer: bool,
    ask: tuple[str, ...],
    settler: Settler,
) -> Ruling:
    """
    Write one ruling over independent parts: certain is what any of them says for certain.

    `levels` are those of each part's leaves.
    """
    worst = {0}
    for each in levels:
        worst = {max(pair) for pair in product(worst, each)}
    status = _status({_STATUSES[each] for each in worst}, is_one_answer)
    flags = {flag for ruling in rulings for flag in ruling.flags}
    duties = [
        found[0]
        if len(found) == 1
        else _stronger(found, settler.parties.__getitem__)
        if any(duty.certain for duty in found)
        else _weaker(found, is_certain=False)
        for found in _grouped([ruling.duties for ruling in rulings], _holding)
    ]
    return _ruling(rulings, 1, status, sorted(duties, key=settler.rank), flags, ask)


def _ruling(
    rulings: list[Ruling],
    needed: int,
    status: Status,
    duties: list[Duty],
    flags: set[str],
    ask: tuple[str, ...],
) -> Ruling:
    """Write one ruling over several; certain is what `needed` of them say for certain."""
    said = {flag for ruling in rulings for flag in (*ruling.flags, *ruling.possible_flags)}
    return Ruling(
        matter=rulings[0].matter,
        status=status,
        lead=tuple(duty.party for duty in duties if duty.role == LEAD and duty.certain),
        duties=tuple(duties),
        flags=tuple(sorted(flags)),
        recused=_merged([ruling.recused for ruling in rulings], needed, _holding),
        # The same breach, whatever rules it rests on.
        breaches=_merged([r.breaches for r in rulings], needed, attrgetter("obligation", "kind", "holders")),
        ask=ask,
        possible_flags=tuple(sorted(said - flags)),
    )


def _weaker(found: list[Duty], *, is_certain: bool) -> Duty:
    """
    Write one duty over answers of which one will hold.

    Where they differ the weaker statement is made: the loosest time limit, the
    weakest basis, and as certainly told only whom every answer names.
    """
    limits = [duty.within for duty in found]
    told = set(found[0].to).intersection(*(duty.to for duty in found))
    return _duty(
        found,
        to=tuple(party for party in found[0].to if party in told),
        within=None if None in limits else max((w for w in limits if w), key=lambda w: (hours(w), w)),
        basis=weakest(duty.basis for duty in found),
        certain=is_certain,
        default=any(duty.default for duty in found),
    )


def _stronger(found: list[Duty], order: Callable[[str], int]) -> Duty:
    """Write one duty over answers that all hold: what those say that are certain, together."""
    sure = [duty for duty in found if duty.certain]
    return _duty(
        found,
        to=tuple(sorted({party for duty in sure for party in duty.to}, key=order)),
        within=shortest(duty.within for duty in sure),
        basis=strongest(duty.basis for duty in sure),
        certain=True,
        default=all(duty.default for duty in sure),
    )


def _duty(found: list[Duty], to: tuple[str, ...], **said: Any) -> Duty:
    """Write one duty by the rules of several; whom not all tell, it may have to tell."""
    every_to = {party for duty in found for party in (*duty.to, *duty.to_possible)}
    return Duty(
        found[0].party,
        found[0].role,
        to=to,
        rules=_rules(found),
        clauses=tuple(sorted({clause for duty in found for clause in duty.clauses})),
        to_possible=tuple(sorted(every_to.difference(to))),
        **said,
    )


_STATUSES: tuple[Status, ...] = ("unrouted", "routed", "unrouted", "conflict")


def level(leaf: Leaf) -> int:
    """Rank what a leaf is about the whole: nothing at all, duties, an unmet obligation, a conflict."""
    ruling = leaf.ruling
    if ruling is None or not (ruling.duties or ruling.breaches):
        return 0
    return {"routed": 1, "unrouted": 2}.get(ruling.status, 3)


def _status(statuses: set[Status], is_one_answer: bool) -> Status:
    # That nobody can act is certain where every leaf says so, even if the leaves differ in why.
    if len(statuses) == 1 and (is_one_answer or statuses & {"conflict", "unrouted"}):
        return statuses.pop()
    return "conflict" if statuses == {"conflict", "unrouted"} else "incomplete"


def _merged(said: list[tuple[R, ...]], needed: int, key: Callable[[R], Any]) -> tuple[R, ...]:
    """Write each recusal, or each breach, once: certain where `needed` of those who can name it do."""
    return tuple(
        replace(found[0], rules=_rules(found), certain=sum(each.certain for each in found) >= needed)
        for found in sorted(_grouped(said, key), key=lambda found: key(found[0]))
    )


def _rules(found: Iterable[Recused | Breach | Duty]) -> tuple[str, ...]:
    return tuple(sorted({rule for each in found for rule in each.rules}))


def _grouped(said: list[tuple[T, ...]], key: Callable[[T], Any]) -> Iterable[list[T]]:
    """Put together what several answers say of the same thing."""
    groups: dict[Any, list[T]] = {}
    for each in chain.from_iterable(said):
        groups.setdefault(key(each), []).append(each)
    return groups.values()
