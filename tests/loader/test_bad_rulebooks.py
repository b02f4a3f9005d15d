"""
Every fault of a file is told, word for word as written beside it.

`tests/rulebooks/bad/` holds a file or folder for each fault, named by the fault's
code, read together with the small rulebook in `_base`; what no repository can
hold (a pipe, 50 megabytes) is made here. After a change of wording,
`DUTYROUTE_ACCEPT=1 pytest tests/loader/test_bad_rulebooks.py` writes the texts
anew, for a person to read in the diff.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from dutyroute.diagnostics import Diagnostic
from dutyroute.errors import RulebookError
from dutyroute.rulebook import loader
from dutyroute.rulebook.loader import builder, files, load, page, read_document
from texts import AREAS

BAD = Path(__file__).parent.parent / "rulebooks" / "bad"
ELSEWHERE = {"settings-only", "unknown-revision", "rules-changing", "several-rulebooks", "not-shipped"}
"""What is said of files that are no rulebooks."""
CODES = tuple(code for code in AREAS["rulebook"] if code not in ELSEWHERE)

Maker = Callable[[Path, pytest.MonkeyPatch], Sequence[Diagnostic]]


def refused(path: str | Path) -> Sequence[Diagnostic]:
    with pytest.raises(RulebookError) as caught:
        load(path)
    return caught.value.diagnostics


# -- rulebooks that no repository can hold


def a_missing_folder(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    return refused("rule")


def a_missing_file(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    return refused("nowhere/at/all.yaml")


def a_link_to_nowhere(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    (rules / "gone.yaml").symlink_to("nowhere.yaml")
    return refused(rules)


def a_link_to_itself(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    (rules / "round.yaml").symlink_to("round.yaml")
    return refused(rules)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Read as someone to whom permissions apply."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def a_locked_file(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    for path in (Path.cwd(), rules):
        path.chmod(0o755)
    for path in rules.iterdir():
        path.chmod(0 if path.name == "duties.yaml" else 0o644)
    with without_privileges():
        return refused(rules)


def a_file_that_cannot_be_read(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    if not os.path.exists("/proc/self/mem"):
        pytest.skip("needs a file whose reading fails")
    return refused("/proc/self/mem")


def a_pipe(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    os.mkfifo(rules / "pipe.yaml")
    return refused(rules)


def a_socket(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("rules/socket.yaml")
        return refused(rules)


def a_device(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    return refused("/dev/zero")


def a_folder_for_a_file(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    return read_document(rules)[1]


def fifty_megabytes(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    with (rules / "huge.yaml").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    return refused(rules)


def a_whole_disk(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    patch.setattr(files, "MAX_ENTRIES", 3)
    return refused(rules)


def too_much_in_all(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    patch.setattr(loader, "_MAX_TOTAL", 1024 * 1024)
    (rules / "heavy.yaml").write_text("facts: []\n" + "# a comment\n" * 100_000)
    return refused(rules)


def an_empty_folder(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    Path("empty").mkdir()
    return refused("empty")


def too_many_faults(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    patch.setattr(page, "MAX_FAULTS", 2)
    (rules / "many.yaml").write_text("rules: [" + "*a, " * 9 + "*a]\n")
    return refused(rules)


def too_many_values(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    patch.setattr(builder, "MAX_EVENTS", 300)
    (rules / "many.yaml").write_text("rules:\n" + "  - []\n" * 400)
    return refused(rules)


def half_a_character(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    return read_document("title: 违法\ud83d建设\n", "incident.yaml")[1]


def text_behind_a_hash(rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    (rules / "tower.yaml").write_text(
        "flags:\n  - id: tower\n    name: 东苑 #3 楼\n    english: tower\n", "utf-8"
    )
    return load(rules).remarks


MADE: dict[str, Maker] = {
    "missing-path": a_missing_folder,
    "missing-path-file": a_missing_file,
    "broken-link": a_link_to_nowhere,
    "broken-link-round": a_link_to_itself,
    "no-permission": a_locked_file,
    "unreadable-file": a_file_that_cannot_be_read,
    "not-a-regular-file": a_pipe,
    "not-a-regular-file-socket": a_socket,
    "not-a-regular-file-device": a_device,
    "folder-not-file": a_folder_for_a_file,
    "file-too-large": fifty_megabytes,
    "folder-too-large": a_whole_disk,
    "folder-too-heavy": too_much_in_all,
    "no-yaml-files": an_empty_folder,
    "too-many-faults": too_many_faults,
    "too-many-values": too_many_values,
    "lone-surrogate": half_a_character,
    "text-after-hash": text_behind_a_hash,
}

KEPT = sorted(path.name for path in BAD.iterdir() if path.suffix != ".txt" and path.name != "_base")
NAMES = sorted({*(name.removesuffix(".yaml") for name in KEPT), *MADE})


def faults_of(name: str, rules: Path, patch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    if name in MADE:
        return MADE[name](rules, patch)
    if (BAD / name).is_dir():
        shutil.copytree(BAD / name, rules, dirs_exist_ok=True)
    else:
        shutil.copy(BAD / f"{name}.yaml", rules)
    return refused(rules)


def code_of(name: str) -> str:
    """The code that a bad rulebook is named by: the longest that its name begins with."""
    return max((code for code in CODES if f"{name}-".startswith(f"{code}-")), key=len, default="")


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_rulebook_is_told_word_for_word(
    name: str, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = RulebookError(tuple(faults_of(name, rules, monkeypatch)))
    for lang in ("zh", "en"):
        told, expected = error.describe(lang) + "\n", BAD / f"{name}.{lang}.txt"
        if os.environ.get("DUTYROUTE_ACCEPT"):
            expected.write_text(told, encoding="utf-8")
        assert told == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "all-at-once"])
def test_a_bad_rulebook_shows_its_own_fault_and_no_other(
    name: str, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {fault.code for fault in faults_of(name, rules, monkeypatch)}
    also = {"alias"} if name == "too-many-faults" else set()
    assert found == {code_of(name), *also}


@pytest.mark.parametrize("code", CODES)
def test_every_fault_has_a_bad_rulebook(code: str) -> None:
    assert code in {code_of(name) for name in NAMES}


def test_no_text_is_left_over() -> None:
    assert {path.name for path in BAD.glob("*.txt")} == {
        f"{n}.{lang}.txt" for n in NAMES for lang in ("zh", "en")
    }


def test_the_small_rulebook_has_no_fault(rules: Path) -> None:
    assert load(rules).header.id == "small"


def test_an_error_compares_and_travels(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pickle

    faults = faults_of("all-at-once", rules, monkeypatch)
    error = RulebookError(tuple(faults))
    assert pickle.loads(pickle.dumps(error)) == error
