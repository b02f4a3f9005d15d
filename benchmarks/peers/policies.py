"""Engines of authorisation, and rules written as Python: casbin, Cedar, Rego, business-rules and others."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from peers.form import Decide, Duty, Peer, Plain, Rule
from peers.logic import expression


def _casbin(listed: list[Rule]) -> Decide:
    """
    One policy line a rule and matter; a function in the matcher notes each that fits.

    `enforce` says allowed or not, not by which policies. Under deny-override it
    looks at every one of them, so that one call finds all.
    """
    import casbin
    from casbin.model import Model

    model = Model()
    model.load_model_from_text(
        "[request_definition]\nr = sub, matter\n"
        "[policy_definition]\np = matter, kind, company, public, repeats, since, number\n"
        "[policy_effect]\ne = !some(where (p.eft == deny))\n"
        "[matchers]\nm = r.matter == p.matter && fits(r.sub, p.kind, p.company, p.public,"
        " p.repeats, p.since, p.number)\n"
    )
    enforcer = casbin.Enforcer(model)
    found: list[int] = []

    def fits(sub: Plain, kind: str, company: str, public: str, repeats: str, since: str, number: str) -> bool:
        fitting = (
            kind in ("*", sub["community_kind"])
            and company in ("*", str(sub["has_property_company"]))
            and public in ("*", str(sub["is_public_area"]))
            and (repeats == "*" or sub["repeat_count"] >= int(repeats))
            and (since == "*" or sub["reported_at"] >= int(since))
        )
        if fitting:
            found.append(int(number))
        return fitting

    enforcer.add_function("fits", fits)
    for number, rule in enumerate(listed):
        tests = (rule.kind, rule.has_company, rule.is_public, rule.repeats, rule.since)
        for matter in rule.matters:
            enforcer.add_policy(matter, *("*" if t is None else str(t) for t in tests), str(number))

    def decide(incident: Plain) -> Iterable[Duty]:
        found.clear()
        enforcer.enforce(incident, incident["matter"])
        return [duty for number in sorted(found) for duty in listed[number].duties]

    return decide


def _cedar(listed: list[Rule]) -> Decide:
    """One policy a rule; the policies that decided are the rules that match."""
    from cedarpy import Entities, PolicySet, is_authorized

    texts = [
        f'@id("{number}") permit(principal, action, resource) when {{ {_cedar_when(rule)} }};'
        for number, rule in enumerate(listed)
    ]
    policies, entities = PolicySet.from_str("\n".join(texts)), Entities.from_json_str("[]")
    names = (
        "matter",
        "community_kind",
        "has_property_company",
        "is_public_area",
        "repeat_count",
        "reported_at",
    )

    def decide(incident: Plain) -> Iterable[Duty]:
        request = {
            "principal": 'Desk::"hotline"',
            "action": 'Action::"route"',
            "resource": 'Incident::"one"',
            "context": {name: incident[name] for name in names},
        }
        reasons = is_authorized(request, policies, entities).diagnostics.reasons
        numbers = sorted(int(reason.removeprefix("policy")) for reason in reasons)
        return [duty for number in numbers for duty in listed[number].duties]

    return decide


def _cedar_when(rule: Rule) -> str:
    parts = []
    for part in expression(rule).split(" && "):
        name, _, rest = part.partition(" ")
        listed = rest.removeprefix("in ")
        parts.append(
            f"{listed}.contains(context.{name})" if rest.startswith("in ") else f"context.{name} {rest}"
        )
    return " && ".join(parts)


_REGO = """package duties

import rego.v1

