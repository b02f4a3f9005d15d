"""Engines that evaluate expressions: datalogic (JSONLogic) and CEL, both in Rust."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from peers.form import Decide, Duty, Peer, Plain, Rule, by_matter


def _json_logic(rule: Rule) -> Any:
    """Write a rule's condition in JSONLogic."""
    tests: list[Any] = [
        {"in": [{"var": "matter"}, list(rule.matters)]}
        if len(rule.matters) > 1
        else {"==": [{"var": "matter"}, rule.matters[0]]}
    ]
    for name, value in (
        ("community_kind", rule.kind),
        ("has_property_company", rule.has_company),
        ("is_public_area", rule.is_public),
    ):
        if value is not None:
            tests.append({"==": [{"var": name}, value]})
    for name, least in (("repeat_count", rule.repeats), ("reported_at", rule.since)):
        if least is not None:
            tests.append({">=": [{"var": name}, least]})
    return {"and": tests} if len(tests) > 1 else tests[0]


def _expression(rule: Rule) -> str:
    """Write a rule's condition in CEL."""
    listed = ", ".join(json.dumps(matter) for matter in rule.matters)
    tests = [f"matter in [{listed}]" if len(rule.matters) > 1 else f"matter == {listed}"]
    if rule.kind is not None:
        tests.append(f"community_kind == {json.dumps(rule.kind)}")
    for name, value in (("has_property_company", rule.has_company), ("is_public_area", rule.is_public)):
        if value is not None:
            tests.append(f"{name} == {json.dumps(value)}")
    for name, least in (("repeat_count", rule.repeats), ("reported_at", rule.since)):
        if least is not None:
            tests.append(f"{name} >= {least}")
    return " && ".join(tests)


def _datalogic(listed: list[Rule]) -> Decide:
    """Merge one compiled `if` for each rule: the engine itself runs through all of them."""
    from datalogic_py import Engine

    parts = [{"if": [_json_logic(rule), [list(duty) for duty in rule.duties], []]} for rule in listed]
    compiled = Engine().compile({"merge": parts})
    return compiled.evaluate


def _datalogic_split(listed: list[Rule]) -> Decide:
    from datalogic_py import Engine

    engine = Engine()
    split = {
        matter: engine.compile(
            {"merge": [{"if": [_json_logic(r), [list(d) for d in r.duties], []]} for r in rules]}
        )
        for matter, rules in by_matter(listed).items()
    }
    return lambda incident: (
        split[incident["matter"]].evaluate(incident) if incident["matter"] in split else ()
    )


def _cel(listed: list[Rule]) -> Decide:
    from cel import Context, compile

    programs = [(compile(_expression(rule)), rule.duties) for rule in listed]

    def decide(incident: Plain) -> Iterable[Duty]:
        context = Context(incident)
        return [duty for program, duties in programs if program.execute(context) for duty in duties]

    return decide


def _cel_split(listed: list[Rule]) -> Decide:
    from cel import Context, compile

    split = {
        matter: [(compile(_expression(rule)), rule.duties) for rule in rules]
        for matter, rules in by_matter(listed).items()
    }

    def decide(incident: Plain) -> Iterable[Duty]:
        context = Context(incident)
        programs = split.get(incident["matter"], ())
        return [duty for program, duties in programs if program.execute(context) for duty in duties]

    return decide


PEERS = (
    Peer(
        "datalogic (JSONLogic in Rust)",
        ("datalogic-py",),
        "one rule compiled once, `merge` over all",
        _datalogic,
    ),
    Peer(
        "datalogic, split by matter",
        ("datalogic-py",),
        "one compiled rule for each matter, picked by our code",
        _datalogic_split,
        is_partitioned=True,
    ),
    Peer("CEL in Rust", ("common-expression-language",), "compiled expressions, one context", _cel),
    Peer(
        "CEL in Rust, split by matter",
        ("common-expression-language",),
        "compiled expressions of the matter, picked by our code",
        _cel_split,
        is_partitioned=True,
    ),
)
