"""The oracle's half that says which unknown facts to ask for, by definition."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping

__all__ = ["asked"]

Values = tuple[object, ...]
Answers = Mapping[Values, Hashable]
"""For each way to fill in the unknown facts, the answer; None where that cannot be."""


def asked(unknown: list[str], answers: Answers) -> tuple[str, ...]:
    """Name the facts to ask for, by the first of three reasons that names any."""
    if len(set(answers.values()) - {None}) < 2:
        return ()
    for reason in (_changes_answer, _rules_answer_out, _changes_anything):
        found = tuple(fact for index, fact in enumerate(unknown) if reason(index, answers))
        if found:
            return found
    raise AssertionError("answers that differ, and no fact that they differ by")


def _changes_answer(index: int, answers: Answers) -> bool:
    """All other facts fixed, two possible values of a fact give different answers."""
    return any(len(found - {None}) > 1 for found in _grouped(answers, _all_but(index)))


def _rules_answer_out(index: int, answers: Answers) -> bool:
    """Some possible value of a fact alone rules an answer out."""
    every = set(answers.values()) - {None}
    by_value = _grouped(answers, lambda values: values[index])
    return any(found - {None} not in (set(), every) for found in by_value)


def _changes_anything(index: int, answers: Answers) -> bool:
    """All other facts fixed, two values differ in the answer or in being possible."""
    return any(len(found) > 1 for found in _grouped(answers, _all_but(index)))


def _all_but(index: int) -> Callable[[Values], Values]:
    return lambda values: values[:index] + values[index + 1 :]


def _grouped(answers: Answers, by: Callable[[Values], Hashable]) -> Collection[set[Hashable]]:
    """Gather the answers of completions that are the same in some way."""
    groups: dict[Hashable, set[Hashable]] = {}
    for values, answer in answers.items():
        groups.setdefault(by(values), set()).add(answer)
    return groups.values()
