"""The ledger: what was decided, by which edition, in an order that holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from dutyroute.errors import LedgerCorruptError, LedgerError
from dutyroute.ledger import export
from dutyroute.ledger.audit import Verdict, Walk, audit
from dutyroute.ledger.canonical import canonical, spelled
from dutyroute.ledger.checkpoint import Checkpoint
from dutyroute.ledger.entry import Draft, Edition, Entry, seal, stamp
from dutyroute.ledger.place import placed
from dutyroute.ledger.redaction import Salt, Salts, hashed, redacted
from dutyroute.ledger.storage import Batch, Storage

__all__ = ["Ledger"]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An entry but for its place in the chain."""

    kind: str
    at: str
    body: str
    raw: bytes | None = None
    salts: Salts = ()


@dataclass(slots=True)
class _Ticket:
    """What one caller wants written, and what came of it."""

    wanted: list[_Prepared]
    outcome: list[Entry] | LedgerError | None = None


class Ledger:
    """
    An append-only record: each entry carries the digest of the one before it.

    Safe to share between threads: those that append at the same time are written
    by one transaction. Processes wait for each other. Use `open`, and close it or
    use it in a `with`.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._gate, self._writing = Lock(), Lock()
        self._waiting: list[_Ticket] = []
        self._editions: tuple[Edition, ...] = ()
        self._seen = 0

    @classmethod
    def open(cls, url: str | Path, *, create: bool = True) -> Ledger:
        """
        Open a path, `sqlite:///…`, `postgresql+pg8000://…` or an export.

        Raises:
            LedgerError: if there is none (`create` makes one), or it is something else.
            MissingExtraError: for PostgreSQL without the extra `postgresql`.
        """
        return cls(placed(url, create=create))

    @property
    def path(self) -> str:
        """The place as messages name it, passwords left out."""
        return self._storage.path

    def append(
        self,
        incident: Mapping[str, Any],
        decision: Mapping[str, Any],
        *,
        edition: str,
        at: datetime,
        redact: Sequence[str] = (),
    ) -> Entry:
        """
        Record a decision; return when it is durable.

        Raises:
            LedgerError: if it is not recorded; nothing of it is then there.
        """
        return self.append_many([Draft(incident, decision, edition, at, redact)])[0]

    def append_many(self, drafts: Iterable[Draft]) -> list[Entry]:
        """
        Record decisions in one transaction, all or none.

        Raises:
            LedgerError: if they are not recorded.
        """
        ticket = _Ticket([self._prepared(draft) for draft in drafts])
        with self._gate:
            self._waiting.append(ticket)
        with self._writing:
            if ticket.outcome is None:
                self._flush()
        if isinstance(ticket.outcome, LedgerError):
            raise copy(ticket.outcome)
        return ticket.outcome or []

    def publish(
        self,
        content: bytes,
        *,
        digest: str,
        author: str = "",
        note: str = "",
        at: datetime,
        order: Mapping[str, Sequence[str]] | None = None,
    ) -> Edition:
        """
        Record an edition of the rules, its whole content with it.

        `order` tells how its lists are read, where the content keeps none.

        Raises:
            LedgerError: if it is not recorded, or `digest` is not the content's.
        """
        if "sha256:" + sha256(content).hexdigest() != digest:
            raise LedgerError(self.path, "ledger-wrong-digest", {"digest": digest})
        body: dict[str, Any] = {"author": author, "content": content.decode(), "digest": digest, "note": note}
        if order:
            body["order"] = {kind: list(names) for kind, names in order.items()}
        with self._writing:
            (entry,) = self._add(_Prepared("edition", stamp(at), canonical(body)))
        return self._edition(entry)

    def note(self, events: Iterable[Mapping[str, Any]], *, at: datetime) -> tuple[Entry, ...]:
        """
        Record events of oversight in one transaction; return when they are durable.

        Raises:
            LedgerError: if they are not recorded; none of them is then there.
        """
        try:
            wanted = [_Prepared("event", stamp(at), *spelled({"event": dict(event)})) for event in events]
        except (ValueError, RecursionError) as error:
            raise LedgerError(self.path, "ledger-content", {"detail": str(error)}) from error
        with self._writing:
            return self._add(*wanted)

    def events(self, start: int = 0) -> Iterator[Entry]:
        """Yield the events recorded from a number on."""
        return (entry for entry in self._storage.special(start) if entry.kind == "event")

    def editions(self) -> tuple[Edition, ...]:
        """List the editions as they were published, the newest last."""
        with self._gate:
            for entry in self._storage.special(self._seen + 1):
                self._seen = entry.number
                if entry.kind == "edition":
                    self._editions += (self._edition(entry),)
            return self._editions

    def edition(self, digest: str) -> Edition:
        """
        Find the newest edition whose digest begins so, `sha256:` or not.

        Raises:
            LedgerError: if there is none, or if several begin so.
        """
        sought = digest.removeprefix("sha256:")
        found = {e.digest: e for e in self.editions() if sought and e.digest[7:].startswith(sought)}
        if not found:
            raise LedgerError(self.path, "ledger-no-edition", {"digest": digest})
        if len(found) > 1:
            raise LedgerError(self.path, "ledger-two-editions", {"digest": digest, "count": len(found)})
        return found.popitem()[1]

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """Yield the entries from a number on; the first is 1."""
        return self._storage.entries(start)

    def entry(self, number: int) -> Entry:
        """
        Return one entry.

        Raises:
            LedgerError: if there is none of this number.
        """
        with closing(self._storage.entries(number)) as entries:
            found = next(entries, None)
        if found is None or found.number != number:
            raise LedgerError(self.path, "ledger-no-entry", {"number": number})
        return found

    def last(self) -> int:
        """
        Return the number of the newest entry, 0 where there is none.

        Raises:
            LedgerError: if nothing can be written here: only a writer needs to know.
        """
        found: list[int] = []

        def compose(number: int, _: str) -> Batch:
            found.append(number)
            return Batch(())

        with self._writing:
            self._storage.append(compose)
        return found[-1]

    def verify(self, checkpoints: Iterable[Checkpoint] = ()) -> Verdict:
        """Go through everything; tell the first entry that is not what it was."""
        with closing(self._storage.entries(0)) as entries:
            verdict = audit(self.path, entries, checkpoints)
        broken = self._storage.inspect() if verdict.is_sound else None
        if broken is None:
            return verdict
        fault = LedgerCorruptError(self.path, "ledger-database", {"detail": broken}, None)
        return Verdict(verdict.size, verdict.head, verdict.root, verdict.checkpoints, fault)

    def checkpoint(self, *, author: str = "", note: str = "", at: datetime) -> Checkpoint:
        """
        Sign off what the ledger holds now, as an entry of its own.

        Raises:
            LedgerCorruptError: if it is not sound: nobody signs that off.
            LedgerError: if it cannot be recorded.
        """
        walk = self._walked(Walk(self.path))
        found: list[Checkpoint] = []

        def compose(number: int, previous: str) -> Batch:
            self._walked(walk)  # whatever others have written meanwhile; nobody writes now
            checkpoint = Checkpoint(walk.size, walk.tree.root(), walk.head, stamp(at), author, note)
            found.append(checkpoint)
            return Batch((seal(number + 1, "checkpoint", stamp(at), checkpoint.as_json(), previous),))

        with self._writing:
            self._storage.append(compose)
        return found[-1]

    def export(self, path: str | Path) -> int:
        """
        Write everything to a file that `verify` reads too; return the number of entries.

        Raises:
            LedgerCorruptError: if an entry is not what was written.
            LedgerError: if the file cannot be written.
        """
        with closing(self._storage.entries(0)) as entries:
            return export.write(Path(path), self.path, entries)

    def proves(self, number: int, key: str, value: Any) -> bool:
        """
        Tell whether a hashed-out value was this one.

        Raises:
            LedgerError: if the salt was wiped, or nothing was hashed out there.
        """
        salt = self._storage.salt(number, key)
        if salt is None:
            raise LedgerError(self.path, "ledger-no-salt", {"number": number, "key": key})
        return bool(self.entry(number).content["incident"][key]["redacted"] == hashed(salt, value))

    def forget(self, number: int) -> int:
        """Wipe the salts of an entry: what was hashed out can never be proven again."""
        with self._writing:
            return self._storage.wipe(number)

    def close(self) -> None:
        """Let go of the ledger."""
        with self._writing:
            self._storage.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepared(self, draft: Draft) -> _Prepared:
        """Do what can be done before one's turn comes."""
        try:
            incident, salts = redacted(draft.incident, draft.redact)
            content = {"decision": draft.decision, "edition": draft.edition, "incident": incident}
            text, raw = spelled(content)
        except (ValueError, RecursionError) as error:
            raise LedgerError(self.path, "ledger-content", {"detail": str(error)}) from error
        return _Prepared("decision", stamp(draft.at), text, raw, salts)

    def _flush(self) -> None:
        """Write what has gathered while others wrote."""
        with self._gate:
            tickets, self._waiting = self._waiting, []
        try:
            written = iter(self._add(*(each for ticket in tickets for each in ticket.wanted)))
            for ticket in tickets:
                ticket.outcome = [next(written) for _ in ticket.wanted]
        except LedgerError as error:
            for ticket in tickets:
                ticket.outcome = error
        finally:
            for ticket in tickets:
                if ticket.outcome is None:
                    ticket.outcome = LedgerError(self.path, "ledger-interrupted")

    def _add(self, *wanted: _Prepared) -> tuple[Entry, ...]:
        """Seal entries to the chain and write them."""

        def compose(number: int, previous: str) -> Batch:
            entries: list[Entry] = []
            salts: list[Salt] = []
            for place, each in enumerate(wanted, number + 1):
                entries.append(seal(place, each.kind, each.at, each.body, previous, each.raw))
                previous = entries[-1].digest
                salts += [Salt(place, key, salt) for key, salt in each.salts]
            return Batch(tuple(entries), tuple(salts))

        return self._storage.append(compose).entries

    def _walked(self, walk: Walk) -> Walk:
        """Go along the chain to its end."""
        with closing(self._storage.entries(walk.size + 1)) as entries:
            for entry in entries:
                walk.take(entry)
        return walk

    def _edition(self, entry: Entry) -> Edition:
        said, number = entry.content, entry.number
        return Edition(
            number,
            said["digest"],
            said["author"],
            said["note"],
            entry.moment,
            lambda: self.entry(number).content,
        )
