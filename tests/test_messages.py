"""Every text is there in both languages, is used somewhere, and gets the values it names."""

from __future__ import annotations

import ast
import re
import sqlite3
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from dutyroute import messages
from dutyroute.messages import LANGUAGES, both, chosen, codes, sentence, text, word
from dutyroute.messages.reason import reason
from texts import AREAS, FILES

SOURCE = Path(__file__).parents[1] / "src" / "dutyroute"
ENTRIES = {code: fields for area in AREAS.values() for code, fields in area.items()}
FIELDS = ["zh", "en", "zh-help", "en-help", "zh-otherwise", "en-otherwise"]
PREFIXES = (
    "",
    *(
        f"{area}-"
        for area in ("control", "coverage", "diff", "duties", "mutation", "report", "schema", "slip")
    ),
)
"""What a `Phrasebook` of an area puts before its keys."""
CALLS = {"say", "word", "both", "text", "sentence", "unusable"}


def gaps(*texts: str) -> set[str]:
    """Name the placeholders of texts."""
    return {name for each in texts for _, name, _, _ in string.Formatter().parse(each) if name is not None}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_small_reader_and_pyyaml_read_the_same(file: Path) -> None:
    for code, fields in AREAS[file.stem].items():
        for lang in LANGUAGES:
            read = text(code, lang)
            expected = tuple(fields.get(f"{lang}{part}", "") for part in ("", "-help", "-otherwise"))
            assert (read.message, read.help, read.otherwise) == expected, code


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_holds_nothing_but_entries_of_the_one_shape(file: Path) -> None:
    for code, fields in AREAS[file.stem].items():
        assert re.fullmatch("[a-z0-9_]+(-[a-z0-9_]+)*", code)
        assert list(fields) == [field for field in FIELDS if field in fields], code
        assert all(isinstance(said, str) and said for said in fields.values()), code


def test_every_file_is_searched() -> None:
    assert sorted(AREAS) == sorted(messages.AREAS)


def test_a_code_has_one_text() -> None:
    """PyYAML would take the second of two entries silently."""
    written = [
        code for file in FILES for code in re.findall(r"^(\S+):$", file.read_text("utf-8"), re.MULTILINE)
    ]
    assert sorted(written) == sorted(set(written)) == sorted(codes())


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_say_the_same(area: str) -> None:
    """With the same placeholders, and with help in both or in neither."""
    for code, fields in AREAS[area].items():
        for zh, en in (FIELDS[:2], FIELDS[2:4], FIELDS[4:]):
            assert (zh in fields) is (en in fields), code
            assert gaps(fields.get(zh, "")) == gaps(fields.get(en, "")), code


def test_a_message_is_filled_and_joined_with_its_help() -> None:
    values = {"word": "enforc", "known": "lead, enforce", "suggestion": ""}
    assert "lead, enforce" in sentence("unknown-choice", values, "en")
    assert both("in-brackets", text=both("value-yes")) == {"zh": "（是）", "en": " (yes)"}
    assert word("comma", "zh") == "、"


# -- how the code uses them


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Yield every place that says a text by a literal code: the place, the call, the code."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                first = node.args[1 if name in ("refused", "unusable") else 0 :][:1]
                if name in CALLS and first and isinstance(first[0], ast.Constant):
                    yield f"{path.relative_to(SOURCE)}:{node.lineno}", node, str(first[0].value)


def test_every_code_that_the_source_names_exists() -> None:
    unknown = [(at, code) for at, _, code in calls() if not any(p + code in ENTRIES for p in PREFIXES)]
    assert unknown == []


def test_a_text_gets_the_values_that_it_names() -> None:
    wrong = []
    for at, call, code in calls():
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = {keyword.arg for keyword in call.keywords}
        if name in ("text", "sentence") or None in given:  # the values are not written there
            continue
        named = [gaps(ENTRIES[p + code]["zh"]) for p in PREFIXES if p + code in ENTRIES]
        if given - {"lang"} not in named:
            wrong.append((at, code, given, named))
    assert wrong == []