found := [rule.place |
    some rule in data.rules[input.matter]
    object.get(rule, "kind", input.community_kind) == input.community_kind
    object.get(rule, "company", input.has_property_company) == input.has_property_company
    object.get(rule, "public", input.is_public_area) == input.is_public_area
    object.get(rule, "repeats", 0) <= input.repeat_count
    object.get(rule, "since", 0) <= input.reported_at
]
"""


def _rego(listed: list[Rule]) -> Decide:
    """Rules as data, by matter, and one query compiled into a bundle."""
    from regopy import Input, Interpreter

    def data(rule: Rule, place: int) -> Plain:
        tests = {
            "kind": rule.kind,
            "company": rule.has_company,
            "public": rule.is_public,
            "repeats": rule.repeats,
            "since": rule.since,
        }
        known = {name: value for name, value in tests.items() if value is not None}
        return {"place": place, **known}

    interpreter = Interpreter()
    interpreter.add_module("duties", _REGO)
    split: dict[str, list[Plain]] = {}
    for place, rule in enumerate(listed):
        for matter in rule.matters:
            split.setdefault(matter, []).append(data(rule, place))
    interpreter.add_data({"rules": split})
    bundle = interpreter.build("found = data.duties.found")

    def decide(incident: Plain) -> Iterable[Duty]:
        interpreter.set_input(Input({name: value for name, value in incident.items() if name != "id"}))
        places = json.loads(str(interpreter.query_bundle(bundle)))["bindings"].get("found", ())
        return [duty for place in sorted(places) for duty in listed[place].duties]

    return decide


def _business_rules(listed: list[Rule]) -> Decide:
    from business_rules import run_all
    from business_rules.actions import BaseActions, rule_action
    from business_rules.fields import FIELD_NUMERIC
    from business_rules.variables import (
        BaseVariables,
        boolean_rule_variable,
        numeric_rule_variable,
        string_rule_variable,
    )

    class Known(BaseVariables):  # type: ignore[misc]
        def __init__(self, incident: Plain) -> None:
            self.incident = incident

    def variable(name: str, kind: Any) -> Any:
        def read(self: Any) -> Any:
            return self.incident[name]

        read.__name__ = name
        return kind()(read)

    for name, kind in (
        ("matter", string_rule_variable),
        ("community_kind", string_rule_variable),
        ("has_property_company", boolean_rule_variable),
        ("is_public_area", boolean_rule_variable),
        ("repeat_count", numeric_rule_variable),
        ("reported_at", numeric_rule_variable),
    ):
        setattr(Known, name, variable(name, kind))

    class Assign(BaseActions):  # type: ignore[misc]
        def __init__(self) -> None:
            self.found: list[int] = []

        @rule_action(params={"place": FIELD_NUMERIC})  # type: ignore[untyped-decorator]
        def hit(self, place: int) -> None:
            self.found.append(place)

    rules = [
        {"conditions": {"all": _tests(rule)}, "actions": [{"name": "hit", "params": {"place": place}}]}
        for place, rule in enumerate(listed)
    ]

    def decide(incident: Plain) -> Iterable[Duty]:
        assigned = Assign()
        run_all(rule_list=rules, defined_variables=Known(incident), defined_actions=assigned)
        return [duty for place in assigned.found for duty in listed[place].duties]

    return decide


def _tests(rule: Rule) -> list[Plain]:
    def test(name: str, operator: str, value: Any) -> Plain:
        return {"name": name, "operator": operator, "value": value}

    matters = [test("matter", "equal_to", matter) for matter in rule.matters]
    tests: list[Plain] = [{"any": matters}] if len(matters) > 1 else matters
    if rule.kind is not None:
        tests.append(test("community_kind", "equal_to", rule.kind))
    for name, value in (("has_property_company", rule.has_company), ("is_public_area", rule.is_public)):
        if value is not None:
            tests.append(test(name, "is_true" if value else "is_false", True))
    for name, least in (("repeat_count", rule.repeats), ("reported_at", rule.since)):
        if least is not None:
            tests.append(test(name, "greater_than_or_equal_to", least))
    return tests


def _business_rule_engine(listed: list[Rule]) -> Decide:
    from business_rule_engine import RuleParser

    found: list[int] = []
    parser = RuleParser()
    parser.register_function(found.append, "hit")
    python = [expression(rule, true="True", false="False", both="and") for rule in listed]
    parser.parsestr(
        "\n".join(
            f'rule "r{n}"\nwhen\n    {text}\nthen\n    hit({n})\nend\n' for n, text in enumerate(python)
        )
    )

    def decide(incident: Plain) -> Iterable[Duty]:
        found.clear()
        parser.execute(incident, stop_on_first_trigger=False)
        return [duty for place in sorted(found) for duty in listed[place].duties]

    return decide


PEERS = (
    Peer("Cedar", ("cedarpy",), "policies and entities parsed once, one policy a rule", _cedar),
    Peer(
        "Rego",
        ("regopy",),
        "rules as data, by matter; one compiled query",
        _rego,
    ),
    Peer(
        "casbin",
        ("casbin",),
        "one policy line a rule and matter; a function in the matcher notes which fit, as `enforce` does not say",
        _casbin,
    ),
    Peer("business-rules", ("business-rules",), "run_all over the rules", _business_rules),
    Peer("business-rule-engine", ("business-rule-engine",), "rules parsed once", _business_rule_engine),
)
