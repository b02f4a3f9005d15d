"""Personal text hashed out of an entry, so that it can be proven and not be read."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from dutyroute.ledger.canonical import canonical

__all__ = ["Salt", "Salts", "hashed", "redacted"]

Salts = tuple[tuple[str, str], ...]
"""Keys and their salts, before the entry has its number."""


@dataclass(frozen=True, slots=True)
class Salt:
    """What a hashed-out value was mixed with; once it is wiped, nothing can be proven or guessed."""

    number: int
    key: str
    salt: str


def redacted(incident: Mapping[str, Any], keys: Sequence[str]) -> tuple[Mapping[str, Any], Salts]:
    """
    Replace values by their salted hash; a key that is not there stays away.

    Each value has a salt of its own, or equal texts could be told.
    """
    if not keys:
        return incident, ()
    salts = tuple((key, secrets.token_hex(32)) for key in dict.fromkeys(keys) if key in incident)
    hidden = {key: {"redacted": hashed(salt, incident[key])} for key, salt in salts}
    return {**incident, **hidden}, salts


def hashed(salt: str, value: Any) -> str:
    """Return the SHA-256 of a salt (hexadecimal) followed by a value's canonical JSON."""
    return "sha256:" + sha256(bytes.fromhex(salt) + canonical(value).encode()).hexdigest()
