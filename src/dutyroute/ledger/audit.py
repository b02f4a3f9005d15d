"""Whether a ledger still says what it said."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from dutyroute.errors import LedgerCorruptError
from dutyroute.ledger.checkpoint import Checkpoint
from dutyroute.ledger.entry import FIRST, Entry, is_formed, seal
from dutyroute.ledger.merkle import Tree

__all__ = ["Verdict", "Walk", "audit"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What an audit found: how far the ledger is sound, and the first fault.

    `size`, `head` and `root` are those of the entries up to the fault.
    """

    size: int
    head: str
    root: str
    checkpoints: int = 0
    fault: LedgerCorruptError | None = None

    @property
    def is_sound(self) -> bool:
        """Whether every entry is there and says what it said."""
        return self.fault is None


class Walk:
    """Goes along the chain; refuses the first entry that does not belong."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.head = FIRST
        self.tree = Tree()

    @property
    def size(self) -> int:
        """How many entries were sound."""
        return self.tree.size

    def take(self, entry: Entry) -> None:
        """
        Take the next entry.

        Raises:
            LedgerCorruptError: if it is not the one that was written there.
        """
        number = self.size + 1
        if type(entry.number) is not int or entry.number != number:
            raise self.fault("ledger-gap", found=entry.number)
        if not is_formed(entry):
            raise self.fault("ledger-shape")
        if entry.previous != self.head:
            raise self.fault("ledger-link")
        if _resealed(entry) != entry.digest or not self._holds(entry):
            raise self.fault("ledger-altered", at=entry.at)
        self.tree.add(bytes.fromhex(entry.digest[7:]))
        self.head = entry.digest

    def fault(self, reason: str, **values: object) -> LedgerCorruptError:
        """Say what is wrong with the entry that should come now."""
        number = self.size + 1
        return LedgerCorruptError(self.path, reason, {**values, "entry": number}, number)

    def matches(self, checkpoint: Checkpoint) -> bool:
        """Tell whether a checkpoint stands for exactly the entries so far."""
        return (checkpoint.size, checkpoint.head, checkpoint.root) == (self.size, self.head, self.tree.root())

    def _holds(self, entry: Entry) -> bool:
        """Tell whether an edition's digest and a checkpoint's root are true."""
        if entry.kind == "checkpoint":
            found = Checkpoint.parsed(entry.body)
            return found is not None and self.matches(found)
        if entry.kind == "edition":
            content = json.loads(entry.body)
            return bool("sha256:" + sha256(content["content"].encode()).hexdigest() == content["digest"])
        return True


def _resealed(entry: Entry) -> str:
    """Compute the digest anew; a text that has no bytes has none."""
    try:
        return seal(entry.number, entry.kind, entry.at, entry.body, entry.previous).digest
    except UnicodeEncodeError:
        return ""


def audit(path: str, entries: Iterable[Entry], checkpoints: Iterable[Checkpoint] = ()) -> Verdict:
    """Go through all entries; stop at the first that is not what was written."""
    walk, due = Walk(path), sorted(checkpoints, key=lambda each: -each.size)
    count, fault = len(due), None
    try:
        _compare(walk, due)
        for entry in entries:
            walk.take(entry)
            _compare(walk, due)
        if due:
            raise walk.fault("ledger-truncated", expected=due[-1].size, at=due[-1].at, size=walk.size)
    except LedgerCorruptError as error:
        fault = error if error.entry else walk.fault("ledger-unreadable", **error.values)
    return Verdict(walk.size, walk.head, walk.tree.root(), count, fault)


def _compare(walk: Walk, due: list[Checkpoint]) -> None:
    """Hold the entries so far against the checkpoints of this size."""
    while due and due[-1].size == walk.size:
        checkpoint = due.pop()
        if not walk.matches(checkpoint):
            values = {"size": checkpoint.size, "at": checkpoint.at, "author": checkpoint.author}
            raise LedgerCorruptError(walk.path, "ledger-root", values, checkpoint.size or 1)
