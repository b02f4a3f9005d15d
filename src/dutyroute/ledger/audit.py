"""Verification: whether a ledger still says what was written to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from dutyroute.errors import LedgerCorruptError
from dutyroute.formats.timestamp import stamp
from dutyroute.ledger.entry import FIRST, Checkpoint, Entry, is_formed, seal
from dutyroute.messages import Lang, word


class Tree:
    """
    A Merkle tree over all entries, as RFC 6962 builds it; leaves are added one by one.

    It keeps only the roots of complete subtrees, so a million entries need
    twenty hashes of memory.

    >>> tree = Tree()
    >>> tree.add(b"")
    >>> tree.root()[:23]
    'sha256:6e340b9cffb37a98'
    """

    def __init__(self) -> None:
        self.size: int = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add a leaf."""
        # The RFC hashes leaves and inner nodes with different prefixes. Without them, an inner
        # node could be passed off as a leaf, and two different ledgers could have one root.
        node, rest = sha256(b"\0" + leaf).digest(), self.size
        while rest & 1:  # INVARIANT: one peak for each one-bit of the size
            node, rest = sha256(b"\1" + self._peaks.pop() + node).digest(), rest >> 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> str:
        """Return the root over all leaves so far, as `sha256:…`."""
        if not self._peaks:
            return "sha256:" + sha256().hexdigest()
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = sha256(b"\1" + peak + node).digest()
        return "sha256:" + node.hex()


@dataclass(frozen=True, slots=True)
class AuditResult:
    """
    What an audit found: how far the ledger is sound, and the first fault.

    `size`, `head` and `root` are those of the entries up to the fault, and
    `checkpoints` is the number of checkpoints that it was compared with. `future`
    and `disordered` number the entries whose time cannot be right: it is in the
    future, or after that of a later entry, the second number. A chain with such
    times is sound all the same. `unconfirmed` is the number of checkpoints whose
    own entry is not there, so that author, time and note rest on the file alone.
    """

    size: int
    head: str
    root: str
    checkpoints: int = 0
    fault: LedgerCorruptError | None = None
    future: tuple[int, ...] = ()
    disordered: tuple[tuple[int, int], ...] = ()
    unconfirmed: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether every entry is there and says what was written."""
        return self.fault is None

    def warnings(self, lang: Lang | None = None) -> Iterator[str]:
        """Say what is odd about a sound ledger: times that cannot be right, what was not compared."""
        if self.unconfirmed:
            yield word("ledger-unconfirmed", lang, count=self.unconfirmed)
        if self.future:
            yield word("ledger-future", lang, count=len(self.future), number=self.future[0])
        if self.disordered:
            number, later = self.disordered[0]
            yield word("ledger-disordered", lang, count=len(self.disordered), number=number, later=later)

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return what was found as plain data; its sentences are in the given language."""
        fault = self.fault
        return {
            "sound": self.is_sound,
            "size": self.size,
            "head": self.head,
            "root": self.root,
            "checkpoints": self.checkpoints,
            "warnings": list(self.warnings(lang)),
            "entry": fault.entry if fault else None,
            "reason": fault.reason if fault else None,
            "message": fault.describe(lang) if fault else None,
        }


class ChainVerifier:
    """Follows the chain entry by entry and rejects the first that does not belong there."""

    def __init__(self, path: str, shown: Callable[[str], str] = str) -> None:
        self.path = path
        self.shown = shown
        self.head = FIRST
        self.tree: Tree = Tree()

    @property
    def size(self) -> int:
        """The number of entries that were sound."""
        return self.tree.size

    def add(self, entry: Entry) -> None:
        """
        Verify the next entry.

        Raises:
            LedgerCorruptError: if it is not the one that was written there.
        """
        number = self.size + 1
        # The type, too: an export can hold 1.0 or true, which are equal to 1.
        if type(entry.number) is not int or entry.number != number:
            raise self.fault("ledger-gap", found=entry.number)
        if not is_formed(entry):
            raise self.fault("ledger-shape")
        if entry.previous != self.head:
            raise self.fault("ledger-link")
        try:
            digest = seal(entry.number, entry.kind, entry.at, entry.body, entry.previous).digest
        except UnicodeEncodeError:  # half a surrogate pair, which nobody can have written
            digest = ""
        if digest != entry.digest or not self._holds(entry):
            raise self.fault("ledger-altered", at=self.shown(entry.at))
        self.tree.add(bytes.fromhex(entry.digest[7:]))
        self.head = entry.digest

    def fault(self, reason: str, **values: object) -> LedgerCorruptError:
        """Make the error about the entry that should come now."""
        number = self.size + 1
        return LedgerCorruptError(self.path, reason, {**values, "entry": number}, number)

    def matches(self, checkpoint: Checkpoint) -> bool:
        """Tell whether a checkpoint describes exactly the entries so far."""
        return (checkpoint.size, checkpoint.head, checkpoint.root) == (self.size, self.head, self.tree.root())

    def _holds(self, entry: Entry) -> bool:
        """
        Check what an entry claims about others: an edition's digest, a checkpoint's root.

        A forger can compute every digest of the chain anew, but then an old
        checkpoint inside it no longer matches.
        """
        if entry.kind == "checkpoint":
            found = Checkpoint.parsed(entry.body)
            return found is not None and self.matches(found)
        if entry.kind == "edition":
            content = json.loads(entry.body)
            return bool("sha256:" + sha256(content["content"].encode()).hexdigest() == content["digest"])
        return True


