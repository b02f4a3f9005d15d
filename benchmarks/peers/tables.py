"""Engines that take rules as data: SQLite, GoRules ZEN (decision tables), Rego (policies)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from peers.form import Decide, Duty, Peer, Plain, Rule

_SQL = """
SELECT party, role FROM rules
WHERE matter = :matter
  AND (kind IS NULL OR kind = :community_kind)
  AND (has_company IS NULL OR has_company = :has_property_company)
  AND (is_public IS NULL OR is_public = :is_public_area)
  AND (repeats IS NULL OR repeats <= :repeat_count)
  AND (since IS NULL OR since <= :reported_at)
ORDER BY place
"""


def _sqlite(listed: list[Rule]) -> Decide:
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE TABLE rules (matter TEXT, place INTEGER, kind TEXT, has_company INTEGER, is_public INTEGER,"
        " repeats INTEGER, since INTEGER, party TEXT, role TEXT, PRIMARY KEY (matter, place)) WITHOUT ROWID"
    )
    rows = [
        (matter, rule.kind, rule.has_company, rule.is_public, rule.repeats, rule.since, *duty)
        for rule in listed
        for matter in rule.matters
        for duty in rule.duties
    ]
    numbered = [(matter, place, *rest) for place, (matter, *rest) in enumerate(rows)]
    database.executemany("INSERT INTO rules VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", numbered)
    database.commit()
    ask = database.cursor().execute
    return lambda incident: ask(_SQL, incident).fetchall()


def _zen(listed: list[Rule]) -> Decide:
    import zen

    loader = {"type": "static", "content": {"duties": _table(listed)}}
    evaluate = zen.ZenEngine({"loader": loader}).evaluate
    duties = [list(rule.duties) for rule in listed]

    def decide(incident: Plain) -> Iterable[Duty]:
        found = evaluate("duties", incident)["result"]
        return [duty for row in found for duty in duties[row["place"]]]

    return decide


_FIELDS = (
    "matter",
    "community_kind",
    "has_property_company",
    "is_public_area",
    "repeat_count",
    "reported_at",
)


def _table(listed: list[Rule]) -> Plain:
    """Write one decision table with hit policy collect."""
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": f, "type": "expression", "field": f, "name": f} for f in _FIELDS],
        "outputs": [{"id": "place", "type": "expression", "field": "place", "name": "place"}],
        "rules": [{"_id": rule.id, **_cells(rule), "place": str(n)} for n, rule in enumerate(listed)],
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {
            "id": "table",
            "type": "decisionTableNode",
            "name": "table",
            "content": table,
            "position": {"x": 1, "y": 0},
        },
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": nodes, "edges": edges}


def _cells(rule: Rule) -> dict[str, str]:
    return {
        "matter": ", ".join(json.dumps(matter) for matter in rule.matters),
        "community_kind": json.dumps(rule.kind) if rule.kind is not None else "",
        "has_property_company": json.dumps(rule.has_company) if rule.has_company is not None else "",
        "is_public_area": json.dumps(rule.is_public) if rule.is_public is not None else "",
        "repeat_count": f">= {rule.repeats}" if rule.repeats is not None else "",
        "reported_at": f">= {rule.since}" if rule.since is not None else "",
    }


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


PEERS = (
    Peer("SQLite", (), "in memory, clustered index on the matter, one prepared query", _sqlite),
    Peer("GoRules ZEN", ("zen-engine",), "one decision compiled by the static loader, collect table", _zen),
    Peer("Rego", ("regopy",), "rules as data, by matter; one compiled query", _rego),
)
