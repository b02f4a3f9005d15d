"""Settings of oversight, as policy staff write them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from test_oversee import EVENTS, complaint, lines

from dutyroute.rulebook.shipped import shipped

OWN = """\
counters:
  - {{id: {counter}, title: 甲, counts: {{kinds: complaint}}, window: 9}}
measures:
  - id: own-measure
    title: 乙
    kind: inspection
    subject: community
    when: {when}
    propose_to: housing
    cite: opinion/2.1.2.1
    basis: assumed
"""


@pytest.mark.parametrize(
    "counter, when, values, status",
    [
        (
            "own",
            "{own: {at_least: {setting: meeting-trigger}, at_most: {setting: repeat-escalation}}}",
            (9, 3),
            3,
        ),
        ("own", "{own: {less_than: {setting: meeting-trigger}, at_least: 2}}", None, 0),
        ("own", "{own: 1, points: {less_than: 50}}", (3, 6), 0),
        ("any", "{own_measure_taken: true}", (3, 6), 3),
    ],
)
def test_settings_that_contradict_each_other_are_faults(
    run, tmp_path: Path, counter: str, when: str, values: tuple[int, int] | None, status: int
) -> None:
    """An empty setting contradicts nothing."""
    shutil.copytree(shipped("rules"), tmp_path / "rules")
    (tmp_path / "rules" / "oversight" / "own.yaml").write_text(
        OWN.format(counter=counter, when=when), "utf-8"
    )
    own = tmp_path / "own.yaml"
    given = values or (None, None)
    own.write_text(
        f"settings: [{{id: meeting-trigger, value: {given[0] or 'null'}}}, "
        f"{{id: repeat-escalation, value: {given[1] or 'null'}}}]\n",
        "utf-8",
    )
    path = lines(tmp_path / "e.jsonl", complaint("A"))
    done = run("oversee", path, "--rules", str(tmp_path / "rules"), "--settings", str(own), lang="en")
    assert (done.status, "Traceback" in done.err) == (status, False)


def test_a_setting_that_is_written_twice_is_a_fault(run, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("settings: [{id: count-days, value: 3}, {id: count-days, value: 9}]\n", "utf-8")
    done = run("oversee", EVENTS, "--settings", str(own), lang="en")
    assert (done.status, "duplicate identifier `count-days`" in done.err) == (3, True)


def test_unfounded_complaints_lead_to_no_ban_and_the_answer_says_so(run, tmp_path: Path) -> None:
    rows = "".join(
        f"K{n},complaint,2026-05-0{n},city-hotline,甲物业,service-quality,unfounded,\n" for n in range(1, 5)
    )
    (tmp_path / "events.csv").write_text(
        f"id,kind,at,channel,property_company,matter,outcome,due\n{rows}"
        "O1,rectification-ordered,2026-05-05,,甲物业,,,2026-05-10\n",
        "utf-8",
    )
    settings = "settings:\n  - {id: count-days, value: 90}\n  - {id: sanction-complaints, value: 4}\n"
    paths = str(tmp_path / "events.csv"), str(tmp_path / "set.yaml")
    called = ("oversee", paths[0], "--as-of", "2026-06-01", "--settings", paths[1])
    (tmp_path / "set.yaml").write_text(settings, "utf-8")
    done = run(*called)
    assert "市场禁入 →" not in done.out
    assert "unfounded-complaints" in done.out
    (tmp_path / "set.yaml").write_text(f"{settings}  - {{id: unfounded-complaints, value: 1}}\n", "utf-8")
    assert "期间内的市级投诉 4（不属实的也计）" in run(*called).out
