"""Every phrase stands in both languages, says the same, and is said somewhere."""

import re
import string
from pathlib import Path

import pytest

from dutyroute.cli.app import COMMANDS
from dutyroute.cli.phrasebook import PHRASES
from dutyroute.messages.analysis import WORDS as ANALYSIS
from dutyroute.messages.authoring import WORDS as AUTHORING
from dutyroute.messages.cli import MESSAGES, WORDS
from dutyroute.messages.document import WORDS as DOCUMENT
from dutyroute.messages.editions import WORDS as EDITIONS
from dutyroute.messages.engines import WORDS as ENGINES
from dutyroute.messages.ledger import WORDS as LEDGER
from dutyroute.messages.oversight import WORDS as OVERSIGHT
from dutyroute.messages.replaying import WORDS as REPLAYING
from dutyroute.messages.usage import CLICK, PAGES

SOURCES = Path(__file__).parents[2] / "src" / "dutyroute" / "cli"
BUILT = (
    r"(routed|incomplete|unrouted|conflict|unread)|(explicit|inferred|assumed)|(phase|within|standing|verdict|status)-.*"
    r"|(counted|note|values|range|in-force|argument|option|duties|flags)-.*|(does-hold|may-hold|passed|failed|yes|no|or|and)"
    rf"|({'|'.join(COMMANDS)})-(help|short|examples)|(options|arguments|commands|certain|possible)|(.*-near)"
)
"""Phrases whose keys are put together in the sources."""


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_no_phrase_stands_twice() -> None:
    assert len(PHRASES) == sum(
        map(
            len,
            (WORDS, PAGES, ANALYSIS, AUTHORING, REPLAYING, LEDGER, EDITIONS, DOCUMENT, ENGINES, OVERSIGHT),
        )
    )


@pytest.mark.parametrize("key", PHRASES)
def test_both_languages_fill_the_same_gaps(key: str) -> None:
    texts = PHRASES[key]
    assert set(texts) == {"zh", "en"}
    assert gaps(texts["zh"]) == gaps(texts["en"])
    assert not re.search(
        r"[\u3000-\u9fff\uff00-\uffef]", re.sub("[，。！？：；（）【】“”、《》]", "", texts["en"])
    )


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_of_a_message_fill_the_same_gaps(code: str) -> None:
    zh, en = MESSAGES[code]["zh"], MESSAGES[code]["en"]
    assert gaps(zh.message + zh.help) == gaps(en.message + en.help)


def test_every_phrase_that_is_said_exists_and_every_phrase_is_said() -> None:
    source = "\n".join(file.read_text("utf-8") for file in SOURCES.glob("*.py"))
    said = set(
        re.findall(
            r"(?<!account\.)\b(?:say|refused|unusable)\(\s*(?:self\.)?(?:say,\s*)?[\"']([a-z_-]+)[\"']",
            source,
        )
    )
    named = set(re.findall(r"[\"']([a-z][a-z_-]*)[\"']", source))
    assert said <= set(PHRASES)
    unsaid = {key for key in {**WORDS, **PAGES} if key not in named and not re.fullmatch(BUILT, key)}
    assert unsaid == set()


def test_what_click_says_is_matched_whole() -> None:
    for pattern, chinese in CLICK:
        groups = re.compile(pattern).groups
        assert gaps(chinese) == {str(number) for number in range(groups)}
