"""
The ledger: an append-only record of decisions that shows any tampering.

Each entry carries the digest of the one before it, so that nothing can be
changed, moved or removed unseen; a checkpoint kept elsewhere also shows that
nothing was cut off or written anew. The ledger does not know the rules: it
stores plain data and returns it.
"""

from __future__ import annotations

from dutyroute.ledger.audit import AuditResult
from dutyroute.ledger.entry import Checkpoint, Draft, Edition, Entry
from dutyroute.ledger.ledger import Ledger

__all__ = ["AuditResult", "Checkpoint", "Draft", "Edition", "Entry", "Ledger"]
