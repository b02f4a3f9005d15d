"""Parts: items that have nothing to do with each other, so that each part can be looked at by itself."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from dutyroute.diagram.items import Item
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD


@dataclass(frozen=True, slots=True)
class Ties:
    """
    What an item has to do with others, whatever facts it tests.

    `own` are the rules that it is, overrides or guards; `waits` the roles whose
    holders decide about it; `gives` the roles that it gives; `says` its duties and flags.
    """

    own: tuple[Hashable, ...] = ()
    waits: tuple[Hashable, ...] = ()
    gives: tuple[Hashable, ...] = ()
    says: tuple[Hashable, ...] = ()

    @classmethod
    def of(cls, item: Item, rulebook: Rulebook) -> Ties:
        """Tell what ties an item to others."""
        kind, name = item
        if kind == "impossible":
            return cls()
        if kind == "guard":
            return cls(own=(("rule", name[0]),))
        if kind == "obligations":
            owed = rulebook.obligations[name]
            return cls(waits=_roles({owed.role, *(owed.beside.roles if owed.beside else ())}))
        rule = rulebook.rules[name]
        # `lead` among those who are told is whoever leads.
        tells_lead = any(LEAD in assignment.to for _, _, assignment in rule.duties())
        return cls(
            own=tuple(("rule", each) for each in (name, *rule.overrides)),
            waits=_roles({*rule.awaited, *((LEAD,) if tells_lead else ())}),
            gives=_roles(rule.assign),
            says=(*((party, role) for party, role, _ in rule.duties()), *(("flag", f) for f in rule.flag)),
        )


def grouped(items: Iterable[tuple[int, Iterable[str], Ties]], *, by_answer: bool) -> list[list[int]]:
    """
    Put items together that share an open fact or a tie; each is given by its number.

    Roles tie only where something waits for them. `by_answer` ties also what gives
    the same duty or flag.
    """
    items = list(items)
    waited = {role for _, _, ties in items for role in ties.waits}
    above: dict[Hashable, Hashable] = {}

    def top(key: Hashable) -> Hashable:
        while (higher := above.get(key, key)) != key:
            key = higher
        return key

    firsts: dict[int, Hashable] = {}
    for number, facts, ties in items:
        keys = {*facts, *ties.own, *ties.waits, *waited.intersection(ties.gives)}
        if by_answer:
            keys.update(ties.says)
        tops = {top(key) for key in keys} or {number}
        firsts[number] = first = tops.pop()
        above.update(dict.fromkeys(tops, first))
    groups: dict[Hashable, list[int]] = {}
    for number, key in firsts.items():
        groups.setdefault(top(key), []).append(number)
    return list(groups.values())


def _roles(roles: Iterable[str]) -> tuple[Hashable, ...]:
    return tuple(("role", role) for role in roles)
