"""What an edit changes, in regions that policy staff read."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from books import WORDS, Data, book, entry, linked, obligation, recusal, rule, written
from dutyroute import Router, Rulebook
from dutyroute.analysis import CaseCount, Comparison, Difference, Region, diff
from dutyroute.analysis.differences.region import UNSAID, Bound, Stretch
from dutyroute.analysis.differences.wording import DiffWording
from dutyroute.report.analysis import render_diff
from dutyroute.rulebook.loader import load
from dutyroute.rulebook.shipped import shipped
from generate import Dice, Writer

ENFORCE = rule("housing-enforces", {"matter": "violation"}, {"enforce": "housing"})
INSPECT = rule(
    "planning-inspects", {"matter": "fire-violation", "has_company": True}, {"inspect": "planning"}
)


def said(old: Rulebook, new: Rulebook, lang: Any = "zh") -> list[tuple[str, list[str]]]:
    """Say each region and what changes in it."""
    words = DiffWording(old, new, lang)
    return [(words.region(r), list(words.changes(r.change))) for r in diff(old, new).regions]


# -- what is no change


def test_a_rulebook_does_not_differ_from_itself() -> None:
    assert diff(book(ENFORCE, INSPECT), book(ENFORCE, INSPECT)).regions == ()


def test_no_generated_rulebook_differs_from_itself() -> None:
    for seed in range(60):
        data = Writer(Dice(("same", seed))).rulebook()
        assert diff(linked(data), linked(data)).regions == ()


def test_the_shipped_rulebook_does_not_differ_from_itself() -> None:
    assert diff(load(shipped("rules")), load(shipped("rules"))).regions == ()


EDITORIAL: dict[str, Data] = {
    "order": written(INSPECT, ENFORCE),
    "titles": written(ENFORCE | {"title": "住建局查处", "english": "Housing enforces"}, INSPECT),
    "notes": written(ENFORCE | {"note": "说明", "quote": "查处"}, INSPECT),
    "a rule renamed": written(ENFORCE | {"id": "housing-punishes"}, INSPECT),
    "a rule split by party": written(
        ENFORCE, INSPECT, rule("again", {"matter": "violation", "urgent": True}, {"enforce": "housing"})
    ),
    "a rule split by condition": written(
        rule("urgent", {"matter": "violation", "urgent": True}, {"enforce": "housing"}),
        rule("other", {"matter": "violation", "urgent": False}, {"enforce": "housing"}),
        INSPECT,
    ),
    "a rule split by date": written(
        ENFORCE | {"in_force": {"until": date(2026, 7, 1)}},
        ENFORCE | {"id": "later", "in_force": {"from": date(2026, 7, 1)}},
        INSPECT,
    ),
    "the vocabulary's order": written(ENFORCE, INSPECT)
    | {kind: tuple(reversed(WORDS[kind])) for kind in ("parties", "roles", "matters", "facts", "flags")},
    "names": written(ENFORCE, INSPECT)
    | {"parties": tuple(p | {"name": p["name"] + "（改）"} for p in WORDS["parties"])},
}


@pytest.mark.parametrize("edit", EDITORIAL)
def test_an_editorial_edit_changes_no_decision(edit: str) -> None:
    assert diff(book(ENFORCE, INSPECT), linked(EDITORIAL[edit])).regions == ()


def test_a_duty_that_rests_on_other_words_is_a_change() -> None:
    """The party stays; its basis and how certain it is change."""
    old = book(ENFORCE, INSPECT)
    new = book(ENFORCE | {"cite": "opinion/2.1", "basis": "assumed"}, INSPECT)
    assert said(old, new) == [
        ("违法违规（全部）", ["住建局查处：职责不变，依据由“第1.1条，明文”变为“第2.1条，本地设定”"])
    ]
    assert said(old, new, "en")[0][1] == [
        "housing, enforce: same duty, but its basis changes from 1.1 (explicit) to 2.1 (assumed)"
    ]


def test_a_repeated_rule_that_adds_a_clause_is_not_dropped_in_silence() -> None:
    again = rule("again", {"matter": "violation"}, {"enforce": "housing"}, cite="opinion/2.1")
    (region,) = diff(book(ENFORCE, again), book(ENFORCE)).regions
    assert (region.change.gained, region.change.lost) == ((), ())
    assert region.change.grounds == (
        ("housing", "enforce", ("explicit", ("opinion/1.1", "opinion/2.1")), ("explicit", ("opinion/1.1",))),
    )


def test_whom_a_duty_tells_is_a_set_whatever_the_order_of_parties() -> None:
    told = rule("tells", {}, {"report": {"party": "housing", "to": ("planning", "street-office")}})
    turned = written(told) | {"parties": tuple(reversed(WORDS["parties"]))}
    assert diff(book(told), linked(turned)).regions == ()


# -- what is one


def test_a_region_reads_as_policy_staff_would_say_it() -> None:
    later = rule(
        "planning-too",
        {"matter": "clutter", "respondent": "owner"},
        {"enforce": "planning"},
        in_force={"from": date(2026, 7, 1)},
    )
    old, new = book(ENFORCE), book(ENFORCE, later)
    assert said(old, new) == [("乱堆乱放，行为人：业主，反映日期：2026-07-01 起", ["规划局：新增查处"])]
    assert said(old, new, "en") == [
        ("clutter, respondent: owner, reported at: from 2026-07-01", ["planning: gains enforce"])
    ]


def test_a_region_is_as_wide_as_it_can_be() -> None:
    (region,) = diff(
        book(ENFORCE), book(rule("planning-enforces", {"matter": "violation"}, {"enforce": "planning"}))
    ).regions
    assert region == Region(
        ("violation", "fire-violation", "fire-lane", "clutter"),
        (),
        Difference(gained=(("planning", "enforce", (), None),), lost=(("housing", "enforce", (), None),)),
        ("housing-enforces",),
        ("planning-enforces",),
        {"matter": "violation"},
    )


def test_a_whole_branch_of_matters_is_named_by_its_top() -> None:
    assert said(book(ENFORCE), book())[0][0] == "违法违规（全部）"


def test_both_sides_name_the_rules_that_give_the_role() -> None:
    both = rule("both", {"matter": "violation"}, {"enforce": ("housing", "planning")})
    (region,) = diff(book(ENFORCE), book(both)).regions
    assert (region.old_rules, region.new_rules) == (("housing-enforces",), ("both",))


def test_to_and_within_show_as_a_changed_duty() -> None:
    def tells(**more: Any) -> Rulebook:
        return book(rule("tells", {}, {"report": {"party": "housing", **more}}))

    old, new = tells(to="planning"), tells(to="street-office", within="24h")
    assert said(old, new) == [("所有事项", ["住建局：改为报告（对象：街道办）（时限 24 小时）"])]


def test_flags_and_breaches_are_changes() -> None:
    owed = (obligation("one-enforcer", {"matter": "clutter"}, "enforce", exactly=1),)
    old = book(ENFORCE, obligations=owed)
    new = book(
        ENFORCE,
        rule("more", {"matter": "clutter"}, {"enforce": "planning"}, flag="undetermined"),
        obligations=owed,
    )
    ((where, changes),) = said(old, new)
    assert (where, changes) == ("乱堆乱放", ["规划局：新增查处", "新增提示：部门待定", "不再符合要求：要求"])


def test_recusal_is_a_change_where_the_party_is_concerned() -> None:
    old = book(rule("company-reports", {}, {"report": "property-company"}))
    new = book(
        rule("company-reports", {}, {"report": "property-company"}), recusal=recusal("respondent", "report")
    )
    assert said(old, new) == [("所有事项，行为人：物业企业", ["物业企业：不再报告"])]


def test_what_becomes_impossible_is_a_region() -> None:
    new = book(ENFORCE, impossible=({"respondent": "property-company", "has_company": False},))
    ((where, changes),) = said(book(ENFORCE), new)
    assert where == "所有事项，行为人：物业企业，有物业：否"
    assert changes[-1] == "此类案件改为视作自相矛盾，不予受理"


def test_a_new_value_is_one_region_of_its_own() -> None:
    def grown(fact: Data) -> Data:
        return (
            fact | {"values": (*fact["values"], entry("tenant", "租户"))}
            if fact["id"] == "respondent"
            else fact
        )

    more = linked(written(ENFORCE) | {"facts": tuple(map(grown, WORDS["facts"]))})
    assert said(book(ENFORCE), more) == [("所有事项，行为人：租户", ["新的事项或者取值，修改前没有"])]


def test_days_without_any_rule_are_a_region() -> None:
    old, new = (
        book(ENFORCE, header={"in_force": {"from": day}}) for day in (date(2026, 1, 1), date(2026, 7, 1))
    )
    assert said(old, new) == [
        ("所有事项，反映日期：2026-01-01 至 2026-06-30", ["修改后这些日子没有有效的规则"])
    ]


def test_an_edited_default_concerns_the_incidents_that_do_not_give_the_fact() -> None:
    inside = rule("inside", {"in_community": True}, {"handle": "street-office"})
    facts = tuple(f | {"default": False} if f["id"] == "in_community" else f for f in WORDS["facts"])
    old, new = book(inside), linked(written(inside) | {"facts": facts})
    (region,) = diff(old, new).regions
    assert region.where == (("in_community", Bound((UNSAID,))),)
    assert region.witness == {"matter": "violation"}
    assert said(old, new) == [("所有事项，小区内：没有填写", ["街道办：不再处理"])]
    assert [router.route(region.witness).duties == () for router in (Router(old), Router(new))] == [
        False,
        True,
    ]


def test_a_default_taken_away_leaves_the_fact_open() -> None:
    inside = rule("inside", {"in_community": True}, {"handle": "street-office"})
    facts = tuple({k: v for k, v in f.items() if k != "default"} for f in WORDS["facts"])
    ((where, changes),) = said(book(inside), linked(written(inside) | {"facts": facts}))
    assert (where, changes[-1]) == ("所有事项，小区内：没有填写", "改为要看案件没有给出的事实")


# -- order, proof


def test_wide_regions_come_first_whatever_the_order_of_the_files() -> None:
    rules = [
        rule("narrow", {"matter": "clutter", "urgent": True, "occupied": True}, {"attend": "planning"}),
        rule("wide", {"matter": "violation"}, {"handle": "street-office"}),
        rule("middle", {"matter": "complaint", "urgent": True}, {"attend": "planning"}),
    ]
    forward = diff(book(), book(*rules)).regions
    backward = diff(book(), book(*reversed(rules))).regions
    assert forward == backward
    assert [len(region.where) for region in forward] == sorted(len(region.where) for region in forward)


def test_a_matter_too_large_to_compare_is_named_and_not_passed_over() -> None:
    old = book(rule("wide", {"matter": "clutter", "urgent": True, "occupied": True}, {"enforce": "housing"}))
    (region,) = diff(old, book(), budget=1).regions
    assert (region.proven, region.matters) == (False, ("clutter",))
    assert region.holds("clutter", {}) is None
    assert region.holds("complaint", {}) is False
    assert "未能证明" in Comparison(old, book(), (region,)).to_text("zh")


def test_a_fact_of_another_type_is_not_compared() -> None:
    urgent = rule("urgent", {"matter": "clutter", "urgent": True}, {"enforce": "housing"})
    facts = tuple(f | {"type": "int"} if f["id"] == "urgent" else f for f in WORDS["facts"])
    new = linked(
        written(urgent | {"when": {"matter": "clutter", "urgent": {"at_least": 1}}}) | {"facts": facts}
    )
    (region,) = diff(book(urgent), new).regions
    assert (region.proven, region.matters) == (False, ("clutter",))


# -- stretches


def test_stretches_that_touch_become_one() -> None:
    assert Bound.of([Stretch(3, 5), Stretch(5, None)]) == Bound(stretches=(Stretch(3, None),))


# -- cases


def test_cases_are_counted_certain_or_possible() -> None:
    old, new = book(), book(rule("more", {"matter": "clutter", "urgent": True}, {"enforce": "planning"}))
    cases = (
        {"matter": "clutter", "urgent": True},
        {"matter": ["clutter", "complaint"], "urgent": True},
        {"事项": "乱堆乱放"},
        {"matter": "complaint", "urgent": True},
    )
    assert diff(old, new, cases).counts == (CaseCount(certain=2, possible=1),)


# -- written out


def _edited() -> Comparison:
    new = book(ENFORCE, rule("more", {"matter": "clutter"}, {"enforce": "planning"}, title="<b>规划</b>"))
    return diff(book(ENFORCE), new, [{"matter": "clutter"}])


def test_the_text_says_change_place_example_rules_and_clauses() -> None:
    assert _edited().to_text("zh") == (
        "决定有 1 种变化，涉及 1 类案件；此外的案件，决定都没有变化。\n\n"
        "1. 变化\n"
        "   - 规划局：新增查处\n"
        "   涉及的案件：\n"
        "   · 乱堆乱放\n"
        "     例如：事项：乱堆乱放\n"
        "     历史案件：1 件属于此类，另有 0 件事实不明、可能属于\n"
        "   规则：housing-enforces → more\n"
        "   依据：第1.1条 → 第1.1条"
    )


def test_nothing_changed_is_said_in_every_form() -> None:
    same = diff(book(ENFORCE), book(ENFORCE))
    assert same.to_text("en") == "No decision changes."
    assert same.to_markdown("en") == "## Effects of the change\n\nNo decision changes."
    assert "任何案件的决定都没有变化。" in render_diff(same, "zh")
    assert same.to_dict("en")["regions"] == []


def test_the_data_is_json_and_complete() -> None:
    (region,) = json.loads(json.dumps(_edited().to_dict("en"), ensure_ascii=False))["regions"]
    assert region["gained"] == [{"party": "planning", "role": "enforce", "to": [], "within": None}]
    assert region["witness"] == {"matter": "clutter"}
    assert region["cases"] == {"certain": 1, "possible": 0}
    assert region["rules"]["new"] == [{"id": "more", "at": None}]


def test_the_page_loads_nothing_and_escapes_what_authors_write() -> None:
    named = tuple(
        p | {"name": "<script>x</script>"} if p["id"] == "planning" else p for p in WORDS["parties"]
    )
    new = linked(written(rule("more", {}, {"enforce": "planning"})) | {"parties": named})
    page = render_diff(diff(book(), new), "zh")
    assert "default-src 'none'; style-src 'sha256-" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(src|href)=|url\(|@import", page)
    assert page.startswith('<!doctype html>\n<html lang="zh-CN">')


def test_markdown_keeps_what_authors_write_from_being_markup() -> None:
    named = tuple(p | {"name": "*规*<b>"} if p["id"] == "planning" else p for p in WORDS["parties"])
    new = linked(written(rule("more", {}, {"enforce": "planning"})) | {"parties": named})
    assert "\\*规\\*\\<b\\>：新增查处" in diff(book(), new).to_markdown("zh")
