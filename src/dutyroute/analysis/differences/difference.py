"""What differs between two answers to the same incidents."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dutyroute.diagram.combining import combine
from dutyroute.diagram.places import Leaf
from dutyroute.diagram.ruling import Duty, Ruling
from dutyroute.rulebook.rules import Rule

Held = tuple[str, str, tuple[str, ...], str | None]
"""Party, role, to whom, and within what time."""

Unmet = tuple[str, str, tuple[str, ...]]
"""An obligation that is not met, whether by a gap or a conflict, and who holds the role."""

Grounds = tuple[str, tuple[str, ...]]
"""How sure a duty is, and the clauses that give it."""

AnswerKind = Literal["ruled", "open", "impossible", "absent", "lapsed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """
    What an edit does to a decision.

    `gained` and `lost` list duties as (party, role, to, within); a duty whose
    `to` or `within` changes stands in both. `grounds` lists duties that stay as
    they are but rest on other words, as (party, role, before, after). `before`
    and `after` tell whether the incident is ruled on, depends on a fact that it
    does not give (`open`), is impossible, or cannot be asked about: the rulebook
    lacks the matter or value (`absent`), or has no rules for the day (`lapsed`).
    """

    gained: tuple[Held, ...] = ()
    lost: tuple[Held, ...] = ()
    flags_gained: tuple[str, ...] = ()
    flags_lost: tuple[str, ...] = ()
    breaches_gained: tuple[Unmet, ...] = ()
    breaches_lost: tuple[Unmet, ...] = ()
    before: AnswerKind = "ruled"
    after: AnswerKind = "ruled"
    grounds: tuple[tuple[str, str, Grounds, Grounds], ...] = ()


@dataclass(frozen=True, slots=True)
class CausingRules:
    """The rules of both rulebooks that cause a difference."""

    old: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()

    def __or__(self, other: CausingRules) -> CausingRules:
        return CausingRules(self.old | other.old, self.new | other.new)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a side says: certain duties, flags and breaches, and what is only possible."""

    kind: AnswerKind
    duties: frozenset[Held] = frozenset()
    flags: frozenset[str] = frozenset()
    breaches: frozenset[Unmet] = frozenset()
    possible: frozenset[Hashable] = frozenset()
    grounds: frozenset[tuple[Held, Grounds]] = frozenset()


Side = tuple[tuple[Leaf, ...], Mapping[str, Rule]]
"""The leaves that incidents reach in one rulebook, and the rulebook's rules."""


def compare(one: Side, other: Side, *, grounded: bool) -> tuple[Difference | None, CausingRules] | None:
    """
    Tell what differs between what two sides say, and the rules that cause it.

    A side has no leaves where its rulebook cannot be asked, several where a
    fact is open. The difference is None where the answers are the same; the
    whole is None where neither side answers. `grounded` tells whether resting on
    other words, with the same duties, is a difference.
    """
    before, after = _ruling(one[0]), _ruling(other[0])
    if before is None and after is None:
        return None
    # Leaves without a ruling: this side holds the incidents to be impossible. What the other
    # side says of them is then no gain or loss of duties, so it is not listed.
    if before is None and one[0]:
        return Difference(before="impossible"), CausingRules()
    if after is None and other[0]:
        return Difference(after="impossible"), CausingRules()
    was, now = _answer(before, grounded), _answer(after, grounded)
    if was == now:
        return None, CausingRules()
    grounds_were, grounds_are = dict(was.grounds), dict(now.grounds)
    regrounded = (
        (held[0], held[1], grounds_were[held], grounds_are[held])
        for held in grounds_were.keys() & grounds_are.keys()
        if grounds_were[held] != grounds_are[held]
    )
    change = Difference(
        *_both_ways(was.duties, now.duties),
        *_both_ways(was.flags, now.flags),
        *_both_ways(was.breaches, now.breaches),
        was.kind,
        now.kind,
        tuple(sorted(regrounded)),
    )
    return change, CausingRules(_causing(one, before, change), _causing(other, after, change))


def _ruling(leaves: tuple[Leaf, ...]) -> Ruling | None:
    """Return the one ruling over the leaves; None where they are impossible, or there are none."""
    possible = [leaf for leaf in leaves if leaf.settlement is not None]
    if len(possible) == 1 and possible[0].settlement is not None:
        return possible[0].settlement.ruling
    return combine(possible, (), lambda _: (0, 0)) if possible else None


def _answer(ruling: Ruling | None, grounded: bool) -> _Answer:
    if ruling is None:
        return _Answer("absent")
    certain = [duty for duty in ruling.duties if duty.certain]
    # What is only possible is compared as a whole: an edit may change it without any certain
    # duty moving, and it must show, but it is too much to list duty by duty.
    possible = frozenset[Hashable](
        [(d.party, d.role, frozenset(d.to), d.within, d.certain) for d in ruling.duties if not d.certain]
        + [(d.party, d.role, frozenset(d.to_possible)) for d in ruling.duties if d.to_possible]
        + [(b.obligation, b.kind, frozenset(b.holders)) for b in ruling.breaches if not b.certain]
        + list(ruling.possible_flags)
    )
    return _Answer(
        "open" if possible else "ruled",
        frozenset(map(_held, certain)),
        frozenset(ruling.flags),
        frozenset((b.obligation, b.kind, tuple(sorted(b.holders))) for b in ruling.breaches if b.certain),
        possible,
        frozenset((_held(d), (d.basis, d.clauses)) for d in certain if grounded),
    )


def _held(duty: Duty) -> Held:
    return duty.party, duty.role, tuple(sorted(duty.to)), duty.within


def _both_ways(was: frozenset[Any], now: frozenset[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return what is gained and what is lost."""
    # Sorted by repr, since a time limit may be None, which compares with no text.
    return tuple(sorted(now - was, key=repr)), tuple(sorted(was - now, key=repr))


def _causing(side: Side, ruling: Ruling | None, change: Difference) -> frozenset[str]:
    """
    Name the rules on one side that cause a difference.

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
    flags = {*change.flags_gained, *change.flags_lost}
    leaves, rules = side
    counting = {rule for leaf in leaves if leaf.settlement for rule in leaf.settlement.counting}
    raising = {rule for rule in counting if flags.intersection(rules[rule].flag)}
    # A side that gives none of the moved duties is explained by whom it names instead.
    return frozenset((own or others) | holding | raising)
