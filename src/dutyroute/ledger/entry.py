"""What stands in a ledger: entries, each sealed to the one before it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

__all__ = [
    "FIRST",
    "KINDS",
    "Draft",
    "Edition",
    "Entry",
    "is_digest",
    "is_formed",
    "is_moment",
    "moment",
    "seal",
    "stamp",
]

KINDS: Final = ("decision", "edition", "checkpoint", "event")

FIRST: Final = "sha256:" + "0" * 64
"""What the first entry names as the one before it."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One entry: its number from 1 on, when it was written, and what it says.

    `body` is canonical JSON. `digest` covers all the rest, `previous` among it,
    so that no entry can be changed, moved or taken out without a trace.
    """

    number: int
    kind: str
    at: str
    body: str
    previous: str
    digest: str

    @property
    def moment(self) -> datetime:
        """When the entry was written, as a time."""
        return moment(self.at)

    @property
    def content(self) -> dict[str, Any]:
        """What the entry says, read from `body`."""
        content: dict[str, Any] = json.loads(self.body)
        return content


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision that is to be recorded; `redact` names keys of the incident to hash out."""

    incident: Mapping[str, Any]
    decision: Mapping[str, Any]
    edition: str
    at: datetime
    redact: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """
    A published rulebook: its digest, by whom, why, and since when it is known.

    `content` is the rulebook's canonical text; it is read when asked for.
    """

    number: int
    digest: str
    author: str
    note: str
    published: datetime
    load: Callable[[], Mapping[str, Any]] = field(repr=False, compare=False)

    @property
    def content(self) -> bytes:
        """The rulebook's canonical text, as it was published."""
        return str(self.load()["content"]).encode()

    @property
    def order(self) -> Mapping[str, Sequence[str]]:
        """How the lists of the content are read, where it was told."""
        order: Mapping[str, Sequence[str]] = self.load().get("order", {})
        return order


def stamp(at: datetime) -> str:
    """
    Write a moment in the one way that entries have: UTC, microseconds.

    >>> stamp(datetime(2026, 3, 1, 8, tzinfo=UTC))
    '2026-03-01T08:00:00.000000Z'

    Raises:
        ValueError: for a moment without a time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def moment(at: str) -> datetime:
    """Read a moment as `stamp` writes it."""
    return datetime.fromisoformat(at)


def seal(number: int, kind: str, at: str, body: str, previous: str, raw: bytes | None = None) -> Entry:
    """
    Make an entry; its digest is that of its canonical JSON.

    The names stand in their order, and no value but `body` needs escaping, so
    the parts below make the canonical form of the whole. `raw` is the body in
    UTF-8, where it is at hand.
    """
    digest = sha256(f'{{"at":"{at}","body":'.encode())
    digest.update(body.encode() if raw is None else raw)
    digest.update(f',"kind":"{kind}","number":{number},"previous":"{previous}"}}'.encode())
    return Entry(number, kind, at, body, previous, "sha256:" + digest.hexdigest())


def is_formed(entry: Entry) -> bool:
    """
    Tell whether the fields of an entry have the form that `seal` relies on.

    Without it, words could be shifted from one field to the next under the
    same digest.
    """
    texts = (entry.kind, entry.at, entry.body, entry.previous, entry.digest)
    if not all(type(each) is str for each in texts) or entry.kind not in KINDS:
        return False
    return is_moment(entry.at) and is_digest(entry.previous) and is_digest(entry.digest)


def is_moment(text: str) -> bool:
    """Tell whether a text is a moment as `stamp` writes it."""
    return _MOMENT.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Tell whether a text is a SHA-256 as this project writes it."""
    return _DIGEST.fullmatch(text) is not None
