"""The ledger itself: append decisions, publish editions, verify, export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from dutyroute.errors import LedgerCorruptError, LedgerError
from dutyroute.formats.timestamp import shown_moment, stamp
from dutyroute.ledger.audit import AuditResult, ChainVerifier, audit
from dutyroute.ledger.canonical import canonical, spelled
from dutyroute.ledger.entry import (
    Checkpoint,
    Draft,
    Edition,
    Entry,
    hashed,
    seal,
)
from dutyroute.ledger.export import ExportStorage, write
from dutyroute.ledger.sqlite import SqliteStorage
from dutyroute.ledger.storage import Batch, PerProcess, Storage, system_error
from dutyroute.ledger.writer import Prepared, Writer
from dutyroute.messages.outside import masked_path

_SQLITE = "sqlite:///"

_NOW = partial(datetime.now, UTC)


_LOWEST = -(2**63)
"""The lowest number that a database can hold: an entry with a number below 1 is looked for, too."""


@dataclass(slots=True)
class _Published:
    """The editions that a process has read so far; `gate` guards the others while new entries are read."""

    gate: Lock = field(default_factory=Lock)
    editions: tuple[Edition, ...] = ()
    seen: int = 0


class Ledger:
    """
    An append-only record: each entry carries the digest of the one before it.

    Safe to share between threads, and with processes that are forked; processes
    that write wait for each other. Use `open`, and close it or use it in a `with`.
    """

    def __init__(self, storage: Storage, clock: Callable[[], datetime] = _NOW) -> None:
        self._storage = storage
        self._clock = clock
        self.path: str = storage.path
        """The place as messages name it, passwords left out."""
        self._writer = Writer(storage)
        self._published = PerProcess(_Published)

    @classmethod
    def open(cls, url: str | Path, *, create: bool = True, clock: Callable[[], datetime] = _NOW) -> Ledger:
        """
        Open a path, `sqlite:///…`, `postgresql+pg8000://…` or an export.

        `clock` tells when an entry is written where the caller gives no time, and
        which times are in the future.

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

            return cls(PostgresqlStorage(text, create=create), clock)
        path = Path(text.removeprefix(_SQLITE))
        try:
            if not path.name or "\0" in text or (masked_path(text) != text and not path.exists()):
                raise LedgerError(masked_path(text), "ledger-url")
            if path.exists() and not (path.is_file() or path.is_dir()):  # to open a pipe could wait forever
                raise LedgerError(text, "ledger-foreign")
        except OSError as error:  # a name that is too long, for one
            raise system_error(text, error) from error
        storage = ExportStorage(path) if ExportStorage.is_one(path) else SqliteStorage(path, create=create)
        return cls(storage, clock)

    def append(
        self,
        incident: Mapping[str, Any],
        decision: Mapping[str, Any],
        *,
        edition: str,
        at: datetime,
        redact: Sequence[str] = (),
        key: str | None = None,
    ) -> Entry:
        """
        Record a decision; return when it is durable.

        With a `key` it is recorded once: where an entry with this key and this
        incident is there, it is returned and nothing is written. So whoever does not
        know whether an attempt succeeded can try again.

        Raises:
            LedgerError: if it is not recorded, or another incident has the key;
                nothing was then written. Only where `reason` is `ledger-unknown` or
                `ledger-interrupted` nobody knows whether it was.
        """
        return self.append_many([Draft(incident, decision, edition, at, redact, key)])[0]

    def append_many(self, drafts: Iterable[Draft]) -> list[Entry]:
        """
        Record decisions in one transaction, all or none.

        Raises:
            LedgerError: if they are not recorded.
        """
        return self._writer.record(drafts)

    def publish(
        self,
        content: bytes,
        *,
        digest: str,
        author: str = "",
        note: str = "",
        at: datetime | None = None,
        stated: datetime | None = None,
        order: Mapping[str, Sequence[str]] | None = None,
    ) -> Edition:
        """
        Record an edition of the rules with its whole content.

        `at` is when it is written, which the ledger's clock tells; `stated` is when
        the publisher says that it was published, where that is another time. `order`
        is the order of its lists, which the canonical content does not keep.

        Raises:
            LedgerError: if it is not recorded, `digest` is not the content's, or
                `stated` is in the future or before that of the edition before.
        """
        self._writer.check_text(author, note)
        if "sha256:" + sha256(content).hexdigest() != digest:
            raise LedgerError(self.path, "ledger-wrong-digest", {"digest": digest})
        at = at or self._clock()
        body: dict[str, Any] = {"author": author, "content": content.decode(), "digest": digest, "note": note}
        body["stated"] = stamp(stated or at)
        if order:
            body["order"] = {kind: list(names) for kind, names in order.items()}
        prepared = Prepared("edition", stamp(at), canonical(body))

        def compose(number: int, previous: str) -> Batch:
            # Here, where nobody else can publish: what came before is known.
            if stated is not None:
                self._check_stated(stated, at)
            return Batch((seal(number + 1, prepared.kind, prepared.at, prepared.body, previous),))

        with self._writer.lock:
            (entry,) = self._storage.append(compose).entries
        return self._edition(entry)

    def _check_stated(self, stated: datetime, at: datetime) -> None:
        """
        Refuse a time of publication in the future, or before that of the edition before.

        An edition of an earlier version of this program, which let people give any
        time, does not bind it where that time cannot be right.
        """
        if stated > at:
            raise LedgerError(self.path, "ledger-stated-future", {"stated": self._shown(stated)})
        for edition in reversed(self.editions()):
            if edition.is_stated or not self._is_out_of_order(edition, at):
                if stated < edition.stated:
                    values = {"stated": self._shown(stated), "before": self._shown(edition.stated)}
                    raise LedgerError(self.path, "ledger-stated-before", {**values, "number": edition.number})
                return

    def _is_out_of_order(self, edition: Edition, now: datetime) -> bool:
        """Tell whether an edition claims to be written in the future, or after a later entry."""
        if edition.published > now:
            return True
        with closing(self._storage.entries(edition.number + 1)) as later:
            return any(entry.moment < edition.published for entry in later)

    def note(self, events: Iterable[Mapping[str, Any]], *, at: datetime) -> tuple[Entry, ...]:
        """
        Record events of oversight in one transaction; return when they are durable.

        Raises:
            LedgerError: if they are not recorded; none of them was then written.
        """
        try:
            wanted = [Prepared("event", stamp(at), *spelled({"event": dict(event)})) for event in events]
        except (ValueError, RecursionError) as error:
            raise LedgerError(self.path, "ledger-content", {"detail": str(error)}) from error
        with self._writer.lock:
            return tuple(self._writer.add(wanted))

    def events(self, start: int = 0) -> Iterator[Entry]:
        """Yield the events recorded from a number on."""
        entries = self._storage.entries(start, skips_decisions=True)
        return (entry for entry in entries if entry.kind == "event")

    def editions(self) -> tuple[Edition, ...]:
        """List the editions in the order of publication, the newest last."""
        known = self._published.get()
        with known.gate:
            # Others may have published since.
            for entry in self._storage.entries(known.seen + 1, skips_decisions=True):
                if entry.kind == "edition":
                    known.editions += (self._edition(entry),)
                known.seen = entry.number
            return known.editions

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

        with self._writer.lock:
            self._storage.append(compose)
        return found[-1]

    def verify(self, checkpoints: Iterable[Checkpoint] = ()) -> AuditResult:
        """Verify every entry, and the checkpoints; the result names the first fault."""
        with closing(self._storage.entries(_LOWEST)) as entries:
            result = audit(self.path, entries, checkpoints, now=self._clock(), shown=self._shown)
        if result.is_sound and (broken := self._storage.inspect()):
            reason, detail = broken
            return replace(result, fault=LedgerCorruptError(self.path, reason, {"detail": detail}))
        return result

    def checkpoint(
        self,
        *,
        author: str = "",
        note: str = "",
        at: datetime | None = None,
        stated: datetime | None = None,
    ) -> Checkpoint:
        """
        Sign off what the ledger holds now, as an entry of its own.

        `at` is when it is written, which the ledger's clock tells; `stated` is the
        time that the checkpoint itself names, where that is another one.

        Raises:
            LedgerCorruptError: if it is not sound, for nobody should sign that off.
            LedgerError: if it cannot be recorded, or `stated` is in the future.
        """
        self._writer.check_text(author, note)
        at = at or self._clock()
        if stated is not None and stated > at:
            raise LedgerError(self.path, "ledger-stated-future", {"stated": self._shown(stated)})
        written, named = stamp(at), stamp(stated or at)
        chain = ChainVerifier(self.path, self._shown)
        self._follow(chain)
        found: list[Checkpoint] = []

        def compose(number: int, previous: str) -> Batch:
            # A long ledger takes minutes to verify, so that was done without keeping others from
            # writing. Here, where nobody can write, only what they added meanwhile is left.
            self._follow(chain)
            found.append(Checkpoint(chain.size, chain.tree.root(), chain.head, named, author, note))
            return Batch((seal(number + 1, "checkpoint", written, found[-1].to_json(), previous),))

        with self._writer.lock:
            self._storage.append(compose)
        return found[-1]

    def export(self, path: str | Path) -> int:
        """
        Write everything to a file, which `open` reads; return the number of entries.

        Raises:
            LedgerCorruptError: if an entry is not what was written.
            LedgerError: if the file cannot be written.
        """
        with closing(self._storage.entries(_LOWEST)) as entries:
            return write(Path(path), ChainVerifier(self.path, self._shown), entries)

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
        with self._writer.lock:
            return self._storage.wipe(number)

    def close(self) -> None:
        """Close the file or the connections."""
        with self._writer.lock:
            self._storage.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _follow(self, chain: ChainVerifier) -> None:
        """Verify the entries that a verifier has not seen yet."""
        with closing(self._storage.entries(chain.size + 1)) as entries:
            for entry in entries:
                chain.add(entry)

    def _shown(self, at: datetime | str) -> str:
        """Write a moment for people, in the time zone of the newest edition; what is none, as it stands."""
        # Loads the models of rules, which a ledger needs for nothing else.
        from dutyroute.rulebook.editions import zone_of

        try:
            moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
        except ValueError:
            return str(at)
        try:
            return shown_moment(moment, zone_of(self))
        except LedgerError:  # the editions cannot be read
            return shown_moment(moment, None)

    def _edition(self, entry: Entry) -> Edition:
        number, said = entry.number, entry.content
        digest, author, note = (said[key] for key in ("digest", "author", "note"))
        try:
            stated = datetime.fromisoformat(said.get("stated", entry.at))
        except (ValueError, TypeError):
            raise entry.fault() from None
        return Edition(
            number,
            digest,
            author,
            note,
            published=entry.moment,
            stated=stated,
            is_stated="stated" in said,
            load=lambda: self.entry(number).content,
        )
