"""
What an incident may look like, and what is said of one that cannot be read.

`tests/incidents/bad.txt` holds what a person is told, word for word. After a
change of wording `DUTYROUTE_ACCEPT=1 pytest tests/test_incident.py` writes it
anew, for a person to read in the diff.
"""

from __future__ import annotations

import os
import pickle
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from books import WORDS, router, rule, written
from dutyroute import Incident, IncidentError, Router
from dutyroute.routing.incident import LONGEST_ID, LONGEST_TEXT, IncidentReader
from dutyroute.rulebook.build import link
from texts import AREAS

GOLDEN = Path(__file__).parent / "incidents" / "bad.txt"
NAN, INFINITE = float("nan"), float("inf")
MILLION = "长" * 1_000_000
HUGE = 10**5_000
FACTS = "one of " + ", ".join([*(fact["id"] for fact in WORDS["facts"]), "matter"])
MATTERS = "one of " + ", ".join(matter["id"] for matter in WORDS["matters"])
RESPONDENTS = "one of owner, property-company, owners-committee"
BIDDERS = "a whole number, at least 0, at most 9"
DATE = "a date such as 2026-03-01"


@pytest.fixture(scope="module")
def clerk() -> Router:
    """A router whose rules are in force in 2026 and that knows of contradictions."""
    return router(
        rule("fire", {"matter": "violation"}, {"lead": "housing"}),
        header={"in_force": {"from": date(2026, 1, 1), "until": date(2027, 1, 1)}},
        impossible=(
            {"respondent": "property-company", "has_company": False},
            {"matter": ("clutter", "complaint"), "urgent": True},
        ),
    )


@dataclass(frozen=True)
class Bad:
    """An incident that cannot be read, and what its error carries."""

    given: Any
    code: str
    fact: str | None
    value: Any = None
    expected: str = ""
    suggestion: str | None = None


def wrong(fact: str, value: Any, expected: str, suggestion: str | None = None) -> Bad:
    """Say that a value is none of its fact's."""
    return Bad({"matter": "clutter", fact: value}, "incident-wrong-value", fact, value, expected, suggestion)


def matter(given: Any, value: Any, suggestion: str | None = None) -> Bad:
    return Bad({"matter": given}, "incident-wrong-value", "matter", value, MATTERS, suggestion)


def stranger(key: Any, fact: str, suggestion: str | None = None) -> Bad:
    """Say that there is no such fact."""
    given = {"matter": "clutter", key: "x"}
    return Bad(given, "incident-unknown-fact", fact, "x", FACTS, suggestion)


def twice(given: dict[str, Any], fact: str, value: Any) -> Bad:
    return Bad({"matter": "clutter", **given}, "incident-fact-twice", fact, value)


def no_matter(given: dict[str, Any]) -> Bad:
    return Bad(given, "incident-without-matter", "matter", None, MATTERS, "fire-lane")


def too_long(fact: str, value: str, most: int) -> Bad:
    return Bad({"matter": "clutter", fact: value}, "incident-too-long", fact, value, str(most))


IN_FORCE = "from 2026-01-01 until 2027-01-01 (not included)"


def zoneless(at: object) -> Bad:
    return Bad({"matter": "clutter", "built_on": at}, "incident-needs-timezone", "built_on", at)


