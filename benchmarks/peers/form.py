"""The workload in a form that any engine can be given: rules without a vocabulary, and the plain oracle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import workload

Duty = tuple[str, str]
"""A party and its role."""

Plain = dict[str, Any]
Decide = Callable[[Plain], Iterable[Duty]]
"""Takes an incident, its day as a number; gives the duties of every matching rule, in the order of the rules."""


@dataclass(frozen=True)
class Rule:
    """What a rule tests, None where it does not, and the duties that it gives."""

    id: str
    matters: tuple[str, ...]
    kind: str | None
    has_company: bool | None
    is_public: bool | None
    repeats: int | None
    since: int | None
    duties: tuple[Duty, ...]


@dataclass(frozen=True)
class Peer:
    """
    An engine: how it is set up, and which packages it is.

    `is_partitioned` says that our code first picks the rules of the matter, which
    is more than the engine's documentation shows.
    """

    name: str
    packages: tuple[str, ...]
    way: str
    build: Callable[[list[Rule]], Decide]
    is_partitioned: bool = False


def rules(count: int, matters: int) -> list[Rule]:
    """Generate the rules."""
    return [_rule(each) for each in workload.rulebook(count, matters)["rules"]]


def _rule(written: Plain) -> Rule:
    when = written["when"]
    about = when["matter"]
    since = when.get("reported_at", {}).get("at_least")
    return Rule(
        written["id"],
        (about,) if isinstance(about, str) else tuple(dict.fromkeys(about)),
        when.get("community_kind"),
        when.get("has_property_company"),
        when.get("is_public_area"),
        when.get("repeat_count", {}).get("at_least"),
        since.toordinal() if since else None,
        tuple((party, role) for role, party in written["assign"].items()),
    )


def flat(incident: Plain) -> Plain:
    """Write the day as a number: not every engine knows days."""
    day: date = incident["reported_at"]
    return {**incident, "reported_at": day.toordinal()}


def oracle(listed: list[Rule]) -> Decide:
    """Interpret the rules one by one, obviously right."""

    def decide(incident: Plain) -> Iterable[Duty]:
        return [duty for rule in listed if matches(rule, incident) for duty in rule.duties]

    return decide


def matches(rule: Rule, incident: Plain) -> bool:
    """Whether a rule matches an incident."""
    return (
        incident["matter"] in rule.matters
        and rule.kind in (None, incident["community_kind"])
        and rule.has_company in (None, incident["has_property_company"])
        and rule.is_public in (None, incident["is_public_area"])
        and (rule.repeats is None or incident["repeat_count"] >= rule.repeats)
        and (rule.since is None or incident["reported_at"] >= rule.since)
    )


def by_matter(listed: list[Rule]) -> dict[str, list[Rule]]:
    """Split the rules by the matter that they test."""
    found: dict[str, list[Rule]] = {}
    for rule in listed:
        for matter in rule.matters:
            found.setdefault(matter, []).append(rule)
    return found
