"""A decision as a person reads it: the lead, the chain, what is open, on whose words."""

from __future__ import annotations

from collections.abc import Iterator

from dutyroute.cli.desk import Refusal, Reply, Wish
from dutyroute.cli.tally import Tally
from dutyroute.cli.view.duties import Chain
from dutyroute.cli.view.names import ScreenNames
from dutyroute.cli.view.notes import Notes
from dutyroute.cli.view.reasons import Reasons
from dutyroute.cli.view.terminal import Screen
from dutyroute.diagnostics import width
from dutyroute.diagram.ruling import Ruling
from dutyroute.routing.decision import Decision

__all__ = ["Sheet"]

_STYLES = {"routed": "green", "incomplete": "yellow", "unrouted": "red", "conflict": "red"}
_NOTE_STYLES = {"breach": "red", "ask": "yellow"}


class Sheet:
    """Writes decisions for a person, one after the other."""

    def __init__(self, names: ScreenNames, wish: Wish) -> None:
        self.names = names
        self.say = names.say
        self.wish = wish
        self.screen = Screen()
        self.notes = Notes(names)
        self.reasons = Reasons(names, self.screen)
        self._count = 0

    def answer(self, reply: Reply) -> None:
        """Write one decision."""
        self._begin()
        decision = reply.decision
        several = len(decision.rulings) > 1
        self._heading(decision, reply.incident.text)
        for ruling in decision.rulings:
            self._ruling(ruling, is_one_of_several=several)
        if several:
            self._together(decision)
        if decision.assumed:
            self.screen.line()
            self._noted([("assumed", self.notes.assumed(decision.assumed))])
        self.reasons.write(reply, self.wish)

    def refuse(self, refusal: Refusal) -> None:
        """Write why an incident could not be answered."""
        self._begin()
        self.screen.line(self._called(refusal.incident), "bold")
        line = self.say("at-line", line=refusal.line) if refusal.line else ""
        place = f"{refusal.span}: " if refusal.span else line
        self.screen.line(place + self.say("broken", code=refusal.code, message=refusal.message), "red")

    def close(self, tally: Tally) -> None:
        """Write which rulebook answered, and how many incidents came to what."""
        self.screen.line()
        if tally.total > 1:
            self.screen.line(tally.said(self.say))
        self.screen.line(self.names.stamp(), "dim")

    def _begin(self) -> None:
        if self._count:
            self.screen.line()
        self._count += 1

    def _called(self, incident: str | None) -> str:
        if incident is None:
            return self.say("incident-number", number=self._count)
        return self.say("incident", id=incident)

    def _heading(self, decision: Decision, text: str | None) -> None:
        about = self.say.listed(self.names.matter(ruling.matter) for ruling in decision.rulings)
        name = f"{self._called(decision.incident)}  " if decision.incident else ""
        self._titled(f"{name}{about}", decision.status)
        if text:
            self.screen.line(text)

    def _titled(self, title: str, status: str) -> None:
        shown = self.say("in-marks", text=self.say(status))
        self.screen.line(f"{title}  {shown}", f"bold {_STYLES[status]}")

    def _ruling(self, ruling: Ruling, *, is_one_of_several: bool) -> None:
        self.screen.line()
        if is_one_of_several:
            self._titled(self.names.matter(ruling.matter), ruling.status)
        if ruling.duties:
            chain = Chain(self.names, ruling.duties, self.screen.cells)
            self.screen.table(chain.columns(), chain.rows())
        else:
            self.screen.line(self.say("no-duties"), "red")
        notes = list(self.notes.of(ruling))
        if notes:
            self.screen.line()
        self._noted(notes)

    def _noted(self, notes: list[tuple[str, str]]) -> None:
        """Write notes behind their labels, each label once."""
        room = max(width(self.say(f"note-{key}")) for key in Notes.KEYS) + 2
        before = ""
        for key, text in notes:
            label = self.say(f"note-{key}") if key != before else ""
            self.screen.labelled(label + " " * (room - width(label)), text, _NOTE_STYLES.get(key, ""))
            before = key

    def _together(self, decision: Decision) -> None:
        """Name each party once over all matters."""
        self.screen.line()
        self.screen.line(self.say("together"), "bold")
        for text in self._parties(decision):
            self.screen.line(text)

    def _parties(self, decision: Decision) -> Iterator[str]:
        certain = {(duty.party, duty.role) for duty in decision.duties if duty.certain}
        for party, roles in decision.parties.items():
            shown = ((self.names.role(role), (party, role) in certain) for role in roles)
            listed = self.say.listed(name if sure else self.say("perhaps", text=name) for name, sure in shown)
            yield self.say("pair", name=self.names.party(party), text=listed)