BAD: dict[str, Bad] = {
    # no mapping, no matter
    "nothing": Bad(None, "incident-not-a-mapping", None, None),
    "a text": Bad("clutter", "incident-not-a-mapping", None, "clutter"),
    "a list of pairs": Bad([("matter", "clutter")], "incident-not-a-mapping", None, [("matter", "clutter")]),
    "an empty mapping": no_matter({}),
    "an unknown matter": no_matter({"matter": None}),
    "a list of no matters": no_matter({"matter": []}),
    # the matter
    "a misspelt matter": matter("cluter", "cluter", "clutter 乱堆乱放"),
    "a matter in half": matter("占用消防", "占用消防", "fire-lane 占用消防通道"),
    "a misspelt matter among several": matter(["fire-lane", "cluter"], "cluter", "clutter 乱堆乱放"),
    "an unknown word for a matter": matter("earthquake", "earthquake"),
    "a number for a matter": matter(7, 7),
    "a mapping for a matter": matter({"clutter": 1}, {"clutter": 1}),
    "a set of matters": matter({"clutter"}, {"clutter"}),
    "matters in a list in a list": matter([["clutter"]], ["clutter"]),
    "bytes for a matter": matter(b"clutter", b"clutter"),
    "the same matter twice": Bad(
        {"matter": ["clutter", "乱堆乱放"]}, "incident-matter-twice", "matter", "乱堆乱放"
    ),
    # keys
    "a misspelt fact": stranger("respondant", "respondant", "respondent 行为人"),
    "a fact's name in half": stranger("被投诉", "被投诉", "respondent 行为人"),
    "a misspelt id": stranger("ids", "ids", "id"),
    "an unknown fact": stranger("垃圾", "垃圾"),
    "a number for a key": stranger(1, "1"),
    "nothing for a key": stranger(None, "None"),
    "a tuple for a key": stranger(("floor",), "('floor',)"),
    "a date for a key": stranger(date(2026, 1, 1), "2026-01-01"),
    "a huge number for a key": stranger(HUGE, "int"),
    "a lone surrogate for a key": stranger("\ud800", "\ud800"),
    # values of an enumeration
    "a misspelt value": wrong("respondent", "ownr", RESPONDENTS, "owner 业主"),
    "a value's name in half": wrong("行为人", "物业", RESPONDENTS, "property-company 物业企业"),
    "an empty value": wrong("respondent", "", RESPONDENTS),
    "a list of values": wrong("respondent", ["owner"], RESPONDENTS),
    "a mapping for a value": wrong("respondent", {"owner": True}, RESPONDENTS),
    "a set for a value": wrong("respondent", {"owner"}, RESPONDENTS),
    "a number for an enumeration": wrong("respondent", 1, RESPONDENTS),
    "a yes for an enumeration": wrong("respondent", True, RESPONDENTS),
    "no number for an enumeration": wrong("respondent", NAN, RESPONDENTS),
    "a huge number for an enumeration": wrong("respondent", HUGE, RESPONDENTS),
    "a million characters": wrong("respondent", MILLION, RESPONDENTS),
    "a lone surrogate": wrong("respondent", "\udfff", RESPONDENTS),
    # yes or no
    "one for a yes": wrong("has_company", 1, "true or false"),
    "nought for a no": wrong("has_company", 0, "true or false"),
    "a perhaps": wrong("has_company", "maybe", "true or false"),
    "a list for a yes": wrong("has_company", [True], "true or false"),
    "no number for a yes": wrong("has_company", NAN, "true or false"),
    # numbers
    "a yes for a number": wrong("bidders", True, BIDDERS),
    "a fraction for a number": wrong("bidders", 3.5, BIDDERS),
    "text for a number": wrong("bidders", "3", BIDDERS),
    "too small a number": wrong("bidders", -1, BIDDERS),
    "too large a number": wrong("bidders", 10, BIDDERS),
    "a huge number": wrong("bidders", HUGE, BIDDERS),
    "a list for a number": wrong("bidders", [3], BIDDERS),
    "no number": wrong("floor", NAN, "a whole number"),
    "an infinite number": wrong("floor", INFINITE, "a whole number"),
    "a no for a number": wrong("floor", False, "a whole number"),
    # dates
    "a date without noughts": wrong("built_on", "2026-3-1", DATE, "2026-03-01"),
    "a Chinese date": wrong("built_on", "2026年3月1日", DATE, "2026-03-01"),
    "a day that is none": wrong("built_on", "2026-02-30", DATE),
    "a word for a date": wrong("built_on", "yesterday", DATE),
    "a time that is none for a date": wrong("built_on", "2026-03-01T25:00", DATE),
    "a time with an offset for a date": zoneless(datetime(2026, 3, 1, 12, tzinfo=UTC)),
    "a written time with an offset for a date": zoneless("2026-03-01T12:00Z"),
    "a number for a date": wrong("built_on", 20260301, DATE),
    "a million blanks in a date": wrong("built_on", "2026-3-1" + " " * 1_000_000 + "x", DATE),
    "a mapping for a date": wrong("built_on", {"year": 2026}, DATE),
    # twice
    "a fact by its name and its id": twice({"respondent": "owner", "行为人": "owner"}, "行为人", "owner"),
    "a fact by its alias and its id": twice({"被投诉人": None, "respondent": "owner"}, "respondent", "owner"),
    # days and contradictions
    "a day before every rule": Bad(
        {"matter": "clutter", "reported_at": "2025-12-31"},
        "incident-no-rules-then",
        "reported_at",
        "2025-12-31",
        IN_FORCE,
    ),
    "a day after every rule": Bad(
        {"matter": "clutter", "reported_at": date(2027, 1, 1)},
        "incident-no-rules-then",
        "reported_at",
        "2027-01-01",
        IN_FORCE,
    ),
    "facts that contradict each other": Bad(
        {"matter": "fire-lane", "respondent": "property-company", "has_company": False},
        "incident-impossible",
        "respondent",
        "respondent: property-company, has_company: false",
    ),
    # the incident's own words
    "too long an id": too_long("id", "x" * (LONGEST_ID + 1), LONGEST_ID),
    "a list for an id": wrong("id", ["A-1"], "text"),
    "a yes for an id": wrong("id", True, "text"),
    "a huge number for an id": wrong("id", HUGE, "text"),
    "too long a text": too_long("text", MILLION, LONGEST_TEXT),
    "a number for a text": wrong("text", 7, "text"),
}

