"""Engines of expressions: JSONLogic in three makes, CEL in two, rule-engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from peers.form import Decide, Duty, Peer, Plain, Rule, by_matter


def json_logic(rule: Rule) -> Any:
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


def expression(rule: Rule, *, true: str = "true", false: str = "false", both: str = "&&") -> str:
    """Write a rule's condition as an expression of the common kind."""
    listed = ", ".join(json.dumps(matter) for matter in rule.matters)
    tests = [f"matter in [{listed}]" if len(rule.matters) > 1 else f"matter == {listed}"]
    if rule.kind is not None:
        tests.append(f"community_kind == {json.dumps(rule.kind)}")
    for name, value in (("has_property_company", rule.has_company), ("is_public_area", rule.is_public)):
        if value is not None:
            tests.append(f"{name} == {true if value else false}")
    for name, least in (("repeat_count", rule.repeats), ("reported_at", rule.since)):
        if least is not None:
            tests.append(f"{name} >= {least}")
    return f" {both} ".join(tests)


def _datalogic(listed: list[Rule]) -> Decide:
    """Merge one compiled `if` for each rule: the engine itself runs through all of them."""
    from datalogic_py import Engine

    parts = [{"if": [json_logic(rule), [list(duty) for duty in rule.duties], []]} for rule in listed]
    compiled = Engine().compile({"merge": parts})
    return compiled.evaluate


def _datalogic_split(listed: list[Rule]) -> Decide:
    from datalogic_py import Engine

    engine = Engine()
    split = {
        matter: engine.compile(
            {"merge": [{"if": [json_logic(r), [list(d) for d in r.duties], []]} for r in rules]}
        )
        for matter, rules in by_matter(listed).items()
    }
    return lambda incident: (
        split[incident["matter"]].evaluate(incident) if incident["matter"] in split else ()
    )


def _cel(listed: list[Rule]) -> Decide:
    from cel import Context, compile

    programs = [(compile(expression(rule)), rule.duties) for rule in listed]

    def decide(incident: Plain) -> Iterable[Duty]:
        context = Context(incident)
        return [duty for program, duties in programs if program.execute(context) for duty in duties]

    return decide


def _cel_split(listed: list[Rule]) -> Decide:
    from cel import Context, compile

    split = {
        matter: [(compile(expression(rule)), rule.duties) for rule in rules]
        for matter, rules in by_matter(listed).items()
    }

    def decide(incident: Plain) -> Iterable[Duty]:
        context = Context(incident)
        programs = split.get(incident["matter"], ())
        return [duty for program, duties in programs if program.execute(context) for duty in duties]

    return decide


def _cel_python(listed: list[Rule]) -> Decide:
    from celpy import Environment, json_to_cel

    environment = Environment()
    programs = [(environment.program(environment.compile(expression(rule))), rule.duties) for rule in listed]

    def decide(incident: Plain) -> Iterable[Duty]:
        activation = json_to_cel(incident)
        return [duty for program, duties in programs if program.evaluate(activation) for duty in duties]

    return decide


def _tested(listed: list[Rule], load: Callable[[], Callable[[Any, Plain], Any]]) -> Decide:
    """Ask rule by rule."""
    ask = load()
    logics = [(json_logic(rule), rule.duties) for rule in listed]
    return lambda incident: [duty for logic, duties in logics if ask(logic, incident) for duty in duties]


def _json_logic() -> Callable[[Any, Plain], Any]:
    from json_logic import jsonLogic

    return jsonLogic


def _json_logic_rust() -> Callable[[Any, Plain], Any]:
    from jsonlogic_rs import apply

    return apply


def _rule_engine(listed: list[Rule]) -> Decide:
    import rule_engine as engine

    types = {
        "id": engine.DataType.STRING,
        "matter": engine.DataType.STRING,
        "community_kind": engine.DataType.STRING,
        "has_property_company": engine.DataType.BOOLEAN,
        "is_public_area": engine.DataType.BOOLEAN,
        "repeat_count": engine.DataType.FLOAT,
        "reported_at": engine.DataType.FLOAT,
    }
    context = engine.Context(type_resolver=engine.type_resolver_from_dict(types))
    rules = [(engine.Rule(expression(rule, both="and"), context=context), rule.duties) for rule in listed]
    return lambda incident: [duty for rule, duties in rules if rule.matches(incident) for duty in duties]


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
    Peer(
        "CEL in Python (celpy)",
        ("cel-python",),
        "compiled programs",
        _cel_python,
    ),
    Peer(
        "json-logic in Python",
        ("json-logic-qubit",),
        "rule by rule; it has nothing to compile",
        lambda listed: _tested(listed, _json_logic),
    ),
    Peer(
        "json-logic in Rust",
        ("jsonlogic-rs",),
        "rule by rule; it has nothing to compile",
        lambda listed: _tested(listed, _json_logic_rust),
    ),
    Peer("rule-engine", ("rule-engine",), "compiled rules with typed symbols", _rule_engine),
)
