"""What differs between two answers to the same incidents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from dutyroute.decision import Ruling
from dutyroute.diagram import Leaf
from dutyroute.supervaluation import combine

__all__ = ["Behind", "Change", "Held", "Standing", "compare"]

Held = tuple[str, str, tuple[str, ...], str | None]
"""Party, role, to whom, and within what time."""

Unmet = tuple[str, str, tuple[str, ...]]
"""An obligation that is not met, whether by a gap or a conflict, and who holds the role."""

Standing = Literal["ruled", "open", "impossible", "absent", "lapsed"]


@dataclass(frozen=True, slots=True)
class Change:
    """
    What an edit does to a decision.

    `gained` and `lost` list duties as (party, role, to, within); a duty whose
    `to` or `within` changes stands in both. `before` and `after` tell whether
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


def compare(one: tuple[Leaf, ...], other: tuple[Leaf, ...]) -> tuple[Change | None, Behind] | None:
    """
    Tell what differs between what two sides say, and the rules behind it.

    Each side is the leaves that the incidents reach: none where its rulebook
    cannot be asked, several where a fact is open. The change is None where the
    answers are the same; the whole is None where neither side answers.
    """
    before, after = _ruling(one), _ruling(other)
    if before is None and after is None:
        return None
    was, now = _answer(one, before), _answer(other, after)
    if was == now:
        return _SAME
    change = Change(
        *_two_ways(was.duties, now.duties),
        *_two_ways(was.flags, now.flags),
        *_two_ways(was.breaches, now.breaches),
        was.standing,
        now.standing,
    )
    return change, Behind(_rules(before, change.lost), _rules(after, change.gained))


_SAME: tuple[None, Behind] = None, Behind()


def _ruling(leaves: tuple[Leaf, ...]) -> Ruling | None:
    """Return the one ruling over the leaves; None where they are impossible, or there are none."""
    possible = [leaf for leaf in leaves if leaf.settlement is not None]
    if len(possible) == 1 and possible[0].settlement is not None:
        return possible[0].settlement.ruling
    return combine(possible, (), lambda _: (0, 0)) if possible else None


def _answer(leaves: tuple[Leaf, ...], ruling: Ruling | None) -> _Answer:
    if ruling is None:
        return _Answer("impossible" if leaves else "absent")
    possible = frozenset(
        [(d.party, d.role, frozenset(d.to), d.within, d.certain) for d in ruling.duties if not d.certain]
        + [(d.party, d.role, frozenset(d.to_possible)) for d in ruling.duties if d.to_possible]
        + [(b.obligation, b.kind, frozenset(b.holders)) for b in ruling.breaches if not b.certain]
        + list(ruling.possible_flags)
    )
    return _Answer(
        "open" if possible else "ruled",
        frozenset((d.party, d.role, tuple(sorted(d.to)), d.within) for d in ruling.duties if d.certain),
        frozenset(ruling.flags),
        frozenset((b.obligation, b.kind, tuple(sorted(b.holders))) for b in ruling.breaches if b.certain),
        possible,
    )


def _two_ways(was: Iterable[Any], now: Iterable[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    before, after = set(was), set(now)
    return tuple(sorted(after - before, key=repr)), tuple(sorted(before - after, key=repr))


def _rules(ruling: Ruling | None, duties: tuple[Held, ...]) -> frozenset[str]:
    touched = {(party, role) for party, role, _, _ in duties}
    found = ruling.duties if ruling is not None else ()
    return frozenset(rule for d in found if (d.party, d.role) in touched for rule in d.rules)
