"""What oversight proposes for each subject and why, as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dutyroute.oversight import OversightReport
from dutyroute.report.html import page

_MOST_MONTHS = 36


def render_oversight(account: OversightReport) -> str:
    """
    Write what an account of oversight tells as one HTML page.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    title, shown = account.say("oversee-title"), tuple(panels(account))
    return page(
        "oversight.html.j2", account.lang, title=title, style="report.css", account=account, panels=shown
    )


@dataclass(frozen=True, slots=True)
class Month:
    """A month's events as a column: its place and height are in hundredths of the chart."""

    label: str
    at: float
    width: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Panel:
    """One subject: what is proposed, what is near, and what happened."""

    name: str
    proposals: tuple[tuple[str, ...], ...]
    near: tuple[str, ...]
    rating: str | None
    timeline: tuple[tuple[str, str], ...]
    months: tuple[Month, ...]


def panels(account: OversightReport) -> Iterator[Panel]:
    """Yield a panel for each subject that has something to show."""
    # In one pass over the history, not one for each subject.
    events: dict[Any, list[tuple[str, str]]] = {}
    for event in account.overseer.history():
        for subject in event.subjects:
            if account.as_of is None or event.at <= account.as_of:
                events.setdefault(subject, []).append((event.at.isoformat(), account.event(event)))
    ever = account.overseer.all_proposals(as_of=account.as_of)
    for state in account.states:
        proposals = tuple(tuple(line.strip() for line in account.proposal(p)) for p in state.standing)
        near, rating = tuple(account.near(n).strip() for n in state.near), account.rating(state)
        # Also who has only been proposed for something before: the timeline shows how that ended.
        if proposals or near or state.proposed:
            made = [(p.at.isoformat(), next(account.proposal(p)).strip()) for p in ever[state.subject]]
            told = sorted((*events.get(state.subject, ()), *made))
            own = tuple(_columns(day for day, _ in events.get(state.subject, ())))
            yield Panel(account.subject(state.subject), proposals, near, rating, tuple(told), own)


def _columns(days: Iterator[str]) -> Iterator[Month]:
    """Set the last months side by side, quiet ones too, the fullest as high as the chart."""
    counts = Counter(day[:7] for day in days)
    numbers = [int(month[:4]) * 12 + int(month[5:]) - 1 for month in sorted(counts)]
    # No more than the last ones that a chart has room for.
    shown = range(max(numbers[0], numbers[-1] - _MOST_MONTHS + 1), numbers[-1] + 1) if numbers else ()
    months = [f"{number // 12:04}-{number % 12 + 1:02}" for number in shown]
    place = 100 / max(len(months), 6)  # a single month would be one wide block
    highest = max((counts[month] for month in months), default=1)
    for at, month in enumerate(months):
        height = round(100 * counts[month] / highest, 2)
        yield Month(month, round(place * (at + 0.12), 2), round(place * 0.76, 2), height, counts[month])
