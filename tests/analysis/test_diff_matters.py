"""A matter that only one rulebook has is one entry: as the matter above it, but for what is listed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from books import WORDS, Data, entry, linked, rule, written
from dutyroute import IncidentError, Router, Rulebook
from dutyroute.analysis import Comparison, diff
from dutyroute.report.analysis import render_diff
from dutyroute.rulebook.build import link
from generate import Dice, Writer

ENFORCE = rule("housing-enforces", {"matter": "violation"}, {"enforce": "housing"})
INSPECT = rule("planning-inspects", {"matter": "noise", "urgent": True}, {"inspect": "planning"})
INSIDE = rule("street-enforces", {"matter": "noise", "urgent": False}, {"enforce": "street-office"})
OVERRIDE = INSIDE | {"overrides": ("housing-enforces",)}
HANDLE = rule("street-handles", {"matter": "complaint"}, {"handle": "street-office"})


def pair(*rules: Data, parent: str | None = "violation") -> tuple[Rulebook, Rulebook]:
    """Two rulebooks, of which the second one has one matter more, and rules about it."""
    noise = entry("noise", "噪音", parent=parent) if parent else entry("noise", "噪音")
    old = (ENFORCE, HANDLE)
    return linked(written(*old)), linked(written(*old, *rules) | {"matters": (*WORDS["matters"], noise)})


def told(old: Rulebook, new: Rulebook, lang: Any = "zh") -> list[str]:
    """What is said of the only difference, without its example."""
    found = diff(old, new)
    assert len(found.groups) == 1
    return [line.strip() for line in found.to_text(lang).splitlines()[2:] if "例如" not in line]


def test_a_matter_without_rules_of_its_own_is_as_the_one_above_it() -> None:
    assert told(*pair()) == ["1. 新增事项：噪音", "职责与上级事项“违法违规”相同。"]
    assert told(*reversed(pair())) == ["1. 删去事项：噪音", "职责与上级事项“违法违规”相同。"]


def test_only_what_is_different_from_the_matter_above_is_listed_duty_by_duty() -> None:
    assert told(*pair(INSPECT, OVERRIDE))[:-2] == [
        "1. 新增事项：噪音",
        "职责与上级事项“违法违规”相同，只有以下不同：",
        "- 规划局：另有检查",
        "· 紧急：是",
        "- 街道办：另有查处",
        "- 住建局：没有查处",
        "· 紧急：否",
    ]


def test_a_matter_with_nothing_above_it_lists_its_duties() -> None:
    assert told(*pair(INSPECT, parent=None))[:4] == [
        "1. 新增事项：噪音",
        "没有上级事项，职责如下：",
        "- 规划局：另有检查",
        "· 紧急：是",
    ]
    assert told(*pair(parent=None)) == ["1. 新增事项：噪音", "没有上级事项，也没有职责。"]


def test_several_new_matters_are_an_entry_each() -> None:
    old, _ = pair()
    more = [entry(name, name, parent=above) for name, above in (("a", "violation"), ("b", "a"))]
    new = linked(written(ENFORCE, HANDLE) | {"matters": (*WORDS["matters"], *more)})
    assert [group.lone.matters for group in diff(old, new).groups if group.lone] == [("a",), ("b",)]
    assert "职责与上级事项“a”相同。" in diff(old, new).to_text("zh")


def test_a_matter_too_large_to_compare_is_not_called_like_the_one_above() -> None:
    (region,) = diff(*pair(INSPECT, OVERRIDE), budget=1).regions
    assert [each.proven for each in region.apart or ()] == [False]
    assert "未能证明" in Comparison(*pair(INSPECT, OVERRIDE), (region,)).to_text("zh")


def test_cases_about_it_are_counted_there() -> None:
    cases = [{"matter": "noise"}, {"matter": "噪音", "urgent": True}, {"matter": "violation"}]
    found = diff(*pair(INSPECT), cases)
    assert [(count.certain, count.possible) for count in found.counts or ()] == [(2, 0)]
    assert "历史案件：2 件属于此类" in found.to_text("zh")


def test_it_is_said_in_every_form() -> None:
    found = diff(*pair(INSPECT))
    (region,) = found.to_dict("en")["regions"]
    json.dumps(region)
    (apart,) = region["apart"]
    assert region["changes"] == [
        "Its duties are those of the matter above it, violation, with these differences:",
        "planning: also has inspect",
    ]
    assert (region["matters"], region["parent"], region["before"]) == (["noise"], "violation", "absent")
    assert (apart["where"], apart["gained"]) == (
        {"urgent": [True]},
        [{"party": "planning", "role": "inspect", "to": [], "within": None}],
    )
    assert apart["rules"] == {"old": [], "new": [{"id": "planning-inspects", "at": None}]}
    said = "规划局：另有检查"
    assert f"- {said}\n  <br>· 紧急：是" in found.to_markdown("zh")
    assert f'<li class="gains">{said}<p class="small">紧急：是</p></li>' in render_diff(found, "zh")


# -- against routing


def duties(router: Router, given: Data) -> Any:
    """What is certain about an incident of which all is known; None where it is refused."""
    try:
        (ruling,) = router.route(given).rulings
    except IncidentError:
        return None
    return {(d.party, d.role, tuple(sorted(d.to)), d.within) for d in ruling.duties if d.certain}


def complete(writer: Writer, book: Rulebook) -> Iterator[Data]:
    for _ in range(150):
        facts = {name: writer.value(name) for name in book.vocabulary.facts if name != "matter"}
        yield {name: value for name, value in facts.items() if value is not None}


def test_with_what_is_listed_the_duties_of_the_matter_above_become_its_own() -> None:
    """For any incident of which all is known: the parent's duties, less those lost, and those gained."""
    compared = 0
    for seed in range(12):
        writer = Writer(Dice(("apart", seed)))
        data = writer.rulebook()
        noise = entry("noise", "噪音", parent="violation")
        own = rule("noise", {"matter": "noise", "urgent": True}, {"enforce": "housing", "lead": "planning"})
        new, _ = link(data | {"matters": (*data["matters"], noise), "rules": (*data["rules"], own)})
        assert new is not None
        lone = [region for region in diff(linked(data), new).regions if region.apart is not None]
        router = Router(new)
        for facts in complete(writer, new):
            above, here = (duties(router, {**facts, "matter": name}) for name in ("violation", "noise"))
            # Where every incident about it is contradictory, there is nothing to tell.
            assert lone or here is None
            if above is None or here is None:
                continue
            lying = [each for each in lone[0].apart or () if each.holds("noise", facts)]
            assert {held for each in lying for held in each.change.gained} == here - above
            assert {held for each in lying for held in each.change.lost} == above - here
            compared += 1
    assert compared > 300
