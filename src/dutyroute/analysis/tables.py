"""Who holds which role in which matter, and which rules rest on which clause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.unknowns import Reach, TooOpen
from dutyroute.errors import IncidentError
from dutyroute.messages import Lang, language
from dutyroute.routing.decision import Stamp
from dutyroute.routing.router import Router
from dutyroute.rulebook.conditions import verdict
from dutyroute.rulebook.names import Names
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Assumed, Facts, Vocabulary
from dutyroute.rulebook.written import plain


@dataclass(frozen=True, slots=True)
class Holding:
    """A party in a cell; not certain where further facts decide."""

    party: str
    certain: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """
    One matter: its holders by role. A role that is not in `cells` is a gap.

    `ask` names the facts on which the cells hang. `is_open` tells that they are
    so many that the answers could not be listed; the cells are then not known.
    """

    matter: str
    depth: int
    status: str
    cells: Mapping[str, tuple[Holding, ...]]
    ask: tuple[str, ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """
    Matters by roles, for all incidents of which the same facts are known.

    `roles` are all of them in the chain's order, `facts` what was given and
    `assumed` what every decision lists so: defaults, the router's today, values left out.
    """

    rulebook: Rulebook = field(repr=False)
    roles: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    facts: Facts
    assumed: Assumed

    def held(self) -> tuple[str, ...]:
        """List the roles that somebody holds in one of the matters."""
        return tuple(role for role in self.roles if any(role in row.cells for row in self.rows))

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return the matrix as plain data; matters have their names in the given language."""
        names = Names(self.rulebook, lang or language())
        matters = [
            {
                "matter": row.matter,
                "name": names.matter(row.matter),
                "parent": self.rulebook.vocabulary.matters[row.matter].parent,
                "status": row.status,
                "cells": {role: [asdict(each) for each in held] for role, held in row.cells.items()},
                "gaps": [] if row.is_open else [role for role in self.roles if role not in row.cells],
                "ask": list(row.ask),
                "too_open": row.is_open,
            }
            for row in self.rows
        ]
        return {
            "roles": list(self.roles),
            "matters": matters,
            "facts": plain(self.facts),
            "assumed": plain(dict(self.assumed)),
            "rulebook": Stamp.of(self.rulebook).to_dict(),
        }


def matrix(router: Router, facts: Mapping[str, Any] | None = None, under: Iterable[str] = ()) -> Matrix:
    """
    Build the matrix of the matters under some, or of all.

    Each row is the ruling on an incident of that matter of which nothing is
    known but `facts`: who holds a role whatever else turns out is certain.

    Raises:
        IncidentError: if the facts cannot be read, or contradict themselves.
    """
    words = router.rulebook.vocabulary
    given = dict(facts or {})
    listed = list(_tree(words, frozenset(under)))
    roles = tuple(router.diagram.settler.reading_order)
    if not words.matters:
        return Matrix(router.rulebook, roles, (), {}, ())
    known = router.incident({MATTER: next(iter(words.matters)), **given})
    return Matrix(
        rulebook=router.rulebook,
        roles=roles,
        rows=tuple(_row(router, matter, depth, given) for matter, depth in listed),
        facts={fact: value for fact, value in known.facts.items() if (fact, value) not in known.assumed},
        assumed=known.assumed,
    )


