"""JSON Schemas of the files that authors write, with the rulebook's own words for editors to offer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from dutyroute.cases import WrittenCase
from dutyroute.messages import Lang, Phrasebook, text
from dutyroute.rulebook.build import KINDS
from dutyroute.rulebook.instrument import LONGEST_PHRASE, as_phrase
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Header, assignees, either
from dutyroute.rulebook.types import Model, listed
from dutyroute.rulebook.vocabulary import MATTER, Fact, Term

Schema = dict[str, Any]

FILES: dict[str, tuple[str, ...]] = {
    "rulebook": ("rulebook", "obligations", "recusal", "impossible"),
    "vocabulary": ("parties", "roles", "matters", "facts", "flags"),
    "instrument": ("instrument",),
    "rules": ("rules", "obligations", "recusal", "impossible"),
    "calendars": ("calendars",),
    "oversight": ("settings", "counters", "measures", "ratings", "deadlines"),
    "accepted": ("accepted",),
    "cases": ("cases",),
}
"""The kinds of file, and the keys at the top of each."""

_MODELS: dict[str, type[Model]] = {
    **KINDS,
    "rulebook": Header,
    "instrument": KINDS["instruments"],
    "cases": WrittenCase,
}
_SINGLE = ("rulebook", "instrument")


def schemas(rulebook: Rulebook, lang: Lang = "zh") -> dict[str, Schema]:
    """
    Return the JSON Schema (2020-12) of each kind of file.

    Every place that takes an identifier lists those that exist, with their
    names in the given language.
    """
    found = {kind: _file(kind, sections, _Words(rulebook, lang)) for kind, sections in FILES.items()}
    words = _Words(rulebook, lang)
    found["map"] = _framed("map", {"map": _map(words)}, words.defs, required=["map"])
    return found


def write_schemas(folder: Path, rulebook: Rulebook, lang: Lang = "zh") -> tuple[Path, ...]:
    """Write one file for each kind into a folder, and return them; the same rulebook writes the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {folder / f"{kind}.json": _compact(schema) for kind, schema in schemas(rulebook, lang).items()}
    for path, content in written.items():
        path.write_text(content + "\n", "utf-8")
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
    """Pydantic's schemas, with marks for the words, which also allow what our own validators read first."""

    def model_schema(self, schema: Any) -> Schema:
        """Mark the model and its keys with the codes of their texts."""
        found, model = super().model_schema(schema), schema["cls"]
        for key, node in found["properties"].items():
            node["x-text"] = model.text_code(key)
        return found | {"x-text": model.text_code()}

    def function_before_schema(self, schema: Any) -> Schema:
        """Allow one where a list is meant; a party alone for an assignment."""
        found = self.generate_inner(schema["schema"])
        function = schema["function"]["function"]
        if function is listed:
            return {"anyOf": [found["items"], found]}
        if function is assignees:
            one = [{"type": "string", "x-ref": "parties"}, found["items"]]
            return {"anyOf": [*one, {**found, "items": {"anyOf": one}}]}
        if function is as_phrase:
            return {"anyOf": [{"type": "string", "minLength": 1, "maxLength": LONGEST_PHRASE}, found]}
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


