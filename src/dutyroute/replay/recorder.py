"""The decisions of a replay in a ledger, each once, however often the run is resumed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from dutyroute.errors import LedgerError
from dutyroute.ledger import Draft, Ledger
from dutyroute.replay.judging import Chunk
from dutyroute.routing.arrow import texts, whole
from dutyroute.routing.decision import Decision
from dutyroute.rulebook.rulebook import Rulebook

ORIGIN = "origin"
"""The key under which a recorded incident names its source and row."""


class Recorder:
    """
    Records the decided rows of a replay, the rows of some chunks in one transaction.

    Raises:
        LedgerError: if the rulebook is not published in the ledger.
    """

    def __init__(self, ledger: Ledger, rulebook: Rulebook, clock: Callable[[], datetime]) -> None:
        if all(edition.digest != rulebook.digest for edition in ledger.editions()):
            raise LedgerError(ledger.path, "ledger-unpublished", {"digest": rulebook.digest})
        self.ledger = ledger
        self.edition: str = rulebook.digest
        self.clock = clock
        self._drafts: list[Draft] = []
        self._there: frozenset[str] = frozenset()

    def resume(self, after: int) -> None:
        """Do not record again what follows an entry: it was recorded, and the run then stopped."""
        # The ledger is written before the state of the run, so it may be ahead of the state and
        # never behind it.
        entries = self.ledger.entries(after + 1)
        contents = (entry.content for entry in entries if entry.kind == "decision")
        self._there = frozenset(content["incident"].get(ORIGIN, "") for content in contents)

    def take(self, chunk: Chunk) -> None:
        """Keep the decisions on a chunk's rows until they are written."""
        at = self.clock()
        # Once for each distinct decision, which many rows share.
        decided = [
            answer.to_dict() if isinstance(answer, Decision) else None for answer in chunk.routed.decisions
        ]
        rows = chunk.rows
        columns = (chunk.routed.index, whole(rows.row), texts(rows.id), chunk.facts)
        listed = zip(*(column.to_pylist() for column in columns), strict=True)
        for place, number, name, facts in listed:
            decision, origin = decided[place], f"{rows.source}:{number}"
            if decision is not None and origin not in self._there:
                # Unknown facts stay, as null: the incident is to read as it was routed.
                incident = {fact: v.isoformat() if isinstance(v, date) else v for fact, v in facts.items()}
                incident |= {ORIGIN: origin, **({"id": name} if name else {})}
                told = {**decision, "incident": incident.get("id")}
                self._drafts.append(Draft(incident, told, self.edition, at))

    def write(self) -> int:
        """
        Write what was kept; return the number of the ledger's last entry of this run.

        Raises:
            LedgerError: if it cannot be recorded; nothing of it is then there.
        """
        written = self.ledger.append_many(self._drafts) if self._drafts else []
        self._drafts = []
        return written[-1].number if written else 0
