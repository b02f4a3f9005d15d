"""JSON Schemas of the YAML files, for editors that complete and explain."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from dutyroute.cases.cases import ANYONE, WrittenCase
from dutyroute.rulebook.build import KINDS
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD, Header
from dutyroute.rulebook.types import Model
from dutyroute.rulebook.vocabulary import MATTER, Entry, Fact

__all__ = ["FILES", "schemas", "write_schemas"]

Schema = dict[str, Any]

FILES: dict[str, tuple[str, ...]] = {
    "rulebook": ("rulebook", "obligations", "recusal", "impossible"),
    "vocabulary": ("parties", "roles", "matters", "facts", "flags"),
    "instrument": ("instrument",),
    "rules": ("rules", "obligations", "recusal", "impossible"),
    "oversight": ("settings", "counters", "measures", "ratings"),
    "cases": ("cases",),
}
"""The kinds of file, and the keys that stand at the top of each."""

_SECTIONS: dict[str, tuple[type[Model], str]] = {
    "rulebook": (Header, "规则库的基本信息"),
    "parties": (KINDS["parties"], "主体：谁可以承担职责"),
    "roles": (KINDS["roles"], "角色：职责的种类"),
    "matters": (KINDS["matters"], "事项：案件讲的是什么事"),
    "facts": (KINDS["facts"], "事实：案件的属性"),
    "flags": (KINDS["flags"], "标志：决定中要提示的事"),
    "instrument": (KINDS["instruments"], "政策文件及其条款"),
    "rules": (KINDS["rules"], "规则：什么条件下谁承担什么职责"),
    "obligations": (KINDS["obligations"], "要求：每个决定都必须满足"),
    "recusal": (KINDS["recusal"], "回避：主体涉及自身时不能承担的角色"),
    "settings": (KINDS["settings"], "参数：原文没有规定、须由人决定的数"),
    "counters": (KINDS["counters"], "计数：一段时间内有多少件"),
    "measures": (KINDS["measures"], "措施：什么情况下向谁建议什么"),
    "ratings": (KINDS["ratings"], "信用评价：分值和星级"),
    "cases": (WrittenCase, "案例：案件和期望的职责"),
}
_SINGLE = ("rulebook", "instrument")


def schemas(rulebook: Rulebook | None = None) -> dict[str, Schema]:
    """
    Return the JSON Schema (2020-12) of each kind of file.

    With a rulebook, every place that takes an identifier lists those that exist,
    with their Chinese names; without one, any well-formed identifier will do.
    """
    files = {kind: _file(kind, sections, rulebook) for kind, sections in FILES.items()}
    return {**files, "map": _framed("map", {"map": _map(rulebook)}, {}, required=["map"])}


def write_schemas(folder: Path, rulebook: Rulebook | None = None) -> tuple[Path, ...]:
    """Write one file for each kind into a folder, and return them; the same rulebook writes the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, schema in schemas(rulebook).items():
        path = folder / f"{kind}.json"
        path.write_text(json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
        written.append(path)
    return tuple(written)


def _file(kind: str, sections: tuple[str, ...], rulebook: Rulebook | None) -> Schema:
    models = [_SECTIONS[s][0] for s in sections if s in _SECTIONS]
    references, made = models_json_schema([(m, "validation") for m in models], by_alias=True)
    defs: dict[str, Schema] = made["$defs"]
    for name, found in defs.items():
        _tidy(name, found)
    if rulebook is not None:
        _name_words(defs, rulebook)
    return _framed(kind, {s: _section(s, references) for s in sections}, defs)


def _framed(kind: str, properties: Schema, defs: dict[str, Schema], **more: Any) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"dutyroute {kind}",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "minProperties": 1,
        "$defs": defs,
        **more,
    }


def _section(section: str, references: Mapping[Any, Any]) -> Schema:
    if section == "impossible":
        return {"title": "不可能同时成立的条件", "type": "array", "items": _CONDITION}
    model, title = _SECTIONS[section]
    entry = references[model, "validation"]
    if section in _SINGLE:
        return {"title": title, **entry}
    many = {"title": title, "type": "array", "items": entry}
    return {"title": title, "anyOf": [entry, many]} if section == "recusal" else many


_CONDITION: Schema = {"$ref": "#/$defs/Condition"}
_TITLES = {
    "Header": "规则库",
    "Period": "有效期",
    "Party": "主体",
    "Role": "角色",
    "Matter": "事项",
    "Fact": "事实",
    "Value": "取值",
    "Flag": "标志",
    "Instrument": "文件",
    "Clause": "条款",
    "Rule": "规则",
    "Assignment": "职责",
    "Obligation": "要求",
    "Holders": "承担者数",
    "Recusal": "回避",
    "Setting": "参数",
    "Counter": "计数",
    "Counts": "计数范围",
    "Measure": "措施",
    "Change": "加减分",
    "Level": "星级",
    "Rating": "信用评价",
    "WrittenCase": "案例",
    "Expectation": "期望",
}


