"""JSON Schemas of the files that authors write, with the rulebook's own words for editors to offer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from dutyroute.cases.cases import WrittenCase
from dutyroute.rulebook.build import KINDS
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Header, assignees, either
from dutyroute.rulebook.types import Model, listed
from dutyroute.rulebook.vocabulary import MATTER, Fact

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

_TITLES = {
    "rulebook": "规则库的基本信息",
    "parties": "主体：谁可以承担职责",
    "roles": "角色：职责的种类",
    "matters": "事项：案件讲的是什么事",
    "facts": "事实：案件的属性",
    "flags": "标志：决定中要提示的事",
    "instrument": "政策文件及其条款",
    "rules": "规则：什么条件下谁承担什么职责",
    "obligations": "要求：每个决定都必须满足",
    "recusal": "回避：主体涉及自身时不能承担的角色",
    "impossible": "不可能同时成立的条件",
    "settings": "参数：原文没有规定、须由人决定的数",
    "counters": "计数：一段时间内有多少件",
    "measures": "措施：什么情况下向谁建议什么",
    "ratings": "信用评价：分值和星级",
    "cases": "案例：案件和期望的职责",
}
_MODELS: dict[str, type[Model]] = {
    **KINDS,
    "rulebook": Header,
    "instrument": KINDS["instruments"],
    "cases": WrittenCase,
}
_SINGLE = ("rulebook", "instrument")


def schemas(rulebook: Rulebook) -> dict[str, Schema]:
    """
    Return the JSON Schema (2020-12) of each kind of file.

    Every place that takes an identifier lists those that exist, with their
    Chinese names.
    """
    found = {kind: _file(kind, sections, rulebook) for kind, sections in FILES.items()}
    words = _Words(rulebook)
    found["map"] = _framed("map", {"map": _map(words)}, words.defs, required=["map"])
    return found


def write_schemas(folder: Path, rulebook: Rulebook) -> tuple[Path, ...]:
    """Write one file for each kind into a folder, and return them; the same rulebook writes the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {folder / f"{kind}.json": _compact(schema) for kind, schema in schemas(rulebook).items()}
    for path, text in written.items():
        path.write_text(text + "\n", "utf-8")
    return tuple(written)


_WIDTH = 110


def _compact(value: Any, indent: int = 0) -> str:
    """Write JSON with what fits on one line on one line, and lists of words filled up line by line."""
    line = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if indent + len(line) <= _WIDTH or not isinstance(value, dict | list):
        return line
    pad, shut = "\n" + " " * (indent + 1), "\n" + " " * indent
    if isinstance(value, dict):
        pairs = (f"{json.dumps(k)}: {_compact(v, indent + 1)}" for k, v in sorted(value.items()))
        return "{" + pad + f",{pad}".join(pairs) + shut + "}"
    lines = [""]
    for each in (_compact(element, indent + 1) for element in value):
        if lines[-1] and indent + len(lines[-1]) + len(each) > _WIDTH:
            lines.append("")
        lines[-1] += (", " if lines[-1] else "") + each
    return "[" + pad + f",{pad}".join(lines) + shut + "]"


class _Generator(GenerateJsonSchema):
    """Pydantic's schemas, which also allow what our own validators read before it checks."""

    def function_before_schema(self, schema: Any) -> Schema:
        """Allow one where a list is meant; a party alone for an assignment."""
        found = self.generate_inner(schema["schema"])
        function = schema["function"]["function"]
        if function is listed:
            return {"anyOf": [found["items"], found]}
        if function is assignees:
            one = [{"type": "string", "x-ref": "parties"}, found["items"]]
            return {"anyOf": [*one, {**found, "items": {"anyOf": one}}]}
        if function is either:
            role: Schema = {"type": "string", "x-ref": "roles"}
            roles = {"anyOf": [role, {"type": "array", "items": role, "minItems": 1}]}
            return {"anyOf": [*roles["anyOf"], {**_closed({"not": roles}), "required": ["not"]}]}
        return found

    def dict_schema(self, schema: Any) -> Schema:
        """Keep what the keys of a mapping name: pydantic keeps their pattern only."""
        keys = self.generate_inner(schema["keys_schema"]) if "keys_schema" in schema else {}
        if "x-ref" not in keys:
            return super().dict_schema(schema)
        values = self.generate_inner(schema["values_schema"])
        return {"type": "object", "additionalProperties": values, "x-keys": keys["x-ref"]}


