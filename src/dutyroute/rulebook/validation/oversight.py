"""Checks of what oversight may propose: names exist, limits of the policy hold, no circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from dutyroute.diagnostics import Diagnostic, Place, nearest
from dutyroute.messages import both
from dutyroute.rulebook.conditions import read
from dutyroute.rulebook.oversight import (
    Charter,
    Counter,
    Counts,
    Measure,
    Rating,
    Setting,
    fact_of,
    facts_in,
    filled,
    is_reference,
    settings_in,
    subjects,
)
from dutyroute.rulebook.vocabulary import MATTER, Vocabulary, suggestion

__all__ = ["Warrant"]

Faults = Iterator[Diagnostic]


class Warrant:
    """Checks one rulebook's charter; `places` tells each entry's index."""

    def __init__(self, charter: Charter, words: Vocabulary, places: Mapping[tuple[str, str], int]) -> None:
        self.charter = charter
        self.words = words
        self.places = places
        self.facts = charter.facts()
        self.own = Vocabulary(
            words.parties, words.roles, subjects(), self.facts, words.flags, words.instruments
        )

    def check(self) -> Faults:
        """Yield every fault."""
        for setting in self.charter.settings.values():
            yield from self._setting(setting, self._at("settings", setting.id))
        taken = Charter(measures=self.charter.measures).facts()
        for counter in self.charter.counters.values():
            yield from self._counter(counter, taken, self._at("counters", counter.id))
        for measure in self.charter.measures.values():
            yield from self._measure(measure, self._at("measures", measure.id))
        for rating in self.charter.ratings.values():
            yield from self._rating(rating, self._at("ratings", rating.id))
        yield from self._cycle()

    def _at(self, kind: str, name: str) -> Place:
        return (kind, self.places.get((kind, name), 0))

    def _setting(self, setting: Setting, at: Place) -> Faults:
        yield from self._cited(setting.cite, at)
        if (fault := self.unfit(setting)) is not None:
            yield replace(fault, at=(*at, "value"))
        elif setting.id in self.charter.channel_settings():
            for index, strange in self.strange_channels(setting.value or (), self.words):
                yield replace(strange, at=(*at, "value", index))

    @staticmethod
    def unfit(setting: Setting) -> Diagnostic | None:
        """Tell a value that a setting cannot have."""
        value = setting.value
        is_number = type(value) is int and value >= 0
        is_names = isinstance(value, tuple) and value and all(isinstance(each, str) for each in value)
        if value is None or (is_number if setting.type == "number" else is_names):
            return None
        values = {"value": value, "expected": both(f"expected-setting-{setting.type}"), "setting": setting.id}
        return Diagnostic("setting-value", values)

    @staticmethod
    def strange_channels(named: Iterable[str], words: Vocabulary) -> Iterator[tuple[int, Diagnostic]]:
        """Tell the channels that the vocabulary has not, each with its place in the list."""
        channel = words.facts.get("channel")
        known = {value.id: value for value in channel.values} if channel else None
        for index, each in enumerate(named):
            if known is not None and each not in known:
                yield index, Diagnostic("unknown-channel", _word(each, suggestion(each, known)))

    def _counter(self, counter: Counter, taken: Mapping[str, Any], at: Place) -> Faults:
        if counter.id in taken:
            yield Diagnostic("oversight-name-taken", {"word": counter.id}, (*at, "id"))
        yield from self._counts(counter.counts, (*at, "counts"))
        window = counter.window
        if isinstance(window, str):
            yield from self._named(window, (*at, "window"), "number")
        elif window is not None and not (type(window) is int and window > 0):
            yield Diagnostic(
                "wrong-type", {"value": window, "expected": both("expected-days")}, (*at, "window")
            )

    def _counts(self, counts: Counts, at: Place) -> Faults:
        for index, matter in enumerate(counts.matters):
            if matter not in self.words.matters:
                near = suggestion(matter, self.words.matters)
                yield Diagnostic("unknown-matter", _word(matter, near), (*at, "matters", index))
        for index, measure in enumerate(counts.measures):
            if measure not in self.charter.measures:
                near = nearest(measure, self.charter.measures)
                yield Diagnostic("unknown-measure", _word(measure, near), (*at, "measures", index))
        for index, fault in self.strange_channels(counts.channels, self.words):
            yield replace(fault, at=(*at, "channels", index))
        if counts.channels_of is not None:
            yield from self._named(counts.channels_of, (*at, "channels_of"), "names")

    def _named(self, name: Any, at: Place, kind: str) -> Faults:
        """Tell whether there is such a setting, and one of the right type."""
        found = self.charter.settings.get(name) if isinstance(name, str) else None
        if found is None:
            yield Diagnostic("unknown-setting", _word(name, nearest(str(name), self.charter.settings)), at)
        elif found.type != kind:
            yield Diagnostic("setting-of-other-type", {"word": name, "type": found.type}, at)

    def _measure(self, measure: Measure, at: Place) -> Faults:
        yield from self._cited(measure.cite, at)
        if measure.propose_to not in self.words.parties:
            near = suggestion(measure.propose_to, self.words.parties)
            yield Diagnostic("unknown-party", _word(measure.propose_to, near), (*at, "propose_to"))
        if measure.is_sanction and measure.subject != ("property-company",):
            yield Diagnostic("sanction-not-company", {"measure": measure.id}, (*at, "subject"))
        yield from self._when(measure, (*at, "when"))
        if measure.is_sanction:
            yield from self._ladder(measure, (*at, "when"))

    def _when(self, measure: Measure, at: Place) -> Faults:
        for inner, name in settings_in(measure.when):
            yield from self._named(name, (*at, *inner), "number")
        known = self.charter.settings
        written = filled(measure.when, self.charter.values(), stand_in=1)
        if MATTER in facts_in(written):
            yield Diagnostic("measure-names-matter", {"measure": measure.id}, (*at, MATTER), "key")
            return
        is_open = any(self.charter.settings[n].is_empty for _, n in settings_in(measure.when) if n in known)
        for fault in read(written, self.own, at)[1]:
            if not (is_open and fault.code == "empty-range"):  # the value that stands in is nobody's
                yield fault

    def _ladder(self, measure: Measure, at: Place) -> Faults:
        """Tell a sanction that presupposes another: the policy's list is no ladder."""
        for other in self.charter.measures.values():
            states = {fact_of(other.id, "proposed"), fact_of(other.id, "taken")}
            if other.is_sanction and other is not measure and states & set(facts_in(measure.when)):
                yield Diagnostic("sanction-ladder", {"measure": measure.id, "other": other.id}, at)

    def _rating(self, rating: Rating, at: Place) -> Faults:
        yield from self._cited(rating.cite, at)
        yield from self._amount(rating.base, (*at, "base"))
        for index, change in enumerate(rating.changes):
            yield from self._counts(change.counts, (*at, "changes", index, "counts"))
            yield from self._amount(change.points, (*at, "changes", index, "points"))
        for index, level in enumerate(rating.levels):
            yield from self._amount(level.at_least, (*at, "levels", index, "at_least"))
        same = [r.id for r in self.charter.ratings.values() if r.subject == rating.subject]
        if same[0] != rating.id:
            yield Diagnostic("rating-twice", {"subject": rating.subject, "other": same[0]}, (*at, "subject"))

    def _amount(self, value: Any, at: Place) -> Faults:
        if is_reference(value):
            yield from self._named(value["setting"], (*at, "setting"), "number")
        elif type(value) is not int:
            yield Diagnostic("wrong-type", {"value": value, "expected": both("expected-amount")}, at)

    def _cited(self, cite: tuple[str, ...], at: Place) -> Faults:
        known = dict(self.words.clauses())
        for index, reference in enumerate(cite):
            if reference not in known:
                near = nearest(reference, known)
                yield Diagnostic("unknown-clause", _word(reference, near), (*at, "cite", index))

    def _cycle(self) -> Faults:
        """Tell a circle of measures that propose each other."""
        proposed = {fact_of(name, "proposed"): name for name in self.charter.measures}
        needed = {
            name: {proposed[fact] for fact in facts_in(measure.when) if fact in proposed}
            for name, measure in self.charter.measures.items()
        }
        try:
            TopologicalSorter(needed).prepare()
        except CycleError as error:
            circle = list(error.args[1])
            shown = " → ".join(circle)
            yield Diagnostic("measure-cycle", {"circle": shown}, (*self._at("measures", circle[0]), "when"))


def _word(word: object, near: str | None) -> dict[str, object]:
    return {"word": word, "suggestion": near}