def _tidy(name: str, schema: Schema) -> None:
    """Give a model its Chinese title; its docstring is for programmers."""
    schema["title"] = _TITLES.get(name, name)
    schema.pop("description", None)
    for prop in schema.get("properties", {}).values():
        prop.pop("default", None)
    for field, shape in _SHAPES.get(name, {}).items():
        prop = schema["properties"][field]
        kept = {key: prop[key] for key in ("title", "description") if key in prop}
        schema["properties"][field] = {**kept, **shape(prop)}


def _or_one(prop: Schema) -> Schema:
    """Allow a scalar where a list of one is meant."""
    found = next((p for p in prop.get("anyOf", (prop,)) if p.get("type") == "array"), prop)
    return {
        "anyOf": [
            found.get("items", {}),
            {k: v for k, v in found.items() if k not in ("title", "description")},
        ]
    }


def _assignees(_: Schema) -> Schema:
    one = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Assignment"}]}
    several = {"type": "array", "minItems": 1, "items": one}
    return {"type": "object", "additionalProperties": {"anyOf": [*one["anyOf"], several]}}


_SHAPES: dict[str, dict[str, Callable[[Schema], Schema]]] = {
    "Rule": {
        "cite": _or_one,
        "overrides": _or_one,
        "flag": _or_one,
        "assign": _assignees,
        "when": lambda _: _CONDITION,
    },
    "Assignment": {"party": _or_one, "to": _or_one},
    "Obligation": {"for": lambda _: _CONDITION},
    "Recusal": {"roles": _or_one, "cite": _or_one},
    "Setting": {"cite": _or_one},
    "Counts": dict.fromkeys(("kinds", "matters", "channels", "outcomes", "measures"), _or_one),
    "Measure": {"cite": _or_one, "subject": _or_one},
    "Rating": {"cite": _or_one},
    "WrittenCase": {"expect": _or_one},
    "Expectation": {
        "lead": _or_one,
        "flags": _or_one,
        "ask": _or_one,
        "duties": _assignees,
        "possible": _assignees,
    },
}


def _name_words(defs: dict[str, Schema], book: Rulebook) -> None:
    """List the identifiers that exist wherever one is taken."""
    words = book.vocabulary
    parties, roles, flags = _ids(words.parties), _ids(words.roles), _ids(words.flags)
    facts = _ids(words.facts)
    told = _enum({**{LEAD: "主办单位"}, **_labels(words.parties)})
    clauses = _enum({reference: f"{clause.label} {clause.heading}" for reference, clause in words.clauses()})
    rules = _enum({name: rule.title for name, rule in book.rules.items()})
    dates = _enum({n: f.name for n, f in words.facts.items() if f.type == "date"})
    one = partial(_fill, defs)
    one("Rule", {"default": roles, "cite": _some(clauses), "overrides": _some(rules), "flag": _some(flags)})
    one("Rule", {"assign": _by_role(words.roles, _assigned(parties))})
    one("Assignment", {"party": _some(parties), "to": _some(told)})
    one("Obligation", {"role": roles})
    one("Recusal", {"fact": facts, "roles": _some(roles), "cite": _some(clauses)})
    for model in ("Setting", "Measure", "Rating"):
        one(model, {"cite": _some(clauses), "propose_to": parties})
    one("Counts", {"matters": _some(_ids(words.matters))})
    one("Header", {"date": dates})
    one("Matter", {"parent": _ids(words.matters)})
    given = {name: {"title": fact.name} for name, fact in words.facts.items()}
    one(
        "WrittenCase",
        {"incident": {"type": "object", "properties": given, "required": [], "minProperties": 1}},
    )
    one(
        "Expectation",
        {"matter": _ids(words.matters), "lead": _some(parties), "flags": _some(flags), "ask": _some(facts)},
    )
    held = _by_role(words.roles, _assigned(parties))
    anyone = _enum({**_labels(words.parties), ANYONE: "任何主体"})
    one("Expectation", {"duties": held, "possible": held, "never": _by_role(words.roles, _some(anyone))})
    one("Expectation", {"recused": _by_role(words.roles, _some(parties))})
    defs["Condition"] = _condition(book)


def _fill(defs: dict[str, Schema], model: str, fields: Mapping[str, Schema]) -> None:
    for field, schema in fields.items():
        properties = defs.get(model, {}).get("properties", {})
        if field in properties:
            kept = {
                key: properties[field][key] for key in ("title", "description") if key in properties[field]
            }
            properties[field] = {**kept, **schema}


def _labels(entries: Mapping[str, Entry]) -> dict[str, str]:
    return {name: entry.name for name, entry in entries.items()}


def _ids(entries: Mapping[str, Entry]) -> Schema:
    return _enum(_labels(entries))


def _enum(named: Mapping[str, str]) -> Schema:
    """List identifiers with their Chinese names, in the two ways that editors know."""
    if not named:
        return {"type": "string"}
    names = list(named.values())
    return {"enum": list(named), "enumDescriptions": names, "markdownEnumDescriptions": names}


def _some(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "array", "items": schema}]}


def _assigned(parties: Schema) -> Schema:
    one = [parties, {"$ref": "#/$defs/Assignment"}]
    return {"anyOf": [*one, {"type": "array", "minItems": 1, "items": {"anyOf": one}}]}


