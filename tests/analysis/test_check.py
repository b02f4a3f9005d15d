"""Each check: the least bad rulebook, and what exactly is found in it."""

from __future__ import annotations

from datetime import date

import pytest

from books import Data, book, obligation, recusal, rule
from findings import FIRE, LEADS, NEW, ONE_LEAD, only, told


class TestLeadGap:
    def test_tells_the_incidents_that_nobody_leads_on(self) -> None:
        found = only(book(rule("by-day", {**FIRE, "urgent": False}, LEADS), obligations=ONE_LEAD), "lead-gap")
        assert found.witness == {"matter": "fire-lane", "urgent": True}
        assert (
            found.message("zh")
            == "占用消防通道（`fire-lane`）有的情形无人主办，不满足要求“要求”（`one-lead`）"
        )
        assert found.message("en") == (
            "some incidents about `fire-lane` (fire lane) have no lead, as required by `one-lead` (要求)"
        )
        assert (found.rules, found.clauses, found.severity) == (("by-day",), ("opinion/1.1",), "error")

    def test_is_silent_where_a_fallback_leads(self) -> None:
        fallback = rule("otherwise", {}, {"lead": "street-office"}, default="lead")
        rules = rule("by-day", {**FIRE, "urgent": False}, LEADS), fallback
        assert told(book(*rules, obligations=ONE_LEAD), "lead-gap") == []

    def test_looks_at_every_day_on_which_a_rule_is_in_force(self) -> None:
        rules = (
            rule("a", FIRE, LEADS, in_force={"from": date(2026, 1, 1), "until": NEW}),
            rule("b", {"matter": "clutter"}, LEADS, in_force={"until": date(2027, 1, 1), "from": NEW}),
        )
        found = only(book(*rules, obligations=ONE_LEAD), "lead-gap")
        assert found.witness == {"matter": "fire-lane", "reported_at": NEW}

    def test_leaves_impossible_incidents_out(self) -> None:
        made = book(
            rule("by-day", {**FIRE, "urgent": False}, LEADS),
            obligations=ONE_LEAD,
            impossible=({"urgent": True},),
        )
        assert told(made, "lead-gap") == []


class TestRoleConflict:
    def test_tells_both_rules(self) -> None:
        rules = rule("a", FIRE, LEADS, cite="opinion/1.2"), rule("b", {"urgent": True}, {"lead": "planning"})
        found = only(book(*rules, obligations=ONE_LEAD), "role-conflict")
        assert found.witness == {"matter": "fire-lane", "urgent": True}
        assert (found.rules, found.clauses) == (("a", "b"), ("opinion/1.2", "opinion/1.1"))
        assert found.message("zh") == (
            "占用消防通道（`fire-lane`）有的情形主办（`lead`）太多：住建局（`housing`）、规划局（`planning`）；"
            "“要求”（`one-lead`）至多允许 1 个"
        )
        assert found.help("en") == (
            "narrow one of `a`, `b`, say with `overrides` which one takes precedence, or set `joint: true` if they share the role"
        )

    def test_does_not_repeat_a_conflict_with_more_rules(self) -> None:
        rules = (
            rule("a", FIRE, LEADS),
            rule("b", FIRE, {"lead": "planning"}),
            rule("c", {"urgent": True}, {"lead": "street-office"}),
        )
        assert [f.rules for f in told(book(*rules, obligations=ONE_LEAD), "role-conflict")] == [("a", "b")]

    def test_is_silent_where_one_overrides_the_other(self) -> None:
        rules = rule("a", FIRE, LEADS), rule("b", {"urgent": True}, {"lead": "planning"}, overrides="a")
        assert told(book(*rules, obligations=ONE_LEAD), "role-conflict") == []


class TestUnmetObligation:
    def test_tells_a_role_that_nobody_holds(self) -> None:
        owed = obligation("determined", FIRE, "inspect", at_least=1)
        found = only(book(rule("a", FIRE, LEADS), obligations=(owed,)), "unmet-obligation")
        assert found.witness == {"matter": "fire-lane"}
        assert found.message("en") == (
            "in some incidents about `fire-lane` (fire lane) only 0 parties have the role "
            "`inspect` (inspect); at least 1 required by `determined` (要求)"
        )
        assert found.help("zh") == "请写一条规则指定该角色，或者核对要求的适用条件是否过宽。"

    def test_tells_too_few_leads(self) -> None:
        owed = obligation("two", FIRE, "lead", at_least=2)
        found = only(book(rule("a", FIRE, LEADS), obligations=(owed,)), "unmet-obligation")
        assert found.rules == ("a",)


