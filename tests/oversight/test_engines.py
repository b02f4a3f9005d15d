"""Both engines call for the same measures, whatever happens over time."""

from __future__ import annotations

import random
from importlib.util import find_spec

import pytest

from dutyroute import Overseer, load
from dutyroute.oversight import overlaid
from dutyroute.replay import read_events
from dutyroute.rulebook.shipped import shipped
from oversight_history import LATENESS, history
from watching import HOLDERS, watched

pytestmark = pytest.mark.skipif(
    find_spec("durable_rules_engine") is None, reason="durable-rules is not installed"
)
SAMPLE = shipped("cases") / "oversight"


@pytest.mark.parametrize("seed", range(4))
def test_both_engines_propose_the_same_measures_for_generated_histories(seed: int) -> None:
    events = history(random.Random(seed))
    with (
        Overseer(watched(), lateness=LATENESS) as first,
        Overseer(watched(), lateness=LATENESS, engine="rete") as second,
    ):
        assert [first.observe(each) for each in events] == [second.observe(each) for each in events]
        for subject in HOLDERS.items():
            assert first.state(subject) == second.state(subject)


def test_both_engines_decide_the_sample_alike() -> None:
    book = overlaid(load(shipped("rules")), shipped("rules") / "oversight" / "settings.example.yaml")
    events = [line.event for line in read_events(SAMPLE / "events.jsonl", book).lines]
    with Overseer(book, engine="both") as overseer:
        assert overseer.observe_many(events) != ()
        assert overseer.agreement is not None
        assert (overseer.agreement.holds, overseer.agreement.count.agreed > 50) == (True, True)