def test_no_text_stands_in_the_source_in_two_languages() -> None:
    """A pair of literals belongs into the files, where people who write no Python find it."""
    pairs = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Dict)
        and {getattr(key, "value", None) for key in node.keys} == set(LANGUAGES)
        and all(isinstance(value, ast.Constant | ast.JoinedStr) for value in node.values)
    ]
    assert pairs == []


def words_of_the_source() -> tuple[set[str], set[str]]:
    """Return the texts that the source writes out, and the patterns of those that it puts together."""
    written: set[str] = set()
    patterns: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                written |= {node.value, node.value.replace("_", "-")}
            elif isinstance(node, ast.JoinedStr):
                parts = [str(p.value) if isinstance(p, ast.Constant) else "*" for p in node.values]
                built = "".join(parts)
                if re.fullmatch(r"[a-z0-9_*-]+", built) and len(built.replace("*", "")) > 2:
                    patterns.add(built.replace("*", ".+"))
    for path in SOURCE.rglob("*.j2"):
        written |= set(re.findall(r'"([a-z0-9_-]+)"', path.read_text("utf-8")))
        patterns |= {f"{start}.+" for start in re.findall(r'"([a-z-]+-)" ~', path.read_text("utf-8"))}
    return written, patterns


def test_every_text_is_used() -> None:
    """Those of schemas go by the models' fields; the tests of schemas look for them."""
    written, patterns = words_of_the_source()
    built = re.compile("|".join(patterns))
    unused = [
        code
        for code in ENTRIES.keys() - AREAS["schema"]
        for keys in [{code.removeprefix(prefix) for prefix in PREFIXES}]
        if not keys & written and not any(built.fullmatch(key) for key in keys)
    ]
    assert unused == []


def test_a_role_is_called_the_same_in_tables_help_schemas_and_the_glossary() -> None:
    assert {word("role", "zh"), word("metavar-role", "zh"), word("schema-role", "zh")} == {"角色"}
    glossary = (SOURCE.parents[1] / "docs" / "README.zh-CN.md").read_text("utf-8")
    assert "| 角色 | role |" in glossary
    assert "| 职责 | duty |" in glossary


def test_only_this_package_compares_languages() -> None:
    """Elsewhere `chosen` picks from two texts."""
    compared = [
        path
        for path in SOURCE.rglob("*.py")
        if path.parent.name != "messages" and re.search(r"""[=!]= ["'](zh|en)["']""", path.read_text("utf-8"))
    ]
    assert compared == []
    assert (chosen("zh", "甲", "A"), chosen("en", "甲", "A")) == ("甲", "A")


@pytest.mark.parametrize(
    "failure,zh",
    [
        ("fatal: Needed a single revision", "没有这一版，这一版里没有这个文件夹，或者仓库是浅克隆"),
        (
            FileNotFoundError(2, "No such file or directory"),
            "没有这个文件（原话：No such file or directory）",
        ),
        (OSError(28, "No space left on device"), "没有空间了（原话：No space left on device）"),
        (
            sqlite3.DatabaseError("file is not a database"),
            "文件不完整、已损坏，或者不是这种格式（原话：file is not a database）",
        ),
        (ValueError("7 of 9\n[SQL: select 1]"), "原话是 7 of 9"),
        (KeyboardInterrupt(), "原话是 KeyboardInterrupt"),
    ],
)
def test_what_other_programs_say_is_told_in_the_readers_language(
    failure: BaseException | str, zh: str
) -> None:
    """The words of the program stand behind, whole, and alone where nobody has worded them."""
    told = reason(failure)
    words = str(failure) if isinstance(failure, str) else failure.args[-1] if failure.args else ""
    assert told["zh"].startswith(zh)
    assert words.split("\n")[0] in told["en"]
