"""A rulebook as a whole: what makes two of them the same, and what each says of itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agreement import by_router
from books import WORDS, book, linked, obligation, recusal, router, rule, text, written
from dutyroute import Router, Rulebook, Span, load
from dutyroute.rulebook.rules import Period, hours
from generate import seeded

Data = dict[str, Any]
Change = Callable[[Data], object]

BASE = written(
    rule("a", {"matter": "clutter"}, {"lead": "housing"}, note="说明", quote="原文"),
    rule(
        "b", {"urgent": True}, {"handle": {"party": "planning", "to": "lead", "within": "2d"}}, overrides="a"
    ),
    obligations=(obligation("one-lead", {"matter": "violation"}, "lead", exactly=1),),
    recusal=(recusal("respondent", "inspect"), recusal("reporter", "inspect")),
    impossible=({"respondent": "property-company", "has_company": False}, {"urgent": True, "floor": 0}),
    header={"in_force": {"from": date(2026, 1, 1)}, "note": "说明"},
)


def changed(change: Change) -> Rulebook:
    data = deepcopy(BASE)
    change(data)
    return linked(data)


def swap(kind: str, place: int = 0, **fields: Any) -> Change:
    """Return an edit of one entry of a rulebook."""
    return lambda data: data[kind][place].update(fields)


CHANGES: dict[str, Change] = {
    "a condition": swap("rules", when={"matter": "complaint"}),
    "a party": swap("rules", assign={"lead": "planning"}),
    "a limit": swap("rules", 1, assign={"handle": {"party": "planning", "to": "lead", "within": "3d"}}),
    "a clause": swap("rules", cite="opinion/2.1"),
    "a basis": swap("rules", basis="inferred"),
    "a default": swap("rules", default="lead"),
    "an override": lambda data: data["rules"][1].pop("overrides"),
    "a flag": swap("rules", flag="undetermined"),
    "a period": swap("rules", in_force={"until": date(2027, 1, 1)}),
    "a title": swap("rules", title="另一个标题"),
    "a note": swap("rules", note="另一个说明"),
    "a rulebook's period": lambda data: data["rulebook"].update(in_force={"from": date(2025, 1, 1)}),
    "an edition": lambda data: data["rulebook"].update(edition="2"),
    "an obligation": swap("obligations", holders={"at_least": 1}),
    "a recusal": swap("recusal", roles=("handle",)),
    "an impossibility": swap("impossible", has_company=True),
    "a party's name": swap("parties", name="住房局"),
    "an alias": swap("facts", aliases=("涉事人",)),
    "a fact's default": swap("facts", 3, default=False),
    "a fact's bound": swap("facts", 6, at_most=8),
    "a matter's parent": swap("matters", 2, parent="violation"),
    "an instrument's status": swap("instruments", status="in-force"),
    "a question": swap("facts", question="是谁？"),
}


def test_the_digest_is_of_a_known_form() -> None:
    """SHA-256 in hexadecimal, the same on every machine and every day."""
    digest = book().digest
    assert digest == book().digest
    assert (digest[:7], len(digest), int(digest[7:], 16) > 0) == ("sha256:", 71, True)


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_is_said_is_in_the_digest(name: str) -> None:
    """A decision's digest tells exactly which rulebook it was, to the last note."""
    assert changed(CHANGES[name]).digest != linked(BASE).digest
    assert changed(CHANGES[name]) != linked(BASE)


def test_no_two_changes_have_the_same_digest() -> None:
    assert len({changed(change).digest for change in CHANGES.values()}) == len(CHANGES)


def test_the_canonical_text_is_json_with_everything_in_it() -> None:
    """Whoever wants to check the digest needs nothing but this text."""
    content = json.loads(linked(BASE).canonical())
    assert {kind: len(content[kind]) for kind in ("parties", "facts", "rules", "impossible", "recusal")} == {
        "parties": 5,
        "facts": len(WORDS["facts"]) + 1,
        "rules": 2,
        "impossible": 2,
        "recusal": 2,
    }
    assert content["rules"][1]["assign"] == {
        "handle": [{"party": ["planning"], "to": ["lead"], "within": "2d"}]
    }


@pytest.mark.parametrize("kind", ["rules", "obligations", "parties", "facts", "matters", "flags", "roles"])
def test_order_is_no_difference(kind: str) -> None:
    """Two rulebooks are the same when they say the same."""
    turned = {**BASE, kind: BASE[kind][::-1]}
    assert (linked(turned), linked(turned).digest) == (linked(BASE), linked(BASE).digest)


