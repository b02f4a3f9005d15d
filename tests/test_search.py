"""Matters found by everyday words: a word leads to the right one or asks, a text suggests and never decides."""

from __future__ import annotations

import csv
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from books import WORDS, linked, rule, written
from dutyroute import IncidentError, Router, Suggestion, Suggestions
from dutyroute.rulebook.build import link
from dutyroute.rulebook.occurrences import Occurrences
from dutyroute.rulebook.search import MOST, Search

ROUTER = Router.shipped()
SEARCH = ROUTER.rulebook.search
GENERAL = ("unlisted-violation", "complaint")
WORDINGS = Path(__file__).parents[2] / "shared" / "policy" / "wordings.tsv"

SILENT = {
    "停车难": "parking-shortage",
    "车位只售不租": "parking-space-use",
    **dict.fromkeys(("停水", "停电", "暖气不热", "供暖"), "utility-outage"),
}
"""Wordings for which the table says only that the text is silent."""


def found(word: str) -> tuple[str, ...]:
    return tuple(match.matter for match in SEARCH.matters(word))


@pytest.mark.parametrize(
    "word,matters",
    [
        ("楼道灯坏", ("service-maintenance",)),
        ("电瓶车上楼", ("fire-violation",)),
        ("物业乱收费", ("price-violation",)),
        ("停车位不够", ("parking-shortage",)),
        ("安装电梯", ("elevator-retrofit",)),
        ("物业弃管", ("company-exit",)),
        ("狗叫扰民", ("unlisted-violation",)),
        ("业委会失职", ("committee-conduct",)),
        ("断气", ("utility-outage",)),
        ("挪用公共收益", ("public-income-taken",)),
        ("解聘物业", ("company-selection",)),
    ],
)
def test_a_usual_name_leads_to_its_matter(word: str, matters: tuple[str, ...]) -> None:
    assert found(word) == matters


@pytest.mark.parametrize(
    "word,matters",
    [
        ("消防设施", ("fire-violation", "service-maintenance")),
        ("漏水", ("service-maintenance", "quality-warranty", "property-dispute")),
        ("大修基金", ("fund-use-by-authority", "fund-use-by-committee")),
        ("楼道杂物", ("fire-violation", "clutter")),
        ("占用消防通到", ("fire-lane-blocking",)),
        ("没有这回事", ()),
    ],
)
def test_what_may_mean_several_is_asked_with_the_general_matters_last(
    word: str, matters: tuple[str, ...]
) -> None:
    assert found(word) == (*matters, *GENERAL)


def test_the_wordings_that_people_use_are_found() -> None:
    """At least 80 of 86 lead to the right matter or to a list of at most five with it; none to a wrong one."""
    if not WORDINGS.exists():
        pytest.skip("the table of wordings is not here")
    with WORDINGS.open(encoding="utf-8") as file:
        rows = {row["wording"]: row["right"] for row in csv.DictReader(file, delimiter="\t")}
    known = set(ROUTER.rulebook.vocabulary.matters)
    right, wrong = [], []
    for word, told in rows.items():
        wanted = {SILENT[word]} if word in SILENT else set(re.findall("[a-z-]+", told)) & known
        matters = found(word)
        if wanted & set(matters) and len(matters) <= MOST:
            right.append(word)
        elif len(matters) == 1:
            wrong.append(word)
    assert (len(rows), len(right) >= 80, wrong) == (86, True, [])


def test_candidates_say_what_sets_them_apart_and_who_leads() -> None:
    water, *_, last = ROUTER.matters("漏水", lang="en")
    assert water.to_dict() == {
        "matter": "service-maintenance",
        "name": "upkeep of shared parts and equipment",
        "why": "Shared parts or equipment that break or leak; within the warranty choose the warranty; "
        "where the maintenance fund is needed choose it as well.",
        "lead": ["street-office"],
    }
    assert (last.matter, last.why) == (
        "complaint",
        "Any other complaint or dispute about property management.",
    )


