"""The ledger itself: append decisions, publish editions, verify, export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from dutyroute.errors import LedgerCorruptError, LedgerError
from dutyroute.formats.timestamp import stamp
from dutyroute.ledger.audit import AuditResult, ChainVerifier, audit
from dutyroute.ledger.canonical import canonical, spelled
from dutyroute.ledger.entry import Checkpoint, Draft, Edition, Entry, Salt, hashed, redacted, seal
from dutyroute.ledger.export import ExportStorage, write
from dutyroute.ledger.sqlite import SqliteStorage
from dutyroute.ledger.storage import Batch, Storage

_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An entry that has no number and no place in the chain yet."""

    kind: str
    at: str
    body: str
    raw: bytes | None = None
    salts: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Ticket:
    """What one thread wants written, and the outcome."""

    wanted: list[_Prepared]
    outcome: list[Entry] | LedgerError | None = None


class Ledger:
    """
    An append-only record: each entry carries the digest of the one before it.

    Safe to share between threads; processes that write wait for each other. Use
    `open`, and close it or use it in a `with`.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.path: str = storage.path
        """The place as messages name it, passwords left out."""
        # `_writing` is held while the storage writes, `_gate` guards the fields below; `editions` also
        # reads new entries under it.
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
        text = str(url)
        if "://" in text and not text.startswith(_SQLITE):  # which no `Path` says
            scheme = text.partition("://")[0]
            if scheme not in ("postgresql", "postgresql+pg8000"):
                # Only the scheme: the rest may hold a password.
                raise LedgerError(f"{scheme}://…", "ledger-url")
            # SQLAlchemy is an extra, and slow to import.
            from dutyroute.ledger.postgresql import PostgresqlStorage

            return cls(PostgresqlStorage(text, create=create))
        path = Path(text.removeprefix(_SQLITE))
        if not path.name or "\0" in text:
            raise LedgerError(text, "ledger-url")
        return cls(ExportStorage(path) if ExportStorage.is_one(path) else SqliteStorage(path, create=create))

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
            LedgerError: if it is not recorded; nothing of it was then written.
        """
        return self.append_many([Draft(incident, decision, edition, at, redact)])[0]

    def append_many(self, drafts: Iterable[Draft]) -> list[Entry]:
        """
        Record decisions in one transaction, all or none.

        Raises:
            LedgerError: if they are not recorded.
        """
        # Group commit: most of the time of an append is spent waiting for the disk. Threads that
        # come while one is writing queue their entries, and the next to get the lock writes all
        # of them in one transaction. The others then find their outcome already there.
        ticket = _Ticket([self._prepared(draft) for draft in drafts])
        with self._gate:
            self._waiting.append(ticket)
        with self._writing:
            if ticket.outcome is None:
                self._flush()
        if isinstance(ticket.outcome, LedgerError):
            # Several threads raise it, and each raise changes the traceback.
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
        Record an edition of the rules with its whole content.

        `order` is the order of its lists, which the canonical content does not keep.

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
            LedgerError: if they are not recorded; none of them was then written.
        """
        try:
            wanted = [_Prepared("event", stamp(at), *spelled({"event": dict(event)})) for event in events]
        except (ValueError, RecursionError) as error:
            raise LedgerError(self.path, "ledger-content", {"detail": str(error)}) from error
        with self._writing:
            return self._add(*wanted)

    def events(self, start: int = 0) -> Iterator[Entry]:
        """Yield the events recorded from a number on."""
        entries = self._storage.entries(start, skips_decisions=True)
        return (entry for entry in entries if entry.kind == "event")

    def editions(self) -> tuple[Edition, ...]:
        """List the editions in the order of publication, the newest last."""
        with self._gate:
            # Others may have published since.
            for entry in self._storage.entries(self._seen + 1, skips_decisions=True):
                self._seen = entry.number
                if entry.kind == "edition":
                    self._editions += (self._edition(entry),)
            return self._editions

    def edition(self, digest: str) -> Edition:
        """
        Find the newest edition whose digest begins so, with or without `sha256:`.

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
            LedgerError: if nothing can be written here, since only a writer needs to know.
        """
        found: list[int] = []

        def compose(number: int, _: str) -> Batch:
            found.append(number)
            return Batch(())

        with self._writing:
            self._storage.append(compose)
        return found[-1]

    def verify(self, checkpoints: Iterable[Checkpoint] = ()) -> AuditResult:
        """Verify every entry, and the checkpoints; the result names the first fault."""
        with closing(self._storage.entries(0)) as entries:
            result = audit(self.path, entries, checkpoints)
        if result.is_sound and (broken := self._storage.inspect()):
            return replace(result, fault=LedgerCorruptError(self.path, "ledger-database", {"detail": broken}))
        return result

    def checkpoint(self, *, author: str = "", note: str = "", at: datetime) -> Checkpoint:
        """
        Sign off what the ledger holds now, as an entry of its own.

        Raises:
            LedgerCorruptError: if it is not sound, for nobody should sign that off.
            LedgerError: if it cannot be recorded.
        """
        chain = ChainVerifier(self.path)
        self._follow(chain)
        found: list[Checkpoint] = []

        def compose(number: int, previous: str) -> Batch:
            # A long ledger takes minutes to verify, so that was done without keeping others from
            # writing. Here, where nobody can write, only what they added meanwhile is left.
            self._follow(chain)
            found.append(Checkpoint(chain.size, chain.tree.root(), chain.head, stamp(at), author, note))
            return Batch((seal(number + 1, "checkpoint", stamp(at), found[-1].to_json(), previous),))

        with self._writing:
            self._storage.append(compose)
        return found[-1]

    def export(self, path: str | Path) -> int:
        """
        Write everything to a file, which `open` reads; return the number of entries.

        Raises:
            LedgerCorruptError: if an entry is not what was written.
            LedgerError: if the file cannot be written.
        """
        with closing(self._storage.entries(0)) as entries:
            return write(Path(path), self.path, entries)

    def proves(self, number: int, key: str, value: Any) -> bool:
        """
        Tell whether a redacted value was this one.

        Raises:
            LedgerError: if the salt was wiped, or nothing was redacted there.
        """
        salt = self._storage.salt(number, key)
        if salt is None:
            raise LedgerError(self.path, "ledger-no-salt", {"number": number, "key": key})
        return bool(self.entry(number).content["incident"][key]["redacted"] == hashed(salt, value))

    def forget(self, number: int) -> int:
        """Wipe the salts of an entry, so that its redacted values can never be proven again; return how many."""
        with self._writing:
            return self._storage.wipe(number)

    def close(self) -> None:
        """Close the file or the connections."""
        with self._writing:
            self._storage.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepared(self, draft: Draft) -> _Prepared:
        """Redact and encode a decision: the work that needs no lock."""
        try:
            incident, salts = redacted(draft.incident, draft.redact)
            content = {"decision": draft.decision, "edition": draft.edition, "incident": incident}
            text, raw = spelled(content)
        except (ValueError, RecursionError) as error:
            raise LedgerError(self.path, "ledger-content", {"detail": str(error)}) from error
        return _Prepared("decision", stamp(draft.at), text, raw, salts)

    def _flush(self) -> None:
        """Write all entries that are queued, and give each thread its outcome."""
        with self._gate:
            tickets, self._waiting = self._waiting, []
        for ticket in tickets:
            # What stays where another exception, such as KeyboardInterrupt, is raised in this thread.
            ticket.outcome = LedgerError(self.path, "ledger-interrupted")
        try:
            written = iter(self._add(*(each for ticket in tickets for each in ticket.wanted)))
            for ticket in tickets:
                ticket.outcome = [next(written) for _ in ticket.wanted]
        except LedgerError as error:
            for ticket in tickets:
                ticket.outcome = error

    def _add(self, *wanted: _Prepared) -> tuple[Entry, ...]:
        """Seal entries to the chain and write them."""

        def compose(number: int, previous: str) -> Batch:
            entries: list[Entry] = []
            salts: list[Salt] = []
            for place, each in enumerate(wanted, number + 1):
                entries.append(seal(place, each.kind, each.at, each.body, previous, each.raw))
                previous = entries[-1].digest
                salts += [Salt(place, key, salt) for key, salt in each.salts.items()]
            return Batch(tuple(entries), tuple(salts))

        return self._storage.append(compose).entries

    def _follow(self, chain: ChainVerifier) -> None:
        """Verify the entries that a verifier has not seen yet."""
        with closing(self._storage.entries(chain.size + 1)) as entries:
            for entry in entries:
                chain.add(entry)

    def _edition(self, entry: Entry) -> Edition:
        number, said = entry.number, entry.content
        digest, author, note = (said[key] for key in ("digest", "author", "note"))
        return Edition(number, digest, author, note, entry.moment, lambda: self.entry(number).content)
