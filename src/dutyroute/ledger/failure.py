"""The words for what the system says."""

from __future__ import annotations

import errno
from typing import Final

from dutyroute.errors import LedgerError

__all__ = ["failure"]

_REASONS: Final = {
    errno.ENOSPC: "ledger-full",
    errno.EDQUOT: "ledger-full",
    errno.EFBIG: "ledger-full",
    errno.EROFS: "ledger-read-only",
    errno.EACCES: "ledger-read-only",
    errno.EPERM: "ledger-read-only",
}


def failure(path: str, error: OSError) -> LedgerError:
    """Say what the system says as a ledger does."""
    reason = _REASONS.get(error.errno or 0, "ledger-system")
    return LedgerError(path, reason, {"detail": error.strerror or str(error)})
