"""How many incidents came to what, and what that means for the exit status."""

from __future__ import annotations

from collections import Counter

from dutyroute.cli import exits
from dutyroute.messages import Phrasebook

__all__ = ["UNREAD", "Tally"]

UNREAD = "unread"
_ORDER = ("routed", "incomplete", "unrouted", "conflict", UNREAD)
_ANSWERED = {"routed", "incomplete"}


class Tally:
    """Counts answers by their status; `UNREAD` for an incident that has none."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def count(self, status: str) -> None:
        """Note one more answer."""
        self._counts[status] += 1

    @property
    def total(self) -> int:
        """How many incidents there were."""
        return self._counts.total()

    @property
    def status(self) -> int:
        """The exit status: fine when every incident was answered."""
        return exits.FINE if _ANSWERED.issuperset(self._counts) else exits.FOUND

    def said(self, say: Phrasebook) -> str:
        """Say the counts in one line."""
        counts = (
            say("count", name=say(status), count=self._counts[status])
            for status in _ORDER
            if self._counts[status]
        )
        return say("tally", total=self.total, counts=say.listed(counts))
