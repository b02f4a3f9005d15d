"""`dutyroute ledger` as an auditor uses it."""

from __future__ import annotations

import json
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from books import book
from dutyroute.ledger import Ledger
from scribe import DECISION, EDITION, draft, fill, incident


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    """An edition and three decisions."""
    path = tmp_path / "duties.db"
    fill(path, 3)
    return str(path)


def tamper(path: str, statement: str) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        # As somebody does who knows that the triggers are verified, too.
        found = file.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        again = "; ".join(sql for (sql,) in found)
        file.executescript(f"DROP TRIGGER entry_stays; DROP TRIGGER entry_holds; {statement}; {again};")


def test_a_sound_ledger_is_told_so(run, ledger: str) -> None:
    with Ledger.open(ledger) as opened:
        verdict = opened.verify()
    done = run("ledger", "verify", ledger, lang="en")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "Intact: 4 entries, each unchanged, numbered without gaps.\n"
        f"Last digest: {verdict.head}\n"
        f"Merkle root: {verdict.root}\n"
        "No checkpoint given: whether entries are missing at the end can only be seen from a checkpoint kept elsewhere.\n"
    )
    assert run("ledger", "verify", f"sqlite:///{ledger}").out.startswith(
        "完好：4 条，逐条相符，编号没有空缺。\n"
    )


def test_the_first_bad_entry_is_named_with_the_way_out(run, ledger: str) -> None:
    tamper(ledger, "UPDATE entry SET body = replace(body, '三楼', '四楼') WHERE number >= 3")
    done = run("ledger", "verify", ledger, lang="en")
    assert (done.status, done.out) == (4, "")
    assert done.err.startswith(
        f"The ledger was changed: {ledger}: entry 3 (2026-03-01 08:00:01Z) does not match "
        "its digest; its content was changed: compare with an exported copy\n"
        "The 2 entries before it are intact; the last digest is sha256:"
    )
    done = run("ledger", "verify", ledger, "--format", "json")
    said = json.loads(done.out)
    assert (done.status, said["sound"], said["entry"], said["reason"]) == (4, False, 3, "ledger-altered")


def test_times_of_a_fault_are_in_the_zone_of_the_rules(run, rules: str, tmp_path: Path) -> None:
    """Whether a ledger was changed, a checkpoint is another's, or an edition is given a wrong time."""
    path, kept = str(tmp_path / "duties.db"), tmp_path / "kept.json"
    beijing = book(header={"timezone": "Asia/Shanghai"})
    at = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)
    with Ledger.open(path, clock=lambda: at) as opened:
        opened.publish(beijing.canonical().encode(), digest=beijing.digest)
        opened.append(incident(1), DECISION, edition=beijing.digest, at=at)
        kept.write_text(opened.checkpoint(author="审计科").to_json())
    wrong = run("ledger", "publish", path, "--rules", rules, "--at", "2026-03-01T16:00Z", lang="en")
    assert f"{path}: 2026-03-02 00:00:00+08:00 is before 2026-03-02 04:30:00+08:00, when" in wrong.err
    wrong = run("ledger", "checkpoint", path, "--at", "2999-02-28T16:00Z", lang="en")
    assert f"{path}: 2999-03-01 00:00:00+08:00 is in the future" in wrong.err
    tamper(path, "DELETE FROM entry WHERE number > 1")
    done = run("ledger", "verify", path, "--checkpoint", str(kept), lang="en")
    assert "1 entries, but the checkpoint of 2026-03-02 04:30:00+08:00 has 2" in done.err
    tamper(path, "UPDATE entry SET previous = digest")
    assert run("ledger", "verify", path).status == 4


@pytest.mark.parametrize(
    "body",
    [
        "",
        "5",
        "[]",
        "{}",
        '{"decision": 1}',
        '{"author": 1, "content": 2, "digest": 3, "note": 4}',
        "[" * 99999,
    ],
)
@pytest.mark.parametrize("number", [1, 2])
def test_an_entry_that_no_ledger_wrote_is_told_by_every_command(
    run, ledger: str, rules: str, tmp_path: Path, number: int, body: str
) -> None:
    tamper(ledger, f"UPDATE entry SET body = '{body}' WHERE number = {number}")
    commands = [
        ("ledger", "show", ledger, str(number)),
        ("ledger", "verify", ledger),
        ("ledger", "checkpoint", ledger),
        ("ledger", "export", ledger, "--out", str(tmp_path / "copy.jsonl")),
        ("ledger", "replay", ledger),
    ]
    if number == 1:
        commands += [
            ("ledger", "show", ledger),
            ("ledger", "history", ledger, "clutter"),
            ("ledger", "publish", ledger, "--rules", rules),
            ("route", "--matter", "parking", "--ledger", ledger),
        ]
    for command in commands:
        done = run(*command, lang="en")
        assert (command, done.status, done.out) == (command, 4, "")
        assert f"entry {number} " in done.err


def test_a_cut_off_end_shows_against_a_checkpoint(run, ledger: str, tmp_path: Path) -> None:
    kept = tmp_path / "march.json"
    signed = run(
        *(
            "ledger",
            "checkpoint",
            ledger,
            "--author",
            "审计科",
            "--note",
            "三月",
            "--at",
            "2026-03-31T18:00+08:00",
        ),
        *("--out", str(kept)),
    )
    assert (signed.status, signed.out.splitlines()[0]) == (0, "已签认 4 条，登记为第 5 条。")
    assert json.loads(kept.read_text("utf-8"))["at"] == "2026-03-31T10:00:00.000000Z"
    assert "与 1 个检查点相符。" in run("ledger", "verify", ledger, "--checkpoint", str(kept)).out
    tamper(ledger, "DELETE FROM entry WHERE number >= 4")
    assert run("ledger", "verify", ledger).status == 0
    done = run("ledger", "verify", ledger, "--checkpoint", str(kept))
    assert done.status == 4
    assert "只有 3 条，而 2026-03-31 10:00:00Z 的检查点有 4 条：从第 4 条起被截去；请用备份恢复。" in done.err


