"""Candidate: a matter that a word may mean, how it differs from others, and who leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dutyroute.errors import IncidentError
from dutyroute.messages import Lang, Phrasebook
from dutyroute.record import JsonRecord
from dutyroute.routing.decision import Decision
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.search import Match
from dutyroute.rulebook.vocabulary import MATTER

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Candidate(JsonRecord):
    """
    A matter that a word may mean.

    `why` is one line on what sets it apart, in the reader's language as `name` is.
    `lead` holds the parties that lead for certain if nothing but the matter is known.
    """

    matter: str
    name: str
    why: str
    lead: tuple[str, ...]


def candidates(
    matches: Iterable[Match], rulebook: Rulebook, decide: Callable[[Mapping[str, str]], Decision], lang: Lang
) -> tuple[Candidate, ...]:
    """Describe what a search found; `decide` answers an incident, from which comes who leads."""
    say, found = Phrasebook(lang), []
    for match in matches:
        matter = rulebook.vocabulary.matters[match.matter]
        shown = match.words or matter.aliases[:_SHOWN]
        words = say.listed(say("quoted", text=each) for each in shown)
        above = "" if matter.parent is None else rulebook.vocabulary.matters[matter.parent].called(lang)
        try:
            lead = decide({MATTER: matter.id}).lead
        except IncidentError:  # such as where the day matters, and no rule is in force today
            lead = ()
        found.append(Candidate(matter.id, matter.called(lang), matter.noted(lang) or words or above, lead))
    return tuple(found)
