"""The checks of versions, of use and of what people must decide; severity and drawing."""

from __future__ import annotations

from datetime import date

import pytest

from books import WORDS, Data, book, obligation, recusal, rule
from dutyroute import Router
from dutyroute.analysis import CHECKS, check
from findings import FIRE, LEADS, NEW, ONE_LEAD, clauses, flags, only, told


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
            "`old`, `new` look like versions of one rule, but both are in force from 2026-07-01 on"
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
            "rule `a` assigns a duty, but none of the clauses it cites contains one: `opinion/1.1 第1.1条`"
        )

    def test_a_rule_that_only_flags_needs_no_duty_in_its_clause(self) -> None:
        assert (
            told(book(rule("a", FIRE, flag="undetermined"), instruments=clauses("2.1")), "uncited-rule") == []
        )

    def test_a_role_whose_name_says_too_little_needs_an_object(self) -> None:
        bare = tuple(
            each | ({"bare": True} if each["id"] in ("handle", "attend") else {}) for each in WORDS["roles"]
        )
        duties = {"handle": "housing", "attend": "planning", "inspect": "housing"}
        without = book(rule("a", FIRE, duties), roles=bare)
        found = only(without, "duty-without-object")
        assert (found.severity, found.rules) == ("note", ("a",))
        assert found.message("zh") == "规则 `a` 派了处理（`handle`）、参加（`attend`），没有写做什么"
        named = "`handle` (handle), `attend` (attend)"
        assert found.message("en") == f"rule `a` assigns {named} and does not say what is done"
        said = book(rule("a", FIRE, duties, does="消防隐患的处理"), roles=bare)
        by_name = book(rule("a", FIRE, {"inspect": "housing"}), roles=bare)
        assert told(said, "duty-without-object") + told(by_name, "duty-without-object") == []
        assert (said.rules["a"].done("zh"), said.rules["a"].done("en")) == ("消防隐患的处理", "规则")

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
        made = book(rule("a", {"urgent": True}, LEADS), header={"checks": {"not-proven": "off"}})
        found = check(made, budget=1)
        assert {f.severity for f in found if f.check == "not-proven"} == {"warning"}


class TestSeverity:
    def test_the_rulebook_says_how_serious_a_check_is(self) -> None:
        made = book(
            rule("a", {**FIRE, "urgent": False}, LEADS),
            obligations=ONE_LEAD,
            header={"checks": {"lead-gap": "note", "unused-flag": "off"}},
        )
        assert only(made, "lead-gap").severity == "note"
        assert told(made, "unused-flag") == []

    def test_a_name_that_is_no_check_is_told(self) -> None:
        made = book(rule("a", {}, LEADS), header={"checks": {"leadgap": "off"}})
        assert only(made, "unknown-check").help("zh") == "是否指 `lead-gap`？"

    def test_the_worst_comes_first(self) -> None:
        found = check(book(rule("a", {**FIRE, "urgent": False}, LEADS), obligations=ONE_LEAD))
        assert (found.findings[0].check, found.counts["error"]) == ("lead-gap", 1)
        assert found.at_least("note") == tuple(found)


class TestDrawing:
    def test_shows_the_witness_below(self) -> None:
        made = book(rule("by-day", {**FIRE, "urgent": False}, LEADS), obligations=ONE_LEAD)
        assert only(made, "lead-gap").to_text("en") == (
            "error[lead-gap]: some incidents about `fire-lane` (fire lane) have no lead, "
            "as required by `one-lead` (要求)\n"
            "   = help: check whether the conditions of `by-day` are too narrow, or add a rule; "
            "where no department is named, write a rule with `default`\n"
            "   = for example: matter: fire-lane, urgent: true"
        )


def test_a_sound_rulebook_has_no_findings_of_substance() -> None:
    made = book(rule("a", {}, LEADS, cite="opinion/2.1"), instruments=clauses("2.1"), obligations=ONE_LEAD)
    assert {f.check for f in check(made)} <= {"unused-party", "unused-fact", "unused-role", "unused-flag"}
    assert Router(made).route({"matter": "clutter"}).lead == ("housing",)