def _tree(words: Vocabulary, under: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Walk the matters from the roots down, each with its depth in what is shown."""
    children: dict[str | None, list[str]] = {}
    for name, found in words.matters.items():
        children.setdefault(found.parent, []).append(name)
    waiting = [(matter, 0, not under) for matter in reversed(children.get(None, []))]
    while waiting:
        matter, depth, is_shown = waiting.pop()
        is_shown = is_shown or matter in under
        if is_shown:
            yield matter, depth
        below = depth + 1 if is_shown else 0
        waiting += [(child, below, is_shown) for child in reversed(children.get(matter, []))]


def _row(router: Router, matter: str, depth: int, facts: Mapping[str, Any]) -> MatrixRow:
    try:
        decision = router.route({MATTER: matter, **facts})
    except IncidentError as error:
        # One matter that leaves too much open must not cost the reader the others.
        if error.code != "incident-too-open":
            raise
        return MatrixRow(matter, depth, "incomplete", {}, is_open=True)
    cells: dict[str, tuple[Holding, ...]] = {}
    for duty in decision.duties:
        cells[duty.role] = (*cells.get(duty.role, ()), Holding(duty.party, duty.certain))
    return MatrixRow(matter, depth, decision.status, cells, decision.ask)


@dataclass(frozen=True, slots=True)
class Citing:
    """A rule that cites a clause, the matters in which it can count, and the phrases that it carries."""

    rule: str
    matters: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    """The phrases of the clause that the rule carries."""


@dataclass(frozen=True, slots=True)
class Trace:
    """
    One clause, by its reference, with the rules that rest on it.

    `duty` tells whether the clause contains duties: such a clause without a rule
    that can count is unmapped. `uncarried` are its phrases that say a duty and
    that no such rule carries.
    """

    clause: str
    duty: bool
    rules: tuple[Citing, ...]
    rulebook: Rulebook = field(repr=False, compare=False)

    @property
    def matters(self) -> tuple[str, ...]:
        """Every matter in which one of the rules can count."""
        return tuple(dict.fromkeys(matter for citing in self.rules for matter in citing.matters))

    @property
    def is_unmapped(self) -> bool:
        """Whether the clause contains duties that no rule assigns."""
        return self.duty and not self.matters

    @property
    def uncarried(self) -> tuple[str, ...]:
        """The phrases that say a duty and that no rule carries which can count."""
        clause = self.rulebook.vocabulary.clause(self.clause)
        carried = {phrase for citing in self.rules if citing.matters for phrase in citing.phrases}
        phrases = clause.phrases if clause else ()
        return tuple(each.words for each in phrases if each.duty and each.words not in carried)

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return the clause as plain data; its heading and the rules' titles are in the given language."""
        names = Names(self.rulebook, lang or language())
        return {
            "clause": self.clause,
            "label": self.rulebook.vocabulary.label(self.clause),
            "heading": names.heading(self.clause),
            "duty": self.duty,
            "unmapped": self.is_unmapped,
            "uncarried": list(self.uncarried),
            "rules": [
                {
                    "rule": c.rule,
                    "title": names.rule(c.rule),
                    "phrases": list(c.phrases),
                    "matters": list(c.matters),
                }
                for c in self.rules
            ],
            "matters": list(self.matters),
        }


def trace(rulebook: Rulebook, diagram: Diagram | None = None) -> tuple[Trace, ...]:
    """
    Trace every clause, in the instruments' order.

    Every leaf of every matter is visited. A matter with too many to visit is
    left to the rules' own word: each that names it is taken to count there.
    """
    found = counting_matters(diagram or Diagram(rulebook), {})
    traced: list[Trace] = []
    for name, clause in rulebook.vocabulary.clauses():
        words = [phrase.words for phrase in clause.phrases]
        citing = (
            Citing(rule.id, tuple(found[rule.id]), tuple(each for each in words if rule.carries(name, each)))
            for rule in rulebook.rules.values()
            if name in rule.cite
        )
        traced.append(Trace(name, clause.duty, tuple(citing), rulebook))
    return tuple(traced)


def counting_matters(diagram: Diagram, known: Facts) -> dict[str, list[str]]:
    """Return for each rule the matters in which it can count, of incidents of which some facts are known."""
    rulebook = diagram.rulebook
    found = {rule: list[str]() for rule in rulebook.rules}
    for matter in rulebook.vocabulary.matters:
        try:
            leaves = Reach(diagram, matter, rulebook.vocabulary.unassuming(known)).leaves
        except TooOpen:
            # Too many to visit: better to name a matter too many than to call a clause unmapped.
            about = {**known, MATTER: matter}
            counting = {r for r in found if verdict(rulebook.conditions["rules", r], about) is not False}
        else:
            counting = {rule for leaf in leaves if leaf.settlement for rule in leaf.settlement.counting}
        for name in counting:
            found[name].append(matter)
    return found
