"""
A program that records decisions until it is ended, and says of each that it is recorded.

Called with the ledger, a name for its incidents, and how many to record at once. It
prints the key, the number and the digest of each entry, once the ledger said that it is there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from dutyroute.ledger import Draft, Entry, Ledger
from scribe import DECISION, EDITION, START

__all__ = ["drafts", "key_of", "record"]


def key_of(entry: Entry) -> str:
    """Return the key of an entry, which is the id of its incident, too."""
    return str(entry.content["incident"]["id"])


def drafts(keys: Sequence[str]) -> list[Draft]:
    """Draft decisions, each with a key; their size depends on the key alone."""
    incidents = (
        {"id": key, "matter": "clutter", "text": "走道堆物" * (sum(key.encode()) % 90)} for key in keys
    )
    return [Draft(each, DECISION, EDITION, START, key=str(each["id"])) for each in incidents]


def record(ledger: Ledger, keys: Sequence[str], to: int) -> None:
    """Record decisions, and say so."""
    entries = ledger.append_many(drafts(keys))
    said = "".join(f"{key} {entry.number} {entry.digest}\n" for key, entry in zip(keys, entries, strict=True))
    os.write(to, said.encode())


def main(url: str, name: str, each: int) -> None:
    """Record without end."""
    with Ledger.open(url) as ledger:
        for number in range(10**6):
            record(ledger, [f"{name}-{number}-{place}" for place in range(each)], 1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
