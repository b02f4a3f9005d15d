"""Settings of oversight, as policy staff write them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dutyroute.rulebook.shipped import shipped

EVENTS = str(shipped("cases") / "oversight" / "events.jsonl")

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
    path = str(tmp_path / "e.jsonl")
    event = {"id": "A", "kind": "complaint", "at": "2026-03-01", "community": "A"}
    Path(path).write_text(json.dumps(event) + "\n", "utf-8")
    done = run("oversee", path, "--rules", str(tmp_path / "rules"), "--settings", str(own), lang="en")
    assert (done.status, "Traceback" in done.err) == (status, False)


def test_a_setting_that_is_written_twice_is_a_fault(run, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("settings: [{id: count-days, value: 3}, {id: count-days, value: 9}]\n", "utf-8")
    done = run("oversee", EVENTS, "--settings", str(own), lang="en")
    assert (done.status, "duplicate identifier `count-days`" in done.err) == (3, True)
