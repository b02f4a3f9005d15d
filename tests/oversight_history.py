"""Events of a long time for three subjects, arriving out of order."""

from __future__ import annotations

import random

from dutyroute.oversight import Event
from watching import HOLDERS, event

LATENESS = 6
DAYS = 300


def history(chance: random.Random) -> list[Event]:
    """Make events in an order of arrival in which none is later than allowed."""
    found = []
    for number in range(400):
        kind = chance.choice(
            ("complaint", "complaint", "complaint", "incident-decided", "rectification-ordered", "rectified")
        )
        day, about = (
            chance.randrange(DAYS),
            chance.choice((("property-company",), ("community",), tuple(HOLDERS))),
        )
        more = {"outcome": "confirmed", "matter": "fire-lane"} if kind == "incident-decided" else {}
        found.append((day + chance.randint(0, LATENESS), event(f"E{number:03}", kind, day, *about, **more)))
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]
