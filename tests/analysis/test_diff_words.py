"""A word that means something else is a change: listed, counted, read by each side in its own way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from books import WORDS, Data, linked, rule, written
from dutyroute import Rulebook
from dutyroute.analysis import diff
from dutyroute.report.analysis import render_diff
from findings import FIRE, LEADS

RULES = (
    rule("a", {"matter": "fire-lane"}, {"lead": "housing"}),
    rule("b", {"matter": "clutter"}, {"lead": "planning"}),
)


def with_words(kind: str, *edits: tuple[str, dict[str, Any]]) -> Rulebook:
    """The common rulebook, with some entries of one kind edited."""
    changed = dict(edits)
    return linked(written(*RULES) | {kind: tuple(each | changed.get(each["id"], {}) for each in WORDS[kind])})


def with_values(*edits: tuple[str, dict[str, Any]]) -> Rulebook:
    changed = dict(edits)
    (respondent,) = (each for each in WORDS["facts"] if each["id"] == "respondent")
    values = tuple(each | changed.get(each["id"], {}) for each in respondent["values"])
    return with_words("facts", ("respondent", {"values": values}))


OLD = linked(written(*RULES))
ALIAS = "堵塞消防通道"
MOVED = with_words("matters", ("fire-lane", {"aliases": ()}), ("clutter", {"aliases": (ALIAS,)}))
GONE = with_words("matters", ("fire-lane", {"aliases": ()}))
RENAMED = with_words("matters", ("complaint", {"name": "举报"}))
VALUE = with_values(("owner", {"aliases": ()}), ("property-company", {"aliases": ("房主",)}))
FACT = with_words("facts", ("respondent", {"aliases": ()}))
PARTY = with_words(
    "parties", ("street-office", {"aliases": ("街道",)}), ("housing", {"aliases": ("镇政府",)})
)
NAMED = with_words("parties", ("housing", {"aliases": ("住建委",)}))


@pytest.mark.parametrize(
    "new,changes",
    [
        (MOVED, [("matter", "fire-lane", "clutter", (ALIAS,))]),
        (GONE, [("matter", "fire-lane", None, (ALIAS,))]),
        (RENAMED, [("matter", "complaint", None, ("投诉",)), ("matter", None, "complaint", ("举报",))]),
        (VALUE, [("respondent", "owner", "property-company", ("房主",))]),
        (FACT, [(None, "respondent", None, ("被投诉人",))]),
        (PARTY, [("handler", "street-office", "housing", ("镇政府",))]),
        (NAMED, [("handler", None, "housing", ("住建委",))]),
    ],
    ids=["moved", "removed", "renamed", "a value", "a fact", "a party", "a party's new alias"],
)
def test_each_word_is_listed_with_what_it_meant(new: Rulebook, changes: Any) -> None:
    found = diff(OLD, new)
    assert [(c.fact, c.old, c.new, c.words) for c in found.words] == changes
    assert (found.regions, found.changes_anything) == ((), True)
    assert (diff(OLD, OLD).words, diff(OLD, OLD).changes_anything) == ((), False)


def test_a_new_matter_brings_its_own_words_and_takes_those_of_others() -> None:
    fresh: Data = {"id": "ebike", "name": "电动车", "english": "e-bike", "parent": "violation"}
    matters = tuple(
        each | ({"aliases": ()} if each["id"] == "fire-lane" else {}) for each in WORDS["matters"]
    )
    new = linked(written(*RULES) | {"matters": (*matters, {**fresh, "aliases": (ALIAS, "电瓶车")})})
    assert [(c.old, c.new, c.words) for c in diff(OLD, new).words] == [("fire-lane", "ebike", (ALIAS,))]


@pytest.mark.parametrize(
    "new,cases,count",
    [
        (MOVED, [{"matter": ALIAS}, {"matter": ["投诉", ALIAS]}, {"matter": "fire-lane"}], 2),
        (GONE, [{"事项": ALIAS}, {"matter": "占用消防通道"}], 1),
        (MOVED, [{"matter": " 堵塞　消防通道"}], 1),
        (VALUE, [{"matter": "clutter", "行为人": "房主"}, {"matter": "clutter", "respondent": "业主"}], 1),
        (FACT, [{"matter": "clutter", "被投诉人": "业主"}, {"matter": "clutter"}], 1),
    ],
)
def test_cases_are_counted_by_the_words_that_they_use(new: Rulebook, cases: Any, count: int) -> None:
    assert diff(OLD, new, cases).word_counts == (count,)


def test_a_case_that_is_read_otherwise_lies_in_no_region() -> None:
    edited = written(rule("a", {"matter": "fire-lane"}, {"lead": "planning"}), RULES[1])
    new = linked(
        edited
        | {
            "matters": tuple(
                each | ({"aliases": ()} if each["id"] == "fire-lane" else {}) for each in WORDS["matters"]
            )
        }
    )
    found = diff(OLD, new, [{"matter": ALIAS}, {"matter": "fire-lane"}])
    assert found.counts is not None
    assert ([each.certain for each in found.counts], found.word_counts) == ([1], (1,))


def test_it_is_said_in_every_form() -> None:
    found = diff(OLD, MOVED, [{"matter": ALIAS}])
    line = f"事项“{ALIAS}”：原来指占用消防通道，现在指乱堆乱放"
    assert found.to_text("zh").splitlines()[-2:] == [f"   - {line}", "     历史案件：1 件写有这些词"]
    assert f"- {line}" in found.to_markdown("zh")
    assert line in render_diff(found, "zh")
    (told,) = json.loads(json.dumps(found.to_dict("zh")))["words"]
    assert told == {
        "fact": "matter",
        "old": "fire-lane",
        "new": "clutter",
        "words": [ALIAS],
        "suggests": False,
        "unsaid": False,
        "said": line,
        "cases": 1,
    }
    assert "meant fire lane, now means clutter" in found.to_text("en")
    assert "主体名称“镇政府”：原来指街道办，现在指住建局" in diff(OLD, PARTY).to_text("zh")
    assert "party name “镇政府”: meant street office, now means housing" in diff(OLD, PARTY).to_text("en")


def test_keywords_are_words_that_change_and_no_duty() -> None:
    old = with_words("matters", ("clutter", {"keywords": ("纸箱", "杂物")}))
    new = with_words("matters", ("clutter", {"keywords": ("杂物",), "vague": ("旧物",)}))
    found = diff(old, new, [{"matter": "clutter"}])
    assert [(c.fact, c.old, c.new, c.words, c.suggests) for c in found.words] == [
        ("matter", "clutter", None, ("纸箱",), True),
        ("matter", None, "clutter", ("旧物",), True),
    ]
    assert (found.regions, found.word_counts) == ((), (0, 0))
    assert "事项的关键词“纸箱”：原来提示乱堆乱放，现在提示（没有）" in found.to_text("zh")
    assert "matter: keywords “旧物” suggested nothing, now suggest clutter" in found.to_text("en")


def test_a_word_that_becomes_too_vague_is_told() -> None:
    old = with_words("matters", ("clutter", {"keywords": ("纸箱", "杂物"), "vague": ("杂物",)}))
    new = with_words("matters", ("clutter", {"keywords": ("纸箱", "杂物"), "vague": ("纸箱",)}))
    found = diff(old, new)
    assert [(c.fact, c.old, c.new, c.words, c.suggests) for c in found.words] == [
        ("vague", "clutter", None, ("杂物",), True),
        ("vague", None, "clutter", ("纸箱",), True),
    ]
    assert "乱堆乱放：“纸箱”算作太笼统，单凭它不再回答" in found.to_text("zh")
    assert "clutter: “杂物” are vague no longer" in found.to_text("en")


def test_the_words_of_the_rulebook_itself_are_words_that_change() -> None:
    old, new = (
        linked(written(*RULES, header={"keywords": keywords, "otherwise": otherwise}))
        for keywords, otherwise in ((("小区", "物业"), "complaint"), (("小区",), ("complaint", "clutter")))
    )
    found = diff(old, new, [{"matter": "clutter"}])
    assert [(c.fact, c.old, c.new, c.words) for c in found.words] == [
        ("rulebook-keywords", "test", None, ("物业",)),
        ("rulebook-otherwise", None, "test", ("clutter",)),
    ]
    assert (found.regions, found.word_counts) == ((), (0, 0))
    assert "表明来件与本规则库有关的词减少了“物业”" in found.to_text("zh")
    assert "“以上都不是”时用的事项增加了“乱堆乱放”" in found.to_text("zh")
    assert "words that show what the rulebook is about: “物业” were removed" in found.to_text("en")
    assert "matters for what is none of the others: “clutter” were added" in found.to_text("en")


def test_what_a_rule_says_is_done_is_words_and_no_duty() -> None:
    told = {"does": "小区内的堆放", "does_english": "clutter in communities"}
    old, new = (linked(written(RULES[0], rule("b", FIRE, LEADS, **more))) for more in ({}, told))
    found = diff(old, new, [{"matter": "clutter"}])
    assert [(c.fact, c.old, c.new, c.words) for c in found.words] == [
        ("rule-does", None, "小区内的堆放", ("b",)),
        ("rule-does", None, "clutter in communities", ("b",)),
    ]
    assert (found.regions, found.word_counts, old.digest == new.digest) == ((), (0, 0), False)
    assert "规则“规则”的“做什么”：原来是（没有），现在是小区内的堆放" in found.to_text("zh")
    assert "rule “规则”, what is done: was nothing, now is clutter in communities" in found.to_text("en")