class TestRecusedEmpty:
    def test_tells_who_must_stand_aside(self) -> None:
        made = book(
            rule("a", FIRE, {"inspect": "property-company"}),
            obligations=(obligation("inspected", FIRE, "inspect", at_least=1),),
            recusal=recusal("respondent", "inspect"),
        )
        found = only(made, "recused-empty")
        assert found.witness == {"matter": "fire-lane", "respondent": "property-company"}
        assert found.message("zh") == (
            "占用消防通道（`fire-lane`）有的情形，物业企业（`property-company`）要回避，检查（`inspect`）因此空缺；"
            "不满足要求“要求”（`inspected`）"
        )
        assert told(made, "unmet-obligation") == []


class TestUnroutedMatter:
    def test_tells_a_matter_on_which_nobody_has_a_duty(self) -> None:
        made = book(
            rule("a", {"matter": "violation"}, LEADS), rule("b", {"matter": "complaint"}, flag="undetermined")
        )
        found = only(made, "unrouted-matter")
        assert found.witness == {"matter": "complaint"}
        assert found.message("zh") == "投诉（`complaint`）在任何情形下都没有主体承担职责"
        assert told(made, "unused-matter") == []

    def test_says_nothing_of_matters_that_have_parts(self) -> None:
        made = book(rule("a", {"matter": ("clutter", "fire-lane", "complaint")}, LEADS))
        assert told(made, "unrouted-matter") == []


class TestDeadRule:
    @pytest.mark.parametrize(
        "when, more, why",
        [
            ({"all": ({"urgent": True}, {"urgent": False})}, {}, "它的条件互相矛盾"),
            ({"urgent": True, "occupied": False}, {}, "符合它的案件都是 impossible 所排除的"),
            (
                {"reported_at": {"less_than": NEW}},
                {"in_force": {"from": NEW}},
                "它的条件与有效期没有共同的日子",
            ),
        ],
    )
    def test_tells_why(self, when: Data, more: Data, why: str) -> None:
        made = book(
            rule("a", when, LEADS, **more),
            rule("b", {}, LEADS),
            impossible=({"urgent": True, "occupied": False},),
        )
        found = only(made, "dead-rule")
        assert found.message("zh") == f"规则 `a` 永远不会适用：{why}"
        assert found.witness == {}


class TestShadowedRule:
    def test_tells_the_rule_that_always_overrides(self) -> None:
        found = only(book(rule("a", FIRE, LEADS), rule("b", {}, LEADS, overrides="a")), "shadowed-rule")
        assert found.message("zh") == "规则 `a` 从不起作用：凡是它适用的案件，都因 `b` 优先而排除它"
        assert (found.rules, found.witness) == (("a", "b"), {"matter": "fire-lane"})

    def test_tells_a_fallback_that_is_never_needed(self) -> None:
        rules = rule("a", FIRE, {"lead": "planning"}, default="lead"), rule("b", {}, LEADS)
        found = only(book(*rules), "shadowed-rule")
        assert found.message("en") == (
            "rule `a` never has an effect: it is a default, and in every incident it matches `lead` (lead) is already assigned by `b`"
        )


