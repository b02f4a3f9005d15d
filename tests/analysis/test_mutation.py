"""Whether cases notice the small mistakes that a person might make in a rule."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from books import Data, book, linked, rule, written
from dutyroute import Router, Rulebook
from dutyroute.analysis import diff, mutants, mutate
from dutyroute.analysis.drafts import as_yaml
from dutyroute.analysis.mutation.score import applied, killer
from dutyroute.cases import Case, Expectation, load_cases, run

EVERYTHING: Data = rule(
    "everything",
    {
        "matter": "fire-violation",
        "respondent": "owner",
        "has_company": True,
        "floor": {"at_least": 3},
        "any": ({"urgent": True}, {"bidders": 2}),
    },
    {"enforce": "housing", "report": {"party": "street-office", "to": ("planning", "lead")}},
    in_force={"from": date(2026, 1, 1)},
    flag="undetermined",
    default="enforce",
    overrides="other",
)
OTHER = rule("other", {"matter": "violation"}, {"enforce": "planning"})


def kinds(rulebook: Rulebook, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mutant in mutants(rulebook):
        if mutant.rule.id == name:
            found.setdefault(mutant.kind, []).append(mutant.said["zh"])
    return found


def case(rulebook: Rulebook, incident: Data, **expect: Any) -> Case:
    read = Router(rulebook).incident(incident)
    return Case("a-case", "案例", None, read, (Expectation.model_validate(expect),), "因为")


def test_every_kind_of_mistake_is_made_and_worded() -> None:
    assert kinds(book(EVERYTHING, OTHER), "everything") == {
        "role": ["角色“查处”误作“检查”", "角色“报告”误作“处理”"],
        "party": ["主体“住建局”误作“规划局”", "主体“街道办”误作“物业企业”"],
        "party-forgotten": ["漏写主体“街道办”"],
        "to-forgotten": ["漏写对象“规划局”", "漏写对象“主办”"],
        "dropped": [
            "漏写条件“事项是消防违法”",
            "漏写条件“行为人是业主”",
            "漏写条件“有物业”",
            "漏写条件“楼层不少于 3”",
            "漏写条件“紧急或投标人数是2”",
            "漏写条件“紧急”",
            "漏写条件“投标人数是2”",
        ],
        "negated": [
            "条件“事项是消防违法”写反",
            "条件“行为人是业主”写反",
            "条件“有物业”写反",
            "条件“楼层不少于 3”写反",
            "条件“紧急”写反",
            "条件“投标人数是2”写反",
        ],
        "widened": ["“事项是消防违法”放宽为“事项是违法违规”"],
        "narrowed": ["“事项是消防违法”收窄为“事项是占用消防通道”"],
        "value": ["“行为人是业主”误作“行为人是物业企业”"],
        "shifted": [
            "“楼层不少于 3”差一，误作“楼层不少于 2”",
            "“楼层不少于 3”差一，误作“楼层不少于 4”",
            "“投标人数是2”差一，误作“投标人数是1”",
            "“投标人数是2”差一，误作“投标人数是3”",
        ],
        "branch-forgotten": ["漏写一种情形“紧急”", "漏写一种情形“投标人数是2”"],
        "date": ["日期 2026-01-01 差一天，误作 2025-12-31", "日期 2026-01-01 差一天，误作 2026-01-02"],
        "default-forgotten": ["漏写兜底（default）"],
        "flag-forgotten": ["漏写标志“部门待定”"],
        "overrides-forgotten": ["漏写优先关系（overrides）"],
    }


def test_a_rule_can_be_mistaken_for_a_default_or_for_one_that_overrides() -> None:
    beside = rule("beside", {"matter": "clutter"}, {"enforce": "housing"})
    found = kinds(book(OTHER, beside), "other")
    assert found["default-added"] == ["误作“查处”的兜底（default）"]
    assert found["overrides-added"] == ["误写优先于 beside"]


def test_no_mistake_is_one_that_the_loader_would_refuse() -> None:
    data = written(EVERYTHING, OTHER)
    for mutant in mutants(linked(data)):
        fresh = mutant.rule.model_dump(by_alias=True, exclude_defaults=True)
        others = tuple(each for each in data["rules"] if each["id"] != mutant.rule.id)
        linked(data | {"rules": (fresh, *others)})


def test_a_mutated_rulebook_is_the_one_that_its_author_would_have_written() -> None:
    data = written(EVERYTHING, OTHER)
    rulebook = linked(data)
    for mutant in mutants(rulebook):
        fresh = mutant.rule.model_dump(by_alias=True, exclude_defaults=True)
        others = tuple(each for each in data["rules"] if each["id"] != mutant.rule.id)
        assert diff(applied(rulebook, mutant), linked(data | {"rules": (fresh, *others)})).regions == ()


def test_a_case_that_fails_under_a_mistake_has_noticed_it() -> None:
    rulebook = book(OTHER)
    exact = [
        case(rulebook, {"matter": "clutter"}, duties={"enforce": ({"party": ("planning",)},)}),
        case(rulebook, {"matter": "complaint"}, never={"enforce": "planning"}),
        case(rulebook, {"matter": "violation"}, duties={"enforce": ({"party": ("planning",)},)}),
    ]
    found = mutate(rulebook, exact)
    assert (found.survivors, found.rate) == ((), 1)
    assert [mutant.kind for mutant in found.equivalent] == ["default-added"]


def test_without_cases_everything_survives_that_changes_a_decision() -> None:
    rulebook = book(EVERYTHING, OTHER)
    found = mutate(rulebook, ())
    assert found.killed == 0
    for mutant in found.equivalent:
        assert diff(rulebook, applied(rulebook, mutant)).regions == ()
    for survivor in found.survivors:
        assert diff(rulebook, applied(rulebook, survivor.mutant)).regions != ()


def test_each_survivor_comes_with_a_case_that_would_notice_it(tmp_path: Path) -> None:
    rulebook = book(EVERYTHING, OTHER)
    router = Router(rulebook)
    survivors = mutate(rulebook, ()).survivors
    assert len(survivors) > 25
    for number, survivor in enumerate(survivors):
        file = tmp_path / f"{number}.yaml"
        file.write_text(f"cases:\n{as_yaml(killer(router, survivor, 'zh'))}\n", encoding="utf-8")
        (draft,) = load_cases([file], rulebook)
        assert run(draft, router).passed
        assert not run(draft, Router(applied(rulebook, survivor.mutant))).passed, survivor.mutant


def test_a_case_that_fails_as_it_is_notices_nothing() -> None:
    rulebook = book(OTHER)
    wrong = case(rulebook, {"matter": "clutter"}, lead=("housing",))
    assert mutate(rulebook, [wrong]).killed == 0


def test_the_account_says_rule_mistake_change_and_case() -> None:
    rulebook = book(rule("one", {"matter": "clutter"}, {"enforce": "planning"}))
    made = [mutant for mutant in mutants(rulebook) if mutant.kind == "party"]
    said = mutate(rulebook, (), made).to_text("zh")
    assert said.startswith(
        "1 处改动：案例发现 0 处，未发现 1 处；另有 0 处经证明不改变任何决定，不计。得分 0.0%。"
    )
    assert "1. one：主体“规划局”误作“街道办”" in said
    assert "   - 街道办：新增查处\n   - 规划局：不再查处\n" in said
    assert "         duties: {enforce: planning}\n         never: {enforce: street-office}\n" in said