EACH = pytest.mark.parametrize("name", BAD)


def refused(clerk: Router, given: Any) -> IncidentError:
    with pytest.raises(IncidentError) as caught:
        clerk.route(given)
    return caught.value


def told(error: IncidentError) -> str:
    """Return what a person reads, in both languages, as any file can hold it."""
    text = f"zh: {error.describe('zh')}\nen: {error.describe('en')}\n"
    return text.encode("utf-8", "backslashreplace").decode()


@EACH
def test_an_error_carries_fact_value_expectation_and_suggestion(clerk: Router, name: str) -> None:
    """Whoever catches it need not read the text."""
    bad, error = BAD[name], refused(clerk, BAD[name].given)
    assert (error.code, error.fact, error.expects("en"), error.suggestion) == (
        bad.code,
        bad.fact,
        bad.expected,
        bad.suggestion,
    )
    assert error.value is bad.value or error.value == bad.value


@EACH
def test_a_person_is_told_word_for_word(clerk: Router, name: str) -> None:
    """In Chinese and in English, and never a megabyte of it."""
    texts = dict(_sections(GOLDEN.read_text(encoding="utf-8")))
    assert told(refused(clerk, BAD[name].given)) == texts[name]


def _sections(text: str) -> list[tuple[str, str]]:
    parts = (part.partition("\n") for part in text.removeprefix("== ").split("\n== "))
    return [(name, body.rstrip("\n") + "\n") for name, _, body in parts]


def test_the_texts_are_those_of_the_cases(clerk: Router) -> None:
    """No text is left over; where asked to, all are written anew."""
    if os.environ.get("DUTYROUTE_ACCEPT"):
        written = (f"== {name}\n{told(refused(clerk, bad.given))}" for name, bad in BAD.items())
        GOLDEN.write_text("\n".join(written), encoding="utf-8")
    assert [name for name, _ in _sections(GOLDEN.read_text(encoding="utf-8"))] == list(BAD)


@EACH
def test_an_error_about_an_incident_travels(clerk: Router, name: str) -> None:
    """It is the same on the other side of a pipe."""
    error = refused(clerk, BAD[name].given)
    travelled = pickle.loads(pickle.dumps(error))
    assert told(travelled) == told(error)
    assert travelled == error or error.value is NAN


def test_every_message_about_incidents_is_shown() -> None:
    """A message that no case brings up would never be read before a user does."""
    elsewhere = {"incident-too-open", "incident-too-open-for-rete"}  # test_router.py, cli/test_engines.py
    assert {bad.code for bad in BAD.values()} | elsewhere == set(AREAS["incidents"])


def test_an_error_names_the_incident_it_is_about(clerk: Router) -> None:
    """By its own id, where it has one."""
    assert refused(clerk, {"id": "A-1", "matter": "cluter"}).incident == "A-1"
    assert refused(clerk, {"id": "A-1", "matter": "clutter", "floor": 1.5}).incident == "A-1"
    assert refused(clerk, {"id": "A-1"}).incident == "A-1"
    assert refused(clerk, {"matter": "cluter"}).incident is None


def test_a_contradiction_names_what_the_given_facts_contradict(clerk: Router) -> None:
    """Not another condition that some unknown fact could meet as well."""
    error = refused(clerk, {"matter": "clutter", "urgent": True})
    assert (error.fact, error.value) == ("matter", "matter: [clutter, complaint], urgent: true")


# -- what can be read


def read(given: dict[str, Any]) -> Incident:
    return IncidentReader(router().rulebook).read(given)


def test_facts_and_values_are_read_by_id_name_or_alias() -> None:
    """All ways to write it come to the same incident."""
    by_id = read({"matter": "fire-lane", "respondent": "owner", "has_company": True})
    assert by_id == read({"事项": "占用消防通道", "行为人": "业主", "有物业": "是"})
    assert by_id == read({"matter": "堵塞消防通道", "被投诉人": "房主", "has company": "yes"})
    assert by_id == Incident(
        None,
        ("fire-lane",),
        {"respondent": "owner", "has_company": True, "in_community": True},
        (("in_community", True),),
    )


