"""Incidents for `route`, as JSON lines, JSON and YAML."""

from __future__ import annotations

import json
import random
from dataclasses import replace

from fuzz.content import incidents
from fuzz.files import jsonl
from fuzz.files.events import yaml_damage
from fuzz.trial import Made, Row

__all__ = ["WAYS", "make"]


def make(way: str, chance: random.Random, size: int) -> Made:
    """Make a file of incidents."""
    form, _, damage = way.partition(":")
    if form == "jsonl":
        made = jsonl.damaged(incidents(chance, size), "matter", damage, chance)
        # Other encodings than UTF-8 are refused line by line.
        is_open = damage == "wrong-encoding"
        return replace(made, kind="incidents", way=way, name="incidents.jsonl", is_open=is_open)
    records = incidents(chance, size)
    lines, rows = ["incidents:"] if form == "yaml" and chance.random() < 0.5 else [], []
    for record in records:
        told = json.dumps(dict(record.cells), ensure_ascii=False)
        lines.append(f"- {told}" if form == "yaml" else f"{told},")
        rows.append(Row(len(lines), record.known))
    text = "\n".join(lines) if form == "yaml" else "[" + "\n".join(lines).removesuffix(",") + "]"
    made = Made("incidents", way, f"incidents.{form}", f"{text}\n".encode(), tuple(rows))
    return yaml_damage(made, damage, chance)


_DAMAGES = ("sound", "damaged-marks", "cut-off", "key-twice", "hostile-text", "wrong-encoding")
WAYS = (
    *(f"jsonl:{way}" for way in jsonl.WAYS if way not in ("late-key",)),
    *(f"json:{way}" for way in _DAMAGES),
    *(f"yaml:{way}" for way in _DAMAGES),
)
