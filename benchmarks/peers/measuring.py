"""Measuring one peer at one size, in a process of its own, turn by turn with dutyroute."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Any

import workload

from peers import form, logic, productions, tables

PEERS = tuple(peer for module in (tables, logic, productions) for peer in module.PEERS)
COUNT = 100_000
"""How many incidents are asked about, again and again."""
SAMPLE = 300
"""How many incidents have to be answered like the oracle before any time is taken."""
ROUNDS = 5
TURN = 0.25
"""Seconds of one turn."""
WARM = 1.5
"""Seconds that a peer runs before it is timed; what runs on the Java machine needs them."""


class WrongAnswer(Exception):
    """A peer answers otherwise than the oracle."""


def memory() -> float:
    """Return the resident memory of this process, in MB."""
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def versions(peer: form.Peer) -> str:
    """Name the releases that were measured."""
    if not peer.packages:
        import sqlite3

        return sqlite3.sqlite_version
    return " ".join(metadata.version(package) for package in peer.packages)


def normal(duties: Any) -> list[form.Duty]:
    """Order an answer, each duty once, so that two can be compared."""
    return sorted({(party, role) for party, role in duties})


def hold(decide: form.Decide, listed: list[form.Rule], incidents: Sequence[form.Plain]) -> None:
    """
    Hold answers against the plain oracle.

    Raises:
        WrongAnswer: naming the first incident that is answered otherwise.
    """
    oracle = form.oracle(listed)
    for incident in incidents:
        wanted, found = normal(oracle(incident)), normal(decide(incident))
        if wanted != found:
            raise WrongAnswer(f"{incident}: {found} instead of {wanted}")


def check(rules: int, matters: int) -> list[str]:
    """
    Hold every engine that is installed against the oracle; return their names.

    Raises:
        WrongAnswer: if one answers otherwise.
    """
    listed = form.rules(rules, matters)
    incidents = [form.flat(each) for each in workload.incidents(matters, 100)]
    found = [peer for peer in PEERS if _is_installed(peer)]
    for peer in found:
        hold(peer.build(listed), listed, incidents)
    return [peer.name for peer in found]


def _is_installed(peer: form.Peer) -> bool:
    try:
        return bool(versions(peer))
    except metadata.PackageNotFoundError:
        return False


def ours(built: Any) -> form.Decide:
    """Decide with dutyroute, in the form of the peers."""
    return lambda incident: [(duty.party, duty.role) for duty in built.route(incident).duties]


def measure(name: str, rules: int, matters: int, limit: float) -> dict[str, Any]:
    """Build, check, and time a peer; `limit` is the seconds that the check of its answers may take."""
    peer = next(each for each in PEERS if each.name == name)
    listed = form.rules(rules, matters)
    drawn = list(workload.incidents(matters, COUNT))
    flat = [form.flat(each) for each in drawn]
    before, begun = memory(), time.perf_counter()
    decide = peer.build(listed)
    decide(flat[0])
    build, size = time.perf_counter() - begun, memory() - before
    sample = random.Random(3).sample(flat, SAMPLE)
    begun = time.perf_counter()
    decide(sample[0])
    slow = (time.perf_counter() - begun) * SAMPLE > limit
    hold(decide, listed, sample[: max(20, SAMPLE // 10)] if slow else sample)
    built = workload.router(rules, matters)
    hold(ours(built), listed, []), hold(lambda i: ours(built)(_day(i)), listed, sample)
    prepared = [built.incident(each) for each in drawn]
    for each in prepared:  # the diagram is built when it is first walked; peers build before they are asked
        built.route(each)
    _turn(decide, flat, WARM)
    turns = [(_turn(decide, flat), _turn(built.route, prepared)) for _ in range(ROUNDS)]
    theirs = [each for each, _ in turns]
    return {
        "name": name,
        "rules": rules,
        "us": statistics.median(theirs) * 1e6,
        "spread": [min(theirs) * 1e6, max(theirs) * 1e6],
        "p99": _p99(decide, flat) * 1e6,
        "ours": statistics.median(each for _, each in turns) * 1e6,
        "ratio": statistics.median(a / b for a, b in turns),
        "build_ms": build * 1e3,
        "memory_mb": size,
        "version": versions(peer),
    }


def _day(incident: form.Plain) -> form.Plain:
    from datetime import date

    return {**incident, "reported_at": date.fromordinal(incident["reported_at"])}


def _turn(call: Callable[[Any], Any], over: Sequence[Any], seconds: float | None = None) -> float:
    """Return the seconds of one call, over as many as fit into a turn, and one at least."""
    end = time.perf_counter() + (TURN if seconds is None else seconds)
    clock, done, at = time.perf_counter, 0, 0
    begun = clock()
    while clock() < end:
        step = over[at : at + (200 if done >= 200 else 1)]
        for each in step:
            call(each)
        done += len(step)
        at = at + len(step) if at + 200 < len(over) else 0
    return (clock() - begun) / done


def _p99(call: Callable[[Any], Any], over: Sequence[Any]) -> float:
    """Return the seconds that one call in a hundred exceeds."""
    clock, taken, end = time.perf_counter, [], time.perf_counter() + 2
    for each in over:
        begun = clock()
        call(each)
        taken.append(clock() - begun)
        if clock() > end and len(taken) >= 100:
            break
    return sorted(taken)[len(taken) * 99 // 100]


def floors(rules: int, matters: int) -> dict[str, float]:
    """Time what any answer costs at least: a call, a lookup, a validation; and dutyroute beside them."""
    drawn = list(workload.incidents(matters, COUNT))
    begun, before = time.perf_counter(), memory()
    built = workload.router(rules, matters)
    for matter in built.rulebook.vocabulary.matters:
        built.diagram.root(matter)
    build, size = time.perf_counter() - begun, memory() - before
    prepared = [built.incident(each) for each in drawn]
    for each in prepared:
        built.route(each)
    calls: dict[str, tuple[Callable[[Any], Any], Sequence[Any]]] = {
        "empty": (lambda _: None, drawn),
        "lookup": (workload.look_up(drawn), drawn),
        "pydantic": (workload.model(matters).model_validate, drawn),
        "prepared": (built.route, prepared),
        "mapping": (built.route, drawn),
    }
    turns: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS + 2):
        for name, (call, over) in calls.items():
            turns[name].append(_turn(call, over) * 1e6)
    found = {name: statistics.median(each) for name, each in turns.items()}
    found["p99"] = _p99(built.route, prepared) * 1e6
    return {**found, "build_ms": build * 1e3, "memory_mb": size}
