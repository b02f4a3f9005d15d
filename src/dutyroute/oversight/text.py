"""The result of oversight, as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from dutyroute.control import RunRecord, SourceTotal, described
from dutyroute.errors import EventError
from dutyroute.messages import Lang, Phrasebook, word
from dutyroute.messages.outside import one_line
from dutyroute.oversight.deadlines import Outstanding
from dutyroute.oversight.event import OUTCOMES, Event, EventLine, Subject
from dutyroute.oversight.overseer import Overseer
from dutyroute.oversight.proposal import Near, Proposal, SubjectState
from dutyroute.rulebook.names import Names
from dutyroute.rulebook.written import plain

_MOST_EVENTS = 8
_MOST_LINES = 100
_STATES = ("overdue", "late", "undated", "open", "never")
"""What a deadline may have come to, the most pressing first."""


class OversightReport:
    """
    What is known about every subject at the end of a day, in the reader's language.

    `bad` are the lines that `Overseer.ingest` rejected, to be listed with the rest; `inputs`
    are the control totals of the files, and `run` says when and how it was asked for.
    """

    def __init__(
        self,
        overseer: Overseer,
        as_of: date | None,
        lang: Lang,
        bad: Sequence[EventLine] = (),
        *,
        inputs: Sequence[SourceTotal] = (),
        run: RunRecord | None = None,
    ) -> None:
        self.overseer = overseer
        self.as_of = as_of
        self.lang = lang
        self.say: Phrasebook = Phrasebook(lang)
        self.bad = bad
        self.inputs = inputs
        self.run = run
        self._oversight = overseer.lowered.oversight
        self._facts = self._oversight.facts()
        self._names = Names(overseer.rulebook, lang)

    @property
    def day(self) -> date | None:
        """The day whose end is shown; None where there are no events."""
        return self.as_of or self.overseer.newest

    @cached_property
    def states(self) -> tuple[SubjectState, ...]:
        """The states of all subjects."""
        return tuple(self.overseer.states(as_of=self.as_of))

    @cached_property
    def standing(self) -> tuple[Proposal, ...]:
        """All proposals whose conditions hold."""
        return tuple(p for state in self.states for p in state.standing)

    @cached_property
    def outstanding(self) -> tuple[Outstanding, ...]:
        """What was not done within its deadline, or is still open."""
        return self.overseer.outstanding(as_of=self.as_of)

    @property
    def needs_someone(self) -> bool:
        """Whether anything is proposed or overdue."""
        return bool(self.standing) or any(each.state == "overdue" for each in self.outstanding)

    def text(self) -> str:
        """Write the report as policy staff read it."""
        return "\n".join(self._lines())

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data ready for JSON."""
        return {
            "as_of": self.day.isoformat() if self.day else None,
            "rulebook": self.overseer.rulebook.digest,
            "proposals": [p.to_dict() | self.grounds(p) for p in self.standing],
            "subjects": [state.to_dict() for state in self.states],
            "outstanding": [each.to_dict() for each in self.outstanding],
            "empty_settings": [setting.id for setting in self.overseer.off()],
            "off": {name: list(empty) for name, empty in self.overseer.lowered.off.items()},
            "late": [event.to_dict() for event in self.overseer.late],
            "inputs": [total.to_dict() for total in self.inputs],
            "run": self.run.to_dict() if self.run else None,
            "bad": [{"path": b.path, "line": b.line, "reason": self.reason(b)} for b in self.bad],
        }

    def subject(self, subject: Subject) -> str:
        """Write a subject's name with its kind."""
        kind, name = subject
        return self.say("oversee-subject", kind=self.say(f"oversee-kind-{kind}"), name=name)

    def proposal(self, proposal: Proposal) -> Iterator[str]:
        """Write a proposal and its reasons, line by line."""
        measure = self._oversight.measures[proposal.measure]
        party = self._names.party(proposal.to)
        at = proposal.at.isoformat()
        yield self.say("oversee-proposed", measure=measure.called(self.lang), party=party, at=at)
        if proposal.candidate:
            yield self.say("oversee-candidate")
        facts = self._names.listed(self._fact(*each) for each in proposal.facts)
        yield self.say("oversee-because", facts=facts)
        grounds = self.grounds(proposal)
        if grounds["thresholds"]:
            yield self.say(
                "oversee-thresholds", met=self._names.listed(map(self._met, grounds["thresholds"]))
            )
        if grounds["settings"]:
            filled = (f"{name} = {_shown(value)}" for name, value in grounds["settings"].items())
            yield self.say("oversee-settings", settings=self._names.listed(filled))
        clauses = self._names.listed(map(self._names.clause, proposal.clauses))
        yield self.say("oversee-on", clauses=clauses, basis=word(proposal.basis, self.lang))
        yield self.say("oversee-events", events=self._events(proposal.events))
        if proposal.unfounded:
            yield self.say("oversee-unfounded-since", events=self._events(proposal.unfounded))

    def grounds(self, proposal: Proposal) -> dict[str, Any]:
        """Return the thresholds that a proposal reached, with their windows, and the settings behind it."""
        lowered, measure = self.overseer.lowered, self._oversight.measures[proposal.measure]
        counts = dict(proposal.facts)
        thresholds = [
            {"counter": name, "count": counts[name], "at_least": least, "days": lowered.filters[name][1]}
            for name, least in lowered.thresholds[measure.id]
            if name in counts
        ]
        # A setting that may be empty, too, if it decides what is counted.
        counts_of = (self._oversight.counters[each["counter"]].counts for each in thresholds)
        more = {c.unfounded_of for c in counts_of if c.unfounded_of and c.unfounded_of in lowered.values}
        needed = sorted(self._oversight.needs(measure) | more)
        return {"thresholds": thresholds, "settings": {name: plain(lowered.values[name]) for name in needed}}

    def _met(self, threshold: Mapping[str, Any]) -> str:
        counter = self._oversight.counters[threshold["counter"]].called(self.lang)
        key = "oversee-met" if threshold["days"] is None else "oversee-met-in"
        return self.say(key, counter=counter, least=threshold["at_least"], days=threshold["days"])

    def reason(self, line: EventLine) -> str:
        """Write why a line is not an event."""
        return line.event.describe(self.lang) if isinstance(line.event, EventError) else ""

    def event(self, event: Event) -> str:
        """Write an event in one line."""
        measure = self._oversight.measures.get(event.measure or "")
        told = (
            self.say(f"event-{event.kind}"),
            measure.called(self.lang) if measure else event.measure,
            event.matter and self._names.matter(event.matter),
            event.channel and self._names.value("channel", event.channel),
            self.say(f"event-outcome-{event.outcome}") if event.outcome in OUTCOMES else event.outcome,
            event.of,
            event.note,
        )
        return one_line(f"{event.id} " + " · ".join(each for each in told if each))

    def timed(self) -> Iterator[tuple[str, list[tuple[str, str, list[str]]]]]:
        """
        Word each deadline whose setting has a value, with its lists, where there are any.

        Of a list: the state, such as `overdue`, the heading, and a line for each entry.
        """
        for deadline in self._oversight.running():
            kind = "answer" if deadline.after else "turn"
            own = [each for each in self.outstanding if each.deadline == deadline.id]
            heading = self.say(
                f"oversee-{kind}",
                title=deadline.called(self.lang),
                limit=self._names.limit(self.overseer.lowered.values[deadline.within]),
                setting=deadline.within,
                clauses=self._names.listed(map(self._names.clause, deadline.cite)),
                basis=word(deadline.basis, self.lang),
            )
            yield (
                heading,
                [
                    (
                        state,
                        self.say(f"oversee-{kind}-{state}", count=len(entries)),
                        self._some(kind, entries),
                    )
                    for state in _STATES
                    if (entries := [each for each in own if each.state == state])
                ],
            )

    def _some(self, kind: str, entries: Sequence[Outstanding]) -> list[str]:
        more = len(entries) - _MOST_LINES
        told = [self._waiting(kind, each) for each in entries[:_MOST_LINES]]
        return told + ([self.say("oversee-more-lines", count=more)] if more > 0 else [])

    def _waiting(self, kind: str, each: Outstanding) -> str:
        end = each.answered or self.day
        return self.say(
            f"oversee-{kind}-line-{each.state}",
            event=each.event,
            at=each.at,
            due=each.due,
            answered=each.answered,
            days=(end - each.due).days if each.due and end else None,
            about=self._names.listed(name for _, name in each.subjects),
        )

    def stamp(self) -> str:
        """Write the title, edition and digest of the rulebook."""
        title = self._names.listed((self._names.title(), self.overseer.rulebook.edition))
        return f"{title} · {self.overseer.rulebook.digest}"

    def near(self, near: Near) -> str:
        """Write a counter that is close to a threshold."""
        counter = self._oversight.counters[near.counter].called(self.lang)
        measure = self._oversight.measures[near.measure].called(self.lang)
        count, least = near.count, near.threshold
        return self.say("oversee-near", counter=counter, count=count, least=least, measure=measure)

    def empty(self) -> Iterator[str]:
        """Write the settings without a value, one a line."""
        for setting in self.overseer.off():
            title = setting.called(self.lang)
            clause = self._names.listed(map(self._names.clause, setting.cite))
            yield self.say("oversee-setting", setting=setting.id, title=title, clause=clause)

    def counts(self) -> str:
        """Write the day and the numbers of subjects and proposals."""
        day, subjects, standing = self.day or "–", len(self.states), len(self.standing)
        return self.say("oversee-counts", day=day, subjects=subjects, standing=standing)

    def missed(self) -> Iterator[str]:
        """Write which events do not count: those that were too late, or could not be read."""
        if self.overseer.late:
            late = self._events(tuple(event.id for event in self.overseer.late))
            yield self.say("oversee-late", days=self.overseer.lateness, events=late)
        if self.bad:
            yield self.say("oversee-bad", count=len(self.bad))

    def rating(self, state: SubjectState) -> str | None:
        """Write a rating; None where there is none."""
        if state.points is None and state.stars is None:
            return None
        points, stars = ("–" if each is None else each for each in (state.points, state.stars))
        return self.say("oversee-rating", points=points, stars=stars)

    def _lines(self) -> Iterator[str]:
        if self.inputs:
            yield from (*described(self.inputs, self.lang), "")
        for state in self.states:
            told = [line for p in state.standing for line in self.proposal(p)]
            told += map(self.near, state.near)
            # A ledger may name measures that this rulebook no longer has.
            taken = [self._oversight.measures[m] for m in state.taken if m in self._oversight.measures]
            if taken:
                names = self._names.listed(measure.called(self.lang) for measure in taken)
                told.append(self.say("oversee-taken", measures=names))
            if rating := self.rating(state):
                told.append(rating)
            if told:
                yield from (self.subject(state.subject), *told, "")
        if not self.standing:
            yield self.say("oversee-quiet")
        yield self.counts()
        yield from self.missed()
        for heading, lists in self.timed():
            yield from ("", heading)
            for _, title, lines in lists:
                yield from (f"  {title}", *(f"    {line}" for line in lines))
            if not lists:
                yield f"  {self.say('oversee-nothing-waits')}"
        if self.overseer.off():
            yield from ("", self.say("oversee-empty"), *self.empty())

    def _fact(self, fact: str, value: Any) -> str:
        name = self._facts[fact].called(self.lang)
        if value is None:
            return self.say("oversee-unknown", fact=name)
        if isinstance(value, bool):
            return self.say("oversee-yes" if value else "oversee-no", fact=name)
        counted = self.overseer.lowered.filters.get(fact)
        key = "oversee-number"
        # A counter that names its outcomes leaves nothing open.
        if counted is not None and "complaint" in counted[0].kinds and not counted[0].outcomes:
            key = "oversee-with-unfounded" if counted[0].counts_unfounded else "oversee-without-unfounded"
        return self.say(key, fact=name, count=value)

    def _events(self, events: tuple[str, ...]) -> str:
        shown = self._names.listed(events[:_MOST_EVENTS])
        more = self.say("oversee-more", count=len(events)) if len(events) > _MOST_EVENTS else ""
        return f"{shown} {more}".strip() or "–"


def _shown(value: Any) -> str:
    """Write the value of a setting."""
    return "+".join(value) if isinstance(value, list) else str(value)
