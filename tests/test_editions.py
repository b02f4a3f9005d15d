"""Editions and two times: what the rules said then, and what was known then."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from books import book, linked, rule
from dutyroute import IncidentError, LedgerError, Router, Rulebook
from dutyroute.ledger import Ledger
from dutyroute.rulebook.editions import known_at, order_of, restore
from dutyroute.rulebook.loader import load
from dutyroute.rulebook.shipped import shipped
from generate import Dice, Writer

CLUTTER = {"matter": "clutter"}
SINCE = {"from": date(2026, 7, 1)}
MARCH, MAY = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 5, 1, 12, tzinfo=UTC)

FIRST = book(rule("a", CLUTTER, {"lead": "housing"}))
CORRECTED = book(rule("a", CLUTTER, {"lead": "planning"}))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


def publish(ledger: Ledger, rulebook: Rulebook, at: datetime, note: str = "") -> None:
    content, order = rulebook.canonical().encode(), order_of(rulebook)
    ledger.publish(content, digest=rulebook.digest, author="住建局", note=note, at=at, order=order)


def asked(router: Router, **times: Any) -> tuple[str, ...]:
    return router.route({**CLUTTER, "reported_at": date(2026, 4, 1)}, **times).lead


# -- editions


def test_the_shipped_rulebook_comes_back_bit_for_bit(ledger: Ledger) -> None:
    rulebook = load(shipped("rules"))
    publish(ledger, rulebook, MARCH)
    back = restore(ledger.edition(rulebook.digest[:15]))
    assert (back, back.canonical()) == (rulebook, rulebook.canonical())


@pytest.mark.parametrize("batch", range(6))
def test_any_rulebook_comes_back_and_decides_the_same(batch: int, tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        for number in range(10):
            writer = Writer(Dice(("edition", batch * 10 + number)))
            rulebook = linked(writer.rulebook())
            publish(ledger, rulebook, MARCH)
            back = Router(restore(ledger.edition(rulebook.digest)))
            assert back.rulebook.canonical() == rulebook.canonical()
            usual = Router(rulebook)
            for _ in range(10):
                given = writer.incident(3)
                assert said(back, given) == said(usual, given)


def said(router: Router, given: Any) -> Any:
    """Decisions whole; of a contradiction only that it is one: which of several is named may differ."""
    try:
        return router.route(given)
    except IncidentError as error:
        return error.code


def test_an_edition_that_is_not_there_is_told(ledger: Ledger) -> None:
    publish(ledger, FIRST, MARCH)
    router = Router(FIRST, ledger=ledger)
    with pytest.raises(LedgerError) as caught:
        router.edition("beef")
    assert caught.value.reason == "ledger-no-edition"


# -- two times


def test_a_retroactive_correction_answers_differently_as_known_then_and_now(ledger: Ledger) -> None:
    publish(ledger, FIRST, MARCH)
    publish(ledger, CORRECTED, MAY, "写错了部门")
    router = Router(CORRECTED, ledger=ledger)
    assert asked(router, as_known=MARCH) == ("housing",)
    assert asked(router, as_known=MAY - timedelta(microseconds=1)) == ("housing",)
    assert asked(router, as_known=MAY) == ("planning",)
    assert asked(router) == ("planning",)
    assert asked(router.edition(FIRST.digest)) == ("housing",)


def test_a_day_that_was_known_counts_to_its_end(ledger: Ledger) -> None:
    publish(ledger, FIRST, MARCH)
    publish(ledger, CORRECTED, MAY)
    router = Router(CORRECTED, ledger=ledger)
    assert asked(router, as_known=date(2026, 4, 30)) == ("housing",)
    assert asked(router, as_known=date(2026, 5, 1)) == ("planning",)


def test_valid_time_and_known_time_are_two(ledger: Ledger) -> None:
    """A rule that was added in May for July on: July as known in March, and as known in May."""
    later = book(
        rule("a", CLUTTER, {"lead": "housing"}, in_force={"until": date(2026, 7, 1)}),
        rule("b", CLUTTER, {"lead": "street-office"}, in_force=SINCE),
    )
    publish(ledger, FIRST, MARCH)
    publish(ledger, later, MAY)
    router = Router(later, ledger=ledger)
    july = date(2026, 7, 15)
    answers = {
        (day, known): asked(router, as_of=day, as_known=known)
        for day in (None, july)
        for known in (MARCH, MAY)
    }
    assert answers == {
        (None, MARCH): ("housing",),
        (None, MAY): ("housing",),
        (july, MARCH): ("housing",),
        (july, MAY): ("street-office",),
    }


def test_before_the_first_edition_nothing_was_known(ledger: Ledger) -> None:
    publish(ledger, FIRST, MARCH)
    with pytest.raises(LedgerError) as caught:
        asked(Router(FIRST, ledger=ledger), as_known=date(2026, 2, 28))
    assert caught.value.describe("en").endswith(
        "no rulebook had been published by 2026-02-28 23:59:59Z; "
        "use a later time, or publish first: dutyroute ledger publish"
    )


def test_without_a_ledger_nothing_was_published() -> None:
    with pytest.raises(LedgerError) as caught:
        asked(Router(FIRST), as_known=MARCH)
    assert caught.value.reason == "ledger-none"


@pytest.mark.parametrize("seed", range(10))
def test_timelines_in_a_ledger_agree_with_a_plain_list(seed: int, tmp_path: Path) -> None:
    timelines(seed, tmp_path, 300)


def test_twenty_thousand_timelines_agree_with_a_plain_list() -> None:
    """Which edition counts, and what it says on a day; editions are drawn from fifty that are made once."""
    dice = Dice("timelines")
    drawn = [spans_of(dice) for _ in range(50)]
    routers = [Router(book(*versions(spans))) for spans in drawn]
    for number in range(20_000):
        published = [(MARCH + timedelta(hours=dice.roll(60)), dice.roll(50)) for _ in range(dice.roll(6))]
        record = Kept(tuple(Frozen(routers[which].rulebook, moment) for moment, which in published))
        day, known = date(2026, 1, 1) + timedelta(days=dice.roll(310)), MARCH + timedelta(hours=dice.roll(62))
        told = [(moment, drawn[which]) for moment, which in published]
        try:
            edition = known_at(record, known)
            clerk = next(routers[which] for _, which in published if routers[which].rulebook is edition.book)
            found: Any = clerk.route(CLUTTER, as_of=day).lead
        except IncidentError as error:
            found = error.code
        except LedgerError as error:
            found = error.reason
        assert found == expected(told, day, known), number


@dataclass(frozen=True, slots=True)
class Frozen:
    """An edition that keeps its rulebook."""

    book: Rulebook
    published: datetime
    content: bytes = b"{}"

    @property
    def digest(self) -> str:
        return self.book.digest


@dataclass(frozen=True, slots=True)
class Kept:
    """A record of nothing but editions."""

    frozen: tuple[Frozen, ...]
    path: str = "kept"

    def editions(self) -> tuple[Frozen, ...]:
        return self.frozen


def spans_of(dice: Dice) -> list[tuple[date, str]]:
    cuts = sorted({date(2026, 1, 1) + timedelta(days=dice.count(1, 300)) for _ in range(3)})
    return [(cut, dice.pick(LEADS)) for cut in cuts]


LEADS = ("housing", "planning", "street-office", "property-company")


def timelines(seed: int, folder: Path, questions: int) -> None:
    """Publish versions of one rule with random periods; ask at random days and moments."""
    dice = Dice(("timeline", seed))
    published: list[tuple[datetime, list[tuple[date, str]]]] = []
    with Ledger.open(folder / "ledger.db") as ledger:
        rulebook = FIRST
        for _ in range(dice.count(1, 8)):
            moment = MARCH + timedelta(hours=dice.count(0, 60))
            spans = spans_of(dice)
            rulebook = book(*versions(spans))
            publish(ledger, rulebook, moment)
            published.append((moment, spans))
        router = Router(rulebook, ledger=ledger)
        for _ in range(questions):
            known = MARCH + timedelta(hours=dice.count(-3, 70), minutes=dice.count(-1, 1))
            day = date(2026, 1, 1) + timedelta(days=dice.count(0, 310))
            found = answered(router, day, known)
            assert found == expected(published, day, known), (seed, day, known)


def versions(spans: list[tuple[date, str]]) -> list[dict[str, Any]]:
    ends = [*(since for since, _ in spans[1:]), None]
    return [
        rule(
            f"from-{since}",
            CLUTTER,
            {"lead": lead},
            in_force={"from": since} | ({"until": until} if until else {}),
        )
        for (since, lead), until in zip(spans, ends, strict=True)
    ]


def answered(router: Router, day: date, known: datetime) -> Any:
    try:
        return router.route(CLUTTER, as_of=day, as_known=known).lead
    except IncidentError as error:
        return error.code
    except LedgerError as error:
        return error.reason


def expected(published: list[tuple[datetime, list[tuple[date, str]]]], day: date, known: datetime) -> Any:
    """Read the list as a person would: the last in the list of those published by then, the last span begun."""
    then = [spans for moment, spans in published if moment <= known]
    if not then:
        return "ledger-nothing-known"
    spans = then[-1]
    begun = [lead for since, lead in spans if since <= day]
    return (begun[-1],) if begun else "incident-no-rules-then"


# -- recording


def test_a_decision_is_in_the_ledger_before_it_is_told(ledger: Ledger) -> None:
    publish(ledger, FIRST, MARCH)
    router = Router(FIRST, ledger=ledger, redact=["text"], clock=lambda: MAY)
    decision = router.route({**CLUTTER, "id": "A-1", "text": "张家门口", "reported_at": date(2026, 4, 1)})
    (entry,) = (each for each in ledger.entries() if each.kind == "decision")
    body = entry.content
    assert (entry.moment, body["edition"]) == (MAY, FIRST.digest)
    assert body["decision"] == decision.to_dict()
    assert set(body["incident"].pop("text")) == {"redacted"}
    assert Router(FIRST).route(body["incident"]) == decision


def test_a_question_about_another_time_is_not_a_decision(ledger: Ledger) -> None:
    publish(ledger, FIRST, MARCH)
    router = Router(FIRST, ledger=ledger)
    asked(router, as_of=date(2026, 1, 1))
    asked(router, as_known=MAY)
    assert [entry.kind for entry in ledger.entries()] == ["edition"]


def test_nobody_decides_by_rules_that_were_not_published(ledger: Ledger) -> None:
    publish(ledger, FIRST, MARCH)
    with pytest.raises(LedgerError) as caught:
        Router(CORRECTED, ledger=ledger)
    assert caught.value.reason == "ledger-unpublished"


def test_a_router_that_records_does_not_travel(ledger: Ledger) -> None:
    """In another process it would decide without recording."""
    publish(ledger, FIRST, MARCH)
    with pytest.raises(TypeError):
        pickle.dumps(Router(FIRST, ledger=ledger))


@pytest.mark.parametrize("seed", range(4))
def test_what_was_told_reads_as_the_same_incident_again(seed: int) -> None:
    writer = Writer(Dice(("told", seed)))
    router = Router(linked(writer.rulebook()))
    for _ in range(50):
        incident = router.incident(writer.incident(3))
        assert router.incident(incident.to_dict()) == incident
