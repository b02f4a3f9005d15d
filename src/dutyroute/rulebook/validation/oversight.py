"""Checks of what oversight may propose: names exist, limits of the policy hold, no circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from dutyroute.diagnostics import Diagnostic, Place
from dutyroute.messages import both
from dutyroute.rulebook.conditions import read
from dutyroute.rulebook.oversight import (
    Counter,
    Measure,
    OversightRules,
    Rating,
    Setting,
    fact_of,
    facts_in,
    filled,
    is_reference,
    settings_in,
    subjects,
)
from dutyroute.rulebook.references import Reference, check, unknown
from dutyroute.rulebook.types import Ref
from dutyroute.rulebook.vocabulary import MATTER, Fact, Vocabulary

__all__ = ["OversightChecker"]

Faults = Iterator[Diagnostic]
_NUMBER = Ref("settings", of="number")


class OversightChecker:
    """Checks one rulebook's oversight; `places` tells each entry's index."""

    def __init__(
        self, oversight: OversightRules, words: Vocabulary, places: Mapping[tuple[str, str], int]
    ) -> None:
        self.oversight = oversight
        self.words = words
        self.places = places
        self.facts: dict[str, Fact] = oversight.facts()
        self.own: Vocabulary = Vocabulary(
            words.parties, words.roles, subjects(), self.facts, words.flags, words.instruments
        )

    def check(self) -> Faults:
        """Yield every fault."""
        for setting in self.oversight.settings.values():
            yield from self._setting(setting, self._at("settings", setting.id))
        taken = OversightRules(measures=self.oversight.measures).facts()
        for counter in self.oversight.counters.values():
            yield from self._counter(counter, taken, self._at("counters", counter.id))
        for measure in self.oversight.measures.values():
            yield from self._measure(measure, self._at("measures", measure.id))
        for rating in self.oversight.ratings.values():
            yield from self._rating(rating, self._at("ratings", rating.id))
        yield from self._cycle()

    def _at(self, kind: str, name: str) -> Place:
        return (kind, self.places.get((kind, name), 0))

    def _setting(self, setting: Setting, at: Place) -> Faults:
        if (fault := self.unfit(setting)) is not None:
            yield replace(fault, at=(*at, "value"))
        elif setting.id in self.oversight.channel_settings():
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
        tables = words.tables()
        for index, each in enumerate(named):
            if each not in tables.get("channels", (each,)):
                yield index, unknown("channels", each, tables, ())

    def _counter(self, counter: Counter, taken: Mapping[str, Any], at: Place) -> Faults:
        if counter.id in taken:
            yield Diagnostic("oversight-name-taken", {"word": counter.id}, (*at, "id"))
        window = counter.window
        if not (window is None or isinstance(window, str) or (type(window) is int and window > 0)):
            yield Diagnostic(
                "wrong-type", {"value": window, "expected": both("expected-days")}, (*at, "window")
            )

    def _measure(self, measure: Measure, at: Place) -> Faults:
        if measure.is_sanction and measure.subject != ("property-company",):
            yield Diagnostic("sanction-not-company", {"measure": measure.id}, (*at, "subject"))
        yield from self._when(measure, (*at, "when"))
        if measure.is_sanction:
            yield from self._ladder(measure, (*at, "when"))

    def _when(self, measure: Measure, at: Place) -> Faults:
        for inner, name in settings_in(measure.when):
            yield from check(Reference(_NUMBER, name, (*at, *inner)), self.oversight.tables())
        written = filled(measure.when, self.oversight.values(), stand_in=1)
        if MATTER in facts_in(written):
            yield Diagnostic("measure-names-matter", {"measure": measure.id}, (*at, MATTER), "key")
            return
        empty = {setting.id for setting in self.oversight.empty()}
        is_open = any(isinstance(n, str) and n in empty for _, n in settings_in(measure.when))
        for fault in read(written, self.own, at)[1]:
            if not (is_open and fault.code == "empty-range"):  # the value that stands in is nobody's
                yield fault

    def _ladder(self, measure: Measure, at: Place) -> Faults:
        """Tell a sanction that presupposes another: the policy's list is no ladder."""
        for other in self.oversight.measures.values():
            states = {fact_of(other.id, "proposed"), fact_of(other.id, "taken")}
            if other.is_sanction and other is not measure and states & set(facts_in(measure.when)):
                yield Diagnostic("sanction-ladder", {"measure": measure.id, "other": other.id}, at)

    def _rating(self, rating: Rating, at: Place) -> Faults:
        yield from self._amount(rating.base, (*at, "base"))
        for index, change in enumerate(rating.changes):
            yield from self._amount(change.points, (*at, "changes", index, "points"))
        for index, level in enumerate(rating.levels):
            yield from self._amount(level.at_least, (*at, "levels", index, "at_least"))
        same = [r.id for r in self.oversight.ratings.values() if r.subject == rating.subject]
        if same[0] != rating.id:
            yield Diagnostic("rating-twice", {"subject": rating.subject, "other": same[0]}, (*at, "subject"))

    def _amount(self, value: Any, at: Place) -> Faults:
        if not (is_reference(value) or type(value) is int):
            yield Diagnostic("wrong-type", {"value": value, "expected": both("expected-amount")}, at)

    def _cycle(self) -> Faults:
        """Tell a circle of measures that propose each other."""
        proposed = {fact_of(name, "proposed"): name for name in self.oversight.measures}
        needed = {
            name: {proposed[fact] for fact in facts_in(measure.when) if fact in proposed}
            for name, measure in self.oversight.measures.items()
        }
        try:
            TopologicalSorter(needed).prepare()
        except CycleError as error:
            circle = list(error.args[1])
            shown = " → ".join(circle)
            yield Diagnostic("measure-cycle", {"circle": shown}, (*self._at("measures", circle[0]), "when"))