def _file(kind: str, sections: tuple[str, ...], rulebook: Rulebook) -> Schema:
    models = [_MODELS[section] for section in sections if section in _MODELS]
    references, made = models_json_schema(
        [(model, "validation") for model in models], by_alias=True, schema_generator=_Generator
    )
    words = _Words(rulebook)
    made["$defs"].pop("Beside", None)  # written out wherever it may stand
    for found in made["$defs"].values():
        found.pop("description", None)  # the model's docstring, which is for programmers
        for field in found.get("properties", {}).values():
            field.pop("default", None)
    properties: Schema = {}
    conditions: Schema = {"x-ref": "conditions"}
    for section in sections:
        one = references[_MODELS[section], "validation"] if section in _MODELS else conditions
        many = {"type": "array", "items": one}
        shape = one if section in _SINGLE else {"anyOf": [one, many]} if section == "recusal" else many
        properties[section] = {"title": _TITLES[section], **shape}
    properties, defs = words.named(properties), words.named(made["$defs"])
    return _framed(kind, properties, {**defs, **words.defs})


def _framed(kind: str, properties: Schema, defs: Schema, **more: Any) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"dutyroute {kind}",
        **_closed(properties),
        "minProperties": 1,
        "$defs": defs,
        **more,
    }


class _Words:
    """
    The words of a rulebook as definitions, each made when it is first referred to.

    `x-ref` marks in a schema what `Ref` marks on the field of a model.
    """

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.facts = book.vocabulary.facts
        self.defs: Schema = {}

    def named(self, node: Any) -> Any:
        """Put references to the words in place of the marks."""
        if isinstance(node, list):
            return [self.named(each) for each in node]
        if not isinstance(node, dict):
            return node
        found = {key: self.named(each) for key, each in node.items() if not key.startswith("x-")}
        if "anyOf" in found and found.pop("minLength", 0):  # pydantic took the list for a text
            choices = found["anyOf"]
            found["anyOf"] = [
                {**one, "minItems": 1} if one.get("type") == "array" else one for one in choices
            ]
        kept = {key: found[key] for key in ("title", "description") if key in found}
        if "x-keys" in node:
            each = found["additionalProperties"]
            roles = self.book.vocabulary.roles.items()
            named = {n: {"title": r.name, "description": r.note or r.name, **each} for n, r in roles}
            return {**kept, **_closed(named)}
        # Something else than a name may stand where a type is not given.
        is_name = node.get("type") == "string" or node.get("x-ref") in ("conditions", "incidents")
        if "x-ref" not in node or not is_name:
            return found
        return {**kept, **self.ref(node["x-ref"], node.get("x-also", ()), node.get("x-of"))}

    def ref(self, kind: str, also: Any = (), of: str | None = None) -> Schema:
        """Refer to the words of a kind."""
        name = "-or-".join((f"{of}-{kind}" if of else kind, *also))
        if name not in self.defs:
            self.defs[name] = {}  # stands in while the definition refers to itself
            self.defs[name] = self.definition(kind, also, of)
        return {"$ref": f"#/$defs/{name}"}

    def definition(self, kind: str, also: Any, of: str | None) -> Schema:
        """Describe the words of a kind."""
        if kind == "conditions":
            return self.condition()
        if kind == "incidents":
            facts = {name: {"title": fact.name} for name, fact in self.facts.items()}
            return {"type": "object", "properties": facts, "minProperties": 1}
        entries: Mapping[str, Any] = self.book.tables.get(kind, {})
        called = {
            name: f"{entry.label} {entry.heading}" if kind == "clauses" else entry.called("zh")
            for name, entry in entries.items()
            if of is None or entry.type == of
        }
        return _enum({**{word: _ALSO[word] for word in also}, **called})

    def condition(self) -> Schema:
        several = {"type": "array", "minItems": 1, "items": self.ref("conditions")}
        branches = {
            "any": {"title": "任一成立", **several},
            "all": {"title": "全部成立", **several},
            "not": {"title": "不成立", **self.ref("conditions")},
        }
        tested = {name: self.tested(fact) for name, fact in self.facts.items()}
        return {"title": "条件", **_closed({**tested, **branches})}

    def tested(self, fact: Fact) -> Schema:
        """Describe what may stand behind a fact: a value, several, not, or a range."""
        one = self.value(fact)
        choices = [one, {"type": "array", "minItems": 1, "items": one}]
        forms = [*choices, {**_closed({"not": {"anyOf": choices}}), "required": ["not"]}]
        if fact.type in {"int", "date"}:
            ends = {"at_least": "不小于", "more_than": "大于", "at_most": "不大于", "less_than": "小于"}
            bounds = {key: {"title": title, **one} for key, title in ends.items()}
            forms.append({**_closed(bounds), "minProperties": 1})
        return {"title": fact.name, "description": fact.note or fact.question or fact.name, "anyOf": forms}

    def value(self, fact: Fact) -> Schema:
        """Describe one value of a fact."""
        if fact.id == MATTER:
            return self.ref("matters")
        if fact.type == "enum":
            return _enum({value.id: value.name for value in fact.values})
        if fact.type == "bool":
            return {"type": "boolean"}
        if fact.type == "date":
            return {"type": "string", "format": "date"}
        bounds = {"minimum": fact.at_least, "maximum": fact.at_most}
        return {"type": "integer", **{key: end for key, end in bounds.items() if end is not None}}


