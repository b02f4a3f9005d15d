"""
Replay a million events over twenty thousand subjects, and watch the memory.

Events are made as they are needed, in the order of their days with one in
twenty a few days late. Prints events a second, and the peak memory after each
fifth: counters hold what lies in their windows and nothing else.
`python benchmarks/oversee.py [EVENTS] [SUBJECTS]`.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta

from dutyroute import Overseer, load
from dutyroute.oversight import Event, overlaid
from dutyroute.rulebook.shipped import shipped

START = date(2020, 1, 1)
DAYS = 2000
KINDS = ("complaint",) * 7 + ("incident-decided",) * 2 + ("rectification-ordered", "rectified")


class Stream:
    """A store that makes its events anew each time, and keeps none."""

    def __init__(self, events: int, subjects: int) -> None:
        self.size, self.subjects = events, subjects
        self.started = time.perf_counter()

    def append(self, events: object) -> None:
        """Keep nothing: the stream is only replayed."""

    def events(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield the events, and say from time to time how it goes."""
        chance = random.Random(1)
        for number in range(after, self.size):
            if number and number % (self.size // 5) == 0:
                report(number, self.started)
            late = chance.randint(1, 9) if chance.random() < 0.05 else 0
            at = START + timedelta(max(number * DAYS // self.size - late, 0))
            subject = ("property-company", f"C{chance.randrange(self.subjects)}")
            yield (
                number + 1,
                Event(
                    f"E{number}",
                    chance.choice(KINDS),
                    at,
                    (subject,),
                    matter="service-quality",
                    channel="city-hotline",
                    outcome="confirmed",
                ),
            )


def report(events: int, started: float) -> None:
    """Print the rate and the peak memory so far."""
    spent, peak = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{events:>10,} events, {events / spent:>9,.0f} a second, peak {peak:,} MB", flush=True)


def main(events: int = 1_000_000, subjects: int = 20_000) -> None:
    """Replay, and say what came of it."""
    book = overlaid(load(shipped("rules")), shipped("rules") / "oversight" / "settings.example.yaml")
    stream = Stream(events, subjects)
    overseer = Overseer(book, stream)
    report(events, stream.started)
    made = sum(sum(state.proposed.values()) for state in overseer.states())
    print(f"{len(overseer.subjects()):,} subjects, {made:,} proposals, {len(overseer.late)} late")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
