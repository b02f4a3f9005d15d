"""The messages about files: said in both languages, for people who know no YAML."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from dutyroute.messages import Lang
from dutyroute.messages.files import MESSAGES

# What only someone who knows how YAML is parsed would understand.
JARGON = re.compile(
    r"block|flow|token|scalar|mapping|sequence|parse|stream|node|event|context", re.IGNORECASE
)


def slots(code: str, lang: Lang) -> set[str | None]:
    text = MESSAGES[code][lang]
    parts = (text.message, text.help, text.otherwise)
    return {slot for part in parts for _, slot, _, _ in Formatter().parse(part) if slot}


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_say_the_same(code: str) -> None:
    assert set(MESSAGES[code]) == {"zh", "en"}
    assert slots(code, "zh") - {"known"} == slots(code, "en") - {"known"}


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_shows_a_way_out(code: str) -> None:
    for text in MESSAGES[code].values():
        assert text.message
        assert text.help


@pytest.mark.parametrize("code", MESSAGES)
def test_chinese_is_chinese_and_a_sentence(code: str) -> None:
    text = MESSAGES[code]["zh"]
    assert re.search("[一-鿿]", text.message)
    assert re.search("[一-鿿]", text.help)
    assert text.help.endswith(("。", "？"))
    assert not text.message.endswith("。")


@pytest.mark.parametrize("code", MESSAGES)
def test_no_message_speaks_as_a_parser_does(code: str) -> None:
    for text in MESSAGES[code].values():
        assert not JARGON.search(" ".join((text.message, text.help, text.otherwise)))
