"""What the benchmarks share: generated rulebooks of any size, incidents for them, and the least they may cost."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dutyroute import Router
from dutyroute.rulebook.build import link

Plain = dict[str, Any]

KINDS = ("new-build", "managed", "old", "unmarketised")
ROLES = ("lead", "report", "determine", "enforce", "inspect", "assist")
PARTIES = tuple(f"party-{i}" for i in range(24))
SIZES = ((60, 43), (1_000, 700), (10_000, 7_000))
"""Rules and matters of the three sizes."""


def rulebook(rules: int, matters: int, seed: int = 1) -> Plain:
    """
    Generate a rulebook as the loader hands it to the linker.

    A rule tests the matter (one or a few) and some of five other facts, and
    gives one to three parties a role.
    """
    pick = random.Random(seed)
    names = [f"matter-{i}" for i in range(matters)]
    return {
        "rulebook": {**_named("bench"), "edition": "1", "date": "reported_at"},
        "parties": tuple({**_entry(p), "level": "city"} for p in PARTIES),
        "roles": tuple({**_entry(r), "phase": None if r == "lead" else "act"} for r in ROLES),
        "matters": tuple(_entry(m) for m in names),
        "facts": (
            {**_entry("community_kind"), "type": "enum", "values": tuple(_entry(k) for k in KINDS)},
            {**_entry("has_property_company"), "type": "bool"},
            {**_entry("is_public_area"), "type": "bool"},
            {**_entry("repeat_count"), "type": "int", "at_least": 0},
            {**_entry("reported_at"), "type": "date"},
        ),
        "instruments": ({**_named("policy"), "status": "draft", "clauses": (_CLAUSE,)},),
        "rules": tuple(_rule(i, names, pick) for i in range(rules)),
    }


_CLAUSE = {"id": "1.1", "label": "1.1", "heading": "1.1", "english": "1.1"}


def _named(name: str) -> Plain:
    return {"id": name, "title": name, "english": name}


def _entry(name: str) -> Plain:
    return {"id": name, "name": name, "english": name}


def _rule(index: int, matters: list[str], pick: random.Random) -> Plain:
    about = matters[index] if index < len(matters) else pick.choice(matters)
    when: Plain = {"matter": about if pick.random() < 0.7 else (about, *pick.sample(matters, 2))}
    tests: Plain = {
        "community_kind": pick.choice(KINDS),
        "has_property_company": pick.random() < 0.5,
        "is_public_area": pick.random() < 0.5,
        "repeat_count": {"at_least": pick.randint(1, 9)},
        "reported_at": {"at_least": date(2026, 1, 1) + timedelta(days=30 * pick.randint(0, 11))},
    }
    when.update({fact: tests[fact] for fact in tests if pick.random() < 0.35})
    roles = pick.sample(ROLES, pick.randint(1, 3))
    assign = {role: pick.choice(PARTIES) for role in roles}
    name = {"id": f"rule-{index}", "title": f"rule {index}"}
    return {**name, "when": when, "assign": assign, "cite": "policy/1.1", "basis": "explicit"}


def incidents(matters: int, count: int, seed: int = 2) -> Iterator[Plain]:
    """Generate incidents with every fact given."""
    pick = random.Random(seed)
    for index in range(count):
        yield {
            "id": f"i-{index}",
            "matter": f"matter-{pick.randrange(matters)}",
            "community_kind": pick.choice(KINDS),
            "has_property_company": pick.random() < 0.5,
            "is_public_area": pick.random() < 0.5,
            "repeat_count": pick.randint(0, 10),
            "reported_at": date(2026, 1, 1) + timedelta(days=pick.randint(0, 364)),
        }


def router(rules: int, matters: int) -> Router:
    """Compile a generated rulebook."""
    book, faults = link(rulebook(rules, matters))
    if book is None:
        raise SystemExit(str(faults[0]))
    return Router(book)


def model(matters: int) -> type[BaseModel]:
    """Return the fields of an incident as pydantic alone validates them."""

    class Fields(BaseModel):
        model_config = ConfigDict(strict=True, frozen=True, extra="forbid")
        id: str
        matter: Literal[tuple(f"matter-{i}" for i in range(matters))]  # type: ignore[valid-type]
        community_kind: Literal[KINDS]  # type: ignore[valid-type]
        has_property_company: bool
        is_public_area: bool
        repeat_count: int
        reported_at: date

    return Fields


def look_up(incidents: Sequence[Plain]) -> Callable[[Plain], int]:
    """Return a function that finds an incident's place in a dict, by its six facts."""
    known = {tuple(v for fact, v in each.items() if fact != "id"): n for n, each in enumerate(incidents)}

    # The key is written out: to build it in a loop would cost more than the look-up.
    def find(i: Plain) -> int:
        return known[
            i["matter"], i["community_kind"], i["has_property_company"],
            i["is_public_area"], i["repeat_count"], i["reported_at"],
        ]  # fmt: skip

    return find
