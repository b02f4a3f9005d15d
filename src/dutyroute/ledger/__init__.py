"""
The ledger: an append-only record of decisions that shows any tampering.

Every entry carries the digest of the one before it, so that nothing can be
changed, swapped or taken out unseen; a checkpoint kept elsewhere shows that
nothing was cut off or written anew. It knows nothing of rules: it takes plain
data and gives it back.
"""

from __future__ import annotations

from dutyroute.ledger.audit import Verdict
from dutyroute.ledger.checkpoint import Checkpoint
from dutyroute.ledger.entry import Draft, Edition, Entry
from dutyroute.ledger.ledger import Ledger

__all__ = ["Checkpoint", "Draft", "Edition", "Entry", "Ledger", "Verdict"]
