"""Checks of what oversight may propose: names exist, limits of the policy hold, no circle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from dutyroute.diagnostics import Diagnostic, Place
from dutyroute.messages import both
from dutyroute.rulebook.conditions import read
from dutyroute.rulebook.oversight import (
    Measure,
    OversightRules,
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
from dutyroute.rulebook.vocabulary import MATTER, Vocabulary

Faults = Iterator[Diagnostic]
_NUMBER = Ref("settings", of="number")


def check_oversight(
    oversight: OversightRules, words: Vocabulary, positions: Mapping[tuple[str, str], int]
) -> Faults:
    """Yield everything wrong with settings, counters, measures and ratings, beyond unknown names."""
    for name, setting in oversight.settings.items():
        for fault in check_setting(setting, oversight, words):
            yield replace(fault, at=("settings", positions["settings", name], *fault.at))
    taken = OversightRules(measures=oversight.measures).facts()
    for name, counter in oversight.counters.items():
        place: Place = ("counters", positions["counters", name])
        if name in taken:
            yield Diagnostic("oversight-name-taken", {"word": name}, (*place, "id"))
        window = counter.window
        if not (window is None or isinstance(window, str) or (type(window) is int and window > 0)):
            values = {"value": window, "expected": both("expected-days")}
            yield Diagnostic("wrong-type", values, (*place, "window"))
    for name, measure in oversight.measures.items():
        yield from _measure(measure, oversight, words, ("measures", positions["measures", name]))
    # Measures of which each waits for the next to be proposed.
    proposed = {fact_of(name, "proposed"): name for name in oversight.measures}
    needed = {
        name: {proposed[fact] for fact in facts_in(measure.when) if fact in proposed}
        for name, measure in oversight.measures.items()
    }
    try:
        TopologicalSorter(needed).prepare()
    except CycleError as error:
        circle = error.args[1]
        at = ("measures", positions["measures", circle[0]], "when")
        yield Diagnostic("measure-cycle", {"circle": " → ".join(circle)}, at)
    yield from _ratings(oversight, positions)


def check_setting(setting: Setting, oversight: OversightRules, words: Vocabulary) -> Faults:
    """Yield what is wrong with the value of a setting; places begin inside the setting."""
    value = setting.value
    is_number = type(value) is int and value >= 0
    is_names = isinstance(value, tuple) and bool(value) and all(isinstance(each, str) for each in value)
    # Events have days: no limit among them is in hours.
    is_limit = isinstance(value, str) and re.fullmatch("[1-9][0-9]{0,4}(d|w|wd)", value) is not None
    fits = {"number": is_number, "names": is_names, "limit": is_limit}
    if value is not None and not fits[setting.type]:
        wanted = both(f"expected-setting-{setting.type}")
        values = {"value": value, "expected": wanted, "setting": setting.id}
        yield Diagnostic("setting-value", values, ("value",))
    elif value is not None and setting.id in {counts.channels_of for counts in oversight.counted()}:
        tables = words.tables()
        for index, each in enumerate(value):
            if each not in tables.get("channels", (each,)):
                yield unknown("channels", each, tables, ("value", index))


def _measure(measure: Measure, oversight: OversightRules, words: Vocabulary, at: Place) -> Faults:
    if measure.is_sanction and measure.subject != ("property-company",):
        yield Diagnostic("sanction-not-company", {"measure": measure.id}, (*at, "subject"))
    at = (*at, "when")
    yield from _condition(measure, oversight, words, at)
    for other in oversight.measures.values() if measure.is_sanction else ():
        # The sanctions of the policy are a list, not a ladder: none presupposes another.
        states = {fact_of(other.id, "proposed"), fact_of(other.id, "taken")}
        if other.is_sanction and other is not measure and states & set(facts_in(measure.when)):
            yield Diagnostic("sanction-ladder", {"measure": measure.id, "other": other.id}, at)


def _condition(measure: Measure, oversight: OversightRules, words: Vocabulary, at: Place) -> Faults:
    for inner, name in settings_in(measure.when):
        yield from check(Reference(_NUMBER, name, (*at, *inner)), oversight.tables())
    written = filled(measure.when, oversight.values(), stand_in=1)
    if MATTER in facts_in(written):
        yield Diagnostic("measure-names-matter", {"measure": measure.id}, (*at, MATTER), "key")
        return
    facts = oversight.facts()
    own = Vocabulary(words.parties, words.roles, subjects(), facts, words.flags, words.instruments)
    empty = {setting.id for setting in oversight.empty()}
    is_open = any(isinstance(name, str) and name in empty for _, name in settings_in(measure.when))
    for fault in read(written, own, at)[1]:
        # A range may only be empty because 1 stands in for a setting without a value.
        if not (is_open and fault.code == "empty-range"):
            yield fault


def _ratings(oversight: OversightRules, positions: Mapping[tuple[str, str], int]) -> Faults:
    rated: dict[str, str] = {}
    for name, rating in oversight.ratings.items():
        at = ("ratings", positions["ratings", name])
        amounts: dict[Place, Any] = {("base",): rating.base}
        amounts |= {("changes", i, "points"): each.points for i, each in enumerate(rating.changes)}
        amounts |= {("levels", i, "at_least"): each.at_least for i, each in enumerate(rating.levels)}
        for inner, value in amounts.items():
            if not (is_reference(value) or type(value) is int):
                values = {"value": value, "expected": both("expected-amount")}
                yield Diagnostic("wrong-type", values, (*at, *inner))
        first = rated.setdefault(rating.subject, name)
        if first != name:
            values = {"subject": rating.subject, "other": first}
            yield Diagnostic("rating-twice", values, (*at, "subject"))
