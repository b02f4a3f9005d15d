"""`dutyroute route --format json`: the contract, field by field."""

import json
from datetime import date

import pytest

DATED = ("--fact", "reported_at=2026-03-01")


def decided(run, rules: str, *arguments: str, status: int = 0, **more):
    done = run("route", "--rules", rules, "--format", "json", *arguments, **more)
    assert done.status == status, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_a_decision_is_one_object_on_one_line(run, rules) -> None:
    facts = ("--fact", "id=A-1", "--fact", "respondent=owner", "--fact", "has_company=true")
    (answer,) = decided(run, rules, "--matter", "fire-violation", *facts, *DATED)
    digest = answer["rulebook"].pop("digest")
    assert digest.startswith("sha256:")
    assert len(digest) == 71
    assert answer["rulings"][0]["duties"][3] == {
        "party": "company",
        "role": "report",
        "to": ["housing", "street"],
        "within": "24h",
        "rules": ["company-dissuades"],
        "clauses": ["opinion/1.3"],
        "basis": "inferred",
        "certain": True,
        "default": False,
    }
    assert {key: answer[key] for key in ("incident", "status", "ask", "assumed", "rulebook")} == {
        "incident": "A-1",
        "status": "routed",
        "ask": [],
        "assumed": {"in_yard": True},
        "rulebook": {"id": "yard", "edition": "test-1", "status": "draft"},
    }
    ruling = answer["rulings"][0]
    assert {key: ruling[key] for key in ("matter", "status", "lead", "flags", "recused", "ask")} == {
        "matter": "fire-violation",
        "status": "routed",
        "lead": ["street"],
        "flags": [],
        "recused": [],
        "ask": [],
    }


def test_an_incident_that_says_no_day_is_of_today(run, rules) -> None:
    before = date.today().isoformat()
    (answer,) = decided(run, rules, "--matter", "parking", "--fact", "cars=5", "--fact", "has_company=false")
    assert answer["assumed"]["reported_at"] in (before, date.today().isoformat())
    assert answer["rulings"][0]["lead"] == ["housing"]


@pytest.mark.parametrize("unknown", ["reported_at=", "反映日期=", "date reported=", "reported_at=null"])
def test_a_day_that_is_said_to_be_unknown_stays_so(run, rules, unknown: str) -> None:
    (answer,) = decided(run, rules, "--matter", "parking", "--fact", "cars=5", "--fact", unknown)
    assert "reported_at" not in answer["assumed"]
    assert "reported_at" in answer["ask"]


def test_an_incident_that_cannot_be_read_gives_a_line_and_the_others_go_on(run, rules) -> None:
    lines = (
        '{"id": 7, "matter": "parkng"}',
        '{"id": "B", "matter": "complaint"}',
        '{"matter": "parking", "行为人": "房主", "reported_at": "2026-03-01"}',
        "not json",
    )
    found = decided(run, rules, "-", input="\n".join(lines), status=1)
    assert [each.get("status") for each in found] == [None, "unrouted", "incomplete", None]
    assert found[0] == {
        "incident": None,
        "error": {
            "code": "incident-wrong-value",
            "fact": "matter",
            "value": "parkng",
            "expected": "violation 违法行为，fire-violation 消防违法行为，parking 违章停车，complaint 投诉之一",
            "suggestion": "parking 违章停车",
            "candidates": [
                {"matter": "parking", "name": "违章停车", "why": "“parking”、“illegal parking”", "lead": []}
            ],
            "message": found[0]["error"]["message"],
            "line": 1,
        },
    }
    assert "parkng" in found[0]["error"]["message"]
    assert found[3]["error"]["code"] == "json-syntax"
    assert found[3]["error"]["line"] == 4


def test_a_message_is_in_the_readers_language(run, rules) -> None:
    (found,) = decided(run, rules, "-", input='{"matter": "parkng"}\n', status=1, lang="en")
    assert found["error"]["message"] == "`matter` cannot be `parkng`; did you mean parking 违章停车?"


