"""What a ledger holds: entries in a chain, editions, checkpoints, and the salts of what was redacted."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutyroute.errors import LedgerCorruptError, LedgerError
from dutyroute.formats.json import parse
from dutyroute.ledger.canonical import canonical

_PARTS: Final[Mapping[str, Mapping[str, type]]] = {
    "decision": {"decision": dict, "edition": str, "incident": dict},
    "edition": dict.fromkeys(("author", "content", "digest", "note"), str),
    "checkpoint": {"size": int, **dict.fromkeys(("at", "author", "head", "note", "root"), str)},
    "event": {"event": dict},
}
"""What an entry of each kind holds; an edition may hold more."""

KINDS: Final = tuple(_PARTS)

FIRST: Final = "sha256:" + "0" * 64
"""The `previous` of the first entry."""

# Moments as `stamp` writes them, and digests as this project does.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One entry: its number from 1 on, its kind, when it was written, and its body.

    `body` is canonical JSON. `digest` covers all other fields, `previous` among
    them, so that no entry can be changed, moved or removed without a trace.
    """

    number: int
    kind: str
    at: str
    body: str
    previous: str
    digest: str

    @property
    def moment(self) -> datetime:
        """
        When the entry was written.

        Raises:
            LedgerCorruptError: if that is no time.
        """
        try:
            return datetime.fromisoformat(self.at)
        except (ValueError, TypeError):
            raise self.fault() from None

    @property
    def content(self) -> dict[str, Any]:
        """
        The body, parsed.

        Raises:
            LedgerCorruptError: if it does not hold what an entry of its kind does.
        """
        try:
            content: dict[str, Any] = json.loads(self.body)
            is_whole = all(isinstance(content[key], kind) for key, kind in _PARTS[self.kind].items())
        except (ValueError, LookupError, TypeError, RecursionError):
            is_whole = False
        if not is_whole:
            raise self.fault()
        return content

    def fault(self) -> LedgerCorruptError:
        """Make the error about an entry that a ledger cannot have written; it does not know its ledger."""
        return LedgerCorruptError("", "ledger-shape", {"entry": self.number}, self.number)


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A decision to record; `redact` names keys of the incident whose values are replaced by a hash.

    With a `key`, the decision is recorded once, however often it is tried: see `Ledger.append`.
    """

    incident: Mapping[str, Any]
    decision: Mapping[str, Any]
    edition: str
    at: datetime
    redact: Sequence[str] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """
    A published rulebook: its digest, by whom, why, and since when it is known.

    `published` is when it was written to the ledger, `stated` when the publisher
    says that it was published. Editions of earlier versions of this program have
    only one time, which counts for both: then `is_stated` is False.

    A ledger lists many editions of some hundred kilobytes each, so the canonical
    text is read from the ledger only when `content` is asked for.
    """

    number: int
    digest: str
    author: str
    note: str
    published: datetime
    stated: datetime
    is_stated: bool
    load: Callable[[], Mapping[str, Any]] = field(repr=False, compare=False)

    @property
    def content(self) -> bytes:
        """The rulebook's canonical text, as it was published."""
        return str(self.load()["content"]).encode()

    @property
    def order(self) -> Mapping[str, Sequence[str]]:
        """The order of the lists in the content, where it was recorded."""
        order: Mapping[str, Sequence[str]] = self.load().get("order", {})
        return order


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """
    The state of a ledger at a moment, and who signed it off.

    `root` is the Merkle root over the first `size` entries, `head` the digest of
    the last of them. A copy kept where the ledger's keeper cannot change it shows
    later that nothing up to then was changed or removed.
    """

    size: int
    root: str
    head: str
    at: str
    author: str = ""
    note: str = ""

    def to_json(self) -> str:
        """Write the checkpoint as canonical JSON."""
        return canonical(asdict(self))

    @classmethod
    def read(cls, path: Path | str) -> Checkpoint:
        """
        Read a checkpoint from a file.

        Raises:
            LedgerError: if it cannot be read, or holds something else.
        """
        found = None
        with suppress(OSError, ValueError):
            if Path(path).is_file():  # to open a pipe could wait forever
                found = cls.parsed(Path(path).read_text("utf-8"))
        if found is None:
            raise LedgerError(str(path), "ledger-no-checkpoint")
        return found

    @classmethod
    def parsed(cls, text: str) -> Checkpoint | None:
        """Read a checkpoint from JSON; None where the text is not one."""
        try:
            found = cls(**parse(text))
        except (ValueError, TypeError, RecursionError):
            return None
        texts = (found.root, found.head, found.at, found.author, found.note)
        if type(found.size) is not int or found.size < 0 or not all(isinstance(each, str) for each in texts):
            return None
        are_digests = _DIGEST.fullmatch(found.root) and _DIGEST.fullmatch(found.head)
        return found if are_digests and _MOMENT.fullmatch(found.at) else None


def seal(number: int, kind: str, at: str, body: str, previous: str, raw: bytes | None = None) -> Entry:
    """
    Make an entry; its digest is the SHA-256 of its canonical JSON.

    `raw` is the body in UTF-8, where the caller has it already.
    """
    # Written by hand: the names are in order and only `body` could need escaping, which it
    # has had, so this is the canonical form. Calling `canonical` would take most of the time
    # of an append and encode the body a second time.
    digest = sha256(f'{{"at":"{at}","body":'.encode())
    digest.update(body.encode() if raw is None else raw)
    digest.update(f',"kind":"{kind}","number":{number},"previous":"{previous}"}}'.encode())
    return Entry(number, kind, at, body, previous, "sha256:" + digest.hexdigest())


def is_formed(entry: Entry) -> bool:
    """
    Tell whether the fields of an entry have the form that `seal` relies on.

    `seal` does not escape, so without this check text could be moved from one
    field to the next under the same digest.
    """
    texts = (entry.kind, entry.at, entry.body, entry.previous, entry.digest)
    if not all(type(each) is str for each in texts) or entry.kind not in KINDS:
        return False
    are_digests = _DIGEST.fullmatch(entry.previous) and _DIGEST.fullmatch(entry.digest)
    return bool(are_digests and _MOMENT.fullmatch(entry.at))


@dataclass(frozen=True, slots=True)
class Key:
    """Under which key an entry was recorded, and the digest of its incident."""

    key: str
    number: int
    incident: str


@dataclass(frozen=True, slots=True)
class Salt:
    """The salt of a redacted value; once it is wiped, the value can be neither proven nor guessed."""

    number: int
    key: str
    salt: str


def redacted(incident: Mapping[str, Any], keys: Sequence[str]) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """
    Replace values by their salted hash; return the incident and the salts by key.

    A key that the incident lacks is ignored. The salts are kept in a table of
    their own, outside the chain, so that they can be deleted without breaking it.
    """
    # One salt for each value: with a shared one, equal texts would have equal hashes.
    salts = {key: secrets.token_hex(32) for key in keys if key in incident}
    hidden = {key: {"redacted": hashed(salt, incident[key])} for key, salt in salts.items()}
    return {**incident, **hidden} if hidden else incident, salts


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, as `sha256:…`."""
    return "sha256:" + sha256(canonical(value).encode()).hexdigest()


def hashed(salt: str, value: Any) -> str:
    """Return the SHA-256 of a salt (hexadecimal) followed by a value's canonical JSON."""
    return "sha256:" + sha256(bytes.fromhex(salt) + canonical(value).encode()).hexdigest()
