"""The coverage of rules by cases, in words: for a terminal, as a page, as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from dutyroute.analysis.coverage.branches import Branch
from dutyroute.analysis.coverage.coverage import Coverage, Measure, Season, Share
from dutyroute.analysis.coverage.suggestion import Suggestion
from dutyroute.analysis.diff.region import Bound, Stretch
from dutyroute.analysis.diff.wording import Wording
from dutyroute.analysis.drafts import as_yaml, draft
from dutyroute.analysis.page import page, tag
from dutyroute.formats.percent import percent
from dutyroute.messages import Lang, Phrasebook
from dutyroute.routing.router import Router
from dutyroute.rulebook.conditions import OneOf, Test
from dutyroute.rulebook.vocabulary import MATTER

__all__ = ["Account"]

Row = tuple[str, Share[Any]]


class Account:
    """What is said of one coverage, in one language."""

    def __init__(
        self, measure: Measure, coverage: Coverage, cases: int, suggested: Sequence[Suggestion], lang: Lang
    ) -> None:
        self.measure = measure
        self.coverage = coverage
        self.cases = cases
        self.lang = lang
        self.say = Phrasebook(lang, "coverage")
        self.words = Wording(measure.rulebook, measure.rulebook, lang)
        self._suggested = suggested

    def rows(self) -> Iterator[Row]:
        """Yield what is counted, in the order of importance."""
        found = self.coverage
        yield "rules", found.rules
        yield "branches", found.branches
        if found.seasons.of:
            yield "seasons", found.seasons
        yield "leaves", found.leaves

    def lists(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each list of what is missing or left out, under its heading's key."""
        found = self.coverage
        yield "missing-rules", [self.rule(rule) for rule in found.rules.missing]
        yield "missing-branches", [self.branch(branch) for branch in found.branches.missing]
        yield "missing-seasons", [self.season(season) for season in found.seasons.missing]
        yield "idle", [self.rule(rule) for rule in found.idle]
        yield "unreachable", [self.branch(branch) for branch in found.unreachable]
        yield "uncounted", list(found.uncounted)

    def text(self) -> str:
        """Write the account for a terminal."""
        lines = [self.summary(), *(self._line(what, share) for what, share in self.rows())]
        for heading, entries in self.lists():
            if entries:
                lines += [
                    "",
                    f"{self.say(heading)}{self.words.say('colon')}",
                    *(f"  - {each}" for each in entries),
                ]
        if self.is_complete:
            lines += ["", self.say("complete")]
        if self._suggested:
            lines += ["", f"# {self.say('suggested')}", self.yaml()]
        return "\n".join(lines)

    def html(self) -> str:
        """Write the account as one page that needs nothing else."""
        parts = [
            tag("h1", escape(self.say("title"))),
            tag("p", escape(self.summary()), "lead"),
            self._table(),
        ]
        for heading, entries in self.lists():
            if entries:
                inside = "".join(tag("li", escape(each)) for each in entries)
                parts.append(
                    tag("section", tag("h2", escape(self.say(heading))) + tag("ul", inside, "where"))
                )
        if self.is_complete:
            parts.append(tag("p", escape(self.say("complete")), "lead"))
        if self._suggested:
            parts += [tag("h2", escape(self.say("suggested"))), tag("pre", escape(self.yaml()))]
        return page(self.say("title"), "\n".join(parts), self.lang)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing but outcomes."""
        return self.coverage.rate == 1 and not self.coverage.uncounted

    def summary(self) -> str:
        """Say what was measured."""
        return self.say("cases", cases=self.cases, rules=len(self.measure.rulebook.rules))

    def as_dict(self) -> dict[str, Any]:
        """Return the account as plain data."""
        counted = {what: {"covered": share.covered, "of": share.of} for what, share in self.rows()}
        return {"rate": self.coverage.rate, **counted, **dict(self.lists())}

    def yaml(self) -> str:
        """Write the suggested cases as a case file."""
        router = Router(self.measure.rulebook)
        drafts = (self._draft(router, i, each) for i, each in enumerate(self._suggested, 1))
        return "cases:\n" + "\n".join(f"  {line}" if line else "" for one in drafts for line in (*one, ""))

    def _draft(self, router: Router, number: int, suggestion: Suggestion) -> list[str]:
        incident = suggestion.incident
        rules = dict.fromkeys(rule for duty in router.route(incident).duties for rule in duty.rules)
        title = self.say("draft-title", incident=self.words.incident(incident))
        because = self.say("draft-because", rules=self.words.listed(rules) or "—")
        written = draft(router, f"draft-{number}-{incident[MATTER]}", incident, title, because)
        return as_yaml(written).splitlines()

    def _line(self, what: str, share: Share[Any]) -> str:
        values = {"covered": share.covered, "of": share.of, "rate": percent(share.rate, rounds_down=True)}
        return self.say("line", what=self.say(what), **values)

    def _table(self) -> str:
        keys = ("what", "covered", "of", "rate")
        head = tag("tr", "".join(tag("th", escape(self.say(key))) for key in keys))
        return tag("table", head + "".join(self._row(what, share) for what, share in self.rows()))

    def _row(self, what: str, share: Share[Any]) -> str:
        kind = "number covered" if share.covered == share.of else "number"
        numbers = (str(share.covered), str(share.of), percent(share.rate, rounds_down=True))
        return tag(
            "tr", tag("td", escape(self.say(what))) + "".join(tag("td", each, kind) for each in numbers)
        )

    def shortfall(self, least: float) -> str:
        """Say that the coverage is below what is required, in per cent."""
        return self.say("too-low", rate=percent(self.coverage.rate, rounds_down=True), least=f"{least:g}%")

    def rule(self, name: str) -> str:
        """Name a rule with what it says."""
        return self.say("rule", rule=name, title=self.measure.rulebook.rules[name].called(self.lang))

    def branch(self, branch: Branch) -> str:
        """Say one test of a rule, one way."""
        test = self.measure.branches.tests[branch.rule][branch.number]
        key = "holds" if branch.held else "fails"
        return self.say(key, rule=branch.rule, condition=self._condition(test))

    def _condition(self, test: Test) -> str:
        values = test.accepts.values if isinstance(test.accepts, OneOf) else ()
        said = (
            self.words.matters(map(str, values))
            if test.fact == MATTER
            else self.words.bound(test.fact, _bound(test))
        )
        return f"{self.words.fact(test.fact)}{self.words.say('colon')}{said}"

    def season(self, season: Season) -> str:
        """Say a day and the period that it is about."""
        return self.say("season", day=season.day, since=season.since or "…", until=season.until or "…")


def _bound(test: Test) -> Bound:
    """Return the values that a test accepts."""
    if isinstance(test.accepts, OneOf):
        return Bound.of(test.accepts.values)
    ends = [None, *test.accepts.cuts, None]
    stretches = [Stretch(low, high) for low, high in pairwise(ends)]
    return Bound.of(stretches[0 if test.accepts.first else 1 :: 2])
