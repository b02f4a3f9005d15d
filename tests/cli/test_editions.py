"""Publishing, deciding on the record and asking in two times, as auditors do it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dutyroute.ledger import Ledger
from dutyroute.rulebook.editions import order_of
from dutyroute.rulebook.loader import load

INCIDENT = ("--matter", "fire-violation", "--fact", "reported_at=2026-03-02", "--fact", "has_company=true")
MARCH, MAY = "2026-03-01T01:00Z", "2026-05-01T01:00Z"
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def corrected(tmp_path: Path, rules: str) -> str:
    """The rules with another office that enforces."""
    folder = tmp_path / "corrected"
    shutil.copytree(rules, folder)
    page = folder / "rules.yaml"
    text = page.read_text("utf-8")
    assert "enforce: street," in text
    page.write_text(text.replace("enforce: street,", "enforce: housing,"), "utf-8")
    return str(folder)


@pytest.fixture
def ledger(run: Any, rules: str, corrected: str, tmp_path: Path) -> str:
    """Published in March, corrected in May."""
    path = str(tmp_path / "ledger.db")
    for folder, at, note in ((rules, MARCH, "首次"), (corrected, MAY, "写错了部门")):
        published(path, folder, note, at=datetime.fromisoformat(at))
    return path


def published(path: str, folder: str, note: str, *, at: datetime) -> None:
    """Publish as the command does, at a time that the library's clock tells."""
    rulebook = load(folder)
    content, order = rulebook.canonical().encode(), order_of(rulebook)
    with Ledger.open(path, clock=lambda: at) as opened:
        opened.publish(content, digest=rulebook.digest, author="住建局", note=note, order=order)


def enforcing(run: Any, *arguments: str) -> list[str]:
    done = run("route", *INCIDENT, "--format", "json", *arguments)
    assert done.err == ""
    duties = json.loads(done.out)["duties"]
    return [duty["party"] for duty in duties if duty["role"] == "enforce"]


def test_the_same_incident_as_known_then_and_as_known_now(run: Any, ledger: str) -> None:
    assert enforcing(run, "--ledger", ledger, "--as-known", "2026-04-01") == ["street"]
    assert enforcing(run, "--ledger", ledger, "--as-known", MAY) == ["housing"]
    assert enforcing(run, "--ledger", ledger) == ["housing"]


def test_an_edition_can_be_named_where_a_folder_can(
    run: Any, ledger: str, rules: str, corrected: str
) -> None:
    with Ledger.open(ledger) as opened:
        first = "edition:" + opened.editions()[0].digest[:12]
    assert enforcing(run, "--ledger", ledger, "--rules", first) == ["street"]
    assert run("diff", first, rules, "--ledger", ledger).status == 0
    done = run("diff", first, corrected, "--ledger", ledger, lang="en")
    assert (done.status, "gains enforce" in done.out) == (1, True)


def test_what_is_decided_is_recorded_and_what_is_asked_is_not(run: Any, ledger: str) -> None:
    run("route", *INCIDENT, "--ledger", ledger)
    run("route", *INCIDENT, "--ledger", ledger, "--as-of", "2026-06-01")
    run("route", *INCIDENT, "--ledger", ledger, "--as-known", "2026-04-01", "--explain")
    run("route", *INCIDENT, "--ledger", ledger, "--explain", "--what-if", "has_company=false")
    with Ledger.open(ledger) as opened:
        kinds = [entry.kind for entry in opened.entries()]
    assert kinds == ["edition", "edition", "decision", "decision"]


def test_as_of_asks_for_the_rules_of_another_day(run: Any, ledger: str) -> None:
    done = run("route", *INCIDENT, "--ledger", ledger, "--as-of", "2026-06-01", "--format", "json")
    assert json.loads(done.out)["assumed"] == {"in_yard": True} or "reported_at" not in done.out


def test_the_rules_are_published_once(run: Any, ledger: str, corrected: str) -> None:
    done = run("ledger", "publish", ledger, "--rules", corrected, lang="en")
    assert (done.status, done.out.splitlines()[0]) == (
        0,
        "It says what the newest edition says (published 2026-05-01 01:00:00Z); not recorded again.",
    )


