"""The check of matters that leave too many facts open."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from books import Data, book, questions, rule
from dutyroute import Rulebook
from dutyroute.analysis.checks.finding import FindingWriter
from dutyroute.analysis.checks.open_facts import open_facts
from dutyroute.analysis.checks.survey import SurveyedDiagram
from findings import FIRE, only, told


def asking(count: int, when: Data = FIRE, known: tuple[str, ...] = (), **more: Any) -> Rulebook:
    """Rules each of which shares a yes-no fact with the next; `known` have a default."""
    names = [f"q{number}" for number in range(count)]
    rules = (
        rule(f"on-{name}", {**when, name: True, after: True}, {"inspect": "housing"})
        for name, after in pairwise(names)
    )
    facts = ({**fact, "default": False} if fact["id"] in known else fact for fact in questions(*names))
    return book(*rules, facts=tuple(facts), **more)


def test_the_facts_and_the_rules_that_leave_too_much_open_are_told() -> None:
    found = only(asking(13), "open-facts")
    assert (found.severity, found.matters, found.about) == ("warning", ("fire-lane",), ("fire-lane",))
    assert (len(found.rules), found.witness) == (12, {"matter": "fire-lane"})
    assert found.message("zh") == (
        "占用消防通道（`fire-lane`）的案件，只知道事项时可能的情形超过 2,000 种："
        "q1（`q1`）、q2（`q2`）、q3（`q3`）、q4（`q4`）、q5（`q5`）、q6（`q6`）、q7（`q7`）、q8（`q8`）等 11 项都未知"
    )
    assert "make the facts of `on-q0`, `on-q1`" in found.help("en")


def test_what_is_answered_at_once_is_not_told() -> None:
    assert told(asking(11), "open-facts") == []


def test_rules_that_share_no_fact_leave_little_open() -> None:
    """Forty rules of a fact each are looked at one by one."""
    names = [f"q{number}" for number in range(40)]
    rules = (rule(f"on-{name}", {**FIRE, name: True}, {"inspect": "housing"}) for name in names)
    assert told(book(*rules, facts=questions(*names)), "open-facts") == []


def test_a_fact_with_a_default_counts_as_known() -> None:
    assert told(asking(13, known=("q0", "q1")), "open-facts") == []


def test_matters_with_the_same_rules_are_told_once() -> None:
    found = only(asking(13, when={}), "open-facts")
    assert found.matters == ("violation", "fire-violation", "fire-lane", "clutter", "complaint")


def test_no_more_is_looked_at_than_the_limit() -> None:
    """Forty facts make a million million kinds of incident; the whole check would take a while."""
    made = asking(41)
    (found,) = open_facts(FindingWriter(made), SurveyedDiagram(made))
    assert len(found.rules) == 40
