"""Why, why not, what if: the further questions about a decision, for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dutyroute.cli.answers import Questions, Reply
from dutyroute.cli.view.names import ScreenNames
from dutyroute.cli.view.terminal import Screen, ScreenCell, ScreenColumn
from dutyroute.errors import IncidentError
from dutyroute.messages import Phrasebook
from dutyroute.routing.decision import Decision
from dutyroute.routing.explanation import ConditionVerdict, Reason

__all__ = ["ReasonsWriter"]

_STYLES = {"counts": "", "possible": "dim"}


class ReasonsWriter:
    """Writes below a decision what else was asked about it."""

    def __init__(self, names: ScreenNames, screen: Screen) -> None:
        self.names = names
        self.say: Phrasebook = names.say
        self.screen = screen

    def write(self, reply: Reply, asked: Questions) -> None:
        """Write the answers to the questions, in the order of the options."""
        for explanation in reply.explanations:
            self._title(self.say("reasons", matter=self.names.matter(explanation.matter)))
            self._table(explanation.reasons)
        if reply.answers:
            self._answers(reply)
        if asked.why_not is not None:
            self._why_not(reply, *asked.why_not)
        if asked.what_if is not None:
            self._what_if(reply, asked.what_if)

    def _title(self, text: str) -> None:
        self.screen.line()
        self.screen.line(text, "bold")

    def _table(self, reasons: Iterable[Reason]) -> None:
        columns = [
            ScreenColumn(self.say(key), breaks=key != "standing") for key in ("standing", "rule", "why")
        ]
        rows = []
        for reason in reasons:
            rule = self.names.rulebook.rules[reason.rule]
            clauses = self.say.listed(map(self.names.clause, rule.cite))
            titles = (self.names.rule(rule.id), rule.id, f"{clauses} {self.say(rule.basis)}")
            told = ((self.say(f"standing-{reason.standing}"),), titles, tuple(self._verdicts(reason)))
            style = _STYLES.get(reason.standing, "dim")
            rows.append([ScreenCell.of(*texts, style=style) for texts in told])
        self.screen.table(columns, rows)

    def _verdicts(self, reason: Reason) -> Iterator[str]:
        yield from map(self._verdict, reason.conditions)
        # A rule without conditions says so, or its cell would look forgotten.
        if not reason.conditions:
            yield self.say("always")
        for other in reason.by:
            yield self.say("struck-by", rule=self.names.rule(other))
        if reason.standing == "idle":
            yield self.say(
                "not-needed", role=self.names.role(self.names.rulebook.rules[reason.rule].default or "")
            )
        for party, role in reason.recused:
            yield self.say("steps-aside", duty=self._duty(party, role))

    def _verdict(self, verdict: ConditionVerdict) -> str:
        """Say whether a condition held, and what the incident has instead."""
        held = {True: "held", False: "failed", None: "unknown"}[verdict.held]
        said = self.say(f"verdict-{held}", condition=self.names.condition(verdict.fact, verdict.written))
        if verdict.given is None or verdict.held:
            return said
        return said + self.say("given", value=self.names.value(verdict.fact, verdict.given))

    def _duty(self, party: str, role: str | None) -> str:
        name = self.names.party(party)
        return self.say("duty", party=name, role=self.names.role(role)) if role else name

    def _answers(self, reply: Reply) -> None:
        """Say what each answer would change; values that change the same are named together."""
        self._title(self.say("answers"))
        effects: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for answer in reply.answers:
            value = self.names.value(answer.fact, answer.value)
            # A number or a date stands for all the others that change the same.
            if self.names.words.facts[answer.fact].type in ("int", "date"):
                value = self.say("such-as", value=value)
            effect = tuple(self._changes(reply.decision, answer.decision))
            effects.setdefault((answer.fact, effect), []).append(value)
        for (fact, effect), values in effects.items():
            said = self.say("slash").join(values)
            self.screen.line(self.say("equals", fact=self.names.fact(fact), value=said))
            self._told(effect)

    def _why_not(self, reply: Reply, party: str, role: str | None) -> None:
        self._title(self.say("why-not", duty=self._duty(party, role)))
        for duty in reply.decision.duties:
            if duty.party == party and role in (None, duty.role):
                held = "does-hold" if duty.certain else "may-hold"
                self.screen.line(self.say(held, duty=self._duty(party, duty.role)))
        if reply.reasons:
            self._table(reply.reasons)
        else:
            self.screen.line(self.say("no-rule-gives", duty=self._duty(party, role)))

    def _what_if(self, reply: Reply, supposed: Mapping[str, Any]) -> None:
        facts = []
        for fact, value in supposed.items():
            if isinstance(value, list):
                said = self.say.listed(self.names.value(fact, each) for each in value)
            else:
                said = self.say("not-known") if value is None else self.names.value(fact, value)
            facts.append(self.say("equals", fact=self.names.fact(fact), value=said))
        self._title(self.say("what-if", facts=self.say("semicolon").join(facts)))
        if isinstance(reply.supposed, IncidentError):
            self.screen.line(reply.supposed.describe(self.say.lang), "red")
        elif reply.supposed is not None:
            self._told(self._changes(reply.decision, reply.supposed))

    def _told(self, told: Iterable[str]) -> None:
        for text in list(told) or [self.say("no-change")]:
            self.screen.labelled("  ", text)

    def _changes(self, old: Decision, new: Decision) -> Iterator[str]:
        """Say what one decision has that the other has not."""
        if old.status != new.status:
            yield self.say("status-becomes", before=self.say(old.status), after=self.say(new.status))
        before, after = ({(d.party, d.role): d.certain for d in each.duties} for each in (old, new))
        changed = {
            "duties-gained": [duty for duty, sure in after.items() if sure and duty not in before],
            "duties-certain": [duty for duty, sure in after.items() if sure and before.get(duty) is False],
            "duties-open": [d for d, sure in after.items() if not sure and before.get(d) is not False],
            "duties-lost": [duty for duty in before if duty not in after],
        }
        for key, duties in changed.items():
            if duties:
                grouped = self.names.grouped((party, role, True) for party, role in duties)
                yield self.say(key, duties=self.say("semicolon").join(grouped))
        gained = [flag for flag in new.flags if flag not in old.flags]
        lost = [flag for flag in old.flags if flag not in new.flags]
        for key, flags in (("flags-gained", gained), ("flags-lost", lost)):
            if flags:
                yield self.say(key, flags=self.say.listed(map(self.names.flag, flags)))
