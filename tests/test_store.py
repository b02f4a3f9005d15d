"""A folder that is edited while systems route with it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pytest

from books import router, rule, save, written
from dutyroute import Decision, Ledger, LedgerError, Router, RulebookError, RulebookStore
from dutyroute.routing import store as store_module
from dutyroute.rulebook import loader

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


def test_no_answer_is_mixed_and_none_fails_while_the_folder_is_edited(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixteen threads route through two hundred reloads, of two rulebooks and of broken edits."""
    monkeypatch.setattr(store_module, "QUIET", 0.0)
    store, expected, stop = RulebookStore(file.parent), answers(), Event()

    def route() -> tuple[set[str], int]:
        seen, count = set(), 0
        while not stop.is_set() or not count:
            for place, given in enumerate((INCIDENT, OPEN)):
                decision = store.route(given)
                assert decision == expected[decision.rulebook.edition][place]
                seen.add(decision.rulebook.edition)
                count += 1
            stop.wait(0.001)  # or sixteen threads that never pause keep the one that edits from its turn
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


def halves(folder: Path, data: dict[str, Any]) -> None:
    """Write a rulebook as two files."""
    folder.mkdir()
    save({"rules": data["rules"]}, folder / "a.yaml")
    save({key: value for key, value in data.items() if key != "rules"}, folder / "b.yaml")


def exchange(link: Path, target: str) -> None:
    """Let a link lead elsewhere, in one step."""
    link.with_name("fresh").symlink_to(target)
    link.with_name("fresh").rename(link)


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
@pytest.mark.parametrize("layout", ["the folder", "a folder above", "each file"])
def test_a_link_exchanged_while_it_is_read_gives_one_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    """As deployments and Kubernetes exchange a folder: never the rules of one and the words of the other."""
    halves(tmp_path / "v1", OLD)
    halves(tmp_path / "v2", NEW)
    link, folder = tmp_path / "link", tmp_path / "link"
    if layout == "a folder above":
        for version in ("v1", "v2"):
            (tmp_path / version).rename(tmp_path / "moved")
            (tmp_path / version).mkdir()
            (tmp_path / "moved").rename(tmp_path / version / "rules")
        folder = link / "rules"
    link.symlink_to("v1")
    if layout == "each file":
        folder = tmp_path / "mounted"
        folder.mkdir()
        for name in ("a.yaml", "b.yaml"):
            (folder / name).symlink_to(Path("..", "link", name))
    store = RulebookStore(folder)
    read, swapped = loader._from_file, False

    def swapping(path: str | Path, name: str) -> Any:
        nonlocal swapped
        found = read(path, name)
        if not swapped:
            swapped = True
            exchange(link, "v2")
        return found

    monkeypatch.setattr(loader, "_from_file", swapping)
    assert store.reload() is True
    assert store.route(INCIDENT).rulebook == Router(_linked(NEW)).route(INCIDENT).rulebook


def test_a_file_that_is_being_written_is_waited_for(file: Path) -> None:
    """Also where what is there so far could be used."""
    store = RulebookStore(file.parent)
    save(NEW, file)
    whole = file.read_text("utf-8")
    save(OLD, file)
    with ThreadPoolExecutor(1) as pool, file.open("w", encoding="utf-8") as stream:

        def write() -> None:
            for place in range(0, len(whole), len(whole) // 6):
                stream.write(whole[place : place + len(whole) // 6])
                stream.flush()
                sleep(0.1)

        writing = pool.submit(write)
        assert store.reload() is True
        writing.result()
    assert store.router.rulebook == _linked(NEW)


def test_files_that_never_rest_are_an_error(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last good rulebook stays."""
    store = RulebookStore(file.parent)
    monkeypatch.setattr(store_module, "PATIENCE", 0.5)
    with ThreadPoolExecutor(1) as pool:
        stop = Event()

        def touch() -> None:
            while not stop.wait(0.02):
                file.touch()

        pool.submit(touch)
        assert store.reload() is False
        stop.set()
    assert store.error is not None
    assert [each.code for each in store.error.diagnostics] == ["rules-changing"]


def test_a_store_records_what_it_answers(file: Path, tmp_path: Path) -> None:
    """With rules that are not published yet, it goes on with those that are."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: at) as ledger:

        def publish() -> None:
            rulebook = loader.load(file.parent)
            ledger.publish(rulebook.canonical().encode(), digest=rulebook.digest)

        with pytest.raises(LedgerError):
            RulebookStore(file.parent, ledger=ledger)
        publish()
        store = RulebookStore(file.parent, ledger=ledger, clock=lambda: at, redact=("text",))
        store.route({**INCIDENT, "text": "楼道"})
        save(NEW, file)
        assert (store.reload(), store.router.rulebook.edition) == (False, "old")
        assert isinstance(store.error, LedgerError)
        publish()
        assert (store.reload(), store.error) == (True, None)
        store.route(INCIDENT)
        recorded = [entry for entry in ledger.entries() if entry.kind == "decision"]
        assert [(entry.moment, entry.content["decision"]["rulebook"]["edition"]) for entry in recorded] == [
            (at, "old"),
            (at, "new"),
        ]
        assert set(recorded[0].content["incident"]["text"]) == {"redacted"}


def test_the_shipped_rules_are_routed_with_what_any_router_takes(tmp_path: Path) -> None:
    day = date(2026, 3, 1)
    assert ("reported_at", day) in Router.shipped(today=lambda: day).route({"matter": "clutter"}).assumed
    with Ledger.open(tmp_path / "ledger.db") as ledger, pytest.raises(LedgerError):
        Router.shipped(ledger=ledger)
