"""Whether the cases would notice the small mistakes that a person might make in a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dutyroute.analysis.differences.diff import Region, changes_in
from dutyroute.analysis.differences.wording import DiffWording
from dutyroute.analysis.drafts import as_yaml, draft
from dutyroute.analysis.mutation.mutants import Mutant, mutants
from dutyroute.cases import Case, run
from dutyroute.formats.percent import percent
from dutyroute.messages import Lang, language, word
from dutyroute.routing.router import Router
from dutyroute.rulebook.conditions import Condition, read, verdict
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Plain


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no case noticed; `region` holds incidents whose decision it changes."""

    mutant: Mutant
    region: Region


@dataclass(frozen=True)
class MutationScore:
    """
    How many mutants the cases noticed.

    `equivalent` ones change no decision: proved by an empty diff, and left out
    of the rate.
    """

    rulebook: Rulebook = field(repr=False)
    killed: int
    equivalent: tuple[Mutant, ...]
    survivors: tuple[Survivor, ...]

    @property
    def rate(self) -> float:
        """Between 0 and 1, of the mutants that change some decision."""
        of = self.killed + len(self.survivors)
        return self.killed / of if of else 1.0

    def summary(self, lang: Lang | None = None) -> str:
        """Say the score and what it is made of."""
        values = {
            "made": self.killed + len(self.survivors),
            "killed": self.killed,
            "survived": len(self.survivors),
            "equivalent": len(self.equivalent),
        }
        said = _say("score", lang, **values, rate=percent(self.rate, rounds_down=True))
        unsettled = sum(not each.region.proven for each in self.survivors)
        return said + ("\n" + _say("open", lang, open=unsettled) if unsettled else "")

    def to_text(self, lang: Lang | None = None) -> str:
        """Write the score, then each survivor with the case that would notice it."""
        if not self.survivors:
            return f"{self.summary(lang)}\n{_say('all-killed', lang)}"
        router, chosen = Router(self.rulebook), lang or language()
        blocks = [self.summary(lang), _say("survivors", lang)]
        for number, survivor in enumerate(self.survivors, 1):
            blocks.append("\n".join(_survivor_lines(number, survivor, router, chosen)))
        return "\n\n".join(blocks)

    def shortfall(self, least: float, lang: Lang | None = None) -> str:
        """Say that the score is below what is required, in per cent."""
        return _say("too-low", lang, rate=percent(self.rate, rounds_down=True), least=f"{least:g}%")


def mutate(
    rulebook: Rulebook,
    cases: Sequence[Case],
    made: Iterable[Mutant] | None = None,
    watch: Callable[[Mutant], None] = lambda _: None,
) -> MutationScore:
    """
    Try small mistakes in the rules against the cases; a case notices one by failing.

    `made` limits the mistakes that are tried; without it, all of them are. Cases
    that fail on the unchanged rulebook are left out: they would notice anything.
    `watch` is called with each mutant before it is tried.

    >>> from itertools import islice
    >>> from dutyroute import Router
    >>> rulebook = Router.shipped().rulebook
    >>> score = mutate(rulebook, [], islice(mutants(rulebook), 1))
    >>> score.killed, len(score.survivors)
    (0, 1)
    """
    router = Router(rulebook)
    passing = [case for case in cases if run(case, router).passed]
    killed = 0
    equivalent: list[Mutant] = []
    survivors: list[Survivor] = []
    for mutant in mutants(rulebook) if made is None else made:
        watch(mutant)
        changed = applied(rulebook, mutant)
        key = "rules", mutant.rule.id
        conditions = rulebook.conditions[key], changed.conditions[key]
        under = Router(changed)
        # Only cases that the rule can match, before or after the mistake, can notice it.
        if any(not run(case, under).passed for case in passing if _can_match(case, conditions)):
            killed += 1
            continue
        # Not noticed: either no decision changes, which a diff proves, or the cases have a gap.
        matters = [m for m in rulebook.vocabulary.matters if _possible(conditions, {MATTER: m})]
        regions = changes_in(rulebook, changed, matters)
        if regions:
            easiest = min(regions, key=lambda region: (not region.proven, len(region.witness)))
            survivors.append(Survivor(mutant, easiest))
        else:
            equivalent.append(mutant)
    return MutationScore(rulebook, killed, tuple(equivalent), tuple(survivors))


def applied(rulebook: Rulebook, mutant: Mutant) -> Rulebook:
    """Return the rulebook with a mutant in place of its rule."""
    name = mutant.rule.id
    condition, _ = read(mutant.rule.when, rulebook.vocabulary, ())
    return replace(
        rulebook,
        rules={**rulebook.rules, name: mutant.rule},
        conditions={**rulebook.conditions, ("rules", name): condition},
    )


def killer(router: Router, survivor: Survivor, lang: Lang) -> dict[str, Any]:
    """
    Draft the case that would notice a mistake: what is decided today, and what must not be.

    Raises:
        IncidentError: if the survivor's incident cannot be routed today.
    """
    region = survivor.region
    # A duty whose time limit changes is both gained and lost; it may well appear.
    lost = {(held[0], held[1]) for held in region.change.lost}
    never = [(held[0], held[1]) for held in region.change.gained if (held[0], held[1]) not in lost]
    name = f"draft-{survivor.mutant.rule.id}"[:80].rstrip("-")
    return draft(router, name, region.witness, lang, never)


def _can_match(case: Case, conditions: tuple[Condition, ...]) -> bool:
    facts = {fact: value for fact, value in case.incident.facts.items() if value is not None}
    return any(_possible(conditions, {**facts, MATTER: matter}) for matter in case.incident.matters)


def _possible(conditions: tuple[Condition, ...], values: dict[str, Plain]) -> bool:
    return any(verdict(condition, values) is not False for condition in conditions)


def _survivor_lines(number: int, survivor: Survivor, router: Router, lang: Lang) -> Iterator[str]:
    words = DiffWording(router.rulebook, router.rulebook, lang)
    rule, region = survivor.mutant.rule, survivor.region
    span = router.rulebook.span("rules", rule.id)
    place = f"{span.path}:{span.line}: " if span else ""
    yield f"{number}. {place}{rule.id}{words.say('colon')}{survivor.mutant.said[lang]}"
    if not region.proven:
        yield f"   {_say('unsettled', lang)}"
        return
    yield from (f"   - {line}" for line in words.changes(region.change))
    yield f"   {_say('would-kill', lang)}"
    yield from (f"     {line}" for line in as_yaml(killer(router, survivor, lang)).splitlines())


def _say(key: str, lang: Lang | None, **values: object) -> str:
    return word(f"mutation-{key}", lang, **values)
