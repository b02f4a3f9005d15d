"""The messages about files: said in both languages, for people who know no YAML."""

from __future__ import annotations

import re

import pytest

from dutyroute.messages import LANGUAGES, text
from texts import AREAS

# What only someone who knows how YAML is parsed would understand.
JARGON = re.compile(
    r"\b(blocks?\b|flow|token|scalar|mapping|sequence|parse|stream|node|event|context)", re.IGNORECASE
)


@pytest.mark.parametrize("code", AREAS["rulebook"])
def test_every_message_shows_a_way_out(code: str) -> None:
    for said in (text(code, lang) for lang in LANGUAGES):
        assert said.message
        assert said.help


@pytest.mark.parametrize("code", AREAS["rulebook"])
def test_chinese_is_chinese_and_a_sentence(code: str) -> None:
    said = text(code, "zh")
    assert re.search("[一-鿿]", said.message)
    assert re.search("[一-鿿]", said.help)
    assert said.help.endswith(("。", "？"))
    assert not said.message.endswith("。")


@pytest.mark.parametrize("code", AREAS["rulebook"])
def test_no_message_speaks_as_a_parser_does(code: str) -> None:
    for said in (text(code, lang) for lang in LANGUAGES):
        assert not JARGON.search(" ".join((said.message, said.help, said.otherwise)))
