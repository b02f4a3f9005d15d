"""Every duty of a party, rule by rule in the order of the text: the list that the text is checked by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dutyroute.analysis.differences.wording import DiffWording
from dutyroute.analysis.tables import counting_matters
from dutyroute.messages import Lang, Phrasebook, language, word
from dutyroute.messages.outside import one_line
from dutyroute.routing.decision import Stamp
from dutyroute.routing.explanation import near
from dutyroute.routing.router import Router
from dutyroute.rulebook.conditions import ALWAYS, NEVER, Between, Condition, Test, restrict
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Assignment, Rule
from dutyroute.rulebook.vocabulary import MATTER

COLUMNS = ("matter", "verb", "what", "to", "condition", "ground", "basis", "within")
"""What is said of each duty, in the order of a printed list."""


@dataclass(frozen=True, slots=True)
class ListedDuty:
    """
    One duty that a rule gives a party, in the matters where it has the same conditions.

    `condition` is what is left of the rule's `when` for these matters, `unless` the
    rules that override it in one of them, and `recused` the facts that must not be
    the party itself.
    """

    party: str
    role: str
    matters: tuple[str, ...]
    rule: Rule
    assignment: Assignment
    condition: Condition
    unless: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DutyList:
    """
    The duties of one party or of all, by party and then in the order of the text.

    `day` is the day whose rules are listed, None where the rulebook knows no days;
    `idle` are the parties asked for that have no duty.
    """

    rulebook: Rulebook = field(repr=False)
    duties: tuple[ListedDuty, ...]
    idle: tuple[str, ...]
    day: date | None

    def by_party(self) -> dict[str, list[ListedDuty]]:
        """Return the duties of each party that has any."""
        found: dict[str, list[ListedDuty]] = {}
        for duty in self.duties:
            found.setdefault(duty.party, []).append(duty)
        return found

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return the list as plain data: identifiers, and beside them the words of the printed list."""
        wording = DutyWording(self.rulebook, lang or language())
        parties = [
            {"party": party, "name": wording.party(party), "duties": [_plain(d, wording) for d in duties]}
            for party, duties in self.by_party().items()
        ]
        return {
            "as_of": self.day and self.day.isoformat(),
            "parties": parties,
            "without_duties": list(self.idle),
            "rulebook": Stamp.of(self.rulebook).to_dict(),
        }


def _plain(duty: ListedDuty, wording: DutyWording) -> dict[str, Any]:
    rule, assignment = duty.rule, duty.assignment
    return {
        "rule": rule.id,
        "role": duty.role,
        "matters": list(duty.matters),
        "to": list(assignment.to),
        "clauses": list(rule.cite),
        "basis": rule.basis,
        "within": assignment.within,
        "unless": list(duty.unless),
        "recused": list(duty.recused),
        "words": dict(zip(COLUMNS, wording.row(duty), strict=True)),
    }


class DutyWording(DiffWording):
    """Words duties as the printed list has them."""

    def __init__(self, rulebook: Rulebook, lang: Lang) -> None:
        super().__init__(rulebook, rulebook, lang)
        self.listing: Phrasebook = Phrasebook(lang, "duties")

    def row(self, duty: ListedDuty) -> tuple[str, ...]:
        """Word a duty, column by column as in `COLUMNS`; a cell is empty where the text says nothing."""
        rule, assignment = duty.rule, duty.assignment
        grounds = (f"{self.clause(each)} {self.heading(each)}".strip() for each in rule.cite)
        basis = word(rule.basis, self.lang) + (word("by-default", self.lang) if rule.default else "")
        return (
            self.matters(duty.matters),
            self.role(duty.role),
            # `does` is about the roles of the text; that somebody leads follows from them, and the title says how.
            one_line(rule.called(self.lang) if duty.role == LEAD else rule.done(self.lang)),
            self.told(assignment.to),
            word("semicolon", self.lang).join(self.conditions(duty)),
            word("semicolon", self.lang).join(dict.fromkeys(grounds)),
            basis,
            self.limit(assignment.within) if assignment.within else "",
        )

    def told(self, to: Iterable[str]) -> str:
        """Name whom a duty tells; who leads is another in each case."""
        return self.listed(self.listing("lead") if each == LEAD else self.party(each) for each in to)

    def test(self, test: Test) -> str:
        """Say a test as part of a sentence, as the conditions of rules are said."""
        fact, accepts = test.fact, test.accepts
        if isinstance(accepts, Between):
            (cut, *more) = accepts.cuts
            key = "less_than" if accepts.first else "at_least"
            return super().test(test) if more else self.condition(fact, {key: cut})
        domain = self.rulebook.vocabulary.domain(self.rulebook.vocabulary.facts[fact])
        values = tuple(value for value in domain if value in accepts)
        others = tuple(value for value in domain if value not in accepts)
        if len(others) < len(values):
            return self.condition(fact, {"not": others})
        return self.condition(fact, values if values[1:] else values[0])

    def legend(self, found: DutyList) -> Iterator[str]:
        """Say what is left out, of which day the list is, and which rulebook it is made of."""
        yield self.listing("notes")
        recused = dict.fromkeys(self.fact(fact) for duty in found.duties for fact in duty.recused)
        if recused:
            yield self.listing("recusal", facts=self.say("or").join(recused))
        if found.idle:
            yield self.listing("idle", parties=self.listed(map(self.party, found.idle)))
        yield self.stamp() if found.day is None else self.listing("as-of", day=found.day, stamp=self.stamp())

    def matters(self, matters: Iterable[str]) -> str:
        """Name matters by as few as possible: a branch that lacks only some of them by what it lacks."""
        wanted, words = frozenset(matters), self.rulebook.vocabulary
        roots = (name for name, matter in words.matters.items() if matter.parent is None)
        named = (part for root in roots for part in self._branch(root, wanted))
        return word("semicolon", self.lang).join(named)

    def _branch(self, matter: str, wanted: frozenset[str]) -> Iterator[str]:
        words = self.rulebook.vocabulary
        missing = words.below(matter) - wanted
        if not missing or words.below(matter).isdisjoint(wanted):
            yield from () if missing else (super().matters(words.below(matter)),)
            return
        children = (name for name, each in words.matters.items() if each.parent == matter)
        parts = [part for child in children for part in self._branch(child, wanted)]
        if matter not in wanted:
            yield from parts
        elif len(words.topmost(missing)) < len(parts):
            others = super().matters(m for m in words.matters if m in missing)
            yield self.listing("but", matter=self.matter(matter), others=others)
        else:
            yield from (self.say("only", matter=self.matter(matter)), *parts)

    def conditions(self, duty: ListedDuty) -> Iterator[str]:
        """Say what must hold for a duty, one after the other; nothing where it always does."""
        rule, say = duty.rule, self.listing
        if duty.condition != ALWAYS:
            yield self.tested(duty.condition)
        if rule.default:
            yield say("default", role=self.role(rule.default))
        if rule.beside:
            roles = self.say("or").join(map(self.role, rule.beside.roles))
            yield say("beside" if rule.beside.some else "not-beside", roles=roles)
        if rule.vacated:
            yield say("vacated", role=self.role(rule.vacated))
        if duty.unless:
            yield say("unless", rules=self.say("comma").join(map(self.rule, duty.unless)))
        if duty.recused:
            yield say("recused")


