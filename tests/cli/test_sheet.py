"""The sheet: what a street office reads when all it knows is what the matter is."""

from __future__ import annotations

from typing import Any

import pytest

from dutyroute import Router
from dutyroute.messages import LANGUAGES, Lang
from dutyroute.report.sheet import Section, sheet
from dutyroute.rulebook.shipped import shipped

MATTERS = (
    *("service-quality", "service-cleaning", "service-maintenance", "illegal-parking", "price-violation"),
    *("property-dispute", "special-equipment-safety", "clutter", "fire-violation", "fire-lane-blocking"),
    *("illegal-construction", "illegal-renovation", "residential-noise", "safety-hazard"),
    *("vegetable-planting", "street-occupation", "fee-arrears", "committee-formation", "quality-warranty"),
    "company-exit",
)
"""What residents report most, by kind of matter."""

RULES = str(shipped("rules"))


def lines(run: Any, matter: str, columns: int, lang: Lang = "zh") -> list[str]:
    done = run("route", "--rules", RULES, "--matter", matter, columns=columns, lang=lang)
    assert (done.status, done.err) == (0, "")
    return [line for line in done.out.splitlines() if line.strip()]


def sections(lang: Lang, **facts: Any) -> dict[str, Section]:
    router = Router.shipped()
    incident = router.incident(facts)
    return {section.key: section for section in sheet(router.route(incident), incident, router, lang)}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("columns,mean,most", [(100, 18, 26), (80, 22, 26)])
def test_an_answer_for_a_matter_alone_fits_a_screen(
    run: Any, columns: int, mean: int, most: int, lang: Lang
) -> None:
    lengths = {matter: len(lines(run, matter, columns, lang)) for matter in MATTERS}
    assert sum(lengths.values()) <= mean * len(MATTERS), lengths
    assert max(lengths.values()) <= most, lengths


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("matter", MATTERS)
def test_everybody_on_a_sheet_has_something_to_do(matter: str, lang: Lang) -> None:
    found = sections(lang, matter=matter)
    for line in (*found["now"].lines, *found["others"].lines):
        assert line.party
        assert all(act.objects and act.role and act.clauses for act in line.acts)
        assert any(each in line.text for act in line.acts for each in act.objects)
    parties = [line.party for key in ("now", "others") for line in found[key].lines]
    assert len(parties) == len(set(parties))


def told(lang: Lang, *keys: str, **facts: Any) -> list[str]:
    found = sections(lang, **facts)
    return [f"{line.party}  {line.text}".strip() for key in keys if key in found for line in found[key].lines]


def test_a_sheet_says_who_acts_and_when_in_words() -> None:
    noise = {"matter": "residential-noise", "channel": "complaint"}
    assert told("zh", "now", "others", **noise) == [
        "公安机关  主办*；监督检查：生活噪音。",
        "街道（镇）  协助*：部门查处、处置；受理*：投诉举报；巡查：小区违法违规行为；向公安机关报告*：发现的违法违规行为。",
        "物业企业  如被反映人是业主，且有物业企业，劝阻制止*、向公安机关、街道（镇）、社区报告*：业主的违规行为。",
    ]
    assert told("en", "now", "others", **noise) == [
        "police  lead*; inspect: residential noise.",
        "street office  assist*: departments; accept*: complaints; patrol, report to police*: violations.",
        "property company  If about owner and there is a company: dissuade, stop*, "
        "report to police, street office, residents' committee*: violations.",
    ]


def test_alternatives_that_together_leave_nothing_open_are_one_condition() -> None:
    (leads,) = told("en", "now", matter="basic-service-absence")
    assert "If there is no company and there is no committee: organise*: forming a committee." in leads
    (leads,) = told("zh", "now", matter="basic-service-absence")
    assert "如没有物业服务企业，且未成立业主委员会，组织*：" in leads


def test_a_condition_that_another_implies_is_left_out() -> None:
    # That a complaint about a company is everyday business matters to nobody once every complaint is accepted.
    (leads,) = told("en", "now", matter="safety-hazard")
    assert leads.endswith("If from complaint or community: accept*: complaints.")


def test_what_was_left_out_is_said_once_with_what_it_would_change() -> None:
    left_out = "如被反映人是街道（镇）或住建局，回避主办、受理、指导；由上级机关接手"
    assert told("zh", "remarks", matter="clutter")[-1] == left_out
    given = told("zh", "now", "remarks", matter="clutter", respondent="street-office", channel="complaint")
    assert given[0] == "上级机关  主办*；受理*：对该单位的投诉（指定由谁受理）。"
    assert given[-1] == "被反映人回避：街道（镇）（受理、主办）"
    assert left_out not in told("zh", "remarks", matter="clutter", respondent="owner")
    assert left_out not in told("zh", "remarks", matter="clutter", respondent=None)


def test_each_party_has_one_line_over_several_matters() -> None:
    facts = {"channel": "patrol", "respondent": "owner", "has_property_company": True}
    found = told("zh", "now", "others", matter=["fire-lane-blocking", "clutter"], **facts)
    assert found == [
        "街道（镇）  主办*：占用消防通道、乱堆乱放；查处：住宅小区的消防违法违规；处理或报告：发现的违法违规行为；"
        "巡查：小区违法违规行为。",
        "公安机关  监督检查：消防。",
        "消防救援部门  监督检查：小区消防工作。",
        "住建局  指导*：街道（镇）。",
        "社区  督促：企业做好环境卫生、公共秩序。",
        "物业企业  劝阻制止、向街道（镇）、社区报告：业主的违规行为。",
    ]


def test_a_matter_that_nobody_leads_or_handles_is_named() -> None:
    outside = {"in_community": False, "channel": "patrol", "respondent": "outsider"}
    (first, *_) = told("zh", "remarks", matter=["illegal-parking", "residential-noise"], **outside)
    assert first == "违章停车：没有任何规则指定主体"
    assert told("zh", "remarks", matter="patrolling")[0] == "小区违法违规行为巡查：没有写由谁主办"


def test_questions_have_answers_to_tick_and_no_identifiers() -> None:
    assert told("zh", "questions", matter="illegal-construction", channel="patrol") == [
        "有没有物业公司在管？ □是 □否",
        "被反映人是谁？ □业主 □租户 □外来人员 □物业企业 □建设单位 □业委会 □街道（镇） □住建局",
    ]
    procurement = {"matter": "preliminary-procurement", "community_class": "new-build", "approved": True}
    assert "前期物业招标有几个投标人？ ____" in told("zh", "questions", **procurement)


@pytest.mark.parametrize(
    "lang,said",
    [
        ("zh", "看情况，被反映人回避：街道（镇）（考核、指导、监督）"),
        ("en", "steps aside, depending on the answers: street office (assess, guide, supervise)"),
    ],
)
def test_where_it_is_known_whom_it_is_about_the_rest_depends_on_the_answers(
    run, lang: str, said: str
) -> None:
    facts = ("--fact", "respondent=street-office", "--fact", "channel=complaint")
    done = run("route", "--matter", "service-quality", *facts, lang=lang)
    assert said in done.out
