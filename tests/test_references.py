"""The fields of the models say what they name; one walk finds every name."""

from __future__ import annotations

from datetime import date

from dutyroute.cases import Expectation
from dutyroute.rulebook.oversight import Counter
from dutyroute.rulebook.references import references, type_at
from dutyroute.rulebook.rules import Rule
from dutyroute.rulebook.types import Ref
from dutyroute.rulebook.written import written

RULE = Rule.model_validate(
    {
        "id": "a",
        "title": "t",
        "when": {"matter": "noise"},
        "assign": {"report": ({"party": "company", "to": ("street", "lead")}, "police")},
        "cite": "opinion/1.2",
        "basis": "explicit",
        "overrides": "b",
    }
)


def test_every_name_in_a_rule_is_found_with_its_kind_and_place() -> None:
    """A name that is a key has its place at the key."""
    found = [(each.ref.kind, each.name, each.at, each.on) for each in references(RULE, ("rules", 3))]
    at = ("rules", 3, "assign", "report")
    assert found == [
        ("roles", "report", at, "key"),
        ("parties", "company", (*at, 0, "party", 0), "value"),
        ("parties", "street", (*at, 0, "to", 0), "value"),
        ("parties", "lead", (*at, 0, "to", 1), "value"),
        ("parties", "police", (*at, 1, "party", 0), "value"),
        ("clauses", "opinion/1.2", ("rules", 3, "cite", 0), "value"),
        ("rules", "b", ("rules", 3, "overrides", 0), "value"),
    ]


def test_a_number_is_no_name_where_either_may_stand() -> None:
    """A window is a number of days or the name of a setting."""
    counter = {"id": "c", "title": "t", "counts": {"kinds": "complaint", "matters": "noise"}}
    for window, names in ((30, []), ("days", ["days"])):
        made = Counter.model_validate({**counter, "window": window})
        assert [each.name for each in references(made)] == ["noise", *names]


def test_what_a_place_names_is_known_without_an_entry() -> None:
    """Advice about a word that no model accepts needs no more than the place."""
    told = Ref("parties", also=("lead",))
    assert type_at(Rule, ("assign", "report", 0, "to", 1)) == (str, told)
    assert type_at(Rule, ("assign", "report"), "key") == (str, Ref("roles"))
    assert type_at(Expectation, ("never", "report", 0)) == (str, Ref("parties", also=("anyone",)))
    assert type_at(Rule, ("colour",)) == (Rule, None)


def test_a_value_is_written_as_yaml_reads_it_back() -> None:
    """Quotation marks stand only where YAML would read something else."""
    when = {"matter": ("noise", "clutter"), "day": {"less_than": date(2026, 3, 1)}, "urgent": True}
    assert written(when) == "{matter: [noise, clutter], day: {less_than: 2026-03-01}, urgent: true}"
    assert [written(text) for text in ("no-such", "7", "true", "a: b")] == [
        "no-such",
        '"7"',
        '"true"',
        '"a: b"',
    ]
