"""Writing to a ledger: many threads in one transaction, one key for one incident."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from dutyroute.errors import LedgerError
from dutyroute.formats.timestamp import stamp
from dutyroute.ledger.canonical import canonical, spelled
from dutyroute.ledger.entry import Draft, Entry, Key, Salt, digest_of, hashed, redacted, seal
from dutyroute.ledger.storage import Batch, PerProcess, Storage


@dataclass(frozen=True, slots=True)
class Prepared:
    """An entry that has no number and no place in the chain yet."""

    kind: str
    at: str
    body: str
    raw: bytes | None = None
    salts: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    incident: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""


_Outcome = list[Entry] | LedgerError


@dataclass(slots=True)
class _Ticket:
    """What one thread wants written, and the outcome."""

    wanted: list[Prepared]
    outcome: _Outcome | None = None


@dataclass(slots=True)
class _Queue:
    """What waits to be written in one process."""

    # `writing` is held while the storage writes, `gate` guards the list.
    gate: Lock = field(default_factory=Lock)
    writing: Lock = field(default_factory=Lock)
    waiting: list[_Ticket] = field(default_factory=list)


class Writer:
    """Writes entries to a storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.path: str = storage.path
        self._queue = PerProcess(_Queue)

    @property
    def lock(self) -> Lock:
        """What a thread holds while it writes."""
        return self._queue.get().writing

    def check_text(self, *texts: str) -> None:
        """
        Check texts that people give.

        Raises:
            LedgerError: for half a character, as in an argument in another encoding.
        """
        try:
            "".join(texts).encode()
        except UnicodeEncodeError as error:
            raise LedgerError(self.path, "ledger-content", {"detail": str(error)}) from None

    def record(self, drafts: Iterable[Draft]) -> list[Entry]:
        """
        Record decisions in one transaction, all or none.

        Raises:
            LedgerError: if they are not recorded.
        """
        # Group commit: most of the time of an append is spent waiting for the disk. Threads that
        # come while one is writing queue their entries, and the next to get the lock writes all
        # of them in one transaction. The others then find their outcome already there.
        ticket, queue = _Ticket([self._prepared(draft) for draft in drafts]), self._queue.get()
        with queue.gate:
            queue.waiting.append(ticket)
        with queue.writing:
            if ticket.outcome is None:
                self._flush(queue)
        if isinstance(ticket.outcome, LedgerError):
            # Several threads raise it, and each raise changes the traceback.
            raise copy(ticket.outcome)
        return ticket.outcome or []

    def add(self, wanted: Sequence[Prepared]) -> list[Entry]:
        """
        Seal entries to the chain and write them; the lock is held.

        Raises:
            LedgerError: if they are not written.
        """
        (outcome,) = self._add(wanted)
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome

    def _prepared(self, draft: Draft) -> Prepared:
        """Redact and encode a decision: the work that needs no lock."""
        try:
            incident, salts = redacted(draft.incident, draft.redact)
            content = {"decision": draft.decision, "edition": draft.edition, "incident": incident}
            text, raw = spelled(content)
            if draft.key is not None and "\0" in draft.key.encode().decode():  # half a character is an error
                raise ValueError("a key cannot hold a zero byte")
        except (ValueError, RecursionError) as error:
            raise LedgerError(self.path, "ledger-content", {"detail": str(error)}) from error
        digest = "" if draft.key is None else digest_of(incident)
        return Prepared("decision", stamp(draft.at), text, raw, salts, draft.key, draft.incident, digest)

    def _flush(self, queue: _Queue) -> None:
        """Write all entries that are queued, and give each thread its outcome."""
        with queue.gate:
            tickets, queue.waiting = queue.waiting, []
        for ticket in tickets:
            # What stays where another exception, such as KeyboardInterrupt, is raised in this thread.
            ticket.outcome = LedgerError(self.path, "ledger-interrupted")
        try:
            outcomes = self._add(*(ticket.wanted for ticket in tickets))
            for ticket, outcome in zip(tickets, outcomes, strict=True):
                ticket.outcome = outcome
        except LedgerError as error:
            for ticket in tickets:
                ticket.outcome = error

    def _add(self, *groups: Sequence[Prepared]) -> list[_Outcome]:
        """Seal groups of entries to the chain and write them; a group whose key is taken is refused whole."""
        outcomes: list[_Outcome] = []
        wanted = {each.key for group in groups for each in group if each.key is not None}

        def compose(number: int, previous: str) -> Batch:
            outcomes.clear()  # of an attempt that failed
            entries: list[Entry] = []
            salts: list[Salt] = []
            keys: list[Key] = []
            # Read here, where nobody else can write: who was first with a key is settled.
            there = self._storage.keyed(wanted) if wanted else {}
            by_key: dict[str | None, Entry] = {key: entry for key, (_, entry) in there.items()}
            fresh: dict[str, Prepared] = {}
            for group in groups:
                taken = self._taken(group, there, fresh)
                if taken is not None:
                    outcomes.append(LedgerError(self.path, "ledger-key-taken", {"key": taken}))
                    continue
                outcome: list[Entry] = []
                for each in group:
                    entry = by_key.get(each.key)
                    if entry is None:
                        place = number + len(entries) + 1
                        entry = seal(place, each.kind, each.at, each.body, previous, each.raw)
                        previous = entry.digest
                        entries.append(entry)
                        salts += [Salt(place, key, salt) for key, salt in each.salts.items()]
                        if each.key is not None:
                            by_key[each.key], fresh[each.key] = entry, each
                            keys.append(Key(each.key, place, each.digest))
                    outcome.append(entry)
                outcomes.append(outcome)
            return Batch(tuple(entries), tuple(salts), tuple(keys))

        self._storage.append(compose)
        return outcomes

    def _taken(
        self,
        group: Sequence[Prepared],
        there: Mapping[str, tuple[str, Entry]],
        fresh: Mapping[str, Prepared],
    ) -> str | None:
        """Return the first key of a group that another incident has, in the ledger or in this transaction."""
        own = dict(fresh)
        for each in group:
            if each.key is None:
                continue
            if each.key in there:
                if not self._is_recorded(each.incident, *there[each.key]):
                    return each.key
            elif canonical(own.setdefault(each.key, each).incident) != canonical(each.incident):
                return each.key
        return None

    def _is_recorded(self, incident: Mapping[str, Any], digest: str, entry: Entry) -> bool:
        """Tell whether an entry, with this digest of its incident, is about this incident."""
        recorded = dict(incident)
        for key, value in entry.content["incident"].items():
            if isinstance(value, dict) and set(value) == {"redacted"} and key in recorded:
                # Once a salt is wiped nobody can tell, and the rest of the incident has to do.
                salt = self._storage.salt(entry.number, key)
                recorded[key] = value if salt is None else {"redacted": hashed(salt, recorded[key])}
        return digest_of(recorded) == digest