class TestRedundantRule:
    def test_tells_which_rule_says_the_same(self) -> None:
        found = only(book(rule("a", FIRE, LEADS), rule("b", {}, LEADS)), "redundant-rule")
        assert found.message("zh") == "删去规则 `a`，谁有什么职责都不变：`b` 已经给出同样的职责"
        assert (found.rules, found.witness) == (("a", "b"), {"matter": "fire-lane"})

    def test_a_rule_that_keeps_a_fallback_away_is_needed(self) -> None:
        rules = (
            rule("a", FIRE, LEADS),
            rule("b", FIRE, {"lead": "housing", "inspect": "planning"}, default="lead"),
        )
        assert told(book(*rules), "redundant-rule") == []

    def test_a_rule_whose_place_a_fallback_would_take_is_redundant(self) -> None:
        rules = rule("a", FIRE, LEADS), rule("b", {}, LEADS, default="lead")
        assert only(book(*rules), "redundant-rule").rules == ("a", "b")

    @pytest.mark.parametrize(
        "more",
        [
            {"assign": {"lead": {"party": "housing", "to": "planning"}}},
            {"assign": {"lead": {"party": "housing", "within": "2d"}}},
            {"assign": LEADS, "flag": "undetermined"},
        ],
    )
    def test_a_rule_that_says_more_is_needed(self, more: Data) -> None:
        assert told(book(rule("a", FIRE, **more), rule("b", {}, LEADS)), "redundant-rule") == []

    def test_a_rule_that_strikes_out_another_is_needed(self) -> None:
        rules = (
            rule("a", FIRE, LEADS, overrides="c"),
            rule("b", {}, LEADS),
            rule("c", {}, {"inspect": "planning"}),
        )
        assert told(book(*rules), "redundant-rule") == []

    def test_a_rule_whose_duty_is_shared_is_needed_where_a_fallback_waits_for_it(self) -> None:
        rules = (
            rule("a", FIRE, {"handle": "housing"}),
            rule("b", FIRE, {"handle": "housing", "inspect": "planning"}, default="inspect"),
            rule("c", FIRE, {"handle": "planning"}, default="handle"),
        )
        assert told(book(*rules), "redundant-rule") == []
        assert [f.rules[:1] for f in told(book(*rules[:2]), "redundant-rule")] == [("a",)]

    def test_a_rule_that_recusal_always_empties_is_redundant(self) -> None:
        made = book(
            rule("a", {**FIRE, "respondent": "property-company"}, {"inspect": "property-company"}),
            recusal=recusal("respondent", "inspect"),
        )
        assert only(made, "redundant-rule").message("en") == (
            "removing rule `a` would not change any duty: all duties it assigns are removed by recusal"
        )


class TestRedundantCondition:
    @pytest.mark.parametrize(
        "when, part",
        [
            ({"matter": ("violation", "fire-lane")}, "matter: fire-lane"),
            ({"urgent": True, "occupied": True}, "occupied: true"),
            ({"bidders": {"at_least": 0}}, "bidders: {at_least: 0}"),
            ({"urgent": (True, False)}, "urgent: [true, false]"),
            ({"matter": "clutter", "any": ({"floor": 3}, {"floor": {"at_least": 3}})}, "any: {floor: 3}"),
            ({"bidders": {"at_least": 0, "at_most": 3}}, "bidders: {at_least: 0}"),
            ({"matter": "clutter", "all": ({"matter": "violation", "floor": 1},)}, "all: matter: violation"),
            (
                {"matter": "clutter", "reported_at": {"at_least": date(2026, 1, 1)}},
                "reported_at: {at_least: 2026-01-01}",
            ),
        ],
    )
    def test_tells_the_part_that_makes_no_difference(self, when: Data, part: str) -> None:
        made = book(
            rule("a", when, LEADS, in_force={"from": date(2026, 2, 1)}),
            rule("b", {}, {"inspect": "planning"}),
            impossible=({"urgent": True, "occupied": False},),
        )
        found = only(made, "redundant-condition")
        assert found.message("zh") == f"规则 `a` 的 `{part}` 多余：去掉之后，适用的案件完全一样"

    @pytest.mark.parametrize(
        "when",
        [
            {"matter": ("fire-lane", "clutter"), "urgent": False},
            {"occupied": True},
            {"respondent": {"not": "owner"}, "floor": {"at_least": 1, "at_most": 3}},
            {"any": ({"urgent": True}, {"occupied": True, "floor": 3})},
            {"reported_at": {"at_least": date(2026, 3, 1)}},
        ],
    )
    def test_is_silent_where_every_part_tells_incidents_apart(self, when: Data) -> None:
        made = book(
            rule("a", when, LEADS, in_force={"from": date(2026, 2, 1)}),
            rule("b", {}, {"inspect": "planning"}),
            impossible=({"urgent": True, "occupied": False, "floor": 7},),
        )
        assert told(made, "redundant-condition") == []
