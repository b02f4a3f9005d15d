"""The fuzzers are alive, and they can fail: a short slice of each with a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dutyroute.ledger import Ledger
from fuzz.campaign import Campaign, again
from fuzz.kills.ledgers import Told, hold_ledger
from fuzz.kills.writer import drafts
from fuzz.kinds import KINDS, hold, trial
from fuzz.places import Places
from fuzz.trial import Made, Row, Seen, Wrong, account

SLOW = ("far-cell", "no-such-place", "bomb")
"""Ways that take a second and more."""
README = Path(__file__).with_name("README.md")


@pytest.mark.parametrize("kind", KINDS)
def test_each_way_to_damage_a_file_leaves_every_row_accounted_for(kind: str, tmp_path: Path) -> None:
    ways = [way for way in KINDS[kind].ways if way not in SLOW]
    # Each workbook is read by a process of its own.
    for way in random.Random(1).sample(ways, 4) if kind == "xlsx" else ways:
        hold(trial(kind, way, "slice"), tmp_path / way.replace(":", "-"))


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    with Places() as opened:
        yield opened


@pytest.mark.parametrize("name", ["replay", "sqlite", "forked", "full-disk", "proxy-after", "restart"])
def test_a_kill_leaves_what_was_acknowledged(name: str, places: Places) -> None:
    if name not in places.names:
        pytest.skip("there is no PostgreSQL server here")
    assert places.hold(name, "slice") == ""


MADE = Made("csv", "sound", "cases.csv", b"", (Row(2, {"id": "A"}), Row(3, {"id": "B"}, may_be_bad=True)))
READ = [(2, {"id": "A"}), (3, {"id": "B"})]


def test_rows_that_are_read_or_told_as_bad_are_accounted_for() -> None:
    account(MADE, Seen(READ, counted=2))
    account(MADE, Seen(READ[:1], [3], counted=2))
    account(replace(MADE, may_span=True), Seen(READ[:1], spans=[(2, 4)]))


@pytest.mark.parametrize(
    "seen, told",
    [
        (Seen(READ[:1]), "row 3 is lost"),
        (Seen([*READ, READ[0]]), "row 2 is accounted for twice"),
        (Seen(READ, [3]), "row 3 is accounted for twice"),
        (Seen(READ[1:], [2]), "row 2 is told as bad, and nothing is wrong with it"),
        (Seen([(2, {"id": "B"}), READ[1]]), "row 2: id is 'A' in the file and 'B' as read"),
        (Seen([*READ, (4, {})]), "there is no row 4"),
        (Seen(READ, counted=3), "3 rows are counted, 2 listed as read and 0 as bad"),
    ],
)
def test_a_row_that_is_not_accounted_for_is_found(seen: Seen, told: str) -> None:
    with pytest.raises(Wrong, match=told):
        account(MADE, seen)


@pytest.mark.parametrize(
    "told, found",
    [
        (Told({"L-9": "9 sha256:0"}), "L-9 was acknowledged"),
        (Told(absent={"L-1"}), "L-1 was told as not recorded, and it is"),
    ],
)
def test_what_a_ledger_told_wrongly_is_found(told: Told, found: str, tmp_path: Path) -> None:
    path = str(tmp_path / "duties.db")
    with Ledger.open(path) as ledger:
        ledger.append_many(drafts(["L-0", "L-1"]))
    hold_ledger(path, Told(), ["L-0", "L-1"])
    with pytest.raises(Wrong, match=found):
        hold_ledger(path, told)
    with pytest.raises(Wrong, match="L-2 is missing"):
        hold_ledger(path, Told(), ["L-0", "L-1", "L-2"])


def test_a_campaign_goes_on_where_it_stopped_and_keeps_what_fails(tmp_path: Path) -> None:
    first = Campaign.resumed(tmp_path, "7")
    assert first.run(0.02, ["maps/"]) == 0
    second = Campaign.resumed(tmp_path, "7")
    assert (second.tried, second.found) == (first.tried, [])
    assert second.tried.total() > 0
    kept = tmp_path / "kept"
    replace(trial("csv", "sound", "1"), rows=(Row(99, {"id": "nobody"}),)).keep(kept)
    assert "row 99 is lost: {'id': 'nobody'}" in again(kept)


def test_every_way_is_in_the_table() -> None:
    table = [
        line.split("|")[1].strip().strip("`")
        for line in README.read_text("utf-8").splitlines()
        if line[:3] == "| `"
    ]
    ways: Sequence[str] = [way.rpartition(":")[2] for kind in KINDS.values() for way in kind.ways]
    assert sorted(table) == sorted(set(ways))
