"""What differs between two answers to the same incidents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dutyroute.diagram.diagram import Leaf
from dutyroute.diagram.ruling import Duty, Ruling
from dutyroute.diagram.unknowns import combine
from dutyroute.rulebook.rules import Rule

__all__ = ["Behind", "Difference", "Ground", "Held", "Side", "Standing", "compare"]

Held = tuple[str, str, tuple[str, ...], str | None]
"""Party, role, to whom, and within what time."""

Unmet = tuple[str, str, tuple[str, ...]]
"""An obligation that is not met, whether by a gap or a conflict, and who holds the role."""

Ground = tuple[str, tuple[str, ...]]
"""How sure a duty is, and the clauses that give it."""

Standing = Literal["ruled", "open", "impossible", "absent", "lapsed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """
    What an edit does to a decision.

    `gained` and `lost` list duties as (party, role, to, within); a duty whose
    `to` or `within` changes stands in both. `grounds` lists duties that stay as
    they are but rest on other words, as (party, role, before, after). `before` and `after` tell whether
    the incident is ruled on, hangs on a fact that it does not give (`open`), is
    impossible, or cannot be asked about: the rulebook lacks the matter or value
    (`absent`), or has no rules for the day (`lapsed`).
    """

    gained: tuple[Held, ...] = ()
    lost: tuple[Held, ...] = ()
    flags_gained: tuple[str, ...] = ()
    flags_lost: tuple[str, ...] = ()
    breaches_gained: tuple[Unmet, ...] = ()
    breaches_lost: tuple[Unmet, ...] = ()
    before: Standing = "ruled"
    after: Standing = "ruled"
    grounds: tuple[tuple[str, str, Ground, Ground], ...] = ()


@dataclass(frozen=True, slots=True)
class Behind:
    """The rules on both sides of a change."""

    old: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()

    def __or__(self, other: Behind) -> Behind:
        return Behind(self.old | other.old, self.new | other.new)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a side says: certain duties, flags and breaches, and what is only possible."""

    standing: Standing
    duties: frozenset[Held] = frozenset()
    flags: frozenset[str] = frozenset()
    breaches: frozenset[Unmet] = frozenset()
    possible: frozenset[Any] = frozenset()
    grounds: frozenset[tuple[Held, Ground]] = frozenset()


@dataclass(frozen=True, slots=True)
class Side:
    """The leaves that incidents reach in one rulebook, and the rulebook's rules."""

    leaves: tuple[Leaf, ...]
    rules: Mapping[str, Rule]


def compare(one: Side, other: Side, *, grounded: bool) -> tuple[Difference | None, Behind] | None:
    """
    Tell what differs between what two sides say, and the rules behind it.

    A side has no leaves where its rulebook cannot be asked, several where a
    fact is open. The change is None where the answers are the same; the whole is
    None where neither side answers. `grounded` tells whether resting on other
    words, with the same duties, is a change.
    """
    before, after = _ruling(one.leaves), _ruling(other.leaves)
    if before is None and after is None:
        return None
    if (before is None and one.leaves) or (after is None and other.leaves):
        return _IMPOSSIBLE[before is None], Behind()
    was, now = _answer(before, grounded), _answer(after, grounded)
    if was == now:
        return _SAME
    change = Difference(
        *_two_ways(was.duties, now.duties),
        *_two_ways(was.flags, now.flags),
        *_two_ways(was.breaches, now.breaches),
        was.standing,
        now.standing,
        tuple(sorted(_regrounded(dict(was.grounds), dict(now.grounds)))),
    )
    return change, Behind(_rules(one, before, change), _rules(other, after, change))


_IMPOSSIBLE = {True: Difference(before="impossible"), False: Difference(after="impossible")}
"""What an edit does where only one side holds the incidents to be impossible: no more need be said."""

_SAME: tuple[None, Behind] = None, Behind()


def _ruling(leaves: tuple[Leaf, ...]) -> Ruling | None:
    """Return the one ruling over the leaves; None where they are impossible, or there are none."""
    possible = [leaf for leaf in leaves if leaf.settlement is not None]
    if len(possible) == 1 and possible[0].settlement is not None:
        return possible[0].settlement.ruling
    return combine(possible, (), lambda _: (0, 0)) if possible else None


def _answer(ruling: Ruling | None, grounded: bool) -> _Answer:
    if ruling is None:
        return _Answer("absent")
    possible = frozenset(
        [(d.party, d.role, frozenset(d.to), d.within, d.certain) for d in ruling.duties if not d.certain]
        + [(d.party, d.role, frozenset(d.to_possible)) for d in ruling.duties if d.to_possible]
        + [(b.obligation, b.kind, frozenset(b.holders)) for b in ruling.breaches if not b.certain]
        + list(ruling.possible_flags)
    )
    return _Answer(
        "open" if possible else "ruled",
        frozenset(_held(d) for d in ruling.duties if d.certain),
        frozenset(ruling.flags),
        frozenset((b.obligation, b.kind, tuple(sorted(b.holders))) for b in ruling.breaches if b.certain),
        possible,
        frozenset((_held(d), (d.basis, d.clauses)) for d in ruling.duties if d.certain and grounded),
    )


def _held(duty: Duty) -> Held:
    return duty.party, duty.role, tuple(sorted(duty.to)), duty.within


def _regrounded(
    was: Mapping[Held, Ground], now: Mapping[Held, Ground]
) -> Iterator[tuple[str, str, Ground, Ground]]:
    """Yield the duties that both sides give, on other words."""
    for held in was.keys() & now.keys():
        if was[held] != now[held]:
            yield held[0], held[1], was[held], now[held]


def _two_ways(was: Iterable[Any], now: Iterable[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    before, after = set(was), set(now)
    return tuple(sorted(after - before, key=repr)), tuple(sorted(before - after, key=repr))


def _rules(side: Side, ruling: Ruling | None, change: Difference) -> frozenset[str]:
    """
    Name the rules on one side that a change is about.

    Those that give the duties gained or lost; where this side gives none of them,
    those that give the same roles to others; and those that raise the flags, or
    make the holders of an obligation what they are.
    """
    if ruling is None:
        return frozenset()
    moved = {(party, role) for party, role, _, _ in (*change.gained, *change.lost)}
    roles = {role for _, role in moved}
    moved |= {(party, role) for party, role, _, _ in change.grounds}
    own = {rule for d in ruling.duties if (d.party, d.role) in moved for rule in d.rules}
    others = {rule for d in ruling.duties if d.role in roles for rule in d.rules}
    unmet = {(b[0], b[1]) for b in (*change.breaches_gained, *change.breaches_lost)}
    holding = {rule for b in ruling.breaches if (b.obligation, b.kind) in unmet for rule in b.rules}
    return frozenset((own or others) | holding | _raising(side, {*change.flags_gained, *change.flags_lost}))


def _raising(side: Side, flags: set[str]) -> set[str]:
    """Name the rules that raise any of some flags."""
    counting = {rule for leaf in side.leaves if leaf.settlement for rule in leaf.settlement.counting}
    return {rule for rule in counting if flags.intersection(side.rules[rule].flag)}
