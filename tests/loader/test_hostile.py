"""Files made to break a reader end in an ordinary error, soon and in little memory."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import yaml

from dutyroute.diagnostics import Diagnostic
from dutyroute.errors import RulebookError
from dutyroute.rulebook.loader import load, read_document
from dutyroute.rulebook.loader.builder import PARSERS
from dutyroute.rulebook.loader.page import MAX_FAULTS, Page
from dutyroute.rulebook.loader.recovery import read_page

DEEP = 10_000
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def faults_of(text: str, parser: Any) -> list[Diagnostic]:
    page = Page("hostile.yaml", text)
    read_page(page, parser)
    return page.faults


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    "text",
    [
        "[" * DEEP,
        "[" * DEEP + "]" * DEEP,
        "{a: " * DEEP + "}" * DEEP,
        "- " * DEEP + "a\n",
        "? " * DEEP + "a\n",
        "a: " + "[{b: " * DEEP,
        "".join(f"{' ' * depth}a:\n" for depth in range(600)),
        "".join(f"{'- ' * depth}\n" for depth in range(600)),
    ],
)
def test_nesting_without_end_is_refused(text: str, parser: Any) -> None:
    assert "nested-too-deeply" in {fault.code for fault in faults_of(text, parser)}


class _LooksAhead(PARSERS[-1]):  # type: ignore[misc]
    """The fast parser of libyaml 0.2.6: it counts brackets before it hands out the first of them."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.is_limited = "[" * 1_000 in text

    def get_event(self) -> Any:
        event = super().get_event()
        if self.is_limited and isinstance(event, yaml.SequenceStartEvent):
            start = event.start_mark
            at = yaml.Mark(start.name, start.index + 1_000, start.line, start.column + 1_000, None, None)
            problem = "exceeded maximum nesting depth 1000"
            raise yaml.parser.ParserError("while increasing flow level", start, problem, at)
        return event


def test_nesting_is_told_at_one_place_whatever_the_parser() -> None:
    """A limit of the parser's own, met while it looks ahead, changes nothing."""
    for text in ("a:\n  - b: " + "[" * 5_000, "[" * 1_000):
        told = [
            [(fault.code, str(fault.span)) for fault in faults_of(text, parser)]
            for parser in (_LooksAhead, *PARSERS)
        ]
        assert told[0][0][0] == "nested-too-deeply"
        assert told[1:] == [told[0]] * len(PARSERS)


@pytest.mark.parametrize("parser", PARSERS)
def test_an_alias_bomb_is_refused_unexploded(parser: Any) -> None:
    faults = faults_of(BOMB, parser)
    assert {fault.code for fault in faults} == {"anchor", "alias"}
    assert len(faults) == 9 + 8 * 9


@pytest.mark.parametrize(
    "text",
    [
        "a: [" + "*a, " * 100_000,
        "- &a b\n" * 100_000,
        "- a: b: c\n" * 100_000,
        "a: 1\n" * 100_000,
        "\u200ba" * 100_000,
        "- a\tb\n" * 100_000,
        "%YAML 1.1\n" * 100_000,
        "- [a\n" * 10_000,
    ],
)
def test_faults_without_end_are_told_up_to_a_number(text: str) -> None:
    _, faults = read_document(text)
    assert len(faults) <= MAX_FAULTS + 1
    assert faults[-1].code == "too-many-faults"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10**6,
        " " * 10**6,
        "\n" * 10**6,
        "#" * 10**6,
        ":" * 10**6,
        '"' + "\\n" * 10**6,
        "\t" * 10**6,
        "?" * 10**6,
    ],
)
def test_a_million_of_one_character_are_no_trouble(text: str) -> None:
    document, faults = read_document(text)
    assert faults or document.data is None or document.data == text


def test_a_huge_file_is_not_taken_into_memory(rules: Path) -> None:
    with (rules / "huge.yaml").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    tracemalloc.start()
    with pytest.raises(RulebookError):
        load(rules)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * 1024 * 1024


def test_ten_thousand_rules_with_their_places_take_little_memory() -> None:
    rule = "  - id: r{0}\n    title: 第{0}条\n    when: {{matter: m{0}}}\n    assign: {{lead: housing}}\n"
    text = "rules:\n" + "".join(map(rule.format, range(10_000)))
    tracemalloc.start()
    document, faults = read_document(text)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(document.data["rules"]), faults) == (10_000, [])
    assert str(document.span(("rules", 9_999, "assign", "lead"))) == "<text>:40001:20"
    assert peak < 20 * 1024 * 1024
    assert kept < 16 * 1024 * 1024


@pytest.mark.parametrize("seed", range(60))
def test_random_bytes_end_in_an_ordinary_error(seed: int, rules: Path) -> None:
    chance = random.Random(seed)
    sound = (rules / "vocabulary.yaml").read_bytes()
    if seed % 3:  # a sound file with a few bytes struck by lightning
        noise = bytearray(sound)
        for _ in range(seed):
            noise[chance.randrange(len(noise))] = chance.randrange(256)
    else:
        noise = bytearray(chance.randbytes(chance.choice([1, 2, 3, 100, 5_000])))
    (rules / "vocabulary.yaml").write_bytes(noise)
    with pytest.raises(RulebookError) as caught:
        load(rules)
    assert caught.value.describe("zh")
    assert caught.value.describe("en")
    assert all(fault.span for fault in caught.value.diagnostics)
