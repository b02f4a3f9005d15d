"""A decision as a person reads it: the lead, the chain, what is open, under which clauses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from dutyroute.cli.answers import Questions, Refusal, Reply
from dutyroute.cli.view.names import ScreenNames
from dutyroute.cli.view.terminal import GAP, Screen, ScreenCell, ScreenColumn
from dutyroute.diagnostics import width
from dutyroute.errors import IncidentError
from dutyroute.messages import Phrasebook
from dutyroute.messages.outside import one_line
from dutyroute.report.sheet import Section, SheetLine, sheet
from dutyroute.routing.decision import Decision
from dutyroute.routing.explanation import ConditionVerdict, Reason
from dutyroute.routing.router import Router

_STYLES = {
    **{"routed": "green", "incomplete": "yellow", "unrouted": "red", "conflict": "red"},
    **{"possible": "dim", "breach": "red", "assumed": "dim"},
}
_REASON_STYLES = {"counts": "", "possible": "dim"}
_COLUMNS = ("party", "role", "what", "condition", "basis", "clauses")
_COUNTED = ("routed", "incomplete", "unrouted", "conflict", "unread")

# A longer id would fill lines that look like ours.
_LONGEST_ID = 60
# Up to how many cells the headings stand above their sections, and not beside them.
_NARROW = 72


class DecisionWriter:
    """Writes decisions for a person, one after the other."""

    def __init__(self, names: ScreenNames, asked: Questions, router: Router) -> None:
        self.names = names
        self.router = router
        self.say: Phrasebook = names.say
        self.asked = asked
        self.screen: Screen = Screen()
        self._count = 0

    def answer(self, reply: Reply) -> None:
        """Write one decision."""
        self._begin()
        decision = reply.decision
        about = self.say.listed(self.names.matter(ruling.matter) for ruling in decision.rulings)
        name = f"{self._called(decision.incident)}  " if decision.incident else ""
        self._titled(f"{name}{about}", decision.status)
        if reply.incident.text:
            self.screen.labelled("  ", reply.incident.text)
        self._sheet(sheet(decision, reply.incident, self.router, self.say.lang))
        self._asked(reply)

    def refuse(self, refusal: Refusal) -> None:
        """Write why an incident could not be answered."""
        self._begin()
        self.screen.line(self._called(refusal.incident), "bold")
        place = self.say("at-line", line=refusal.line) if refusal.line else ""
        place = f"{refusal.span}: " if refusal.span else place
        said = place + self.say("broken", code=refusal.code, message=refusal.message)
        # Indented, so that no line begins with words that were given to us.
        self.screen.line(said, "red", "  ")

    def close(self, counts: Counter[str]) -> None:
        """Write which rulebook answered, and how many incidents came to what."""
        self.screen.line()
        if counts.total() > 1:
            told = (self.say("count", name=self.say(s), count=counts[s]) for s in _COUNTED if counts[s])
            self.screen.line(self.say("tally", total=counts.total(), counts=self.say.listed(told)))
        self.screen.line(self.names.stamp(), "dim")

    def _begin(self) -> None:
        # A blank line between answers, none before the first.
        if self._count:
            self.screen.line()
        self._count += 1

    def _called(self, incident: str | None) -> str:
        number = self.say("incident-number", number=self._count)
        return number if incident is None else self.say("incident", id=one_line(incident, _LONGEST_ID))

    def _titled(self, title: str, status: str) -> None:
        shown = self.say("in-marks", text=self.say(status))
        self.screen.line(f"{title}  {shown}", f"bold {_STYLES[status]}", "  ")

    def _sheet(self, sections: tuple[Section, ...]) -> None:
        """Write the sections, each behind its heading; with `full`, the grounds act by act."""
        told = {section.key: section for section in sections}
        rows = [line for key in ("now", "others") if key in told for line in told[key].lines]
        if not rows:
            self.screen.line()
            self.screen.line(self.say("no-duties"), "red")
        room = max((width(section.heading) + GAP for section in sections), default=0)
        for section in sections:
            self.screen.line()
            if section.key == "grounds" and self.asked.full:
                self._acts(rows)
            else:
                self._section(section, room)

    def _section(self, section: Section, room: int) -> None:
        """Write a section behind its heading; on a narrow terminal, below it."""
        label = section.heading + " " * (room - width(section.heading))
        if self.screen.cells <= _NARROW:
            self.screen.line(section.heading, "bold")
            label = "  "
        if section.key in ("questions", "grounds"):
            self.screen.packed(label, [line.parts for line in section.lines])
            return
        # What is only possible is said in a few words each, and last.
        if section.key == "remarks":
            lines = sorted(section.lines, key=lambda line: line.kind == "possible")
            for style, found in groupby(lines, key=lambda line: _STYLES.get(line.kind, "")):
                self.screen.packed(label, [line.parts for line in found], style)
                label = " " * width(label)
            return
        rows: list[tuple[str, str]] = []
        for line in section.lines:
            style = "bold" if (section.key, line.kind) == ("now", "certain") else _STYLES.get(line.kind, "")
            text = f"{line.party}  {line.text}"
            beside = f"{rows[-1][0]}   {text}" if rows and rows[-1][1] == style else ""
            # Two short rows stand side by side.
            if beside and width(label + beside) <= self.screen.cells:
                rows[-1] = (beside, style)
            else:
                rows.append((text, style))
        for text, style in rows:
            self.screen.labelled(label, text, style, hanging=GAP)
            label = " " * width(label)

    def _acts(self, rows: Iterable[SheetLine]) -> None:
        """Write what each party does, act by act, with its condition and its grounds."""
        columns = [ScreenColumn(self.say(key), key != "basis") for key in _COLUMNS]
        written = []
        for line in rows:
            for act in line.acts:
                what = (*act.objects, *(self.say("tells", to=party) for party in act.told))
                condition = act.condition or self.say("certain")
                cells = ((line.party,), (act.role,), what, (condition,), (act.basis,))
                style = "dim" if act.condition else ""
                # A reference is read as a whole: it is broken only where nothing else helps.
                grounds = ScreenCell((act.clauses,), self.say("comma"), style, keeps_parts=True)
                written.append([*(ScreenCell.of(*texts, style=style) for texts in cells), grounds])
        self.screen.table(columns, written)

    def _asked(self, reply: Reply) -> None:
        """Write the answers to the questions, in the order of the options."""
        asked = self.asked
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
        columns = [ScreenColumn(self.say(key), key != "standing") for key in ("standing", "rule", "why")]
        rows = []
        for reason in reasons:
            rule = self.names.rulebook.rules[reason.rule]
            clauses = self.say.listed(map(self.names.clause, rule.cite))
            titles = (self.names.rule(rule.id), rule.id, f"{clauses} {self.say(rule.basis)}")
            told = ((self.say(f"standing-{reason.standing}"),), titles, tuple(self._verdicts(reason)))
            style = _REASON_STYLES.get(reason.standing, "dim")
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
            role = self.names.rulebook.rules[reason.rule].default or ""
            yield self.say("not-needed", role=self.names.role(role))
        if reason.standing == "unmet":
            rule = self.names.rulebook.rules[reason.rule]
            roles = self.say.listed(map(self.names.role, sorted(rule.awaited - {rule.default})))
            is_named = rule.beside is not None and rule.beside.none
            yield self.say(
                "not-vacated" if rule.vacated else "one-named" if is_named else "none-named", roles=roles
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
            named = (self.names.value(fact, each) for each in (value if isinstance(value, list) else [value]))
            said = self.say("not-known") if value is None else self.say.listed(named)
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
        for key, these, others in (("flags-gained", new, old), ("flags-lost", old, new)):
            flags = [flag for flag in these.flags if flag not in others.flags]
            if flags:
                yield self.say(key, flags=self.say.listed(map(self.names.flag, flags)))