def test_every_candidate_has_a_line_in_both_languages() -> None:
    for lang in ("zh", "en"):
        assert all(each.why for each in ROUTER.matters("物业", most=None, lang=lang))


def test_an_incident_with_an_unknown_matter_names_the_candidates() -> None:
    with pytest.raises(IncidentError) as caught:
        ROUTER.route({"matter": "更换物业"})
    assert caught.value.candidates == (
        *("company-selection", "owners-assembly-meeting", "company-exit"),
        *GENERAL,
    )
    assert [found.candidates for found in ROUTER.route_table({"matter": ["更换物业"]})] == [
        caught.value.candidates
    ]
    assert caught.value.suggestion is not None
    assert caught.value.suggestion.startswith("company-selection 选聘、解聘物业服务企业 / owners-assembly-")


# -- texts


def matters(text: str) -> list[str]:
    return [each.matter for each in ROUTER.suggest(text).suggestions]


def test_a_text_suggests_matters_with_the_places_that_show_them() -> None:
    text = "三号楼消防通道又被私家车堵了，物业不管"
    assert ROUTER.suggest(text) == Suggestions(
        True, (Suggestion("fire-lane-blocking", ((3, 7),)), Suggestion("service-quality", ((15, 19),))), {}
    )
    assert (text[3:7], text[15:19]) == ("消防通道", "物业不管")


def test_the_longest_of_overlapping_words_counts() -> None:
    assert matters("小区里要加装电梯") == ["elevator-retrofit"]
    assert matters("小区电梯坏了") == ["special-equipment-safety"]


def test_places_are_those_of_the_text_as_it_was_written() -> None:
    text = "本小区 消 防　通道 被堵"
    (only,) = ROUTER.suggest(text).suggestions
    ((first, last),) = only.spans
    assert text[first:last] == "消 防　通道"


@pytest.mark.parametrize(
    "text,suggested",
    [
        ("小区没有人占用消防通道", []),
        ("没有占用消防通道", []),
        ("消防通道没有被占用", []),
        ("并未发现违法建设", []),
        ("小区不是没有占用消防通道", ["fire-lane-blocking"]),
        ("是不是占用消防通道", ["fire-lane-blocking"]),
        ("小区有没有占道经营", ["street-occupation"]),
        ("没有保安。有人占道经营", ["street-occupation", "service-security"]),
        ("no illegal parking in the community", []),
        ("illegal parking in the community", ["illegal-parking"]),
        ("parametering of illegal parkings", []),
    ],
)
def test_what_is_negated_is_not_suggested(text: str, suggested: list[str]) -> None:
    assert sorted(matters(text)) == sorted(suggested)


@pytest.mark.parametrize(
    "text,facts",
    [
        ("租户在楼道堆放杂物", {"respondent": "tenant"}),
        ("业主在楼道堆放杂物", {"respondent": "owner"}),
        ("我是业主，租户在楼道堆放杂物", {"respondent": "tenant"}),
        ("业主和租户都在楼道堆放杂物", {}),
        ("小区没有物业，垃圾没人清", {"has_property_company": False}),
        ("不是我们小区，是旁边占道经营", {"in_community": False}),
        ("我们小区楼道堆放杂物", {"in_community": True}),
        ("老旧小区没有业委会", {"community_class": "old", "has_owners_committee": False}),
        ("小区不是没有业委会", {"has_owners_committee": True}),
    ],
)
def test_facts_are_those_that_the_text_states(text: str, facts: dict[str, Any]) -> None:
    assert ROUTER.suggest(text).facts == facts


@pytest.mark.parametrize(
    "text",
    [
        "今天天气很好",
        "",
        "小区存在安全隐患",
        "对违法行为要严肃处理",
        "某中学乱收费，家长多次反映无果，希望教育部门尽快核实处理，还学生和家长一个公道，请及时给予书面答复，谢谢领导",
    ],
)
def test_nothing_found_or_what_is_too_general_is_no_answer(text: str) -> None:
    assert not ROUTER.suggest(text).answered


