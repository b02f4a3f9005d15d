"""What the policy's text does not allow is not proposed, whatever is configured."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import Any

import pytest

from books import written
from dutyroute import Overseer, load
from dutyroute.oversight import Event, OversightReport
from dutyroute.rulebook.build import link
from dutyroute.rulebook.oversight import SANCTIONS
from dutyroute.rulebook.shipped import shipped
from watching import CHARTER, event, watched

COMPANY = ("property-company", "甲")
CROWD = [event(f"C{n}", "complaint", 20 + n % 3) for n in range(12)]
OVERDUE = event("O", "rectification-ordered", 0)


def measures(overseer: Overseer) -> set[str]:
    return {p.measure for p in overseer.standing()}


def faults(**changes: Any) -> list[str]:
    return [fault.code for fault in link(written(**{**CHARTER, **changes}))[1]]


def changed(name: str, **keys: Any) -> tuple[dict[str, Any], ...]:
    return tuple({**m, **keys} if m["id"] == name else m for m in CHARTER["measures"])


def test_nobody_is_sanctioned_without_an_order_on_record() -> None:
    overseer = Overseer(watched())
    overseer.observe_many(CROWD)
    assert measures(overseer) == {"watch"}


def test_nobody_is_sanctioned_within_the_time_to_rectify() -> None:
    overseer = Overseer(watched())
    overseer.observe_many([*CROWD, event("O", "rectification-ordered", 19)])
    assert measures(overseer) == {"watch"}


def test_an_order_without_a_time_limit_sanctions_nobody() -> None:
    """The setting is empty and the order names no day: that is unknown, and a person is asked."""
    empty = tuple(
        {k: v for k, v in s.items() if k != "value" or s["id"] == "many"} for s in CHARTER["settings"]
    )
    overseer = Overseer(watched(settings=empty))
    overseer.observe_many([OVERDUE, *CROWD])
    assert measures(overseer) == {"watch"}


def test_a_ban_does_not_wait_for_the_milder_sanctions() -> None:
    """The list is no ladder: all that are called for are proposed at once."""
    overseer = Overseer(watched())
    found = overseer.observe_many([OVERDUE, *CROWD])
    days = {p.measure: p.at for p in found if p.measure in ("talk", "ban")}
    assert days["talk"] == days["ban"]


def test_a_sanction_cannot_presuppose_another() -> None:
    assert faults(measures=changed("ban", when={"talk_taken": True})) == ["sanction-ladder"]


def test_a_ban_is_a_candidate_for_a_person() -> None:
    overseer = Overseer(watched())
    overseer.observe_many([OVERDUE, *CROWD])
    told = {p.measure: (p.candidate, p.decided_by) for p in overseer.standing()}
    assert told == {"watch": (False, "person"), "talk": (False, "person"), "ban": (True, "person")}


@pytest.mark.parametrize("subject", ["community", "street-office", ("property-company", "community")])
def test_a_sanction_touches_property_companies_only(subject: Any) -> None:
    assert faults(measures=changed("talk", subject=subject)) == ["sanction-not-company"]


def test_an_empty_setting_triggers_nothing() -> None:
    empty = tuple({k: v for k, v in s.items() if k != "value"} for s in CHARTER["settings"])
    overseer = Overseer(watched(settings=empty))
    overseer.observe_many([OVERDUE, *CROWD])
    assert measures(overseer) == set()
    assert overseer.lowered.off == {"watch": ("many",)}
    assert [s.id for s in overseer.off()] == ["many", "rectify-days"]


def test_the_shipped_rules_trigger_nothing_until_somebody_decides() -> None:
    book = load(shipped("rules"))
    overseer = Overseer(book)
    assert overseer.lowered.active == ()
    filled = [s.id for s in book.oversight.settings.values() if s.value is not None]
    assert filled == ["city-level-channels"]


def test_the_shipped_sanctions_count_city_level_complaints() -> None:
    oversight = load(shipped("rules")).oversight
    sanctions = [m for m in oversight.measures.values() if m.is_sanction]
    assert {m.kind for m in sanctions} == SANCTIONS
    assert {key for m in sanctions for key in m.when} == {"city_complaints"}
    assert oversight.counters["city_complaints"].counts.channels_of == "city-level-channels"
    assert oversight.settings["city-level-channels"].value == ("city-hotline",)


def test_measures_in_a_circle_are_refused() -> None:
    assert faults(measures=changed("watch", when={"meeting_proposed": True})) == ["measure-cycle"]


UNFOUNDED = [event(f"U{n}", "complaint", 20 + n % 3, outcome="unfounded") for n in range(12)]
DECIDED = {"id": "unfounded", "title": "不属实", "cite": "opinion/1.1"}


def counting(**keys: Any) -> tuple[dict[str, Any], ...]:
    return tuple(
        {**each, "counts": {**each["counts"], **keys}} if each["id"] == "complaints" else each
        for each in CHARTER["counters"]
    )


def test_complaints_that_were_unfounded_count_towards_nothing() -> None:
    overseer = Overseer(watched())
    overseer.observe_many([OVERDUE, *UNFOUNDED])
    assert measures(overseer) == set()
    assert overseer.state(COMPANY).counts["complaints"] == 0


COMPLAINTS = [event(f"C{n}", "complaint", 20 + n % 3) for n in range(5)]


def found_unfounded(of: str, day: int = 23) -> Event:
    return event(f"D-{of}", "incident-decided", day, of=of, outcome="unfounded")


def test_a_complaint_that_a_later_event_finds_unfounded_counts_no_longer() -> None:
    """The proposal that it led to is withdrawn once the others do not suffice."""
    overseer = Overseer(watched())
    overseer.observe_many([OVERDUE, *COMPLAINTS])
    assert "ban" in measures(overseer)
    for number in range(5):
        overseer.observe(found_unfounded(f"C{number}"))
        assert overseer.state(COMPANY).counts["complaints"] == 4 - number
    assert "ban" not in measures(overseer)


def test_a_proposal_that_stands_without_it_says_so() -> None:
    overseer = Overseer(watched())
    overseer.observe_many([OVERDUE, *COMPLAINTS])
    (before,) = (each for each in overseer.standing() if each.measure == "ban")
    overseer.observe(found_unfounded("C3"))
    (after,) = (each for each in overseer.standing() if each.measure == "ban")
    assert after == replace(before, unfounded=("C3",))
    assert (before.to_dict().get("unfounded"), after.to_dict()["unfounded"]) == (None, ["C3"])
    (said,) = (line for line in OversightReport(overseer, None, "zh").proposal(after) if "不再计入" in line)
    assert said.strip() == "后来认定不属实、不再计入：C3"


def test_the_order_in_which_such_events_arrive_makes_no_difference() -> None:
    late, prompt = Overseer(watched(), lateness=90), Overseer(watched(), lateness=90)
    told = [OVERDUE, *COMPLAINTS, found_unfounded("C1", 21), found_unfounded("C4", 23)]
    prompt.observe_many(sorted(told, key=attrgetter("at")))
    for each in reversed(told):
        late.observe(each)
    assert late.state(COMPANY) == prompt.state(COMPANY)
    assert late.state(COMPANY).counts["complaints"] == 3


@pytest.mark.parametrize("value, counted", [(None, 0), (0, 0), (1, 12)])
def test_whether_they_count_is_a_setting(value: int | None, counted: int) -> None:
    settings = (*CHARTER["settings"], DECIDED if value is None else {**DECIDED, "value": value})
    overseer = Overseer(watched(settings=settings, counters=counting(unfounded_of="unfounded")))
    overseer.observe_many([OVERDUE, *UNFOUNDED])
    assert overseer.state(COMPANY).counts["complaints"] == counted
    assert ("ban" in measures(overseer)) is bool(counted)


def test_a_counter_may_be_about_what_was_unfounded() -> None:
    overseer = Overseer(watched(counters=counting(outcomes="unfounded")))
    overseer.observe_many(UNFOUNDED)
    assert overseer.state(COMPANY).counts["complaints"] == 12


def test_the_setting_has_to_exist_and_to_be_a_number() -> None:
    assert faults(counters=counting(unfounded_of="nothing-such")) != []
    names = ({**DECIDED, "type": "names"},)
    assert faults(settings=(*CHARTER["settings"], *names), counters=counting(unfounded_of="unfounded")) != []


def test_nobody_is_banned_for_unfounded_complaints_by_the_shipped_rules() -> None:
    book = load(shipped("rules"))
    assert "unfounded-complaints" in {setting.id for setting in book.oversight.empty()}
    assert book.oversight.counters["city_complaints"].counts.unfounded_of == "unfounded-complaints"