def duties(router: Router, party: str | None = None, *, as_of: date | None = None) -> DutyList:
    """
    List the duties of a party, given by id, name or alias, or of all parties.

    Listed are the rules in force on a day (the router's today, unless told
    otherwise) that count in some matter, standing duties included.

    >>> found = duties(Router.shipped(), "消防", as_of=date(2026, 3, 1))
    >>> sorted({each.role for each in found.duties})
    ['attend', 'inspect', 'lead']

    Raises:
        IncidentError: if there is no such party, with the nearest.
    """
    rulebook = router.rulebook
    words, dated = rulebook.vocabulary, rulebook.header.date
    asked = list(words.parties) if party is None else [near(words.parties, party, "party")]
    known: dict[str, Any] = {}
    if dated is not None:
        given = {} if as_of is None else {dated: as_of}
        read = router.incident({MATTER: next(iter(words.matters)), **given})
        known = {fact: value for fact, value in read.facts.items() if fact == dated}
    day: date | None = known.get(dated or "")
    places = {clause: at for at, (clause, _) in enumerate(words.clauses())}
    # Where a matter is too open to visit, a rule of another day would be named as well.
    counting = {
        rule: matters
        for rule, matters in counting_matters(router.diagram, known).items()
        if rule in rulebook.deciding and (day is None or day in rulebook.period(rulebook.rules[rule]))
    }
    found = [duty for rule in counting for duty in _of_rule(rulebook, rule, counting, known)]
    rank = {name: at for at, name in enumerate(asked)}
    shown = [duty for duty in found if duty.party in rank]
    shown.sort(key=lambda duty: (rank[duty.party], places.get(duty.rule.cite[0], len(places))))
    idle = tuple(name for name in asked if all(duty.party != name for duty in shown))
    return DutyList(rulebook, tuple(shown), idle, day)


def _of_rule(
    rulebook: Rulebook, name: str, counting: dict[str, list[str]], known: dict[str, Any]
) -> Iterator[ListedDuty]:
    """Yield the duties of a rule; matters in which the same must hold are listed together."""
    rule = rulebook.rules[name]
    groups: dict[tuple[Condition, tuple[str, ...]], list[str]] = {}
    for matter in counting[name]:
        condition = rulebook.conditions["rules", name]
        for fact, value in {MATTER: matter, **known}.items():
            condition = restrict(condition, fact, value)
        above = (other for other, matters in counting.items() if matter in matters)
        unless = tuple(other for other in above if name in rulebook.rules[other].overrides)
        groups.setdefault((condition, unless), []).append(matter)
    barred = {(each.party, each.role, each.fact) for each in rulebook.barred(name)}
    for party, role, assignment in rule.duties():
        concerned = sorted(fact for its, duty, fact in barred if (its, duty) == (party, role))
        for (condition, unless), matters in groups.items():
            # Where the party cannot be the one concerned anyhow, nothing needs to be said.
            recused = tuple(fact for fact in concerned if restrict(condition, fact, party) is not NEVER)
            yield ListedDuty(party, role, tuple(matters), rule, assignment, condition, unless, recused)
