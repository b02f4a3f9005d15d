"""Terms: the words of events, spelled as the rulebook spells them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dutyroute.diagnostics import nearest
from dutyroute.errors import EventError
from dutyroute.messages import both
from dutyroute.oversight.event import Event
from dutyroute.rulebook.oversight import Charter
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import spellings

__all__ = ["OUTCOMES", "Terms"]

OUTCOMES = ("confirmed", "unfounded", "settled", "unsettled", "accepted", "rejected")
"""What an event may come to, besides what a rulebook's own counters name."""


class Terms:
    """
    Spells the matter, channel, outcome and measure of an event as the rulebook does.

    A word that nothing counts is refused: an event that is taken in under a word
    nobody knows would be missing without a trace.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        words, charter = rulebook.vocabulary, rulebook.charter
        channel = words.facts.get("channel")
        measures = {
            title: m.id for m in charter.measures.values() for title in (m.title, m.called("en"), m.id)
        }
        outcomes = {name: id_ for id_ in OUTCOMES for name in (id_, *both(f"event-outcome-{id_}").values())}
        self._known: dict[str, dict[str, str]] = {
            "matter": spellings(words.matters.values()),
            "outcome": {**outcomes, **{each: each for each in _outcomes(charter)}},
            "measure": measures,
        }
        if channel is not None and channel.values:
            self._known["channel"] = spellings(channel.values)

    def spelled(self, event: Event) -> Event:
        """
        Return the event in the rulebook's words.

        Raises:
            EventError: naming the key, the word, and the nearest one.
        """
        changed: dict[str, Any] = {}
        for key, known in self._known.items():
            word = getattr(event, key)
            if word is not None and word not in known:
                values = {"key": key, "value": word, "suggestion": nearest(word, known)}
                raise EventError("event-unknown-word", values)
            if word is not None and known[word] != word:
                changed[key] = known[word]
        return replace(event, **changed) if changed else event


def _outcomes(charter: Charter) -> set[str]:
    counted = [counter.counts for counter in charter.counters.values()]
    counted += [change.counts for rating in charter.ratings.values() for change in rating.changes]
    return {outcome for counts in counted for outcome in counts.outcomes}