_ALSO = {"lead": "主办单位", "anyone": "任何主体"}


def _enum(named: Mapping[str, str]) -> Schema:
    """List identifiers with their Chinese names, in the two ways that editors know."""
    if not named:
        return {"type": "string"}
    names = list(named.values())
    return {"enum": list(named), "enumDescriptions": names, "markdownEnumDescriptions": names}


def _closed(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


# -- the map of a history: it has no model, its columns are those of any file


_TEXT: Schema = {"type": "string"}
_COLUMN: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_OTHERWISE: Schema = {"title": "其他值", "enum": ["reject", "unknown"]}


def _map(words: _Words) -> Schema:
    """Describe which column is which fact, and how its values translate."""
    parties = _translated(words.ref("parties"))
    facts = _closed({name: _fact_column(fact, words) for name, fact in words.facts.items()})
    shape = {
        "encoding": _TEXT,
        "delimiter": _TEXT,
        "sheet": {"title": "工作表", "type": ["string", "integer"]},
        "header": {"title": "标题所在行", "type": "integer", "minimum": 1},
        "query": _TEXT,
    }
    handler = {
        "column": _COLUMN,
        "values": parties,
        "otherwise": _OTHERWISE,
        "ends_with": {"title": "以此结尾", **parties},
        "contains": {"title": "含有", **parties},
    }
    properties = {
        "format": {"title": "文件写法", **_closed(shape)},
        "id": {"title": "编号所在列", **_COLUMN},
        "facts": {"title": "事实", **facts, "required": [MATTER]},
        "handler": {"title": "历史上的承办单位", "anyOf": [*_COLUMN["anyOf"], _closed(handler)]},
        "area": {"title": "区域", "anyOf": [*_COLUMN["anyOf"], _closed({"column": _COLUMN})]},
        "skip": {"title": "不作案件的行", "type": "object"},
        "timezone": {"title": "时区", **_TEXT},
    }
    return {"title": "列的对应", **_closed(properties), "required": ["facts"]}


def _fact_column(fact: Fact, words: _Words) -> Schema:
    """Describe where a fact stands: a column by itself, or with the way to read it."""
    value = words.value(fact)
    by_text = _translated(value)
    if fact.type not in {"tree", "enum"}:
        by_text = {"type": "object", "additionalProperties": {"anyOf": [value, _TEXT, {"type": "null"}]}}
    given = {
        "column": _COLUMN,
        "value": {"anyOf": [value, _TEXT, {"type": "null"}]},
        "values": by_text,
        "otherwise": _OTHERWISE,
        **({"separator": _TEXT} if fact.type == "tree" else {}),
        **({"dates": _COLUMN} if fact.type == "date" else {}),
    }
    told = fact.note or fact.question or fact.name
    return {"title": fact.name, "description": told, "anyOf": [*_COLUMN["anyOf"], _closed(given)]}


def _translated(ids: Schema) -> Schema:
    """Translate texts: identifiers are offered, names and aliases will do, several too, and null for nothing known."""
    one = [ids, _TEXT]
    words = {"anyOf": [*one, {"type": "null"}, {"type": "array", "items": {"anyOf": one}}]}
    return {"type": "object", "additionalProperties": words}
