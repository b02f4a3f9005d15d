"""What is recorded is there, in its order, and comes back as it went in."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from dutyroute.errors import LedgerError
from dutyroute.ledger import Checkpoint, Ledger
from scribe import DECISION, EDITION, RULES, START, draft, fill, incident


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "duties.db"


def test_an_entry_says_what_was_recorded(path: Path) -> None:
    with Ledger.open(path) as ledger:
        entry = ledger.append(incident(1), DECISION, edition=EDITION, at=START)
        assert entry.content == {"decision": DECISION, "edition": EDITION, "incident": incident(1)}
        assert (entry.number, entry.kind, entry.moment) == (1, "decision", START)
        assert list(ledger.entries()) == [entry] == [ledger.entry(1)]


def test_an_entrys_digest_is_that_of_its_canonical_json(path: Path) -> None:
    """Recomputed here from the words of the documentation alone."""
    previous = "sha256:" + "0" * 64
    for entry in fill(path, 3):
        fields = {
            "at": entry.at,
            "body": entry.content,
            "kind": entry.kind,
            "number": entry.number,
            "previous": previous,
        }
        text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = "sha256:" + sha256(text.encode()).hexdigest()
        assert entry.digest == previous


def test_a_ledger_goes_on_where_it_was_left(path: Path) -> None:
    first = fill(path, 3)
    with Ledger.open(f"sqlite:///{path}", create=False) as ledger:
        fourth = ledger.append_many([draft(4), draft(5)])
        assert [entry.number for entry in fourth] == [5, 6]
        assert list(ledger.entries(4)) == [first[-1], *fourth]
        assert ledger.verify().size == 6
        assert ledger.append_many([]) == []


def test_an_edition_comes_back_byte_for_byte(path: Path) -> None:
    other = '{"rules":[],"title":"物业\U0001f600"}'.encode()
    digest = "sha256:" + sha256(other).hexdigest()
    with Ledger.open(path) as ledger:
        first = ledger.publish(RULES, digest=EDITION, author="甲", note="首版", at=START)
        second = ledger.publish(other, digest=digest, at=START + timedelta(days=1))
        again = ledger.publish(RULES, digest=EDITION, note="撤回修改", at=START + timedelta(days=2))
        assert ledger.editions() == (first, second, again)
        assert ledger.edition(EDITION[:15]) == again
        assert ledger.edition(digest[7:]).content == other
        assert [edition.content for edition in ledger.editions()] == [RULES, other, RULES]
        assert (first.author, first.note, first.published) == ("甲", "首版", START)
    with Ledger.open(path, create=False) as ledger:
        assert ledger.editions() == (first, second, again)


@pytest.mark.parametrize("sought", ["", "sha256:", "feed", "sha256:feed"])
def test_an_edition_that_was_never_published_is_reported(path: Path, sought: str) -> None:
    fill(path, 1)
    with Ledger.open(path) as ledger, pytest.raises(LedgerError) as caught:
        ledger.edition(sought)
    assert caught.value == LedgerError(str(path), "ledger-no-edition", {"digest": sought})


def test_a_prefix_of_two_editions_is_reported(path: Path) -> None:
    with Ledger.open(path) as ledger:
        for number in range(40):
            content = str(number).encode()
            ledger.publish(content, digest="sha256:" + sha256(content).hexdigest(), at=START)
        with pytest.raises(LedgerError) as caught:
            ledger.edition("sha256:4")
    assert caught.value.reason == "ledger-two-editions"


def test_a_digest_of_something_else_is_refused(path: Path) -> None:
    with Ledger.open(path) as ledger:
        with pytest.raises(LedgerError) as caught:
            ledger.publish(b"{}", digest=EDITION, at=START)
        assert caught.value.reason == "ledger-wrong-digest"
        assert list(ledger.entries()) == []


def test_a_moment_without_time_zone_is_refused(path: Path) -> None:
    with Ledger.open(path) as ledger:
        with pytest.raises(ValueError, match="time zone"):
            ledger.append(incident(1), DECISION, edition=EDITION, at=datetime(2026, 3, 1))
        assert list(ledger.entries()) == []


def test_what_json_cannot_say_is_not_recorded(path: Path) -> None:
    with Ledger.open(path) as ledger:
        with pytest.raises(LedgerError) as caught:
            ledger.append({"text": "\ud800"}, DECISION, edition=EDITION, at=START)
        assert caught.value.reason == "ledger-content"
        assert list(ledger.entries()) == []


def test_threads_that_append_at_once_each_get_their_own_entry(path: Path) -> None:
    written: dict[int, list[int]] = {}

    def work(name: int) -> None:
        mine = [ledger.append_many([draft(name * 100 + i), draft(name)]) for i in range(10)]
        written[name] = [entry.number for pair in mine for entry in pair]
        assert all(first.number + 1 == second.number for first, second in mine)

    with Ledger.open(path) as ledger:
        threads = [Thread(target=work, args=(name,)) for name in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(number for mine in written.values() for number in mine) == list(range(1, 321))
        assert (ledger.verify().size, ledger.verify().is_sound) == (320, True)
        assert {
            name: ledger.entry(numbers[1]).content["incident"]["id"] for name, numbers in written.items()
        } == {name: f"A-{name}" for name in written}


# ── text hashed out ──


def test_personal_text_is_nowhere_in_the_file_and_can_be_proven(path: Path) -> None:
    with Ledger.open(path) as ledger:
        entry = ledger.append_many([draft(7, redact=("text", "absent"))])[0]
        hidden = entry.content["incident"]["text"]
        assert list(hidden) == ["redacted"]
        assert entry.content["incident"] == {**incident(7), "text": hidden}
        assert ledger.proves(1, "text", incident(7)["text"]) is True
        assert ledger.proves(1, "text", "四楼走道堆物") is False
        assert ledger.verify().is_sound
    stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert incident(7)["text"].encode() not in stored


def test_equal_texts_have_different_hashes(path: Path) -> None:
    with Ledger.open(path) as ledger:
        hidden = [e.content["incident"]["text"] for e in ledger.append_many([draft(7, redact=("text",))] * 2)]
    assert hidden[0] != hidden[1]


def test_once_the_salt_is_wiped_nothing_can_be_proven_and_the_chain_holds(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.append_many([draft(7, redact=("id", "text"))])
        salt = ledger._storage.salt(1, "text") or ""
        assert ledger.forget(1) == 2
        with pytest.raises(LedgerError) as caught:
            ledger.proves(1, "text", incident(7)["text"])
        assert caught.value == LedgerError(str(path), "ledger-no-salt", {"number": 1, "key": "text"})
        assert ledger.verify().is_sound
    stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert salt.encode() not in stored


# ── checkpoints and export ──


def test_a_checkpoint_stands_for_all_before_it(path: Path, tmp_path: Path) -> None:
    entries = fill(path, 5)
    with Ledger.open(path) as ledger:
        signed = ledger.checkpoint(author="审计科", note="三月", at=START)
        assert (signed.size, signed.head, signed.author) == (6, entries[-1].digest, "审计科")
        assert ledger.entry(7).content == json.loads(signed.to_json())
        ledger.append_many([draft(8)])
        later = ledger.checkpoint(at=START)
        kept = tmp_path / "checkpoint.json"
        kept.write_text(signed.to_json(), "utf-8")
        assert Checkpoint.read(kept) == signed
        verdict = ledger.verify([later, Checkpoint.read(kept)])
        assert (verdict.is_sound, verdict.size, verdict.checkpoints) == (True, 9, 2)


TWICE = '{"at":"2026-03-01T09:00:00+08:00","head":"x","root":"y","size":1,"size":2}'


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", '{"size":1}', TWICE, "[" * 99_999])
def test_a_file_that_is_not_a_checkpoint_is_reported(tmp_path: Path, text: str) -> None:
    kept = tmp_path / "checkpoint.json"
    kept.write_text(text, "utf-8")
    with pytest.raises(LedgerError) as caught:
        Checkpoint.read(kept)
    assert caught.value == LedgerError(str(kept), "ledger-no-checkpoint")


def test_an_export_is_a_ledger_that_can_be_read_and_verified(path: Path, tmp_path: Path) -> None:
    fill(path, 5)
    with Ledger.open(path) as ledger:
        signed = ledger.checkpoint(at=START)
        copy = tmp_path / "duties.jsonl"
        assert ledger.export(copy) == 7
        with Ledger.open(copy) as exported:
            assert list(exported.entries()) == list(ledger.entries())
            assert exported.verify([signed]) == ledger.verify([signed])
            assert exported.editions() == ledger.editions()
            assert exported.edition(EDITION).content == RULES
            with pytest.raises(LedgerError) as caught:
                exported.append_many([draft(1)])
    assert caught.value.reason == "ledger-export"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["duties.db", "duties.jsonl"]


def test_an_empty_ledger_is_sound(path: Path, tmp_path: Path) -> None:
    with Ledger.open(path) as ledger:
        assert (ledger.verify().size, ledger.verify().is_sound) == (0, True)
        assert ledger.export(tmp_path / "empty.jsonl") == 0
    with Ledger.open(tmp_path / "empty.jsonl") as exported:
        assert exported.verify().is_sound


# ── what is no ledger ──


def test_what_is_not_a_ledger_is_reported(tmp_path: Path) -> None:
    absent, text = tmp_path / "absent.db", tmp_path / "text.db"
    text.write_text("规则" * 3000, "utf-8")
    for url, reason in {
        str(absent): "ledger-missing",
        str(text): "ledger-foreign",
        "mysql://host/duties": "ledger-url",
        "sqlite://": "ledger-url",
        "sqlite:///": "ledger-url",
        str(tmp_path): "ledger-system",
    }.items():
        with pytest.raises(LedgerError) as caught:
            Ledger.open(url, create=False)
        assert caught.value.reason == reason
    assert not absent.exists()


def test_a_file_that_another_process_has_only_begun_becomes_a_ledger(path: Path) -> None:
    import sqlite3

    with sqlite3.connect(path) as file:
        file.execute("PRAGMA journal_mode=WAL")  # writes the head of the file, before there are tables
    file.close()
    assert path.stat().st_size > 0
    assert len(fill(path, 1)) == 2


@pytest.mark.parametrize("made", ["PRAGMA user_version=7", "CREATE VIEW seen AS SELECT 1"])
def test_a_database_of_another_program_is_left_alone(path: Path, made: str) -> None:
    import sqlite3

    with sqlite3.connect(path) as file:
        file.execute(made)
        file.execute("VACUUM")
    file.close()
    before = path.read_bytes()
    with pytest.raises(LedgerError) as caught:
        Ledger.open(path)
    assert (caught.value.reason, path.read_bytes() == before) == ("ledger-foreign", True)


def test_a_ledger_of_a_later_version_is_refused(path: Path) -> None:
    import sqlite3

    fill(path, 1)
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version=2")
    file.close()
    with pytest.raises(LedgerError) as caught:
        Ledger.open(path)
    assert caught.value == LedgerError(str(path), "ledger-format", {"found": 2, "known": 1})
