"""The decisions of a replay in a ledger, each once, however often the run is resumed."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from dutyroute.errors import LedgerError
from dutyroute.ledger import Draft, Ledger
from dutyroute.ledger.entry import digest_of
from dutyroute.replay.judging import Chunk
from dutyroute.routing.arrow import texts, whole
from dutyroute.routing.decision import Decision
from dutyroute.rulebook.rulebook import Rulebook

ORIGIN = "origin"
"""The key under which a recorded incident names its source and row."""


class Recorder:
    """
    Records the rows of a replay that could be read, the rows of some chunks in one transaction.

    A row is recorded once: its key is made of the edition, its place and its facts,
    so that a second run records only what has changed. A row that nobody could
    decide is recorded with the reason.

    Raises:
        LedgerError: if the rulebook is not published in the ledger.
    """

    def __init__(self, ledger: Ledger, rulebook: Rulebook, clock: Callable[[], datetime]) -> None:
        if all(edition.digest != rulebook.digest for edition in ledger.editions()):
            raise LedgerError(ledger.path, "ledger-unpublished", {"digest": rulebook.digest})
        self.ledger = ledger
        self.edition: str = rulebook.digest
        self._words = rulebook.vocabulary
        self.clock = clock
        self._rows: list[tuple[dict[str, Any], dict[str, Any], str]] = []
        self._there: frozenset[str] = frozenset()

    def resume(self, after: int) -> None:
        """Do not record again what an earlier version of this program, which used no keys, recorded."""
        # The ledger is written before the state of the run, so it may be ahead of the state and
        # never behind it.
        entries = self.ledger.entries(after + 1)
        contents = (entry.content for entry in entries if entry.kind == "decision")
        self._there = frozenset(content["incident"].get(ORIGIN, "") for content in contents)

    def take(self, chunk: Chunk) -> None:
        """Keep the decisions on a chunk's rows until they are written."""
        # Once for each distinct decision, which many rows share.
        decided = [
            answer.to_dict()
            if isinstance(answer, Decision)
            else {"status": "unroutable", "error": answer.code, "fact": answer.fact}
            for answer in chunk.routed.decisions
        ]
        rows = chunk.rows
        columns = (chunk.routed.index, whole(rows.row), texts(rows.id), chunk.facts)
        listed = zip(*(column.to_pylist() for column in columns), strict=True)
        # A run from another folder names the same file otherwise.
        file = rows.source if "://" in rows.source else os.path.abspath(rows.source)
        for place, number, name, facts in listed:
            decision, origin = decided[place], f"{rows.source}:{number}"
            if origin not in self._there:
                # Unknown facts stay, as null: the incident is to read as it was routed.
                told = self._words.in_cells(facts)
                incident = {fact: v.isoformat() if isinstance(v, date) else v for fact, v in told.items()}
                incident |= {ORIGIN: origin, **({"id": name} if name else {})}
                answer = {**decision, "incident": incident.get("id")}
                key = f"replay:{digest_of([self.edition, file, incident])}"
                self._rows.append((incident, answer, key))

    def write(self) -> None:
        """
        Write what was kept.

        Raises:
            LedgerError: if it cannot be recorded; nothing of it is then there.
        """
        at = self.clock()
        drafts = [Draft(incident, told, self.edition, at, key=key) for incident, told, key in self._rows]
        if drafts:
            self.ledger.append_many(drafts)
        self._rows = []
