"""The rulebook: what the files say together, checked and ready to compile."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal, NamedTuple

from dutyroute.diagnostics import Diagnostic, Span
from dutyroute.rulebook.accepted import Acceptance
from dutyroute.rulebook.calendars import Calendar
from dutyroute.rulebook.conditions import Condition, verdict
from dutyroute.rulebook.oversight import OversightRules
from dutyroute.rulebook.rules import Header, Obligation, Period, Recusal, Rule
from dutyroute.rulebook.search import Search
from dutyroute.rulebook.types import When, listed
from dutyroute.rulebook.vocabulary import MATTER, Facts, Vocabulary

Status = Literal["draft", "in-force", "repealed"]
_WEAKEST: tuple[Status, ...] = ("draft", "repealed", "in-force")


class Barred(NamedTuple):
    """
    A duty that a party cannot hold where it is itself concerned.

    `fact` is the fact whose value would be the party, `recusal` the position of
    the recusal that says so.
    """

    party: str
    role: str
    fact: str
    recusal: int


@dataclass(frozen=True, eq=False)
class Rulebook:
    """
    Vocabulary, instruments, rules and obligations, checked and ready to compile.

    Made by `dutyroute.load` or `dutyroute.rulebook.build.link`, never by hand: whoever
    holds one knows that every identifier in it exists. `conditions` holds each
    rule's and obligation's `when` in the form that the diagram compiles, and
    `impossible` the conditions that no incident may satisfy. Two rulebooks are
    equal when they say the same, wherever their files lie.
    """

    header: Header
    vocabulary: Vocabulary
    rules: Mapping[str, Rule]
    obligations: Mapping[str, Obligation]
    recusals: tuple[Recusal, ...]
    impossible: tuple[When, ...]
    conditions: Mapping[tuple[str, str | int], Condition] = field(repr=False, compare=False)
    spans: Mapping[tuple[str, str | int], Span] = field(default_factory=dict, repr=False, compare=False)
    oversight: OversightRules = field(default_factory=OversightRules, repr=False)
    remarks: tuple[Diagnostic, ...] = field(default=(), repr=False, compare=False)
    """What is most likely a mistake in the files, though they can be read."""
    accepted: Mapping[str, Acceptance] = field(default_factory=dict, repr=False, compare=False)
    """The findings of checks that somebody decided to leave; they say nothing about duties."""
    calendars: Mapping[str, Calendar] = field(default_factory=dict, repr=False)
    """The years whose days off were announced, each by its number as a text."""

    def __eq__(self, other: object) -> bool:
        # The digest leaves out where files lie, and compares in no time what comparing conditions would not.
        return isinstance(other, Rulebook) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def id(self) -> str:
        """The rulebook's identifier."""
        return self.header.id

    @property
    def edition(self) -> str:
        """The edition that its author gave it."""
        return self.header.edition

    @cached_property
    def status(self) -> Status:
        """`draft` as long as any policy is; else `repealed`, else `in-force`."""
        found: set[Status] = {policy.status for policy in self.vocabulary.policies}
        return next((s for s in _WEAKEST if s in found), "draft")

    @cached_property
    def tables(self) -> Mapping[str, Mapping[str, Any]]:
        """Everything that a reference may name, by kind and identifier."""
        own = {"rules": self.rules, "obligations": self.obligations, "calendars": self.calendars}
        return {**self.vocabulary.tables(), **own, **self.oversight.tables()}

    @cached_property
    def deciding(self) -> Mapping[str, Rule]:
        """The rules that answers rest on: all but the drafts."""
        return {name: rule for name, rule in self.rules.items() if not rule.draft}

    def compared(self, values: Facts) -> Iterator[Rule]:
        """Yield the rules that tell where higher law says otherwise, which count or may for some facts."""
        above = {each.id for each in self.vocabulary.instruments.values() if each.rank is not None}
        for name, rule in self.deciding.items() if above else ():
            cited = {clause.partition("/")[0] for clause in rule.cite}
            if rule.flag and above & cited and verdict(self.conditions["rules", name], values) is not False:
                yield rule

    @cached_property
    def search(self) -> Search:
        """The search for matters by everyday words."""
        return Search(self.vocabulary, self.header.keywords, self.header.otherwise, self.said)

    @cached_property
    def said(self) -> Mapping[str, tuple[str, ...]]:
        """The phrases of clauses, with the matters that the rules name which carry them."""
        found: dict[str, tuple[str, ...]] = {}
        for name, clause in self.vocabulary.clauses():
            for words in (phrase.words for phrase in clause.phrases):
                carrying = (rule for rule in self.deciding.values() if rule.carries(name, words))
                named = (matter for rule in carrying for matter in listed(rule.when.get(MATTER, ())))
                found[words] = (*found.get(words, ()), *(m for m in named if isinstance(m, str)))
        return found

    def period(self, rule: Rule) -> Period:
        """Return the days on which a rule is in force, by its own word or the rulebook's."""
        return rule.in_force or self.header.in_force or _ALWAYS

    @cached_property
    def has_limits(self) -> bool:
        """Whether any rule sets a time limit, and any calendar tells when one ends."""
        held = (assignment for rule in self.deciding.values() for _, _, assignment in rule.duties())
        return bool(self.calendars) and any(assignment.within for assignment in held)

    @cached_property
    def days(self) -> tuple[date, date]:
        """
        The first and the last day on which any rule is in force.

        The calendar's own first or last day where there is no such end.
        """
        periods = [self.period(rule) for rule in self.deciding.values()]
        first = min((period.since or date.min for period in periods), default=date.min)
        lasts = (period.until - timedelta(days=1) if period.until else date.max for period in periods)
        return first, max(lasts, default=date.max)

    def barred(self, rule: str) -> Iterator[Barred]:
        """Yield the duties of a rule that some recusal bars, recusal by recusal."""
        for index, recusal in enumerate(self.recusals):
            concerned = {value.id for value in self.vocabulary.facts[recusal.fact].values}
            for party, role, _ in self.rules[rule].duties():
                if role in recusal.roles and party in concerned:
                    yield Barred(party, role, recusal.fact, index)

    def only_impossible(self) -> Rulebook:
        """Return a rulebook that assigns nothing and refuses the same incidents as impossible."""
        kept = {key: condition for key, condition in self.conditions.items() if key[0] == "impossible"}
        return replace(self, rules={}, obligations={}, recusals=(), conditions=kept)

    def span(self, kind: str, name: str | int) -> Span | None:
        """Return the place of a rule, obligation …, if it was read from a file."""
        return self.spans.get((kind, name))

    @cached_property
    def digest(self) -> str:
        """
        The SHA-256 of what the rulebook says, as `sha256:…`.

        The same whatever the order, layout and comments of the files.
        """
        return "sha256:" + hashlib.sha256(self.canonical().encode()).hexdigest()

    def canonical(self) -> str:
        """Write everything that the rulebook says as one JSON text, in one order only."""
        content: dict[str, Any] = {kind: self._sorted(kind) for kind in _KINDS}
        content["rulebook"] = self.header.written()
        # Lists without identifiers are sorted by what they say: the order of files must not matter.
        content["recusal"] = sorted((each.written() for each in self.recusals), key=_json)
        content["impossible"] = sorted(self.impossible, key=_json)
        for kind in ("calendars", *self.oversight.tables()):
            if self.tables[kind]:  # a rulebook without one keeps the digest that it always had
                content[kind] = self._sorted(kind)
        return _json(content)

    def _sorted(self, kind: str) -> list[Any]:
        return [entry.written() for _, entry in sorted(self.tables[kind].items())]


_ALWAYS = Period()
_KINDS = ("parties", "roles", "matters", "facts", "flags", "instruments", "rules", "obligations")


def _json(value: Any) -> str:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=date.isoformat
    )
