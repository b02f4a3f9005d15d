"""Two rulebooks compared: what changes, where, and how many cases it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dutyroute.analysis.diff.change import Ground
from dutyroute.analysis.diff.diff import Change, Region, diff
from dutyroute.analysis.diff.placing import Placing, Tally, tallies
from dutyroute.analysis.diff.region import Bound, Unsaid, Value
from dutyroute.analysis.diff.wording import Wording
from dutyroute.messages import Lang
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["Comparison", "Group", "Place", "compare"]


@dataclass(frozen=True, slots=True)
class Place:
    """A region, with how many cases lie in it, where these were counted."""

    region: Region
    tally: Tally | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One change of decisions, and every region in which it takes place."""

    change: Change
    places: tuple[Place, ...]

    @property
    def is_proven(self) -> bool:
        """Whether it is proved that decisions change."""
        return self.places[0].region.proven


@dataclass(frozen=True)
class Comparison:
    """Two rulebooks and the regions in which they decide differently."""

    old: Rulebook
    new: Rulebook
    regions: tuple[Region, ...]
    tallies: tuple[Tally, ...] | None = None

    @property
    def groups(self) -> tuple[Group, ...]:
        """The regions by what changes in them, those with the widest region first."""
        counts: Iterable[Tally | None] = self.tallies or [None] * len(self.regions)
        found: dict[tuple[Change, bool], list[Place]] = {}
        for region, tally in zip(self.regions, counts, strict=True):
            found.setdefault((region.change, region.proven), []).append(Place(region, tally))
        return tuple(Group(change, tuple(places)) for (change, _), places in found.items())

    def as_dict(self, lang: Lang) -> dict[str, Any]:
        """Return the comparison as plain data; the words are in the language given."""
        said = Wording(self.old, self.new, lang)
        return {
            "old": _stamp(self.old),
            "new": _stamp(self.new),
            "regions": [_place(place, said) for group in self.groups for place in group.places],
        }


def compare(old: Rulebook, new: Rulebook, cases: Iterable[Mapping[str, Any]] | None = None) -> Comparison:
    """
    Compare two rulebooks; with cases, count how many lie in each region.

    Raises:
        IncidentError: at the first case that neither rulebook can read.
    """
    regions = diff(old, new)
    if cases is None:
        return Comparison(old, new, regions)
    placing = Placing(old, new)
    return Comparison(old, new, regions, tallies(regions, map(placing.place, cases)))


def _stamp(book: Rulebook) -> dict[str, str]:
    return {"id": book.id, "edition": book.edition, "digest": book.digest}


def _place(place: Place, said: Wording) -> dict[str, Any]:
    region, change = place.region, place.region.change
    written: dict[str, Any] = {
        "proven": region.proven,
        "matters": list(region.matters),
        "where": {fact: list(_bound(bound)) for fact, bound in region.where},
        "said": said.region(region),
        "changes": list(said.changes(change)),
        "gained": [_held(held) for held in change.gained],
        "lost": [_held(held) for held in change.lost],
        "flags": {"gained": list(change.flags_gained), "lost": list(change.flags_lost)},
        "breaches": {"gained": _unmet(change.breaches_gained), "lost": _unmet(change.breaches_lost)},
        "grounds": [_ground(*each) for each in change.grounds],
        "before": change.before,
        "after": change.after,
        "rules": {"old": _rules(said.old, region.old_rules), "new": _rules(said.new, region.new_rules)},
        "clauses": {"old": _clauses(said.old, region.old_rules), "new": _clauses(said.new, region.new_rules)},
        "witness": {fact: _plain(value) for fact, value in region.witness.items()},
    }
    if place.tally is not None:
        written["cases"] = {"certain": place.tally.certain, "possible": place.tally.possible}
    return written


def _held(held: Any) -> dict[str, Any]:
    return {"party": held[0], "role": held[1], "to": list(held[2]), "within": held[3]}


def _ground(party: str, role: str, was: Ground, now: Ground) -> dict[str, Any]:
    sides = (("before", was), ("after", now))
    return {
        "party": party,
        "role": role,
        **{side: {"basis": basis, "clauses": list(cited)} for side, (basis, cited) in sides},
    }


def _unmet(breaches: Iterable[Any]) -> list[dict[str, Any]]:
    return [{"obligation": b[0], "kind": b[1], "holders": list(b[2])} for b in breaches]


def _rules(book: Rulebook, names: Iterable[str]) -> list[dict[str, Any]]:
    return [{"id": name, "at": str(book.span("rules", name) or "") or None} for name in names]


def _clauses(book: Rulebook, names: Iterable[str]) -> list[str]:
    return sorted({clause for name in names for clause in book.rules[name].cite})


def _bound(bound: Bound) -> Iterator[Any]:
    yield from (_plain(value) for value in bound.values)
    yield from ({"from": _plain(s.low), "until": _plain(s.high)} for s in bound.stretches)


def _plain(value: Value | None) -> Any:
    """Write a value for JSON; null where the fact is not mentioned."""
    if isinstance(value, Unsaid):
        return None
    return value if value is None or isinstance(value, bool | int) else str(value)
