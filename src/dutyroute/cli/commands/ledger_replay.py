"""`dutyroute ledger replay`: decide everything again, by the edition of then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from dutyroute.cli import exits
from dutyroute.cli.output import echo, echo_json
from dutyroute.errors import IncidentError
from dutyroute.formats.timestamp import shown_moment
from dutyroute.ledger import Entry, Ledger
from dutyroute.messages import Phrasebook
from dutyroute.routing.router import Router
from dutyroute.rulebook.editions import restore

__all__ = ["replay"]

_BESIDE = ("text", "origin")
"""What an incident says besides its facts: words, and the row of a file that it comes from."""

_COMPARED = ("status", "rulings", "rulebook")
"""What a decision says; which facts were assumed is told by the incident as it was recorded."""


def replay(say: Phrasebook, *, ledger: str, format: str) -> int:
    """Decide every incident again; the status tells whether all come out the same."""
    is_json = format == "json"
    counts: Counter[str] = Counter()
    with Ledger.open(ledger, create=False) as opened:
        desk = _Desk(opened)
        for entry in opened.entries():
            if entry.kind == "decision":
                outcome, what = desk.again(entry)
                counts[outcome] += 1
                if outcome == "other" and not is_json:
                    shown = shown_moment(entry.moment)
                    echo(say("ledger-differs", number=entry.number, at=shown, what=what))
    numbers = {key: counts[key] for key in ("same", "other", "redacted")}
    if is_json:
        echo_json({"total": counts.total(), **numbers})
    else:
        echo(say("ledger-replayed", total=counts.total(), **numbers))
    return exits.FOUND if counts["other"] else exits.FINE


class _Desk:
    """Decides again what a ledger holds; each edition is brought back once."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.routers: dict[str, Router] = {}

    def again(self, entry: Entry) -> tuple[str, str]:
        """Tell whether a decision comes out the same, and if not in what it differs."""
        body = entry.content
        incident = {key: value for key, value in body["incident"].items() if key not in _BESIDE}
        if any(_is_redacted(value) for value in incident.values()):
            return "redacted", ""
        try:
            found = self._router(body["edition"]).route(incident).to_dict()
        except IncidentError as error:
            return "other", error.code
        apart = [key for key in _COMPARED if found[key] != body["decision"].get(key)]
        return ("other", ", ".join(apart)) if apart else ("same", "")

    def _router(self, digest: str) -> Router:
        if digest not in self.routers:
            edition = self.ledger.edition(digest)
            self.routers[digest] = Router(restore(edition, self.ledger.path))
        return self.routers[digest]


def _is_redacted(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"redacted"}
