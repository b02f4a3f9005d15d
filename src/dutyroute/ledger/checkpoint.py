"""A checkpoint: one hash that stands for a whole ledger, kept elsewhere."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from dutyroute.errors import LedgerError
from dutyroute.ledger.canonical import canonical
from dutyroute.ledger.entry import is_digest, is_moment

__all__ = ["Checkpoint"]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """
    What a ledger was at a moment, and who signed it off.

    `root` is the Merkle root over the first `size` entries, `head` the digest of
    the last of them. A copy kept where the ledger's keeper cannot change it shows
    later that nothing up to then was changed or taken away.
    """

    size: int
    root: str
    head: str
    at: str
    author: str = ""
    note: str = ""

    def as_json(self) -> str:
        """Write the checkpoint as canonical JSON."""
        return canonical(asdict(self))

    @classmethod
    def read(cls, path: Path | str) -> Checkpoint:
        """
        Read a checkpoint from a file.

        Raises:
            LedgerError: if it cannot be read, or holds something else.
        """
        try:
            text = Path(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise LedgerError(str(path), "ledger-no-checkpoint") from error
        found = cls.parsed(text)
        if found is None:
            raise LedgerError(str(path), "ledger-no-checkpoint")
        return found

    @classmethod
    def parsed(cls, text: str) -> Checkpoint | None:
        """Read a checkpoint from JSON; None where the text is none."""
        try:
            found = cls(**json.loads(text))
        except (ValueError, TypeError, RecursionError):
            return None
        texts = (found.root, found.head, found.at, found.author, found.note)
        if type(found.size) is not int or found.size < 0 or not all(isinstance(each, str) for each in texts):
            return None
        return found if is_digest(found.root) and is_digest(found.head) and is_moment(found.at) else None
