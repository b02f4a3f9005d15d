"""Whoever changes a ledger is found out: random changes, thousands of them."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from dutyroute.errors import LedgerError
from dutyroute.ledger import Checkpoint, Entry, Ledger
from dutyroute.ledger.canonical import canonical
from dutyroute.ledger.entry import seal
from scribe import DECISION, START, draft, fill, incident

COUNT = 24
FIELDS = ("number", "kind", "at", "body", "previous", "digest")
Chance = random.Random


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file behind the ledger's back, its guards taken off."""
    with closing(sqlite3.connect(path)) as file, file:
        for trigger in ("entry_stays", "entry_holds"):
            file.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        yield file


def rewrite(path: Path, entries: list[Entry]) -> None:
    """Replace all entries."""
    with opened(path) as file:
        file.execute("DELETE FROM entry")
        rows = [tuple(getattr(entry, field) for field in FIELDS) for entry in entries]
        file.executemany(f"INSERT INTO entry ({', '.join(FIELDS)}) VALUES (?, ?, ?, ?, ?, ?)", rows)


def flip_bit_of_a_field(path: Path, entries: list[Entry], chance: Chance) -> None:
    entry, field = chance.choice(entries), chance.choice(FIELDS)
    raw = bytearray(str(getattr(entry, field)).encode())
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    kind = "INTEGER" if field == "number" and bytes(raw).isdigit() else "TEXT" if field != "number" else None
    with opened(path) as file:
        if kind is None or (kind == "INTEGER" and int(raw) in {e.number for e in entries}):
            file.execute("DELETE FROM entry WHERE number = ?", (entry.number,))
        else:
            set_to = f"CAST(? AS {kind})"
            file.execute(f"UPDATE entry SET {field} = {set_to} WHERE number = ?", (bytes(raw), entry.number))


def flip_bit_of_the_file(path: Path, entries: list[Entry], chance: Chance) -> None:
    raw = bytearray(path.read_bytes())
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)


def delete(path: Path, entries: list[Entry], chance: Chance) -> None:
    with opened(path) as file:
        file.execute("DELETE FROM entry WHERE number = ?", (chance.randrange(len(entries)) + 1,))


def delete_and_renumber(path: Path, entries: list[Entry], chance: Chance) -> None:
    gone = chance.randrange(len(entries)) + 1
    with opened(path) as file:
        file.execute("DELETE FROM entry WHERE number = ?", (gone,))
        file.execute("UPDATE entry SET number = -number WHERE number > ?", (gone,))
        file.execute("UPDATE entry SET number = -number - 1 WHERE number < 0")


def swap(path: Path, entries: list[Entry], chance: Chance) -> None:
    one, other = sorted(chance.sample(range(1, len(entries) + 1), 2))
    with opened(path) as file:
        file.execute("UPDATE entry SET number = -1 WHERE number = ?", (one,))
        file.execute("UPDATE entry SET number = ? WHERE number = ?", (one, other))
        file.execute("UPDATE entry SET number = ? WHERE number = -1", (other,))


def truncate(path: Path, entries: list[Entry], chance: Chance) -> None:
    with opened(path) as file:
        file.execute("DELETE FROM entry WHERE number > ?", (chance.randrange(len(entries)),))


def insert(path: Path, entries: list[Entry], chance: Chance) -> None:
    place = chance.randrange(len(entries))
    longer = [*entries[: place + 1], *entries[place:]]
    rewrite(path, [replace(entry, number=number) for number, entry in enumerate(longer, 1)])


def edit_and_reseal_the_tail(path: Path, entries: list[Entry], chance: Chance) -> None:
    """The best a forger can do: every digest after the change is made anew."""
    place = chance.randrange(len(entries))
    forged = canonical({"decision": DECISION, "edition": "", "incident": incident(chance.randrange(10**9))})
    bodies = [entry.body for entry in entries]
    bodies[place] = forged
    resealed: list[Entry] = []
    for entry, body in zip(entries, bodies, strict=True):
        previous = resealed[-1].digest if resealed else entries[0].previous
        kind = "decision" if body == forged else entry.kind
        resealed.append(seal(entry.number, kind, entry.at, body, previous))
    rewrite(path, resealed)


def shift_words_between_fields(path: Path, entries: list[Entry], chance: Chance) -> None:
    """The same text under the same digest, cut into other fields."""
    entry = chance.choice([entry for entry in entries if entry.kind == "decision"])
    cut = entry.body.index(',"incident"')
    kind = entry.body[cut:] + ',"kind":"' + entry.kind
    with opened(path) as file:
        values = (entry.body[:cut], kind, entry.number)
        file.execute("UPDATE entry SET body = ?, kind = ? WHERE number = ?", values)


