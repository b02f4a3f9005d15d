"""Why, why not, what if: the further questions about a decision, for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dutyroute.cli.desk import Reply, Wish
from dutyroute.cli.view.conditions import Criterion
from dutyroute.cli.view.names import ScreenNames
from dutyroute.cli.view.terminal import Cell, Column, Screen
from dutyroute.errors import IncidentError
from dutyroute.routing.decision import Decision
from dutyroute.routing.explanation import Answer, Reason

__all__ = ["Reasons", "changes"]

_STYLES = {"counts": "", "possible": "dim"}
Duties = dict[tuple[str, str], bool]


class Reasons:
    """Writes below a decision what else was asked about it."""

    def __init__(self, names: ScreenNames, screen: Screen) -> None:
        self.names = names
        self.say = names.say
        self.screen = screen
        self.criterion = Criterion(names)

    def write(self, reply: Reply, wish: Wish) -> None:
        """Write the answers to the wishes, in the order of the options."""
        for explanation in reply.explanations:
            self._title(self.say("reasons", matter=self.names.matter(explanation.matter)))
            self._table(explanation.reasons)
        if reply.answers:
            self._answers(reply)
        if wish.why_not is not None:
            self._why_not(reply, *wish.why_not)
        if wish.what_if is not None:
            self._what_if(reply, wish)

    def _title(self, text: str) -> None:
        self.screen.line()
        self.screen.line(text, "bold")

    def _table(self, reasons: Iterable[Reason]) -> None:
        columns = [
            Column(self.say("standing")),
            Column(self.say("rule"), True),
            Column(self.say("why"), True),
        ]
        self.screen.table(columns, (list(self._row(reason)) for reason in reasons))

    def _row(self, reason: Reason) -> Iterator[Cell]:
        rule = self.names.rulebook.rules[reason.rule]
        clauses = self.say.listed(map(self.names.clause, rule.cite))
        style = _STYLES.get(reason.standing, "dim")
        yield Cell.of(self.say(f"standing-{reason.standing}"), style=style)
        yield Cell.of(
            self.names.rule(reason.rule), reason.rule, f"{clauses} {self.say(rule.basis)}", style=style
        )
        yield Cell.of(*self._verdicts(reason), style=style)

    def _verdicts(self, reason: Reason) -> Iterator[str]:
        yield from map(self.criterion.verdict, reason.conditions)
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

    def _duty(self, party: str, role: str | None) -> str:
        name = self.names.party(party)
        return self.say("duty", party=name, role=self.names.role(role)) if role else name

    def _answers(self, reply: Reply) -> None:
        """Say what each answer would change; values that change the same are named together."""
        self._title(self.say("answers"))
        effects: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for answer in reply.answers:
            effect = tuple(self.changes(reply.decision, answer.decision))
            effects.setdefault((answer.fact, effect), []).append(self._value(answer))
        for (fact, effect), values in effects.items():
            said = self.say("slash").join(values)
            self.screen.line(self.say("equals", fact=self.names.fact(fact), value=said))
            self._told(effect)

    def _value(self, answer: Answer) -> str:
        """Name a value; of numbers and dates it stands for all that change the same."""
        value = self.names.value(answer.fact, answer.value)
        kind = self.names.words.facts[answer.fact].type
        return self.say("such-as", value=value) if kind in ("int", "date") else value

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

    def _what_if(self, reply: Reply, wish: Wish) -> None:
        facts = self.say("semicolon").join(
            self.say("equals", fact=self.names.fact(fact), value=self._supposed(fact, value))
            for fact, value in (wish.what_if or {}).items()
        )
        self._title(self.say("what-if", facts=facts))
        if isinstance(reply.supposed, IncidentError):
            self.screen.line(reply.supposed.describe(self.say.lang), "red")
        elif reply.supposed is not None:
            self._told(self.changes(reply.decision, reply.supposed))

    def _told(self, told: Iterable[str]) -> None:
        for text in list(told) or [self.say("no-change")]:
            self.screen.labelled("  ", text)

    def _supposed(self, fact: str, value: object) -> str:
        if isinstance(value, list):
            return self.say.listed(self.names.value(fact, each) for each in value)
        return self.say("not-known") if value is None else self.names.value(fact, value)

    def changes(self, before: Decision, after: Decision) -> Iterator[str]:
        """Say what one decision has that the other has not."""
        if before.status != after.status:
            yield self.say("status-becomes", before=self.say(before.status), after=self.say(after.status))
        for key, duties in changes(_duties(before), _duties(after)).items():
            if duties:
                yield self.say(key, duties=self._grouped(duties))
        gained = [flag for flag in after.flags if flag not in before.flags]
        lost = [flag for flag in before.flags if flag not in after.flags]
        for key, flags in (("flags-gained", gained), ("flags-lost", lost)):
            if flags:
                yield self.say(key, flags=self.say.listed(map(self._flag, flags)))

    def _grouped(self, duties: Iterable[tuple[str, str]]) -> str:
        """Name each party once, with its roles."""
        roles: dict[str, list[str]] = {}
        for party, role in duties:
            roles.setdefault(party, []).append(self.names.role(role))
        pairs = ((self.names.party(party), self.say.listed(held)) for party, held in roles.items())
        return self.say("semicolon").join(self.say("pair", name=name, text=text) for name, text in pairs)

    def _flag(self, flag: str) -> str:
        return self.names.words.flags[flag].called(self.say.lang)


def _duties(decision: Decision) -> Duties:
    return {(duty.party, duty.role): duty.certain for duty in decision.duties}


def changes(before: Duties, after: Duties) -> dict[str, list[tuple[str, str]]]:
    """Sort duties by how they change: gained, certain now, open now, lost."""
    return {
        "duties-gained": [duty for duty, sure in after.items() if sure and duty not in before],
        "duties-certain": [duty for duty, sure in after.items() if sure and before.get(duty) is False],
        "duties-open": [duty for duty, sure in after.items() if not sure and before.get(duty) is not False],
        "duties-lost": [duty for duty in before if duty not in after],
    }