@pytest.mark.parametrize("kind", ["recusal", "impossible"])
def test_order_is_no_difference_among_nameless_things(kind: str) -> None:
    turned = {**BASE, kind: BASE[kind][::-1]}
    assert linked(turned).digest == linked(BASE).digest
    assert linked(turned) == linked(BASE)


@pytest.mark.parametrize("seed", range(5))
def test_it_does_not_matter_in_which_file_a_thing_stands(tmp_path: Path, seed: int) -> None:
    """One file, a file for each list, or a file for each rule: the same rulebook, the same answers."""
    data, incidents = seeded(("files", seed), 10)
    for name, parts in {"one": [data], "lists": by_list(data), "rules": by_rule(data)}.items():
        for number, part in enumerate(filter(text, parts)):
            file = tmp_path / name / f"{'abc'[number % 3]}" / f"{number}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text(part), encoding="utf-8")
    books = [load(tmp_path / name) for name in ("one", "lists", "rules")]
    assert {found.digest for found in books} == {linked(data).digest}
    answers = [[by_router(Router(found), each) for each in incidents] for found in books]
    assert answers == [[by_router(Router(linked(data)), each) for each in incidents]] * 3


def by_list(data: Data) -> list[Data]:
    return [{kind: value} for kind, value in data.items()]


def by_rule(data: Data) -> list[Data]:
    others = [{kind: value} for kind, value in data.items() if kind != "rules"]
    return [{"rules": (each,)} for each in data["rules"][::-1]] + others


def test_a_rulebook_read_from_files_knows_where_things_stand(tmp_path: Path) -> None:
    """Its rules, its obligations, its impossible conditions; one built in memory does not."""
    (tmp_path / "all.yaml").write_text(text(BASE), encoding="utf-8")
    found = load(tmp_path)
    for kind, name in (("rules", "a"), ("obligations", "one-lead"), ("impossible", 1)):
        assert isinstance(found.span(kind, name), Span)
    assert found.span("rules", "nobody") is None
    assert linked(BASE).span("rules", "a") is None
    assert found == linked(BASE)


def test_a_rulebook_is_immutable() -> None:
    """So that threads can share it and its digest stays true."""
    found = linked(BASE)
    with pytest.raises(FrozenInstanceError):
        found.rules = {}  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        found.rules["a"].basis = "assumed"


@pytest.mark.parametrize(
    "statuses,status",
    [
        ((), "draft"),
        (("draft",), "draft"),
        (("in-force",), "in-force"),
        (("repealed",), "repealed"),
        (("in-force", "draft"), "draft"),
        (("in-force", "repealed"), "repealed"),
        (("draft", "repealed", "in-force"), "draft"),
    ],
)
def test_a_rulebook_is_as_valid_as_its_least_valid_instrument(statuses: tuple[str, ...], status: str) -> None:
    """And every decision says so."""
    (opinion,) = WORDS["instruments"]
    instruments = tuple({**opinion, "id": f"i-{n}", "status": each} for n, each in enumerate(statuses))
    found = router(instruments=instruments)
    assert found.rulebook.status == status
    assert found.route({"matter": "clutter"}).rulebook.status == status


def test_a_period_excludes_its_last_day() -> None:
    change = date(2026, 7, 1)
    old, new = Period(until=change), Period.model_validate({"from": change})
    assert (change in old, change in new) == (False, True)
    assert date.min in old
    assert date.max in new


def test_a_rules_own_period_replaces_the_rulebooks() -> None:
    """Whole: an end that it does not give is open."""
    found = book(
        rule("a", {}, {"lead": "housing"}),
        rule("b", {}, {"lead": "housing"}, in_force={"from": date(2026, 3, 1)}),
        header={"in_force": {"until": date(2027, 1, 1)}},
    )
    assert found.period(found.rules["a"]) == Period(until=date(2027, 1, 1))
    assert found.period(found.rules["b"]) == Period.model_validate({"from": date(2026, 3, 1)})


def test_limits_compare_by_the_time_they_leave() -> None:
    assert sorted(("1w", "36h", "2d", "24h", "8d", "1wd", "5wd"), key=hours) == [
        *("24h", "1wd", "36h", "2d", "1w", "5wd", "8d")
    ]