def _by_role(roles: Mapping[str, Entry], schema: Schema) -> Schema:
    properties = {
        name: {"title": role.name, "description": role.note or role.name, **schema}
        for name, role in roles.items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _condition(book: Rulebook) -> Schema:
    facts = {name: _tested(fact, book) for name, fact in book.vocabulary.facts.items()}
    several = {"type": "array", "minItems": 1, "items": _CONDITION}
    branches = {
        "any": {"title": "任一成立", **several},
        "all": {"title": "全部成立", **several},
        "not": {"title": "不成立", **_CONDITION},
    }
    return {
        "title": "条件",
        "type": "object",
        "properties": {**facts, **branches},
        "additionalProperties": False,
    }


def _tested(fact: Fact, book: Rulebook) -> Schema:
    """Describe what may stand behind a fact: a value, several, not, or a range."""
    one = _value(fact, book)
    choices = [one, {"type": "array", "minItems": 1, "items": one}]
    negated = {"type": "object", "properties": {"not": {"anyOf": choices}}, "required": ["not"]}
    forms = [*choices, {**negated, "additionalProperties": False}]
    if fact.type in {"int", "date"}:
        forms.append(_range(one))
    return {"title": fact.name, "description": fact.note or fact.question or fact.name, "anyOf": forms}


def _range(point: Schema) -> Schema:
    ends = {"at_least": "不小于", "more_than": "大于", "at_most": "不大于", "less_than": "小于"}
    properties = {key: {"title": title, **point} for key, title in ends.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}


def _value(fact: Fact, book: Rulebook) -> Schema:
    if fact.id == MATTER:
        return _ids(book.vocabulary.matters)
    if fact.type == "enum":
        return _enum({value.id: value.name for value in fact.values})
    simple: Mapping[str, Iterable[tuple[str, Any]]] = {
        "bool": (("type", "boolean"),),
        "date": (("type", "string"), ("format", "date")),
        "int": (("type", "integer"), ("minimum", fact.at_least), ("maximum", fact.at_most)),
    }
    return {key: value for key, value in simple[fact.type] if value is not None}


def _map(book: Rulebook | None) -> Schema:
    """Describe the map of a history: which column is which fact, and how its values translate."""
    parties = _words(_ids(book.vocabulary.parties) if book else {})
    read = {"values": _by_text(parties), "otherwise": _OTHERWISE}
    ends = {
        "ends_with": {"title": "以此结尾", **_by_text(parties)},
        "contains": {"title": "含有", **_by_text(parties)},
    }
    header = {"title": "标题所在行", "type": "integer", "minimum": 1}
    text: Schema = {"type": "string"}
    sheet = {"title": "工作表", "type": ["string", "integer"]}
    shape = {"encoding": text, "delimiter": text, "sheet": sheet, "header": header, "query": text}
    properties = {
        "format": {"title": "文件写法", **_closed(shape)},
        "id": {"title": "编号所在列", **_COLUMN},
        "facts": {"title": "事实", **_mapped(book)},
        "handler": {
            "title": "历史上的承办单位",
            "anyOf": [*_COLUMN["anyOf"], _closed({"column": _COLUMN, **read, **ends})],
        },
        "area": {"title": "区域", "anyOf": [*_COLUMN["anyOf"], _closed({"column": _COLUMN})]},
        "skip": {"title": "不作案件的行", "type": "object", "additionalProperties": _some({})},
    }
    return {"title": "列的对应", **_closed(properties), "required": ["facts"]}


_COLUMN = _some({"type": "string"})
_OTHERWISE: Schema = {"title": "其他值", "enum": ["reject", "unknown"]}


def _mapped(book: Rulebook | None) -> Schema:
    if book is None:
        return {"type": "object", "required": [MATTER]}
    facts = {name: _column(fact, book) for name, fact in book.vocabulary.facts.items()}
    return {**_closed(facts), "required": [MATTER]}


def _column(fact: Fact, book: Rulebook) -> Schema:
    """Describe where a fact stands: a column by itself, or with the way to read it."""
    value = _value(fact, book)
    words = _words(value) if fact.type in {"tree", "enum"} else {"anyOf": [value, {"type": "null"}]}
    dates = {"type": "array", "items": {"type": "string"}}
    given = {"column": _COLUMN, "value": words, "values": _by_text(words), "separator": {"type": "string"}}
    forms = [*_COLUMN["anyOf"], _closed({**given, "otherwise": _OTHERWISE, "dates": dates})]
    return {"title": fact.name, "description": fact.note or fact.question or fact.name, "anyOf": forms}


def _words(ids: Schema) -> Schema:
    """Offer identifiers; names and aliases will do, several too, and null for nothing known."""
    one: list[Schema] = [ids, {"type": "string"}]
    return {"anyOf": [*one, {"type": "null"}, {"type": "array", "items": {"anyOf": one}}]}


def _by_text(words: Schema) -> Schema:
    return {"type": "object", "additionalProperties": words}


def _closed(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}
