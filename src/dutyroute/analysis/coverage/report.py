"""Coverage: what cases try out of a rulebook, and what they leave out, as data and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from dutyroute.analysis.differences.wording import DiffWording
from dutyroute.analysis.drafts import as_yaml, draft
from dutyroute.formats.percent import percent
from dutyroute.messages import Lang, language, word
from dutyroute.routing.router import Router
from dutyroute.rulebook.conditions import tests
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Plain

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Share(Generic[T]):
    """How many of how many; `missing` lists the rest."""

    covered: int
    of: int
    missing: tuple[T, ...] = ()

    @property
    def rate(self) -> float:
        """Between 0 and 1; 1 where there was nothing to cover."""
        return self.covered / self.of if self.of else 1.0


@dataclass(frozen=True, slots=True, order=True)
class Branch:
    """
    One test of one rule, one way: that it decides the rule when it holds, or fails.

    An incident covers a branch where the test comes out that way and, all else as
    it is, the other way would turn the rule around (masking MC/DC). `number`
    counts the rule's tests in the order written.
    """

    rule: str
    number: int
    fact: str
    held: bool


@dataclass(frozen=True, slots=True)
class Season:
    """The days before, within or after a period of rules; `day` is one of them."""

    since: date | None
    until: date | None
    part: str
    day: date


@dataclass(frozen=True, slots=True)
class MissingCase:
    """An incident that no case has yet, and what it would cover: rules, branches, seasons, leaves."""

    incident: dict[str, Plain]
    goals: tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Coverage:
    """
    What cases reached.

    `rules` counts the rules that count in some decision, `branches` each test of
    each rule both ways, `leaves` the leaves of the diagram, `seasons` the days
    before, within and after each period. What no incident can reach is left out:
    `unreachable` lists those branches, `idle` the rules that never count.
    `uncounted` names what is too large to tell: matters, rules by `rule:` before
    their name, and incidents that leave so much open that they were not counted.
    `missing_cases` are incidents that would cover more, the most useful first.
    """

    rulebook: Rulebook = field(repr=False)
    cases: int
    rules: Share[str]
    branches: Share[Branch]
    leaves: Share[int]
    seasons: Share[Season]
    idle: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    unreachable: tuple[Branch, ...] = ()
    uncounted: tuple[str, ...] = ()
    missing_cases: tuple[MissingCase, ...] = ()

    @property
    def rate(self) -> float:
        """The least of the rates of rules, conditions and periods; leaves are too many to ask for."""
        return min(self.rules.rate, self.branches.rate, self.seasons.rate)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing but leaves."""
        return self.rate == 1 and not self.uncounted

    def shares(self) -> Iterator[tuple[str, Share[Any]]]:
        """Yield what is counted, in the order of importance."""
        yield "rules", self.rules
        yield "branches", self.branches
        if self.seasons.of:
            yield "seasons", self.seasons
        yield "leaves", self.leaves

    def lists(self, lang: Lang | None = None) -> Iterator[tuple[str, list[str]]]:
        """Yield each list of what is missing or left out, in words, under its heading's key."""
        yield "missing-rules", [self._rule(rule, lang) for rule in self.rules.missing]
        yield "missing-branches", [self._branch(branch, lang) for branch in self.branches.missing]
        yield (
            "missing-seasons",
            [
                _say("season", lang, day=each.day, since=each.since or "…", until=each.until or "…")
                for each in self.seasons.missing
            ],
        )
        yield "idle", [self._rule(rule, lang) for rule in self.idle]
        yield "drafts", [self._rule(rule, lang) for rule in self.drafts]
        yield "unreachable", [self._branch(branch, lang) for branch in self.unreachable]
        yield "uncounted", list(self.uncounted)

    def _rule(self, name: str, lang: Lang | None) -> str:
        return _say("rule", lang, rule=name, title=self.rulebook.rules[name].called(lang or language()))

    def _branch(self, branch: Branch, lang: Lang | None) -> str:
        names = DiffWording(self.rulebook, self.rulebook, lang or language())
        test = tuple(tests(self.rulebook.conditions["rules", branch.rule]))[branch.number]
        key = "holds" if branch.held else "fails"
        return _say(key, lang, rule=branch.rule, condition=names.tested(test))

    def summary(self, lang: Lang | None = None) -> str:
        """Say how many cases were measured against how many rules."""
        return _say("cases", lang, cases=self.cases, rules=len(self.rulebook.rules))

    def to_text(self, lang: Lang | None = None) -> str:
        """Write the coverage for a terminal."""
        colon = DiffWording(self.rulebook, self.rulebook, lang or language()).say("colon")
        lines = [self.summary(lang)]
        for what, share in self.shares():
            values = {"covered": share.covered, "of": share.of, "rate": percent(share.rate, rounds_down=True)}
            lines.append(_say("line", lang, what=_say(what, lang), **values))
        for heading, entries in self.lists(lang):
            if entries:
                lines += ["", f"{_say(heading, lang)}{colon}", *(f"  - {each}" for each in entries)]
        if self.is_complete:
            lines += ["", _say("complete", lang)]
        if self.missing_cases:
            lines += ["", f"# {_say('suggested', lang)}", self.to_yaml(lang)]
        return "\n".join(lines)

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return the coverage as plain data; its sentences are in the given language."""
        counted = {what: {"covered": share.covered, "of": share.of} for what, share in self.shares()}
        return {"rate": self.rate, **counted, **dict(self.lists(lang))}

    def to_yaml(self, lang: Lang | None = None) -> str:
        """Write the missing cases as a case file that expects what is decided today."""
        router, lines = Router(self.rulebook), ["cases:"]
        for number, missing in enumerate(self.missing_cases, 1):
            name = f"draft-{number}-{missing.incident[MATTER]}"
            written = as_yaml(draft(router, name, missing.incident, lang or language()))
            lines += [*(f"  {line}" for line in written.splitlines()), ""]
        return "\n".join(lines) if self.missing_cases else "cases:\n"

    def shortfall(self, least: float, lang: Lang | None = None) -> str:
        """Say that the coverage is below what is required, in per cent."""
        return _say("too-low", lang, rate=percent(self.rate, rounds_down=True), least=f"{least:g}%")


def _say(key: str, lang: Lang | None, **values: object) -> str:
    return word(f"coverage-{key}", lang, **values)
