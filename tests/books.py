"""
Rulebooks written briefly by hand, over one small vocabulary.

`WORDS` is that vocabulary. A test says only what it is about:

>>> from books import router, rule
>>> clerk = router(rule("blocked-lane", {"matter": "fire-lane"}, {"enforce": "street-office"}))
>>> [duty.party for duty in clerk.route({"matter": "fire-lane"}).duties]
['street-office']
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from dutyroute import Router, Rulebook
from dutyroute.rulebook.build import link

__all__ = [
    "WORDS",
    "Data",
    "book",
    "linked",
    "obligation",
    "questions",
    "recusal",
    "router",
    "rule",
    "save",
    "text",
    "written",
    "yaml",
]

Data = dict[str, Any]


def entry(name: str, chinese: str, **more: Any) -> Data:
    return {"id": name, "name": chinese, "english": name.replace("-", " ").replace("_", " "), **more}


WORDS: Data = {
    "parties": (
        entry("housing", "住建局", level="city"),
        entry("planning", "规划局", level="city"),
        entry("street-office", "街道办", level="street", aliases=("街道", "镇政府")),
        entry("property-company", "物业企业", level="site"),
        entry("owners-committee", "业委会", level="site"),
    ),
    "roles": (
        entry("report", "报告", phase="discover"),
        entry("handle", "处理", phase="act"),
        entry("enforce", "查处", phase="act"),
        entry("inspect", "检查", phase="oversee"),
        entry("attend", "参加"),
        entry("lead", "主办"),
    ),
    "matters": (
        entry("violation", "违法违规"),
        entry("fire-violation", "消防违法", parent="violation"),
        entry("fire-lane", "占用消防通道", parent="fire-violation", aliases=("堵塞消防通道",)),
        entry("clutter", "乱堆乱放", parent="violation"),
        entry("complaint", "投诉"),
    ),
    "facts": (
        entry(
            "respondent",
            "行为人",
            type="enum",
            aliases=("被投诉人",),
            values=(
                entry("owner", "业主", aliases=("房主",)),
                entry("property-company", "物业企业"),
                entry("owners-committee", "业委会"),
            ),
        ),
        entry(
            "reporter",
            "反映人",
            type="enum",
            values=(entry("resident", "居民"), entry("street-office", "街道办")),
        ),
        entry("has_company", "有物业", type="bool"),
        entry("in_community", "小区内", type="bool", default=True),
        entry("urgent", "紧急", type="bool"),
        entry("occupied", "已入住", type="bool"),
        entry("bidders", "投标人数", type="int", at_least=0, at_most=9),
        entry("floor", "楼层", type="int"),
        entry("reported_at", "反映日期", type="date"),
        entry("built_on", "建成日期", type="date"),
    ),
    "flags": (entry("undetermined", "部门待定"), entry("joint-meeting", "联席会议")),
    "instruments": (
        {
            "id": "opinion",
            "title": "意见",
            "english": "Opinion",
            "status": "draft",
            "clauses": tuple(
                {"id": key, "label": f"第{key}条", "heading": "职责", "english": "duties"}
                for key in ("1.1", "1.2", "2.1")
            ),
        },
    ),
}

HEADER: Data = {"id": "test", "title": "试验", "english": "Test", "edition": "1", "date": "reported_at"}


def rule(name: str, when: Data | None = None, assign: Data | None = None, **more: Any) -> Data:
    """Write a rule; what a test does not care about is filled in."""
    filled = {"title": "规则", "cite": "opinion/1.1", "basis": "explicit", **more}
    return {"id": name, "when": when or {}, **({"assign": assign} if assign else {}), **filled}


def obligation(name: str, applies: Data, role: str, **holders: int) -> Data:
    return {"id": name, "title": "要求", "for": applies, "role": role, "holders": holders}


def recusal(fact: str, *roles: str) -> Data:
    return {"fact": fact, "roles": roles, "basis": "inferred"}


def written(*rules: Data, header: Data | None = None, **sections: Any) -> Data:
    """Return the plain data of a rulebook over `WORDS`."""
    return {**deepcopy(WORDS), "rules": rules, **sections, "rulebook": {**HEADER, **(header or {})}}


def questions(*names: str) -> tuple[Data, ...]:
    """Return the facts of `WORDS` and some more that take yes or no."""
    return (*WORDS["facts"], *({"id": q, "name": q, "english": q, "type": "bool"} for q in names))


def linked(data: Mapping[str, Any]) -> Rulebook:
    """Link plain data that has no fault."""
    found, faults = link(data)
    assert found is not None, "\n".join(map(str, faults))
    return found


def book(*rules: Data, header: Data | None = None, **sections: Any) -> Rulebook:
    """Build a rulebook over `WORDS`."""
    return linked(written(*rules, header=header, **sections))


def router(*rules: Data, header: Data | None = None, **sections: Any) -> Router:
    """Build a router for a rulebook over `WORDS`."""
    return Router(book(*rules, header=header, **sections))


# -- as files


def yaml(value: Any) -> str:
    """Write plain data as YAML, in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(yaml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def save(data: Mapping[str, Any], path: Path) -> None:
    """Write a rulebook as one file, replacing it at a stroke."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text(data), encoding="utf-8")
    fresh.replace(path)


def text(data: Mapping[str, Any]) -> str:
    """Write sections of a rulebook as a person would: a key, and a list below it."""
    return "".join(_section(kind, value) for kind, value in data.items() if value not in ((), None))


def _section(kind: str, value: Any) -> str:
    if kind == "instruments":
        (only,) = value
        return f"instrument: {yaml(only)}\n"
    if not isinstance(value, tuple):
        return f"{kind}: {yaml(value)}\n"
    return f"{kind}:\n" + "".join(f"  - {yaml(each)}\n" for each in value)
