"""Deciding a ledger again: every recorded decision, by the edition that made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from dutyroute.errors import IncidentError, LedgerError
from dutyroute.record import JsonRecord
from dutyroute.routing.router import Router
from dutyroute.rulebook.editions import DecisionLog, restore

_NOT_FACTS = ("text", "origin")
"""What a recorded incident holds besides its facts: free text, and the row of a file that it comes from."""

_COMPARED = ("status", "rulings", "rulebook", "due")
"""The parts that are compared; a decision without limits has no `due`. What was assumed is in the incident."""


class RecordedDecisions(DecisionLog, Protocol):
    """A ledger whose entries can be read."""

    def entries(self) -> Iterable[Any]:
        """Yield every entry, in order, with its `number`, `kind`, `moment` and `content`."""


@dataclass(frozen=True, slots=True)
class Redecision(JsonRecord):
    """
    What became of one recorded decision when it was decided again.

    `differs` names the parts of the decision that are not the same, or holds
    the code of the error where the incident is no longer answered. `redacted`
    entries lack facts that were hashed out, and cannot be decided; neither can
    those of an `edition` that is not in the ledger, or cannot be brought back.
    """

    entry: int
    at: datetime
    outcome: Literal["same", "other", "redacted", "edition"]
    differs: tuple[str, ...] = ()


def redecide(ledger: RecordedDecisions) -> Iterator[Redecision]:
    """
    Decide every recorded incident again, by the edition that decided it.

    What cannot be decided again is told, too, and does not end the others.

    Raises:
        LedgerError: if the ledger cannot be read.
    """
    routers: dict[str, Router | None] = {}
    for entry in ledger.entries():
        if entry.kind != "decision":
            continue
        content = entry.content
        incident = {key: value for key, value in content["incident"].items() if key not in _NOT_FACTS}
        if any(isinstance(value, Mapping) and set(value) == {"redacted"} for value in incident.values()):
            yield Redecision(entry.number, entry.moment, "redacted")
            continue
        # By the edition of then: what today's rules say is a question for `replay`, not for an audit.
        digest = content["edition"]
        if digest not in routers:
            try:
                routers[digest] = Router(restore(ledger.edition(digest), ledger.path))
            except LedgerError:
                routers[digest] = None
        router = routers[digest]
        if router is None:
            yield Redecision(entry.number, entry.moment, "edition", (digest,))
            continue
        try:
            found = router.route(incident).to_dict()
            differs = tuple(key for key in _COMPARED if found.get(key) != content["decision"].get(key))
        except IncidentError as error:
            # A replay also records the rows that nobody can decide.
            differs = () if content["decision"].get("error") == error.code else (error.code,)
        yield Redecision(entry.number, entry.moment, "other" if differs else "same", differs)
