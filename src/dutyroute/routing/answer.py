"""Answer: what a decision would be if a fact had some value, to be asked or to be told beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dutyroute.diagram.ruling import Ruling
from dutyroute.diagram.unknowns import Reach
from dutyroute.errors import IncidentError
from dutyroute.record import JsonRecord
from dutyroute.routing.decision import Decision, PlainValue
from dutyroute.rulebook.vocabulary import Exclusion, Plain, Vocabulary


@dataclass(frozen=True, slots=True)
class Answer(JsonRecord):
    """One value that an unknown fact could have, and the decision it would lead to."""

    fact: str
    value: PlainValue
    decision: Decision


def answers(choices: Iterable[tuple[str, Plain]], decide: Callable[..., Decision]) -> Iterator[Answer]:
    """Yield what each value of a fact leads to; one that contradicts the other facts is no answer."""
    for fact, value in choices:
        try:
            decision = decide(**{fact: value})
        except IncidentError:
            continue
        yield Answer(fact, value, decision)


def choices(words: Vocabulary, ask: Iterable[str], reaches: Iterable[Reach]) -> Iterator[tuple[str, Plain]]:
    """Yield each fact to be asked with one value of each class that matters, in the vocabulary's order."""
    for fact in ask:
        values: set[Any] = {value for reach in reaches for value in reach.choices(fact)}
        domain = words.domain(words.facts[fact])
        # Numbers and days are not listed in the vocabulary: they come by size.
        yield from ((fact, value) for value in sorted(values, key=domain.index if domain else None))


def left_out(decision: Decision) -> Iterator[tuple[str, Plain]]:
    """Yield the values that a decision leaves out, each with its fact."""
    for fact, said in decision.assumed:
        yield from ((fact, value) for value in said.values) if isinstance(said, Exclusion) else ()


def foresees(decision: Decision, other: Decision) -> bool:
    """
    Tell whether a decision has room for another one, in which more is known.

    It has where nothing that it says for certain is gone, and nothing has come
    that it does not call possible: duties, whom they tell, flags.
    """
    for before, after in zip(decision.rulings, other.rulings, strict=True):
        (sure, foreseen), (said, may_be) = _told(before), _told(after)
        if not (sure <= said and may_be <= foreseen):
            return False
    return True


def _told(ruling: Ruling) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """Gather what a ruling says for certain, and what it calls possible at least."""
    sure: set[tuple[str, ...]] = {(flag,) for flag in ruling.flags}
    foreseen = sure | {(flag,) for flag in ruling.possible_flags}
    for duty in ruling.duties:
        held = duty.party, duty.role
        told = {(*held, party) for party in duty.to}
        foreseen |= {held, *told} | {(*held, party) for party in duty.to_possible}
        if duty.certain:
            sure |= {held, *told}
    return sure, foreseen
