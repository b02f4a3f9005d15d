"""A decision as a person reads it: the lead, the chain, what is open, under which clauses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from dutyroute.cli.answers import Questions, Refusal, Reply
from dutyroute.cli.view.names import ScreenNames
from dutyroute.cli.view.terminal import Screen, ScreenCell, ScreenColumn
from dutyroute.diagnostics import width
from dutyroute.diagram.ruling import Breach, Duty, Ruling
from dutyroute.errors import IncidentError
from dutyroute.messages import Phrasebook
from dutyroute.messages.outside import one_line
from dutyroute.routing.decision import Decision
from dutyroute.routing.explanation import ConditionVerdict, Reason
from dutyroute.rulebook.rules import LEAD
from dutyroute.rulebook.vocabulary import MATTER, Exclusion, Facts, Plain

_STYLES = {"routed": "green", "incomplete": "yellow", "unrouted": "red", "conflict": "red"}
_REASON_STYLES = {"counts": "", "possible": "dim"}
_NOTE_STYLES = {"breach": "red", "ask": "yellow"}
_COLUMNS = (
    *(("phase", False), ("role", True), ("party", True), ("to", True)),
    *(("certainty", False), ("basis", False), ("clauses", True)),
)
_NOTES = ("breach", "flag", "recused", "ask", "assumed")
_COUNTED = ("routed", "incomplete", "unrouted", "conflict", "unread")

# A longer id would fill lines that look like ours.
_LONGEST_ID = 60
# From this width on, the recipients have a column of their own.
_ROOMY = 90
# Up to how many cells what is only possible is marked beside the role.
_NARROW = 72


class DecisionWriter:
    """Writes decisions for a person, one after the other."""

    def __init__(self, names: ScreenNames, asked: Questions) -> None:
        self.names = names
        self.say: Phrasebook = names.say
        self.asked = asked
        self.screen: Screen = Screen()
        self._count = 0

    def answer(self, reply: Reply) -> None:
        """Write one decision."""
        self._begin()
        decision = reply.decision
        several = len(decision.rulings) > 1
        about = self.say.listed(self.names.matter(ruling.matter) for ruling in decision.rulings)
        name = f"{self._called(decision.incident)}  " if decision.incident else ""
        self._titled(f"{name}{about}", decision.status)
        if reply.incident.text:
            self.screen.labelled("  ", reply.incident.text)
        for ruling in decision.rulings:
            ends = {(due.party, due.role): due.date for due in decision.due if due.matter == ruling.matter}
            self._ruling(ruling, ends, reply.incident.facts, is_one_of_several=several)
        if several:
            self.screen.line()
            self.screen.line(self.say("together"), "bold")
            # Each party once over all matters.
            duties = ((duty.party, duty.role, duty.certain) for duty in decision.duties)
            for text in self.names.grouped(duties):
                self.screen.line(text)
        if decision.assumed:
            self.screen.line()
            assumed = (self._assumed(fact, value) for fact, value in decision.assumed)
            self._noted([("assumed", self.say("semicolon").join(assumed))])
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

    def _ruling(
        self,
        ruling: Ruling,
        ends: Mapping[tuple[str, str], date],
        facts: Facts,
        *,
        is_one_of_several: bool,
    ) -> None:
        self.screen.line()
        if is_one_of_several:
            self._titled(self.names.matter(ruling.matter), ruling.status)
        if ruling.duties:
            table = _DutyTable(self.names, ruling.duties, self.screen.cells, ends)
            self.screen.table(table.columns(), table.rows())
        else:
            self.screen.line(self.say("no-duties"), "red")
        # No blank line where nothing follows.
        notes = list(self._notes(ruling, {**facts, MATTER: ruling.matter}))
        if notes:
            self.screen.line()
        self._noted(notes)

    def _notes(self, ruling: Ruling, values: Facts) -> Iterator[tuple[str, str]]:
        """Yield the notes below a ruling, each with the key of its label."""
        names = self.names
        yield from (("breach", self._breach(breach)) for breach in ruling.breaches)
        for flag in (*ruling.flags, *ruling.possible_flags):
            yield "flag", names.flagged(flag, is_certain=flag in ruling.flags)
            yield from (("flag", text) for text in names.compared(flag, values))
        recused = names.grouped((each.party, each.role, each.certain) for each in ruling.recused)
        yield from (("recused", text) for text in recused)
        yield from (("ask", self._question(fact)) for fact in ruling.ask)

    def _noted(self, notes: list[tuple[str, str]]) -> None:
        """Write notes after their labels, each label once."""
        room = max(width(self.say(f"note-{key}")) for key in _NOTES) + 2
        before = ""
        for key, text in notes:
            label = self.say(f"note-{key}") if key != before else ""
            self.screen.labelled(label + " " * (room - width(label)), text, _NOTE_STYLES.get(key, ""))
            before = key

    def _breach(self, breach: Breach) -> str:
        # A semicolon, since a name may hold a comma of its own.
        holders = self.say("semicolon").join(map(self.names.party, breach.holders)) or self.say("nobody")
        title, role = self.names.obligation(breach.obligation), self.names.role(breach.role)
        said = self.say("breach", title=title, role=role, holders=holders)
        return said if breach.certain else self.say("perhaps-first", text=said)

    def _question(self, name: str) -> str:
        """Ask a fact of a person, with the values that it can have."""
        fact = self.names.words.facts[name]
        if fact.type in ("bool", "int", "date"):
            values = self.say(f"values-{fact.type}")
        else:
            entries = self.names.words.matters.values() if fact.id == MATTER else fact.values
            values = self.say("slash").join(entry.called(self.say.lang) for entry in entries)
        return self.say("question", fact=name, question=fact.asked(self.say.lang), values=values)

    def _assumed(self, fact: str, value: Plain | Exclusion) -> str:
        said = self.say("equals", fact=self.names.fact(fact), value=self.names.value(fact, value))
        return said + (self.say("today") if fact == self.names.rulebook.header.date else "")

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


class _DutyTable:
    """Lays out duties for a terminal of a given width; duties come in the chain's order."""

    def __init__(
        self,
        names: ScreenNames,
        duties: tuple[Duty, ...],
        cells: int,
        ends: Mapping[tuple[str, str], date],
    ) -> None:
        self.names = names
        self.ends = ends
        self.say: Phrasebook = names.say
        self.duties = duties
        self.is_narrow = cells <= _NARROW
        # The column is left out where all is certain, which it mostly is.
        self.is_open = any(not duty.certain for duty in duties) and not self.is_narrow
        self.has_told = cells >= _ROOMY and any(duty.to or duty.to_possible for duty in duties)

    def columns(self) -> list[ScreenColumn]:
        """Return the columns that these duties need."""
        left_out = {key for key, has in (("to", self.has_told), ("certainty", self.is_open)) if not has}
        return [ScreenColumn(self.say(key), breaks) for key, breaks in _COLUMNS if key not in left_out]

    def rows(self) -> Iterator[list[ScreenCell | str]]:
        """Yield a row for each duty; a phase or role is named where it begins."""
        phase = role = ""
        for duty in self.duties:
            found = self.names.words.roles[duty.role].phase
            this_phase, this_role = self.say(f"phase-{found}") if found else "", self._role(duty)
            yield [
                "" if this_phase == phase else this_phase,
                ScreenCell.of("" if this_role == role else this_role, style=_style(duty)),
                *self._cells(duty),
            ]
            phase, role = this_phase, this_role

    def _cells(self, duty: Duty) -> Iterator[ScreenCell]:
        style, comma = _style(duty), self.say("comma")
        told = self.names.told(duty)
        below = [self.say("tells", to=name) for name in told] if not self.has_told else []
        yield ScreenCell.of(self.names.party(duty.party), *below, comma=comma, style=style)
        if self.has_told:
            yield ScreenCell.of(*told or ("",), comma=comma, style=style)
        if self.is_open:
            yield ScreenCell.of(self.say("certain" if duty.certain else "possible"), style=style)
        by_default = self.say("by-default") if duty.default else ""
        yield ScreenCell.of(self.say(duty.basis) + by_default, style=style)
        clauses = [self.names.clause(clause) for clause in duty.clauses]
        # A reference is read as a whole: it is broken only where nothing else helps.
        yield ScreenCell((clauses,), comma, style, keeps_parts=True)

    def _role(self, duty: Duty) -> str:
        limit, end = duty.within, self.ends.get((duty.party, duty.role))
        key = "within" if end is None else "within-until"
        within = self.say(key, limit=self.names.limit(limit), day=end) if limit else ""
        return self.names.marked(self.names.role(duty.role) + within, duty.certain or self.is_open)


def _style(duty: Duty) -> str:
    if not duty.certain:
        return "dim"
    return "bold" if duty.role == LEAD else ""
