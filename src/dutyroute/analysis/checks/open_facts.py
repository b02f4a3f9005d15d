"""Matters about which an incident can leave too many facts open for its answers to be listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dutyroute.analysis.checks.finding import Finding, FindingWriter, few
from dutyroute.analysis.checks.survey import SurveyedDiagram
from dutyroute.analysis.checks.witness import WIDEST
from dutyroute.diagram.unknowns import Reach, TooOpen
from dutyroute.rulebook.conditions import tests, verdict
from dutyroute.rulebook.vocabulary import MATTER, Plain

Concerned = tuple[tuple[str, ...], tuple[str, ...]]
"""Facts that several rules test, and the rules that test them."""


def open_facts(writer: FindingWriter, whole: SurveyedDiagram) -> Iterator[Finding]:
    """
    Yield the matters of which an incident that says nothing else reaches too many places.

    Matters on which this comes from the same rules are one finding.
    """
    defaults = writer.words.defaults
    found: dict[Concerned, list[str]] = {}
    for matter in writer.words.matters:
        # Nearly all matters are small enough to need no walk; any walk ends at the limit.
        if whole.is_narrow(matter, defaults, WIDEST):
            continue
        try:
            Reach(whole, matter, defaults, WIDEST)
        except TooOpen:
            found.setdefault(_concerned(writer, {**defaults, MATTER: matter}), []).append(matter)
    for (facts, rules), matters in found.items():
        yield writer.finding(
            "open-facts",
            ("matters", matters[0]),
            {
                "matters": writer.names("matters", matters),
                "facts": writer.names("facts", facts),
                "rules": few([f"`{name}`" for name in rules]),
                "limit": f"{WIDEST:,}",
            },
            rules=rules,
            witness={MATTER: matters[0]},
            matters=matters,
            about=matters[:1],
        )


def _concerned(writer: FindingWriter, known: dict[str, Plain]) -> Concerned:
    """List the open facts that tie rules together, so that their places multiply, and these rules."""
    rulebook = writer.rulebook
    tested = {
        name: {test.fact for test in tests(rulebook.conditions["rules", name])} - known.keys()
        for name in rulebook.deciding
        if verdict(rulebook.conditions["rules", name], known) is None
    }
    count = Counter(fact for facts in tested.values() for fact in facts)
    shared = {fact for fact in count if count[fact] > 1} or set(count)
    facts = tuple(fact for fact in rulebook.vocabulary.facts if fact in shared)
    return facts, tuple(name for name in tested if tested[name] & shared)
