"""`--engine` on the command line: which engine decides, and what is said when there are two."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from books import book, rule, save, written
from dutyroute import Router
from dutyroute.cli.output import Exit
from dutyroute.cli.rulebooks import tell_engines
from dutyroute.messages import Phrasebook
from dutyroute.routing.agreement import Agreement
from dutyroute.rulebook.shipped import shipped

pytestmark = pytest.mark.skipif(
    find_spec("durable_rules_engine") is None, reason="durable-rules is not installed"
)

OVERSIGHT = shipped("cases") / "oversight"
FLAGS = ("--matter", "fire-lane-blocking", "--fact", "respondent=owner")
DEMO = str(shipped("cases") / "demo" / "incidents.yaml")


def test_either_engine_prints_the_same_answer(run) -> None:
    diagram, rete = (run("route", *FLAGS, "--explain", "--engine", engine) for engine in ("diagram", "rete"))
    assert rete == diagram
    assert diagram.status == 0


def test_both_engines_answer_as_one_and_say_so_aside(run) -> None:
    """Standard output is what it is with one engine: programs read it."""
    one, both = (
        run("route", DEMO, "--format", "json"),
        run("route", DEMO, "--format", "json", "--engine", "both"),
    )
    count = len(one.out.splitlines())
    assert (both.out, both.status) == (one.out, one.status)
    assert both.err == f"两个引擎对照：{count} 件，{count} 件答案完全相同，0 件不同。\n"


def test_a_refusal_is_compared_too(run) -> None:
    """Both engines name the same fault: that is agreement, and wrong usage all the same."""
    flags = (
        "--matter",
        "clutter",
        "--fact",
        "respondent=property-company",
        "--fact",
        "has_property_company=false",
    )
    done = run("route", *flags, "--engine", "both", lang="en")
    assert done.status == Exit.USAGE
    assert done.err.endswith("\nTwo engines compared: 1 of 1 answers are equal, 0 differ.\n")


def test_engines_that_disagree_are_told_with_a_call_that_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The second engine goes by another rulebook here: in truth they agree."""
    lane = rule("lane", {"matter": "fire-lane"}, {"lead": "street-office"})
    with Router(book(rule("more", {"urgent": True}, {"handle": "planning"}), lane), engine="rete") as second:
        first = Router(book(lane))
        held = Agreement(first, second)
        incident = first.incident({"id": "A 1", "matter": "fire-lane", "urgent": True, "bidders": 2})
        held.hold(incident, first.route(incident))
    assert not held.holds
    tell_engines(Phrasebook("en"), held.count.to_dict())
    head, smallest, call, diagram, rete = capsys.readouterr().err.splitlines()
    assert head == (
        "The two engines disagree: 1 of 1 answers differ, 0 are equal. "
        "One of them is wrong: please report it."
    )
    assert smallest == "The smallest incident that shows the difference (found with A 1):"
    assert (
        call == "  dutyroute route --engine both --matter fire-lane --fact in_community= --fact reported_at="
    )
    ruling, other = (json.loads(line.partition(": ")[2])[0] for line in (diagram, rete))
    assert (ruling["status"], ruling["ask"]) == ("routed", [])
    assert (other["status"], other["ask"]) == ("incomplete", ["urgent"])


def test_what_cannot_be_compared_is_counted_and_is_no_agreement(run, tmp_path: Path) -> None:
    """Thirteen unknown facts that each change the answer: more than the second engine tries."""
    names = [f"q{i}" for i in range(13)]
    facts = tuple({"id": name, "name": name, "english": name, "type": "bool"} for name in names)
    flags = tuple({"id": f"flag-{i}", "name": f"标志{i}", "english": f"flag {i}"} for i in range(13))
    rules = [rule(f"rule-{i}", {f"q{i}": True}, {"lead": "housing"}, flag=f"flag-{i}") for i in range(13)]
    data = written(*rules, facts=facts, flags=flags, header={"date": None})
    del data["rulebook"]["date"]
    save(data, tmp_path / "rules.yaml")
    given = ("--rules", str(tmp_path), "--matter", "complaint")
    both = run("route", *given, "--format", "json", "--engine", "both")
    assert both.status == Exit.FOUND
    assert both.err.splitlines()[1] == "另有 1 件未知的事实太多，无法对照。"
    alone = run("route", *given, "--engine", "rete", lang="en")
    assert alone.status == Exit.USAGE
    assert alone.err == (
        "error[incident-too-open-for-rete]: too many facts are unknown for the second engine to try all their values: "
        "not comparable; give more facts, or use --engine diagram\n"
    )


def test_rules_that_do_not_fit_are_named(run, tmp_path: Path) -> None:
    far = rule("far", {"floor": {"at_least": 2**53}}, {"lead": "housing"})
    save(written(far), tmp_path / "rules.yaml")
    done = run("route", "--rules", str(tmp_path), "--matter", "complaint", "--engine", "rete")
    assert (done.status, done.out) == (Exit.USAGE, "")
    assert done.err == (
        "第二引擎（durable-rules）放不下这些：`far`（条件里的数过大）；改写这些条件，或者用 diagram 引擎。\n"
    )


def test_two_rulebooks_are_compared_by_one_engine(run) -> None:
    done = run("replay", "cases.csv", "--compare", "a", "b", "--engine", "both", lang="en")
    assert done.status == Exit.USAGE
    assert done.err.startswith("error: --engine both cannot be used with --compare\n")


def test_measures_over_time_are_held_against_each_other_too(run, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    events.write_bytes((OVERSIGHT / "events.jsonl").read_bytes())
    done = run(
        "oversee",
        str(events),
        "--settings",
        str(shipped("rules") / "oversight" / "settings.example.yaml"),
        "--engine",
        "both",
        lang="en",
    )
    assert done.status == 1
    assert "answers are equal, 0 differ" in done.err


def test_the_report_of_a_replay_says_whether_the_engines_agree(run, tmp_path: Path) -> None:
    history = str(shipped("cases") / "history" / "grid-2026.csv")
    assert run("replay", history, "--out", str(tmp_path), "--engine", "both").status == Exit.FOUND
    assert "行答案相同，0 行不同，0 行无法对照" in (tmp_path / "report.html").read_text("utf-8")
