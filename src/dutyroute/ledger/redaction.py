"""Personal text replaced by a salted hash: it can be proven later, but not read."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from dutyroute.ledger.canonical import canonical

__all__ = ["Salt", "Salts", "hashed", "redacted"]

Salts = tuple[tuple[str, str], ...]
"""Pairs of a key and its salt, before the entry has its number."""


@dataclass(frozen=True, slots=True)
class Salt:
    """The salt of a redacted value; once it is wiped, the value can be neither proven nor guessed."""

    number: int
    key: str
    salt: str


def redacted(incident: Mapping[str, Any], keys: Sequence[str]) -> tuple[Mapping[str, Any], Salts]:
    """
    Replace values by their salted hash; a key that the incident lacks is ignored.

    The salts are kept in a table of their own, outside the chain, so that they
    can be deleted without breaking it.
    """
    if not keys:
        return incident, ()
    # One salt for each value: with a shared one, equal texts would have equal hashes.
    salts = tuple((key, secrets.token_hex(32)) for key in dict.fromkeys(keys) if key in incident)
    hidden = {key: {"redacted": hashed(salt, incident[key])} for key, salt in salts}
    return {**incident, **hidden}, salts


def hashed(salt: str, value: Any) -> str:
    """Return the SHA-256 of a salt (hexadecimal) followed by a value's canonical JSON."""
    return "sha256:" + sha256(bytes.fromhex(salt) + canonical(value).encode()).hexdigest()
