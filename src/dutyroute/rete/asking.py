"""Asking: which unknown facts can still change the answer, seen from all the answers there are."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from dutyroute.rete.conjunctions import Accepted

__all__ = ["Cube", "asked"]


@dataclass(frozen=True, slots=True)
class Cube:
    """
    Ways to fill in unknown facts that all come to one answer; cubes never overlap.

    A fact that `facts` does not hold may be anything. `outcome` is None where
    none of the ways is possible.
    """

    facts: Mapping[str, Accepted]
    outcome: Hashable


def asked(facts: Iterable[str], cubes: Sequence[Cube]) -> tuple[str, ...]:
    """Name the facts to ask for, by the first of three reasons that names any."""
    possible = [cube for cube in cubes if cube.outcome is not None]
    every = {cube.outcome for cube in possible}
    if len(every) < 2:
        return ()
    listed = [fact for fact in facts if any(fact in cube.facts for cube in cubes)]
    found = _changing(possible, listed)
    found = found or {fact for fact in listed if _rules_out(fact, cubes, every)}
    found = found or _changing(cubes, listed)
    return tuple(fact for fact in listed if fact in found)


def _changing(cubes: Sequence[Cube], facts: Sequence[str]) -> set[str]:
    """List the facts by which alone two ways differ that come to different answers."""
    found: set[str] = set()
    for one, other in combinations(cubes, 2):
        if one.outcome != other.outcome:
            only = _only_difference(one.facts, other.facts)
            found.update(() if only is None else (only,))
            if len(found) == len(facts):
                break
    return found


def _only_difference(one: Mapping[str, Accepted], other: Mapping[str, Accepted]) -> str | None:
    """Name the fact that keeps two cubes apart; None where there are several."""
    only = None
    for fact, accepted in one.items():
        if fact in other and not _overlap(accepted, other[fact]):
            if only is not None:
                return None
            only = fact
    return only


def _rules_out(fact: str, cubes: Sequence[Cube], every: set[Hashable]) -> bool:
    """Tell whether one value of a fact alone leaves fewer answers."""
    pieces = {cube.facts[fact] for cube in cubes if fact in cube.facts}
    for piece in _atoms(pieces):
        kept = {c.outcome for c in cubes if fact not in c.facts or _overlap(c.facts[fact], piece)} - {None}
        if kept and kept != every:
            return True
    return False


def _atoms(pieces: set[Accepted]) -> Iterator[Accepted]:
    """Yield sets of values so small that each lies in a piece or outside it."""
    for piece in pieces:
        if isinstance(piece, frozenset):
            yield from (frozenset({value}) for value in piece)
    stretches = [piece for piece in pieces if not isinstance(piece, frozenset)]
    cuts = sorted({end for stretch in stretches for end in stretch if end is not None})
    for atom in zip([None, *cuts], [*cuts, None], strict=True):
        if any(_overlap(atom, stretch) for stretch in stretches):
            yield atom


def _overlap(one: Accepted, other: Accepted) -> bool:
    if isinstance(one, frozenset) or isinstance(other, frozenset):
        return not frozenset(one).isdisjoint(other)
    (low, high), (first, end) = one, other
    return (high is None or first is None or first < high) and (low is None or end is None or low < end)
