"""A folder that is edited while systems route with it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from books import router, rule, save, written
from dutyroute import Decision, Router, RulebookError, RulebookStore

THREADS, RELOADS = 16, 200
INCIDENT: dict[str, Any] = {"matter": "clutter", "respondent": "owner", "urgent": False}
OPEN: dict[str, Any] = {"matter": ["clutter", "complaint"]}

OLD: dict[str, Any] = written(
    rule("clutter", {"matter": "clutter"}, {"lead": "housing", "handle": "street-office"}),
    rule("company", {"respondent": "owner", "has_company": True}, {"report": "property-company"}),
    header={"edition": "old"},
)
NEW: dict[str, Any] = written(
    rule("clutter", {"matter": ("clutter", "complaint")}, {"lead": "planning"}, basis="inferred"),
    rule("urgent", {"urgent": True}, {"enforce": "housing"}, overrides="clutter"),
    header={"edition": "new"},
)

Break = Callable[[Path], None]


def containing(raw: bytes) -> Break:
    """Return an edit that leaves a file with these bytes."""

    def edited(file: Path) -> None:
        file.write_bytes(raw)

    return edited


BROKEN: dict[str, Break] = {
    "no YAML": containing(b"rules: ["),
    "an unknown party": lambda file: save(written(rule("a", {}, {"lead": "nobody"})), file),
    "another encoding": containing("规则: 物业".encode("gbk")),
    "an empty file": containing(b""),
    "no file": lambda file: file.unlink(),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The one file of a folder of rules."""
    path = tmp_path / "rules" / "all.yaml"
    path.parent.mkdir()
    save(OLD, path)
    return path


def answers() -> dict[str, list[Decision]]:
    """Return what each of the two rulebooks answers, by edition."""
    return {
        data["rulebook"]["edition"]: [Router(_linked(data)).route(given) for given in (INCIDENT, OPEN)]
        for data in (OLD, NEW)
    }


def _linked(data: dict[str, Any]) -> Any:
    sections = {key: value for key, value in data.items() if key not in ("rules", "rulebook")}
    return router(*data["rules"], header=data["rulebook"], **sections).rulebook


def test_no_answer_is_mixed_and_none_fails_while_the_folder_is_edited(file: Path) -> None:
    """Sixteen threads route through two hundred reloads, of two rulebooks and of broken edits."""
    store, expected, stop = RulebookStore(file.parent), answers(), Event()

    def route() -> tuple[set[str], int]:
        seen, count = set(), 0
        while not stop.is_set() or not count:
            for place, given in enumerate((INCIDENT, OPEN)):
                decision = store.route(given)
                assert decision == expected[decision.rulebook.edition][place]
                seen.add(decision.rulebook.edition)
                count += 1
        return seen, count

    with ThreadPoolExecutor(THREADS) as pool:
        routing = [pool.submit(route) for _ in range(THREADS)]
        try:
            edit(store, file)
        finally:
            stop.set()
        found = [future.result() for future in routing]
    assert set().union(*(seen for seen, _ in found)) == {"old", "new"}
    assert sum(count for _, count in found) > RELOADS


def edit(store: RulebookStore, file: Path) -> None:
    """Edit and reload: the new rulebook, a broken one, the old one, another broken one …"""
    breaks = list(BROKEN.values())
    for turn in range(RELOADS):
        if turn % 2:
            good = store.router
            breaks[turn // 2 % len(breaks)](file)
            assert (store.reload(), store.router is good) == (False, True)
            assert isinstance(store.error, RulebookError)
        else:
            wanted = NEW if turn % 4 == 0 else OLD
            save(wanted, file)
            assert (store.reload(), store.error) == (True, None)
            assert store.router.rulebook.edition == wanted["rulebook"]["edition"]


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_edit_leaves_the_last_good_rulebook(file: Path, fault: str) -> None:
    """It goes on answering, and says what is wrong until it is mended."""
    store = RulebookStore(file.parent)
    before = store.route(INCIDENT)
    BROKEN[fault](file)
    assert store.reload() is False
    assert store.error is not None
    assert store.error.diagnostics
    assert store.route(INCIDENT) == before
    save(NEW, file)
    assert store.reload() is True
    assert store.error is None
    assert store.route(INCIDENT).lead == ("planning",)


def test_a_folder_that_is_gone_is_a_broken_edit(file: Path) -> None:
    """Systems go on; the error tells the operator."""
    store = RulebookStore(file.parent)
    shutil.rmtree(file.parent)
    assert store.reload() is False
    assert store.error is not None
    assert store.route(INCIDENT).lead == ("housing",)


def test_a_store_cannot_begin_with_a_broken_rulebook(file: Path) -> None:
    """There is no last good one yet."""
    file.write_text("rules: [", encoding="utf-8")
    with pytest.raises(RulebookError):
        RulebookStore(file.parent)


def test_a_router_that_was_taken_stays_as_it_is(file: Path) -> None:
    """Whoever wants several answers of one rulebook takes its router first."""
    store = RulebookStore(file.parent)
    taken = store.router
    save(NEW, file)
    store.reload()
    assert (taken.route(INCIDENT).lead, store.route(INCIDENT).lead) == (("housing",), ("planning",))


def test_reloading_what_has_not_changed_changes_no_answer(file: Path) -> None:
    """Also from several threads at once."""
    store = RulebookStore(file.parent)
    before = store.route(OPEN)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: store.reload(), range(8)))
    assert store.route(OPEN) == before
