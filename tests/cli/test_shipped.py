"""The shipped rulebook through the command: what everybody will try first."""

import json

import pytest

OWNER = ("--fact", "respondent=owner", "--fact", "has_property_company=true", "--fact", "channel=patrol")


def answer(run, *arguments: str):
    done = run("route", "--format", "json", "--fact", "important=false", *arguments)
    return done.status, json.loads(done.out)


@pytest.mark.parametrize(
    "matter,lead,enforces",
    [
        ("fire-lane-blocking", "street-office", "street-office"),
        ("illegal-construction", "housing", "housing"),
        ("违章停车", "street-office", None),
    ],
)
def test_the_lead_and_who_enforces(run, matter: str, lead: str, enforces: str | None) -> None:
    status, found = answer(run, "--matter", matter, *OWNER)
    (ruling,) = found["rulings"]
    held = {(duty["role"], duty["party"]) for duty in ruling["duties"] if duty["certain"]}
    assert status == 0
    assert ruling["lead"] == [lead]
    assert {party for role, party in held if role == "enforce"} == {enforces} - {None}
    assert ("dissuade", "property-company") in held


def test_a_person_reads_that_the_text_is_a_draft(run) -> None:
    done = run("route", "--matter", "占用消防通道", *OWNER)
    assert done.status == 0
    assert "征求意见稿，不作生效依据" in done.out
    assert "三（二）1（5）" in done.out


def test_the_demonstration_is_answered_whole(run) -> None:
    from dutyroute.rulebook.shipped import shipped

    done = run("route", "--format", "json", str(shipped("cases") / "demo" / "incidents.yaml"))
    found = [json.loads(line) for line in done.out.splitlines()]
    assert done.status == 0
    assert len(found) >= 6
    assert {each["status"] for each in found} <= {"routed", "incomplete"}


def test_every_clause_that_bears_duties_has_a_rule(run) -> None:
    assert json.loads(run("trace", "--format", "json").out)["unmapped"] == []


def test_the_shipped_cases_pass(run) -> None:
    done = run("test")
    assert done.status == 0, done.out


@pytest.mark.parametrize("said", ["", "不详", "未知", "unknown"])
def test_a_flag_says_that_nobody_knows_about_whom_it_is(run, said: str) -> None:
    """Without the flag the respondent is no public body; with it, it may be one."""
    call = ("--matter", "greenery-destruction", "--fact", "channel=city-hotline")
    (_, silent), (_, unknown) = answer(run, *call), answer(run, *call, "--fact", f"行为人={said}")
    assert silent["assumed"]["respondent"] == {"not": ["street-office", "housing"]}
    assert "respondent" not in unknown["assumed"]
    assert (silent["rulings"][0]["lead"], unknown["rulings"][0]["lead"]) == (["housing"], [])
    sheet, table = (
        "".join(run(*asked, lang="zh").out.split())
        for asked in (
            ("route", *call),
            ("matrix", *call[:2]),
        )
    )
    assert "如被反映人是住建局" in sheet
    assert "行为人或被投诉人：没有给出（不考虑街道办事处、镇人民政府、住房和城乡建设局）" in table