def _file(kind: str, sections: tuple[str, ...], words: _Words) -> Schema:
    models = [_MODELS[section] for section in sections if section in _MODELS]
    references, made = models_json_schema(
        [(model, "validation") for model in models], by_alias=True, schema_generator=_Generator
    )
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
        properties[section] = {**shape, "title": words.say(f"section-{section}")}
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

    def __init__(self, book: Rulebook, lang: Lang) -> None:
        self.book = book
        self.lang = lang
        self.say = Phrasebook(lang, "schema")
        self.facts = book.vocabulary.facts
        self.defs: Schema = {}

    def named(self, node: Any) -> Any:
        """Put references to the words in place of the marks."""
        if isinstance(node, list):
            return [self.named(each) for each in node]
        if not isinstance(node, dict):
            return node
        found = {key: self.named(each) for key, each in node.items() if not key.startswith("x-")}
        if "x-text" in node:
            told = text(node["x-text"], self.lang)
            found |= {"title": told.message} | ({"description": told.help} if told.help else {})
        if "anyOf" in found and found.pop("minLength", 0):  # pydantic took the list for a text
            choices = found["anyOf"]
            found["anyOf"] = [
                {**one, "minItems": 1} if one.get("type") == "array" else one for one in choices
            ]
        kept = {key: found[key] for key in ("title", "description") if key in found}
        if "x-keys" in node:
            each = found["additionalProperties"]
            roles = self.book.vocabulary.roles.items()
            named = {n: {"title": r.called(self.lang), "description": self.told(r), **each} for n, r in roles}
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
            facts = {name: {"title": fact.called(self.lang)} for name, fact in self.facts.items()}
            return {"type": "object", "properties": facts, "minProperties": 1}
        entries: Mapping[str, Any] = self.book.tables.get(kind, {})
        called = {
            name: (f"{entry.label} " if kind == "clauses" else "") + entry.called(self.lang)
            for name, entry in entries.items()
            if of is None or entry.type == of
        }
        return _enum({**{word: self.say(f"also-{word}") for word in also}, **called})

    def condition(self) -> Schema:
        several = {"type": "array", "minItems": 1, "items": self.ref("conditions")}
        branches = {
            "any": {"title": self.say("any"), **several},
            "all": {"title": self.say("all"), **several},
            "not": {"title": self.say("not"), **self.ref("conditions")},
        }
        tested = {name: self.tested(fact) for name, fact in self.facts.items()}
        return {"title": self.say("condition"), **_closed({**tested, **branches})}

    def tested(self, fact: Fact) -> Schema:
        """Describe what may stand behind a fact: a value, several, not, or a range."""
        one = self.value(fact)
        choices = [one, {"type": "array", "minItems": 1, "items": one}]
        forms = [*choices, {**_closed({"not": {"anyOf": choices}}), "required": ["not"]}]
        if fact.type in {"int", "date"}:
            ends = ("at_least", "more_than", "at_most", "less_than")
            bounds = {end: {"title": self.say(f"bound-{end.replace('_', '-')}"), **one} for end in ends}
            forms.append({**_closed(bounds), "minProperties": 1})
        return {"title": fact.called(self.lang), "description": self.told(fact), "anyOf": forms}

    def otherwise(self) -> Schema:
        """Describe what a map may do with any other value."""
        return {"title": self.say("map-otherwise"), "enum": ["reject", "unknown"]}

    def told(self, term: Term) -> str:
        """Return what an editor shows beside a name: the note, else the question or the name."""
        return term.noted(self.lang) or (
            term.asked(self.lang) if isinstance(term, Fact) else term.called(self.lang)
        )

    def value(self, fact: Fact) -> Schema:
        """Describe one value of a fact."""
        if fact.id == MATTER:
            return self.ref("matters")
        if fact.type == "enum":
            return _enum({value.id: value.called(self.lang) for value in fact.values})
        if fact.type == "bool":
            return {"type": "boolean"}
        if fact.type == "date":
            return {"type": "string", "format": "date"}
        bounds = {"minimum": fact.at_least, "maximum": fact.at_most}
        return {"type": "integer", **{key: end for key, end in bounds.items() if end is not None}}


def _enum(named: Mapping[str, str]) -> Schema:
    """List identifiers with their names, in the two ways that editors know."""
    if not named:
        return {"type": "string"}
    names = list(named.values())
    return {"enum": list(named), "enumDescriptions": names, "markdownEnumDescriptions": names}


def _closed(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


# -- the map of a history: it has no model, its columns are those of any file


_TEXT: Schema = {"type": "string"}
_COLUMN: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}


def _map(words: _Words) -> Schema:
    """Describe which column is which fact, and how its values translate."""
    say = words.say
    parties = _translated(words.ref("parties"))
    facts = _closed({name: _fact_column(fact, words) for name, fact in words.facts.items()})
    shape = {
        "encoding": _TEXT,
        "delimiter": _TEXT,
        "sheet": {"title": say("map-sheet"), "type": ["string", "integer"]},
        "header": {"title": say("map-header"), "type": "integer", "minimum": 1},
        "query": _TEXT,
    }
    handler = {
        "column": _COLUMN,
        "values": parties,
        "otherwise": words.otherwise(),
        "ends_with": {"title": say("map-ends-with"), **parties},
        "contains": {"title": say("map-contains"), **parties},
    }
    properties = {
        "format": {"title": say("map-format"), **_closed(shape)},
        "id": {"title": say("map-id"), **_COLUMN},
        "facts": {"title": say("map-facts"), **facts, "required": [MATTER]},
        "handler": {"title": say("map-handler"), "anyOf": [*_COLUMN["anyOf"], _closed(handler)]},
        "area": {"title": say("map-area"), "anyOf": [*_COLUMN["anyOf"], _closed({"column": _COLUMN})]},
        "skip": {"title": say("map-skip"), "type": "object"},
        "timezone": {"title": say("map-timezone"), **_TEXT},
    }
    return {"title": say("map"), **_closed(properties), "required": ["facts"]}


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
        "otherwise": words.otherwise(),
        **({"separator": _TEXT} if fact.type == "tree" else {}),
        **({"dates": _COLUMN} if fact.type == "date" else {}),
    }
    titles = {"title": fact.called(words.lang), "description": words.told(fact)}
    return {**titles, "anyOf": [*_COLUMN["anyOf"], _closed(given)]}


def _translated(ids: Schema) -> Schema:
    """Translate texts: identifiers are offered, names and aliases will do, several too, and null for nothing known."""
    one = [ids, _TEXT]
    words = {"anyOf": [*one, {"type": "null"}, {"type": "array", "items": {"anyOf": one}}]}
    return {"type": "object", "additionalProperties": words}