def test_a_suggestion_is_plain_data_that_reads_back() -> None:
    found = ROUTER.suggest("租户在楼道堆放杂物")
    assert Suggestions.from_json(found.to_json()) == found
    assert found.to_dict() == {
        "answered": True,
        "suggestions": [
            {"matter": "clutter", "spans": [[3, 9]]},
            {"matter": "fire-violation", "spans": [[3, 9]]},
        ],
        "facts": {"respondent": "tenant"},
    }


def test_threads_that_search_at_once_find_the_same() -> None:
    """They share a search that none of them has made yet."""
    texts = [
        "三号楼消防通道又被私家车堵了，物业不管",
        "小区垃圾没人清，没有占用消防通道",
        "我是业主，楼上漏水",
        "天气很好",
    ]
    expected = list(map(ROUTER.suggest, texts))
    for is_plain in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            prepare = partial(Occurrences, is_plain=is_plain or find_spec("ahocorasick") is None)
            patch.setattr("dutyroute.rulebook.search.Occurrences", prepare)
            shared = Router.shipped()
            with ThreadPoolExecutor(8) as pool:
                found = list(pool.map(partial(map, shared.suggest), [texts] * 16))
        assert all(list(each) == expected for each in found)


# -- words are data


PLAIN = written(rule("a", {"matter": "clutter"}, {"lead": "housing"}))


def edited(**more: Any) -> Any:
    words = tuple(each | (more if each["id"] == "clutter" else {}) for each in WORDS["matters"])
    return linked(PLAIN | {"matters": words})


def test_a_rulebook_without_keywords_keeps_its_digest() -> None:
    book = linked(PLAIN)
    assert not {"keywords", "vague", "otherwise", "note_english"} & set(
        re.findall("[a-z_]+", book.canonical())
    )
    assert edited(keywords=()).digest == book.digest


def test_keywords_are_part_of_the_digest_and_are_no_names() -> None:
    book = edited(keywords=("纸箱",))
    assert book.digest != linked(PLAIN).digest
    with pytest.raises(IncidentError) as caught:
        Router(book).route({"matter": "纸箱"})
    assert caught.value.candidates == ("clutter",)


def test_a_vague_word_asks_back_and_is_no_answer_to_a_text() -> None:
    router = Router(edited(vague=("纸箱",)))
    assert [each.matter for each in router.matters("纸箱")] == ["clutter"]
    search = router.rulebook.search
    assert search.named(search.matters("纸箱")) == "clutter 乱堆乱放"
    found = router.suggest("门口有纸箱")
    assert (found.answered, [each.matter for each in found.suggestions]) == (False, ["clutter"])


def test_several_matters_may_share_a_keyword() -> None:
    words = tuple(
        each | ({"keywords": ("纸箱",)} if each["id"] in ("clutter", "fire-lane") else {})
        for each in WORDS["matters"]
    )
    book, faults = link(PLAIN | {"matters": words})
    assert (book is not None, faults) == (True, [])
    assert book is not None
    assert {match.matter for match in Search(book.vocabulary).matters("纸箱")} == {"clutter", "fire-lane"}


# -- the phrases of clauses, last


@pytest.mark.parametrize(
    "word,suggested",
    [
        ("总结推广", "publicity"),
        ("其他相关费用", "fee-arrears"),
        ("认识和参与度", None),
        ("营商环境", None),
    ],
)
def test_words_of_the_text_lead_to_the_matters_of_the_rules_that_carry_them(
    word: str, suggested: str | None
) -> None:
    assert found(word) == (*([suggested] if suggested else []), *GENERAL)


def test_the_vocabulary_comes_before_the_phrases() -> None:
    """消防 is a phrase about inspections by the police; the words of matters say more."""
    assert found("消防")[:2] == ("fire-violation", "fire-lane-blocking")


