"""Production systems: CLIPS, durable-rules, Drools."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from workload import KINDS

from peers.form import Decide, Duty, Peer, Plain, Rule, by_matter

_SLOTS = ("kind", "company", "public", "repeats", "day")


def _clips(listed: list[Rule]) -> Decide:
    """
    Split by matter into rules of one constant each; every match asserts nothing but calls back.

    clipspy 1.0.6 never releases a fact (`Fact.__del__` calls `ReleaseFact` with an
    argument too many and swallows the error), which slows it down with every
    fact: it is released here.
    """
    import clips
    from clips._clips import lib

    environment = clips.Environment()
    slots = " ".join(f"(slot {name})" for name in _SLOTS)
    split = by_matter(listed)
    for matter in split:
        environment.build(f"(deftemplate {matter} {slots})")
    found: list[int] = []
    environment.define_function(found.append, "hit")
    for number, rule in enumerate(listed):
        for matter in rule.matters:
            environment.build(f"(defrule r{number}-{matter} ({matter} {_pattern(rule)}) => (hit {number}))")
    templates = {matter: environment.find_template(matter).assert_fact for matter in split}
    kinds = {kind: clips.Symbol(kind) for kind in KINDS}
    said = {True: clips.Symbol("yes"), False: clips.Symbol("no")}

    def decide(incident: Plain) -> Iterable[Duty]:
        found.clear()
        if incident["matter"] not in templates:
            return ()
        fact = templates[incident["matter"]](
            kind=kinds[incident["community_kind"]],
            company=said[incident["has_property_company"]],
            public=said[incident["is_public_area"]],
            repeats=incident["repeat_count"],
            day=incident["reported_at"],
        )
        environment.run()
        fact.retract()
        lib.ReleaseFact(fact._fact)
        return [duty for number in sorted(found) for duty in listed[number].duties]

    return decide


def _pattern(rule: Rule) -> str:
    parts = []
    if rule.kind is not None:
        parts.append(f"(kind {rule.kind})")
    for slot, value in (("company", rule.has_company), ("public", rule.is_public)):
        if value is not None:
            parts.append(f"({slot} {'yes' if value else 'no'})")
    for slot, least in (("repeats", rule.repeats), ("day", rule.since)):
        if least is not None:
            parts.append(f"({slot} ?{slot}&:(>= ?{slot} {least}))")
    return " ".join(parts)


def _durable(listed: list[Rule]) -> Decide:
    """Assert and retract one fact; at most 200 rules a ruleset, as beyond that it has been seen to crash."""
    from durable import engine

    class Host(engine.Host):  # type: ignore[misc]
        def _run(self) -> None:
            """Run no timers: nothing here waits."""

    found: list[int] = []

    def noting(number: int) -> Callable[[Any], None]:
        return lambda _: found.append(number)  # a default argument would be taken for one of its own

    host = Host()
    names = []
    for first in range(0, len(listed), 200):
        name = f"rules{first}"
        names.append(name)
        rules: Plain = {"open": {"all": [{"m": {"$and": [{"t": "open"}]}}], "run": lambda _: None}}
        for number in range(first, min(first + 200, len(listed))):
            for which, matter in enumerate(listed[number].matters):
                rules[f"r{number}_{which}"] = {
                    "all": [{"m": _conjunction(listed[number], matter)}],
                    "run": noting(number),
                }
        host.set_rulesets({name: rules})
        host.assert_fact(name, {"t": "open", "fid": -1})
    serial = iter(range(10**12))

    def decide(incident: Plain) -> Iterable[Duty]:
        found.clear()
        fact = {
            "t": "incident",
            "fid": next(serial),
            "matter": incident["matter"],
            "kind": incident["community_kind"],
            "company": incident["has_property_company"],
            "public": incident["is_public_area"],
            "repeats": incident["repeat_count"],
            "day": incident["reported_at"],
        }
        for name in names:
            try:
                host.assert_fact(name, fact)
            except engine.MessageNotHandledException:
                continue
            host.retract_fact(name, fact)
        return [duty for number in sorted(found) for duty in listed[number].duties]

    return decide


def _conjunction(rule: Rule, matter: str) -> Plain:
    tests: list[Plain] = [{"t": "incident"}, {"matter": matter}]
    for name, value in (("kind", rule.kind), ("company", rule.has_company), ("public", rule.is_public)):
        if value is not None:
            tests.append({name: value})
    for name, least in (("repeats", rule.repeats), ("day", rule.since)):
        if least is not None:
            tests.append({"$gte": {name: least}})
    return {"$and": tests}


def _drools(listed: list[Rule]) -> Decide:
    """Split by matter into one session each, as its rules have no index over sets."""
    java = shutil.which("java")
    if java is not None:
        os.environ.setdefault("JAVA_HOME", str(Path(java).resolve().parent.parent))
    from drools.rule import Rule as Named
    from drools.ruleset import Ruleset

    found: list[int] = []
    sessions: dict[str, Any] = {}
    for matter, rules in by_matter(listed).items():
        numbers = [listed.index(rule) for rule in rules]
        written = [_drools_rule(listed[number], number) for number in numbers]
        session = Ruleset(
            name=matter,
            serialized_ruleset=json.dumps(
                {
                    "name": matter,
                    "match_multiple_rules": True,
                    "hosts": ["all"],
                    "sources": [],
                    "rules": written,
                }
            ),
        )
        for number in numbers:
            session.add_rule(Named(f"r{number}", lambda _, number=number: found.append(number)))
        sessions[matter] = session

    def decide(incident: Plain) -> Iterable[Duty]:
        found.clear()
        session = sessions.get(incident["matter"])
        if session is None:
            return ()
        session.assert_event(json.dumps(incident))
        return [duty for number in sorted(found) for duty in listed[number].duties]

    return decide


def _drools_rule(rule: Rule, number: int) -> Plain:
    tests: list[Plain] = []

    def test(kind: str, name: str, side: Plain) -> None:
        tests.append({kind: {"lhs": {"Event": name}, "rhs": side}})

    if rule.kind is not None:
        test("EqualsExpression", "community_kind", {"String": rule.kind})
    for name, value in (("has_property_company", rule.has_company), ("is_public_area", rule.is_public)):
        if value is not None:
            test("EqualsExpression", name, {"Boolean": value})
    for name, least in (("repeat_count", rule.repeats), ("reported_at", rule.since)):
        if least is not None:
            test("GreaterThanOrEqualToExpression", name, {"Integer": least})
    if not tests:
        test("GreaterThanOrEqualToExpression", "repeat_count", {"Integer": 0})
    joined = tests[0]
    for each in tests[1:]:
        joined = {"AndExpression": {"lhs": joined, "rhs": each}}
    return {
        "Rule": {"name": f"r{number}", "condition": {"AllCondition": [joined]}, "action": {}, "enabled": True}
    }


PEERS = (
    Peer(
        "CLIPS",
        ("clipspy",),
        "one environment, rules split by matter, fact retracted and released",
        _clips,
        is_partitioned=True,
    ),
    Peer("durable-rules", ("durable_rules",), "facts asserted and retracted, no timers", _durable),
    Peer(
        "Drools",
        ("drools_jpy",),
        "one session for each matter, picked by our code (Java 17)",
        _drools,
        is_partitioned=True,
    ),
)
