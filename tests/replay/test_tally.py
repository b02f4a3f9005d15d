"""What is counted can be put down and taken up, and adds up."""

from __future__ import annotations

import json
import string
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from dutyroute.replay import Judgement, Outcome
from dutyroute.replay.summary import AREAS, EXAMPLES, OTHERS, Example, Tally

WORDS = st.text(string.ascii_lowercase, max_size=5)
SEVERAL = st.lists(WORDS, max_size=2).map(tuple)
VERDICTS = st.builds(
    Judgement,
    st.sampled_from(Outcome),
    WORDS,
    SEVERAL,
    st.none() | WORDS,
    SEVERAL,
    SEVERAL,
    WORDS,
    SEVERAL,
    SEVERAL,
)
COUNTS = st.lists(st.tuples(VERDICTS, st.integers(0, 9), st.none() | WORDS, st.none() | WORDS), max_size=12)


def tally(rows: list[tuple[Judgement, int, str | None, str | None]]) -> Tally:
    made = Tally()
    for verdict, count, month, area in rows:
        made.count(verdict, count)
        if count and made.wants(verdict) > 0:
            made.show(verdict, Example("a.csv", 7, "=1", "2026-01-01", "<b>", "街道"))
        if month is not None:
            made.months.setdefault(month, Counter())[verdict.outcome] += count
        if area is not None:
            made.count_area(area, verdict.outcome, count)
    return made


@given(COUNTS)
def test_a_tally_written_down_reads_back_the_same(
    rows: list[tuple[Judgement, int, str | None, str | None]],
) -> None:
    made = tally(rows)
    again = Tally.from_dict(json.loads(json.dumps(made.to_dict())))
    assert again == made
    assert list(again.judgements) == list(made.judgements)


@given(COUNTS, COUNTS)
def test_two_tallies_added_are_one_of_all_rows(
    first: list[tuple[Judgement, int, str | None, str | None]],
    second: list[tuple[Judgement, int, str | None, str | None]],
) -> None:
    """Examples too: the first five of all, in the order of the rows."""
    added = tally(first)
    added.add(tally(second))
    assert added == tally([*first, *second])


@given(COUNTS)
def test_the_six_outcomes_add_up_to_the_rows(
    rows: list[tuple[Judgement, int, str | None, str | None]],
) -> None:
    made = tally(rows)
    assert list(made.counts) == list(Outcome)
    assert sum(made.counts.values()) == made.rows == sum(count for _, count, _, _ in rows)


def test_examples_are_few() -> None:
    made, verdict = Tally(), Judgement(Outcome.DIVERGE, "no-role")
    for row in range(EXAMPLES):
        assert made.wants(verdict) == EXAMPLES - row
        made.show(verdict, Example("a.csv", row, ""))
    assert made.wants(verdict) == 0


def test_areas_beyond_number_are_counted_together() -> None:
    made = Tally()
    for number in range(AREAS + 5):
        made.count_area(f"area {number}", Outcome.AGREE, 1)
    assert len(made.areas) == AREAS + 1
    assert made.areas[OTHERS][Outcome.AGREE] == 5
