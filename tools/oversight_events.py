"""Write the sample events of oversight: invented, and the same bytes each time."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

START = date(2026, 1, 5)
COMPANIES = ("甲物业", "乙物业", "丙物业", "丁物业")
MATTERS = ("service-quality", "charges", "facilities-maintenance")


def events(seed: int = 6) -> Iterator[dict[str, Any]]:
    """Yield half a year of events about four companies, their communities and two street offices."""
    chance = random.Random(seed)
    for day in range(180):
        at = START + timedelta(days=day)
        for place, company in enumerate(COMPANIES):
            if chance.random() < (0.14, 0.05, 0.02, 0.08)[place]:
                yield from _complaint(chance, at, place, company, day)
    yield from _orders()
    yield from _rounds()


def _complaint(
    chance: random.Random, at: date, place: int, company: str, day: int
) -> Iterator[dict[str, Any]]:
    about = {
        "property_company": company,
        "community": f"{company[0]}区小区",
        "street_office": ("东街", "西街")[place % 2],
        "matter": "service-quality",
    }
    channel = chance.choice(("city-hotline", "city-hotline", "complaint"))
    yield {"id": f"C{day:03}-{place}", "kind": "complaint", "at": at.isoformat(), "channel": channel, **about}
    outcome = chance.choice(("confirmed", "unsettled", "settled"))
    later = (at + timedelta(days=chance.randint(1, 9))).isoformat()
    decided = {
        "id": f"D{day:03}-{place}",
        "kind": "incident-decided",
        "at": later,
        "of": f"C{day:03}-{place}",
    }
    yield {**decided, "outcome": outcome, **about}


def _orders() -> Iterator[dict[str, Any]]:
    one = {"property_company": COMPANIES[0]}
    yield {"id": "O1", "kind": "rectification-ordered", "at": "2026-04-01", "due": "2026-04-30", **one}
    yield {"id": "O2", "kind": "rectification-ordered", "at": "2026-03-20", "property_company": COMPANIES[3]}
    yield {"id": "R2", "kind": "rectified", "at": "2026-04-10", "of": "O2", "property_company": COMPANIES[3]}
    yield {"id": "T1", "kind": "measure-taken", "at": "2026-05-20", "measure": "credit-deduction", **one}
    yield {"id": "P1", "kind": "dispute", "at": "2026-05-25", "of": "T1", **one}


def _rounds() -> Iterator[dict[str, Any]]:
    """Yield what companies found and reported, and the patrols, surveys and meetings that there were."""
    for name, at, reported, place in (
        ("V1", "2026-03-02", "2026-03-03", 0),
        ("V2", "2026-04-30", "2026-05-08", 2),
        ("V3", "2026-06-26", None, 1),
    ):
        about = {"property_company": COMPANIES[place], "community": f"{COMPANIES[place][0]}区小区"}
        yield {"id": name, "kind": "violation-found", "at": at, "matter": "illegal-renovation", **about}
        if reported:
            yield {"id": f"{name}R", "kind": "reported", "at": reported, "of": name, **about}
    for name, at, street, community in (
        ("N1", "2026-05-12", "西街", "乙区小区"),
        ("N2", "2026-06-25", "东街", "甲区小区"),
    ):
        yield {"id": name, "kind": "patrol", "at": at, "street_office": street, "community": community}
    for name, at, place in (("S1", "2026-01-08", 1), ("S2", "2026-03-10", 0)):
        yield {"id": name, "kind": "survey", "at": at, "property_company": COMPANIES[place]}
    for name, at, street in (("M1", "2026-02-11", "西街"), ("M2", "2026-06-10", "东街")):
        yield {
            "id": name,
            "kind": "measure-taken",
            "at": at,
            "measure": "joint-meeting",
            "street_office": street,
        }


def main(path: str) -> None:
    """Write the events, sorted by date."""
    lines = sorted(events(), key=lambda event: (event["at"], event["id"]))
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    Path(path).write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