def test_an_export_is_verified_without_the_database(run, ledger: str, tmp_path: Path) -> None:
    copy = tmp_path / "duties.jsonl"
    done = run("ledger", "export", ledger, "--out", str(copy), lang="en")
    assert (done.status, done.out) == (0, f"Exported 4 entries: {copy}\n")
    assert run("ledger", "verify", str(copy)).out == run("ledger", "verify", ledger).out
    assert run("ledger", "show", str(copy), "2").out == run("ledger", "show", ledger, "2").out
    copy.write_text(copy.read_text("utf-8").replace("三楼走道堆物 1", "三楼走道堆物 9"), "utf-8")
    done = run("ledger", "verify", str(copy))
    assert (done.status, "第 3 条" in done.err) == (4, True)


def test_what_there_is_and_one_entry(run, ledger: str) -> None:
    done = run("ledger", "show", ledger)
    assert done.out == (
        f"4 条：3 件决定，1 次发布，0 次签认\n第 1 条　2026-03-01 08:00:00Z　发布 {EDITION}　审计科　首版\n"
    )
    done = run("ledger", "show", ledger, "2", lang="en")
    lines = done.out.splitlines()
    assert lines[0] == "Entry 2  2026-03-01 08:00:00Z  decision"
    assert lines[3] == f"Decided under edition: {EDITION}"
    assert json.loads("\n".join(lines[4:]))["incident"]["id"] == "A-0"
    assert (
        json.loads(run("ledger", "show", ledger, "2", "--format", "json").out)["body"]["edition"] == EDITION
    )
    assert json.loads(run("ledger", "show", ledger, "--format", "json").out)["size"] == 4
    done = run("ledger", "show", ledger, "9")
    assert (done.status, done.err) == (2, f"{ledger}：没有第 9 条；条目从 1 起连续编号。\n")


def test_a_hashed_out_text_is_proven(run, ledger: str) -> None:
    with Ledger.open(ledger) as opened:
        opened.append_many([draft(7, redact=("text",))])
    told = run("ledger", "show", ledger, "5", "--prove", "text=三楼走道堆物 7")
    assert (told.status, told.out.splitlines()[-1]) == (0, "`text` 就是登记时的原文。")
    denied = run("ledger", "show", ledger, "5", "--prove", "text=别的", lang="en")
    assert (denied.status, denied.out.splitlines()[-1]) == (1, "`text` is not the text that was recorded.")
    nothing = run("ledger", "show", ledger, "2", "--prove", "text=三楼走道堆物 0")
    assert (nothing.status, "没有盐值" in nothing.err) == (2, True)
    assert run("ledger", "show", ledger, "--prove", "text=x").status == 2


@pytest.mark.parametrize("command", ["verify", "export", "checkpoint", "show"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_has_its_help(run, command: str, lang: str) -> None:
    done = run("ledger", command, "--help", lang=lang)
    assert (done.status, done.err) == (0, "")
    assert f"dutyroute ledger {command}" in done.out


@pytest.mark.parametrize("command", [("verify",), ("export", "--out", "x"), ("checkpoint",), ("show",)])
def test_a_ledger_that_is_not_there_is_not_made(run, tmp_path: Path, command: tuple[str, ...]) -> None:
    absent = tmp_path / "absent.db"
    done = run("ledger", command[0], str(absent), *command[1:])
    assert (done.status, done.err) == (2, f"{absent}：没有这个台账；请核对路径；台账在第一次登记时建立。\n")
    assert not absent.exists()


def test_a_mistyped_command_or_time_is_told(run, ledger: str) -> None:
    assert "是否指 verify" in run("ledger", "verfy").err
    done = run("ledger", "checkpoint", ledger, "--at", "昨天")
    assert (done.status, "“昨天”应当写成 2026-03-01" in done.err) == (2, True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are POSIX")
@pytest.mark.parametrize("command", ["export", "checkpoint"])
def test_a_pipe_is_written_to_and_keeps_its_place(run, ledger: str, tmp_path: Path, command: str) -> None:
    """As a device does: to put a file in its place would take it from every other program."""
    pipe, plain = tmp_path / "pipe", tmp_path / "plain"
    os.mkfifo(pipe, 0o622)
    before = pipe.stat()
    with ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_bytes)
        assert run("ledger", command, ledger, "--out", str(pipe)).status == 0
        content = read.result(timeout=30)
    assert (pipe.stat().st_ino, pipe.stat().st_mode) == (before.st_ino, before.st_mode)
    if command == "export":
        assert run("ledger", command, ledger, "--out", str(plain)).status == 0
        assert content == plain.read_bytes()
    else:
        plain.write_bytes(content)
        assert run("ledger", "verify", ledger, "--checkpoint", str(plain)).status == 0


def test_a_link_leads_to_the_file_that_is_written(run, ledger: str, tmp_path: Path) -> None:
    target, link = tmp_path / "kept.jsonl", tmp_path / "link"
    target.write_text("", "utf-8")
    link.symlink_to(target)
    assert run("ledger", "export", ledger, "--out", str(link)).status == 0
    assert (link.is_symlink(), target.read_text("utf-8").startswith('{"dutyroute-ledger":1}')) == (True, True)