def test_a_fault_in_yaml_tells_its_line(run, rules, tmp_path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("incidents:\n  - matter: parking\n    id: A\n    cars: many\n  - 5\n", "utf-8")
    found = decided(run, rules, str(file), status=1)
    assert [(f["incident"], f["error"]["fact"], f["error"]["line"]) for f in found] == [
        ("A", "cars", 4),
        (None, None, 5),
    ]


def test_a_value_that_is_a_book_is_cut_short(run, rules) -> None:
    given = json.dumps({"matter": "parking", "respondent": "x" * 90_000})
    (found,) = decided(run, rules, "-", input=given, status=1)
    assert len(found["error"]["value"]) == 200
    assert len(found["error"]["message"]) < 300


def test_flags_that_cannot_be_read_are_wrong_usage_and_still_a_line(run, rules) -> None:
    done = run("route", "--rules", rules, "--format", "json", "--matter", "parking", "--fact", "cars=many")
    assert done.status == 2
    assert json.loads(done.out)["error"]["fact"] == "cars"
    assert done.err.startswith("错误[incident-wrong-value]: ")


def test_an_unknown_matter_is_asked_back_with_those_that_it_may_mean(run, rules) -> None:
    done = run("route", "--rules", rules, "--json", "--matter", "parkng", lang="en")
    assert done.status == 2
    assert json.loads(done.out)["question"] == "matter"
    assert [each["matter"] for each in json.loads(done.out)["candidates"]] == ["parking"]
    assert done.err.startswith("no matter is called `parkng`. It may be:\n")


def test_each_line_with_an_unknown_matter_names_those_that_it_may_mean(run, rules) -> None:
    """As the question about one incident does; other faults have no candidates."""
    asked = json.loads(run("route", "--rules", rules, "--json", "--matter", "parkng", lang="en").out)
    given = [{"matter": "parkng"}, {"matter": ["parking", "parkng"]}, {"matter": "parking", "cars": "many"}]
    lines = "\n".join(map(json.dumps, given))
    first, second, third = decided(run, rules, "-", input=lines, status=1, lang="en")
    assert first["error"]["candidates"] == second["error"]["candidates"] == asked["candidates"]
    assert "candidates" not in third["error"]


def test_reasons_why_not_and_what_if_are_fields_of_their_own(run, rules) -> None:
    (answer,) = decided(
        *(run, rules, "--matter", "parking", "--fact", "respondent=owner", "--fact", "cars=1", *DATED),
        *("--explain", "--why-not", "住建局:主办", "--what-if", "cars=20"),
    )
    assert answer["why_not"] == {
        "party": "housing",
        "role": "lead",
        "reasons": [
            {
                "rule": "housing-leads-many-cars",
                "standing": "failed",
                "conditions": [
                    {"fact": "matter", "written": "parking", "given": "parking", "held": True},
                    {"fact": "cars", "written": {"at_least": 3}, "given": 1, "held": False},
                    {"fact": "in_yard", "written": True, "given": True, "held": True},
                    {
                        "fact": "in_force",
                        "written": {"from": "2026-01-01", "until": None},
                        "given": "2026-03-01",
                        "held": True,
                    },
                ],
                "duties": [{"party": "housing", "role": "lead"}],
                "by": [],
                "recused": [],
            }
        ],
    }
    assert answer["what_if"]["facts"] == {"cars": 20}
    assert answer["what_if"]["status"] == "conflict"
    assert [each["matter"] for each in answer["explain"]] == ["parking"]
    assert answer["answers"] == [
        {"fact": "has_company", "value": True, "status": "routed", "lead": ["street"], "ask": []},
        {"fact": "has_company", "value": False, "status": "routed", "lead": ["street"], "ask": []},
    ]


def test_a_supposition_that_contradicts_the_incident_is_an_error_inside(run, rules) -> None:
    arguments = ("--matter", "parking", "--fact", "has_company=false", "--what-if", "respondent=company")
    (answer,) = decided(run, rules, *arguments, *DATED)
    assert answer["what_if"]["error"]["code"] == "incident-impossible"


def test_the_exit_status_says_whether_every_incident_was_answered(run, rules) -> None:
    decided(run, rules, "-", input='{"matter": "parking"}\n{"matter": "fire-violation"}\n', status=0)
    decided(run, rules, "-", input='{"matter": "complaint"}\n', status=1)
    decided(run, rules, "-", input='{"matter": "parking", "cars": 30}\n', status=1)
