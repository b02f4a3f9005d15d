"""The shortest incident that shows a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dutyroute.analysis.checks.survey import Survey, SurveyedDiagram
from dutyroute.diagram.leaves import Visit, visit
from dutyroute.diagram.places import Leaf, Node
from dutyroute.diagram.resolution import Settlement
from dutyroute.diagram.unknowns import Reach, TooOpen
from dutyroute.rulebook.conditions import tests, verdict
from dutyroute.rulebook.vocabulary import MATTER, Facts, Plain

Wanted = Callable[[Settlement], bool]
"""What an incident is to show: this has to hold at every possible leaf that it can reach."""

WIDEST = 2_000
"""How many places an incident with unknown facts may reach; beyond, it says more."""

_SAFE = 300
"""The router can tell what to ask of so many places, whatever they are."""


def counting(rules: Iterable[str]) -> Wanted:
    """Want leaves at which all of some rules count."""
    names = frozenset(rules)
    return lambda settlement: names <= set(settlement.counting)


def matching(rule: str) -> Wanted:
    """Want leaves at which a rule matches."""
    return lambda settlement: rule in settlement.matched


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where something was first seen: a leaf, and an incident that ends in it."""

    diagram: SurveyedDiagram
    matter: str
    path: dict[str, Plain]
    leaf: Leaf

    @classmethod
    def of(cls, survey: Survey, leaf: Leaf) -> Sighting:
        """Note a leaf of a survey."""
        return cls(survey.diagram, survey.matter, survey.visit.facts(leaf), leaf)

    def shortest(self, wanted: Wanted) -> dict[str, Plain]:
        """
        Drop facts from the incident as long as what is wanted stays certain.

        A fact that is left out has its default, as in any incident, or is
        unknown. No fact of the answer can be left out alone.
        """
        diagram = self.diagram
        defaults = diagram.rulebook.vocabulary.defaults
        given = {fact: value for fact, value in self.path.items() if defaults.get(fact) != value}
        before = None
        while before != given:
            before = given
            # Facts with a default first: these change their value, the others become unknown.
            late_first = list(reversed(given))
            for fact in sorted(late_first, key=lambda fact: fact not in defaults):
                fewer = {f: v for f, v in given.items() if f != fact}
                if _is_certain(diagram, self.matter, {**defaults, **fewer}, wanted):
                    given = fewer
        # Short is good, unanswerable is not: the reader will put the incident to the router.
        given = self._answered(given, defaults)
        return {MATTER: self.matter, **{fact: given[fact] for fact in diagram.facts if fact in given}}

    def _answered(self, given: Mapping[str, Plain], defaults: Mapping[str, Plain]) -> dict[str, Plain]:
        """Add facts, where the router would give up on so open an incident, until it answers."""
        whole, told = self.diagram.whole, dict(given)
        known = {**defaults, **told}
        # Most rulebooks are small enough to need no walk here, if no default can contradict anything.
        is_safe = whole.is_narrow(self.matter, known, _SAFE) and not self._may_contradict(known, defaults)
        if is_safe or _is_answered(whole, self.matter, known):
            return told
        # Every fact on the way to some possible leaf, those of the path as they are, defaults where they can be.
        open_incident = reached(whole, self.matter, self.path)
        for fact, value in open_incident.facts(open_incident.leaves[0]).items():
            if fact not in told and value != defaults.get(fact):
                told[fact] = value
                if _is_answered(whole, self.matter, {**defaults, **told}):
                    break
        return told

    def _may_contradict(self, known: Mapping[str, Plain], defaults: Mapping[str, Plain]) -> bool:
        """Tell whether a default may be impossible together with what is known."""
        book, known = self.diagram.whole.rulebook, {**known, MATTER: self.matter}
        conditions = [book.conditions["impossible", index] for index in range(len(book.impossible))]
        return any(
            verdict(each, known) is not False and any(test.fact in defaults for test in tests(each))
            for each in conditions
        )


def reached(diagram: SurveyedDiagram, matter: str, known: Facts) -> Visit:
    """Visit the places that an incident with some known facts can reach, up to `WIDEST`."""
    words = diagram.rulebook.vocabulary

    def values(node: Node) -> Iterable[Plain]:
        value, excluded = known.get(node.fact), words.excluded(node.fact, known)
        options = (option for option in diagram.options(node) if option not in excluded)
        return options if value is None else (value,)

    found, wider = visit(diagram, matter, budget=WIDEST, values=values), words.unassuming(known)
    # Where all that was not left out is impossible, the router decides by all values, too.
    is_settled = found.leaves or not found.is_complete or wider.keys() == known.keys()
    return found if is_settled else reached(diagram, matter, wider)


def _is_certain(diagram: SurveyedDiagram, matter: str, known: Mapping[str, Plain], wanted: Wanted) -> bool:
    """Tell whether every possible leaf that an incident can reach is wanted, and there is one."""
    found = reached(diagram, matter, known)
    settled = [leaf.settlement for leaf in found.leaves if leaf.settlement is not None]
    return found.is_complete and bool(settled) and all(map(wanted, settled))


def _is_answered(whole: SurveyedDiagram, matter: str, known: Mapping[str, Plain]) -> bool:
    """Tell whether an incident is possible, and leaves so little open that the router surely answers it."""
    found = reached(whole, matter, known)
    if not (found.is_complete and found.leaves):
        return False
    try:
        _ = Reach(whole, matter, known).ask
    except TooOpen:
        return False
    return True
