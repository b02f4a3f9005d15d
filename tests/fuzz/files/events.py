"""Events of oversight, as delimited text, JSON lines, YAML and tables."""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from fuzz.content import HOSTILE, Record, events
from fuzz.files import jsonl
from fuzz.files.damage import DAMAGE, damaged
from fuzz.trial import Made, Row

__all__ = ["WAYS", "make", "yaml_damage"]

_NAMED = {
    "id": "id",
    "date": "at",
    "handler": "community",
    "note": "note",
    "area": "community",
    "matter": "kind",
}
_NOT_HERE = ("handler-words", "rounded-number", "other-width")
"""What there is only where handlers are recorded."""
_MAPPED = ("column-twice", "column-without-heading")
"""What is refused without a map."""


def make(way: str, chance: random.Random, size: int) -> Made:
    """Make a file of events."""
    form, _, damage = way.partition(":")
    return replace(_FORMS[form](damage, chance, size), kind="events", way=way)


def _delimited(way: str, chance: random.Random, size: int) -> Made:
    made, settings = damaged(events(chance, size), _NAMED, way, chance)
    has_map = bool(settings) or way in _MAPPED or chance.random() < 0.5
    facts = {key: {"column": key} for key in ("id", "kind", "at", "community", "note")}
    written = {"format": settings, "facts": facts}
    made = replace(made, map=json.dumps({"map": written}, ensure_ascii=False) if has_map else "")
    if way == "long-cell":  # what an event says is short
        made = replace(made, rows=tuple(replace(row, may_be_bad=True) for row in made.rows))
    how = "command" if chance.random() < 0.1 else ""
    return replace(made, name=made.name.replace("cases", "events"), how=how)


def _json_lines(way: str, chance: random.Random, size: int) -> Made:
    made = jsonl.damaged(events(chance, size), "kind", way, chance)
    return replace(made, name="events.jsonl", how="command" if chance.random() < 0.1 else "")


def _yaml(way: str, chance: random.Random, size: int) -> Made:
    records = events(chance, size)
    lines = ["events:"] if chance.random() < 0.5 else []
    rows = []
    for record in records:
        lines.append(f"- {json.dumps(dict(record.cells), ensure_ascii=False)}")
        rows.append(Row(len(lines), record.known))
    made = Made("", "", "events.yaml", ("\n".join(lines) + "\n").encode(), tuple(rows))
    return yaml_damage(made, way, chance)


def yaml_damage(made: Made, way: str, chance: random.Random) -> Made:
    """Damage a YAML file; one that cannot be read is told as a whole."""
    if way == "sound":
        return made
    text = made.content.decode()
    at = chance.randrange(len(text))
    marks = "：，{}[]\"'&*!%@#\t\u3000｛｝|>?-\x07\u202e"
    changed = {
        "damaged-marks": lambda: chance.choice(
            (text[:at] + text[at + 1 :], text[:at] + chance.choice(marks) + text[at:])
        ),
        "cut-off": lambda: text[: at or 1],
        "key-twice": lambda: re.sub(r"\}", ', "note": "另一个"}', text, count=1),
        "hostile-text": lambda: text.replace("第", chance.choice(HOSTILE), 1),
        "wrong-encoding": lambda: text,
    }[way]()
    codec = (
        chance.choice(("gb18030", "utf-16", "utf-16-le", "utf-8-sig")) if way == "wrong-encoding" else "utf-8"
    )
    return replace(made, content=changed.encode(codec, "surrogatepass"), may_refuse=True, is_open=True)


def _table(way: str, chance: random.Random, size: int) -> Made:
    records = events(chance, size)
    if way == "parquet":
        stream = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([dict(each.cells) for each in records]), stream)
        rows = tuple(Row(at, each.known) for at, each in enumerate(records, 1))
        return Made("", "", "events.parquet", stream.getvalue(), rows, how="command")
    rows = tuple(Row(at, each.known) for at, each in enumerate(records, 2))
    return Made("", "", "events.xlsx", _workbook(records), rows, how="command")


def _workbook(records: list[Record]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("事件")
        for number, cells in enumerate(
            [list(records[0].cells), *(list(each.cells.values()) for each in records)]
        ):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell)
    return stream.getvalue()


_FORMS: dict[str, Callable[[str, random.Random, int], Made]] = {
    "csv": _delimited,
    "jsonl": _json_lines,
    "yaml": _yaml,
    "table": _table,
}
WAYS = (
    *(f"csv:{way}" for way in DAMAGE if way not in _NOT_HERE),
    *(f"jsonl:{way}" for way in jsonl.WAYS if way not in ("other-width", "late-key")),
    *(
        f"yaml:{way}"
        for way in ("sound", "damaged-marks", "cut-off", "key-twice", "hostile-text", "wrong-encoding")
    ),
    *("table:xlsx", "table:parquet"),
)
