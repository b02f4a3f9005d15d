"""Decision tables: SQLite, GoRules ZEN, SpiffWorkflow's DMN."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

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


def _spiff(listed: list[Rule]) -> Decide:
    from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
    from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
    from SpiffWorkflow.dmn.specs.model import (
        DecisionTable,
        HitPolicy,
        Input,
        InputEntry,
        Output,
        OutputEntry,
    )
    from SpiffWorkflow.dmn.specs.model import Rule as Row

    table = DecisionTable("duties", "duties", HitPolicy.COLLECT.value)
    table.inputs = [Input(name, name, name, name, "string") for name in _FIELDS]
    place = Output("place", "place", "place", "number")
    table.outputs = [place]
    for number, rule in enumerate(listed):
        row = Row(rule.id)
        row.row_number = number
        for given, cell in zip(table.inputs, _python_cells(rule), strict=True):
            entry = InputEntry(given.id, given)
            entry.lhs = [cell] if cell else []
            row.inputEntries.append(entry)
        out = OutputEntry("place", place)
        out.text, out.parsedRef = str(number), None
        row.outputEntries.append(out)
        table.rules.append(row)
    engine, task = DMNEngine(table), _Task(PythonScriptEngine())

    def decide(incident: Plain) -> Iterable[Duty]:
        task.data = incident
        return [duty for row in engine.decide(task) for duty in listed[row.row_number].duties]

    return decide


class _Task:
    """As much of a workflow's task as the table's engine asks for."""

    data: Plain

    def __init__(self, script: Any) -> None:
        self.script = script
        self.workflow = self

    @property
    def script_engine(self) -> Any:
        return self.script


def _python_cells(rule: Rule) -> tuple[str, ...]:
    return (
        f"? in {list(rule.matters)!r}",
        repr(rule.kind) if rule.kind is not None else "",
        repr(rule.has_company) if rule.has_company is not None else "",
        repr(rule.is_public) if rule.is_public is not None else "",
        f">= {rule.repeats}" if rule.repeats is not None else "",
        f">= {rule.since}" if rule.since is not None else "",
    )


PEERS = (
    Peer("SQLite", (), "in memory, clustered index on the matter, one prepared query", _sqlite),
    Peer("GoRules ZEN", ("zen-engine",), "one decision compiled by the static loader, collect table", _zen),
    Peer("SpiffWorkflow DMN", ("SpiffWorkflow",), "one collect table", _spiff),
)
