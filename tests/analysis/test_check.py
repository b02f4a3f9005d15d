"""Each check: the least bad rulebook, and what exactly is found in it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from books import WORDS, Data, book, obligation, recusal, rule
from dutyroute import Router, Rulebook
from dutyroute.analysis.catalogue import CHECKS, UnknownCheck
from dutyroute.analysis.check import check
from dutyroute.analysis.finding import Finding, draw

FIRE = {"matter": "fire-lane"}
LEADS = {"lead": "housing"}
ONE_LEAD = (obligation("one-lead", {"matter": "fire-lane"}, "lead", exactly=1),)
NEW = date(2026, 7, 1)


def told(rulebook: Rulebook, name: str) -> list[Finding]:
    """List what one check finds."""
    return [finding for finding in check(rulebook) if finding.check == name]


def only(rulebook: Rulebook, name: str) -> Finding:
    (finding,) = told(rulebook, name)
    return finding


def flags(**more: Any) -> tuple[Data, ...]:
    return tuple({**flag, **more} for flag in WORDS["flags"])


def clauses(*bearing: str) -> tuple[Data, ...]:
    (instrument,) = WORDS["instruments"]
    marked = tuple({**clause, "duty": clause["id"] in bearing} for clause in instrument["clauses"])
    return ({**instrument, "clauses": marked},)


class TestLeadGap:
    def test_tells_the_incidents_that_nobody_leads_on(self) -> None:
        found = only(book(rule("by-day", {**FIRE, "urgent": False}, LEADS), obligations=ONE_LEAD), "lead-gap")
        assert found.witness == {"matter": "fire-lane", "urgent": True}
        assert (
            found.message("zh")
            == "占用消防通道（`fire-lane`）有的情形无人主办，不满足要求“要求”（`one-lead`）"
        )
        assert found.message("en") == (
            "somebody must lead on `fire-lane` (fire lane) by `one-lead` (要求), and in some incidents nobody does"
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
            "narrow one of `a`, `b`, or say with `overrides` which prevails, or `joint: true` if they share it"
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
            "on `fire-lane` (fire lane), `inspect` (inspect) has 0 holders in some incidents; "
            "`determined` (要求) wants at least 1"
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
            "rule `a` never counts: it is a fallback, and wherever it applies `lead` (lead) is held already, by `b`"
        )


class TestRedundantRule:
    def test_tells_which_rule_says_the_same(self) -> None:
        found = only(book(rule("a", FIRE, LEADS), rule("b", {}, LEADS)), "redundant-rule")
        assert found.message("zh") == "删去规则 `a`，任何决定都不变：`b` 已经给出同样的职责"
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

    def test_a_rule_that_recusal_always_empties_is_redundant(self) -> None:
        made = book(
            rule("a", {**FIRE, "respondent": "property-company"}, {"inspect": "property-company"}),
            recusal=recusal("respondent", "inspect"),
        )
        assert only(made, "redundant-rule").message("en") == (
            "without rule `a` every decision stays the same: recusal takes every duty that it gives"
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


class TestVersions:
    def test_tells_the_days_between(self) -> None:
        rules = (
            rule("old", FIRE, LEADS, in_force={"until": date(2026, 6, 30)}),
            rule("new", FIRE, {"lead": "planning"}, title="新", in_force={"from": NEW}),
        )
        found = only(book(*rules), "date-gap")
        assert (
            found.message("zh") == "`old`、`new` 是同一规则的前后两版，2026-06-30 至 2026-06-30哪一版都不适用"
        )
        assert found.witness == {"matter": "fire-lane", "reported_at": date(2026, 6, 30)}
        assert found.rules == ("old", "new")

    def test_tells_a_version_that_was_never_ended(self) -> None:
        rules = rule("old", FIRE, LEADS), rule("new", FIRE, {"lead": "planning"}, in_force={"from": NEW})
        found = only(book(*rules), "date-overlap")
        assert found.message("en") == (
            "`old`, `new` look like versions of one rule, and both apply from 2026-07-01 on"
        )
        assert found.witness == {"matter": "fire-lane", "reported_at": NEW}

    @pytest.mark.parametrize(
        "old, new",
        [
            ({"in_force": {"until": NEW}}, {"in_force": {"from": NEW}}),
            ({}, {"in_force": {"from": NEW}, "overrides": "old"}),
            ({"title": "一"}, {"title": "二", "in_force": {"from": NEW}}),
            ({}, {"in_force": {"from": NEW}, "when": {"matter": "clutter"}}),
            (
                {"in_force": {"until": date(2026, 1, 1)}},
                {"in_force": {"from": NEW}, "when": {"matter": "clutter"}},
            ),
        ],
    )
    def test_is_silent_where_no_day_has_none_or_both(self, old: Data, new: Data) -> None:
        made = book(
            rule("old", **{"when": FIRE, "assign": LEADS, **old}),
            rule("new", **{"when": FIRE, "assign": LEADS, **new}),
        )
        assert told(made, "date-gap") + told(made, "date-overlap") == []

    def test_a_third_version_fills_the_days_between(self) -> None:
        ends = [date(2026, 1, 1), date(2026, 4, 1), NEW]
        rules = (
            rule("a", FIRE, LEADS, in_force={"until": ends[0]}),
            rule("b", FIRE, LEADS, in_force={"from": ends[0], "until": ends[1]}),
            rule("c", FIRE, LEADS, in_force={"from": ends[2]}),
        )
        assert [f.rules for f in told(book(*rules), "date-gap")] == [("b", "c")]


class TestUse:
    def test_tells_clauses_and_rules_that_do_not_meet(self) -> None:
        made = book(rule("a", FIRE, LEADS), instruments=clauses("2.1"))
        assert (
            only(made, "uncited-clause").message("zh")
            == "第2.1条（opinion/2.1，职责）规定了职责，却没有规则引用它"
        )
        assert only(made, "uncited-rule").message("en") == (
            "rule `a` assigns a duty, and no clause that it cites bears one: `opinion/1.1 第1.1条`"
        )

    def test_a_rule_that_only_flags_needs_no_duty_in_its_clause(self) -> None:
        assert (
            told(book(rule("a", FIRE, flag="undetermined"), instruments=clauses("2.1")), "uncited-rule") == []
        )

    def test_tells_words_that_nothing_uses(self) -> None:
        made = book(
            rule(
                "a",
                {"matter": "fire-violation", "urgent": True},
                {"report": {"party": "housing", "to": "planning"}},
            ),
            obligations=(obligation("o", {"floor": 1}, "inspect", at_most=1),),
            recusal=recusal("reporter", "attend"),
            impossible=({"occupied": True, "in_community": False},),
        )
        found = {name: [f.span or f.message("en").split("`")[1] for f in told(made, name)] for name in CHECKS}
        assert found["unused-party"] == ["street-office", "property-company", "owners-committee"]
        assert found["unused-role"] == ["handle", "enforce", "attend", "lead"]
        assert found["unused-flag"] == ["undetermined", "joint-meeting"]
        assert found["unused-fact"] == ["respondent", "has_company", "bidders", "built_on"]
        assert (found["unused-matter"], found["unrouted-matter"]) == ([], ["clutter", "complaint"])

    def test_a_matter_above_or_below_a_named_one_is_used(self) -> None:
        matters = (*WORDS["matters"], {"id": "odd", "name": "其他", "english": "odd"})
        made = book(rule("a", {"not": {"matter": ("fire-lane", "odd")}}, LEADS), matters=matters)
        assert told(made, "unused-matter") == []

    def test_a_matter_that_only_has_parts_can_be_unused(self) -> None:
        matters = (*WORDS["matters"], {"id": "odd", "name": "其他", "english": "odd"})
        matters = (*matters, {"id": "odder", "name": "又其他", "english": "odder", "parent": "odd"})
        made = book(rule("a", {"matter": ("violation", "complaint")}, LEADS), matters=matters)
        assert [f.matter for f in told(made, "unused-matter")] == ["odd"]
        assert [f.matter for f in told(made, "unrouted-matter")] == ["odder"]
        assert told(book(rule("a", {}, LEADS), matters=matters), "unused-matter") == []

    def test_an_unrouted_matter_is_not_told_as_unused_too(self) -> None:
        unrouted = {f.matter for f in told(book(rule("a", FIRE, LEADS)), "unrouted-matter")}
        assert unrouted == {"clutter", "complaint"}


class TestPeople:
    def test_lists_what_is_undecided_with_every_matter(self) -> None:
        made = book(
            rule("a", {"matter": "violation"}, LEADS, flag="undetermined"), flags=flags(undecided=True)
        )
        found = only(made, "undecided-flag")
        assert found.matters == ("violation", "fire-violation", "fire-lane", "clutter")
        assert found.message("zh").startswith(
            "部门待定（`undetermined`），尚待有权的人决定：违法违规（`violation`）、"
        )
        assert told(book(rule("a", {}, LEADS, flag="undetermined")), "undecided-flag") == []

    def test_lists_assumptions(self) -> None:
        made = book(
            rule("a", {}, LEADS, basis="assumed"), recusal={**recusal("reporter", "lead"), "basis": "assumed"}
        )
        assert [f.message("zh") for f in told(made, "assumed-basis")] == [
            "规则 `a`（规则）是本地设定，须经有权的人认可",
            "按 `reporter` 回避的规定是本地设定，须经有权的人认可",
        ]


class TestBudget:
    def test_a_matter_that_is_too_large_is_not_proven(self) -> None:
        rules = [
            rule(f"r-{fact.replace('_', '-')}", {**FIRE, fact: True}, LEADS)
            for fact in ("urgent", "occupied")
        ]
        made = book(*rules, obligations=ONE_LEAD)
        found = check(made, budget=3)
        assert found.unproven == ("fire-lane",)
        assert [f.matter for f in found if f.check == "not-proven"] == ["fire-lane"]
        assert {f.check for f in found} & {"shadowed-rule", "redundant-rule", "dead-rule"} == set()

    def test_what_a_rule_says_alone_is_proven_all_the_same(self) -> None:
        dead = rule("dead", {**FIRE, "all": ({"floor": 1}, {"floor": 2})}, LEADS)
        found = check(book(rule("a", {**FIRE, "urgent": True, "occupied": True}, LEADS), dead), budget=1)
        assert [f.rules for f in found if f.check == "dead-rule"] == [("dead",)]

    def test_not_proven_cannot_be_turned_off(self) -> None:
        found = check(book(rule("a", {"urgent": True}, LEADS)), budget=1, severities={"not-proven": "off"})
        assert {f.severity for f in found if f.check == "not-proven"} == {"warning"}


class TestSeverity:
    def test_the_caller_goes_before_the_rulebook(self) -> None:
        made = book(
            rule("a", {**FIRE, "urgent": False}, LEADS),
            obligations=ONE_LEAD,
            header={"checks": {"lead-gap": "note", "unused-flag": "off"}},
        )
        assert only(made, "lead-gap").severity == "note"
        assert told(made, "unused-flag") == []
        assert check(made, severities={"lead-gap": "warning"})[0].severity == "warning"

    def test_a_name_that_is_no_check_is_told(self) -> None:
        made = book(rule("a", {}, LEADS), header={"checks": {"leadgap": "off"}})
        assert only(made, "unknown-check").help("zh") == "是否指 `lead-gap`？"
        with pytest.raises(UnknownCheck) as raised:
            check(made, severities={"ded-rule": "off"})
        assert (raised.value.word, raised.value.suggestion) == ("ded-rule", "dead-rule")

    def test_the_worst_comes_first(self) -> None:
        found = check(book(rule("a", {**FIRE, "urgent": False}, LEADS), obligations=ONE_LEAD))
        assert (found.worst, found[0].check, found.counts["error"]) == ("error", "lead-gap", 1)
        assert found.at_least("note") == tuple(found)


class TestDrawing:
    def test_shows_the_witness_below(self) -> None:
        made = book(rule("by-day", {**FIRE, "urgent": False}, LEADS), obligations=ONE_LEAD)
        assert draw(only(made, "lead-gap"), "en") == (
            "error[lead-gap]: somebody must lead on `fire-lane` (fire lane) by `one-lead` (要求), "
            "and in some incidents nobody does\n"
            "   = help: check whether `by-day` is too narrow, or write another rule; a fallback has `default`\n"
            "   = for example: matter: fire-lane, urgent: true"
        )


def test_a_sound_rulebook_has_no_findings_of_substance() -> None:
    made = book(rule("a", {}, LEADS, cite="opinion/2.1"), instruments=clauses("2.1"), obligations=ONE_LEAD)
    assert {f.check for f in check(made)} <= {"unused-party", "unused-fact", "unused-role", "unused-flag"}
    assert Router(made).route({"matter": "clutter"}).lead == ("housing",)
