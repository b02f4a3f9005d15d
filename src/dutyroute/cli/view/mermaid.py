"""The chain of duties as a mermaid flowchart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dutyroute.cli.answers import Refusal, Reply
from dutyroute.cli.output import echo
from dutyroute.cli.view.names import ScreenNames
from dutyroute.diagram.ruling import Duty, Ruling
from dutyroute.messages import Phrasebook
from dutyroute.messages.outside import one_line
from dutyroute.rulebook.rules import LEAD
from dutyroute.rulebook.vocabulary import PHASES

# Mermaid reads these even inside quotation marks.
_ENTITIES = {ord(char): f"#{ord(char)};" for char in '"#<>&`{}[]|\\'}
_BRACES = str.maketrans("{}", "()")


def quoted(text: str) -> str:
    """
    Write a text so that mermaid shows it and reads nothing into it.

    >>> quoted('an "owner" #1')
    '"an #34;owner#34; #35;1"'
    """
    return f'"{one_line(text).translate(_ENTITIES)}"'


def _remark(text: str) -> str:
    """Write a remark: on one line, and without the braces in which mermaid reads settings."""
    return f"%% {one_line(text).translate(_BRACES)}"


class Flowchart:
    """Writes a flowchart for each incident: phases as boxes, possible duties dashed."""

    def __init__(self, names: ScreenNames) -> None:
        self.names = names
        self.say: Phrasebook = names.say
        self._count = 0

    def answer(self, reply: Reply) -> None:
        """Write one decision as a flowchart."""
        if self._count:
            echo("")
        self._count += 1
        echo("flowchart TD")
        if reply.incident.id:
            echo(f"  {_remark(reply.incident.id)}")
        for number, ruling in enumerate(reply.decision.rulings, start=1):
            echo("\n".join(f"  {line}" for line in self._ruling(f"m{number}", ruling)))
        echo("  classDef lead stroke-width:3px\n  classDef possible stroke-dasharray:5 5")

    def refuse(self, refusal: Refusal) -> None:
        """Write a remark where an incident could not be answered."""
        echo(_remark(self.say("broken", code=refusal.code, message=refusal.message)))

    def close(self, counts: Counter[str]) -> None:
        """Say which rulebook answered."""
        echo(_remark(self.names.stamp()))

    def _ruling(self, name: str, ruling: Ruling) -> Iterator[str]:
        matter = self.names.matter(ruling.matter) + self.say("in-brackets", text=self.say(ruling.status))
        yield f"{name}([{quoted(matter)}])"
        before = name
        # The lead has no phase, and comes first.
        for phase in (None, *PHASES):
            duties = [duty for duty in ruling.duties if self.names.words.roles[duty.role].phase == phase]
            if duties:
                box = f"{name}_{phase.replace('-', '_')}" if phase else f"{name}_lead"
                title = self.say(f"phase-{phase}") if phase else self.names.role(LEAD)
                yield f"subgraph {box}[{quoted(title)}]"
                for number, duty in enumerate(duties, start=1):
                    style = "possible" if not duty.certain else "lead" if duty.role == LEAD else ""
                    mark = f":::{style}" if style else ""
                    yield f"  {box}_{number}[{self._label(duty)}]{mark}"
                yield "end"
                yield f"{before} --> {box}"
                before = box

    def _label(self, duty: Duty) -> str:
        """Label a duty: role, party, whom it tells, clauses."""
        parties = self.say("semicolon").join(self.names.told(duty))
        told = self.say("tells", to=parties) if parties else ""
        clauses = self.say.listed(map(self.names.clause, duty.clauses))
        role = self.names.marked(self.names.role(duty.role), duty.certain)
        parts = (role, self.names.party(duty.party), told, clauses)
        return '"' + "<br/>".join(quoted(part)[1:-1] for part in parts if part) + '"'
