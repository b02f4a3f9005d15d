"""Assignment slips: one page for each incident, to be printed, signed and returned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dutyroute.messages import Lang, Phrasebook, word
from dutyroute.messages.outside import one_line
from dutyroute.report.html import page
from dutyroute.report.sheet import Section, SheetLine, sheet
from dutyroute.routing.decision import Decision
from dutyroute.routing.incident import Incident
from dutyroute.routing.router import Router
from dutyroute.rulebook.names import Names
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import CHANNEL


@dataclass(frozen=True, slots=True)
class Slip:
    """
    What stands on one slip, in words; what the incident does not say is None, to be filled in by hand.

    `known` are the facts that it gives, `sections` the sheet by key, and `due` the
    time limits of the duties, in which the document may set none.
    """

    number: str | None
    received: str | None
    channel: str | None
    words: str | None
    matters: str
    known: str
    sections: dict[str, Section]
    due: tuple[str, ...]

    @property
    def has_inferred(self) -> bool:
        """Whether some duty is marked as inferred."""
        return any(
            not act.is_explicit for key in ("now", "others") for line in self.lines(key) for act in line.acts
        )

    @property
    def assumed(self) -> tuple[SheetLine, ...]:
        """What is taken for granted as long as nobody says otherwise."""
        return tuple(line for line in self.lines("grounds") if line.kind == "assumed")

    def lines(self, key: str) -> tuple[SheetLine, ...]:
        """Return the lines of one section of the sheet."""
        return self.sections[key].lines if key in self.sections else ()


def slip(decision: Decision, incident: Incident, router: Router, lang: Lang) -> Slip:
    """Write down what a slip says about an incident and its decision."""
    names, dated = Names(router.rulebook, lang, is_brief=True), router.rulebook.header.date
    # What is only assumed, such as the day of today, is not what was received; None is said to be unknown.
    told = (pair for pair in incident.facts.items() if pair not in incident.assumed)
    given = {fact: value for fact, value in told if value is not None}
    said = {fact: names.value(fact, value) for fact, value in given.items()}
    known = (names.condition(fact, value) for fact, value in given.items() if fact not in (CHANNEL, dated))
    return Slip(
        number=None if incident.id is None else one_line(incident.id),
        received=said.get(dated or ""),
        channel=said.get(CHANNEL),
        words=incident.text,
        matters=names.listed(names.matter(ruling.matter) for ruling in decision.rulings),
        known=word("semicolon", lang).join(known),
        sections={section.key: section for section in sheet(decision, incident, router, lang)},
        due=tuple(dict.fromkeys(_due(decision, names))),
    )


def _due(decision: Decision, names: Names) -> Iterator[str]:
    """Say each duty's time limit, and the day on which it ends where that is known."""
    ends = {(due.matter, due.party, due.role): due.date for due in decision.due}
    for ruling in decision.rulings:
        for duty in ruling.duties:
            if duty.within:
                end = ends.get((ruling.matter, duty.party, duty.role))
                said = names.party(duty.party), names.role(duty.role), names.limit(duty.within)
                named = dict(zip(("party", "role", "limit"), said, strict=True))
                key = "slip-due-within" if end is None else "slip-due-on"
                yield word(key, names.lang, **named, day=end)


def render_slips(
    slips: Sequence[Slip], unread: Sequence[tuple[str, str]], rulebook: Rulebook, lang: Lang
) -> str:
    """
    Write slips as one HTML page; `unread` names the incidents that have none, and says why.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    say = Phrasebook(lang, "slip")
    shown = {
        "slips": slips,
        "unread": unread,
        "stamp": Names(rulebook, lang).stamp(),
        "say": say,
        "comma": word("comma", lang),
    }
    return page("slip.html.j2", lang, title=say("title"), style="paper.css", **shown)