TAMPERS: list[Callable[[Path, list[Entry], Chance], None]] = [
    flip_bit_of_a_field,
    flip_bit_of_the_file,
    delete,
    delete_and_renumber,
    swap,
    truncate,
    insert,
    edit_and_reseal_the_tail,
    shift_words_between_fields,
]


def seen(path: Path) -> list[Entry] | None:
    """Read what the ledger says now; None where it cannot be read."""
    try:
        with Ledger.open(path, create=False) as ledger:
            return list(ledger.entries())
    except LedgerError:
        return None


def is_detected(path: Path, checkpoint: Checkpoint) -> bool:
    try:
        with Ledger.open(path, create=False) as ledger:
            return not ledger.verify([checkpoint]).is_sound
    except LedgerError:
        return True


def hunt(tmp_path: Path, rounds: int, seed: int) -> Counter[str]:
    """Tamper so often; count what was found, and what changed nothing of what is recorded."""
    original, path, chance = tmp_path / "original.db", tmp_path / "duties.db", random.Random(seed)
    fill(original, COUNT - 2)
    with Ledger.open(original) as ledger:
        ledger.checkpoint(author="审计科", at=START)
        entries = list(ledger.entries())
        verdict = ledger.verify()
    checkpoint = Checkpoint(verdict.size, verdict.root, verdict.head, entries[-1].at)
    assert (len(entries), original.with_name("original.db-wal").exists()) == (COUNT, False)
    found: Counter[str] = Counter()
    for number in range(rounds):
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(original, path)
        tamper = TAMPERS[number % len(TAMPERS)]
        tamper(path, entries, chance)
        if is_detected(path, checkpoint):
            found["detected"] += 1
        else:
            assert tamper is flip_bit_of_the_file, f"{tamper.__name__} in round {number} was not seen"
            assert seen(path) == entries, f"round {number}: what is recorded changed unseen"
            found["of no consequence"] += 1
    return found


def test_every_tamper_is_detected(tmp_path: Path) -> None:
    """A bit of the file that holds nothing recorded may flip; it then says what it said."""
    found = hunt(tmp_path, 450, seed=1)
    assert found["detected"] >= 400
    assert found.total() == 450


@pytest.mark.fuzz
def test_ten_thousand_tampers_are_detected(tmp_path: Path) -> None:
    found = hunt(tmp_path, 11_250, seed=2)
    assert found["detected"] >= 10_000


def test_any_byte_of_an_export_is_guarded(tmp_path: Path) -> None:
    """One bit of each of its bytes; and each way to cut it off."""
    path, copy = tmp_path / "duties.db", tmp_path / "duties.jsonl"
    fill(path, 2)
    with Ledger.open(path) as ledger:
        ledger.export(copy)
        checkpoint = ledger.checkpoint(at=START)
    whole, chance = copy.read_bytes(), random.Random(3)
    assert not is_detected(copy, Checkpoint(3, checkpoint.root, checkpoint.head, checkpoint.at))
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        copy.write_bytes(changed)
        with_bit = is_bare_detected(copy)
        copy.write_bytes(whole[:place])
        assert (place, with_bit, is_bare_detected(copy)) == (place, True, True)


def is_bare_detected(path: Path) -> bool:
    """Verify without any checkpoint."""
    try:
        with Ledger.open(path, create=False) as ledger:
            return not ledger.verify().is_sound
    except LedgerError:
        return True


def test_the_database_itself_refuses_changes(tmp_path: Path) -> None:
    path = tmp_path / "duties.db"
    fill(path, 2)
    with closing(sqlite3.connect(path)) as file:
        for statement in ("DELETE FROM entry", "UPDATE entry SET body = '{}'", "UPDATE entry SET number = 9"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                file.execute(statement)


def test_the_first_bad_entry_is_named(tmp_path: Path) -> None:
    path = tmp_path / "duties.db"
    fill(path, 9)
    with opened(path) as file:
        file.execute("UPDATE entry SET body = replace(body, '三楼', '四楼') WHERE number IN (5, 8)")
    with Ledger.open(path, create=False) as ledger:
        verdict = ledger.verify()
    assert verdict.fault is not None
    assert (verdict.size, verdict.fault.entry, verdict.fault.reason) == (4, 5, "ledger-altered")


def test_nobody_signs_off_what_is_not_sound(tmp_path: Path) -> None:
    path = tmp_path / "duties.db"
    fill(path, 3)
    with opened(path) as file:
        file.execute("UPDATE entry SET at = replace(at, '2026', '2025') WHERE number = 2")
    with Ledger.open(path) as ledger:
        with pytest.raises(LedgerError) as caught:
            ledger.checkpoint(at=START)
        with pytest.raises(LedgerError) as again:
            ledger.export(tmp_path / "copy.jsonl")
        assert (caught.value, sorted(tmp_path.glob("copy*"))) == (again.value, [])
        assert ledger.append_many([draft(1)])[0].number == 5