@pytest.mark.parametrize(
    "given",
    [
        {"matter": "Fire Lane", "RESPONDENT": "Owner", "Has_Company": "ＹＥＳ"},
        {"ｍａｔｔｅｒ": "占用 消防通道", "行 为 人": "业主\u200b", "有物业": " 是"},
        {"事项\u3000": ["堵塞消防通道 "], "被投诉人": "\ufeff房主", "has  company": "TRUE"},
    ],
)
def test_names_are_compared_without_width_case_blanks_and_unseen_signs(given: dict[str, Any]) -> None:
    """As histories and events are read, so that none of them means something else by a name."""
    assert read(given) == read({"matter": "fire-lane", "respondent": "owner", "has_company": True})


def test_a_name_of_two_entries_that_an_old_edition_has_is_taken_only_as_it_is_written() -> None:
    """No rulebook can have such names any more; what was published is not refused."""
    words = deepcopy(WORDS)
    words["matters"][3]["aliases"] = ("违建（已建）",)
    words["matters"][4]["aliases"] = ("违建(已建)",)
    data = {**written(rule("any", {}, {"lead": "housing"})), **words}
    assert [fault.code for fault in link(data)[1]] == ["ambiguous-name"]
    published, _ = link(data, is_published=True)
    assert published is not None
    reader = IncidentReader(published)
    assert reader.read({"matter": "违建（已建）"}).matters == ("clutter",)
    assert reader.read({"matter": "违建(已建)"}).matters == ("complaint",)
    with pytest.raises(IncidentError):
        reader.read({"matter": "违建（已建)"})


@pytest.mark.parametrize("yes", [True, "true", "True", "TRUE", "yes", "Yes", "是", "有"])
def test_a_yes_can_be_written_in_many_ways(yes: object) -> None:
    assert read({"matter": "clutter", "urgent": yes}).facts["urgent"] is True


@pytest.mark.parametrize("no", [False, "false", "False", "FALSE", "no", "No", "否", "无", "没有", "不是"])
def test_a_no_can_be_written_in_many_ways(no: object) -> None:
    assert read({"matter": "clutter", "urgent": no}).facts["urgent"] is False


def test_a_date_may_be_a_date_or_iso_text() -> None:
    for day in (date(2026, 3, 1), "2026-03-01"):
        assert read({"matter": "clutter", "built_on": day}).facts["built_on"] == date(2026, 3, 1)


def test_a_default_stands_in_for_a_fact_that_is_not_mentioned() -> None:
    """And the incident says so."""
    found = read({"matter": "clutter"})
    assert (found.facts, found.assumed) == ({"in_community": True}, (("in_community", True),))


def test_nothing_stands_for_unknown_also_where_there_is_a_default() -> None:
    """Whoever writes null has thought of the fact and does not know."""
    found = read({"matter": "clutter", "in_community": None, "floor": None})
    assert (found.facts, found.assumed) == ({}, ())


def test_a_given_fact_is_never_assumed() -> None:
    found = read({"matter": "clutter", "in_community": True})
    assert (found.facts, found.assumed) == ({"in_community": True}, ())


def test_matters_may_be_one_or_several_in_their_order() -> None:
    assert read({"matter": "clutter"}).matters == ("clutter",)
    assert read({"matter": ["clutter", "占用消防通道"]}).matters == ("clutter", "fire-lane")
    assert read({"matter": ("complaint",)}).matters == ("complaint",)


def test_an_id_may_be_a_whole_number() -> None:
    """Tables have them; an id is text all the same."""
    assert read({"id": 17, "matter": "clutter"}).id == "17"


def test_the_longest_id_and_text_are_read() -> None:
    found = read({"id": "x" * LONGEST_ID, "text": "长" * LONGEST_TEXT, "matter": "clutter"})
    assert (len(found.id or ""), len(found.text or "")) == (LONGEST_ID, LONGEST_TEXT)


def test_a_whole_number_without_bounds_may_be_huge() -> None:
    assert read({"matter": "clutter", "floor": HUGE}).facts["floor"] == HUGE


def test_the_smallest_and_the_largest_value_are_read() -> None:
    for number in (0, 9):
        assert read({"matter": "clutter", "bidders": number}).facts["bidders"] == number


def test_text_of_another_class_is_text() -> None:
    """NumPy and enumerations hand over subclasses of `str`."""

    class Label(str):
        __slots__ = ()

    found = read({Label("matter"): Label("clutter"), "respondent": Label("owner")})
    assert (found.matters, found.facts["respondent"]) == (("clutter",), "owner")


def test_reading_does_not_change_what_was_given() -> None:
    given = {"matter": ["clutter"], "in_community": None}
    read(given)
    assert given == {"matter": ["clutter"], "in_community": None}
