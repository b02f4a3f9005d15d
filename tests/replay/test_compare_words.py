"""Two rulebooks over one history: each side reads the rows by its own words."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from books import WORDS, entry, linked, rule, written
from dutyroute import Router, Rulebook
from dutyroute.replay import open_tasks, replay

ALIAS = "堵塞消防通道"
RULES = (
    rule("a", {"matter": "fire-lane"}, {"lead": "housing"}),
    rule("b", {"matter": "clutter"}, {"lead": "planning"}),
)
HISTORY = f"id,matter,who,handler\n1,{ALIAS},业主,住建局\n2,占用消防通道,业主,住建局\n3,乱堆乱放,业主,规划局\n4,天书,业主,规划局\n"
MAP = "map:\n  id: id\n  facts: {matter: matter, respondent: who}\n  handler: handler\n"


def edited(**matters: dict[str, Any]) -> Rulebook:
    named = tuple(each | matters.get(each["id"].replace("-", "_"), {}) for each in WORDS["matters"])
    return linked(written(*RULES) | {"matters": named})


@pytest.fixture
def compare(tmp_path: Path) -> Any:
    (tmp_path / "h.map.yaml").write_text(MAP, "utf-8")

    def compared(
        old: Rulebook, new: Rulebook, history: str = HISTORY
    ) -> tuple[dict[str, Any], list[tuple[str, ...]]]:
        (tmp_path / "h.csv").write_text(history, "utf-8")
        tasks = open_tasks([str(tmp_path / "h.csv")], None, new)
        summary = replay(tasks, Router(new), tmp_path / "out", lang="en", old=Router(old))
        with (tmp_path / "out" / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [(row[2], *row[6:9]) for row in list(csv.reader(file))[1:]]
        return dict(summary.comparison), rows

    return compared


def test_a_moved_alias_changes_hands(compare) -> None:
    new = edited(fire_lane={"aliases": ()}, clutter={"aliases": (ALIAS,)})
    told, rows = compare(edited(), new)
    assert (told["rows"], told["changed"]) == (3, 1)
    assert rows == [("1", "housing", "planning", "words")]
    assert [(each["old"], each["new"], each["rows"]) for each in told["words"]] == [
        ("fire-lane", "clutter", 1)
    ]


@pytest.mark.parametrize("is_removed", [True, False])
def test_a_word_that_one_side_does_not_know(compare, is_removed: bool) -> None:
    books = edited(), edited(fire_lane={"aliases": ()})
    told, rows = compare(*(books if is_removed else reversed(books)))
    assert (told["rows"], told["changed"]) == (3, 1)
    assert rows == [("1", *(("housing", "") if is_removed else ("", "housing")), "words")]
    assert [each["rows"] for each in told["words"]] == [1]


def test_rows_that_are_read_alike_are_placed_as_ever(compare) -> None:
    rules = (rule("a", {"matter": "fire-lane"}, {"lead": "planning"}), RULES[1])
    named = tuple(each | ({"aliases": ()} if each["id"] == "fire-lane" else {}) for each in WORDS["matters"])
    told, rows = compare(edited(), linked(written(*rules) | {"matters": named}))
    assert rows == [("1", "housing", "", "words"), ("2", "housing", "planning", "1")]
    assert [(each["certain"], each["possible"]) for each in told["regions"]] == [(1, 0)]


def test_rows_whose_handler_is_read_otherwise_are_counted_and_stay_in_their_region(compare) -> None:
    rules = (RULES[0], rule("b", {"matter": "clutter"}, {"lead": "housing"}))
    parties = tuple(
        each | ({"aliases": ("规划局",)} if each["id"] == "housing" else {}) for each in WORDS["parties"]
    )
    named = tuple(each | ({"name": "规委"} if each["id"] == "planning" else {}) for each in parties)
    told, rows = compare(edited(), linked(written(*rules) | {"parties": named}))
    assert rows == [("3", "planning", "housing", "1")]
    assert [(each["fact"], each["old"], each["new"], each["rows"]) for each in told["words"]] == [
        ("handler", "planning", "housing", 1),
        ("handler", None, "planning", 0),
    ]


def test_rows_about_a_new_matter_lie_in_its_one_region(compare) -> None:
    fresh = entry("nonsense", "天书", parent="violation")
    new = linked(
        written(*RULES, rule("c", {"matter": "nonsense"}, {"lead": "planning"}))
        | {"matters": (*WORDS["matters"], fresh)}
    )
    told, rows = compare(edited(), new)
    assert rows == [("4", "", "planning", "1")]
    (region,) = told["regions"]
    assert (region["certain"], region["parent"]) == (1, "violation")
    assert region["changes"][1:] == ["planning: also has lead"]


def test_nothing_is_said_of_words_where_none_changed(compare) -> None:
    told, rows = compare(edited(), edited())
    assert (told["words"], told["changed"], rows) == ([], 0, [])


def test_rows_that_do_not_give_a_fact_are_read_otherwise_where_other_values_are_left_out(compare) -> None:
    """They are counted with what is left out, and lie in no region; a row that says it is unknown changes nothing."""
    rules = (
        *RULES,
        rule("c", {"respondent": "owners-committee"}, {"lead": "street-office"}, overrides=("a", "b")),
    )
    facts = written()["facts"]
    careful = ({**facts[0], "unless_said": {"not": ("owners-committee",)}}, *facts[1:])
    people = ("不详", "业主", "", "业主")
    rows_of = [line.split(",") for line in HISTORY.splitlines()]
    text = [rows_of[0], *([a, b, who, d] for (a, b, _, d), who in zip(rows_of[1:], people, strict=True))]
    told, rows = compare(
        linked(written(*rules)),
        linked(written(*rules) | {"facts": careful}),
        "".join(",".join(row) + "\n" for row in text),
    )
    assert rows == [("3", "", "planning", "words")]
    assert [(each["fact"], each["unsaid"], each["rows"]) for each in told["words"]] == [
        ("respondent", True, 1)
    ]