def test_rules_with_faults_are_not_published(run: Any, ledger: str, corrected: str) -> None:
    Path(corrected, "more.yaml").write_text("rules: 1\n", "utf-8")
    done = run("ledger", "publish", ledger, "--rules", corrected)
    assert (done.status, "more.yaml:1" in done.err) == (3, True)


def test_a_rule_is_told_in_both_times(run: Any, ledger: str) -> None:
    done = run("ledger", "history", ledger, "street-enforces-fire")
    assert [line.partition(" sha256")[0] for line in done.out.splitlines()] == [
        "2026-03-01 01:00:00Z 发布",
        "  住建局：首次",
        "  新增",
        "  有效：不限日期",
        "",
        "2026-05-01 01:00:00Z 发布",
        "  住建局：写错了部门",
        "  assign：enforce: street; inspect: fire, company; lead: street"
        " → enforce: housing; inspect: fire, company; lead: street",
        "  有效：不限日期",
    ]
    versions = json.loads(run("ledger", "history", ledger, "street-enforces-fire", "--format", "json").out)[
        "versions"
    ]
    assert [(v["state"], [c["key"] for c in v["changes"]]) for v in versions] == [
        ("added", []),
        ("changed", ["assign"]),
    ]


def test_a_rule_that_no_edition_has_is_told_with_the_nearest(run: Any, ledger: str) -> None:
    done = run("ledger", "history", ledger, "street-enforces-fires", lang="en")
    assert (done.status, done.err) == (
        2,
        "no edition in the ledger has a rule street-enforces-fires; did you mean street-enforces-fire?\n",
    )


def test_deciding_again_by_the_editions_of_then_gives_the_same(run: Any, ledger: str, rules: str) -> None:
    with Ledger.open(ledger) as opened:
        first = "edition:" + opened.editions()[0].digest[:12]
    for which in ((), ("--rules", first)):
        run("route", *INCIDENT, "--ledger", ledger, "--fact", "id=A-1", *which)
        run("route", "--matter", "parking", "--ledger", ledger, *which)
    done = run("ledger", "replay", ledger, "--format", "json")
    assert (done.status, json.loads(done.out)) == (
        0,
        {"total": 4, "same": 4, "other": 0, "redacted": 0, "edition": 0},
    )


def test_a_decision_that_is_not_what_the_rules_said_is_found(run: Any, ledger: str) -> None:
    from datetime import UTC, datetime

    with Ledger.open(ledger) as opened:
        digest = opened.editions()[0].digest
        made_up = {"status": "routed", "rulings": [], "rulebook": {}}
        opened.append({"matter": "parking"}, made_up, edition=digest, at=datetime(2026, 4, 1, tzinfo=UTC))
    done = run("ledger", "replay", ledger, lang="en")
    assert (done.status, done.out.splitlines()) == (
        1,
        [
            "entry 3 (2026-04-01 00:00:00Z): today's decision is different: status, rulings, rulebook",
            "Decisions: 1; same: 0, different: 1, redacted: 0",
        ],
    )


@pytest.mark.parametrize(
    "arguments,message",
    [
        (("--as-known", "2026-01-01"), "错误：--as-known 要到台账里找，请加 --ledger 台账"),
        (("--rules", "edition:abc"), "错误：edition:abc 要到台账里找，请加 --ledger 台账"),
        (("--as-of", "1.3.2026"), "“1.3.2026”应当写成 2026-03-01"),
    ],
)
def test_what_cannot_be_looked_up_is_wrong_usage(run: Any, arguments: tuple[str, ...], message: str) -> None:
    done = run("route", *INCIDENT, *arguments)
    assert (done.status, message in done.err) == (2, True), done.err


def test_nothing_was_known_before_the_first_edition(run: Any, ledger: str) -> None:
    done = run("route", *INCIDENT, "--ledger", ledger, "--as-known", "2026-02-01")
    assert (done.status, "还没有发布过规则" in done.err) == (2, True)
