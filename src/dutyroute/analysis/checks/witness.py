"""The least that an incident must say for something to be certain of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dutyroute.analysis.checks.survey import Surveyed
from dutyroute.diagram.diagram import Diagram, Leaf, Node
from dutyroute.diagram.unknowns import Reach, TooOpen
from dutyroute.rulebook.vocabulary import MATTER, Plain

__all__ = ["Wanted", "smallest"]

Wanted = Callable[[Leaf], bool]
"""What is to be certain: that it holds of every possible leaf."""

WIDEST = 2_000
"""How many places an incident with unknown facts may reach; beyond, it says more."""

_SAFE = 300
"""The router can tell what to ask of so many places, whatever they are."""


def smallest(diagram: Surveyed, matter: str, path: Mapping[str, Plain], wanted: Wanted) -> dict[str, Plain]:
    """
    Drop facts from an incident as long as what is wanted stays certain.

    `path` gives every fact that the walk to a wanted leaf tests. A fact that is
    left out has its default, as in any incident, or is unknown. No fact of the
    answer can be left out alone.
    """
    defaults = {f.id: f.default for f in diagram.facts.values() if f.default is not None}
    given = {fact: value for fact, value in path.items() if defaults.get(fact) != value}
    while (fewer := _less(diagram, matter, given, defaults, wanted)) != given:
        given = fewer
    given = _answered(diagram.whole, matter, given, {**defaults, **path})
    return {MATTER: matter, **{fact: given[fact] for fact in diagram.facts if fact in given}}


def _answered(
    whole: Surveyed, matter: str, given: Mapping[str, Plain], known: Mapping[str, Plain]
) -> dict[str, Plain]:
    """Add facts, where the router would give up on so open an incident, until it answers."""
    defaults = {f.id: f.default for f in whole.facts.values() if f.default is not None}
    told = dict(given)
    if whole.is_narrow(matter, {**defaults, **told}, _SAFE):
        return told
    more: dict[str, Plain] | None = None
    while not _is_answered(whole, matter, {**defaults, **told}):
        more = _complete(whole, matter, known) if more is None else more
        fact = next((fact for fact in more if fact not in told), None)
        if fact is None:
            break
        told[fact] = more[fact]
    return told


def _complete(whole: Diagram, matter: str, known: Mapping[str, Plain]) -> dict[str, Plain]:
    """Return every fact that the walk of some possible incident tests, known ones as they are."""
    waiting: list[tuple[Node | Leaf, dict[str, Plain]]] = [(whole.root(matter), {})]
    while waiting:
        place, path = waiting.pop()
        if isinstance(place, Node):
            values = [known[place.fact]] if place.fact in known else list(whole.values(place))
            waiting += [
                (whole.child(place, value), {**path, place.fact: value}) for value in reversed(values)
            ]
        elif place.settlement is not None:
            return path
    return {}


def _less(
    diagram: Diagram, matter: str, given: dict[str, Plain], defaults: Mapping[str, Plain], wanted: Wanted
) -> dict[str, Plain]:
    """Drop what can be dropped, facts with a default first: these change, the others open."""
    late_first = list(reversed(given))
    for fact in sorted(late_first, key=lambda fact: fact not in defaults):
        fewer = {f: v for f, v in given.items() if f != fact}
        if _is_certain(diagram, matter, {**defaults, **fewer}, wanted):
            given = fewer
    return given


def _is_certain(diagram: Diagram, matter: str, known: Mapping[str, Plain], wanted: Wanted) -> bool:
    """Tell whether every possible leaf that an incident can reach is wanted, and there is one."""
    found, seen = False, set()
    waiting: list[Node | Leaf] = [diagram.root(matter)]
    while waiting:
        place = waiting.pop()
        if id(place) in seen:
            continue
        seen.add(id(place))
        if len(seen) > WIDEST:
            return False
        if isinstance(place, Node):
            waiting += _following(diagram, place, known)
        elif place.settlement is not None:
            if not wanted(place):
                return False
            found = True
    return found


def _following(diagram: Diagram, node: Node, known: Mapping[str, Plain]) -> list[Node | Leaf]:
    value = known.get(node.fact)
    if value is not None:
        return [diagram.child(node, value)]
    return [diagram.child(node, each) for each in diagram.values(node)]


def _is_answered(whole: Diagram, matter: str, known: Mapping[str, Plain]) -> bool:
    """Tell whether an incident leaves so little open that the router surely answers it."""
    seen: set[int] = set()
    waiting: list[Node | Leaf] = [whole.root(matter)]
    while waiting and len(seen) <= WIDEST:
        place = waiting.pop()
        if id(place) not in seen:
            seen.add(id(place))
            waiting += _following(whole, place, known) if isinstance(place, Node) else ()
    if len(seen) > WIDEST:
        return False
    return len(seen) <= _SAFE or _is_asked(whole, matter, known)


def _is_asked(whole: Diagram, matter: str, known: Mapping[str, Plain]) -> bool:
    """Tell whether the router can say what to ask of an incident."""
    try:
        _ = Reach(whole, matter, known).ask
    except TooOpen:
        return False
    return True
