"""The JSON Schemas accept what is shipped and refuse what the loader refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dutyroute import load
from dutyroute.authoring.schema import FILES, schemas, write_schemas
from dutyroute.messages import LANGUAGES, Lang, text
from dutyroute.replay import load_map
from dutyroute.rulebook.loader import read_document
from texts import AREAS

ROOT = Path(__file__).parent.parent
RULEBOOK = load(ROOT / "rules")
SCHEMAS = schemas(RULEBOOK)
SHIPPED = sorted(
    path
    for folder, files in (("rules", "**/*.yaml"), ("cases", "*.yaml"), ("cases", "history/*.yaml"))
    for path in (ROOT / folder).glob(files)
    if not path.name.endswith(".example.yaml")  # they name what a city adds, or say only a part
)
MARK = "# yaml-language-server: $schema="


def plain(value: Any) -> Any:
    """Read YAML as an editor does: lists, and dates as text."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def faults(kind: str, data: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMAS[kind]).iter_errors(plain(data))]


@pytest.mark.parametrize("kind", [*FILES, "map"])
def test_each_schema_is_a_schema(kind: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_shipped_files_name_their_schema_and_hold_to_it(path: Path) -> None:
    """An editor finds the schema by the file's first line."""
    first = path.read_text("utf-8").splitlines()[0]
    assert first.startswith(MARK)
    schema = (path.parent / first.removeprefix(MARK)).resolve()
    assert schema == (ROOT / "rules" / "schema" / schema.name).resolve()
    assert faults(schema.stem, read_document(path)[0].data) == []


def test_the_committed_schemas_are_those_of_the_committed_rules(tmp_path: Path) -> None:
    """After adding words: dutyroute schema --out rules/schema."""
    for path in write_schemas(tmp_path, RULEBOOK):
        assert path.read_text("utf-8") == (ROOT / "rules" / "schema" / path.name).read_text("utf-8")


RULE = {
    "id": "a-rule",
    "title": "一条规则",
    "when": {"matter": "clutter"},
    "assign": {"lead": "housing"},
    "cite": "opinion/3.1.1",
    "basis": "explicit",
}

RIGHT: list[dict[str, Any]] = [
    {},
    {"when": {}},
    {"when": {"bidders": {"at_least": 3}, "any": [{"respondent": {"not": ["owner"]}}]}},
    {"when": {"reported_at": {"less_than": date(2027, 1, 1)}}},
    {"assign": {"report": {"party": "property-company", "to": ["lead", "street-office"], "within": "24h"}}},
    {"assign": {"lead": ["finance", "audit"]}, "joint": True},
    {"in_force": {"from": date(2026, 1, 1)}},
]


@pytest.mark.parametrize("change", RIGHT, ids=str)
def test_every_way_to_write_a_rule_is_accepted(change: dict[str, Any]) -> None:
    """Scalars, lists, negations, ranges and nesting."""
    assert faults("rules", {"rules": ({**RULE, **change},)}) == []


WRONG: list[dict[str, Any]] = [
    {"when": {"matter": "cluter"}},
    {"when": {"respondant": "owner"}},
    {"when": {"respondent": "dog"}},
    {"when": {"has_property_company": "yes"}},
    {"when": {"respondent": {"at_least": 3}}},
    {"assign": {"lead": "nobody"}},
    {"assign": {"leed": "housing"}},
    {"assign": {"report": {"party": "housing", "too": "lead"}}},
    {"cite": "opinion/9.9"},
    {"basis": "explict"},
    {"flag": "no-such-flag"},
    {"overrides": ["no-such-rule"]},
    {"default": "no-such-role"},
    {"colour": "red"},
]


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_a_misspelt_word_is_refused(change: dict[str, Any]) -> None:
    """The editor underlines what the loader would refuse."""
    assert faults("rules", {"rules": ({**RULE, **change},)}) != []


MAPPED = {"facts": {"matter": "事项"}}
RIGHT_MAPS: list[dict[str, Any]] = [
    {"facts": {"matter": ["小类", "大类"], "in_community": {"value": True}}},
    {
        "facts": {
            "matter": {
                "column": "事项",
                "separator": "；",
                "values": {"堵车道": "占用消防通道", "咨询": None},
            }
        }
    },
    {
        "facts": {
            "matter": {"column": "事项", "otherwise": "unknown"},
            "reported_at": {"column": "日", "dates": ["%m"]},
        }
    },
    {**MAPPED, "id": ["年", "号"], "area": "街道", "skip": {"单位": ["测试"]}, "format": {"header": 2}},
    {
        **MAPPED,
        "handler": {
            "column": "单位",
            "ends_with": {"街道办": "street-office"},
            "contains": {"队": "housing"},
        },
    },
]
WRONG_MAPS: list[dict[str, Any]] = [
    {},
    {"facts": {"respondent": "谁"}},
    {"facts": {"matter": "事项", "respondant": "谁"}},
    {"facts": {"matter": {"colum": "事项"}}},
    {"facts": {"matter": {"column": "事项", "otherwise": "skip"}}},
    {**MAPPED, "handlers": "单位"},
    {**MAPPED, "format": {"header": "two"}},
]


@pytest.mark.parametrize("data", RIGHT_MAPS, ids=str)
def test_every_way_to_write_a_map_is_accepted(data: dict[str, Any], tmp_path: Path) -> None:
    """The schema and the command agree."""
    (tmp_path / "map.yaml").write_text(json.dumps({"map": data}, ensure_ascii=False), "utf-8")
    load_map(tmp_path / "map.yaml", RULEBOOK)
    assert faults("map", {"map": data}) == []


@pytest.mark.parametrize("data", WRONG_MAPS, ids=str)
def test_a_map_that_the_command_refuses_is_underlined(data: dict[str, Any]) -> None:
    """Keys, facts and choices; words of the vocabulary may be written by any of their names."""
    assert faults("map", {"map": data}) != []


def test_identifiers_carry_their_chinese_names() -> None:
    """Completion explains what an identifier stands for."""
    defs = SCHEMAS["rules"]["$defs"]
    held = defs["Rule"]["properties"]["assign"]["properties"]["enforce"]
    assert held["anyOf"][0] == {"$ref": "#/$defs/parties"}
    named = dict(zip(defs["parties"]["enum"], defs["parties"]["enumDescriptions"], strict=True))
    assert (held["title"], named["street-office"]) == ("查处", "街道办事处、镇人民政府")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_of_a_schema_is_that_of_a_model_or_a_field(lang: Lang) -> None:
    """A text of a field that is gone, or that another one stands for, is in no schema."""
    shown = set(titles(schemas(RULEBOOK, lang)))
    told = {told[key] for told in AREAS["schema"].values() for key in (lang, f"{lang}-help") if key in told}
    assert told - shown == set()


def test_an_english_schema_has_no_chinese_but_the_numbers_of_clauses() -> None:
    chinese = [each for each in titles(schemas(RULEBOOK, "en")) if re.search("[一-龥]", each)]
    clauses = {clause.label for clause in RULEBOOK.tables["clauses"].values()}
    assert [each for each in chinese if each.split()[0] not in clauses] == [
        text("schema-clause-label", "en").help
    ]


def titles(node: Any) -> Iterator[str]:
    """Yield all that an editor shows."""
    if isinstance(node, dict):
        yield from (each for key in ("title", "description") if isinstance(each := node.get(key), str))
        yield from (each for key, each in node.items() if key == "enumDescriptions" for each in each)
    if isinstance(node, dict | list):
        for each in node.values() if isinstance(node, dict) else node:
            yield from titles(each)


def test_the_committed_schemas_are_short() -> None:
    """The vocabulary stands once in each file; a reviewer can read what changed."""
    files = (ROOT / "rules" / "schema").glob("*.json")
    assert sum(len(path.read_text("utf-8").splitlines()) for path in files) <= 5_500


def test_schemas_are_plain_json() -> None:
    """What an editor downloads is what was generated."""
    assert json.loads(json.dumps(SCHEMAS)) == SCHEMAS