def audit(
    path: str,
    entries: Iterable[Entry],
    checkpoints: Iterable[Checkpoint] = (),
    *,
    now: datetime,
    shown: Callable[[str], str] = str,
) -> AuditResult:
    """Verify all entries and compare them with checkpoints; stop at the first fault. `shown` writes its time."""
    chain, due = ChainVerifier(path, shown), sorted(checkpoints, key=lambda each: -each.size)
    count, unconfirmed, fault, times = len(due), 0, None, _Times(now)
    try:
        _compare(chain, due)  # a checkpoint may be of an empty ledger
        for entry in entries:
            chain.add(entry)
            _compare(chain, due, entry)
            times.add(entry)
        # A copy that was made before the checkpoint was signed does not have the entry of the
        # checkpoint itself.
        unconfirmed = sum(each.size == chain.size for each in due)
        if len(due) > unconfirmed:
            # The chain alone cannot show that its end was cut off; only a checkpoint can.
            short = next(each for each in reversed(due) if each.size > chain.size)
            raise chain.fault("ledger-truncated", expected=short.size, at=shown(short.at), size=chain.size)
    except LedgerCorruptError as error:
        fault = error if error.entry else chain.fault("ledger-unreadable", **error.values)
    disordered = tuple(times.disordered.items())
    root, future = chain.tree.root(), tuple(times.future)
    return AuditResult(chain.size, chain.head, root, count, fault, future, disordered, unconfirmed)


class _Times:
    """Finds the entries that claim to be written in the future, or after a later entry."""

    # Writers take the time and then wait for each other, and their clocks differ a little.
    _SLACK = timedelta(minutes=1)

    def __init__(self, now: datetime) -> None:
        self._limit = stamp(now + self._SLACK)
        self._latest: Entry | None = None
        self.future: list[int] = []
        self.disordered: dict[int, int] = {}

    def add(self, entry: Entry) -> None:
        """Take in the next entry. Times are written in one way, so that texts compare as the times do."""
        latest = self._latest
        if entry.at > self._limit:
            self.future.append(entry.number)
        elif latest is None or entry.at >= latest.at:
            self._latest = entry
        elif entry.moment < latest.moment - self._SLACK:
            self.disordered.setdefault(latest.number, entry.number)


def _compare(chain: ChainVerifier, due: list[Checkpoint], entry: Entry | None = None) -> None:
    """Compare the entries so far with the checkpoints of this size; the smallest is last in `due`."""
    # The entry after those that it is about is the checkpoint itself: who signed, when and why is only
    # there, and a copy that says otherwise is none.
    while due and entry is not None and due[-1].size == entry.number - 1:
        checkpoint = due.pop()
        if entry.kind != "checkpoint" or entry.body != checkpoint.to_json():
            raise _disagreement(chain, checkpoint, "ledger-checkpoint-differs", entry.number)
    for checkpoint in due:
        if checkpoint.size == chain.size and not chain.matches(checkpoint):
            raise _disagreement(chain, checkpoint, "ledger-root", checkpoint.size or 1)


def _disagreement(
    chain: ChainVerifier, checkpoint: Checkpoint, reason: str, entry: int
) -> LedgerCorruptError:
    """Make the error about a checkpoint that says something else than the entries."""
    at = chain.shown(checkpoint.at)
    values = {"size": checkpoint.size, "at": at, "author": checkpoint.author, "entry": entry}
    return LedgerCorruptError(chain.path, reason, values, entry)