def test_a_phrase_of_many_matters_tells_none_from_another() -> None:
    assert found("及时劝阻") == GENERAL


@pytest.mark.parametrize(
    "text,suggested",
    [
        ("请总结推广好的做法", ["publicity"]),
        ("没有总结推广好的做法", []),
        ("消防通道没有被占用", []),
    ],
)
def test_a_text_with_nothing_but_phrases_gets_suggestions_and_no_answer(
    text: str, suggested: list[str]
) -> None:
    told = ROUTER.suggest(text)
    assert (told.answered, [each.matter for each in told.suggestions]) == (False, suggested)


def test_a_rulebook_without_phrases_finds_by_its_vocabulary_alone() -> None:
    assert [each.matter for each in Search(ROUTER.rulebook.vocabulary).matters("总结推广")] == []


# -- keywords of two words apart


def apart(text: str, *keywords: str, **more: Any) -> list[tuple[tuple[int, int], ...]]:
    """Where the words of one matter stand in a text."""
    found = edited(keywords=keywords, **more)
    return [each.spans for each in Search(found.vocabulary).suggest(text).suggestions]


def test_two_words_apart_are_found_in_one_part_of_a_sentence() -> None:
    assert apart("楼道里常年堆着纸箱", "楼道…堆") == [((0, 2), (5, 6))]
    assert apart("楼道里很黑，门口堆着纸箱", "楼道…堆") == []
    assert apart("楼道" + "很" * 13 + "堆", "楼道…堆") == []
    assert apart("堆在楼道", "楼道…堆") == []


@pytest.mark.parametrize("text", ["楼道没有堆东西", "没有在楼道堆东西"])
def test_either_word_may_be_negated(text: str) -> None:
    assert apart(text, "楼道…堆") == []


def test_words_apart_count_by_their_letters_and_leave_what_stands_between() -> None:
    both = ("楼道…堆", "纸箱")
    assert apart("楼道里纸箱堆着", *both) == [((0, 2), (3, 5), (5, 6))]
    assert apart("楼道里纸箱堆着", *both, "纸箱堆着") == [((3, 7),)]


def test_words_apart_are_found_in_a_word_too() -> None:
    search = Search(edited(keywords=("楼道…堆",)).vocabulary)
    assert [each.words for each in search.matters("楼道堆")] == [("楼道", "堆")]
    assert [each.words for each in search.matters("楼道")] == [("楼道…堆",)]


@pytest.mark.parametrize(
    "text,first",
    [
        ("我家七号楼楼道里的灯都黑了三个多月，老人上下楼只能摸着墙走", "service-maintenance"),
        ("单元里有人把电瓶车推进楼道充电，线从五楼拉下来", "fire-violation"),
        ("电梯里贴满广告也就算了，楼道好几天没人来扫", "service-cleaning"),
        ("收房不到一年，客厅的墙就裂了，开发商推来推去不修", "quality-warranty"),
        ("邻居家的大狗天天不拴，把孩子扑倒了", "unlisted-violation"),
        ("物业费说涨就涨，从一块六涨到两块二", "price-violation"),
        ("小区门口每天有人摆摊卖水果，单元门口的路都堵死了", "street-occupation"),
        ("楼上的小孩半夜还在跑，咚咚响", "residential-noise"),
        ("我们小区想成立业委会，街道一直不批", "committee-formation"),
    ],
)
def test_a_complaint_in_everyday_words_leads_to_its_matter(text: str, first: str) -> None:
    found = ROUTER.suggest(text)
    assert (found.answered, found.suggestions[0].matter) == (True, first)


@pytest.mark.parametrize("text", ["小区电梯", "单元门", "我们小区物业费", "楼里的垃圾"])
def test_a_thing_alone_is_no_fault(text: str) -> None:
    found = ROUTER.suggest(text)
    assert (found.answered, bool(found.suggestions)) == (False, True)
