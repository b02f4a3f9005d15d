"""The score of the cases, and the mistakes that they do not notice, in words."""

from __future__ import annotations

from collections.abc import Iterator

from dutyroute.analysis.diff.wording import Wording
from dutyroute.analysis.drafts import as_yaml, draft
from dutyroute.analysis.mutation.score import Score, Survivor
from dutyroute.formats.percent import percent
from dutyroute.messages import Lang, Phrasebook, word
from dutyroute.routing.router import Router

__all__ = ["Survivors", "killer"]


def killer(router: Router, survivor: Survivor, title: str, because: str) -> dict[str, object]:
    """
    Draft the case that would notice a mistake: what is decided today, and what must not be.

    Raises:
        IncidentError: if the survivor's incident cannot be routed today.
    """
    region = survivor.region
    lost = {(held[0], held[1]) for held in region.change.lost}
    never = [(held[0], held[1]) for held in region.change.gained if (held[0], held[1]) not in lost]
    name = f"draft-{survivor.mutant.rule.id}"[:80].rstrip("-")
    return draft(router, name, region.witness, title, because, never)


class Survivors:
    """What is said of one score, in one language."""

    def __init__(self, router: Router, score: Score, lang: Lang) -> None:
        self.router = router
        self.score = score
        self.lang = lang
        self.say = Phrasebook(lang, "mutation")
        self.words = Wording(router.rulebook, router.rulebook, lang)

    def text(self) -> str:
        """Write the score, then each survivor with the case that would notice it."""
        blocks = [self.summary()]
        if not self.score.survivors:
            return "\n".join([*blocks, self.say("all-killed")])
        blocks.append(self.say("survivors"))
        blocks += (
            "\n".join(self._survivor(number, each)) for number, each in enumerate(self.score.survivors, 1)
        )
        return "\n\n".join(blocks)

    def summary(self) -> str:
        """Say the score and what it is made of."""
        score = self.score
        made = score.killed + len(score.survivors)
        said = self.say(
            "score",
            made=made,
            killed=score.killed,
            survived=len(score.survivors),
            equivalent=len(score.equivalent),
            rate=percent(score.rate, rounds_down=True),
        )
        unsettled = sum(not each.region.proven for each in score.survivors)
        return said + ("\n" + self.say("open", open=unsettled) if unsettled else "")

    def shortfall(self, least: float) -> str:
        """Say that the score is below what is required, in per cent."""
        return self.say("too-low", rate=percent(self.score.rate, rounds_down=True), least=f"{least:g}%")

    def _survivor(self, number: int, survivor: Survivor) -> Iterator[str]:
        rule = survivor.mutant.rule
        span = self.router.rulebook.span("rules", rule.id)
        place = f"{span.path}:{span.line}: " if span else ""
        yield f"{number}. {place}{rule.id}{self.words.say('colon')}{survivor.mutant.said[self.lang]}"
        if not survivor.region.proven:
            yield f"   {self.say('unsettled')}"
            return
        yield from (f"   - {line}" for line in self.words.changes(survivor.region.change))
        yield f"   {self.say('would-kill')}"
        yield from (f"     {line}" for line in as_yaml(self._case(survivor)).splitlines())

    def _case(self, survivor: Survivor) -> dict[str, object]:
        incident = survivor.region.witness
        rules = dict.fromkeys(rule for duty in self.router.route(incident).duties for rule in duty.rules)
        title = word("coverage-draft-title", self.lang, incident=self.words.incident(incident))
        because = word("coverage-draft-because", self.lang, rules=self.words.listed(rules) or "—")
        return killer(self.router, survivor, title, because)
