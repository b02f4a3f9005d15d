"""What the tests of the ledger record, and what they see of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from dutyroute.ledger import Draft, Entry, Ledger

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
RULES = b'{"rules":[{"id":"clutter-enforcement"}]}'
EDITION = "sha256:" + sha256(RULES).hexdigest()


def incident(number: int) -> dict[str, Any]:
    return {"id": f"A-{number}", "matter": "clutter", "text": f"三楼走道堆物 {number}"}


DECISION = {
    "status": "routed",
    "rulings": [{"matter": "clutter", "lead": ["urban-management"], "clauses": ["opinion/3.1.6"]}],
}


def draft(number: int, *, redact: tuple[str, ...] = ()) -> Draft:
    return Draft(incident(number), DECISION, EDITION, START + timedelta(seconds=number), redact)


def fill(path: Path | str, count: int) -> list[Entry]:
    """Publish an edition and record decisions; return all entries."""
    with Ledger.open(path) as ledger:
        ledger.publish(RULES, digest=EDITION, author="审计科", note="首版", at=START)
        ledger.append_many(draft(number) for number in range(count))
        return list(ledger.entries())
