"""Every key and value keeps its place, down to the column."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutyroute.diagnostics import Place, Span
from dutyroute.rulebook.loader import load, read, read_document

TEXT = """\
# 规则
rules:
  - id: fire-lane   # says what it does
    title: 占用消防通道
    when: {matter: [a, b], respondent: owner}
    assign:
      lead: street-office
      enforce:
        - housing
        - {party: planning, to: [lead]}
    note: |
      first
      second
    empty:
"""


def underlined(span: Span | None) -> tuple[int, str]:
    assert span is not None
    return span.line, span.excerpt[span.column - 1 : span.end - 1]


@pytest.mark.parametrize(
    "at, key, value",
    [
        (("rules",), (2, "rules"), (3, "- id: fire-lane")),
        (("rules", 0), (3, "id: fire-lane"), (3, "id: fire-lane")),
        (("rules", 0, "id"), (3, "id"), (3, "fire-lane")),
        (("rules", 0, "title"), (4, "title"), (4, "占用消防通道")),
        (("rules", 0, "when"), (5, "when"), (5, "{matter: [a, b], respondent: owner}")),
        (("rules", 0, "when", "matter"), (5, "matter"), (5, "[a, b]")),
        (("rules", 0, "when", "matter", 1), (5, "b"), (5, "b")),
        (("rules", 0, "assign"), (6, "assign"), (7, "lead: street-office")),
        (("rules", 0, "assign", "enforce"), (8, "enforce"), (9, "- housing")),
        (("rules", 0, "assign", "enforce", 0), (9, "housing"), (9, "housing")),
        (("rules", 0, "assign", "enforce", 1, "to", 0), (10, "lead"), (10, "lead")),
        (("rules", 0, "note"), (11, "note"), (11, "|")),
        (("rules", 0, "empty"), (14, "empty"), (14, "")),
    ],
)
def test_a_place_spans_what_was_written_there(
    at: Place, key: tuple[int, str], value: tuple[int, str]
) -> None:
    document, faults = read_document(TEXT, "rules.yaml")
    assert not faults
    assert underlined(document.span(at, "key")) == key
    assert underlined(document.span(at)) == value


@pytest.mark.parametrize(
    "at, place",
    [
        (("rules", 0, "assign", "lead", 0, "party", 0), "rules.yaml:7:13"),  # one where a list could be
        (("rules", 0, "cite"), "rules.yaml:3:5"),
        (("rules", 9, "id"), "rules.yaml:3:3"),
        (("parties",), "rules.yaml:2:1"),
        ((), "rules.yaml:2:1"),
    ],
)
def test_a_place_that_is_not_there_leads_as_near_as_it_can(at: Place, place: str) -> None:
    document, _ = read_document(TEXT, "rules.yaml")
    assert str(document.span(at, "key")) == place


def test_columns_count_characters_beyond_the_first_plane() -> None:
    document, _ = read_document("title: 😀𠮷野家, {x}\nnext: y\r\nlast: z\n", "f")
    assert str(document.span(("title",))) == "f:1:8"
    assert str(document.span(("last",))) == "f:3:7"


def test_a_dropped_key_leaves_the_places_of_the_others_alone() -> None:
    document, faults = read_document("a: 1\na: 2\n1: 3\nb: 4\n", "f")
    assert document.data == {"a": 1, "b": 4}
    assert [fault.code for fault in faults] == ["duplicate-key", "non-text-key"]
    assert [str(document.span((key,))) for key in "ab"] == ["f:1:4", "f:4:4"]


def test_places_of_the_whole_lead_to_the_right_file(rules: Path) -> None:
    (rules / "aaa.yaml").write_text("facts:\n  - {id: x, name: y}\nrecusal:\n  - {fact: a}\n  - {fact: b}\n")
    (rules / "zzz.yaml").write_text("instrument: {id: second}\n")
    sources, faults = read(rules)
    assert not faults
    for index, fact in enumerate(sources.data["facts"]):
        span = sources.span(("facts", index, "id"))
        assert underlined(span) == (span.line, fact["id"])  # type: ignore[union-attr]
    assert str(sources.span(("facts", 0, "id"))) == "rules/aaa.yaml:2:10"
    assert str(sources.span(("recusal", 1, "fact"))) == "rules/aaa.yaml:5:12"
    assert str(sources.span(("recusal", 2, "fact"))) == "rules/rulebook.yaml:15:9"
    assert str(sources.span(("instruments", 1, "id"))) == "rules/zzz.yaml:1:18"
    assert str(sources.span(("rulebook", "id"), "key")) == "rules/rulebook.yaml:3:3"
    assert sources.span(("obligations", 0)) is not None
    assert sources.span(("nothing", 0)) is None
    assert sources.span(()) is None


def test_a_rule_knows_its_place(rules: Path) -> None:
    rulebook = load(rules)
    assert str(rulebook.span("rules", "base-street-enforces")) == "rules/duties.yaml:2:9"
    assert str(rulebook.span("impossible", 0)) == "rules/rulebook.yaml:19:5"
