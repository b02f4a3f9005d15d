"""
Time `check`: the shipped rulebook, many facts, many matters.

Prints CPU seconds of this machine, and beside each the limit that it is held to.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import workload

from dutyroute.analysis import Watcher, check
from dutyroute.rulebook.build import link
from dutyroute.rulebook.loader import load
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.shipped import shipped

Plain = workload.Plain

OWED = {"id": "one-lead", "title": "one lead", "for": {}, "role": "lead", "holders": {"exactly": 1}}
NUMBERS = tuple(f"number_{i}" for i in range(2))
KINDS = tuple(f"kind_{i}" for i in range(3))
YES_NO = tuple(f"yes_{i}" for i in range(6))
FACTS = (*YES_NO, *KINDS, *NUMBERS, "reported_at")
"""Twelve, besides the matter."""


def wide(rules: int, matters: int, seed: int = 3) -> Plain:
    """Generate a rulebook whose rules test one to three of twelve facts."""
    pick = random.Random(seed)
    data = workload.rulebook(0, matters)
    words = tuple({"id": v, "name": v, "english": v} for v in ("a", "b", "c", "d"))
    typed = {"type": "enum", "values": words}
    data["facts"] = (
        *({**_named(fact), "type": "bool"} for fact in YES_NO),
        *({**_named(fact), **typed} for fact in KINDS),
        *({**_named(fact), "type": "int", "at_least": 0} for fact in NUMBERS),
        {**_named("reported_at"), "type": "date"},
    )
    data["rules"] = tuple(_rule(i, i % matters, pick) for i in range(rules))
    return data


def _named(name: str) -> Plain:
    return {"id": name, "name": name, "english": name}


def _rule(index: int, matter: int, pick: random.Random) -> Plain:
    when: Plain = {"matter": f"matter-{matter}"}
    for fact in pick.sample(FACTS, pick.randint(1, 3)):
        when[fact] = _accepted(fact, pick)
    assign = {role: pick.choice(workload.PARTIES) for role in pick.sample(workload.ROLES, 2)}
    name = {"id": f"rule-{index}", "title": f"rule {index}"}
    return {**name, "when": when, "assign": assign, "cite": "policy/1.1", "basis": "explicit"}


def _accepted(fact: str, pick: random.Random) -> object:
    if fact in YES_NO:
        return pick.random() < 0.5
    if fact in KINDS:
        return pick.choice("abcd")
    if fact in NUMBERS:
        return {"at_least": pick.randint(1, 9)}
    return {"at_least": date(2026, 1, 1) + timedelta(days=30 * pick.randint(0, 11))}


def _linked(data: Plain) -> Rulebook:
    book, faults = link({**data, "obligations": (OWED,)})
    if book is None:
        raise SystemExit(str(faults[0]))
    return book


def _time(name: str, book: Rulebook, limit: float) -> None:
    start = process_time()
    found = check(book)
    seconds = process_time() - start
    told = ", ".join(f"{n} {check}" for check, n in Counter(f.check for f in found).most_common(4))
    print(f"{name:44} {seconds:6.2f} s (limit {limit:g} s)  {len(found)} findings: {told}", flush=True)


def _time_saves(limit: float) -> None:
    """Time what `check --watch` does at a save: one rule of the shipped rulebook changes hands, and back."""
    with TemporaryDirectory() as folder:
        copytree(shipped("rules"), folder, dirs_exist_ok=True)
        watcher, page = Watcher(Path(folder)), Path(folder, "duties", "fire.yaml")
        watcher.look()
        written, seconds = page.read_text("utf-8"), []
        for save in range(10):
            edited = written.replace("enforce: street-office", "enforce: planning", 1 - save % 2)
            page.write_text(edited, "utf-8")
            start = process_time()
            look = watcher.look()
            seconds.append(process_time() - start)
            if look.comparison is None or not look.comparison.regions:
                raise SystemExit("the edit changed nothing")
    name = "a save of the shipped rulebook, watched"
    print(f"{name:44} {median(seconds):6.2f} s (limit {limit:g} s)  worst {max(seconds):.2f} s", flush=True)


def main() -> None:
    """Time the rulebooks, or those that the command line names: shipped, watch, wide, large."""
    named = sys.argv[1:] or ["shipped", "watch", "wide", "large"]
    if "shipped" in named:
        _time("the shipped rulebook", load(shipped("rules")), 1)
    if "watch" in named:
        _time_saves(0.5)
    if "wide" in named:
        _time("2,000 rules over 12 facts, 200 matters", _linked(wide(2_000, 200)), 10)
    if "large" in named:
        _time("10,000 rules over 7,000 matters", _linked(workload.rulebook(10_000, 7_000)), 15)


if __name__ == "__main__":
    main()
